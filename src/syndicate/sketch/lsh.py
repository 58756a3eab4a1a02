"""Banded locality-sensitive hashing (Indyk and Motwani 1998), by sorting.

Two sets of Jaccard similarity s agree on a band of r slots with probability ``s ** r``, so on
at least one of b bands with ``1 - (1 - s ** r) ** b``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.sketch.repeats import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from syndicate.config import Config

WHOLE = 0.5
"""Jaccard similarity from which bands must find a pair, unless the threshold is higher."""
RECALL = 0.99
"""Least probability that a pair at the threshold becomes a candidate."""


class Bands(NamedTuple):
    """How a signature is cut: ``bands`` of ``rows`` slots; what is left over is not used."""

    bands: int
    rows: int

    def probability(self, similarity: float) -> float:
        """Chance that a pair of this Jaccard similarity becomes a candidate."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def choose_bands(threshold: float, num_perm: int) -> Bands:
    """Cut as many rows as leave a pair at the threshold `RECALL` likely to be found.

    More rows mean fewer candidates to verify; verification is exact, so recall comes first.

    Examples
    --------
    >>> choose_bands(0.7, 128)
    Bands(bands=32, rows=4)
    """
    best = Bands(num_perm, 1)
    for rows in range(2, num_perm + 1):
        cut = Bands(num_perm // rows, rows)
        if cut.probability(threshold) < RECALL:
            break
        best = cut
    return best


def bands_of(config: Config) -> Bands:
    """Cut signatures for a run's settings.

    Whatever part two texts share is the business of `syndicate.sketch.sample`; bands find
    whole copies, the short ones and those that too many documents hold.
    """
    return choose_bands(max(config.threshold, WHOLE), config.sketch.num_perm)


def band_keys(sketches: NDArray[np.uint32], cut: Bands) -> NDArray[np.uint64]:
    """Hash every band of every signature.

    Returns
    -------
    ndarray of uint64, shape (bands, n)
    """
    from syndicate.kernels import signatures as kernels  # noqa: PLC0415 - compiles

    out = np.empty((cut.bands, len(sketches)), np.uint64)
    kernels.BAND_KEYS.run(out.size, sketches, cut.bands, cut.rows, out)
    return out


def buckets(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """Group documents by one band's key.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)

    Yields
    ------
    ndarray of int64, shape (buckets, size)
        All buckets of one size at a time, sizes from 2 up; numbers ascend in each row.
    """
    several = repeated(keys)
    order = several[np.argsort(keys[several])]  # in any order within a bucket, which is fastest
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    for size in np.unique(sizes[sizes > 1]):
        first = starts[sizes == size]
        yield np.sort(order[first[:, None] + np.arange(size)], axis=1)
