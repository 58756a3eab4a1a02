"""Exact sizes of sets of shingle hashes, by open addressing."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U64, kernel

_FILTER_BITS = 14


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

    A table is built once for each run of equal ``left``, so pairs sorted by it are fast. Most
    candidates share little: a filter of one byte a slot, small enough for the nearest cache,
    answers most questions before the table is asked.

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
    for i in range(len(left)):
        longest = max(longest, bounds[left[i] + 1] - bounds[left[i]])
    size = np.uint64(1)
    while size < np.uint64(2 * longest):
        size <<= np.uint64(1)
    table = np.zeros(size, np.uint64)
    owner = np.full(size, -1, np.int32)
    seen = np.full(size, -1, np.int32)
    present = np.zeros(1 << _FILTER_BITS, np.uint8)
    mask = size - np.uint64(1)
    shift = np.uint64(64 - _FILTER_BITS)
    built = -1
    for pair in range(len(left)):
        a = shingles[bounds[left[pair]] : bounds[left[pair] + 1]]
        if pair == 0 or left[pair] != left[pair - 1]:
            if built >= 0:
                for value in shingles[bounds[left[built]] : bounds[left[built] + 1]]:
                    present[value >> shift] = 0
            for value in a:
                slot = value & mask
                while owner[slot] == pair and table[slot] != value:
                    slot = (slot + np.uint64(1)) & mask
                table[slot] = value
                owner[slot] = pair
                present[value >> shift] = 1
            built = pair
        count = 0
        for value in shingles[bounds[right[pair]] : bounds[right[pair] + 1]]:
            if present[value >> shift]:
                slot = value & mask
                while owner[slot] == built and table[slot] != value:
                    slot = (slot + np.uint64(1)) & mask
                if owner[slot] == built and seen[slot] != pair:
                    seen[slot] = pair
                    count += 1
        out[pair] = count
