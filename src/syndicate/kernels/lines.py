"""Reading lines of UTF-8: tokens, hashes, words, how each line ends.

Hashes ignore case and, through the character table, the marks of letters, so that NFC is told
from NFD nowhere.

A text is read in windows, and each three times: decoded; then hashed and cut into tokens by
table, both without a branch; then token by token. On real text a misguessed branch costs more
than all the rest, and a token has one, where its length would decide. All that is carried along
is a whole number of 64 bits, for every other type is compiled as well.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U16, U32, U64, Patient, helper, kernel, merged

# Classes of characters, as ``tools/make_character_table.py`` writes them. Shifted down by
# CLASS_BITS they describe a token, or the gap before it.
CLASS_BITS = 21
WORD, UPPER, DIGIT, LONE, IGNORED, END, CLOSE, SPACE, OPEN, DASH, COLON = (
    np.uint64(1 << bit) for bit in range(CLASS_BITS, 32)
)
LINE = np.uint64(1 << 32)  # beyond the classes
_DOWN = np.uint64(CLASS_BITS)
_CLASSES = np.uint64(0x7FF)

HEAD = 64
"""Tokens kept from the start of a line; as many are kept from its end."""
PAD = 2
"""Bytes after the last text that are read and do not count."""
WINDOW = 1 << 11
"""Bytes read at once: few, for one © at the foot of a page has its window cut twice."""

# Columns of the line and token arrays.
KEY, FORM, STEM, STEM2 = range(4)
START, STOP, BEGIN, DOC, BASE, TOKENS, WORDS, FLAGS, TAIL, MARKED, ENDS = range(4, 15)
LINE_COLUMNS = 15
OPENING, GAP = np.uint64(40), np.uint64(51)
"""Where in ENDS the classes of the first token are, and of what stands before it."""
FIRST, PAST, LOOK = range(3)
TOKEN_COLUMNS = 3

# What a line looks like.
SENTENCE, ELLIPSIS, LINK, QUOTED, NUMBERED, NAMELIKE, LOUD = (1 << bit for bit in range(7))

# How characters are hashed: ``hash * factor + code``. A letter has a factor of which the last
# byte is 1, and a code of which it is 0, or 1 for a digit: so the last byte of a hash counts
# digits. What is ignored has 1 and 0, what parts tokens 0 and 0.
FACTOR = 0x9E3779B97F4A7C01
LETTER, ALONE = 1 << 63, 1 << 62  # of a code
CODE_SHIFT = 8
SEED = 0x9E3779B97F4A7C15
GROW = 0xD6E8FEB86659FD93
_SEED, _GROW, _FACTOR = np.uint64(SEED), np.uint64(GROW), np.uint64(FACTOR)
_ALONE, _DIGITS = np.uint64(ALONE), np.uint64(0xFF)
_ZERO_CODE = np.uint64(LETTER | 48 << CODE_SHIFT)
_SPREAD = 0xA0761D6478BD642F
_SPREAD64 = np.uint64(_SPREAD)
_NUMBER_SPREAD = (int(_ZERO_CODE) * _SPREAD) % (1 << 64)
NUMBER = np.uint64(_NUMBER_SPREAD ^ (_NUMBER_SPREAD >> 32))  # a token of digits alone
_NO, _ONE = np.uint64(0), np.uint64(1)
_S8, _S16, _S24, _S29, _S32 = (np.uint64(n) for n in (8, 16, 24, 29, 32))
_S62, _S63 = np.uint64(62), np.uint64(63)
_NUL, _NEWLINE, _RETURN, _DOT, _COLON, _SLASH = (np.uint32(ord(c)) for c in "\0\n\r.:/")
_DOTS, _ASTRAL = np.uint32(0x2026), np.uint32(0xFFFF)
_COPYRIGHT, _CIRCLED_C = np.uint16(0xA9), np.uint16(0x24D2)
_LETTERS, _LATIN, _SCRIPTS = np.uint16(0xE00), np.uint16(0x1E00), np.uint16(0x2E80)
"""Letters that are tokens of their own lie between the first two, or from the third on."""
_LOW5, _LOW6, _S6 = np.uint32(0x1F), np.uint32(0x3F), np.uint32(6)


@merged
def _point(first: np.uint8, second: np.uint8, third: np.uint8) -> np.uint32:
    """Give the code point of the UTF-8 sequence that begins so; NUL inside one."""
    byte = np.uint32(first)
    two = (byte & _LOW5) << _S6 | (second & _LOW6)
    three = two << _S6 | (third & _LOW6)
    point = byte if byte < np.uint32(0x80) else _NUL
    point = two if byte >= np.uint32(0xC0) else point
    point = three if byte >= np.uint32(0xE0) else point
    return _ASTRAL if byte >= np.uint32(0xF0) else point


@helper
def decode(data: U8, points: U16, count: int) -> None:
    """Give the code point of each UTF-8 sequence; NUL for the bytes inside one.

    ``data`` begins with the bytes wanted: an index that starts anywhere else keeps the compiler
    from doing many at once.
    """
    for i in range(count):
        points[i] = _point(data[i], data[i + 1], data[i + 2])


@helper
def point_at(data: U8, i: int | np.int64) -> np.uint64:
    """Decode one sequence."""
    return np.uint64(_point(data[i], data[i + 1], data[i + 2]))


@helper
def _has_alone(points: U16, n: int, codes: U64) -> bool:
    """Tell whether a letter is a token of its own; hardly any letter needs a look at the table."""
    maybe = False
    for i in range(n):
        point = points[i]
        rare = (point >= _LETTERS) & ((point < _LATIN) | (point >= _SCRIPTS))
        maybe |= rare | (point == _COPYRIGHT) | (point == _CIRCLED_C)
    if maybe:
        for i in range(n):
            if codes[points[i]] & _ALONE:
                return True
    return False


@merged
def _read_on(
    point: np.uint16, codes: U64, factors: U64, inside: np.uint64, hashed: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Read one character; tell whether it is inside a token, and give the hash up to it."""
    code, factor = codes[np.uint64(point)], factors[np.uint64(point)]
    return factor & (inside | (code >> _S63)), hashed * factor + code


