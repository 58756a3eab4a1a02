"""Where a photo credit may stand inside a long line."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, Bool, Patient, helper, kernel

WORD_BYTES = 32
"""Bytes of the longest word looked at."""
_SEED, _PRIME = 0x811C9DC5, 0x01000193
_LOW32, _LOW16 = 0xFFFFFFFF, 0xFFFF
_CAPITAL_A, _CAPITAL_Z, _ZERO, _NINE = (ord(sign) for sign in "AZ09")
_OPEN, _CLOSE, _COLON, _SPACE = (ord(sign) for sign in "(): ")


@kernel
def credit_signs(data: U8, signs: I64, starts: I64, stops: I64, known: Bool, out: I64) -> int:
    """Find brackets and colons beside a word that begins credits.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 of all texts.
    signs : ndarray of int64, shape (signs,)
        All brackets that open and all colons, ascending.
    starts, stops : ndarray of int64, shape (n,)
        Where the lines lie that are looked at, ascending.
    known : ndarray of bool, shape (65536,)
        Whether a word begins or ends the name of a credit, by `word_hash`.
    out : ndarray of int64, shape (signs, 2)
        Filled: line, and byte of each sign found in it.

    Returns
    -------
    int
        How many.
    """
    count = line = 0
    for i in signs:
        while line < len(stops) and stops[line] <= i:
            line += 1
        if line == len(stops):
            break
        if starts[line] > i or (data[i] == _COLON and not _name_follows(data, i, stops[line])):
            continue
        opens = data[i] == _OPEN
        first = _forward(data, i + 1, stops[line]) if opens else _back(data, i, starts[line])
        if known[word_hash(data, first, stops[line] if opens else i)]:
            out[count, 0] = line
            out[count, 1] = i
            count += 1
    return count


@helper
def _forward(data: U8, at: int, high: int) -> int:
    """Pass over spaces."""
    while at < high and data[at] == _SPACE:
        at += 1
    return at


@helper
def _name_follows(data: U8, at: int, high: int) -> bool:
    """Tell whether a capital, a digit or a letter beyond ASCII comes after a sign."""
    at = _forward(data, at + 1, high)
    if at >= high:
        return False
    byte = np.int64(data[at])
    return byte >= 128 or _CAPITAL_A <= byte <= _CAPITAL_Z or _ZERO <= byte <= _NINE


@helper
def _back(data: U8, at: int, low: int) -> int:
    """Give where the word begins that ends before a colon and spaces."""
    while at > low and data[at - 1] == _SPACE:
        at -= 1
    stop = max(low, at - WORD_BYTES)
    while at > stop and data[at - 1] > _SPACE and data[at - 1] != _OPEN:
        at -= 1
    return at


@helper
def word_hash(data: U8, at: int, high: int) -> int:
    """Hash the word that begins at a byte, FNV-1a folded to 16 bits."""
    value = _SEED
    stop = min(high, at + WORD_BYTES)
    while at < stop:
        byte = np.int64(data[at])
        if byte <= _SPACE or byte == _OPEN or byte == _CLOSE or byte == _COLON:
            break
        value = ((value ^ byte) * _PRIME) & _LOW32
        at += 1
    return (value >> 16) ^ (value & _LOW16)


CREDIT_SIGNS = Patient(credit_signs, 5_000)
"""The kernel, for signs."""
