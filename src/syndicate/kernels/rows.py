"""Rows of unequal length."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, Patient, kernel


@kernel
def put(items: U8, starts: I64, ends: I64, out: U8, to: I64) -> None:
    """Copy spans of bytes.

    Parameters
    ----------
    items : ndarray of uint8
    starts, ends : ndarray of int64, shape (n,)
        Where each span starts, and the byte after it.
    out : ndarray of uint8
        Filled where the spans go.
    to : ndarray of int64, shape (n,) or more
        Where each goes.
    """
    for n in range(len(starts)):
        start, at = np.uint64(starts[n]), np.uint64(to[n])
        size = np.uint64(ends[n]) - start
        for i in range(size):  # all unsigned: whole blocks are copied only where none can wrap
            out[at + i] = items[start + i]


PUT = Patient(put, 300_000)
"""The kernel, without waiting for the compiler where there are few bytes."""
