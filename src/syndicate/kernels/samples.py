"""Hash-sampled shingles, and the pairs of documents that share some."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U32, U64, Bool, kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@kernel
def sample(shingles: U64, bounds: I64, limit: np.uint64, out: U64, out_bounds: I64) -> int:
    """Keep the hashes of each set that lie below a limit.

    Parameters
    ----------
    shingles : ndarray of uint64
        All sets, one after the other.
    bounds : ndarray of int64, shape (n + 1,)
        Where each set starts and the last ends.
    limit
        The share of hashes kept is ``limit / 2**64``.
    out : ndarray of uint64, as long as ``shingles``
        Filled from its start.
    out_bounds : ndarray of int64, shape (n + 1,)
        Filled.

    Returns
    -------
    int
        How many are kept in all.
    """
    used = 0
    out_bounds[0] = 0
    for i in range(len(bounds) - 1):
        for j in range(bounds[i], bounds[i + 1]):
            out[used] = shingles[j]
            used += np.int64(shingles[j] < limit)
        out_bounds[i + 1] = used
    return used


@kernel
def repeated(hashes: U64, bits: int, out: Bool) -> None:
    """Mark hashes that may occur more than once.

    Most occur once, and need not be sorted. Two passes over a table of counters that is
    addressed by the upper bits of the hash, times `_GOLDEN` (Fibonacci hashing): a chance
    agreement of two hashes keeps both, a repeat is never missed.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
    bits : int
        The table has ``2**bits`` counters of a byte.
    out : ndarray of bool, shape (n,)
        Filled.
    """
    counters = np.zeros(1 << bits, np.uint8)
    shift = np.uint64(64 - bits)
    for i in range(len(hashes)):
        place = (hashes[i] * _GOLDEN) >> shift
        counters[place] = min(counters[place] + 1, 2)
    for i in range(len(hashes)):
        out[i] = counters[(hashes[i] * _GOLDEN) >> shift] > 1


@kernel
def partners(documents: U32, bounds: I64, out: I64) -> None:
    """Count, for each document, the later ones that it meets in any posting list.

    Parameters
    ----------
    documents : ndarray of uint32
        Posting lists end to end, each ascending and without repeats.
    bounds : ndarray of int64, shape (lists + 1,)
        Where each list starts and the last ends.
    out : ndarray of int64, shape (n,)
        Zeros; filled.
    """
    for i in range(len(bounds) - 1):
        for j in range(bounds[i], bounds[i + 1]):
            out[documents[j]] += bounds[i + 1] - 1 - j


@kernel
def meetings(documents: U32, bounds: I64, low: int, high: int, n: int, out: I64) -> int:
    """Write a code for each meeting of two documents, the smaller in ``[low, high)``.

    The code is ``smaller * n + larger``; a pair that shares k lists is written k times.
    """
    used = 0
    for i in range(len(bounds) - 1):
        for j in range(bounds[i], bounds[i + 1] - 1):
            document = np.int64(documents[j])
            if low <= document < high:
                for k in range(j + 1, bounds[i + 1]):
                    out[used] = document * n + np.int64(documents[k])
                    used += 1
    return used
