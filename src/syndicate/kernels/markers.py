"""The package's markers at the tokens of lines: the table they are in, and the longest of them."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U32, U64, Bool, helper, kernel
from syndicate.kernels.lines import (
    BASE,
    CLASS_BITS,
    COLON,
    FIRST,
    GROW,
    HEAD,
    LOOK,
    MARKED,
    PAST,
    SEED,
    START,
    STOP,
    TAIL,
    TOKENS,
    WORDS,
)  # fmt: skip

# Columns of the table of markers.
MARKS, MODE, MOST_WORDS, NEEDS_COLON, LENGTH, TYPE = range(6)
WHOLE, STARTS, WITHIN, DATE, HEADS, PHRASE, PICTURE, OUTLET, STAMP, CLOSES = (
    1 << bit for bit in range(10)
)
PLACE, SCENE, PERSON, POSE, SETTING, SIGNATURE = (1 << bit for bit in range(10, 16))
SHOWS = SCENE | PERSON
INSIDE = PLACE | SETTING
ENTIRE, CAPTION, LEADS = WHOLE | CLOSES, HEADS | PHRASE, OUTLET | STAMP
DECIDES = ENTIRE | STARTS | WITHIN
INNER = WITHIN | CAPTION | LEADS | PLACE | SETTING | PICTURE
"""Modes of markers that count after the first token of a line, but for dates."""

_COLON = np.int64(COLON) >> CLASS_BITS
_SEED, _GROW, _NO = np.uint64(SEED), np.uint64(GROW), np.uint64(0)
_S29, _S32 = np.uint64(29), np.uint64(32)
_BARE, _TONED = np.uint64(1), np.uint64(2)
_ALL = np.int64(1 << 60)
_TRAILING, _TWO, _THREE, _FOUR, _LOW6 = 0x80, 0xC0, 0xE0, 0xF0, 0x3F


@helper
def _marks(data: U8, characters: U64, start: np.int64, stop: np.int64, most: np.int64) -> int:
    """Sum the marks of the letters between two bytes, or of so many that the sum is ``most``."""
    total = 0
    for i in range(start, stop):
        point = np.int64(data[i])
        if point >= _FOUR or _TRAILING <= point < _TWO:
            continue
        if point >= _TWO:
            more = np.int64(data[i + 1]) & _LOW6
            last = np.int64(data[i + 2]) & _LOW6
            short = point < _THREE
            point = (point & 0x1F) << 6 | more if short else (point & 0xF) << 12 | more << 6 | last
        total += np.int64(characters[point] >> _S32)
        if total >= most:
            break
    return total


@helper
def is_toned(data: U8, columns: U64, characters: U64, line: int | np.int64) -> bool:
    """Tell whether a line has marks, and note it: most lines are never asked."""
    if columns[MARKED, line] == _NO:
        start, stop = np.int64(columns[START, line]), np.int64(columns[STOP, line])
        found = _marks(data, characters, start, stop, np.int64(1))
        columns[MARKED, line] = _TONED if found else _BARE
    return columns[MARKED, line] == _TONED


@kernel
def toned(data: U8, columns: U64, characters: U64, at: I64, out: Bool) -> None:
    """Tell which of some lines have marks: see `longest` for the arguments."""
    for i in range(len(at)):
        out[i] = is_toned(data, columns, characters, at[i])


@kernel
def longest(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    characters: U64,
    line: int | np.int64,
    first: int,
    modes: int,
    beginnings: U64,
    bounds: I64,
    table: I64,
) -> int:
    """Find the longest marker of some modes that starts at a token of a line.

    Parameters
    ----------
    data : ndarray of uint8
        The bytes that were read.
    columns : ndarray of uint64, shape (LINE_COLUMNS, at least lines)
    hashes : ndarray of uint64, shape (m,)
    facts : ndarray of uint32, shape (m, TOKEN_COLUMNS)
        The lines, as `syndicate.kernels.lines.read_lines` gives them.
    characters : ndarray of uint64, shape (0x10000,)
        The character table.
    line, first
        Line and the token in it.
    modes
        Flags of the modes that count.
    beginnings : ndarray of uint64, shape (k,)
        Chained hashes of all first tokens of markers, ascending.
    bounds : ndarray of int64, shape (k + 1,)
        Where in the table the markers that are no longer than a beginning start and end.
    table : ndarray of int64, shape (markers, 6)
        Sum of marks, mode, words of the longest line, whether a colon must follow, tokens,
        type.

    Returns
    -------
    int
        Row of the table, or -1.
    """
    base = np.int64(columns[BASE, line])
    size = np.int64(columns[TOKENS, line])
    words = np.int64(columns[WORDS, line])
    best = -1
    key = _SEED
    index = first
    while index < size:
        place = base + (index if index < HEAD else HEAD + (index & (HEAD - 1)))
        key = (key ^ hashes[place]) * _GROW
        key ^= key >> _S29
        index += 1
        low = 0
        high = len(beginnings)
        while low < high:
            middle = (low + high) >> 1
            if beginnings[middle] < key:
                low = middle + 1
            else:
                high = middle
        if low == len(beginnings) or beginnings[low] != key:
            break
        colon = gap_before(columns, facts, line, index) & _COLON != 0
        tone = -1
        for entry in range(bounds[low], bounds[low + 1]):
            mode = table[entry, MODE]
            fits = mode & modes != 0 and words <= table[entry, MOST_WORDS]
            fits = fits and (mode & ENTIRE == 0 or size == index - first)
            if not fits or (table[entry, NEEDS_COLON] and not colon):
                continue
            if tone < 0:
                tone = _tone(data, columns, facts, characters, line, first, index)
            if table[entry, MARKS] == tone or not is_toned(data, columns, characters, line):
                best = entry
    return best


@helper
def _tone(
    data: U8,
    columns: U64,
    facts: U32,
    characters: U64,
    line: int | np.int64,
    first: int,
    last: int,
) -> int:
    """Sum the marks of some tokens of a line."""
    base = np.int64(columns[BASE, line])
    total = 0
    for index in range(first, last):
        place = base + (index if index < HEAD else HEAD + (index & (HEAD - 1)))
        start, stop = np.int64(facts[place, FIRST]), np.int64(facts[place, PAST])
        total += _marks(data, characters, start, stop, _ALL)
    return total


@helper
def place_of(columns: U64, line: int | np.int64, index: int | np.int64) -> np.int64:
    """Give where the facts of a token are, one of the first or the last `HEAD` of its line."""
    return np.int64(columns[BASE, line]) + (index if index < HEAD else HEAD + (index & (HEAD - 1)))


@helper
def gap_before(columns: U64, facts: U32, line: int | np.int64, index: int | np.int64) -> int:
    """Give the classes of what stands before a token; past the last, of the tail."""
    if index >= np.int64(columns[TOKENS, line]):
        return np.int64(columns[TAIL, line])
    return np.int64(facts[place_of(columns, line, index), LOOK]) >> 16
