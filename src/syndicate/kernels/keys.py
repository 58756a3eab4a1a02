"""The keys under which an index looks a document up."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U32, U64, inline, kernel
from syndicate.kernels.signatures import band_key

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31 = np.uint64(27), np.uint64(30), np.uint64(31)
_S54, _S60, _S62 = np.uint64(54), np.uint64(60), np.uint64(62)
_BACK1, _BACK2 = (np.uint64(pow(int(factor), -1, 1 << 64)) for factor in (_M1, _M2))
BAND, SAMPLE, DIGEST = np.uint64(0x5D), np.uint64(0xA3), np.uint64(0xC7)
"""What tells the three kinds of key apart."""


@inline
def _scramble(value: np.uint64) -> np.uint64:
    """Spread an integer over 64 bits, as `syndicate.text.fold.scramble` does."""
    value = value + _GOLDEN
    value = (value ^ (value >> _S30)) * _M1
    value = (value ^ (value >> _S27)) * _M2
    return value ^ (value >> _S31)


@inline
def sampled_shingle(key: np.uint64) -> np.uint64:
    """Give the shingle that a sample's key was made of, by taking `_scramble` back."""
    value = (key ^ (key >> _S31) ^ (key >> _S62)) * _BACK2
    value = (value ^ (value >> _S27) ^ (value >> _S54)) * _BACK1
    return ((value ^ (value >> _S30) ^ (value >> _S60)) - _GOLDEN) ^ SAMPLE


@kernel
def document_keys(
    shingles: U64, bounds: I64, counts: I32, digests: U64, sketches: U32,
    bands: int, rows: int, limit: np.uint64, most: int, room: U64, starts: I64, out: U64,
) -> None:  # fmt: skip
    """Give the keys of documents: the digest's, those of the bands, those of the samples.

    Parameters
    ----------
    shingles, bounds, counts, digests
        As `syndicate.kernels.tokens.shingle_texts` fills them.
    sketches : ndarray of uint32, shape (n, k)
        With ``bands * rows <= k``.
    limit : uint64
        Shingles below it are sampled.
    most : int
        Distinct sampled shingles kept of a document, the smallest first; 0 for none.
    room : ndarray of uint64
        Scratch, for the longest document's shingles.
    starts : ndarray of int64, shape (n + 1,)
        Filled: where each document's keys start; one without a token has none.
    out : ndarray of uint64
        Filled; room for each document's bands, its digest and its samples.
    """
    used = 0
    starts[0] = 0
    for i in range(len(bounds) - 1):
        if counts[i] > 0:
            out[used] = _scramble(digests[i, 0] ^ DIGEST)
            for band in range(bands):
                out[used + 1 + band] = _scramble(band_key(sketches[i], band, rows) ^ BAND)
            used += 1 + bands
            sampled = 0
            if most > 0:
                for j in range(bounds[i], bounds[i + 1]):
                    room[sampled] = shingles[j]
                    sampled += np.int64(shingles[j] < limit)
            room[:sampled].sort()
            kept = 0
            for j in range(sampled):
                if kept < most and (j == 0 or room[j] != room[j - 1]):
                    out[used + kept] = _scramble(room[j] ^ SAMPLE)
                    kept += 1
            used += kept
        starts[i + 1] = used
