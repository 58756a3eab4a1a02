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

MOST = 4096
"""Sampled shingles looked at, those that most documents hold."""
HOLDERS = 200
"""Documents remembered of each, those of the smallest numbers."""
WITNESSES = 8
"""Documents that are read to find the phrase around one."""
_TEXTS = 2
"""Of them, those whose words the phrase is taken from."""
REACH = 32
"""Shingles looked at on either side of it."""
PHRASE = 8
"""Shingles in a row that make a phrase; fewer are a name or a turn of speech."""


class Crowded(NamedTuple):
    """Sampled shingles that more documents hold than propose pairs.

    Attributes
    ----------
    keys
        ndarray of uint64, shape (k,): what is left of each hash, see `sample.key_bits`.
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

    @classmethod
    def join(cls, parts: Sequence[Crowded]) -> Crowded:
        """Put those of different hashes together, at least one."""
        keys = np.concatenate([part.keys for part in parts])
        sizes = np.concatenate([part.sizes for part in parts])
        holders = np.concatenate([part.holders for part in parts])
        load = parts[0].load.copy()
        for part in parts[1:]:
            load += part.load
        most = np.lexsort((keys, -sizes))[:MOST]
        return cls(keys[most], sizes[most], holders[most], load)


def witnesses(
    crowded: Crowded, samples: NDArray[np.float64], cap: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Choose the keys that otherwise different documents share, and whom to read for each.

    Parameters
    ----------
    crowded
        Of all documents.
    samples : ndarray of float64, shape (n,)
        How many sampled shingles each document has, about.
    cap
        More documents than this must hold a key.

    Returns
    -------
    keys : ndarray of uint64, shape (k,)
    readers : ndarray of int64, shape (k, WITNESSES)
        The numbers of documents.
    """
    apart = np.append(2 * crowded.load <= samples, False)  # for the holders that are not there
    votes = apart[crowded.holders]
    chosen = votes.sum(axis=1) > cap
    first = np.argsort(~votes[chosen], axis=1, kind="stable")[:, :WITNESSES]
    return crowded.keys[chosen], np.take_along_axis(crowded.holders[chosen], first, axis=1)


def phrases(
    keys: NDArray[np.uint64],
    readers: NDArray[np.int64],
    shingles: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    key_bits: tuple[int, int],
) -> NDArray[np.uint64]:
    """Give the shingles of the phrases around keys, without those that are too short.

    Parameters
    ----------
    keys, readers
        As from `witnesses`, the latter as numbers of rows.
    shingles, bounds
        Rows in text order, end to end.
    key_bits
        As of `sample.key_bits`.

    Returns
    -------
    ndarray of uint64
        Ascending.
    """
    from syndicate.kernels import stock as kernel  # noqa: PLC0415 - compiles

    spans = np.empty((len(keys), _TEXTS, 2), np.int64)
    kernel.extents(shingles, bounds, keys, readers, np.array(key_bits), REACH, spans)
    long = spans[spans[..., 1] - spans[..., 0] >= PHRASE].tolist()
    found = [shingles[start:end] for start, end in long]
    return np.unique(np.concatenate([np.empty(0, np.uint64), *found]))
