"""Hashes that occur more than once, found before they are sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW = 1 << 12
"""So many hashes are sorted sooner than the repeated ones among them are found."""


_NEAR = 20
"""Up to two to this power counters lie in a near cache, where more of them cost little and keep
hashes apart."""


def repeated(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Give the places of hashes that may occur more than once; most do not, and need no sorting.

    Returns
    -------
    ndarray of int64
        Ascending.
    """
    if len(hashes) <= _FEW:
        return np.arange(len(hashes))
    from syndicate.kernels import samples as kernels  # noqa: PLC0415 - compiles

    several = np.empty(len(hashes), bool)
    bits = len(hashes).bit_length()
    counters = np.zeros(1 << max(bits + 1, min(bits + 3, _NEAR)), np.uint8)
    kernels.repeated(hashes, counters, several)
    return np.flatnonzero(several)
