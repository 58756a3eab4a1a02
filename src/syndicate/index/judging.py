"""From what pages share with known documents to verdicts."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.index.candidates import (
    EVERY,
    Candidates,
    choose,
    look,
    odd,
    renumbered,
    repeats,
    together,
)
from syndicate.index.comparing import Compared, Pairs, compare, distinct_texts
from syndicate.index.known import Known, Shelf
from syndicate.index.reach import Reach
from syndicate.match.days import folded_heading
from syndicate.model import Match, Relation, Verdict
from syndicate.store.contract import Postings, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from syndicate.index.sketching import Sketched, Sketcher
    from syndicate.model import Document
    from syndicate.store.contract import Change, View

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


class Judged(NamedTuple):
    """A verdict, and the page's cluster as `syndicate.store.contract.Record` has it."""

    verdict: Verdict
    cluster: int


class Judgements(NamedTuple):
    """What was said of pages that follow each other.

    Attributes
    ----------
    verdicts
        One of each.
    fresh
        The pages that are to be put, each with the document that it is to become.
    same
        The numbers of the documents that the others are.
    """

    verdicts: list[Verdict]
    fresh: list[tuple[Sketched, Known]]
    same: list[int]


class _Case(NamedTuple):
    """A page and what it is compared with.

    Attributes
    ----------
    held
        Documents, each another text; the copy alone if one folds to the same tokens.
    copied
        Whether one does.
    notes
        What was left out.
    """

    page: Sketched
    held: list[Known]
    copied: bool
    notes: tuple[str, ...]


