"""Cutting inside the lines of texts, which joins what stood apart, until nothing changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from syndicate.boilerplate.edges import read_ends
from syndicate.boilerplate.glued import glued_cuts
from syndicate.boilerplate.intext import near_joins, text_cuts
from syndicate.boilerplate.lines import PAD, as_bytes
from syndicate.boilerplate.onepage import look
from syndicate.boilerplate.rules import Rule
from syndicate.boilerplate.settling import ROUNDS, Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.learned import Learned
    from syndicate.boilerplate.markers import Markers

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

TEXT, START, STOP = range(3)
"""Rows of pieces; rule and marker of each follow."""


def taken_inside(
    data: Bytes, offsets: Ints, begun: Ints, titles: Keys, markers: Markers, learned: Learned
) -> Ints:
    """Cut credits, learned runs and then lines out of texts, in turns, until nothing changes.

    Parameters
    ----------
    data, offsets
        The texts.
    begun : ndarray of int64, shape (5, k)
        Pieces that go to begin with: text, first byte, byte after the last, rule and marker of
        each, ascending.
    titles
        Hash of each text's title.

    Returns
    -------
    ndarray of int64, shape (5, m)
        All pieces that go; none of a text of which too little would be left.
    """
    taken = begun
    active = np.arange(len(offsets) - 1)
    for _ in range(ROUNDS):
        left = Left.of(data, offsets, taken, active)
        cuts = left.cuts(titles[active], markers, learned.subset(active))
        if not cuts.shape[1]:
            active = active[:0]
            break
        taken = left.composed(taken, cuts)
        active = active[np.unique(cuts[TEXT])]
    fine = enough_left(data, offsets, taken)
    fine[active] = False  # these do not come to rest
    return taken[:, fine[taken[TEXT]]]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of some texts, end to end.

    Attributes
    ----------
    data, offsets
        The bytes, and where each text starts and the last ends.
    texts : ndarray of int64
        Which texts they are.
    spans : ndarray of int64, shape (k, )
        Where each span that is left starts in the original.
    begins : ndarray of int64, shape (k + 1,)
        Where each lies in ``data`` and the last ends.
    owner : ndarray of int64, shape (k,)
        Which of the texts each is of.
    """

    data: Bytes
    offsets: Ints
    texts: Ints
    spans: Ints
    begins: Ints
    owner: Ints

    @classmethod
    def of(cls, data: Bytes, offsets: Ints, taken: Ints, texts: Ints) -> Self:
        """Take pieces out of texts, and leave out other texts."""
        from syndicate.kernels.rows import PUT  # noqa: PLC0415 - imports numba

        taken = taken[:, np.isin(taken[TEXT], texts)]
        counts = np.bincount(np.searchsorted(texts, taken[TEXT]), minlength=len(texts))
        bounds = np.concatenate([[0], np.cumsum(counts)])
        start = np.insert(taken[STOP], bounds[:-1], offsets[texts])
        stop = np.insert(taken[START], bounds[1:], offsets[texts + 1])
        begins = np.concatenate([[0], np.cumsum(stop - start)])
        room = np.empty(begins[-1] + PAD, np.uint8)
        room[-PAD:] = 0
        PUT.run(len(room), data, start, stop, room, begins)
        owner = np.repeat(np.arange(len(texts)), counts + 1)
        edges = begins[bounds + np.arange(len(texts) + 1)]
        return cls(as_bytes(room), edges, texts, start, begins, owner)

    def cuts(self, titles: Keys, markers: Markers, learned: Learned) -> Ints:
        """Give what goes of each text: learned runs, else lines, else credits that arose."""
        looked = None
        if len(self.texts) == 1 and not len(learned.glued):
            looked = look(self.data, int(self.offsets[1]), b"", markers, learned, titles)
        if looked is None or looked.may_lose:
            pieces = self._edges_and_lines(titles, markers, learned)
        else:
            pieces = credit_pieces([])
        if looked is not None and not looked.may_credit:
            return _in_order(pieces)
        has_cuts = np.isin(np.arange(len(self.texts)), pieces[TEXT])
        return _in_order(np.concatenate([pieces, self._credits(has_cuts, markers)], 1))

    def _edges_and_lines(self, titles: Keys, markers: Markers, learned: Learned) -> Ints:
        """Give the learned runs that go of each text, else its lines and what ends them."""
        ends = read_ends(self.data, self.offsets)
        runs = glued_cuts(ends.lines, learned, len(self.texts))
        found = Texts(ends.lines, markers, learned, titles, ends.offsets).settle()
        doc = np.repeat(np.arange(len(self.texts)), np.diff(found.bounds))
        plain = ~np.isin(doc, runs[:, TEXT])
        marked = np.concatenate([runs.T, np.full((1, len(runs)), -1)])
        lines = np.concatenate([doc[None], found.rows])[:, plain]
        pieces = np.concatenate([marked, lines], 1)
        for edge in (START, STOP):
            place = ends.original(pieces[TEXT], pieces[edge])
            pieces[edge] = place + self.offsets[pieces[TEXT]]
        return pieces

    def _credits(self, has_cuts: NDArray[np.bool_], markers: Markers) -> Ints:
        """Give the photo credits of texts in which they arose where something was cut out."""
        inner = np.flatnonzero(self.owner[1:] == self.owner[:-1]) + 1
        inner = inner[~has_cuts[self.owner[inner]]]
        where = self.owner[inner], self.begins[inner]
        again = near_joins(self.data, self.offsets, *where, markers.credits)
        return credit_pieces(text_cuts(self.data, self.offsets, again, markers.credits))

    def composed(self, taken: Ints, cuts: Ints) -> Ints:
        """Add cuts of what is left to what was taken out before."""
        new = cuts.copy()
        span = np.searchsorted(self.begins[:-1], cuts[START], "right") - 1
        new[START] += self.spans[span] - self.begins[span]
        span = np.searchsorted(self.begins[1:], cuts[STOP], "left")
        new[STOP] += self.spans[span] - self.begins[span]
        new[TEXT] = self.texts[cuts[TEXT]]
        around = np.searchsorted(new[START], taken[START], "right") - 1
        inside = (around >= 0) & (taken[STOP] <= new[STOP][around])
        return _in_order(np.concatenate([taken[:, ~inside], new], 1))


