"""Pairs of documents that share hash-sampled shingles."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U32, U64, Bool, Patient, kernel

_ONE = np.uint64(1)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@kernel
def sampled(shingles: U64, bounds: I64, limit: np.uint64, out: U64, cuts: I64) -> None:
    """Collect the hashes of each set that lie below a limit.

    Parameters
    ----------
    shingles, bounds
        Sets end to end.
    limit : uint64
    out : ndarray of uint64
        One item longer than ``shingles``; filled as far as ``cuts`` says.
    cuts : ndarray of int64, shape (n + 1,)
        Filled: where those of each set start.
    """
    used = np.uint64(0)
    cuts[0] = 0
    for i in range(len(bounds) - 1):
        for j in range(bounds[i], bounds[i + 1]):
            out[used] = shingles[j]
            used += np.uint64(shingles[j] < limit)
        cuts[i + 1] = used


@kernel
def repeated(hashes: U64, counters: U8, out: Bool) -> None:
    """Mark hashes that may occur more than once.

    Most occur once, and need not be sorted. Two passes over a table of counters that is
    addressed by the upper bits of the hash, times `_GOLDEN` (Fibonacci hashing): a chance
    agreement of two hashes keeps both, a repeat is never missed.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
    counters : ndarray of uint8, shape (2**k,)
        Zeros.
    out : ndarray of bool, shape (n,)
        Filled.
    """
    shift = np.uint64(64)
    size = len(counters)
    while size > 1:
        size >>= 1
        shift -= _ONE
    for i in range(len(hashes)):
        place = (hashes[i] * _GOLDEN) >> shift
        counters[place] = min(counters[place] + 1, 2)
    for i in range(len(hashes)):
        out[i] = counters[(hashes[i] * _GOLDEN) >> shift] > 1


@kernel
def shelve(
    hashes: U64, owners: U32, shift: np.uint64, bounds: I64, shelved: U64, whose: U32
) -> None:
    """Put hashes in the order of their shelves, and else as they are.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
    owners : ndarray of uint32, shape (n,)
    shift : uint64
        Bits by which a hash is shifted down to its shelf.
    bounds : ndarray of int64, shape (shelves + 1,)
        Filled: where each shelf starts.
    shelved, whose
        As long as the first two; filled with the same in order.
    """
    bounds[:] = 0
    for i in range(len(hashes)):
        bounds[(hashes[i] >> shift) + _ONE] += 1
    for shelf in range(1, len(bounds)):
        bounds[shelf] += bounds[shelf - 1]
    free = bounds.copy()
    for i in range(len(hashes)):
        shelf = hashes[i] >> shift
        place = np.uint64(free[shelf])
        shelved[place], whose[place] = hashes[i], owners[i]
        free[shelf] += 1


@kernel
def later(documents: U32, bounds: I64, out: I64) -> None:
    """Count how often each document stands in a list before another.

    Parameters
    ----------
    documents, bounds
        Lists end to end.
    out : ndarray of int64, shape (n,)
        Added to.
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


SAMPLED, MEETINGS = Patient(sampled, 20_000), Patient(meetings, 20_000)
LATER, SHELVE = Patient(later, 20_000), Patient(shelve, 20_000)
"""The kernels, without waiting for the compiler where there is little to do."""
