"""Reading lines of UTF-8 in one pass: tokens, hashes, words, how each line ends.

Hashes ignore case and, through the character table, the marks of letters; what the marks
were is summed beside the hash, so that ``Đóng`` is told from ``Đông`` where both are
written with their marks, and NFC from NFD nowhere.

Bytes are decoded window by window without a branch. Inside a token the loop has one branch,
which is taken at its end: on real text a misguessed branch costs more than all the rest.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U16, U32, U64, inline, kernel
from syndicate.kernels.tokens import decode

# Classes of characters, as ``tools/make_character_table.py`` writes them. Shifted down by
# CLASS_BITS they describe a token, or the gap before it.
CLASS_BITS = 21
WORD, UPPER, DIGIT, LONE, IGNORED, END, CLOSE, SPACE, OPEN, DASH, COLON = (
    np.uint32(1 << bit) for bit in range(CLASS_BITS, 32)
)
_CODE = np.uint32((1 << CLASS_BITS) - 1)
_LETTER = WORD | LONE  # a letter inside a token has the first and not the second
_ASTRAL = np.uint32(0xFFFF)
_DOWN = np.uint32(CLASS_BITS)

HEAD = 64
"""Tokens kept from the start of a line; as many are kept from its end."""

# Rows of the line arrays.
KEY, FORM, STEM, STEM2, TONES = range(5)
START, STOP, BEGIN, DOC, BASE, TOKENS, WORDS, FLAGS, TAIL = range(9)
HASH_ROWS, VALUE_ROWS = 5, 9

# What a line looks like.
SENTENCE, ELLIPSIS, LINK, QUOTED, NUMBERED, NAMELIKE, LOUD = (1 << bit for bit in range(7))

SEED = 0x9E3779B97F4A7C15
GROW = 0xD6E8FEB86659FD93
_STEP = 0x100000001B3
_SEED, _GROW, _PRIME = np.uint64(SEED), np.uint64(GROW), np.uint64(_STEP)
_ZERO_CODE = np.uint64(48)
_NUMBER = np.uint64(((SEED ^ 48) * _STEP) % (1 << 64))  # a token of digits alone
_NO = np.uint32(0)
_ONE = np.uint64(1)
_S29 = np.uint64(29)
_NEWLINE, _RETURN, _DOT, _DOTS = np.uint32(10), np.uint32(13), np.uint32(46), np.uint32(0x2026)
_COLON, _SLASH = np.uint32(58), np.uint32(47)
_WINDOW = 1 << 15


@inline
def _chain(key: np.uint64, token: np.uint64) -> np.uint64:
    """Add a token to the hash of a sequence of tokens."""
    key = (key ^ token) * _GROW
    return key ^ (key >> _S29)


@kernel
def read_lines(
    data: U8,
    offsets: I64,
    classes: U32,
    marks: U32,
    hashes: U64,
    tones: U32,
    spans: I64,
    looks: U16,
    line_hashes: U64,
    line_values: I64,
) -> int:
    """Read the lines of a column of texts that hold more than space.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8; broken sequences cost nothing but their own characters.
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts and the last ends.
    classes, marks : ndarray of uint32, shape (0x10000,)
        The character table.
    hashes : ndarray of uint64, shape (m,)
        Filled with token hashes, in which each run of digits counts as one 0. Of a line of
        more than ``2 * HEAD`` tokens the first HEAD are kept, and the last HEAD in a ring:
        token ``j >= HEAD`` lies at ``HEAD + (j - HEAD) % HEAD``.
    tones : ndarray of uint32, shape (m,)
        Filled with the sums of the tokens' marks.
    spans : ndarray of int64, shape (m, 2)
        Filled with the bytes of each token.
    looks : ndarray of uint16, shape (m, 2)
        Filled with the classes of each token and of the gap before it.
    line_hashes : ndarray of uint64, shape (HASH_ROWS, lines)
        Filled: the line, the line without its numbers, its stems without the last token
        and the last two, the sum of all marks.
    line_values : ndarray of int64, shape (VALUE_ROWS, lines)
        Filled: first and last byte that is not space, byte where the line begins, text,
        place of its first token, tokens, words, what it looks like, classes of what follows
        the last token.

    Returns
    -------
    int
        The number of lines.
    """
    points = np.empty(_WINDOW + 1, np.uint32)
    count = 0
    base = 0
    tokens = wide = capitals = numbers = links = dots = 0
    first = stop = start = 0
    key = key1 = key2 = form = hashed = folded = _SEED
    all_tones = np.uint64(0)
    tone = look = gap = before = stern = last = core = _NO
    inside = alone = after_number = in_link = in_number = False
    for doc in range(len(offsets) - 1):
        low = offsets[doc]
        high = offsets[doc + 1]
        begin = low
        shut = low  # end of the window of decoded bytes
        i = low
        fresh = True
        while i <= high:
            if i == shut and i < high:
                low = i
                shut = min(high, low + _WINDOW)
                while shut < high and shut > low + 8 and (data[shut] & 0xC0) == 0x80:
                    shut -= 1
                decode(data[low:shut], points)
                points[shut - low] = _NEWLINE
            if fresh:
                fresh = False
                tokens = wide = capitals = numbers = links = dots = 0
                first = stop = i
                key = key1 = key2 = form = _SEED
                all_tones = np.uint64(0)
                gap = stern = last = core = _NO
                inside = alone = after_number = in_link = False
            at = np.uint64(i - low)
            point = min(points[at], _ASTRAL) if i < high else _NEWLINE
            entry = classes[point]
            if inside:
                while entry & _LETTER == WORD and not alone:
                    mark = (entry & IGNORED) != _NO
                    code = np.uint64(entry & _CODE)
                    digit = (entry & DIGIT) != _NO
                    hashed = hashed if mark else (hashed ^ code) * _PRIME
                    code = _ZERO_CODE if digit else code
                    folded = folded if mark or (digit and in_number) else (folded ^ code) * _PRIME
                    in_number = in_number if mark else digit
                    tone += marks[point]
                    look |= entry & DIGIT
                    at += _ONE
                    point = min(points[at], _ASTRAL)
                    entry = classes[point]
                i = np.int64(at) + low
                if i == shut and i < high:
                    continue
                if entry & IGNORED:
                    tone += marks[point]
                    i += 1
                    continue
                inside = False
                stop = i
                last = core = WORD
                dots = 0
                place = base + tokens
                if tokens >= HEAD:
                    place = base + HEAD + ((tokens - HEAD) & (HEAD - 1))
                key2 = key1
                key1 = key
                key = _chain(key, hashed)
                all_tones += np.uint64(tone)
                is_number = folded == _NUMBER
                if not (is_number and after_number):
                    form = _chain(form, folded)
                after_number = is_number
                numbers += np.int64((look & DIGIT) != _NO)
                capitals += np.int64((look & (UPPER | DIGIT | LONE)) != _NO)
                hashes[place] = folded
                tones[place] = tone
                spans[place, 0] = start
                spans[place, 1] = i
                looks[place, 0] = look >> _DOWN
                looks[place, 1] = before >> _DOWN
                tokens += 1
            if point == _NEWLINE or point == _RETURN:
                if stop > first:
                    words = tokens - wide - links + ((wide + 1) >> 1)
                    flags = SENTENCE if core & END else 0
                    flags |= ELLIPSIS if dots >= 2 and core & END else 0
                    flags |= LINK if links else 0
                    flags |= QUOTED if last & CLOSE and not core & END else 0
                    flags |= NUMBERED if after_number else 0
                    flags |= LOUD if 3 * capitals >= 2 * tokens else 0
                    if 1 <= tokens <= 5 and capitals == tokens and wide + numbers == 0:
                        flags |= 0 if stern else NAMELIKE
                    line_hashes[KEY, count] = key
                    line_hashes[FORM, count] = form
                    line_hashes[STEM, count] = key1
                    line_hashes[STEM2, count] = key2
                    line_hashes[TONES, count] = all_tones
                    line_values[START, count] = first
                    line_values[STOP, count] = stop
                    line_values[BEGIN, count] = begin
                    line_values[DOC, count] = doc
                    line_values[BASE, count] = base
                    line_values[TOKENS, count] = tokens
                    line_values[WORDS, count] = max(words, 0)
                    line_values[FLAGS, count] = flags
                    line_values[TAIL, count] = gap >> _DOWN
                    base += min(tokens, 2 * HEAD)
                    count += 1
                i += 1
                begin = i
                fresh = True
                continue
            i += 1
            if entry & IGNORED:
                stop += np.int64(point == _NO and stop == i - 1)  # the bytes of a sign go with it
                continue
            if entry & SPACE:
                in_link = False
                gap |= entry
                continue
            if stop == first:
                first = i - 1
            stop = i
            last = entry
            if in_link:
                continue
            if entry & WORD:
                inside = True
                alone = (entry & LONE) != _NO
                wide += np.int64(alone)
                in_number = (entry & DIGIT) != _NO
                hashed = (_SEED ^ np.uint64(entry & _CODE)) * _PRIME
                folded = _NUMBER if in_number else hashed
                tone = marks[point]
                look = entry
                start = i - 1
                before = gap
                gap = _NO
                continue
            gap |= entry
            stern |= entry & (END | COLON)
            if point == _DOT:
                dots += 1
            else:
                dots = 2 if point == _DOTS else 0
            core = core if entry & CLOSE else entry
            if point == _COLON and i + 1 < high and data[i] == _SLASH and data[i + 1] == _SLASH:
                in_link = True
                links += 1
    return count
