"""From verified pairs to the clusters and matches of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xxhash

from syndicate.cluster import star_clusters, to_the_closest
from syndicate.config import SOURCE
from syndicate.match.relation import EMBEDDINGS, EXACTLY, ROUNDUP, RULES
from syndicate.model import Cluster, Member
from syndicate.pipeline.matches import Matches
from syndicate.pipeline.meaning import with_roundups
from syndicate.pipeline.pairs import Pairs, join

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.matcher import Found, Matcher


def group(corpus: Corpus, matcher: Matcher, found: Found) -> tuple[tuple[Cluster, ...], Matches]:
    """Cluster what was found and put it into words.

    Parameters
    ----------
    corpus
        The documents.
    matcher
        With the settings to apply; compares what clustering needs and nobody compared yet.
    found
        Exact copies, and verified pairs of the documents that stand for them.
    """
    pairs = matcher.accept(with_roundups(found.pairs))
    exact = matcher.exact(found.first)
    touched = np.unique(np.concatenate([pairs.left, pairs.right, exact.left, exact.right]))
    touched = np.flatnonzero(np.isin(found.first, found.first[touched]))
    preferred = _preferred(corpus, found.first, touched, _pages(pairs), matcher.config.canonical)
    more: list[Pairs] = []
    judged = pairs.codes(len(corpus))

    def verify(centres: NDArray[np.int64], members: NDArray[np.int64]) -> NDArray[np.bool_]:
        left, right = np.minimum(centres, members), np.maximum(centres, members)
        codes = left * len(corpus) + right
        fresh = ~np.isin(codes, judged)  # a roundup would be taken for a copy by itself
        accepted = matcher.accept(matcher.compare(left[fresh], right[fresh]))
        more.append(accepted)
        joining = accepted.where(accepted.joins)
        return np.isin(codes, joining.codes(len(corpus)))

    joining = pairs.where(pairs.joins)
    centre = star_clusters(joining.left, joining.right, preferred.rank, verify)
    matches = join([pairs, exact, *more])
    known = matches.where(matches.joins & (matches.rule != EXACTLY))
    centre, torn = to_the_closest(centre, known.left, known.right, known.shared)
    if len(torn):
        matcher.notes.append(
            f"{len(torn)} documents fit more than one cluster and stand in the one they match best"
        )
    names = dict(zip(touched.tolist(), corpus.ids(touched), strict=True))
    return (
        _clusters(names, touched, centre[found.first], preferred.copy, matches, found.first),
        Matches(corpus, matches),
    )


class _Preferred(NamedTuple):
    """Whom to make canonical.

    Attributes
    ----------
    rank
        ndarray of int64, shape (n,): of each group of exact copies, at its first number.
    copy
        ndarray of int64, shape (n,): the copy that has this rank, likewise.
    """

    rank: NDArray[np.int64]
    copy: NDArray[np.int64]


def _pages(pairs: Pairs) -> NDArray[np.int64]:
    """List the documents that hold another one amid text that is not of its story."""
    holds = pairs.where(np.isin(pairs.rule, [*EMBEDDINGS, ROUNDUP]))
    return np.unique(np.where(holds.size_left > holds.size_right, holds.left, holds.right))


def _preferred(
    corpus: Corpus,
    first: NDArray[np.int64],
    touched: NDArray[np.int64],
    pages: NDArray[np.int64],
    canonical: str,
) -> _Preferred:
    keys = [touched, -corpus.counts[touched].astype(np.int64)]  # the last key sorts first
    if canonical != "longest":
        keys.append(np.isin(first[touched], pages).astype(np.int64))
    if canonical == "earliest" or canonical.startswith(SOURCE):
        keys.append(corpus.times[touched])
    if canonical.startswith(SOURCE):
        keys.append(corpus.source_ranks(canonical.removeprefix(SOURCE).split(","))[touched])
    elif canonical == "first":
        keys.append(corpus.places[touched])
    order = touched[np.lexsort(keys)]
    rank = np.full(len(corpus), len(corpus), np.int64)
    copy = np.arange(len(corpus))
    rank[first[order[::-1]]] = np.arange(len(order))[::-1]
    copy[first[order[::-1]]] = order[::-1]
    return _Preferred(rank, copy)


def _clusters(
    names: dict[int, str],
    touched: NDArray[np.int64],
    centre: NDArray[np.int64],
    copy: NDArray[np.int64],
    matches: Pairs,
    first: NDArray[np.int64],
) -> tuple[Cluster, ...]:
    """Write clusters: the documents of each centre, the canonical apart."""
    canonical = copy[centre[touched]]
    members = touched[canonical != touched]
    centres, groups = centre[members], first[members]
    left, right = np.minimum(centres, groups), np.maximum(centres, groups)
    codes = matches.codes(len(first))
    at = np.searchsorted(codes, left * len(first) + right)
    alike = centres == groups
    at[alike] = 0
    sizes = matches.overlap
    jaccard = np.where(alike, 1.0, sizes.jaccard[at])
    parts = sizes.containment_a[at], sizes.containment_b[at]
    containment = np.where(alike, 1.0, np.maximum(*parts))
    contained = np.where(alike, 1.0, np.where(groups < centres, *parts))
    rule = np.where(alike, EXACTLY, matches.rule[at])
    held: dict[int, list[Member]] = {}
    columns = (copy[centres], members, rule, jaccard, containment, contained)
    for head, number, rule_of, *scores in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        held.setdefault(head, []).append(Member(names[number], RULES[rule_of].relation, *scores))
    return tuple(
        Cluster(xxhash.xxh3_64_hexdigest(names[head].encode()), names[head], tuple(held[head]))
        for head in sorted(held)
    )
