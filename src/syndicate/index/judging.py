"""From what a page shares with known documents to a verdict."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from syndicate.index.known import Known, Shelf, head_of
from syndicate.match import relation
from syndicate.match.align import CHUNK, LIMITS, EvidenceTable
from syndicate.match.context import beside, standing, worth_aligning
from syndicate.match.days import heading_of, with_days
from syndicate.match.folded import Folded
from syndicate.match.relation import Context, Evidence
from syndicate.match.roundup import STORIES, with_roundups
from syndicate.match.verify import Overlap
from syndicate.model import Match, Relation, Verdict
from syndicate.sketch.sample import CAP, SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from syndicate.index.sketching import Sketched, Sketcher
    from syndicate.match.days import Headings
    from syndicate.model import Document
    from syndicate.store.contract import Postings, Record, View

MOST = 64
"""Known documents that one page is compared with: those that share most keys."""
_ORDER = (
    Relation.EXACT,
    Relation.UPDATE,
    Relation.REPRINT,
    Relation.EXCERPT,
    Relation.EMBEDDING,
    Relation.ROUNDUP,
    Relation.TEMPLATE,
    Relation.OVERLAP,
)
_STRENGTH = {kind: place for place, kind in enumerate(_ORDER)}
_JOINS = tuple(rule.relation.joins for rule in relation.RULES)


class Judged(NamedTuple):
    """A verdict, and the number of the document that stands for the page's cluster, or 0."""

    verdict: Verdict
    cluster: int


class Candidates(NamedTuple):
    """Documents that may match.

    Attributes
    ----------
    docs
        Those that share most keys first.
    same
        Those whose digest shares 64 bits with the page's.
    """

    docs: list[int]
    same: list[int]


def candidates(postings: Postings, keys: int, first_sample: int) -> Candidates:
    """Choose the documents that share a band, or enough sampled shingles that are not common.

    Parameters
    ----------
    postings
        Of a page's keys, which are the digest's, those of the bands, those of the samples.
    keys
        How many keys it has.
    first_sample
        Where the keys of sampled shingles begin.
    """
    from syndicate.kernels import lookup as kernels  # noqa: PLC0415 - compiles

    key, doc = postings
    out = np.empty(len(doc), np.int64)
    count = kernels.choose(key, doc, keys, first_sample, CAP, SHARED, out)
    return Candidates(out[:count].tolist(), sorted(set(doc[key == 0].tolist())))


