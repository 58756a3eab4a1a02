"""Stock phrases: finding how far one reaches, and leaving all of them out of sets."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U64, Bool, helper, kernel

TOP = 48
"""Stock is found by the bits of a shingle above these."""


@kernel
def without(
    shingles: U64, bounds: I64, stock: U64, firsts: I64, kept: U64, kept_bounds: I64
) -> int:
    """Copy sets of shingles, leaving some shingles out.

    Parameters
    ----------
    shingles, bounds
        Sets end to end.
    stock : ndarray of uint64
        What is left out, ascending.
    firsts : ndarray of int64, shape (2**16 + 1,)
        Where in ``stock`` the shingles of each highest 16 bits begin.
    kept : ndarray of uint64
        As long as ``shingles``; filled.
    kept_bounds : ndarray of int64
        As long as ``bounds``; filled.

    Returns
    -------
    int
        How many shingles were kept.
    """
    count = 0
    for i in range(len(bounds) - 1):
        kept_bounds[i] = count
        for j in range(bounds[i], bounds[i + 1]):
            value = shingles[j]
            top = value >> np.uint64(TOP)
            held = False
            for place in range(firsts[top], firsts[top + np.uint64(1)]):
                held |= stock[place] == value
            kept[count] = value
            count += not held
    kept_bounds[-1] = count
    return count


@kernel
def marks(shingles: U64, stock: U64, firsts: I64, held: Bool) -> None:
    """Mark the shingles that are stock.

    Parameters
    ----------
    shingles, stock, firsts
        As for `without`.
    held : ndarray of bool
        As long as ``shingles``; filled.
    """
    for i in range(len(shingles)):
        value = shingles[i]
        top = value >> np.uint64(TOP)
        held[i] = False
        for place in range(firsts[top], firsts[top + np.uint64(1)]):
            held[i] |= stock[place] == value


@helper
def _agreeing(shingles: U64, windows: I64, value: np.uint64) -> int:
    """Count the windows that hold a value."""
    count = 0
    for window in windows:
        for j in range(window[0], window[1]):
            if shingles[j] == value:
                count += 1
                break
    return count


@kernel
def extents(
    shingles: U64, bounds: I64, keys: U64, readers: I64, key_bits: I64, reach: int, spans: I64
) -> None:
    """Find how far around each key most of the texts that hold it agree.

    Parameters
    ----------
    shingles, bounds
        The shingles of texts in text order, end to end.
    keys : ndarray of uint64, shape (k,)
    readers : ndarray of int64, shape (k, readers)
        The texts that hold each key.
    key_bits : ndarray of int64, shape (2,)
        A shingle's key is the shingle shifted left and then right by so many bits.
    reach
        Shingles looked at on either side.
    spans : ndarray of int64, shape (k, texts, 2)
        Filled with where the phrase starts and ends in ``shingles``, in the first few of the
        readers; a text in whose middle most do not agree has an empty one.
    """
    left, right = np.uint64(key_bits[0]), np.uint64(key_bits[1])
    windows = np.empty((readers.shape[1], 2), np.int64)
    places = np.empty(readers.shape[1], np.int64)
    for k in range(len(keys)):
        for slot in range(len(windows)):
            start, end = bounds[readers[k, slot]], bounds[readers[k, slot] + 1]
            at = start
            while at < end - 1 and (shingles[at] << left) >> right != keys[k]:
                at += 1
            places[slot] = at
            windows[slot] = max(start, at - reach), min(end, at + reach + 1)
        for slot in range(spans.shape[1]):
            start = end = places[slot]
            while end < windows[slot, 1] and 2 * _agreeing(
                shingles, windows, shingles[end]
            ) >= len(windows):
                end += 1
            while (
                start > windows[slot, 0]
                and end > places[slot]
                and 2 * _agreeing(shingles, windows, shingles[start - 1]) >= len(windows)
            ):
                start -= 1
            spans[k, slot] = start, end
