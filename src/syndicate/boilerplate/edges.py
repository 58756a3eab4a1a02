"""The two ends of a long line, read in its place.

Of a text that is one line nothing in the middle bears on what goes: learned runs and marks are
looked for at its ends, and a line that is all there is stays. So the ends are read alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.boilerplate.features import toned
from syndicate.boilerplate.lines import HEAD, PAD, Lines, as_bytes, read

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

ENDS = (640, 1600)
"""Bytes looked at of each end: of scripts whose letters take one byte, and of others."""
_WORDS = 80
"""A line of more words is judged as one of any length is."""
_ASCII = 0x80


class Ends(NamedTuple):
    """Texts, of some the ends alone.

    Attributes
    ----------
    lines
        What was read of them.
    offsets : ndarray of int64, shape (n + 1,)
        Where what was read of each text starts and the last ends.
    joins, left_out : ndarray of int64, shape (n,)
        Byte of each from which on its bytes lie so many further behind in the text.
    """

    lines: Lines
    offsets: Ints
    joins: Ints
    left_out: Ints

    def original(self, text: Ints, place: Ints) -> Ints:
        """Give where bytes of what was read lie in their texts, counted from where these start."""
        place = place - self.offsets[text]
        return np.asarray(place + np.where(place > self.joins[text], self.left_out[text], 0))


def read_ends(data: NDArray[np.uint8], offsets: Ints) -> Ends:
    """Read the ends of texts; whole where that might not be the same."""
    sizes = np.full(len(offsets) - 1, ENDS[0])
    for size in (*ENDS[1:], 0):
        ends = _read(data, offsets, sizes)
        doubtful = _doubtful(ends, data, offsets)
        if not doubtful.any():
            return ends
        sizes[doubtful] = size
    return _read(data, offsets, sizes)


def _read(data: NDArray[np.uint8], offsets: Ints, sizes: Ints) -> Ends:
    from syndicate.kernels.glued import TAKE_ENDS  # noqa: PLC0415 - imports numba

    room = int(offsets[-1] - offsets[0])
    out = np.empty(room + PAD, np.uint8)
    bounds, joins, left_out = np.empty_like(offsets), np.empty_like(sizes), np.empty_like(sizes)
    TAKE_ENDS.run(room, data, offsets, sizes, out, bounds, joins, left_out)
    used = out[: bounds[-1] + PAD]
    used[-PAD:] = 0
    return Ends(read(as_bytes(used), bounds), bounds, joins, left_out)


def _doubtful(ends: Ends, data: NDArray[np.uint8], offsets: Ints) -> Bools:
    """Tell which texts' ends may be read otherwise than in the whole text.

    As many tokens as are kept must lie on either side, and whether a text is written with marks
    must show: one without any is taken for one that lost them.
    """
    lines = ends.lines
    doubtful = np.asarray(ends.left_out > 0)
    if not doubtful.any():
        return doubtful
    at = np.flatnonzero((lines.tokens >= 2 * HEAD) & (lines.words > _WORDS))
    doc = lines.doc[at]
    join = (ends.offsets[:-1] + ends.joins)[doc]
    marked = toned(lines, at)
    bounds = zip(offsets[doc[~marked]].tolist(), offsets[doc[~marked] + 1].tolist(), strict=True)
    marked[~marked] = [data[a:b].max(initial=0) < _ASCII for a, b in bounds]  # has none anywhere
    left = lines.past_byte(lines.token(at, np.full(len(at), HEAD - 1))) <= join
    right = lines.first_byte(lines.token(at, lines.tokens[at] - HEAD)) > join
    doubtful[doc[left & right & marked]] = False
    return doubtful