class Judge:
    """Compares a page with known documents, exactly.

    Parameters
    ----------
    sketcher
        As the documents were sketched with.
    recent
        Tells whether a document is within the window of matching.
    """

    def __init__(self, sketcher: Sketcher, recent: Callable[[Known, Document], bool]) -> None:
        self._sketcher = sketcher
        self._recent = recent
        self._shelf = Shelf(sketcher)

    def remembered(self, record: Record, page: Sketched, removals: int | None) -> None:
        """Take note of a page that was put, when so many documents had ever been removed."""
        if record.doc:
            self._shelf.add(Known.made(record, page), removals)

    def verdict(self, page: Sketched, postings: Postings, view: View) -> Judged:
        """Say what a page is, by what the store holds."""
        found = candidates(postings, len(page.keys), self._sketcher.first_sample)
        copy = next(self._copies(page, found.same, view), None)
        if copy is not None:
            return self._exact(page, copy, view)
        held = list(islice(self._alive(page, found.docs, view), MOST + 1))
        judged = self._judge(page, self._distinct_texts(held[:MOST]), view)
        if len(held) <= MOST:
            return judged
        note = f"compared with {MOST} of up to {len(found.docs)} candidates, those that share most"
        return Judged(replace(judged.verdict, notes=(note,)), judged.cluster)

    def _alive(
        self, page: Sketched, docs: Sequence[int], view: View, step: int = MOST
    ) -> Iterator[Known]:
        """Give the documents that are not gone or too old, in the order given."""
        for start in range(0, len(docs), step):
            for known in self._shelf.fetch(docs[start : start + step], view):
                if self._recent(known, page.document):
                    yield known

    def _copies(self, page: Sketched, docs: Sequence[int], view: View) -> Iterator[Known]:
        """Give documents that fold to the same tokens."""
        for known in self._alive(page, docs, view, 2):
            if known.digest == page.digest:
                yield known

    def _exact(self, page: Sketched, copy: Known, view: View) -> Judged:
        pair = self._compare(page, [copy])
        cluster = copy.cluster or copy.doc
        head = self._head(view, [copy], cluster) or copy
        verdict = Verdict(page.document.id, str(Relation.EXACT), tuple(pair.matches), head.id)
        return Judged(verdict, cluster)

    @staticmethod
    def _distinct_texts(found: Sequence[Known]) -> list[Known]:
        """Leave out later copies of one text; give the rest in order of arrival."""
        first: dict[tuple[int, int], Known] = {}
        for known in sorted(found, key=attrgetter("doc")):
            first.setdefault(known.digest, known)
        return list(first.values())

    def _judge(self, page: Sketched, held: list[Known], view: View) -> Judged:
        if not held:
            return Judged(Verdict(page.document.id, "new", (), page.document.id), 0)
        pairs = self._compare(page, held)
        clusters = {
            held[place].cluster or held[place].doc for place in pairs.places if pairs.joins[place]
        }
        heads = {cluster: self._head(view, held, cluster) for cluster in sorted(clusters)}
        more = [head for head in heads.values() if head is not None and head not in held]
        if more:
            compared = self._compare(page, more)
            pairs, held = pairs.join(compared, len(held)), held + more
        score = {
            held[place].doc: pairs.scores[place] for place in pairs.places if pairs.joins[place]
        }
        placed = {
            cluster: (-score[head.doc], cluster)
            for cluster, head in heads.items()
            if head is not None and head.doc in score
        }
        cluster = _closest(placed, view)
        matches = tuple(sorted(pairs.matches, key=_strength))
        status = str(matches[0].relation) if matches else "new"
        head = heads.get(cluster)
        name = page.document.id if head is None else head.id
        verdict = Verdict(page.document.id, status, matches, name)
        return Judged(verdict, cluster)

    def _head(self, view: View, held: list[Known], cluster: int) -> Known | None:
        """Give the document that stands for a cluster; its first member if that one is gone."""
        known = next((one for one in held if one.doc == cluster), None)
        if known is None:
            found = self._shelf.fetch([cluster], view)
            found = found or self._shelf.fetch(view.members(cluster, 1), view)
            known = found[0] if found else None
        return known

    def _compare(self, page: Sketched, known: Sequence[Known]) -> _Pairs:
        """Compare the page with documents; give what the settings call a match."""
        sizes = _overlap(page, known)
        places = np.flatnonzero(worth_aligning(sizes, self._sketcher.config.threshold))
        if not len(places):
            return _Pairs([], [], {}, {})
        told = [known[place] for place in places.tolist()]
        ahead = np.array([other.id < page.document.id for other in told], bool)
        row = np.arange(1, len(told) + 1)
        pairs = Columns(np.where(ahead, row, 0), np.where(ahead, 0, row))
        sizes = Overlap(*(column[places] for column in sizes))
        size = self._sketcher.config.sketch.shingle_size
        table, rules = read(_laid_out(page, told), pairs, _beside(page, told, pairs), size)
        rules = with_days(rules, table, *pairs, _headings(page.document, told))
        judged = self._rules(rules, table, sizes, pairs)
        return _described(page.document.id, known, places, sizes, table, judged)

    def _rules(
        self, rules: NDArray[np.uint8], table: EvidenceTable, sizes: Overlap, pairs: Columns
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the rule that each pair falls under, -1 where it is no match, and its score."""
        score = relation.scores(rules, sizes)
        reached = score >= self._sketcher.config.threshold
        told = reached & relation.tells(rules, table)
        among = np.flatnonzero(told)
        if len(among) >= STORIES:
            judged = with_roundups(rules, table, pairs.left, pairs.right, among)
            if judged is not rules:
                rules, told = judged, reached & relation.tells(judged, table)
        return np.where(told, rules.astype(np.int64), -1), score


def read(
    texts: Folded, pairs: Columns, known: Context, size: int
) -> tuple[EvidenceTable, NDArray[np.uint8]]:
    """Measure what pairs share, and give the rule of each."""
    from syndicate.kernels import pages  # noqa: PLC0415 - compiles

    table = np.empty((len(EvidenceTable._fields), len(pairs.left)), np.int64)
    rules = np.empty(len(pairs.left), np.uint8)
    texts_of = texts.shingles, texts.bounds, texts.traits, texts.token_bounds
    beside = known.same_text, known.same_site, known.same_url, known.later
    arguments = *texts_of, *pairs, size, CHUNK, LIMITS, *beside, relation.LIMITS, table, rules
    pages.read_pairs(*arguments)
    return EvidenceTable(*table), rules


def _laid_out(page: Sketched, known: Sequence[Known]) -> Folded:
    """Lay the page and documents end to end."""
    shingles = [page.words.shingles, *(other.shingles for other in known)]
    flags = [page.words.flags, *(other.flags for other in known)]
    return Folded(np.concatenate(shingles), _ends(shingles), np.concatenate(flags), _ends(flags))


def _ends(parts: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(map(len, parts))], np.int64)


def _overlap(page: Sketched, known: Sequence[Known]) -> Overlap:
    """Compare the page's set, which is a, with those of documents."""
    from syndicate.kernels import pages  # noqa: PLC0415 - compiles

    addresses = np.array([other.address for other in known], np.uint64)
    lengths = np.array([len(other.shingles) for other in known], np.int64)
    shared = np.empty(len(known), np.int32)
    pages.shared(page.words.shingles, addresses, lengths, shared)
    sizes = np.array([other.distinct for other in known], np.int32)
    return Overlap(shared, np.full_like(sizes, page.distinct), sizes)


def _closest(standing: Mapping[int, tuple[float, int]], view: View) -> int:
    """Choose the cluster of a page that fits several, as `syndicate.cluster` does.

    The earliest stands, unless it fits another one better that has members already.
    """
    if not standing:
        return 0
    first = min(standing)
    leads = [cluster for cluster in standing if cluster == first or view.members(cluster, 1)]
    return min(leads, key=lambda cluster: standing[cluster])


def _beside(page: Sketched, known: Sequence[Known], pairs: Columns) -> Context:
    """Compare a page and documents by what is known beside their words."""
    document = page.document
    places = [standing(document.url, document.source, document.published)]
    places += [other.beside for other in known]
    same = np.array([other.digest == page.digest for other in known], np.bool_)
    return beside(same, places, *pairs)


def _headings(page: Document, known: Sequence[Known]) -> Headings:
    """Give what gives the headings of a page, which is 0, and documents."""

    def headings(numbers: NDArray[np.int64]) -> list[str]:
        own = heading_of(page.title, head_of(page.text))
        return [known[number - 1].heading if number else own for number in numbers.tolist()]

    return headings


def _described(
    page: str,
    known: Sequence[Known],
    places: NDArray[np.int64],
    sizes: Overlap,
    table: EvidenceTable,
    judged: tuple[NDArray[np.int64], NDArray[np.float32]],
) -> _Pairs:
    """Put matches into words, each with the page first."""
    rows = np.flatnonzero(judged[0] >= 0)
    columns = (
        places[rows],
        *(column[rows] for column in judged),
        sizes.jaccard[rows],
        sizes.containment_a[rows],
        sizes.containment_b[rows],
        sizes.shared[rows],
    )
    out = _Pairs([], [], {}, {})
    measured = np.stack(table)[:, rows].T.tolist()
    told = zip(*(column.tolist() for column in columns), measured, strict=True)
    for place, code, score, jaccard, inside, holds, shared, row in told:
        rule = relation.RULES[code]
        out.places.append(place)
        out.joins[place] = _JOINS[code]
        out.scores[place] = score
        sizes_of = (jaccard, inside, holds, shared)
        reason = Evidence(*row).reason(code)
        out.matches.append(Match(page, known[place].id, rule.relation, *sizes_of, reason))
    return out


class Columns(NamedTuple):
    """Pairs of a page, which is 0, and documents, as places in a list.

    Attributes
    ----------
    left, right
        ndarray of int64, shape (pairs,): the smaller id is on the left, as in `dedupe`.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]


class _Pairs(NamedTuple):
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

    def join(self, more: _Pairs, shift: int) -> _Pairs:
        """Add pairs with documents listed after those compared before."""
        joins = self.joins | {place + shift: held for place, held in more.joins.items()}
        scores = self.scores | {place + shift: score for place, score in more.scores.items()}
        places = [*self.places, *(place + shift for place in more.places)]
        return _Pairs(places, [*self.matches, *more.matches], joins, scores)


def _strength(match: Match) -> tuple[int, float, str]:
    """Sort matches, strongest first."""
    return (_STRENGTH[match.relation], -match.jaccard - match.containment, match.b)
