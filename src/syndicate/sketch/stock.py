"""Stock phrases: text that more than `CAP` documents share that are otherwise different.

Site furniture that stripping left and the boilerplate of agencies say nothing of who copied
whom. A sampled shingle that many documents hold is the trace of such a phrase, unless most of
each document is as common, which is what an often reprinted article looks like. The phrase
around it is what most of the first documents that hold it have in common there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Rows = Sequence[NDArray[np.uint64]]

MOST = 4096
"""Sampled shingles looked at, those that most documents hold."""
HOLDERS = 200
"""Documents remembered of each, those of the smallest numbers."""
WITNESSES = 8
"""Documents that are read to find the phrase around one."""
REACH = 32
"""Shingles looked at on either side of it."""
PHRASE = 8
"""Shingles in a row that make a phrase; fewer are a name or a turn of speech."""


class Crowded(NamedTuple):
    """Sampled shingles that more documents hold than propose pairs.

    Attributes
    ----------
    keys
        ndarray of uint64, shape (k,): what is left of each hash, see `key_of`.
    sizes
        ndarray of int64, shape (k,): how many documents hold each.
    holders
        ndarray of int64, shape (k, HOLDERS): the first of them, -1 where there are no more.
    load
        ndarray of int32, shape (n,): how many of them each document holds.
    """

    keys: NDArray[np.uint64]
    sizes: NDArray[np.int64]
    holders: NDArray[np.int64]
    load: NDArray[np.int32]

    @classmethod
    def of(
        cls, keys: NDArray[np.uint64], lists: NDArray[np.int64], sizes: NDArray[np.int64], n: int
    ) -> Crowded:
        """Collect lists of documents, end to end, each ascending; keep the longest."""
        load = np.bincount(lists, minlength=n).astype(np.int32)
        most = np.lexsort((keys, -sizes))[:MOST]
        starts = (np.cumsum(sizes) - sizes)[most, None]
        keys, sizes = keys[most], sizes[most]
        places = np.arange(HOLDERS)
        at = np.where(places < sizes[:, None], starts + places, len(lists))
        return cls(keys, sizes, np.append(lists, -1)[at], load)

    def join(self, other: Crowded) -> Crowded:
        """Add those of other hashes."""
        keys = np.concatenate([self.keys, other.keys])
        sizes = np.concatenate([self.sizes, other.sizes])
        holders = np.concatenate([self.holders, other.holders])
        most = np.lexsort((keys, -sizes))[:MOST]
        return Crowded(keys[most], sizes[most], holders[most], self.load + other.load)


def key_of(hashes: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Give the part of a sampled hash that is told apart among n documents."""
    from syndicate.sketch.sample import ONE_IN  # noqa: PLC0415 - which imports this

    return (hashes * np.uint64(ONE_IN)) >> np.uint64(max(n - 1, 1).bit_length())


def witnesses(
    crowded: Crowded, samples: NDArray[np.float64], cap: int
) -> list[tuple[np.uint64, NDArray[np.int64]]]:
    """Choose the keys that otherwise different documents share, and whom to read for each.

    Parameters
    ----------
    crowded
        Of all documents.
    samples : ndarray of float64, shape (n,)
        How many sampled shingles each document has, about.
    cap
        More documents than this must hold a key.
    """
    own = 2 * crowded.load <= samples
    chosen = []
    for key, holders in zip(crowded.keys, crowded.holders, strict=True):
        held = holders[holders >= 0]
        voters = held[own[held]]
        if len(voters) > cap:
            chosen.append((key, voters[:WITNESSES]))
    return chosen


def phrase(key: np.uint64, rows: Rows, n: int) -> NDArray[np.uint64]:
    """Give the shingles of the phrase around a key; none if it is too short.

    Parameters
    ----------
    key
        As `key_of` has it among ``n`` documents.
    rows
        The shingles of its witnesses in text order.
    """
    windows, places = [], []
    for row in rows:
        at = int(np.argmax(key_of(row, n) == key))
        windows.append(row[max(0, at - REACH) : at + REACH + 1])
        places.append(min(at, REACH))
    votes = [sum(np.isin(one, other).astype(int) for other in windows) for one in windows[:2]]
    found = [np.empty(0, np.uint64)]
    for window, place, count in zip(windows, places, votes, strict=False):
        apart = np.flatnonzero(2 * np.asarray(count) < len(windows))
        start = apart[apart < place].max(initial=-1) + 1
        end = apart[apart > place].min(initial=len(window))
        if end - start >= PHRASE and place not in apart:
            found.append(window[start:end])
    return np.unique(np.concatenate(found))


def without(
    shingles: NDArray[np.uint64], bounds: NDArray[np.int64], stock: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Leave stock phrases out of sets of shingles, which come back as they are if there is none.

    Parameters
    ----------
    shingles, bounds
        Sets end to end.
    stock
        Ascending.
    """
    if not len(stock):
        return shingles, bounds
    near = np.zeros(1 << 16, bool)
    near[stock >> np.uint64(48)] = True
    maybe = np.flatnonzero(near[shingles >> np.uint64(48)])
    drop = maybe[np.isin(shingles[maybe], stock)]
    if not len(drop):
        return shingles, bounds
    return np.delete(shingles, drop), bounds - np.searchsorted(drop, bounds)
