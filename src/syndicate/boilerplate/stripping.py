"""What goes from texts: their lines, what is glued to them, credits inside them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.edges import Ends, read_ends
from syndicate.boilerplate.glued import glued_cuts
from syndicate.boilerplate.intext import LONG, credit_cuts, near_joins, text_cuts
from syndicate.boilerplate.lines import Lines, column, read
from syndicate.boilerplate.rules import Rule
from syndicate.boilerplate.segment import LEAST_PART, LEAST_WORDS
from syndicate.boilerplate.settling import ROUNDS, Removals, Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.learned import Learned
    from syndicate.boilerplate.markers import Markers

    Ints = NDArray[np.int64]

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
    return Texts(lines, markers, learned, titles, offsets).settle()


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
    for _ in range(ROUNDS):
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
    rows = found.rows.T.tolist()
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
    return Removals(table.T, np.concatenate([[0], np.cumsum(counts)]))


def _title_keys(titles: Sequence[str | None] | None, count: int) -> NDArray[np.uint64]:
    """Hash the titles as lines are hashed; 0 where there is none."""
    keys = np.zeros(count, np.uint64)
    if titles is None or not any(titles):
        return keys
    encoded = [" ".join((t or "").split()).encode("utf-8", "surrogatepass") for t in titles]
    lines = read(*column(encoded))
    keys[lines.doc] = lines.key
    return keys
