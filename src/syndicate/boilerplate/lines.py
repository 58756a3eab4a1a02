"""A column of texts as lines: arrays with what `syndicate.kernels.lines` reads of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from syndicate.boilerplate.characters import character_table, hash_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SENTENCE, ELLIPSIS, QUOTED, NAMELIKE = (1 << bit for bit in (0, 1, 3, 5))
"""What a line looks like; of the kernel's own flags those that are asked for here."""

HEAD = 64
PAD = 2
"""Bytes that the kernel reads after the last text."""

_HASHES = 4
_CHUNK = 1 << 20
_SEED = np.uint64(0x9E3779B97F4A7C15)
_GROW = np.uint64(0xD6E8FEB86659FD93)
_S29 = np.uint64(29)


class Lines:
    """The lines of a column of texts, in order, those of space alone left out.

    Attributes
    ----------
    data : ndarray of uint8
        The bytes.
    key, form : ndarray of uint64, shape (n,)
        Hash of the line; without its numbers.
    start, stop, begin, doc, base, tokens, words, flags : ndarray of int64, shape (n,)
        See `syndicate.kernels.lines.read_lines`.
    hashes : ndarray of uint64, shape (m,)
        The tokens' hashes, as `syndicate.kernels.lines.read_lines` keeps them.
    facts : ndarray of uint32, shape (m, 3)
        Their bytes and classes.
    columns : ndarray of uint64, shape (LINE_COLUMNS, at least n)
        The lines' columns as the kernel gives them.
    """

    seed: ClassVar[np.uint64] = _SEED

    def __init__(
        self,
        data: NDArray[np.uint8],
        hashes: NDArray[np.uint64],
        facts: NDArray[np.uint32],
        columns: NDArray[np.uint64],
        count: int,
        kept: int,
    ) -> None:
        self.data, self.columns = data, columns
        self._room = hashes, facts
        self.hashes, self.facts = hashes[:kept], facts[:kept]
        used = columns[:, :count]
        self.key, self.form = used[:2]
        values = used[_HASHES:].view(np.int64)
        self.start, self.stop, self.begin, self.doc, self.base = values[:5]
        self.tokens, self.words, self.flags = values[5:8]

    def __len__(self) -> int:
        return len(self.key)

    def add(self, hashes: NDArray[np.uint64], facts: NDArray[np.uint32]) -> None:
        """Add tokens, behind the others if there is room."""
        begun, past = len(self.hashes), len(self.hashes) + len(hashes)
        keys, places = self._room
        if past <= len(keys):
            keys[begun:past], places[begun:past] = hashes, facts
        else:
            keys = np.concatenate([self.hashes, hashes])
            places = np.concatenate([self.facts, facts])
            self._room = keys, places
        self.hashes, self.facts = keys[:past], places[:past]

    def token(self, line: NDArray[np.int64], index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Place a token: one of the first or the last HEAD of its line."""
        ring = HEAD + (index & (HEAD - 1))
        return np.asarray(self.base[line] + np.where(index < HEAD, index, ring))

    def first_byte(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the byte where each token begins."""
        return np.asarray(self.facts[place, 0], np.int64)

    def past_byte(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the byte after each token."""
        return np.asarray(self.facts[place, 1], np.int64)

    @staticmethod
    def chain(key: NDArray[np.uint64], token: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Add tokens to hashes of sequences of tokens, as the kernel does."""
        grown = (key ^ token) * _GROW
        return np.asarray(grown ^ (grown >> _S29))


def read(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Lines:
    """Read a column of texts of up to 4 GB: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``."""
    from syndicate.kernels import lines as kernels  # noqa: PLC0415 - compiles

    first, last = int(offsets[0]), int(offsets[-1])
    if len(data) < last + PAD:
        data = as_bytes(np.concatenate([data[:last], np.zeros(PAD, np.uint8)]))
    size = last - first
    most_lines = _breaks(data[first:last]) + len(offsets) - 1
    most_tokens = min(size // 2 + most_lines, 2 * HEAD * most_lines) + 2 * HEAD
    hashes = np.empty(most_tokens, np.uint64)
    facts = np.empty((most_tokens, kernels.TOKEN_COLUMNS), np.uint32)
    columns = np.empty((kernels.LINE_COLUMNS, most_lines), np.uint64)
    given = character_table(), *hash_tables(), *_room(min(size, kernels.WINDOW))
    room = hashes, facts, columns
    count, kept = kernels.READ_LINES.run(size, data, offsets, *given, *room)
    return Lines(data, hashes, facts, columns, count, kept)


def _breaks(used: NDArray[np.uint8]) -> int:
    """Count the line breaks, and whatever else may be one."""
    return int(np.count_nonzero(used <= ord("\r")))


def _room(
    size: int,
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint32], NDArray[np.uint64]]:
    """Give what the kernel works in, in windows of so many bytes."""
    points, kept = np.empty(size + 1, np.uint16), np.empty(size + 1, np.uint16)
    return points, kept, np.empty(2 * size + 4, np.uint32), np.empty(size + 2, np.uint64)


def reread(
    lines: Lines, at: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64]
) -> Lines:
    """Read some lines again between other bytes, in place; give them also by themselves."""
    parts = [lines.data[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(stop - start, out=offsets[1:])
    again = read(as_bytes(np.concatenate([*parts, np.zeros(PAD, np.uint8)])), offsets)
    where = at[again.doc]
    shift = (start - offsets[:-1])[again.doc]
    kept = lines.begin[where], lines.doc[where]
    lines.columns[:, where] = again.columns[:, : len(again)]
    lines.begin[where], lines.doc[where] = kept
    lines.start[where] += shift
    lines.stop[where] += shift
    lines.base[where] += len(lines.hashes)
    moved = again.facts.copy()
    moved[:, :2] += np.repeat(shift, np.minimum(again.tokens, 2 * HEAD))[:, None].astype(np.uint32)
    lines.add(again.hashes, moved)
    return again


def as_bytes(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a read-only view, for which alone the kernel is compiled."""
    view = np.ascontiguousarray(data).view()
    view.flags.writeable = False
    return view


def column(texts: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Put texts one after the other."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return as_bytes(np.frombuffer(b"".join(texts), np.uint8)), offsets


Chunk = tuple[int, int, "NDArray[np.uint8]", "NDArray[np.int64]"]
"""First text, text after the last, their bytes and the offsets in these."""


def chunks(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Iterator[Chunk]:
    """Cut a column into runs of texts of a megabyte, for which little memory is needed."""
    low, count = 0, len(offsets) - 1
    while low < count:
        high = int(np.searchsorted(offsets, offsets[low] + _CHUNK, "right")) - 1
        high = min(max(high, low + 1), count)
        first, last = int(offsets[low]), int(offsets[high])
        yield low, high, data[first : last + PAD], offsets[low : high + 1] - first
        low = high
