"""A column of texts as lines: arrays with what `syndicate.kernels.lines` reads of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from syndicate.boilerplate.characters import character_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

SENTENCE, ELLIPSIS, LINK, QUOTED, NUMBERED, NAMELIKE, LOUD = (1 << bit for bit in range(7))
"""What a line looks like; the kernel's own flags."""

WORD, UPPER, DIGIT, LONE, IGNORED, END, CLOSE, SPACE, OPEN, DASH, COLON = (
    1 << bit for bit in range(11)
)
"""Classes of characters; the kernel's own, without the code below them."""

HEAD = 64
_CHUNK = 1 << 22
_SEED = np.uint64(0x9E3779B97F4A7C15)
_GROW = np.uint64(0xD6E8FEB86659FD93)
_S29 = np.uint64(29)


@dataclass(slots=True)
class Lines:
    """The lines of a column of texts, in order, those of space alone left out.

    Attributes
    ----------
    data : ndarray of uint8
        The bytes.
    key, form, stem, stem2, tones : ndarray of uint64, shape (n,)
        Hash of the line; without its numbers; without its last token; without the last
        two; sum of its marks.
    start, stop, begin, doc, base, tokens, words, flags, tail : ndarray of int64, shape (n,)
        See `syndicate.kernels.lines.read_lines`.
    hashes, token_tones, spans, looks
        The tokens, as `syndicate.kernels.lines.read_lines` keeps them.
    """

    data: NDArray[np.uint8]
    line_hashes: NDArray[np.uint64]
    line_values: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    token_tones: NDArray[np.uint32]
    spans: NDArray[np.int64]
    looks: NDArray[np.uint16]

    seed: ClassVar[np.uint64] = _SEED

    def __len__(self) -> int:
        return int(self.line_values.shape[1])

    @property
    def key(self) -> NDArray[np.uint64]:
        """Hash of each line's tokens."""
        return np.asarray(self.line_hashes[0])

    @property
    def form(self) -> NDArray[np.uint64]:
        """Hash of each line's tokens, runs of numbers counting as one number."""
        return np.asarray(self.line_hashes[1])

    @property
    def tones(self) -> NDArray[np.uint64]:
        """Sum of each line's marks."""
        return np.asarray(self.line_hashes[4])

    @property
    def start(self) -> NDArray[np.int64]:
        """Byte of each line's first character that is not space."""
        return np.asarray(self.line_values[0])

    @property
    def stop(self) -> NDArray[np.int64]:
        """Byte after the last such character."""
        return np.asarray(self.line_values[1])

    @property
    def begin(self) -> NDArray[np.int64]:
        """Byte after the line break before each line."""
        return np.asarray(self.line_values[2])

    @property
    def doc(self) -> NDArray[np.int64]:
        """Text of each line."""
        return np.asarray(self.line_values[3])

    @property
    def base(self) -> NDArray[np.int64]:
        """Place of each line's first token."""
        return np.asarray(self.line_values[4])

    @property
    def tokens(self) -> NDArray[np.int64]:
        """Tokens of each line."""
        return np.asarray(self.line_values[5])

    @property
    def words(self) -> NDArray[np.int64]:
        """Words of each line; two letters of a script without spaces make one."""
        return np.asarray(self.line_values[6])

    @property
    def flags(self) -> NDArray[np.int64]:
        """What each line looks like."""
        return np.asarray(self.line_values[7])

    @property
    def tail(self) -> NDArray[np.int64]:
        """Classes of what follows each line's last token."""
        return np.asarray(self.line_values[8])

    def token(self, line: NDArray[np.int64], index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Place a token: one of the first or the last HEAD of its line."""
        ring = HEAD + ((index - HEAD) & (HEAD - 1))
        return np.asarray(self.base[line] + np.where(index < HEAD, index, ring))

    @staticmethod
    def chain(key: NDArray[np.uint64], token: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Add tokens to hashes of sequences of tokens, as the kernel does."""
        grown = (key ^ token) * _GROW
        return np.asarray(grown ^ (grown >> _S29))


def read(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Lines:
    """Read a column of texts: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``."""
    from syndicate.kernels.lines import HASH_ROWS, VALUE_ROWS, read_lines  # noqa: PLC0415 - compiles

    used = data[offsets[0] : offsets[-1]]
    breaks = np.count_nonzero(used == ord("\n")) + np.count_nonzero(used == ord("\r"))
    most_lines = breaks + len(offsets) - 1
    most_tokens = min(len(used) // 2 + most_lines, 2 * HEAD * most_lines) + 2 * HEAD
    hashes = np.empty(most_tokens, np.uint64)
    tones = np.empty(most_tokens, np.uint32)
    spans = np.empty((most_tokens, 2), np.int64)
    looks = np.empty((most_tokens, 2), np.uint16)
    line_hashes = np.empty((HASH_ROWS, most_lines), np.uint64)
    values = np.empty((VALUE_ROWS, most_lines), np.int64)
    count = read_lines(
        data, offsets, *character_table(), hashes, tones, spans, looks, line_hashes, values
    )
    line_hashes, values = line_hashes[:, :count].copy(), values[:, :count].copy()
    kept = int(values[4, -1] + min(values[5, -1], 2 * HEAD)) if count else 0
    return Lines(
        data, line_hashes, values, hashes[:kept], tones[:kept], spans[:kept], looks[:kept]
    )


def reread(
    lines: Lines, at: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64]
) -> Lines:
    """Read some lines again between other bytes, in place; give them also by themselves."""
    parts = [lines.data[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(stop - start, out=offsets[1:])
    again = read(as_bytes(np.concatenate(parts)), offsets)
    where = at[again.doc]
    shift = (start - offsets[:-1])[again.doc]
    lines.line_hashes[:, where] = again.line_hashes
    lines.start[where] = again.start + shift
    lines.stop[where] = again.stop + shift
    lines.base[where] = again.base + len(lines.hashes)
    lines.line_values[5:, where] = again.line_values[5:]
    lines.hashes = np.concatenate([lines.hashes, again.hashes])
    lines.token_tones = np.concatenate([lines.token_tones, again.token_tones])
    moved = again.spans + np.repeat(shift, np.minimum(again.tokens, 2 * HEAD))[:, None]
    lines.spans = np.concatenate([lines.spans, moved])
    lines.looks = np.concatenate([lines.looks, again.looks])
    return again


def as_bytes(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a read-only view, for which alone the kernel is compiled."""
    view = np.ascontiguousarray(data).view()
    view.flags.writeable = False
    return view


def chunks(offsets: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut a column into runs of texts of about a megabyte, which stay in the cache."""
    found = []
    low, count = 0, len(offsets) - 1
    while low < count:
        high = int(np.searchsorted(offsets, offsets[low] + _CHUNK, "right")) - 1
        high = min(max(high, low + 1), count)
        found.append((low, high))
        low = high
    return found
