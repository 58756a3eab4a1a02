"""Pages compared with known documents, exactly: any number of pairs in a few calls."""

from __future__ import annotations

from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from syndicate.index.beside import heading, standing_of
from syndicate.match import relation
from syndicate.match.align import CHUNK, LIMITS, EvidenceTable
from syndicate.match.context import beside, worth_aligning
from syndicate.match.days import with_days
from syndicate.match.folded import Folded
from syndicate.match.reasons import reasons
from syndicate.match.relation import Context
from syndicate.match.roundup import STORIES, with_roundups
from syndicate.match.verify import Overlap
from syndicate.model import Match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from syndicate.config import Config
    from syndicate.index.known import Known
    from syndicate.index.sketching import Sketched

_KINDS = tuple(rule.relation for rule in relation.RULES)
_JOINS = tuple(kind.joins for kind in _KINDS)


class Compared(NamedTuple):
    """A page, and the documents that it is compared with."""

    page: Sketched
    known: Sequence[Known]


class Pairs(NamedTuple):
    """Accepted pairs of a page.

    Attributes
    ----------
    matches
        The page is their a.
    joins
        Places of the documents that belong in one cluster with it, and how strongly they do.
    """

    matches: list[Match]
    joins: dict[int, float]

    def join(self, more: Pairs, shift: int) -> Pairs:
        """Add pairs with documents listed after those compared before."""
        joins = self.joins | {place + shift: score for place, score in more.joins.items()}
        return Pairs([*self.matches, *more.matches], joins)


class Columns(NamedTuple):
    """Pairs of texts, as places in a list of pages and then of documents.

    Attributes
    ----------
    left, right
        ndarray of int64, shape (pairs,): the smaller id is on the left, as in `dedupe`.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]


def compare(given: Sequence[Compared], config: Config) -> list[Pairs]:
    """Compare pages with documents; give what the settings call a match, page by page."""
    counts = [len(one.known) for one in given]
    flat = list(chain.from_iterable(one.known for one in given))
    sizes = _overlap([one.page for one in given], counts, flat)
    worth = np.flatnonzero(worth_aligning(sizes, config.threshold))
    if not len(worth):
        return [Pairs([], {}) for _ in given]
    owner = np.repeat(np.arange(len(given)), counts)[worth]
    laid = _laid_out(given, owner, [flat[place] for place in worth.tolist()])
    sizes = Overlap(*(column[worth] for column in sizes))
    table, rules = read(laid.texts, laid.pairs, laid.context(), config.sketch.shingle_size)
    rules = with_days(rules, table, *laid.pairs, laid.headings)
    score = relation.scores(rules, sizes)
    judged = _judged(rules, table, laid.pairs, score >= config.threshold, len(given))
    rows = np.flatnonzero(judged >= 0)
    why = reasons(judged[rows], EvidenceTable(*(column[rows] for column in table)))
    names = [one.page.document.id for one in given]
    codes, places, pages = (column[rows].tolist() for column in (judged, worth, owner))
    measured = sizes.jaccard, sizes.containment_a, sizes.containment_b, sizes.shared
    columns = (
        (names[page] for page in pages),
        (flat[place].id for place in places),
        (_KINDS[code] for code in codes),
        *(column[rows].tolist() for column in measured),
        why,
    )
    matches = list(map(Match, *columns))
    edges = np.searchsorted(owner[rows], np.arange(len(given) + 1)).tolist()
    out = [Pairs(matches[start:end], {}) for start, end in pairwise(edges)]
    firsts = [0, *accumulate(counts)]
    for page, place, code, strength in zip(
        pages, places, codes, score[rows].tolist(), strict=True
    ):
        if _JOINS[code]:
            out[page].joins[place - firsts[page]] = strength
    return out


def _overlap(pages: Sequence[Sketched], counts: Sequence[int], flat: Sequence[Known]) -> Overlap:
    """Compare each page's set, which is a, with those of its so many documents."""
    from syndicate.kernels import pages as kernels  # noqa: PLC0415 - compiles

    addresses, shingles, sizes = zip(*map(_set_of, flat), strict=True)
    shared = np.empty(len(flat), np.int32)
    kernels.shared(
        np.array([page.address for page in pages], np.uint64),
        np.array([len(page.shingles) for page in pages], np.int64),
        np.array([0, *accumulate(counts)], np.int64),
        np.array(addresses, np.uint64),
        np.array(list(map(len, shingles)), np.int64),
        shared,
    )
    size_a = np.repeat(np.array([page.distinct for page in pages], np.int32), counts)
    return Overlap(shared, size_a, np.array(sizes, np.int32))


