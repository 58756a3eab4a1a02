"""From what pages share with known documents to verdicts."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.index.beside import heading
from syndicate.index.candidates import Candidates, Held, candidates, look, together
from syndicate.index.codec import removed_of
from syndicate.index.comparing import Compared, Pairs, compare, distinct_texts
from syndicate.index.known import Known, Shelf
from syndicate.index.reach import Reach
from syndicate.index.resent import bodies_of
from syndicate.match.days import folded_heading
from syndicate.model import Match, Relation, Verdict
from syndicate.sketch.sample import SHARED
from syndicate.store.contract import Asked, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from syndicate.index.candidates import Followed
    from syndicate.index.sketching import Sketched, Sketcher
    from syndicate.model import Document
    from syndicate.store.contract import Change, Looked, View

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
_NONE = Pairs([], {})


class Judged(NamedTuple):
    """What was said of a page.

    Attributes
    ----------
    verdict
        The answer.
    cluster
        As `syndicate.store.contract.Record` has it.
    page
        It, as it was compared.
    stays
        Whether it is the document that stands under its id already.
    """

    verdict: Verdict
    cluster: int
    page: Sketched
    stays: bool = False


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
    place
        Of the page in its batch.
    held
        Documents, each another text; the copy alone if one folds to the same tokens.
    copied
        Whether one does.
    notes
        What was left out.
    """

    page: Sketched
    place: int
    held: list[Known]
    copied: bool = False
    notes: tuple[str, ...] = ()


