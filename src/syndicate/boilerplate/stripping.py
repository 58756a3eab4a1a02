"""Judging and trimming in rounds, until nothing changes.

The rounds make stripping twice the same as stripping once: a text is given back only as one
from which no rule takes any more, and whole where that point is not reached or too little
would be left at it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.edges import Ends, read_ends
from syndicate.boilerplate.features import ENDED, LED, Features, describe
from syndicate.boilerplate.glued import glued_cuts
from syndicate.boilerplate.intext import LONG, credit_cuts, near_joins, text_cuts
from syndicate.boilerplate.lines import (
    ELLIPSIS,
    QUOTED,
    SENTENCE,
    Lines,
    column,
    read,
    reread,
)
from syndicate.boilerplate.rules import Rule
from syndicate.boilerplate.segment import LEAST_PART, LEAST_WORDS, PROSE_WORDS, enough, judge
from syndicate.boilerplate.trimming import LEAD_LINES, lead_ins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.learned import Learned
    from syndicate.boilerplate.markers import Markers

    Ints = NDArray[np.int64]

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Removals:
    """What goes from a column of texts.

    Attributes
    ----------
    start, stop : ndarray of int64, shape (k,)
        Bytes, ascending.
    rule, marker : ndarray of int64, shape (k,)
        `Rule`, and the index of the marker that fired, or -1.
    bounds : ndarray of int64, shape (n + 1,)
        Where each text's removals start and the last end.
    """

    start: Ints
    stop: Ints
    rule: Ints
    marker: Ints
    bounds: Ints

    @property
    def columns(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Starts, stops, rules and markers."""
        return self.start, self.stop, self.rule, self.marker


Cut = tuple[int, int]
"""First byte and byte after the last of what goes."""
Piece = tuple[int, int, int, int]
"""Start, stop, rule and marker of one removal."""


def removals(
    data: NDArray[np.uint8],
    offsets: Ints,
    titles: Sequence[str | None] | None,
    markers: Markers,
    learned: Learned,
) -> Removals:
    """Find what goes from each text ``data[offsets[i]:offsets[i + 1]]``."""
    keys = _title_keys(titles, len(offsets) - 1)
    if not learned.glued:
        lines = read(data, offsets)
        credited = _credits_inside(lines, offsets, markers)
        found = _by_line(lines, offsets, keys, markers, learned)
        if not credited:
            return found
        pieces = dict(enumerate(_pieces(found, offsets)))
        return _with_cuts(data, offsets, keys, pieces, credited, markers, learned)
    texts = {doc: data[offsets[doc] : offsets[doc + 1]].tobytes() for doc in learned.glued}
    inside = dict(zip(texts, text_cuts(list(texts.values()), markers.credits), strict=True))
    plain = [doc for doc in range(len(offsets) - 1) if doc not in texts]
    part, bounds = column([data[offsets[i] : offsets[i + 1]].tobytes() for i in plain])
    lines = read(part, bounds)
    credited = _credits_inside(lines, bounds, markers)
    found = _by_line(lines, bounds, keys[plain], markers, learned.subset(plain))
    pieces = dict(zip(plain, _pieces(found, bounds), strict=True))
    inside |= {plain[i]: cuts for i, cuts in credited.items()}
    return _with_cuts(data, offsets, keys, pieces, inside, markers, learned)


def _with_cuts(
    data: NDArray[np.uint8],
    offsets: Ints,
    keys: NDArray[np.uint64],
    pieces: dict[int, list[Piece]],
    inside: dict[int, list[Cut]],
    markers: Markers,
    learned: Learned,
) -> Removals:
    """Give what goes from each text; some have cuts inside their lines, others ``pieces``."""
    texts = {doc: data[offsets[doc] : offsets[doc + 1]].tobytes() for doc in inside}
    pieces |= _unglue(texts, inside, keys, markers, learned)
    rows = [
        (low + a, low + b, rule, marker)
        for doc, low in enumerate(offsets[:-1].tolist())
        for a, b, rule, marker in pieces[doc]
    ]
    return _gather(rows, [len(pieces[doc]) for doc in range(len(offsets) - 1)])


