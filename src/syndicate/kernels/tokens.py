"""From UTF-8 bytes to shingle hashes, one document after the other.

The code points of a text are decoded in a loop without a branch (a trailing byte becomes
an entry of the fold table that does nothing), so that the compiler can vectorise it; a
second loop, also without a branch, folds, hashes and cuts tokens by table alone. Texts in
scripts without spaces, where a letter is a token, take a plainer loop of their own.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U8, U16, U32, U64, inline, kernel

ROLL = np.uint64(0xD6E8FEB86659FD93)
_ROLL2 = np.uint64(0x9FB21C651E98DF25)
_MIX_TOKEN = np.uint64(0xA0761D6478BD642F)
_MIX_SHINGLE = np.uint64(0xE7037ED1A0B428DB)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_S29 = np.uint64(29)
_S32 = np.uint64(32)
_S63 = np.uint64(63)

_FOUR_BYTES = np.uint32(0x3FFFE)
_LIMIT = np.uint32(0x40000)
_LOW6 = np.uint32(0x3F)


@inline
def mix(value: np.uint64, factor: np.uint64) -> np.uint64:
    """Make every bit of the result depend on every bit of the value."""
    value = value ^ (value >> _S32)
    value = value * factor
    return value ^ (value >> _S29)


@inline
def _point(b0: np.uint32, b1: np.uint32, b2: np.uint32) -> np.uint32:
    """Give the code point of up to three bytes that starts with b0, or 0 inside one."""
    two = ((b0 & np.uint32(0x1F)) << np.uint32(6)) | (b1 & _LOW6)
    three = ((b0 & np.uint32(0x0F)) << np.uint32(12)) | ((b1 & _LOW6) << np.uint32(6))
    three |= b2 & _LOW6
    point = b0 if b0 < np.uint32(0x80) else np.uint32(0)
    point = two if b0 >= np.uint32(0xC0) else point
    point = three if b0 >= np.uint32(0xE0) else point
    return _FOUR_BYTES if b0 >= np.uint32(0xF0) else point


@inline
def decode(text: U8, points: U32) -> bool:
    """Decode the UTF-8 sequences of up to three bytes, one entry a byte.

    Parameters
    ----------
    text : ndarray of uint8, shape (n,)
        Valid UTF-8.
    points : ndarray of uint32, shape (>= n,)
        Filled with code points; 0, which the fold table ignores, for trailing bytes.

    Returns
    -------
    bool
        Whether a letter of a script without spaces, or a code point of four bytes, may
        occur: then only `lone_tokens` reads the text rightly.
    """
    n = len(text)
    most = np.uint32(0)
    south = np.uint32(0xFFFFFFFF)
    for i in range(n - 2):
        point = _point(np.uint32(text[i]), np.uint32(text[i + 1]), np.uint32(text[i + 2]))
        points[i] = point
        most = max(most, point)
        south = min(south, point - np.uint32(0xE00))
    for i in range(max(n - 2, 0), n):  # no sequence of three bytes starts here
        first = np.uint32(text[i])
        points[i] = first if first < np.uint32(0x80) else np.uint32(0)
        if first >= np.uint32(0xC0):
            points[i] = ((first & np.uint32(0x1F)) << np.uint32(6)) | (text[i + 1] & _LOW6)
    return (most >= np.uint32(0x2E80)) | (south < np.uint32(0x1000))


@inline
def spaced_tokens(
    points: U32, n: int, multiplier: U64, addend: U64, traits: U16, tokens: U64, flags: U16
) -> int:
    """Hash the tokens of a text whose words stand between separators; give their number.

    ``flags``, zeros before, receives the traits of each token's characters.
    """
    count = 0
    hashed = _ZERO
    inside = _ZERO
    for i in range(n):
        point = points[i]
        factor = multiplier[point]
        tokens[count] = hashed
        flags[count] |= traits[point]
        still = (factor >> _S63) | (inside & factor)
        count += np.int64(inside & (still ^ _ONE))
        hashed = hashed * factor + addend[point]
        inside = still
    tokens[count] = hashed
    return count + np.int64(inside)


@inline
def lone_tokens(
    text: U8, multiplier: U64, addend: U64, traits: U16, tokens: U64, flags: U16
) -> int:
    """Hash the tokens of any text; a letter with multiplier 0 is a token of its own."""
    count = 0
    hashed = _ZERO
    inside = False
    alone = False
    n = len(text)
    i = 0
    while i < n:
        point = np.uint32(text[i])
        length = 1 + (point >= 0xC0) + (point >= 0xE0) + (point >= 0xF0)
        if length > 1:
            point &= np.uint32(0x7F >> length)
        for j in range(i + 1, min(i + length, n)):
            point = (point << np.uint32(6)) | (np.uint32(text[j]) & _LOW6)
        i += length
        point = point if point < _LIMIT else _FOUR_BYTES
        factor = multiplier[point]
        code = addend[point]
        if factor == _ZERO or (factor != _ONE and alone):
            if inside:
                tokens[count] = hashed
                count += 1
            alone = factor == _ZERO and code != _ZERO
            inside = alone or factor != _ZERO
            hashed = code
        else:
            hashed = hashed * factor + code
            inside = inside or factor != _ONE
        flags[count] |= traits[point]
    if inside:
        tokens[count] = hashed
        count += 1
    return count


@kernel
def token_spans(
    text: U8, multiplier: U64, addend: U64, traits: U16, starts: I32, ends: I32, flags: U16
) -> int:
    """Find where each token lies, cutting exactly as the other loops do.

    Parameters
    ----------
    text : ndarray of uint8, shape (n,)
        Valid UTF-8.
    multiplier, addend, traits
        The fold table.
    starts, ends : ndarray of int32, shape (>= n,)
        Filled with offsets in bytes.
    flags : ndarray of uint16, shape (>= n,)
        Filled: the traits of each token's characters.

    Returns
    -------
    int
        The number of tokens.
    """
    count = 0
    inside = False
    alone = False
    n = len(text)
    i = 0
    while i < n:
        point = np.uint32(text[i])
        length = 1 + (point >= 0xC0) + (point >= 0xE0) + (point >= 0xF0)
        if length > 1:
            point &= np.uint32(0x7F >> length)
        for j in range(i + 1, min(i + length, n)):
            point = (point << np.uint32(6)) | (np.uint32(text[j]) & _LOW6)
        point = point if point < _LIMIT else _FOUR_BYTES
        factor = multiplier[point]
        lone = factor == _ZERO and addend[point] != _ZERO
        if factor == _ZERO or (factor != _ONE and alone):
            count += inside
            inside = False
            alone = lone
        if lone or factor != _ZERO:
            if not inside and (lone or factor != _ONE):
                inside = True
                starts[count] = i
                flags[count] = 0
            if inside:
                ends[count] = i + length
                flags[count] |= traits[point]
        i += length
    return count + inside


@inline
def shingle(tokens: U64, count: int, size: int, shingles: U64) -> int:
    """Roll a hash over each ``size`` consecutive tokens; give the number of shingles.

    Fewer tokens than that make one shingle, none make none. The token hashes are mixed in
    place first. The rolling hash is that of Karp and Rabin (1987), modulo 2**64.
    """
    for i in range(count):
        tokens[i] = mix(tokens[i], _MIX_TOKEN)
    rolled = _ZERO
    if count < size:
        for i in range(count):
            rolled = rolled * ROLL + tokens[i]
        shingles[0] = mix(rolled, _MIX_SHINGLE)
        return min(count, 1)
    leaving = _ONE
    for _ in range(size):
        leaving *= ROLL
    for i in range(size - 1):
        rolled = rolled * ROLL + tokens[i]
    gone = _ZERO
    for i in range(count - size + 1):
        rolled = rolled * ROLL + tokens[i + size - 1] - gone * leaving
        gone = tokens[i]
        shingles[i] = mix(rolled, _MIX_SHINGLE)
    return count - size + 1


@inline
def digest(tokens: U64, count: int) -> tuple[np.uint64, np.uint64]:
    """Hash the whole sequence of mixed tokens to 128 bits, as two words."""
    low = _ZERO
    high = np.uint64(count)
    for i in range(count):
        low = low * ROLL + tokens[i]
        high = high * _ROLL2 + tokens[i]
    return mix(low, _MIX_SHINGLE), mix(high, _MIX_TOKEN)


@kernel
def shingle_texts(
    data: U8,
    offsets: I64,
    multiplier: U64,
    addend: U64,
    traits: U16,
    size: int,
    points: U32,
    tokens: U64,
    shingles: U64,
    bounds: I64,
    flags: U16,
    counts: I32,
    digests: U64,
) -> int:
    """Shingle a column of texts.

    Parameters
    ----------
    data : ndarray of uint8
        The UTF-8 bytes of all texts.
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts and the last ends.
    multiplier, addend, traits
        The fold table.
    size : int
        Tokens to a shingle.
    points, tokens : ndarray of uint32 and uint64
        Room to work in: two items more than the longest text has bytes.
    shingles : ndarray of uint64
        Filled with the shingle hashes of all texts, in text order; must hold
        ``(bytes + 3 * n) // 2 + 1`` of them.
    bounds : ndarray of int64, shape (n + 1,)
        Filled: where each text's shingles start and the last end.
    flags : ndarray of uint16
        Zeros; filled with the traits of all tokens; as long as ``shingles``.
    counts : ndarray of int32, shape (n,)
        Filled: tokens of each text.
    digests : ndarray of uint64, shape (n, 2)
        Filled: 128 bits over the folded tokens, equal for texts that fold alike.
    """
    used = 0
    seen = 0
    bounds[0] = 0
    for i in range(len(offsets) - 1):
        text = data[offsets[i] : offsets[i + 1]]
        if decode(text, points):
            count = lone_tokens(text, multiplier, addend, traits, tokens, flags[seen:])
        else:
            count = spaced_tokens(
                points, len(text), multiplier, addend, traits, tokens, flags[seen:]
            )
        seen += count
        counts[i] = count
        used += shingle(tokens, count, size, shingles[used:])
        bounds[i + 1] = used
        digests[i, 0], digests[i, 1] = digest(tokens, count)
    return used
