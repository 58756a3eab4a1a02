"""Who copied whom: directed edges with their evidence.

Evidence is weighed, not counted: a credit that names the other's outlet says more than an
earlier time, and where nothing points anywhere the answer is that we do not know. An outlet
or agency that a text credits and of which no text is in the cluster becomes a *virtual*
source. Edges are taken from the strongest on, and none that would close a circle.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from syndicate.model import Copy, Credit, Relation
from syndicate.origin.credits import find_sources, speaks_as
from syndicate.origin.names import Names, Outlet, key, load_names
from syndicate.times import published_time

if TYPE_CHECKING:
    from syndicate.model import Document, Match

LINK, DATELINE, CREDIT, VOICE, HINT = 5.0, 3.5, 3.0, 2.5, 5.0
"""Weights in favour of a copy: log-odds, by kind of evidence."""
EARLIER = 1.2
"""Weight of an earlier time of publication."""
ROUNDUP = 0.8
"""Weight of being one of several texts that the other holds."""
LEAST = 0.7
"""Log-odds below which we do not know."""


class _Case(NamedTuple):
    """The case for one document being a copy of another."""

    source: str
    copy: str
    weight: float
    evidence: tuple[str, ...]
    virtual: bool = False


_DAY_S_END, _DAY_S_BEGINNING = timedelta(hours=36), timedelta(hours=14)
"""From a day's midnight in UTC until it is over everywhere, and back to where it began."""


class _When(NamedTuple):
    """When something was published: a moment, or some time on a day, wherever that day was."""

    time: datetime
    is_day: bool

    def before(self, other: _When) -> bool:
        """Tell whether it was earlier for certain."""
        if self.is_day and not other.is_day:
            return self.time + _DAY_S_END < other.time
        if other.is_day and not self.is_day:
            return self.time < other.time - _DAY_S_BEGINNING
        return self.time < other.time


@dataclass(slots=True)
class _File:
    """What we know of one document."""

    document: Document
    outlet: Outlet | None
    time: _When | None
    credits: tuple[Credit, ...]
    voices: set[str]


def trace(
    documents: Mapping[str, Document],
    matches: Iterable[Match],
) -> tuple[Copy, ...]:
    """Tell who copied whom.

    Parameters
    ----------
    documents
        By id; at least those of the matches.
    matches
        Only exact copies, reprints, excerpts, embeddings and roundups are traced: an update
        is no copy, and an overlap may come from anywhere.

    Returns
    -------
    tuple of Copy
        In order of copy and source. A document without an edge may be an original, or we do
        not know. The edges form no circle.
    """
    matches = [match for match in matches if match.relation in _TRACED]
    wanted = sorted({name for match in matches for name in (match.a, match.b)})
    names = load_names().also(documents[name].source for name in wanted)
    files = {name: _read(documents[name], names) for name in wanted}
    cases = [case for match in matches for case in _between(files, match, names)]
    cases += _virtual(files, matches, names)
    return tuple(sorted(_accept(cases), key=lambda copy: (copy.copy, copy.source)))


_TRACED = frozenset(
    {Relation.EXACT, Relation.REPRINT, Relation.EXCERPT, Relation.EMBEDDING, Relation.ROUNDUP}
)


def _read(document: Document, names: Names) -> _File:
    outlet = names.named(document.source) or names.of_url(document.url)
    found = find_sources(document.text, names)
    return _File(
        document, outlet, _time(document.published), found, speaks_as(document.text, names)
    )


def _time(value: str | None) -> _When | None:
    time = published_time(value)
    if time is None:
        return None
    return _When(time, re.fullmatch(r"\d{4}-?\d\d-?\d\d", (value or "").strip()) is not None)


def _between(files: Mapping[str, _File], match: Match, names: Names) -> Iterable[_Case]:
    """Make the case between two documents, in the direction that the evidence points."""
    a, b = files[match.a], files[match.b]
    for_b = _pointers(b, a, names)  # b is the copy
    for_a = _pointers(a, b, names)
    weight = sum(_first_and_rest(for_b)) - sum(_first_and_rest(for_a))
    told = for_b if weight > 0 else for_a
    evidence = [text for _, text in told]
    a_first = a.time is not None and b.time is not None and a.time.before(b.time)
    b_first = a.time is not None and b.time is not None and b.time.before(a.time)
    if a.time and b.time and (a_first or b_first):
        weight += EARLIER if a_first else -EARLIER
        first, second = (a, b) if a_first else (b, a)
        span = _span(a.time.time, b.time.time)
        evidence.append(f"{first.document.id} was published {span} before {second.document.id}")
    if match.relation is Relation.ROUNDUP:
        b_holds = match.containment_a > match.containment_b
        weight += ROUNDUP if b_holds else -ROUNDUP
        evidence.append(f"{(b if b_holds else a).document.id} holds several such texts")
    if abs(weight) >= LEAST and evidence:
        source, copy = (a, b) if weight > 0 else (b, a)
        yield _Case(source.document.id, copy.document.id, abs(weight), tuple(evidence))