def _credits_inside(lines: Lines, offsets: Ints, markers: Markers) -> dict[int, list[Cut]]:
    """Give the photo credits inside the long lines of each text that has any."""
    long = np.flatnonzero(lines.stop - lines.start >= LONG)
    cuts: dict[int, list[Cut]] = {}
    starts, stops = lines.start[long].copy(), lines.stop[long].copy()
    for line, start, stop in credit_cuts(lines.data, starts, stops, markers.credits):
        doc = int(lines.doc[long[line]])
        low = int(offsets[doc])
        cuts.setdefault(doc, []).append((start - low, stop - low))
    return cuts


def _by_line(
    lines: Lines,
    offsets: Ints,
    titles: NDArray[np.uint64],
    markers: Markers,
    learned: Learned,
) -> Removals:
    """Find the lines that go, and the marks inside lines."""
    texts = _Texts(lines, describe(lines, markers), markers, learned, titles)
    if not texts.settle():
        none = np.zeros(0, np.int64)
        return Removals(none, none, none, none, np.zeros(len(offsets), np.int64))
    return texts.collect(offsets)


def _unglue(
    texts: dict[int, bytes],
    inside: dict[int, list[Cut]],
    titles: NDArray[np.uint64],
    markers: Markers,
    learned: Learned,
) -> dict[int, list[Piece]]:
    """Cut credits, learned runs and then lines out of texts, in turns, until nothing changes."""
    taken = {doc: _in_text(inside.get(doc, ())) for doc in texts}
    active = list(texts)
    for _ in range(_ROUNDS):
        left = [_without(texts[doc], taken[doc]) for doc in active]
        cuts = _next_cuts(left, titles[active], markers, learned.subset(active))
        done = [i for i, some in enumerate(cuts) if not some]
        joins = [_joins(taken[active[i]]) for i in done]
        again = [done[i] for i in near_joins([left[i] for i in done], joins, markers.credits)]
        for i, more in zip(
            again, text_cuts([left[i] for i in again], markers.credits), strict=True
        ):
            cuts[i] = _in_text(more)
        for doc, some in zip(active, cuts, strict=True):
            taken[doc] = _compose(taken[doc], sorted(some))
        active = [doc for doc, some in zip(active, cuts, strict=True) if some]
        if not active:
            break
    failed = set(active)
    return {
        doc: cuts if doc not in failed and _enough_left(texts[doc], cuts) else []
        for doc, cuts in taken.items()
    }


def _in_text(cuts: Iterable[Cut]) -> list[Piece]:
    """Give the photo credits inside a text as pieces."""
    return [(start, stop, int(Rule.IN_TEXT), -1) for start, stop in cuts]


def _joins(taken: list[Piece]) -> list[int]:
    """Give where what is left of a text was joined."""
    joins, gone = [], 0
    for start, stop, _, _ in taken:
        joins.append(start - gone)
        gone += stop - start
    return joins


def _next_cuts(
    texts: list[bytes], titles: NDArray[np.uint64], markers: Markers, learned: Learned
) -> list[list[Piece]]:
    """Give the learned runs of each text, and of a text without any the lines that go."""
    ends, lines, offsets = read_ends(texts)
    runs = glued_cuts(lines, learned)
    if not runs:
        found = _pieces(_by_line(lines, offsets, titles, markers, learned), offsets)
        return [_moved(some, one) for some, one in zip(found, ends, strict=True)]
    cuts = [
        _moved([(a - low, b - low, int(rule), -1) for a, b, rule in runs.get(doc, [])], ends[doc])
        for doc, low in enumerate(offsets[:-1].tolist())
    ]
    plain = [doc for doc, some in enumerate(cuts) if not some]
    found = _line_cuts(
        [texts[doc] for doc in plain], titles[plain], markers, learned.subset(plain)
    )
    for doc, some in zip(plain, found, strict=True):
        cuts[doc] = some
    return cuts


def _line_cuts(
    texts: list[bytes], titles: NDArray[np.uint64], markers: Markers, learned: Learned
) -> list[list[Piece]]:
    """Give the lines of each text that go."""
    data, offsets = column(texts)
    return _pieces(_by_line(read(data, offsets), offsets, titles, markers, learned), offsets)


