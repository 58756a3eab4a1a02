"""The two ends of a long line, read in its place.

Of a text that is one line nothing in the middle bears on what goes: learned runs and marks are
looked for at its ends, and a line that is all there is stays. So the ends are read alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.boilerplate.features import toned
from syndicate.boilerplate.lines import HEAD, Lines, column, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

ENDS = (640, 1600)
"""Bytes looked at of each end: of scripts whose letters take one byte, and of others."""
_WORDS = 80
"""A line of more words is judged as one of any length is."""


class Ends(NamedTuple):
    """A text, or its ends; from ``join`` on their bytes lie ``left_out`` bytes further behind."""

    text: bytes
    join: int = 0
    left_out: int = 0

    @classmethod
    def of(cls, text: bytes, size: int) -> Ends:
        """Leave out the middle of a long text that is one line, between two spaces."""
        if len(text) < 3 * size or b"\n" in text or b"\r" in text:
            return cls(text)
        join = text.rfind(b" ", 0, size)
        tail = text.find(b" ", len(text) - size)
        return cls(text[:join] + text[tail:], join, tail - join) if 0 <= join < tail else cls(text)

    def original(self, place: int) -> int:
        """Give where a byte of the ends lies in the text."""
        return place if place <= self.join else place + self.left_out


def read_ends(texts: Sequence[bytes]) -> tuple[list[Ends], Lines, Ints]:
    """Read the ends of texts; whole where that might not be the same.

    Returns
    -------
    ends, lines, offsets
        What was read of each text, as lines, and where each starts and the last ends.
    """
    ends = [Ends.of(text, ENDS[0]) for text in texts]
    for size in (*ENDS[1:], None):
        lines, offsets = _read(ends)
        doubtful = _doubtful(lines, offsets, ends, texts)
        if not len(doubtful):
            return ends, lines, offsets
        for doc in doubtful.tolist():
            ends[doc] = Ends.of(texts[doc], size) if size else Ends(texts[doc])
    return ends, *_read(ends)


def _read(ends: Sequence[Ends]) -> tuple[Lines, Ints]:
    data, offsets = column([one.text for one in ends])
    return read(data, offsets), offsets


def _doubtful(lines: Lines, offsets: Ints, ends: Sequence[Ends], texts: Sequence[bytes]) -> Ints:
    """Give the texts whose ends may be read otherwise than in the whole text.

    As many tokens as are kept must lie on either side, and whether a text is written with marks
    must show: one without any is taken for one that lost them.
    """
    doubtful = np.array([one.left_out > 0 for one in ends], np.bool_)
    if not doubtful.any():
        return np.flatnonzero(doubtful)
    at = np.flatnonzero((lines.tokens >= 2 * HEAD) & (lines.words > _WORDS))
    join = offsets[:-1] + [one.join for one in ends]
    doc = lines.doc[at]
    marked = toned(lines, at)
    marked[~marked] = [texts[i].isascii() for i in doc[~marked].tolist()]  # has no marks anywhere
    left = lines.past_byte(lines.token(at, np.full(len(at), HEAD - 1))) <= join[doc]
    right = lines.first_byte(lines.token(at, lines.tokens[at] - HEAD)) > join[doc]
    doubtful[doc[left & right & marked]] = False
    return np.flatnonzero(doubtful)
