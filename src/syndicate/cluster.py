"""From verified matches to clusters that do not chain.

A document joins a cluster only if it was itself verified against the cluster's canonical
member: a resembling b and b resembling c never puts c with a. This is the star clustering
of Aslam, Pelekhov and Rus (2004), with the canonical document chosen by preference rather
than by degree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Verify = Callable[["NDArray[np.int64]", "NDArray[np.int64]"], "NDArray[np.bool_]"]
"""Tells for pairs of document numbers which of them belong in one cluster."""


def star_clusters(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    preference: NDArray[np.int64],
    verify: Verify,
) -> NDArray[np.int64]:
    """Assign documents to canonical ones.

    In each connected component of the matches the most preferred document becomes
    canonical, all that match it are its members, and what remains is treated likewise.

    Parameters
    ----------
    left, right : ndarray of int64, shape (matches,)
        Document numbers of the matches that may join a cluster.
    preference : ndarray of int64, shape (n,)
        Rank of every document, 0 the most wanted as canonical; no two alike.
    verify
        Called with centres and with neighbours of their members, not compared yet.

    Returns
    -------
    ndarray of int64, shape (n,)
        Each document's canonical one: itself if it is canonical or alone.
    """
    n = len(preference)
    canonical = np.arange(n)
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    while len(source):
        centre = _centres(source, target, preference, n)
        direct = centre[source] == source
        members = target[direct]
        canonical[members] = source[direct]
        taken = np.zeros(n, bool)
        taken[members] = True
        asked = taken.copy()
        while len(reached := _reached(source, target, centre, taken, asked)):
            joined = reached[verify(centre[reached], reached)]
            canonical[joined] = centre[joined]
            taken[joined] = True
            asked[reached] = True
        taken[np.unique(source[direct])] = True
        left_over = ~(taken[source] | taken[target])
        source, target = source[left_over], target[left_over]
    return canonical


def to_the_closest(
    canonical: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    score: NDArray[np.number],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Move documents that match several canonical ones to the one they match best.

    Parameters
    ----------
    canonical : ndarray of int64, shape (n,)
        What `star_clusters` gave.
    left, right : ndarray of int64, shape (matches,)
        All joining matches.
    score : ndarray of numbers, shape (matches,)
        How good each is. Of equal ones the document's first cluster stands, then the
        smaller number.

    Returns
    -------
    canonical : ndarray of int64, shape (n,)
    torn : ndarray of int64
        The documents that fit more than one cluster, ascending.
    """
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    scores = np.concatenate([score, score])
    leads = np.zeros(len(canonical), bool)
    leads[canonical[canonical != np.arange(len(canonical))]] = True
    fits = leads[source] & ~leads[target]
    source, target, scores = source[fits], target[fits], scores[fits]
    order = np.lexsort((source, canonical[target] != source, -scores, target))
    source, target = source[order], target[order]
    best = np.ones(len(target), bool)
    best[1:] = target[1:] != target[:-1]
    moved = canonical.copy()
    moved[target[best]] = source[best]
    return moved, np.unique(target[~best])


def _centres(
    source: NDArray[np.int64], target: NDArray[np.int64], preference: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Give every document the most preferred one of its connected component."""
    from syndicate.kernels.graph import BREADTH_FIRST  # noqa: PLC0415 - compiles

    edges = np.bincount(source, minlength=n)
    touched = np.flatnonzero(edges)
    firsts = np.concatenate([[0], np.cumsum(edges[touched])])
    place = np.empty(n, np.int64)
    place[touched] = np.arange(len(touched))
    neighbours = place[target[np.argsort(source, kind="stable")]]
    roots = np.argsort(preference[touched])  # each component is entered by its most preferred
    order, root_of = np.empty((2, len(touched)), np.int64)
    BREADTH_FIRST.run(len(source), firsts, neighbours, roots, order, root_of)
    centre = np.full(n, -1)
    centre[touched] = touched[root_of]
    return centre


def _reached(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    centre: NDArray[np.int64],
    taken: NDArray[np.bool_],
    asked: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Find the neighbours of members that were not compared with the centre yet."""
    reach = taken[source] & ~asked[target] & (centre[target] != target)
    return np.unique(target[reach])
