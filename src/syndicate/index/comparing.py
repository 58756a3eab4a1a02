"""Pages compared with known documents, exactly: any number of pairs in a few calls."""

from __future__ import annotations

from itertools import accumulate, chain
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

_JOINS = tuple(rule.relation.joins for rule in relation.RULES)


class Compared(NamedTuple):
    """A page, and the documents that it is compared with."""

    page: Sketched
    known: Sequence[Known]


class Pairs(NamedTuple):
    """Accepted pairs of a page.

    Attributes
    ----------
    places
        Which of the documents compared each is with.
    matches
        Likewise.
    joins
        By place, whether they belong in one cluster.
    scores
        By place, how strongly.
    """

    places: list[int]
    matches: list[Match]
    joins: dict[int, bool]
    scores: dict[int, float]

    @classmethod
    def none(cls) -> Pairs:
        """Begin without any."""
        return cls([], [], {}, {})

    def join(self, more: Pairs, shift: int) -> Pairs:
        """Add pairs with documents listed after those compared before."""
        joins = self.joins | {place + shift: held for place, held in more.joins.items()}
        scores = self.scores | {place + shift: score for place, score in more.scores.items()}
        places = [*self.places, *(place + shift for place in more.places)]
        return Pairs(places, [*self.matches, *more.matches], joins, scores)


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
    sizes = _overlap(given)
    worth = np.flatnonzero(worth_aligning(sizes, config.threshold))
    out = [Pairs.none() for _ in given]
    if not len(worth):
        return out
    owner = np.repeat(np.arange(len(given)), [len(one.known) for one in given])[worth]
    flat = list(chain.from_iterable(one.known for one in given))
    laid = _laid_out(given, owner, [flat[place] for place in worth.tolist()])
    sizes = Overlap(*(column[worth] for column in sizes))
    table, rules = read(laid.texts, laid.pairs, laid.context(), config.sketch.shingle_size)
    rules = with_days(rules, table, *laid.pairs, laid.headings)
    score = relation.scores(rules, sizes)
    judged = _judged(rules, table, laid.pairs, score >= config.threshold, len(given))
    firsts = [0, *accumulate(len(one.known) for one in given)]
    rows = np.flatnonzero(judged >= 0)
    columns = (
        *(owner[rows], worth[rows], judged[rows], score[rows], sizes.jaccard[rows]),
        *(sizes.containment_a[rows], sizes.containment_b[rows], sizes.shared[rows]),
    )
    why = reasons(judged[rows], EvidenceTable(*(column[rows] for column in table)))
    told = zip(*(column.tolist() for column in columns), why, strict=True)
    for page, place, code, strength, *measured in told:
        rule, pairs, at = relation.RULES[code], out[page], place - firsts[page]
        pairs.places.append(at)
        pairs.joins[at] = _JOINS[code]
        pairs.scores[at] = strength
        names = given[page].page.document.id, flat[place].id
        pairs.matches.append(Match(*names, rule.relation, *measured))
    return out


def _overlap(given: Sequence[Compared]) -> Overlap:
    """Compare each page's set, which is a, with those of its documents."""
    from syndicate.kernels import pages  # noqa: PLC0415 - compiles

    flat = [other for one in given for other in one.known]
    own = [(one.page.address, len(one.page.shingles)) for one in given]
    counts = [len(one.known) for one in given]
    addresses = np.array([other.address for other in flat], np.uint64)
    lengths = np.array([len(other.shingles) for other in flat], np.int64)
    shared = np.empty(len(flat), np.int32)
    pages.shared(
        np.array([address for address, _ in own], np.uint64),
        np.array([length for _, length in own], np.int64),
        np.array([0, *accumulate(counts)], np.int64),
        *(addresses, lengths, shared),
    )
    size_a = np.repeat(np.array([one.page.distinct for one in given], np.int32), counts)
    return Overlap(shared, size_a, np.array([other.distinct for other in flat], np.int32))


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
        """Compare the texts by what is known beside their words."""
        pages = [one.page for one in self.given]
        places = [standing_of(page.beside) for page in pages]
        places += [standing_of(other.beside) for other in self.known]
        digests = [page.digest for page in pages] + [other.digest for other in self.known]
        words = np.array(digests, np.uint64)
        same = (words[self.pairs.left] == words[self.pairs.right]).all(axis=1)
        return beside(same, places, *self.pairs)

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


_by_arrival = attrgetter("doc")


def distinct_texts(found: Sequence[Known]) -> list[Known]:
    """Leave out later copies of one text; give the rest in order of arrival."""
    first: dict[tuple[int, int], Known] = {}
    for known in sorted(found, key=_by_arrival):
        first.setdefault(known.digest, known)
    return list(first.values())
