"""From UTF-8 bytes to shingle hashes, one document after the other.

The code points of a text are decoded in a loop without a branch (a trailing byte becomes
an entry of the fold table that does nothing), so that the compiler can vectorise it; a
second loop, also without a branch, folds, hashes and cuts tokens by table alone. Texts in
scripts without spaces, where a letter is a token, take a plainer loop of their own.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U8, U16, U64, inline, kernel

ROLL = np.uint64(0xD6E8FEB86659FD93)
_ROLL2 = np.uint64(0x9FB21C651E98DF25)
_MIX_TOKEN = np.uint64(0xA0761D6478BD642F)
_MIX_SHINGLE = np.uint64(0xE7037ED1A0B428DB)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_S29 = np.uint64(29)
_S32 = np.uint64(32)
_S63 = np.uint64(63)

_TWO, _START, _THREE, _FOUR = (np.uint8(lead) for lead in (0x80, 0xC0, 0xE0, 0xF0))
_LOW6 = np.uint8(0x3F)
_LOW11 = np.uint16(0x7FF)
_S6 = np.uint16(6)
_TRANSPARENT = np.uint16(0)
_FOUR_BYTES = np.uint16(0xFFFF)  # no character
_SOUTH = np.uint16(0xE00)  # Thai to Khmer, and 0x1000 on
_EAST = np.uint16(0x2E80)
_LIMIT = np.uint32(0x40000)
_BEYOND = np.uint32(0x3FFFE)


@inline
def mix(value: np.uint64, factor: np.uint64) -> np.uint64:
    """Make every bit of the result depend on every bit of the value."""
    value = value ^ (value >> _S32)
    value = value * factor
    return value ^ (value >> _S29)


@inline
def decode(text: U8, points: U16) -> bool:
    """Decode the UTF-8 sequences of up to three bytes, one entry a byte.

    Every operand has 16 bits, and the extremes are taken in a loop of their own: so a vector
    holds as many code points as it can.

    Parameters
    ----------
    text : ndarray of uint8, shape (n,)
        Valid UTF-8.
    points : ndarray of uint16, shape (>= n,)
        Filled with code points; 0, which the fold table ignores, for trailing bytes.

    Returns
    -------
    bool
        Whether a letter of a script without spaces, or a code point of four bytes, may
        occur: then only `lone_tokens` reads the text rightly.
    """
    n = len(text)
    for i in range(n - 2):
        first = np.uint16(text[i])
        two = np.uint16(first << _S6) | np.uint16(text[i + 1] & _LOW6)
        three = np.uint16(np.uint16(two) << _S6) | np.uint16(text[i + 2] & _LOW6)
        point = first if text[i] < _TWO else _TRANSPARENT
        point = np.uint16(two & _LOW11) if text[i] >= _START else point
        point = np.uint16(three) if text[i] >= _THREE else point
        points[i] = _FOUR_BYTES if text[i] >= _FOUR else point
    for i in range(max(n - 2, 0), n):  # no sequence of three bytes starts here
        first = np.uint16(text[i])
        points[i] = first if text[i] < _TWO else _TRANSPARENT
        if text[i] >= _START:
            points[i] = np.uint16(np.uint16(first << _S6) | (text[i + 1] & _LOW6)) & _LOW11
    most, south = np.uint16(0), _FOUR_BYTES
    for i in range(n):
        most = max(most, points[i])
        south = min(south, np.uint16(points[i] - _SOUTH))
    return (most >= _EAST) | (south < np.uint16(0x1000))


@inline
def spaced_tokens(
    points: U16, n: int, multiplier: U64, addend: U64, traits: U16, tokens: U64, flags: U16
) -> int:
    """Hash the tokens of a text whose words stand between separators; give their number.

    ``tokens`` and ``flags`` receive the hashes and the traits of the characters of each, and
    one item more that means nothing.
    """
    count = _ZERO
    hashed = _ZERO
    inside = _ZERO
    look = _ZERO
    for i in range(n):
        point = points[i]
        factor = multiplier[point]
        tokens[count] = hashed
        flags[count] = look
        still = (factor >> _S63) | (inside & factor)
        count += inside & (still ^ _ONE)
        hashed = hashed * factor + addend[point]
        look = (look & (_ZERO - still)) | traits[point]
        inside = still
    tokens[count] = hashed
    flags[count] = look
    return np.int64(count + inside)


@inline
def lone_tokens(
    text: U8, multiplier: U64, addend: U64, traits: U16, tokens: U64, flags: U16
) -> int:
    """Do the same for any text; a letter with multiplier 0 is a token of its own."""
    count = 0
    hashed = _ZERO
    look = np.uint16(0)
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
        point = point if point < _LIMIT else _BEYOND
        factor = multiplier[point]
        code = addend[point]
        if factor == _ZERO or (factor != _ONE and alone):
            if inside:
                tokens[count] = hashed
                flags[count] = look
                count += 1
            alone = factor == _ZERO and code != _ZERO
            inside = alone or factor != _ZERO
            hashed = code
            look = traits[point]
        else:
            hashed = hashed * factor + code
            inside = inside or factor != _ONE
            look |= traits[point]
    if inside:
        tokens[count] = hashed
        flags[count] = look
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
    mark = -1  # a kept mark before any letter, which counts in the hash
    n = len(text)
    i = 0
    while i < n:
        point = np.uint32(text[i])
        length = 1 + (point >= 0xC0) + (point >= 0xE0) + (point >= 0xF0)
        if length > 1:
            point &= np.uint32(0x7F >> length)
        for j in range(i + 1, min(i + length, n)):
            point = (point << np.uint32(6)) | (np.uint32(text[j]) & _LOW6)
        point = point if point < _LIMIT else _BEYOND
        factor = multiplier[point]
        lone = factor == _ZERO and addend[point] != _ZERO
        if factor == _ZERO or (factor != _ONE and alone):
            count += inside
            inside = False
            alone = lone
            mark = -1
        if lone or factor != _ZERO:
            if not inside and factor == _ONE and addend[point] != _ZERO and mark < 0:
                mark = i
            if not inside and (lone or factor != _ONE):
                inside = True
                starts[count] = mark if mark >= 0 else i
                flags[count] = 0
            if inside:
                ends[count] = i + length
                flags[count] |= traits[point]
        i += length
    return count + inside


@inline
def shingle(tokens: U64, count: int, size: int, shingles: U64) -> tuple[int, np.uint64, np.uint64]:
    """Hash each ``size`` consecutive tokens, and all of them.

    Fewer tokens than that make one shingle, none make none. A shingle is the difference of two
    hashes of the text up to its last token and up to the one before its first, as Karp and
    Rabin (1987) roll theirs, modulo 2**64. The token hashes give way to those.

    Returns
    -------
    tuple
        The number of shingles, and 128 bits over the whole sequence, as two words.
    """
    leaving = _ONE
    for _ in range(size):
        leaving *= ROLL
    low = _ZERO
    high = np.uint64(count)
    ahead = min(count, size - 1)
    for i in range(ahead):
        token = mix(tokens[i], _MIX_TOKEN)
        low = low * ROLL + token
        high = high * _ROLL2 + token
        tokens[i] = low
    before = _ZERO
    for i in range(count - ahead):
        token = mix(tokens[i + ahead], _MIX_TOKEN)
        low = low * ROLL + token
        high = high * _ROLL2 + token
        tokens[i + ahead] = low
        shingles[i] = mix(low - before * leaving, _MIX_SHINGLE)
        before = tokens[i]
    if 0 < count < size:
        shingles[0] = mix(low, _MIX_SHINGLE)
    made = count - ahead if count >= size else min(count, 1)
    return made, mix(low, _MIX_SHINGLE), mix(high, _MIX_TOKEN)


@kernel
def shingle_texts(
    data: U8,
    offsets: I64,
    multiplier: U64,
    addend: U64,
    traits: U16,
    size: int,
    points: U16,
    tokens: U64,
    looks: U16,
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
    points, tokens, looks : ndarray of uint16, uint64 and uint16
        Room to work in: two items more than the longest text has bytes.
    shingles : ndarray of uint64
        Filled with the shingle hashes of all texts, in text order; holds as many as there
        are, which are fewer than ``(bytes + 3 * n) // 2 + 1``.
    bounds : ndarray of int64, shape (n + 1,)
        Filled: where each text's shingles start and the last end.
    flags : ndarray of uint16
        Filled with the traits of all tokens; holds as many as there are, at most likewise.
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
            count = lone_tokens(text, multiplier, addend, traits, tokens, looks)
        else:
            count = spaced_tokens(points, len(text), multiplier, addend, traits, tokens, looks)
        for j in range(count):
            flags[seen + j] = looks[j]
        seen += count
        counts[i] = count
        made, low, high = shingle(tokens, count, size, shingles[used:])
        used += made
        bounds[i + 1] = used
        digests[i, 0] = low
        digests[i, 1] = high
    return used
