"""A set of shingle hashes in text order, ready to be asked: chains of positions by hash.

Nothing is compared while a table is filled, so that there is no branch to be misguessed: a table
is asked of as often as it is filled, and nearly always for what it does not hold. A text that
repeats a phrase a thousand times makes a chain as long, behind which others would be far: whoever
walks far lets it be thinned, once.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from syndicate.kernels._jit import I32, U8, U64, helper, inline, kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""A hash times this, shifted right, is its place in a table: Fibonacci hashing (Knuth 1973)."""
FILTER = np.uint64(4)
"""The filter has two to this power as many places as the table, so that few agree by chance."""
LARGE = 1 << 16
"""Hashes beyond which it has as many: it would fill the memory, and no cache holds it."""
_SHIFT = np.uint64(64 - LARGE.bit_length())  # of the table of so many
FAR = 64
"""Steps along a chain after which it is thinned."""
THINNED = np.uint8(2)
"""In the filter: the chain of this place was thinned, or needs not be."""
_ONE = np.uint64(1)


@register_jitable
def table_room(most: int | np.int64) -> int | np.int64:
    """Give the places that a table of so many hashes may need."""
    return 4 * (most + 4)


@register_jitable
def filter_room(most: int | np.int64) -> int | np.int64:
    """Give the places that its filter may need, and those of fewer hashes."""
    return max(table_room(min(most, LARGE)) << np.int64(FILTER), table_room(most))


@inline
def finer(shift: np.uint64) -> np.uint64:
    """Give how far products are shifted for the filter."""
    return shift - FILTER if shift >= _SHIFT else shift


@kernel
def fill(
    shingles: U64, start: int, length: int, table: I32, following: I32, filter_: U8
) -> np.uint64:
    """Chain the positions of the hashes of each place in a table, ascending.

    Parameters
    ----------
    shingles, start, length
        The hashes, ``length`` from ``start`` on.
    table : ndarray of int32, shape (at least table_room(length),)
        Filled: the first position, from 0, of a hash of each place, -1 where there is none.
    following : ndarray of int32, shape (at least length,)
        Filled: of each position the next one of its place, or -1.
    filter_ : ndarray of uint8, shape (at least filter_room(length),)
        Filled: 1 where a hash has its place, 0 elsewhere. Most questions end here, at a branch
        that the processor guesses well.

    Returns
    -------
    uint64
        How far products with `GOLDEN` are shifted for the table; for the filter see `finer`.
    """
    bits = np.uint64(4)
    while (1 << np.int64(bits)) < 2 * length:
        bits += _ONE
    size = _ONE << bits
    shift = np.uint64(64) - bits
    for i in range(size):
        table[i] = -1
    fine = finer(shift)
    for i in range(_ONE << (np.uint64(64) - fine)):
        filter_[i] = 0
    first, past = np.uint64(start), np.uint64(length)
    for back in range(past):
        i = past - back - _ONE
        place = shingles[first + i] * GOLDEN
        filter_[place >> fine] = 1
        following[i] = table[place >> shift]
        table[place >> shift] = i
    return shift


@helper
def thin(
    shingles: U64, start: int | np.int64, head: int | np.int64, following: I32, most: int
) -> None:
    """Leave of each hash of a chain its first positions alone, so many; parameters as for `fill`.

    What stands behind `FAR` different hashes, which only hashes made to collide do, stays.
    """
    last = np.int64(head)
    i = np.int64(following[head])
    length = 1
    while i >= 0:
        after = np.int64(following[i])
        same = 0
        k = np.int64(head)
        for _ in range(length if length < FAR * most else 0):
            same += shingles[np.uint64(start + k)] == shingles[np.uint64(start + i)]
            k = np.int64(following[k])
        if same < most:
            following[last] = i
            last = i
            length += 1
        i = after
    following[last] = -1
