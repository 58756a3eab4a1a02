"""Rows of unequal length, end to end."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, kernel


@kernel
def take(items: U8, starts: I64, ends: I64, out: U8) -> None:
    """Copy spans of bytes end to end.

    Parameters
    ----------
    items : ndarray of uint8
    starts, ends : ndarray of int64, shape (n,)
        Where each span starts, and the byte after it.
    out : ndarray of uint8
        As long as the spans are together; filled.
    """
    at = np.uint64(0)
    for n in range(len(starts)):
        start = np.uint64(starts[n])
        size = np.uint64(ends[n]) - start
        for i in range(size):  # all unsigned: whole blocks are copied only where none can wrap
            out[at + i] = items[start + i]
        at += size
