"""From texts to shingle hashes: the numbers that everything after is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from syndicate.text.fold import fold_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Shingled(NamedTuple):
    """The shingles of a column of n texts.

    Attributes
    ----------
    shingles
        ndarray of uint64: hashes of all texts in text order, shingle i of a text covering
        its tokens i to i + size - 1; a text of fewer tokens than that has one shingle.
    bounds
        ndarray of int64, shape (n + 1,): where each text's shingles start.
    flags
        ndarray of uint16: traits of all tokens, as `syndicate.text.fold` has them.
    counts
        ndarray of int32, shape (n,): tokens of each text.
    digests
        ndarray of uint64, shape (n, 2): 128 bits, equal for texts that fold alike.
    """

    shingles: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    flags: NDArray[np.uint16]
    counts: NDArray[np.int32]
    digests: NDArray[np.uint64]


class Spans(NamedTuple):
    """Texts, each in one or several spans of bytes anywhere in memory.

    Attributes
    ----------
    addresses
        ndarray of uint64, shape (k,): where the spans begin.
    lengths
        ndarray of int64, shape (k,): their bytes.
    bounds
        ndarray of int64, shape (n + 1,): where each text's spans start and the last end.
    held
        The arrays that they lie in, which so stay in memory.
    """

    addresses: NDArray[np.uint64]
    lengths: NDArray[np.int64]
    bounds: NDArray[np.int64]
    held: tuple[NDArray[np.uint8], ...]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The bytes of each text."""
        return np.diff(np.concatenate([[0], np.cumsum(self.lengths)])[self.bounds])

    def joined(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Copy the texts, end to end; give their bytes and offsets."""
        from syndicate.kernels.rows import collect  # noqa: PLC0415 - compiles

        offsets = np.concatenate([[0], np.cumsum(self.sizes)])
        data = np.empty(offsets[-1], np.uint8)
        collect(self.addresses, self.lengths, data)
        return data, offsets

    @classmethod
    def of(cls, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Spans:
        """Take texts that lie end to end."""
        starts = offsets[:-1].astype(np.uint64) + np.uint64(data.ctypes.data)
        return cls(starts, np.diff(offsets), np.arange(len(offsets)), (data,))


class Tokens(NamedTuple):
    """Where the tokens of one text lie.

    Attributes
    ----------
    starts, ends
        ndarray of int32, shape (tokens,): offsets in UTF-8 bytes.
    flags
        ndarray of uint16, shape (tokens,): traits, as `syndicate.text.fold` has them.
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    flags: NDArray[np.uint16]


def encode(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Lay texts end to end in UTF-8; a lone surrogate becomes a question mark.

    Returns
    -------
    data : ndarray of uint8
    offsets : ndarray of int64, shape (n + 1,)
    """
    encoded = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(part) for part in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def shingle(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    size: int,
    *,
    key: int = 0,
) -> Shingled:
    """Fold and shingle a column of texts.

    Parameters
    ----------
    data, offsets
        UTF-8 bytes laid end to end, as in an Arrow string column.
    size
        Tokens to a shingle.
    key
        Keeps outsiders from writing texts that collide; 0 is the public scheme.
    """
    return shingle_spans(Spans.of(data, offsets), size, key=key)


def shingle_spans(
    texts: Spans,
    size: int,
    *,
    key: int = 0,
    flags: bool = True,
    room: tuple[NDArray[np.uint64], NDArray[np.uint16]] | None = None,
) -> Shingled:
    """Fold and shingle texts that lie anywhere in memory.

    Parameters
    ----------
    texts
        In UTF-8.
    size, key
        As for `shingle`.
    flags
        Whether the traits of tokens are wanted; without, ``flags`` is empty.
    room
        Where shingles and flags go, if it is known how many there are.
    """
    from syndicate.kernels import tokens  # noqa: PLC0415 - compiles

    sizes, n = texts.sizes, len(texts.bounds) - 1
    most = (int(sizes.sum()) + 3 * n) // 2 + 1
    made, looks = room or (np.empty(most, np.uint64), np.empty(most * flags, np.uint16))
    bounds = np.empty(n + 1, np.int64)
    counts = np.empty(n, np.int32)
    digests = np.empty((n, 2), np.uint64)
    used = tokens.shingle_texts(
        texts.addresses, texts.lengths, texts.bounds, *fold_table(key), size,
        *_scratch(int(sizes.max(initial=0))), made, bounds, looks, counts, digests,
    )  # fmt: skip
    return Shingled(made[:used], bounds, looks[: counts.sum()], counts, digests)


def _scratch(longest: int) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Give what the kernel works in, for texts of so many bytes."""
    from syndicate.kernels.tokens import ROOM  # noqa: PLC0415 - imports numba

    n = longest + ROOM
    units = np.empty(n, np.uint8), np.empty(n, np.uint16), np.empty(n, np.uint16)
    return *units, np.empty(n, np.uint32), np.empty(n, np.uint32), np.empty(n, np.uint64)


def find_tokens(text: NDArray[np.uint8]) -> Tokens:
    """Find the tokens of one text, cut exactly as `shingle` cuts them."""
    from syndicate.kernels import tokens  # noqa: PLC0415 - compiles

    table, room = fold_table(), len(text) + tokens.ROOM
    starts, ends = np.empty(room, np.int32), np.empty(room, np.int32)
    flags = np.empty(room, np.uint16)
    work = np.empty(room, np.uint32), np.empty(room, np.uint32)
    given = table.entries, table.pieces, table.traits, *work, starts, ends, flags
    count = tokens.token_spans(text, *given)
    return Tokens(starts[:count].copy(), ends[:count].copy(), flags[:count].copy())
