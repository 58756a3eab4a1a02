"""Reading lines of UTF-8 in one pass: tokens, hashes, words, how each line ends.

Hashes ignore case and, through the character table, the marks of letters; what the marks
were is summed beside the hash, so that ``Đóng`` is told from ``Đông`` where both are
written with their marks, and NFC from NFD nowhere.

A text is decoded first, without a branch. Inside a token the loop has one branch, which is
taken at its end: on real text a misguessed branch costs more than all the rest. All that is
carried along is a whole number of 64 bits, for every other type is compiled as well.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U16, U32, U64, kernel

# Classes of characters, as ``tools/make_character_table.py`` writes them. Shifted down by
# CLASS_BITS they describe a token, or the gap before it.
CLASS_BITS = 21
WORD, UPPER, DIGIT, LONE, IGNORED, END, CLOSE, SPACE, OPEN, DASH, COLON = (
    np.uint64(1 << bit) for bit in range(CLASS_BITS, 32)
)
_CODE = np.uint64((1 << CLASS_BITS) - 1)
_LETTER = WORD | LONE  # a letter inside a token has the first and not the second
_DOWN = np.uint64(CLASS_BITS)
_CLASSES = np.uint64(0x7FF)
_MARKS = np.uint64(32)

HEAD = 64
"""Tokens kept from the start of a line; as many are kept from its end."""
PAD = 2
"""Bytes after the last text that are read and do not count."""

# Columns of the line and token arrays.
KEY, FORM, STEM, STEM2, TONES = range(5)
START, STOP, BEGIN, DOC, BASE, TOKENS, WORDS, FLAGS, TAIL = range(5, 14)
LINE_COLUMNS = 14
FIRST, PAST, TONE, LOOK = range(4)
TOKEN_COLUMNS = 4

# What a line looks like.
SENTENCE, ELLIPSIS, LINK, QUOTED, NUMBERED, NAMELIKE, LOUD = (1 << bit for bit in range(7))

SEED = 0x9E3779B97F4A7C15
GROW = 0xD6E8FEB86659FD93
_STEP = 0x100000001B3
_SEED, _GROW, _PRIME = np.uint64(SEED), np.uint64(GROW), np.uint64(_STEP)
_ZERO_CODE = np.uint64(48)
_NUMBER = np.uint64(((SEED ^ 48) * _STEP) % (1 << 64))  # a token of digits alone
_NO, _ONE = np.uint64(0), np.uint64(1)
_S16, _S29 = np.uint64(16), np.uint64(29)
_NUL, _NEWLINE, _RETURN, _DOT, _COLON, _SLASH = (np.uint32(ord(c)) for c in "\0\n\r.:/")
_DOTS, _ASTRAL = np.uint32(0x2026), np.uint32(0xFFFF)
_LOW5, _LOW6, _S6 = np.uint32(0x1F), np.uint32(0x3F), np.uint32(6)


@kernel
def read_lines(
    data: U8,
    offsets: I64,
    characters: U64,
    points: U16,
    hashes: U64,
    tokens: U32,
    lines: U64,
) -> int:
    """Read the lines of a column of texts that hold more than space.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8, and PAD bytes more; broken sequences cost nothing but their own characters.
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts and the last ends.
    characters : ndarray of uint64, shape (0x10000,)
        The character table: classes, and above them the marks.
    points : ndarray of uint16, shape (longest text + 1,)
        Scratch, for the code points.
    hashes : ndarray of uint64, shape (m,)
        Filled with token hashes, in which each run of digits counts as one 0. Of a line of
        more than ``2 * HEAD`` tokens the first HEAD are kept, and the last HEAD in a ring:
        token ``j >= HEAD`` lies at ``HEAD + (j - HEAD) % HEAD``.
    tokens : ndarray of uint32, shape (m, TOKEN_COLUMNS)
        Filled: first byte of each token and byte after its last, the sum of its marks, its
        classes and, 16 bits up, those of the gap before it.
    lines : ndarray of uint64, shape (lines, LINE_COLUMNS)
        Filled: hash of the line, of the line without its numbers, of its stems without the
        last token and the last two, the sum of all marks; first and last byte that is not
        space, byte where the line begins, text, place of its first token, tokens, words,
        what it looks like, classes of what follows the last token.

    Returns
    -------
    int
        The number of lines.
    """
    count = base = 0
    for doc in range(len(offsets) - 1):
        low = offsets[doc]
        high = offsets[doc + 1]
        for i in range(low, high):
            byte = np.uint32(data[i])
            two = (byte & _LOW5) << _S6 | (data[i + 1] & _LOW6)
            three = two << _S6 | (data[i + 2] & _LOW6)
            point = byte if byte < 0x80 else _NUL
            point = two if byte >= 0xC0 else point
            point = three if byte >= 0xE0 else point
            points[i - low] = _ASTRAL if byte >= 0xF0 else point
        points[high - low] = _NEWLINE
        begin = low
        while begin <= high:
            i = first = stop = begin
            size = wide = capitals = numbers = links = dots = 0
            key = key1 = key2 = form = _SEED
            tones = gap = stern = last = core = _NO
            after_number = in_link = False
            while True:
                point = points[np.uint64(i - low)]
                entry = characters[point]
                i += 1
                if entry & IGNORED:
                    stop += np.int64(point == _NUL and first < stop == i - 1)  # bytes of a sign
                    continue
                if entry & SPACE:
                    if point == _NEWLINE or point == _RETURN:
                        break
                    in_link = False
                    gap |= entry
                    continue
                if stop == first:
                    first = i - 1
                stop = i
                last = entry
                if in_link:
                    continue
                if not entry & WORD:
                    gap |= entry
                    stern |= entry & (END | COLON)
                    core = core if entry & CLOSE else entry
                    dots = dots + 1 if point == _DOT else 0
                    dots = 2 if point == _DOTS else dots
                    if point == _COLON and i + 1 < high:
                        in_link = data[i] == _SLASH and data[i + 1] == _SLASH
                        links += np.int64(in_link)
                    continue
                place = base + (size if size < HEAD else HEAD + (size & (HEAD - 1)))
                tokens[place, FIRST] = i - 1
                keep = IGNORED if entry & LONE else _LETTER  # a lone letter takes its marks
                want = keep & ~LONE
                look = entry
                tone = entry >> _MARKS
                in_number = (entry & DIGIT) != _NO
                hashed = (_SEED ^ (entry & _CODE)) * _PRIME
                folded = _NUMBER if in_number else hashed
                at = np.uint64(i - low)
                point = points[at]
                entry = characters[point]
                while entry & keep == want:
                    mark = (entry & IGNORED) != _NO
                    code = entry & _CODE
                    digit = (entry & DIGIT) != _NO
                    hashed = hashed if mark else (hashed ^ code) * _PRIME
                    code = _ZERO_CODE if digit else code
                    folded = folded if mark or (digit and in_number) else (folded ^ code) * _PRIME
                    in_number = in_number if mark else digit
                    tone += entry >> _MARKS
                    look |= entry & DIGIT
                    at += _ONE
                    point = points[at]
                    entry = characters[point]
                i = stop = low + np.int64(at)
                last = core = WORD
                dots = 0
                key2 = key1
                key1 = key
                key = (key ^ hashed) * _GROW
                key ^= key >> _S29
                tones += tone
                is_number = folded == _NUMBER
                grown = (form ^ folded) * _GROW
                form = form if is_number and after_number else grown ^ (grown >> _S29)
                after_number = is_number
                wide += np.int64((look & LONE) != _NO)
                numbers += np.int64((look & DIGIT) != _NO)
                capitals += np.int64((look & (UPPER | DIGIT | LONE)) != _NO)
                hashes[place] = folded
                tokens[place, PAST] = i
                tokens[place, TONE] = tone
                classes = look >> _DOWN & _CLASSES
                tokens[place, LOOK] = classes | (gap >> _DOWN & _CLASSES) << _S16
                gap = _NO
                size += 1
            if stop > first:
                words = size - wide - links + ((wide + 1) >> 1)
                flags = SENTENCE | (ELLIPSIS if dots >= 2 else 0) if core & END else 0
                flags |= LINK if links else 0
                flags |= QUOTED if last & CLOSE and not core & END else 0
                flags |= NUMBERED if after_number else 0
                flags |= LOUD if 3 * capitals >= 2 * size else 0
                if 1 <= size <= 5 and capitals == size and wide + numbers == 0 and not stern:
                    flags |= NAMELIKE
                lines[count, KEY] = key
                lines[count, FORM] = form
                lines[count, STEM] = key1
                lines[count, STEM2] = key2
                lines[count, TONES] = tones
                lines[count, START] = first
                lines[count, STOP] = stop
                lines[count, BEGIN] = begin
                lines[count, DOC] = doc
                lines[count, BASE] = base
                lines[count, TOKENS] = size
                lines[count, WORDS] = words if words > 0 else 0
                lines[count, FLAGS] = flags
                lines[count, TAIL] = gap >> _DOWN & _CLASSES
                base += size if size < 2 * HEAD else 2 * HEAD
                count += 1
            begin = i
    return count