def _moved(pieces: list[Piece], ends: Ends) -> list[Piece]:
    """Give pieces of a text's ends as they lie in the text."""
    if not ends.left_out:
        return pieces
    return [(ends.original(a), ends.original(b), rule, marker) for a, b, rule, marker in pieces]


def _pieces(found: Removals, offsets: Ints) -> list[list[Piece]]:
    """List the removals of each text, counted from its start."""
    rows = list(zip(*(column.tolist() for column in found.columns), strict=True))
    spans = itertools.pairwise(found.bounds.tolist())
    return [
        [(a - low, b - low, rule, marker) for a, b, rule, marker in rows[first:last]]
        for (first, last), low in zip(spans, offsets[:-1].tolist(), strict=True)
    ]


def _enough_left(text: bytes, taken: list[Piece]) -> bool:
    """Tell whether the words left between the cuts can still be the article."""
    gone = sum(_gaps(text[a:b]) for a, b, _, _ in taken)
    needed = max(gone + LEAST_WORDS, LEAST_PART * gone // (LEAST_PART - 1) + 1)
    if _gaps(text[: 16 * needed]) >= needed:  # no need to count to the end
        return True
    total = 1 + _gaps(text)
    kept = total - gone
    return kept >= min(LEAST_WORDS, total / 2) and LEAST_PART * kept >= total


def _gaps(text: bytes) -> int:
    """Count the spaces and line breaks: one less than the words, about."""
    return text.count(b" ") + text.count(b"\n")


def _without(text: bytes, taken: list[Piece]) -> bytes:
    """Cut pieces out."""
    if not taken:
        return text
    edges = [0, *(edge for a, b, _, _ in taken for edge in (a, b)), len(text)]
    return b"".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def _compose(taken: list[Piece], cuts: list[Piece]) -> list[Piece]:
    """Add cuts of what is left of a text to what was taken out of it before."""
    if not (taken and cuts):
        return taken or cuts

    def original(position: int, *, end: bool) -> int:
        for a, b, _, _ in taken:
            if position < a or (end and position == a):
                break
            position += b - a
        return position

    new = [
        (original(a, end=False), original(b, end=True), rule, marker)
        for a, b, rule, marker in cuts
    ]
    old = [one for one in taken if not any(a <= one[0] and one[1] <= b for a, b, _, _ in new)]
    return sorted([*old, *new])


def _gather(rows: list[Piece], counts: list[int]) -> Removals:
    """Put the pieces of all texts into columns."""
    table = np.array(rows, np.int64).reshape(-1, 4)
    start, stop, rule, marker = table.T
    return Removals(start, stop, rule, marker, np.concatenate([[0], np.cumsum(counts)]))


def _title_keys(titles: Sequence[str | None] | None, count: int) -> NDArray[np.uint64]:
    """Hash the titles as lines are hashed; 0 where there is none."""
    keys = np.zeros(count, np.uint64)
    if titles is None or not any(titles):
        return keys
    encoded = [" ".join((t or "").split()).encode("utf-8", "surrogatepass") for t in titles]
    lines = read(*column(encoded))
    keys[lines.doc] = lines.key
    return keys


class _Texts:
    """A column of texts while it is stripped."""

    def __init__(
        self,
        lines: Lines,
        features: Features,
        markers: Markers,
        learned: Learned,
        titles: NDArray[np.uint64],
    ) -> None:
        self.lines, self.features, self.markers = lines, features, markers
        self.learned, self.titles = learned, titles
        self.known = learned.lines(lines.form, lines.doc)

    def _begin(self) -> None:
        """Note how things stood before anything went; most texts need not."""
        lines, titles = self.lines, self.titles
        self.gone = np.zeros(len(lines), np.int64)
        self.start, self.stop = lines.start.copy(), lines.stop.copy()
        self.words = np.bincount(lines.doc, lines.words, len(titles)).astype(np.float64)
        ends = (lines.flags & (SENTENCE | QUOTED) != 0) & (lines.flags & ELLIPSIS == 0)
        self.prose = ends & (lines.words >= PROSE_WORDS)

    def settle(self) -> bool:
        """Judge and trim until nothing changes; undo where that fails. Tell whether any goes."""
        lines = self.lines
        live = np.arange(len(lines))
        drop = judge(lines, self.features, live, self.titles, self.known)
        if not drop.any() and not (self.features.signs & (LED | ENDED)).any():
            return False
        self._begin()
        active = np.ones(len(self.titles), np.bool_)
        for number in range(_ROUNDS):
            if number:
                live = np.flatnonzero((self.gone == 0) & active[lines.doc])
                drop = judge(lines, self.features, live, self.titles, self.known)
            self.gone[live] = drop
            changed = np.zeros_like(active)
            changed[lines.doc[live[drop != 0]]] = True
            changed[lines.doc[self._trim(live[self.gone[live] == 0])]] = True
            active = changed
            if not active.any():
                if number == 0:
                    return False
                break
        left = np.where(self.gone == 0, lines.words, 0)
        kept = np.bincount(lines.doc, left, len(active)).astype(np.float64)
        written = np.where(self.gone == Rule.COMMENTS, lines.words, 0)  # by readers
        words = self.words - np.bincount(lines.doc, written, len(active))
        ours = self.prose & (self.gone != Rule.COMMENTS) & (self.gone != Rule.SITE)
        prose = np.bincount(lines.doc, np.where(ours, lines.words, 0), len(active))
        failed = (active | ~enough(kept, words, prose.astype(np.float64)))[lines.doc]
        self.gone[failed] = Rule.NOTHING
        lines.start[failed], lines.stop[failed] = self.start[failed], self.stop[failed]
        return True

    def _trim(self, live: Ints) -> Ints:
        """Cut marks off the first lines of each text and its last; give the lines cut."""
        lines = self.lines
        signs = self.features.signs[live]
        if not np.any(signs & (LED | ENDED)):
            return live[:0]
        doc = lines.doc[live]
        fresh = np.ones(len(live), np.bool_)
        fresh[1:] = doc[1:] != doc[:-1]
        position = np.arange(len(live)) - np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
        leading = (signs & LED != 0) & (position < LEAD_LINES)
        led, cut = lead_ins(lines, live[leading], self.markers)
        ended = live[np.append(fresh[1:], True) & (signs & ENDED != 0)]
        if not len(led) and not len(ended):
            return led
        at = np.union1d(led, ended)
        start, stop = lines.start[at].copy(), lines.stop[at].copy()
        start[np.searchsorted(at, led)] = cut
        stop[np.searchsorted(at, ended)] -= 2
        again = reread(lines, at, start, stop)
        self.features.update(at[again.doc], describe(again, self.markers))
        self.known[at] = self.learned.lines(lines.form[at], lines.doc[at])
        return at

    def collect(self, offsets: Ints) -> Removals:
        """List what goes."""
        lines = self.lines
        whole = np.flatnonzero(self.gone)
        head = np.flatnonzero((lines.start > self.start) & (self.gone == 0))
        tail = np.flatnonzero((lines.stop < self.stop) & (self.gone == 0))
        following = np.append(lines.begin[1:], offsets[-1])
        ends = np.append(lines.doc[1:] != lines.doc[:-1], True)
        following = np.where(ends, offsets[lines.doc + 1], following)
        start = np.concatenate([lines.begin[whole], self.start[head], lines.stop[tail]])
        stop = np.concatenate([following[whole], lines.start[head], self.stop[tail]])
        rule = np.concatenate([
            self.gone[whole], np.full(len(head), Rule.LEAD_IN), np.full(len(tail), Rule.END_MARK)
        ])  # fmt: skip
        none = np.full(len(head) + len(tail), -1)
        marker = np.concatenate([self.features.marker[whole], none])
        order = np.argsort(start, kind="stable")
        doc = lines.doc[np.concatenate([whole, head, tail])][order]
        bounds = np.searchsorted(doc, np.arange(len(offsets)))
        return Removals(start[order], stop[order], rule[order], marker[order], bounds)
