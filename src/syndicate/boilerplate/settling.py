"""Judging lines and cutting marks off them in rounds, until nothing changes.

The rounds make stripping twice the same as stripping once: a text is given back only as one
from which no rule takes any more, and whole where that point is not reached or too little
would be left at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.characters import character_table
from syndicate.boilerplate.features import Features, describe
from syndicate.boilerplate.lines import Lines, reread
from syndicate.boilerplate.segment import judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.learned import Learned
    from syndicate.boilerplate.markers import Markers

    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Removals:
    """What goes from a column of texts.

    Attributes
    ----------
    rows : ndarray of int64, shape (4, k)
        First byte, ascending, and byte after the last; `Rule`, and the index of the marker that
        fired, or -1.
    bounds : ndarray of int64, shape (n + 1,)
        Where each text's removals start and the last end.
    """

    rows: Ints
    bounds: Ints


_NO_ROWS = np.empty((4, 0), np.int64)
NOTHING = Removals(_NO_ROWS, np.zeros(2, np.int64))
"""What goes from one text from which nothing goes."""


class Texts:
    """A column of texts while it is stripped.

    What is told of the lines, their learned shares and what the first judging drops are found
    here, unless they were found before.
    """

    def __init__(
        self,
        lines: Lines,
        markers: Markers,
        learned: Learned,
        titles: Keys,
        offsets: Ints,
        first_look: tuple[Features, NDArray[np.float64], Ints] | None = None,
    ) -> None:
        self.lines, self._markers, self._learned = lines, markers, learned
        self._titles, self._offsets = titles, offsets
        if first_look is None:
            self._features = describe(lines, markers)
            self._known = learned.lines(lines.form, lines.doc)
            first = judge(lines, self._features, np.arange(len(lines)), titles, self._known)
            first_look = self._features, self._known, first
        self._features, self._known, self._first = first_look
        self._gone = np.empty(len(lines), np.int64)
        self._changed = np.empty(len(titles), np.bool_)
        self._before: list[tuple[Ints, Keys]] = []
        self._signs = self._features.signs

    def settle(self) -> Removals:
        """Give what goes, and nothing of a text that does not come to rest."""
        lines = self.lines
        live, drop = np.arange(len(lines)), self._first
        for number in range(ROUNDS):
            cuts = self._mark(live, drop)
            if not self._changed.any():
                break
            if len(cuts):
                self._cut(*cuts.T)
            if number + 1 < ROUNDS:
                live = np.flatnonzero((self._gone == 0) & self._changed[lines.doc])
                drop = judge(lines, self._features, live, self._titles, self._known)
        else:
            number = ROUNDS
        if number == 0:
            return Removals(_NO_ROWS, np.zeros(len(self._offsets), np.int64))
        return self._collect()

    def _mark(self, live: Ints, drop: Ints) -> Ints:
        """Note which lines go, and give those of which marks are cut off, with what is left."""
        from syndicate.kernels import settle  # noqa: PLC0415 - compiles

        lines, markers = self.lines, self._markers
        cuts = np.empty((len(live), settle.CUT_COLUMNS), np.int64)
        count = settle.MARK.run(
            len(live), lines.data, lines.columns, lines.hashes, lines.facts, character_table(),
            markers.seen, markers.beginnings, markers.bounds, markers.table,
            self._features.signs, live, drop, self._gone, self._changed, cuts,
        )  # fmt: skip
        return cuts[:count]

    def _cut(self, at: Ints, start: Ints, stop: Ints) -> None:
        """Cut lines, and look at them again."""
        lines = self.lines
        if not self._before:
            self._signs = self._features.signs.copy()
        self._before.append((at, lines.columns[:, at]))
        again = reread(lines, at, start, stop)
        self._features.update(at[again.doc], describe(again, self._markers))
        self._known[at] = self._learned.lines(lines.form[at], lines.doc[at])

    def _collect(self) -> Removals:
        """List what goes."""
        from syndicate.kernels import settle  # noqa: PLC0415 - compiles

        lines = self.lines
        at, before = _NO_ROWS[0], lines.columns[:, :0]
        if self._before:
            cut, columns = zip(*self._before, strict=True)
            at, first = np.unique(np.concatenate(cut), return_index=True)
            before = np.concatenate(columns, 1)[:, first]
        room = np.count_nonzero(self._gone) + 2 * len(at)
        rows = np.empty((settle.REMOVED_ROWS, room), np.int64)
        bounds = np.empty(len(self._offsets), np.int64)
        count = settle.COLLECT.run(
            len(lines), lines.data, lines.columns, self._signs, self._features.marker,
            self._changed, self._offsets, at, np.ascontiguousarray(before), self._gone, rows,
            bounds,
        )  # fmt: skip
        return Removals(rows[:, :count], bounds)