def _first_and_rest(pointers: Sequence[tuple[float, str]]) -> Iterable[float]:
    """Count the strongest pointer in full and each other by a quarter."""
    weights = sorted((weight for weight, _ in pointers), reverse=True)
    return [weight if place == 0 else weight / 4 for place, weight in enumerate(weights)]


def _pointers(copy: _File, source: _File, names: Names) -> list[tuple[float, str]]:
    """List what in one document points to the other as its source."""
    found = []
    url = source.document.url
    original = copy.document.original
    if original and url and _same_page(original, url):
        found.append((HINT, f"the page of {copy.document.id} names {url} as its original"))
    for credit in copy.credits:
        if credit.url and url and _same_page(credit.url, url):
            found.append((LINK, f"{copy.document.id} links to {url}"))
        elif (
            credit.how != "mention"
            and _is(source.outlet, credit.name, names)
            and not _is(copy.outlet, credit.name, names)
        ):
            weight = DATELINE if credit.how == "dateline" else CREDIT
            text = copy.document.text[credit.start : credit.end]
            found.append((weight, f"{copy.document.id} carries the {credit.how} {text!r}"))
    if source.outlet and source.outlet.name in copy.voices and source.outlet != copy.outlet:
        found.append((VOICE, f"{copy.document.id} speaks as {source.outlet.name}"))
    return found


def _same_page(one: str, other: str) -> bool:
    """Whether two URLs are of one page, scheme and trailing slash aside."""
    short = [url.split("://")[-1].removeprefix("//").removeprefix("www.") for url in (one, other)]
    return short[0].split("#")[0].rstrip("/") == short[1].split("#")[0].rstrip("/")


def _is(outlet: Outlet | None, name: str, names: Names) -> bool:
    """Whether a name in a text means this outlet, host names without their ending included."""
    if outlet is None:
        return False
    meant = names.named(name)
    if meant == outlet:
        return True
    label = outlet.name.split(".")[0] if "." in outlet.name else outlet.name
    return key(name) in {key(outlet.name), key(label)}


def _span(one: datetime, other: datetime) -> str:
    """Say how long lies between two times."""
    minutes = round(abs(one - other).total_seconds() / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d"
    return f"{hours} h" if hours else f"{minutes} min"


def _virtual(
    files: Mapping[str, _File], matches: Sequence[Match], names: Names
) -> Iterable[_Case]:
    """Make the cases for sources whose own text nobody matched."""
    partners = defaultdict(set)
    for match in matches:
        partners[match.a].add(match.b)
        partners[match.b].add(match.a)
    for name, file in files.items():
        near = [files[other].outlet for other in partners[name]]
        for credit in file.credits:
            if credit.how == "mention" or _is(file.outlet, credit.name, names):
                continue
            if any(_is(outlet, credit.name, names) for outlet in near):
                continue
            outlet = names.named(credit.name)
            if outlet is None or (credit.how == "dateline" and file.outlet is None):
                continue  # a dateline without a known publisher is the publisher's own
            weight = DATELINE if credit.how == "dateline" else CREDIT
            text = file.document.text[credit.start : credit.end]
            evidence = (f"{name} carries the {credit.how} {text!r}",)
            yield _Case(outlet.name, name, weight, evidence, virtual=True)
            break


def _accept(cases: Iterable[_Case]) -> Iterable[Copy]:
    """Take the strongest case for each document, leaving out what would close a circle."""
    source_of: dict[str, str] = {}
    order = sorted(cases, key=lambda case: (-case.weight, case.virtual, case.source, case.copy))
    for case in order:
        if case.copy in source_of:
            continue
        ancestor = None if case.virtual else case.source
        while ancestor is not None and ancestor != case.copy:
            ancestor = source_of.get(ancestor)
        if ancestor is not None:
            continue
        source_of[case.copy] = "" if case.virtual else case.source
        confidence = 1 / (1 + math.exp(-case.weight))
        yield Copy(case.source, case.copy, round(confidence, 3), case.evidence, case.virtual)
