"""Spaces, as Python's `str.isspace` knows them, dashes, and how often signs stand, in UTF-8."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import U8, helper

_TAB, _RETURN, _SPACE, _HYPHEN = (ord(sign) for sign in "\t\r -")
_FILE_SEPARATOR = 0x1C


@helper
def count_either(text: U8, one: np.uint8, other: np.uint8) -> int:
    """Count two signs: many bytes at once."""
    count = 0
    for i in range(len(text)):
        count += np.int64((text[i] == one) | (text[i] == other))
    return count


@helper
def blank_at(data: U8, at: int | np.int64, stop: int | np.int64) -> int:
    """Give the bytes of the space that begins at a byte, 0 for none."""
    first = np.int64(data[at]) if at < stop else np.int64(0)
    if first <= _SPACE:
        return 1 if first >= _FILE_SEPARATOR or _TAB <= first <= _RETURN else 0
    if first < 0xC2 or first > 0xE3 or at + 1 >= stop:
        return 0
    second = np.int64(data[at + 1])
    if first == 0xC2:
        return 2 if second == 0xA0 or second == 0x85 else 0
    last = np.int64(data[at + 2]) if at + 2 < stop else np.int64(0)
    found = first == 0xE3 and second == 0x80 and last == 0x80
    found = found or (first == 0xE1 and second == 0x9A and last == 0x80)
    found = found or (first == 0xE2 and second == 0x81 and last == 0x9F)
    if first == 0xE2 and second == 0x80:
        found = 0x80 <= last <= 0x8A or last == 0xA8 or last == 0xA9 or last == 0xAF
    return 3 if found else 0


@helper
def blank_before(data: U8, at: int | np.int64, low: int | np.int64) -> int:
    """Give the bytes of the space that ends before a byte, 0 for none."""
    for size in range(1, 4):
        if at - size >= low and blank_at(data, at - size, at) == size:
            return size
    return 0


@helper
def sign_at(
    data: U8,
    at: int | np.int64,
    stop: int | np.int64,
    first: int,
    second: int,
    least: int,
    most: int,
) -> int:
    """Give 3 if a sign of three bytes stands at a byte, the last between two; else 0."""
    here = at + 2 < stop and data[at] == first and data[at + 1] == second
    return 3 if here and least <= data[at + 2] <= most else 0


@helper
def dash_at(data: U8, at: int | np.int64, stop: int | np.int64) -> int:
    """Give the bytes of the hyphen or dash at a byte, 0 for none."""
    if at < stop and data[at] == _HYPHEN:
        return 1
    return sign_at(data, at, stop, 0xE2, 0x80, 0x90, 0x95)