class Judge:
    """Compares pages with known documents, exactly.

    Parameters
    ----------
    sketcher
        As the documents were sketched with.
    recent
        Tells whether a document is within the window of matching; None if all are.
    """

    def __init__(
        self, sketcher: Sketcher, recent: Callable[[Known, Document], bool] | None
    ) -> None:
        self._sketcher = sketcher
        self._recent = recent
        self._shelf = Shelf(sketcher, timed=recent is not None)

    def remembered(self, record: Record, page: Sketched, removals: int | None) -> None:
        """Take note of a page that was put, when so many documents had ever been removed."""
        if record.doc:
            self._shelf.add(Known.made(record, page), removals)

    def keep(self, known: Sequence[Known], removals: int | None) -> None:
        """Take note of documents that were put, when so many had ever been removed."""
        for one in known:
            self._shelf.add(one, removals)

    def unchanged(self, pages: Sequence[Sketched], numbers: Sequence[int], view: View) -> set[int]:
        """Give the numbers of those documents that some pages are the same as in every byte.

        Those that are too old to be matched are others.

        ``numbers`` are those of the documents under the pages' ids, 0 where there is none.
        """
        given = {number: page for number, page in zip(numbers, pages, strict=True) if number}
        records = view.fetch(list(given)) if given else []
        same = [one.doc for one in records if one.body == given[one.doc].body]
        if self._recent is None:
            return set(same)
        held = self._shelf.fetch(same, view)
        return {known.doc for known in held if self._recent(known, given[known.doc].document)}

    def verdict(
        self, page: Sketched, postings: Postings, view: View, displaced: Sequence[int] = ()
    ) -> Judged:
        """Say what a page is, by what the store holds; it may displace a document of it."""
        reach = Reach(self._shelf, view)
        found = self._candidates([page], [postings], reach)
        case = self._case(page, found[0], reach, 0)
        judged = self._decide(case, self._compare([case])[0], reach)
        return _in_place(judged, page, reach.fetch(displaced))

    def verdicts(self, pages: Sequence[Sketched], at: float, change: Change) -> Judgements:
        """Say of each page what it is, by what the store holds and by the pages before it.

        What else stands under a page's id is removed when it is reached; pages that changed are
        to be put afterwards, as the documents that come with the verdicts.

        Parameters
        ----------
        pages
            No two of one id.
        at
            Seconds since 1970.
        """
        numbers, postings = look(pages, self._sketcher.first_sample, change)
        same = self.unchanged(pages, numbers, change)
        changed = np.array([number not in same for number in numbers])
        first = (change.last() or 0) + 1
        own = {}
        for rank, place in enumerate(np.flatnonzero(changed).tolist()):
            record = Record(pages[place].document.id, at, b"", doc=first + rank)
            own[place] = Known.made(record, pages[place])
        postings = [renumbered(held, first, changed) for held in postings]
        gone = {numbers[place]: place for place in own if numbers[place]}
        reach = Reach(self._shelf, change, list(own.values()), gone)
        found = self._candidates(pages, postings, reach)
        verdicts, fresh = [], []
        for start, end in together(found, MOST + 1):
            wanted = (one.same[:2] or one.docs[: MOST + 1] for one in found[start:end])
            reach.bring(dict.fromkeys(chain.from_iterable(wanted)))
            cases = [self._case(pages[at], found[at], reach, at) for at in range(start, end)]
            compared = self._compare(cases)
            for place, (case, pairs) in enumerate(zip(cases, compared, strict=True), start):
                judged = self._decide(case, pairs, reach)
                if numbers[place] in gone:
                    before = reach.fetch([numbers[place]])
                    judged = _in_place(judged, case.page, before)
                    change.remove([numbers[place]])
                    reach.lost(numbers[place])
                if place in own:
                    reach.settle(own[place].doc, judged.cluster)
                    fresh.append((case.page, reach.now(own[place])))
                verdicts.append(judged.verdict)
        return Judgements(verdicts, fresh, sorted(same))

    def _candidates(
        self,
        pages: Sequence[Sketched],
        postings: Sequence[Postings],
        reach: Reach,
    ) -> list[Candidates]:
        """Choose documents as `dedupe` does: of one text, one is a holder of its shingles."""
        first = self._sketcher.first_sample
        given = list(zip(pages, postings, strict=True))
        chosen = [choose(held, page.keys, first) for page, held in given]
        found = [one for one, _ in chosen]
        crowds = np.concatenate([crowd for _, crowd in chosen])
        if not len(crowds):
            return found
        docs = np.unique(crowds)
        suspects = np.append(odd(docs, reach.digests(docs)), np.fromiter(reach.leaving, np.int64))
        owner = np.repeat(np.arange(len(pages)), [len(crowd) for _, crowd in chosen])
        for place in np.unique(owner[np.isin(crowds, suspects)]).tolist():
            page, held = given[place]
            _, every = choose(held, page.keys, first, spare=EVERY)
            digests = reach.digests(every)
            leaving = np.isin(every, np.fromiter(reach.gone(every.tolist(), place), np.int64))
            without = repeats(every, digests._replace(there=digests.there & ~leaving))
            found[place] = choose(held, page.keys, first, without)[0]
        return found

    def _case(self, page: Sketched, found: Candidates, reach: Reach, place: int) -> _Case:
        if not page.tokens:
            return _Case(page, [], copied=False, notes=())
        gone = reach.gone(found.docs + found.same, place)
        docs = [doc for doc in found.docs if doc not in gone] if gone else found.docs
        same = [doc for doc in found.same if doc not in gone] if gone else found.same
        copies = self._near(page, same, reach, 2)
        short = page.tokens < self._sketcher.config.sketch.shingle_size
        copy = next((known for known in copies if _one_text(page, known, short=short)), None)
        if copy is not None or short:
            return _Case(page, [copy] if copy else [], copied=copy is not None, notes=())
        held = list(islice(self._near(page, docs, reach, MOST + 1), MOST + 1))
        if len(held) <= MOST:
            return _Case(page, distinct_texts(held), copied=False, notes=())
        note = f"compared with {MOST} of up to {len(found.docs)} candidates, those that share most"
        return _Case(page, distinct_texts(held[:MOST]), copied=False, notes=(note,))

    def _near(
        self, page: Sketched, docs: Sequence[int], reach: Reach, step: int
    ) -> Iterator[Known]:
        """Give the documents that are not gone or too old, in the order given."""
        for start in range(0, len(docs), step):
            found = reach.fetch(docs[start : start + step])
            if self._recent is not None:
                found = [known for known in found if self._recent(known, page.document)]
            yield from found

    def _compare(self, cases: Sequence[_Case]) -> list[Pairs]:
        """Compare pages with documents."""
        given = [Compared(case.page, case.held) for case in cases if case.held]
        if not given:
            return [Pairs.none()] * len(cases)
        compared = iter(compare(given, self._sketcher.config))
        return [next(compared) if case.held else Pairs.none() for case in cases]

    def _decide(self, case: _Case, pairs: Pairs, reach: Reach) -> Judged:
        """Say what a page is, once it was compared."""
        name = case.page.document.id
        if not case.held:
            status = "new" if case.page.tokens else "boilerplate_only"
            return Judged(Verdict(name, status, (), name), 0)
        if case.copied:
            copy = reach.now(case.held[0])
            head = self._head(reach, case.held, copy.group) or copy
            if head.doc != copy.doc and head.digest == case.page.digest:
                pairs = compare([Compared(case.page, [head])], self._sketcher.config)[0]
            return Judged(
                Verdict(name, str(Relation.EXACT), tuple(pairs.matches), head.id), copy.group
            )
        return self._placed(case, pairs, reach)

    def _placed(self, case: _Case, pairs: Pairs, reach: Reach) -> Judged:
        """Find the cluster of a page, comparing it with those that stand for its matches."""
        held = case.held
        joined = [reach.now(held[place]) for place in pairs.places if pairs.joins[place]]
        clusters = {known.group for known in joined}
        heads = {cluster: self._head(reach, held, cluster) for cluster in sorted(clusters)}
        there = {known.doc for known in held}
        more = [head for head in heads.values() if head is not None and head.doc not in there]
        if more:
            compared = compare([Compared(case.page, more)], self._sketcher.config)[0]
            pairs, held = pairs.join(compared, len(held)), held + more
        score = {
            held[place].doc: pairs.scores[place] for place in pairs.places if pairs.joins[place]
        }
        placed = {
            cluster: (-score[head.doc], cluster)
            for cluster, head in heads.items()
            if head is not None and head.doc in score
        }
        cluster = _closest(placed, reach)
        matches = tuple(sorted(pairs.matches, key=_strength))
        status = str(matches[0].relation) if matches else "new"
        head = heads.get(cluster)
        page = case.page.document.id
        name = page if head is None else head.id
        return Judged(Verdict(page, status, matches, name, case.notes), cluster)

    @staticmethod
    def _head(reach: Reach, held: list[Known], cluster: int) -> Known | None:
        """Give the document that stands for a cluster; its first member if that one is gone."""
        known = next((one for one in held if one.stands and one.group == cluster), None)
        if known is None:
            found = reach.fetch([cluster])
            found = found or reach.fetch(reach.members(-cluster, 1))
            found = found or reach.fetch(reach.members(cluster, 1))
            known = found[0] if found else None
        return known


