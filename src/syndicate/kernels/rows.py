"""Rows of unequal length."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U64, Patient, kernel
from syndicate.kernels.addresses import at_address, carray
from syndicate.kernels.copying import copy_to


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


@kernel
def collect(addresses: U64, lengths: I64, out: U8) -> None:
    """Copy spans that lie anywhere in memory end to end.

    Parameters
    ----------
    addresses : ndarray of uint64, shape (n,)
        Where each lies.
    lengths : ndarray of int64, shape (n,)
        Its bytes.
    out : ndarray of uint8
        Filled.
    """
    at = 0
    for n in range(len(addresses)):
        size = lengths[n]
        copy_to(out, at, carray(at_address(addresses[n]), size, np.uint8))
        at += size


PUT = Patient(put, 300_000)
"""The kernel, without waiting for the compiler where there are few bytes."""
