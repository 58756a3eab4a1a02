"""MinHash signatures (Broder 1997), bit for bit those of datasketch."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED = 1


@functools.cache
def permutations(num_perm: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Give scale and shift of the affine permutations modulo 2**32.

    They are those of ``datasketch.MinHash(num_perm, seed=1, scheme="affine32")``, datasketch
    2.0 and later, which draws them from the legacy generator as here.

    Returns
    -------
    tuple of two ndarray of uint32, shape (num_perm,)
        Every scale is odd, so that ``v -> scale * v + shift`` is a permutation.
    """
    generator = np.random.RandomState(_SEED)
    scale = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    shift = generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return scale, shift


def signatures(
    shingles: NDArray[np.uint64], bounds: NDArray[np.int64], num_perm: int
) -> NDArray[np.uint32]:
    """Sketch sets of shingle hashes.

    Parameters
    ----------
    shingles : ndarray of uint64
        All sets, one after the other; repeats do not matter. The upper 32 bits are sketched.
    bounds : ndarray of int64, shape (n + 1,)
        Where each set starts and the last ends.
    num_perm
        Slots of a signature.

    Returns
    -------
    ndarray of uint32, shape (n, num_perm)
        All ``2**32 - 1`` for an empty set.
    """
    from syndicate.kernels import signatures as kernels  # noqa: PLC0415 - compiles

    scale, shift = permutations(num_perm)
    out = np.empty((len(bounds) - 1, num_perm), np.uint32)
    values = np.empty(int(np.diff(bounds).max(initial=0)) + kernels.BLOCK, np.uint32)
    kernels.signatures(shingles, bounds, scale, shift, values, out)
    return out
