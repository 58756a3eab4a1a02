"""The lines of texts that are still live, as columns, text after text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.features import Features
from syndicate.boilerplate.lines import (
    ELLIPSIS,
    QUOTED,
    SENTENCE,
    Lines,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Values = NDArray[np.float64]

PROSE = 8
"""Words of the shortest sentence that counts as prose."""
HEADING = 26
"""Words of the longest heading."""
NEAR_TOP = 4
"""Lines at the top of a text where its title may stand."""
CAPTION = 60
"""Words of the longest caption."""
MENU_LINES = 8
MENU_WORDS = 5
"""So many lines of so few words outside the body may be a menu."""


@dataclass(slots=True)
class Page:
    """The lines still live, text after text.

    Attributes
    ----------
    live : ndarray of int64, shape (n,)
        Lines.
    seg : ndarray of int64, shape (n,)
        Text of each, counted from 0 without gaps.
    first : ndarray of int64, shape (texts,)
        Where each text's lines start.
    """

    live: Ints
    seg: Ints
    first: Ints
    position: Ints
    key: Keys
    words: Ints
    flags: Ints
    kind: Ints
    ends: Bools
    heading: Bools
    same_as_last: Bools

    def total(self, values: Values | Bools | Ints) -> Values:
        """Sum over the lines of each text."""
        return np.bincount(self.seg, values, len(self.first)).astype(np.float64)

    def earliest(self, mask: Bools) -> Ints:
        """Give the first line of each text where the mask holds, else one past all."""
        where = np.where(mask, np.arange(len(self.seg)), len(self.seg))
        return np.minimum.reduceat(where, self.first)

    def latest(self, mask: Bools) -> Ints:
        """Give the last line of each text where the mask holds, else -1."""
        return np.maximum.reduceat(np.where(mask, np.arange(len(self.seg)), -1), self.first)

    def before(self, values: NDArray, missing: object) -> NDArray:  # type: ignore[type-arg]
        """Give each line the value of the line before it in its text."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.first] = missing
        return shifted

    def after(self, values: NDArray, missing: object) -> NDArray:  # type: ignore[type-arg]
        """Give each line the value of the line after it in its text."""
        shifted = np.empty_like(values)
        shifted[:-1] = values[1:]
        shifted[self.first - 1] = missing
        return shifted


def page(lines: Lines, features: Features, live: Ints) -> Page:
    """Gather the live lines."""
    doc = lines.doc[live]
    fresh = np.ones(len(live), np.bool_)
    fresh[1:] = doc[1:] != doc[:-1]
    first = np.flatnonzero(fresh)
    seg = np.cumsum(fresh) - 1
    flags = lines.flags[live]
    words = lines.words[live]
    key = lines.key[live]
    cut = flags & ELLIPSIS != 0
    stopped = flags & (SENTENCE | QUOTED) != 0
    same = np.zeros(len(live), np.bool_)
    same[1:] = (key[1:] == key[:-1]) & ~fresh[1:]
    return Page(
        live=live,
        seg=seg,
        first=first,
        position=np.arange(len(live)) - first[seg],
        key=key,
        words=words,
        flags=flags,
        kind=features.kind[live],
        ends=stopped & ~cut,
        heading=(words <= HEADING) & ~stopped & ~cut,
        same_as_last=same,
    )