def credit_pieces(cuts: list[tuple[int, int, int]]) -> Ints:
    """Give photo credits as pieces: text, first byte, byte after the last of each."""
    if not cuts:
        return np.empty((5, 0), np.int64)
    table = np.array(cuts, np.int64).T
    rest = np.repeat([[int(Rule.IN_TEXT)], [-1]], table.shape[1], axis=1)
    return np.concatenate([table, rest])


def _in_order(pieces: Ints) -> Ints:
    """Sort pieces by where they start."""
    return np.asarray(pieces[:, np.argsort(pieces[START], kind="stable")])


def enough_left(data: Bytes, offsets: Ints, taken: Ints) -> NDArray[np.bool_]:
    """Tell of which texts the words left between the cuts can still be the article."""
    from syndicate.kernels.glued import COUNT_GAPS  # noqa: PLC0415 - imports numba
    from syndicate.kernels.judge import LEAST_PART, LEAST_WORDS  # noqa: PLC0415 - imports numba

    texts = np.arange(len(offsets) - 1)
    gone, total = np.zeros_like(texts), np.ones_like(texts)
    size = int(offsets[-1] - offsets[0])
    COUNT_GAPS.run(size, data, taken[START], taken[STOP], taken[TEXT], gone)
    COUNT_GAPS.run(size, data, offsets[:-1], offsets[1:], texts, total)
    kept = total - gone
    return np.asarray(
        (2 * kept >= np.minimum(2 * LEAST_WORDS, total)) & (LEAST_PART * kept >= total)
    )
