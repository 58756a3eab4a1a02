"""What goes from texts: their lines, what is glued to them, credits inside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.intext import LONG, credit_cuts, text_cuts
from syndicate.boilerplate.joined import Left, credit_pieces, enough_left, taken_inside
from syndicate.boilerplate.lines import Lines, as_bytes, column, read
from syndicate.boilerplate.onepage import look
from syndicate.boilerplate.settling import NOTHING, ROUNDS, Removals, Texts
from syndicate.boilerplate.wrapped import unwrapped, wrapped_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.learned import Learned
    from syndicate.boilerplate.markers import Markers

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]


def removals(
    data: Bytes,
    offsets: Ints,
    titles: Sequence[str | None] | None,
    markers: Markers,
    learned: Learned,
) -> Removals:
    """Find what goes from each text ``data[offsets[i]:offsets[i + 1]]``."""
    wrapped = wrapped_texts(data, offsets)
    if not wrapped:
        return _removals(data, offsets, titles, markers, learned)
    count = len(offsets) - 1
    found = [_of_wrapped(data, offsets, doc, titles, markers, learned) for doc in wrapped]
    plain = np.delete(np.arange(count), wrapped)
    if len(plain):
        part, bounds = _some(data, offsets, plain)
        some = titles and [titles[doc] for doc in plain.tolist()]
        rest = _removals(part, bounds, some, markers, learned.subset(plain))
        found.append(_pieces(rest, plain, bounds, offsets))
    return _gathered(np.concatenate(found, 1), count)


def _of_wrapped(
    data: Bytes,
    offsets: Ints,
    doc: int,
    titles: Sequence[str | None] | None,
    markers: Markers,
    learned: Learned,
) -> Ints:
    """Find what goes from a text whose lines are wrapped, as pieces.

    What is left is read anew until nothing goes, for it may be taken for another's lines.
    """
    one = np.array([doc])
    part, bounds = _some(data, offsets, one)
    known = learned.subset(one)
    taken = nothing = credit_pieces([])
    for _ in range(ROUNDS):
        left = Left.of(part, bounds, taken, np.arange(1))
        joined = as_bytes(unwrapped(left.data))
        found = _removals(joined, left.offsets, titles and [titles[doc]], markers, known)
        if not found.rows.shape[1]:
            taken = taken if enough_left(part, bounds, taken)[0] else nothing
            return _moved(taken, one[taken[0]], bounds, offsets)
        cuts = _pieces(found, np.arange(1), left.offsets, left.offsets)
        taken = left.composed(taken, cuts)
    return nothing


def _removals(
    data: Bytes,
    offsets: Ints,
    titles: Sequence[str | None] | None,
    markers: Markers,
    learned: Learned,
) -> Removals:
    """Find what goes from texts whose lines are theirs."""
    if len(offsets) == 2 and not len(learned.glued):
        of_page = _of_page(data, offsets, titles[0] if titles else None, markers, learned)
        if of_page is not None:
            return of_page
    keys = _title_keys(titles, len(offsets) - 1)
    if not len(learned.glued):
        return _by_line(data, offsets, keys, markers, learned)
    count = len(offsets) - 1
    found = _inside(data, offsets, learned.glued, None, keys, markers, learned)
    plain = np.delete(np.arange(count), learned.glued)
    if not len(plain):
        return _gathered(found, count)
    part, bounds = _some(data, offsets, plain)
    lined = _by_line(part, bounds, keys[plain], markers, learned.subset(plain))
    return _gathered(np.concatenate([found, _pieces(lined, plain, bounds, offsets)], 1), count)


def _by_line(
    data: Bytes, offsets: Ints, titles: Keys, markers: Markers, learned: Learned
) -> Removals:
    """Find the lines that go, and marks and credits inside lines."""
    lines = read(data, offsets)
    texts = Texts(lines, markers, learned, titles, offsets)
    return _with_credits(texts, data, offsets, titles, markers, learned)


def _of_page(
    data: Bytes, offsets: Ints, title: str | None, markers: Markers, learned: Learned
) -> Removals | None:
    """Find what goes from one text; None if it cannot be looked at that way yet."""
    looked = look(data, int(offsets[1]), _title(title), markers, learned)
    if looked is None:
        return None
    if looked.may_credit:
        return _with_credits(looked.texts, data, offsets, looked.titles, markers, learned)
    return looked.texts.settle() if looked.may_lose else NOTHING


def _with_credits(
    texts: Texts, data: Bytes, offsets: Ints, titles: Keys, markers: Markers, learned: Learned
) -> Removals:
    """Settle texts, and those again that have credits inside their lines."""
    begun = _credits(texts.lines, markers)
    if not begun.shape[1]:
        return texts.settle()
    docs = np.unique(begun[0])
    inside = _inside(data, offsets, docs, begun, titles, markers, learned)
    if len(docs) == len(titles):
        return _gathered(inside, len(titles))
    rest = _pieces(texts.settle(), np.arange(len(titles)), offsets, offsets)
    rest = rest[:, ~np.isin(rest[0], docs)]
    return _gathered(np.concatenate([rest, inside], 1), len(titles))


def _credits(lines: Lines, markers: Markers) -> Ints:
    """Give the photo credits inside long lines as pieces of their texts."""
    long = np.flatnonzero(lines.stop - lines.start >= LONG)
    found = credit_cuts(lines.data, lines.start[long], lines.stop[long], markers.credits)
    return credit_pieces([(int(lines.doc[long[i]]), start, stop) for i, start, stop in found])


def _inside(
    data: Bytes,
    offsets: Ints,
    docs: Ints,
    begun: Ints | None,
    titles: Keys,
    markers: Markers,
    learned: Learned,
) -> Ints:
    """Find what goes from some texts that lines alone do not tell, as pieces.

    Their credits are those given, or are looked for in their long lines.
    """
    part, bounds = _some(data, offsets, docs)
    if begun is None:
        every = np.arange(len(docs))
        begun = credit_pieces(text_cuts(part, bounds, every, markers.credits))
    else:
        begun = _moved(begun, np.searchsorted(docs, begun[0]), offsets, bounds)
    found = taken_inside(part, bounds, begun, titles[docs], markers, learned.subset(docs))
    return _moved(found, docs[found[0]], bounds, offsets)


def _some(data: Bytes, offsets: Ints, docs: Ints) -> tuple[Bytes, Ints]:
    """Give some of the texts as a column."""
    from syndicate.kernels.rows import PUT  # noqa: PLC0415 - imports numba

    if len(docs) == len(offsets) - 1:
        return data, offsets
    starts, stops = offsets[docs], offsets[docs + 1]
    bounds = np.concatenate([[0], np.cumsum(stops - starts)])
    part = np.empty(bounds[-1], np.uint8)
    PUT.run(len(part), data, starts, stops, part, bounds)
    return as_bytes(part), bounds


def _pieces(found: Removals, docs: Ints, here: Ints, there: Ints) -> Ints:
    """Give the removals from some texts as pieces of a column that holds others too."""
    doc = np.repeat(np.arange(len(docs)), np.diff(found.bounds))
    return _moved(np.concatenate([doc[None], found.rows]), docs[doc], here, there)


def _moved(pieces: Ints, docs: Ints, here: Ints, there: Ints) -> Ints:
    """Give pieces of texts as they lie in another column, in which the texts are ``docs``."""
    moved = pieces.copy()
    moved[0] = docs
    moved[1:3] += there[docs] - here[pieces[0]]
    return moved


def _gathered(pieces: Ints, count: int) -> Removals:
    """Give the pieces of so many texts as what goes from each."""
    pieces = pieces[:, np.lexsort((pieces[1], pieces[0]))]
    return Removals(pieces[1:], np.searchsorted(pieces[0], np.arange(count + 1)))


def _title_keys(titles: Sequence[str | None] | None, count: int) -> Keys:
    """Hash the titles as lines are hashed; 0 where there is none."""
    keys = np.zeros(count, np.uint64)
    if titles is None or not any(titles):
        return keys
    lines = read(*column([_title(title) for title in titles]))
    keys[lines.doc] = lines.key
    return keys


def _title(title: str | None) -> bytes:
    """Give a title as one line."""
    return " ".join((title or "").split()).encode("utf-8", "surrogatepass")
