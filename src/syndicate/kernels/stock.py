"""How far a stock phrase reaches."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U64, helper, kernel


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
