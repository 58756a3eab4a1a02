"""Exact sizes of sets of shingle hashes, by open addressing."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U64, kernel


@kernel
def distinct(shingles: U64, bounds: I64, out: I32) -> None:
    """Count the distinct hashes of each set.

    Parameters
    ----------
    shingles : ndarray of uint64
        All sets, one after the other, in any order and with repeats.
    bounds : ndarray of int64, shape (n + 1,)
        Where each set starts and the last ends.
    out : ndarray of int32, shape (n,)
        Filled.
    """
    longest = 1
    for i in range(len(bounds) - 1):
        longest = max(longest, bounds[i + 1] - bounds[i])
    size = np.uint64(1)
    while size < np.uint64(2 * longest):
        size <<= np.uint64(1)
    table = np.zeros(size, np.uint64)
    owner = np.full(size, -1, np.int64)
    mask = size - np.uint64(1)
    for i in range(len(bounds) - 1):
        count = 0
        for j in range(bounds[i], bounds[i + 1]):
            value = shingles[j]
            slot = value & mask
            while owner[slot] == i and table[slot] != value:
                slot = (slot + np.uint64(1)) & mask
            count += owner[slot] != i
            table[slot] = value
            owner[slot] = i
        out[i] = count


@kernel
def shared(shingles: U64, bounds: I64, left: I64, right: I64, out: I32) -> None:
    """Count the distinct hashes that both sets of each pair hold.

    A table is built once for each run of equal ``left``, so pairs sorted by it are fast.

    Parameters
    ----------
    shingles, bounds
        As for `distinct`.
    left, right : ndarray of int64, shape (pairs,)
        Set numbers.
    out : ndarray of int32, shape (pairs,)
        Filled.
    """
    longest = 1
    for i in range(len(bounds) - 1):
        longest = max(longest, bounds[i + 1] - bounds[i])
    size = np.uint64(1)
    while size < np.uint64(2 * longest):
        size <<= np.uint64(1)
    table = np.zeros(size, np.uint64)
    owner = np.full(size, -1, np.int64)
    seen = np.full(size, -1, np.int64)
    mask = size - np.uint64(1)
    previous = -1
    built = -1
    for pair in range(len(left)):
        if left[pair] != previous:
            previous = left[pair]
            for j in range(bounds[previous], bounds[previous + 1]):
                value = shingles[j]
                slot = value & mask
                while owner[slot] == pair and table[slot] != value:
                    slot = (slot + np.uint64(1)) & mask
                table[slot] = value
                owner[slot] = pair
            built = pair
        count = 0
        for j in range(bounds[right[pair]], bounds[right[pair] + 1]):
            value = shingles[j]
            slot = value & mask
            while owner[slot] == built and table[slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owner[slot] == built and seen[slot] != pair:
                seen[slot] = pair
                count += 1
        out[pair] = count