@helper
def _cut(
    points: U16, n: int, codes: U64, factors: U64, edges: U32, edge: int, hashes: U64, low: int,
    others: U16,
) -> np.uint64:  # fmt: skip
    """Hash characters and note where tokens start and end, by turns, from an edge on.

    Give the number of edges. Only right where no letter is a token of its own. A hash waits for
    the one before it, so two halves that meet between tokens are read side by side; the edges of
    the second are noted in ``others`` first.
    """
    past = np.uint64(n)
    half = past >> _ONE
    while half < past and codes[points[half]] | factors[points[half]] != _NO:
        half += _ONE
    half = min(half + _ONE, past)
    both = past - half
    points2, hashes1, hashes2 = points[half:], hashes[1:], hashes[half + _ONE :]
    count, inside, hashed = np.uint64(edge), np.uint64(edge), hashes[_NO]
    count2 = inside2 = hashed2 = _NO
    for i in range(both):
        now, hashed = _read_on(points[i], codes, factors, inside, hashed)
        edges[count] = np.uint32(i)
        count += (now ^ inside) & _ONE
        inside, hashes1[i] = now, hashed
        now, hashed2 = _read_on(points2[i], codes, factors, inside2, hashed2)
        others[count2] = np.uint16(i)
        count2 += (now ^ inside2) & _ONE
        inside2, hashes2[i] = now, hashed2
    for i in range(both, half):
        now, hashed = _read_on(points[i], codes, factors, inside, hashed)
        edges[count] = np.uint32(i)
        count += (now ^ inside) & _ONE
        inside, hashes1[i] = now, hashed
    for k in range(np.uint64(edge), count):
        edges[k] += np.uint32(low)
    for k in range(count2):
        edges[count + k] = np.uint32(np.uint32(low) + np.uint32(half) + others[k])
    return count + count2


