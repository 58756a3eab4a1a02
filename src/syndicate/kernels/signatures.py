"""MinHash signatures and their band keys."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U32, U64, Patient, inline, kernel
from syndicate.kernels.tokens import ROLL, mix

BLOCK = 64
"""Values that are looked at together."""
_BLOCK_BITS, _LAST = np.uint64(6), np.uint64(BLOCK - 1)
_EMPTY = np.uint32(0xFFFFFFFF)
_S13 = np.uint32(13)
_S16 = np.uint32(16)
_S32 = np.uint64(32)
_F1 = np.uint32(0x85EBCA6B)
_F2 = np.uint32(0xC2B2AE35)
_MIX_BAND = np.uint64(0xE7037ED1A0B428DB)


@kernel
def signatures(shingles: U64, bounds: I64, scale: U32, shift: U32, values: U32, out: U32) -> None:
    """Sketch sets of shingle hashes: the least of each affine permutation over the set.

    Permutations are the outer loop, two at a time, and shingles the inner one: the compiler then
    takes the minimum of many shingles at once. Their number is made a multiple of `BLOCK` by
    repeating one, which changes no minimum, so that nothing is left for a slower loop.

    Parameters
    ----------
    shingles : ndarray of uint64
        All sets, one after the other; the upper 32 bits of each hash count.
    bounds : ndarray of int64, shape (n + 1,)
        Where each set starts and the last ends.
    scale, shift : ndarray of uint32, shape (k,)
        The permutations ``v -> scale * v + shift`` modulo 2**32.
    values : ndarray of uint32
        Room for the largest set and `BLOCK` more.
    out : ndarray of uint32, shape (n, k)
        Filled; all ``2**32 - 1`` for an empty set.
    """
    for i in range(len(bounds) - 1):
        first, n = np.uint64(bounds[i]), np.uint64(bounds[i + 1] - bounds[i])
        for j in range(n):
            value = np.uint32(shingles[first + j] >> _S32)
            # The finaliser of MurmurHash3; numba widens products, so each is cut to 32 bits.
            value = np.uint32((value ^ (value >> _S16)) * _F1)
            value = np.uint32((value ^ (value >> _S13)) * _F2)
            values[j] = value ^ (value >> _S16)
        blocks = (n + _LAST) >> _BLOCK_BITS
        for j in range(n, blocks << _BLOCK_BITS):
            values[j] = values[0]
        for k in range(0, len(scale), 2):
            other = min(k + 1, len(scale) - 1)
            factor, offset, least = scale[k], shift[k], _EMPTY
            factor2, offset2, least2 = scale[other], shift[other], _EMPTY
            for j in range(blocks << _BLOCK_BITS):
                value = values[j]
                least = min(least, np.uint32(factor * value + offset))
                least2 = min(least2, np.uint32(factor2 * value + offset2))
            out[i, k] = least
            out[i, other] = least2


@inline
def band_key(sketch: U32, band: int, rows: int) -> np.uint64:
    """Hash one band of a signature, the band's number included."""
    key = np.uint64(band + 1)
    for row in range(rows):
        key = key * ROLL + np.uint64(sketch[band * rows + row])
    return mix(key, _MIX_BAND)


@kernel
def band_keys(sketches: U32, bands: int, rows: int, out: U64) -> None:
    """Hash each band of ``rows`` slots to one 64-bit key, the band's number included.

    Parameters
    ----------
    sketches : ndarray of uint32, shape (n, k)
        With ``bands * rows <= k``.
    out : ndarray of uint64, shape (bands, n)
        Filled.
    """
    for i in range(len(sketches)):
        for band in range(bands):
            out[band, i] = band_key(sketches[i], band, rows)


BAND_KEYS = Patient(band_keys, 2_000, mix)
"""The kernel, without waiting for the compiler where there are few bands."""