class Judge:
    """Compares pages with known documents, exactly.

    Parameters
    ----------
    sketcher
        As the documents were sketched with.
    alive
        Tells whether a document is within its time to live.
    recent
        Tells whether a document is within the window of matching, too; None if all are.
    """

    def __init__(
        self,
        sketcher: Sketcher,
        alive: Callable[[Known], bool],
        recent: Callable[[Known, Document], bool] | None,
    ) -> None:
        self._sketcher = sketcher
        self._alive = alive
        self._recent = recent
        self._shelf = Shelf(sketcher, timed=recent is not None)

    def remembered(self, record: Record, page: Sketched, removals: int | None) -> None:
        """Take note of a page that was put, when so many documents had ever been removed."""
        if record.doc:
            self._shelf.add([Known.made(record, page)], removals)

    def keep(self, known: Sequence[Known], removals: int | None) -> None:
        """Take note of documents that were put, when so many had ever been removed."""
        self._shelf.add(known, removals)

    def verdict(
        self, page: Sketched, looked: Looked, view: View, at: float, *, puts: bool = True
    ) -> Judged:
        """Say what a page is, by what the store holds, and where it is to be put, if it is.

        ``at`` is as in `verdicts`.
        """
        reach, number = Reach(self._shelf, view, at), looked.number
        bodies = bodies_of([number], view)
        if (again := self._stripped_as(page, bodies.get(number))) is not page:
            page, first = again, self._sketcher.first_sample
            looked = view.look(Asked(page.document.id, page.keys, first, SHARED, None))
        postings = looked.postings
        copies = sorted(postings.doc[postings.key == 0].tolist())
        stays = self._stays(_Case(page, 0, []), bodies.get(number), number, copies, reach)
        held = Held.of(page.keys, postings)
        found = candidates(held, self._sketcher.first_sample, reach)
        case = self._case(page, found[0], reach, 0)
        judged = self._decide(case, self._compare([case])[0], reach)
        if puts and number and not stays:
            judged = self._in_place(judged, case, number, reach)
        return judged._replace(stays=stays)

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
        first = self._sketcher.first_sample
        numbers, followed = look(pages, first, change)
        bodies = bodies_of(numbers, change)
        given = zip(pages, numbers, strict=True)
        again = [self._stripped_as(page, bodies.get(number)) for page, number in given]
        if any(one is not page for one, page in zip(again, pages, strict=True)):
            pages = again
            numbers, followed = look(pages, first, change)
        reach = Reach(self._shelf, change, at)
        own = self._own(pages, numbers, followed, bodies, reach, change)
        reach.join(list(own.values()))
        held = followed.each(np.array([own[n].doc if n in own else 0 for n in range(len(pages))]))
        found = candidates(held, first, reach)
        verdicts, fresh = [], []
        for start, end in together(found, MOST + 1):
            wanted = (one.same[:2] or one.docs[: MOST + 1] for one in found[start:end])
            reach.bring(dict.fromkeys(chain.from_iterable(wanted)))
            cases = [self._case(pages[at], found[at], reach, at) for at in range(start, end)]
            compared = self._compare(cases)
            for place, (case, pairs) in enumerate(zip(cases, compared, strict=True), start):
                judged = self._decide(case, pairs, reach)
                if numbers[place] in reach.leaving:
                    judged = self._in_place(judged, case, numbers[place], reach)
                    change.remove([numbers[place]])
                    reach.lost(numbers[place])
                if place in own:
                    reach.settle(own[place].doc, judged.cluster)
                    fresh.append((case.page, reach.now(own[place])))
                verdicts.append(judged.verdict)
        same = [number for place, number in enumerate(numbers) if place not in own]
        return Judgements(verdicts, fresh, same)

    def _own(
        self,
        pages: Sequence[Sketched],
        numbers: Sequence[int],
        followed: Followed,
        bodies: Mapping[int, bytes],
        reach: Reach,
        change: Change,
    ) -> dict[int, Known]:
        """Make documents of the pages that are none yet, by their places."""
        own: dict[int, Known] = {}
        copies = followed.copies() if bodies else [[]] * len(pages)
        reach.bring(dict.fromkeys(doc for held in copies for doc in held[:2]))
        first = (change.last() or 0) + 1
        for place, (page, number) in enumerate(zip(pages, numbers, strict=True)):
            case = _Case(page, place, [])
            if self._stays(case, bodies.get(number), number, copies[place], reach):
                reach.renew(number, place)
                continue
            if number:
                reach.displace(number, place)
            record = Record(page.document.id, reach.at, b"", doc=first + len(own))
            own[place] = Known.made(record, page)
        return own

    def _stripped_as(self, page: Sketched, body: bytes | None) -> Sketched:
        """Strip a page as the same document was when it was put, if more of its site is known now.

        ``body`` is that of the document under its id, if there is one.
        """
        if body is None or body == page.body:
            return page
        removed = removed_of(body, page.body)
        return page if removed is None else self._sketcher.page(page.document, removed)

    def _stays(
        self, case: _Case, body: bytes | None, number: int, copies: Sequence[int], reach: Reach
    ) -> bool:
        """Say whether a page is a document already, and would be put where that one is.

        Parameters
        ----------
        case
            The page.
        body
            Of the document under its id, whose number is ``number``.
        copies
            The documents that may be of its text, ascending. If that one is not among them, it
            is not found any more.
        """
        if body != case.page.body:
            return False
        gone = reach.gone(copies, case.place)
        near = self._near(case, [doc for doc in copies if doc not in gone], reach, 2)
        first = None
        for known in near:
            if first is None and self._one_text(case.page, known):
                first = known
            if known.doc == number and first is not None:
                return first.group == known.group
        return not case.page.tokens and any(self._near(case, [number], reach, 1))

    def _case(self, page: Sketched, found: Candidates, reach: Reach, place: int) -> _Case:
        case = _Case(page, place, [])
        if not page.tokens:
            return case
        gone = reach.gone(found.docs + found.same, place)
        docs = found.docs if not gone else [doc for doc in found.docs if doc not in gone]
        same = found.same if not gone else [doc for doc in found.same if doc not in gone]
        copies = self._near(case, same, reach, 2)
        copy = next((known for known in copies if self._one_text(page, known)), None)
        if copy is not None:
            return case._replace(held=[copy], copied=True)
        if self._is_short(page):
            return case
        held = list(islice(self._near(case, docs, reach, MOST + 1), MOST + 1))
        if len(held) <= MOST:
            return case._replace(held=distinct_texts(held))
        note = f"compared with {MOST} of up to {len(docs)} candidates, those that share most"
        return case._replace(held=distinct_texts(held[:MOST]), notes=(note,))

    def _is_short(self, page: Sketched) -> bool:
        """Say whether a text is shorter than a shingle."""
        return page.tokens < self._sketcher.config.sketch.shingle_size

    def _one_text(self, page: Sketched, known: Known) -> bool:
        """Say whether both fold alike; short texts, under one heading too."""
        if known.digest != page.digest:
            return False
        if not self._is_short(page):
            return True
        one, other = (folded_heading(heading(held.beside)) for held in (known, page))
        return one == other

    def _near(self, case: _Case, docs: Sequence[int], reach: Reach, step: int) -> Iterator[Known]:
        """Give the documents that are not gone or too old, in the order given."""
        for start in range(0, len(docs), step):
            found = reach.fetch(docs[start : start + step])
            if self._recent is not None:
                found = [one for one in found if self._fits(case, one, reach)]
            yield from found

    def _fits(self, case: _Case, known: Known, reach: Reach) -> bool:
        """Say whether a document is near enough in time to match a page."""
        return self._recent is None or self._recent(
            reach.as_of(known, case.place), case.page.document
        )

    def _compare(self, cases: Sequence[_Case]) -> list[Pairs]:
        """Compare pages with documents."""
        given = [Compared(case.page, case.held) for case in cases if case.held]
        if not given:
            return [_NONE] * len(cases)
        compared = iter(compare(given, self._sketcher.config))
        return [next(compared) if case.held else _NONE for case in cases]

    def _decide(self, case: _Case, pairs: Pairs, reach: Reach) -> Judged:
        """Say what a page is, once it was compared."""
        name = case.page.document.id
        if not case.held:
            status = "new" if case.page.tokens else "boilerplate_only"
            return Judged(Verdict(name, status, (), name), 0, case.page)
        if case.copied:
            copy = reach.now(case.held[0])
            head = self._head(case, case.held, copy.group, reach) or copy
            if head.doc != copy.doc and head.digest == case.page.digest:
                pairs = compare([Compared(case.page, [head])], self._sketcher.config)[0]
            leader = self._named(case, head, reach)
            verdict = Verdict(name, str(Relation.EXACT), tuple(pairs.matches), leader)
            return Judged(verdict, copy.group, case.page)
        return self._placed(case, pairs, reach)

    def _placed(self, case: _Case, pairs: Pairs, reach: Reach) -> Judged:
        """Find the cluster of a page, comparing it with those that stand for its matches."""
        held = case.held
        clusters = {reach.now(held[place]).group for place in pairs.joins}
        heads = {one: self._head(case, held, one, reach) for one in sorted(clusters)}
        there = {known.doc for known in held}
        more = [head for head in heads.values() if head is not None and head.doc not in there]
        if more:
            compared = compare([Compared(case.page, more)], self._sketcher.config)[0]
            pairs, held = pairs.join(compared, len(held)), held + more
        score = {held[place].doc: strength for place, strength in pairs.joins.items()}
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
        name = page if head is None else self._named(case, head, reach)
        return Judged(Verdict(page, status, matches, name, case.notes), cluster, case.page)

    def _head(
        self, case: _Case, held: Sequence[Known], cluster: int, reach: Reach
    ) -> Known | None:
        """Give what stands for a cluster to a page: the first that is not too old to match."""
        known = next((one for one in held if one.stands and one.group == cluster), None)
        if known is not None:
            return known
        return next(
            (one for one in self._line(cluster, reach) if self._fits(case, one, reach)), None
        )

    def _leader(self, case: _Case, cluster: int, reach: Reach) -> Known | None:
        """Give the document that stands for a cluster, though it may be too old to match."""
        line = (reach.as_of(one, case.place) for one in self._line(cluster, reach))
        return next((one for one in line if self._alive(one)), None)

    def _named(self, case: _Case, head: Known, reach: Reach) -> str:
        """Give the id by which the cluster of a document goes that stands for it to a page."""
        leader = None if self._recent is None else self._leader(case, head.group, reach)
        return (leader or head).id

    def _line(self, cluster: int, reach: Reach) -> Iterator[Known]:
        """Give the documents of a cluster by their rank: what stands for it, then its members."""
        yield from reach.fetch([cluster])
        for one in (-cluster, cluster):
            for doc in reach.members(one, 1 if self._recent is None else MOST):
                yield from reach.fetch([doc])

    def _in_place(self, judged: Judged, case: _Case, number: int, reach: Reach) -> Judged:
        """Judge a page that takes the place of a document, and note if that is another text.

        If that one stood for the cluster in which the page is, the page does.
        """
        verdict, cluster = judged.verdict, judged.cluster
        for known in filter(self._alive, reach.fetch([number])):
            if known.group == cluster:
                leader = self._leader(case, cluster, reach)
                cluster = -cluster if leader is not None and leader.doc == number else cluster
            if known.digest != case.page.digest and all(
                m.b != verdict.id for m in verdict.matches
            ):
                note = "takes the place of another text that was remembered under this id"
                verdict = replace(verdict, notes=(*verdict.notes, note))
        return Judged(verdict, cluster, case.page)


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