class _Laid(NamedTuple):
    """Pages and documents laid end to end, and the pairs to be read.

    Attributes
    ----------
    given
        The pages.
    known
        The documents, after the pages.
    texts
        All of them.
    pairs
        Places there.
    """

    given: Sequence[Compared]
    known: Sequence[Known]
    texts: Folded
    pairs: Columns

    def context(self) -> Context:
        """Compare the texts by what is known beside their words.

        What is sent again under its own id is of the same page, whatever its URL.
        """
        pages = [one.page for one in self.given]
        places = [standing_of(page.beside) for page in pages]
        places += [standing_of(other.beside) for other in self.known]
        digests = [page.digest for page in pages] + [other.digest for other in self.known]
        ids = [page.document.id for page in pages] + [other.id for other in self.known]
        sides = list(zip(*(side.tolist() for side in self.pairs), strict=True))
        same = np.array([digests[left] == digests[right] for left, right in sides], np.bool_)
        known = beside(same, places, *self.pairs)
        page_again = np.array([ids[left] == ids[right] for left, right in sides], np.bool_)
        return known._replace(same_url=known.same_url | page_again)

    def headings(self, numbers: NDArray[np.int64]) -> list[str]:
        """Give the headings of some texts."""
        first = len(self.given)
        held = (
            self.known[number - first] if number >= first else self.given[number].page
            for number in numbers.tolist()
        )
        return [heading(one.beside) for one in held]


def _laid_out(given: Sequence[Compared], owner: NDArray[np.int64], told: Sequence[Known]) -> _Laid:
    """Lay the texts of pairs end to end, each of them once."""
    known = list({other.doc: other for other in told}.values())
    number = {other.doc: place for place, other in enumerate(known, len(given))}
    names = [one.page.document.id for one in given]
    ends = zip(told, owner.tolist(), strict=True)
    ahead = np.array([other.id < names[page] for other, page in ends], np.bool_)
    place = np.array([number[other.doc] for other in told], np.int64)
    pairs = Columns(np.where(ahead, place, owner), np.where(ahead, owner, place))
    pages = [one.page for one in given]
    shingles = [one.shingles for one in pages] + [one.shingles for one in known]
    flags = [one.flags for one in pages] + [one.flags for one in known]
    texts = Folded(
        *(np.concatenate(shingles), _ends(shingles)), *(np.concatenate(flags), _ends(flags))
    )
    return _Laid(given, known, texts, pairs)


def _ends(parts: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(map(len, parts))], np.int64)


def read(
    texts: Folded, pairs: Columns, known: Context, size: int
) -> tuple[EvidenceTable, NDArray[np.uint8]]:
    """Measure what pairs share, and give the rule of each."""
    from syndicate.kernels import pages  # noqa: PLC0415 - compiles

    table = np.empty((len(EvidenceTable._fields), len(pairs.left)), np.int64)
    rules = np.empty(len(pairs.left), np.uint8)
    texts_of = texts.shingles, texts.bounds, texts.traits, texts.token_bounds
    same_text, same_site, same_url, later = known
    pages.read_pairs(
        *(*texts_of, *pairs, size, CHUNK, LIMITS),
        *(same_text, same_site, same_url, later, relation.LIMITS, table, rules),
    )
    return EvidenceTable(*table), rules


def _judged(
    rules: NDArray[np.uint8],
    table: EvidenceTable,
    pairs: Columns,
    reached: NDArray[np.bool_],
    given: int,
) -> NDArray[np.int64]:
    """Give the rule that each pair falls under, -1 where it is no match."""
    told = reached & relation.tells(rules, table)
    among = np.flatnonzero(told)
    if len(among) >= STORIES:
        # A document meets several pages here, but none of them knows of the others' matches.
        single = given + np.arange(len(rules))
        left, right = (np.where(side < given, side, single) for side in pairs)
        judged = with_roundups(rules, table, left, right, among)
        if judged is not rules:
            rules, told = judged, reached & relation.tells(judged, table)
    return np.where(told, rules.astype(np.int64), -1)


_set_of = attrgetter("address", "shingles", "distinct")
_by_arrival = attrgetter("doc")


def distinct_texts(found: Sequence[Known]) -> list[Known]:
    """Leave out later copies of one text; give the rest in order of arrival."""
    first: dict[tuple[int, int], Known] = {}
    for known in sorted(found, key=_by_arrival):
        first.setdefault(known.digest, known)
    return list(first.values())
