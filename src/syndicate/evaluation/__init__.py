"""How well the settings do on a corpus: plants, measures, and pairs to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syndicate.evaluation.metrics import Agreement, Rate, best_threshold, compare_clusterings
from syndicate.evaluation.plants import KINDS, Plant, plant
from syndicate.model import Relation

if TYPE_CHECKING:
    from syndicate.model import Match

__all__ = [
    "KINDS",
    "Agreement",
    "Assessment",
    "KindReport",
    "Plant",
    "Rate",
    "assess",
    "best_threshold",
    "compare_clusterings",
    "plant",
]

BORDERLINE = 10
"""Pairs listed to look at."""


@dataclass(frozen=True, slots=True)
class KindReport:
    """What was found of one kind of plants.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    found
        Pairs of plant and source that were reported at all.
    right
        Of those found, the ones whose relation is called what it may be called.
    """

    kind: str
    found: Rate
    right: Rate


@dataclass(frozen=True, slots=True)
class Assessment:
    """What became of planted documents.

    Parameters
    ----------
    kinds
        One report for each kind.
    precision
        Of the joining matches of plants with others: those with a source, or with what the
        source is itself matched with.
    threshold
        The suggestion, in terms of containment.
    borderline
        Joining matches nearest to the suggestion, for a human to look at.
    """

    kinds: tuple[KindReport, ...]
    precision: Rate
    threshold: float
    borderline: tuple[Match, ...]


def assess(matches: Iterable[Match], plants: Sequence[Plant]) -> Assessment:
    """Count what was found of plants.

    Parameters
    ----------
    matches
        Of the corpus with the plants in it.
    plants
        As `plant` made them.
    """
    matches = tuple(matches)
    alike = _alike(matches)
    relation_of = _relations(matches, alike)
    reports = []
    for kind in dict.fromkeys(one.kind for one in plants):
        some = [one for one in plants if one.kind == kind]
        pairs = [(relation_of(one.document.id, name), one) for one in some for name in one.sources]
        met = [(relation, one) for relation, one in pairs if relation]
        right = sum(relation in one.relations for relation, one in met)
        reports.append(KindReport(kind, Rate(len(met), len(pairs)), Rate(right, len(met))))
    good, bad = _sorted_out(matches, plants, alike)
    threshold = best_threshold(
        (match.containment for match in good), (match.containment for match in bad)
    )
    near = sorted((*good, *bad), key=lambda match: abs(match.containment - threshold))
    return Assessment(
        kinds=tuple(reports),
        precision=Rate(len(good), len(good) + len(bad)),
        threshold=threshold,
        borderline=tuple(near[:BORDERLINE]),
    )


def _alike(matches: tuple[Match, ...]) -> dict[str, set[str]]:
    """Give to documents their exact copies, as far as they are matched."""
    alike: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        if match.relation is Relation.EXACT:
            alike[match.a].add(match.b)
            alike[match.b].add(match.a)
    return alike


def _relations(
    matches: tuple[Match, ...], alike: dict[str, set[str]]
) -> Callable[[str, str], Relation | None]:
    """Give a function that tells the relation of two documents, or None.

    Of exact copies one stands for all in the matches; so it does here.
    """
    by_pair = {frozenset((match.a, match.b)): match.relation for match in matches}

    def relation_of(a: str, b: str) -> Relation | None:
        if b in alike[a] or alike[a] & alike[b]:
            return Relation.EXACT
        pairs = (frozenset((x, y)) for x in (a, *sorted(alike[a])) for y in (b, *sorted(alike[b])))
        return next((by_pair[pair] for pair in pairs if pair in by_pair), None)

    return relation_of


def _sorted_out(
    matches: tuple[Match, ...], plants: Sequence[Plant], alike: dict[str, set[str]]
) -> tuple[list[Match], list[Match]]:
    """Part the joining matches of plants into expected and unexpected ones.

    A plant that is an exact copy of its source may stand for it in the matches: what it
    shares with others then says nothing of plants.
    """

    def first(name: str) -> str:
        return min([name, *alike[name]])

    kin: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        kin[first(match.a)].add(first(match.b))
        kin[first(match.b)].add(first(match.a))
    sources = {one.document.id: {*map(first, (*one.sources, *one.hosts))} for one in plants}
    copies = {
        one.document.id for one in plants if first(one.document.id) in sources[one.document.id]
    }
    good: list[Match] = []
    bad: list[Match] = []
    for match in matches:
        exact = match.relation is Relation.EXACT
        told = {match.a, match.b} & (sources.keys() if exact else sources.keys() - copies)
        if not match.relation.joins or not told:
            continue
        near = [sources.get(name, {first(name)}) for name in (match.a, match.b)]
        wider = near[0].union(*(kin[name] for name in near[0]))
        (good if wider & near[1] else bad).append(match)
    return good, bad