@helper
def _cut_letters(
    points: U16,
    n: int,
    codes: U64,
    factors: U64,
    edges: U32,
    edge: int,
    hashes: U64,
    low: int,
    alone: np.uint64,
    kept: U16,
) -> tuple[np.uint64, np.uint64]:
    """Do the same with any text; ``alone`` tells whether a letter before is a token of its own.

    Bytes inside a sequence, two thirds of some scripts, are left out first. Give the number of
    edges, and whether the last letter is a token of its own.
    """
    count = inside = np.uint64(edge)
    hashed = hashes[np.uint64(0)]
    most = _NO
    first = np.uint64(low)
    for i in range(n):
        kept[most] = np.uint16(i)
        most += np.uint64(points[i] != _NUL)
    for k in range(most):
        i = np.uint64(kept[k])
        point = np.uint64(points[i])
        hashes[i] = hashed
        code, factor = codes[point], factors[point]
        letter = code >> _S63
        lone = (code >> _S62) & _ONE
        parted = letter & (lone | alone)
        edges[count] = edges[count + _ONE] = np.uint32(first + i)
        now = factor & (inside | letter) & _ONE
        count += (now ^ inside) + ((parted & inside) << _ONE)
        inside = now
        alone = lone | (alone & factor & (letter ^ _ONE))
        hashed = hashed * (factor * (parted ^ _ONE)) + code
    hashes[np.uint64(n)] = hashed
    return count, alone


@helper
def _folded(data: U8, codes: U64, start: np.int64, stop: np.int64) -> np.uint64:
    """Hash a token as if each run of its digits was one 0."""
    hashed = _NO
    in_number = False
    for i in range(start, stop):
        code = codes[point_at(data, i)]
        if code:
            digit = code & _DIGITS != _NO
            if not (digit and in_number):
                hashed = hashed * _FACTOR + (_ZERO_CODE if digit else code)
            in_number = digit
    return hashed


@helper
def _spread(hashed: np.uint64) -> np.uint64:
    """Make the low bits of a hash depend on all; overflow is meant."""
    hashed = hashed * _SPREAD64
    return hashed ^ (hashed >> _S32)


@helper
def _flags(
    size: int,
    wide: int,
    numbers: int,
    capitals: int,
    links: int,
    dots: int,
    stern: np.uint64,
    last: np.uint64,
    core: np.uint64,
    after_number: int,
) -> int:
    """Tell what a line looks like."""
    flags = SENTENCE | (ELLIPSIS if dots >= 2 else 0) if core & END else 0
    flags |= LINK if links else 0
    flags |= QUOTED if last & CLOSE and not core & END else 0
    flags |= NUMBERED if after_number else 0
    flags |= LOUD if 3 * capitals >= 2 * size else 0
    if 1 <= size <= 5 and capitals == size and wide + numbers == 0 and not stern & (END | COLON):
        flags |= NAMELIKE
    return flags


@merged
def _opening(tokens: U32, base: np.int64, size: np.int64) -> np.uint64:
    """Give the classes of a line's first token, and of the gap before it."""
    look = np.uint64(tokens[base, LOOK]) if size else _NO
    return (look & _CLASSES) << OPENING | (look >> _S16) << GAP


@merged
def _ends(data: U8, first: np.int64, stop: np.int64) -> np.uint64:
    """Give the first three bytes and the last two: whoever asks later waits for memory."""
    ends = np.uint64(data[first]) | np.uint64(data[first + 1]) << _S8
    ends |= np.uint64(data[first + 2]) << _S16
    ends |= np.uint64(data[max(stop - 2, first)]) << _S24
    return ends | np.uint64(data[stop - 1]) << _S32


