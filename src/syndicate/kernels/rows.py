"""Rows of unequal length, end to end."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from syndicate.kernels._jit import I64, kernel


@kernel
def take(items: NDArray[Any], bounds: I64, places: I64, out: NDArray[Any]) -> None:
    """Copy some rows.

    Parameters
    ----------
    items : ndarray
        All rows.
    bounds : ndarray of int64, shape (n + 1,)
        Where each row starts and the last ends.
    places : ndarray of int64
        Which rows.
    out : ndarray
        As long as they are together; filled.
    """
    at = 0
    for place in places:
        for i in range(bounds[place], bounds[place + 1]):
            out[at] = items[i]
            at += 1