def _one_text(page: Sketched, known: Known, *, short: bool) -> bool:
    """Say whether both fold alike; texts shorter than a shingle, under one heading too."""
    return known.digest == page.digest and (
        not short or folded_heading(known.beside.heading) == folded_heading(page.beside.heading)
    )


def _in_place(judged: Judged, page: Sketched, before: Sequence[Known]) -> Judged:
    """Judge a page that takes the place of a document, if of any, or note that it is another text.

    If that one stood for the cluster in which the page is, the page does.
    """
    verdict, cluster = judged
    for known in before:
        if known.stands and known.group == cluster:
            cluster = -cluster
        if known.digest != page.digest and all(match.b != verdict.id for match in verdict.matches):
            note = "takes the place of another text that was remembered under this id"
            verdict = replace(verdict, notes=(*verdict.notes, note))
    return Judged(verdict, cluster)


def _closest(standing: Mapping[int, tuple[float, int]], reach: Reach) -> int:
    """Choose the cluster of a page that fits several, as `syndicate.cluster` does.

    The earliest stands, unless it fits another one better that has members already.
    """
    if not standing:
        return 0
    first = min(standing)
    leads = [cluster for cluster in standing if cluster == first or reach.members(cluster, 1)]
    return min(leads, key=lambda cluster: standing[cluster])


def _strength(match: Match) -> tuple[int, float, str]:
    """Sort matches, strongest first."""
    return (_STRENGTH[match.relation], -match.jaccard - match.containment, match.b)