@merged
def _run(
    data: U8,
    points: U16,
    characters: U64,
    codes: U64,
    edges: U32,
    prefixes: U64,
    hashes: U64,
    tokens: U32,
    low: int,
    token: int,
    total: np.int64,
    gap: np.uint64,
    base: int,
    size: int,
    wide: int,
    capitals: int,
    numbers: int,
    key: np.uint64,
    key1: np.uint64,
    key2: np.uint64,
    form: np.uint64,
    stern: np.uint64,
    after_number: int,
) -> tuple[int, int, int, int, int, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, int]:
    """Read tokens up to the end of the line, or to a link.

    Give the token after the last, and how things that are counted or hashed stand then.
    """
    while True:
        start = np.int64(edges[np.uint64(2 * token)])
        at = np.int64(edges[np.uint64(2 * token + 1)])
        point = (
            np.uint64(points[np.uint64(start - low)]) if start >= low else point_at(data, start)
        )
        look = characters[point]
        hashed = prefixes[np.uint64(at - low)]
        folded = _spread(hashed)
        if hashed & _DIGITS:
            hashed = folded
            folded = _spread(_folded(data, codes, start, at))
            look |= DIGIT
            numbers += 1
            is_number = np.int64(folded == NUMBER)
            grown = (form ^ folded) * _GROW
            form = form if is_number & after_number else grown ^ (grown >> _S29)
            after_number = is_number
        else:
            hashed = folded
            form = (form ^ folded) * _GROW
            form ^= form >> _S29
            after_number = size - size
        key2 = key1
        key1 = key
        key = (key ^ hashed) * _GROW
        key ^= key >> _S29
        wide += np.int64((look & LONE) != _NO)
        capitals += np.int64((look & (UPPER | DIGIT | LONE)) != _NO)
        place = np.uint64(base + (size if size < HEAD else HEAD + (size & (HEAD - 1))))
        hashes[place] = folded
        tokens[place, FIRST] = start
        tokens[place, PAST] = at
        tokens[place, LOOK] = (look >> _DOWN & _CLASSES) | (gap >> _DOWN & _CLASSES) << _S16
        size += 1
        token += 1
        if token == total:
            break
        start = np.int64(edges[np.uint64(2 * token)])
        gap = _NO
        if start == at:
            continue
        point = np.uint64(points[np.uint64(at - low)])
        gap = characters[point]
        if start - at != 1 or not gap & SPACE:
            gap = _between(points, characters, at - low, start - low)
            if gap & LINE:
                break
            stern |= gap
        elif point <= _RETURN:
            break
    return token, size, wide, capitals, numbers, key, key1, key2, form, stern, after_number


@helper
def _between(points: U16, characters: U64, at: np.int64, start: np.int64) -> np.uint64:
    """Give the classes of what stands between two tokens; LINE if the line, or a link, may end."""
    gap = _NO
    for i in range(np.uint64(at), np.uint64(start)):
        point = points[i]
        entry = characters[point]
        gap |= _NO if entry & IGNORED else entry
        if (
            point == _NEWLINE
            or point == _RETURN
            or (point == _COLON and points[i + _ONE] == _SLASH)
        ):
            gap |= LINE
    return gap


