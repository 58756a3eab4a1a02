"""Exact similarity of candidate pairs on their full shingle sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Overlap(NamedTuple):
    """Sizes of the sets of each pair and of what they share.

    Attributes
    ----------
    shared, size_a, size_b
        ndarray of int32, shape (pairs,): distinct shingles.
    """

    shared: NDArray[np.int32]
    size_a: NDArray[np.int32]
    size_b: NDArray[np.int32]

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Shared by either; 0 where both sets are empty."""
        return np.asarray(self.shared / np.maximum(self.size_a + self.size_b - self.shared, 1))

    @property
    def containment_a(self) -> NDArray[np.float64]:
        """The part of a that b holds."""
        return np.asarray(self.shared / np.maximum(self.size_a, 1))

    @property
    def containment_b(self) -> NDArray[np.float64]:
        """The part of b that a holds."""
        return np.asarray(self.shared / np.maximum(self.size_b, 1))


class LeftOut(NamedTuple):
    """Shingles that do not count, ready to be looked up; attributes as for `sets.distinct`."""

    hashes: NDArray[np.uint64]
    firsts: NDArray[np.int64]
    near: NDArray[np.bool_]

    @classmethod
    def of(cls, hashes: NDArray[np.uint64]) -> LeftOut:
        """Make the tables for ascending hashes."""
        tops = np.arange((1 << 16) + 1)
        near = np.zeros(1 << 14, bool)
        near[hashes >> np.uint64(50)] = True
        return cls(hashes, np.searchsorted(hashes >> np.uint64(48), tops), near)

    def among(self, shingles: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell which shingles are left out."""
        held = np.zeros(len(shingles), bool)
        if len(self.hashes):
            from syndicate.kernels import sets  # noqa: PLC0415 - compiles

            sets.among(shingles, *self, held)
        return held


_ROOMY = (1 << 15) - 1
"""Places of a hash table that still fits in a cache."""

NONE = LeftOut.of(np.empty(0, np.uint64))


def distinct(
    shingles: NDArray[np.uint64], bounds: NDArray[np.int64], left_out: LeftOut = NONE
) -> NDArray[np.int32]:
    """Count the distinct shingles of each set.

    Parameters
    ----------
    shingles : ndarray of uint64
        All sets, one after the other, repeats allowed.
    bounds : ndarray of int64, shape (n + 1,)
        Where each set starts and the last ends.
    left_out
        Shingles that do not count.

    Returns
    -------
    ndarray of int32, shape (n,)
    """
    from syndicate.kernels import sets  # noqa: PLC0415 - compiles

    sizes = np.empty(len(bounds) - 1, np.int32)
    room = _room(np.diff(bounds))
    table = np.empty(room, np.uint64), np.full(room, -1)
    sets.DISTINCT.run(len(shingles), shingles, bounds, *left_out, *table, sizes)
    return sizes


def overlap(
    shingles: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    sizes: NDArray[np.int32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    left_out: LeftOut = NONE,
) -> Overlap:
    """Compare pairs of sets exactly.

    Parameters
    ----------
    shingles, bounds
        The sets, as for `distinct`.
    sizes : ndarray of int32, shape (n,)
        What `distinct` gives for them.
    left, right : ndarray of int64, shape (pairs,)
        Set numbers; fastest when sorted by ``left``.
    left_out
        Shingles that do not count.
    """
    from syndicate.kernels import sets  # noqa: PLC0415 - compiles
    from syndicate.kernels.chains import filter_room, table_room  # noqa: PLC0415 - imports numba

    common = np.empty(len(left), np.int32)
    lengths = np.diff(bounds)
    most = int(lengths[left].max(initial=0))
    scratch = (
        np.empty(table_room(most), np.int32),
        np.empty(most, np.int32),
        np.empty(filter_room(most), np.uint8),
        np.full(most, -1),
        np.empty(int(lengths[right].max(initial=0)) + 1, np.uint32),
    )
    given = shingles, bounds, *left_out, left, right, *scratch, common
    sets.SHARED.run(int(lengths[left].sum() + lengths[right].sum()), *given)
    return Overlap(common, sizes[left], sizes[right])


def _room(lengths: NDArray[np.int64]) -> int:
    """Give the size of a hash table that is at most half full, and far less if it is worth it.

    Every meeting of two hashes is a misguessed branch; but tables must be filled, and fit in a
    cache.
    """
    most = int(lengths.max(initial=1))
    return 1 << max(2 * most, min(16 * most, int(lengths.sum()), _ROOMY)).bit_length()
