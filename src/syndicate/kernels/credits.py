"""Where a photo credit may stand inside a long line."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, Bool, Patient, helper, kernel
from syndicate.kernels.blanks import blank_at, blank_before, count_either

WORD_BYTES = 32
"""Bytes of the longest word looked at."""
_SEED, _PRIME = 0x811C9DC5, 0x01000193
_LOW32, _LOW16 = 0xFFFFFFFF, 0xFFFF
_CAPITAL_A, _CAPITAL_Z, _ZERO, _NINE = (ord(sign) for sign in "AZ09")
_OPEN, _CLOSE, _COLON, _SPACE = (np.uint8(ord(sign)) for sign in "(): ")
_QUOTE, _DASH, _DOT, _BANG, _ASKS = (ord(sign) for sign in '"-.!?')
REACH = 240
"""Bytes before and after a sign in which its credit must lie."""
HEAD_WORDS = 4
"""Words of the longest name of a credit."""
_NEAR = 8
_BLOCK = 64
_FEW = 64


@kernel
def credit_signs(data: U8, starts: I64, stops: I64, known: Bool) -> I64:
    """Find brackets and colons where a credit may stand.

    A word that begins credits must stand beside them; after a bracket its other half, before
    the name that ends in a colon a dash or the end of a sentence, and after it a capital.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 of all texts.
    starts, stops : ndarray of int64, shape (n,)
        Where the lines lie that are looked at.
    known : ndarray of bool, shape (65536,)
        Whether a word begins or ends the name of a credit, by `word_hash`.

    Returns
    -------
    ndarray of int64, shape (k, 2)
        Line, and byte of each sign found in it.
    """
    out = np.empty((_FEW, 2), np.int64)
    count = 0
    for line in range(len(starts)):
        low, high = starts[line], stops[line]
        for first in range(low, high, _BLOCK):
            past = min(first + _BLOCK, high)
            if not count_either(data[first:past], _OPEN, _COLON):  # as in most blocks
                continue
            for i in range(first, past):
                if data[i] != _OPEN and data[i] != _COLON:
                    continue
                if not _may_credit(data, i, low, high, known):
                    continue
                if count == len(out):
                    more = np.empty((2 * count, 2), np.int64)
                    for k in range(count):
                        more[k, 0] = out[k, 0]
                        more[k, 1] = out[k, 1]
                    out = more
                out[count, 0] = line
                out[count, 1] = i
                count += 1
    return out[:count]


@helper
def _may_credit(data: U8, i: int, low: int, high: int, known: Bool) -> bool:
    """Tell whether a credit may stand at a bracket or colon of a line."""
    if data[i] == _COLON:
        if not _name_follows(data, i, high):
            return False
        first, past = _back(data, i, low), i
    else:
        first, past = _past_blanks(data, i + 1, high), high
    if not known[word_hash(data, first, past)]:
        return False
    return _is_parted(data, i, low) if data[i] == _COLON else _is_closed(data, i, high)


@helper
def _is_closed(data: U8, at: int, high: int) -> bool:
    """Tell whether a bracket is closed before another opens."""
    for i in range(at + 1, min(at + REACH, high)):
        if data[i] == _OPEN or data[i] == _CLOSE:
            return data[i] == _CLOSE
    return False


@helper
def _is_parted(data: U8, at: int, low: int) -> bool:
    """Tell whether a dash or the end of a sentence may stand a few words before a colon."""
    low = max(low, at - REACH)
    at = _before_blanks(data, at, low)
    for _ in range(HEAD_WORDS):
        at -= 1
        while at >= low and data[at] != _SPACE:
            at -= 1
        if at <= low:
            return False
        if _may_part(data, at, low):
            return True
    return False


@helper
def _may_part(data: U8, at: int, low: int) -> bool:
    """Tell whether a sign that parts stands before a space; beyond ASCII, whether it might."""
    last = max(low, at - _NEAR)
    while at > last and data[at] <= _SPACE:
        at -= 1
    byte = np.int64(data[at])
    if byte < 0x80:
        stops = byte == _DOT or byte == _BANG or byte == _ASKS or byte == _QUOTE
        return stops or byte == _DASH or byte == np.int64(_CLOSE)
    if at >= 1 and data[at - 1] == 0xC2:
        return True
    if at < 2:
        return False
    sign = data[at - 2] == 0xE2 or data[at - 2] == 0xE3
    return sign or (data[at - 2] == 0xE1 and data[at - 1] == 0x9A)


@helper
def _past_blanks(data: U8, at: int, high: int) -> int:
    """Pass over spaces of any kind."""
    size = blank_at(data, at, high)
    while size:
        at += size
        size = blank_at(data, at, high)
    return at


@helper
def _before_blanks(data: U8, at: int, low: int) -> int:
    """Go back over spaces of any kind."""
    size = blank_before(data, at, low)
    while size:
        at -= size
        size = blank_before(data, at, low)
    return at


@helper
def _name_follows(data: U8, at: int, high: int) -> bool:
    """Tell whether a capital, a digit or a letter beyond ASCII comes after a sign."""
    at = _past_blanks(data, at + 1, high)
    if at >= high:
        return False
    byte = np.int64(data[at])
    return byte >= 128 or _CAPITAL_A <= byte <= _CAPITAL_Z or _ZERO <= byte <= _NINE


@helper
def _back(data: U8, at: int, low: int) -> int:
    """Give where the word begins that ends before a colon and spaces."""
    at = _before_blanks(data, at, low)
    stop = max(low, at - REACH)
    while at > stop and data[at - 1] != _OPEN and not blank_before(data, at, low):
        at -= 1
    return at


@helper
def word_hash(data: U8, at: int, high: int) -> int:
    """Hash the word that begins at a byte, FNV-1a folded to 16 bits."""
    value = _SEED
    stop = min(high, at + WORD_BYTES)
    while at < stop:
        byte = np.int64(data[at])
        if byte == _OPEN or byte == _CLOSE or byte == _COLON or blank_at(data, at, high):
            break
        value = ((value ^ byte) * _PRIME) & _LOW32
        at += 1
    return (value >> 16) ^ (value & _LOW16)


CREDIT_SIGNS = Patient(credit_signs, 200_000)
"""The kernel, for bytes."""