@kernel
def read_lines(
    data: U8,
    offsets: I64,
    characters: U64,
    codes: U64,
    factors: U64,
    points: U16,
    kept: U16,
    edges: U32,
    prefixes: U64,
    hashes: U64,
    tokens: U32,
    lines: U64,
) -> tuple[int, int]:
    """Read the lines of a column of texts that hold more than space.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8, and PAD bytes more; broken sequences cost nothing but their own characters.
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts and the last ends.
    characters : ndarray of uint64, shape (0x10000,)
        The character table: classes, and above them the marks.
    codes, factors : ndarray of uint64, shape (0x10000,)
        How characters are hashed.
    points : ndarray of uint16, shape (WINDOW + 1,)
        Scratch, for the code points.
    kept : ndarray of uint16, shape (WINDOW + 1,)
        Scratch, for which bytes begin a character, or some of the edges.
    edges : ndarray of uint32, shape (2 * WINDOW + 4,)
        Scratch, for where tokens start and end.
    prefixes : ndarray of uint64, shape (WINDOW + 2,)
        Scratch, for the hash up to each character.
    hashes : ndarray of uint64, shape (m,)
        Filled with token hashes, in which each run of digits counts as one 0. Of a line of
        more than ``2 * HEAD`` tokens the first HEAD are kept, and the last HEAD in a ring:
        token ``j >= HEAD`` lies at ``HEAD + (j - HEAD) % HEAD``.
    tokens : ndarray of uint32, shape (m, TOKEN_COLUMNS)
        Filled: first byte of each token and byte after its last, its classes and, 16 bits up,
        those of the gap before it.
    lines : ndarray of uint64, shape (LINE_COLUMNS, lines)
        Filled: hash of the line, of the line without its numbers, of its stems without the
        last token and the last two; first and last byte that is not space, byte where the
        line begins, text, place of its first token, tokens, words, what it looks like, classes
        of what follows the last token, 0, for whether it has marks is not known yet, and as one
        number its first three bytes, its last two, and the classes of its first token and of the
        gap before it.

    Returns
    -------
    lines, tokens : int
        How many there are.
    """
    count = base = offsets[0] - offsets[0]  # a plain 0 is a type of its own
    found = _NO
    for doc in range(len(offsets) - 1):
        begin = first = stop = low = at = offsets[doc]
        high = offsets[doc + 1]
        size = wide = capitals = numbers = links = dots = after_number = opened = low - low
        key = key1 = key2 = form = _SEED
        gap = stern = last = core = alone = prefixes[0] = _NO
        in_link = False
        while low <= high:
            n = min(high - low, WINDOW)
            decode(data[low : low + n + PAD], points, n)
            if low + n == high:
                points[n] = _NEWLINE
                n += 1
            if alone or _has_alone(points, n, codes):
                found, alone = _cut_letters(
                    points, n, codes, factors, edges, opened, prefixes, low, alone, kept
                )
            else:
                found = _cut(points, n, codes, factors, edges, opened, prefixes, low, kept)
            opened = np.int64(found & _ONE)
            total = np.int64(found >> _ONE)
            edges[found] = np.uint32(low + n)
            token = low - low
            while True:
                start = np.int64(edges[2 * token])
                while at < start:
                    point = points[np.uint64(at - low)]
                    entry = characters[point]
                    at += 1
                    if entry & IGNORED:
                        stop += np.int64(point == _NUL and first < stop == at - 1)
                    elif entry & SPACE:
                        in_link = False
                        if point != _NEWLINE and point != _RETURN:
                            gap |= entry
                            continue
                        if stop > first:
                            words = size - wide - links + ((wide + 1) >> 1)
                            lines[KEY, count] = key
                            lines[FORM, count] = form
                            lines[STEM, count] = key1
                            lines[STEM2, count] = key2
                            lines[START, count] = first
                            lines[STOP, count] = stop
                            lines[BEGIN, count] = begin
                            lines[DOC, count] = doc
                            lines[BASE, count] = base
                            lines[TOKENS, count] = size
                            lines[WORDS, count] = words if words > 0 else 0
                            lines[FLAGS, count] = _flags(
                                size, wide, numbers, capitals, links, dots,
                                stern, last, core, after_number,
                            )  # fmt: skip
                            lines[TAIL, count] = gap >> _DOWN & _CLASSES
                            lines[MARKED, count] = 0
                            lines[ENDS, count] = _ends(data, first, stop) | _opening(
                                tokens, base, size
                            )
                            base += size if size < 2 * HEAD else 2 * HEAD
                            count += 1
                        begin = first = stop = at
                        size = wide = capitals = numbers = links = dots = after_number = at - at
                        key = key1 = key2 = form = _SEED
                        gap = stern = last = core = _NO
                    else:
                        first = first if stop > first else at - 1
                        stop = at
                        last = entry
                        if in_link:
                            continue
                        gap |= entry
                        stern |= entry
                        core = core if entry & CLOSE else entry
                        dots = dots + 1 if point == _DOT else 0
                        dots = 2 if point == _DOTS else dots
                        if point == _COLON and at + 1 < high:
                            in_link = data[at] == _SLASH and data[at + 1] == _SLASH
                            links += np.int64(in_link)
                if token == total:
                    break
                first = first if stop > first else start
                last = WORD
                if in_link:
                    stop = at = np.int64(edges[2 * token + 1])
                    token += 1
                    continue
                core = WORD
                dots = 0
                (
                    token, size, wide, capitals, numbers,
                    key, key1, key2, form, stern, after_number,
                ) = _run(
                    data, points, characters, codes, edges, prefixes, hashes, tokens, low, token,
                    total, gap, base, size, wide, capitals, numbers, key, key1, key2, form, stern,
                    after_number,
                )  # fmt: skip
                stop = at = np.int64(edges[2 * token - 1])
                gap = _NO
            edges[0] = edges[2 * total]
            prefixes[0] = prefixes[n]
            low += n
    return count, base


READ_LINES = Patient(read_lines, 150_000)
"""The kernel, without waiting for the compiler where there are few bytes."""
