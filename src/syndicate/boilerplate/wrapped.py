"""Texts whose lines were wrapped at a width, as mail and terminals do.

A line of such a text is a piece of a paragraph, and says nothing by itself. Where lines were
wrapped shows by this: the first word of the next line had no room any more.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from syndicate.boilerplate.lines import as_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]

_LEAST: Final = 6
"""Lines that must be wrapped at one width."""
_PART, _MOST = 1 / 3, 4 / 5
"""Part of all lines that they must be, and that tells even of a text full of names."""
_INNER, _FEW_INNER = 1 / 3, 1 / 8
"""Part of them after which a line begins as the inside of a sentence does; in the latter case."""
_LONG_BYTES, _FEW = 200, 10
"""Few lines of a wrapped text have more bytes, one in so many, whatever the script."""
_SHORT_BYTES, _MANY = 35, 4
"""Many have no fewer, one in so many at the least."""
_NEWLINE: Final = ord("\n")
_STOPPED: Final = re.compile(r"[.!?…][\"'”’»)\]]*\s*$")


def wrapped_texts(data: Bytes, offsets: Ints) -> list[int]:
    """Find the texts of a column whose lines are wrapped."""
    breaks = np.flatnonzero(data[offsets[0] : offsets[-1]] == _NEWLINE) + offsets[0]
    if len(breaks) < _LEAST:
        return []
    ends = np.searchsorted(breaks, offsets)
    sizes = np.diff(breaks, prepend=offsets[0])
    long, short = (
        np.diff(np.append(0, np.cumsum(some))[ends])
        for some in (sizes > _LONG_BYTES, sizes < _SHORT_BYTES)
    )
    counts = np.diff(ends)
    fitting = (_FEW * long <= counts) & (_MANY * (counts - short) >= counts)
    likely = np.flatnonzero((counts >= _LEAST) & fitting)
    return [doc for doc in likely.tolist() if _width(data[offsets[doc] : offsets[doc + 1]])]


def unwrapped(data: Bytes) -> Bytes:
    """Put a space in the place of each line break that only wraps a line, if lines are wrapped.

    Where a sentence ends and the next line is short, another may begin that is none of the text.
    """
    width = _width(data)
    if not width:
        return data
    lines, out = _lines(data), data.copy()
    full = [*(_is_full(a, b, width) for a, b in itertools.pairwise(lines)), False]
    at = -1
    for line, (goes_on, next_too) in zip(lines, itertools.pairwise(full), strict=False):
        at += len(line.encode("utf-8", "surrogateescape")) + 1
        if goes_on and (next_too or not _STOPPED.search(line)):
            out[at - line.endswith("\r") : at + 1] = ord(" ")
    return out


def _lines(data: Bytes) -> list[str]:
    return data.tobytes().decode("utf-8", "surrogateescape").split("\n")


def _width(data: Bytes) -> int:
    """Give the width at which the lines of a text are wrapped, 0 if they are not."""
    from syndicate.kernels.wraps import WIDE, WRAP_VOTES  # noqa: PLC0415 - imports numba

    votes = np.zeros(WIDE + 2, np.int64)
    pairs = WRAP_VOTES.run(len(data), as_bytes(data), votes)
    width = int(np.argmax(votes))
    most = int(votes[width])
    if most < _LEAST or most < _PART * pairs:
        return 0
    lines = itertools.pairwise(_lines(data))
    firsts = [
        following.lstrip()[0] for line, following in lines if _is_full(line, following, width)
    ]
    inner = sum(first.isalpha() and not first.isupper() for first in firsts) / max(len(firsts), 1)
    return width if inner >= (_FEW_INNER if most >= _MOST * pairs else _INNER) else 0


def _room(line: str, following: str) -> tuple[int, int]:
    """Give the length of a line, and what the first word of the next would add; 0 for none."""
    words = following.split(None, 1)
    length = len(line.rstrip())
    return length, 1 + len(words[0]) if words and length else 0


def _is_full(line: str, following: str, width: int) -> bool:
    """Tell whether a line has no room for the first word of the next."""
    length, needed = _room(line, following)
    return length <= width < length + needed
