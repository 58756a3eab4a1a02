"""Finding the longest marker that starts at a token."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U32, U64, kernel
from syndicate.kernels.lines import BASE, GROW, HEAD, LOOK, SEED, TAIL, TOKENS, TONE, TONES, WORDS

# Columns of the table of markers.
MARKS, MODE, MOST_WORDS, COLON = range(4)
WHOLE = np.uint64(1)
_COLON = np.uint64(1 << 10)
_SEED, _GROW = np.uint64(SEED), np.uint64(GROW)
_NO, _ONE, _S16, _S29 = np.uint64(0), np.uint64(1), np.uint64(16), np.uint64(29)
_HEAD, _RING = np.uint64(HEAD), np.uint64(HEAD - 1)


@kernel
def longest(
    columns: U64,
    hashes: U64,
    facts: U32,
    at: I64,
    first: I64,
    modes: np.uint64,
    beginnings: U64,
    bounds: I64,
    table: U64,
    best: I64,
) -> None:
    """Find the longest marker of some modes that starts at a token of each line.

    Parameters
    ----------
    columns : ndarray of uint64, shape (LINE_COLUMNS, lines)
    hashes : ndarray of uint64, shape (m,)
    facts : ndarray of uint32, shape (m, TOKEN_COLUMNS)
        The lines, as `syndicate.kernels.lines.read_lines` gives them, one row a column.
    at, first : ndarray of int64, shape (n,)
        Lines and the tokens in them.
    modes
        Flags of the modes that count.
    beginnings : ndarray of uint64, shape (k,)
        Chained hashes of all first tokens of markers, ascending.
    bounds : ndarray of int64, shape (k + 1,)
        Where in the table the markers that are no longer than a beginning start and end.
    table : ndarray of uint64, shape (markers, 4)
        Sum of marks, mode, words of the longest line, whether a colon must follow.
    best : ndarray of int64, shape (n,)
        Filled with rows of the table, or -1.
    """
    for i in range(len(at)):
        line = at[i]
        base = columns[BASE, line]
        size = columns[TOKENS, line]
        tones = columns[TONES, line]
        words = columns[WORDS, line]
        best[i] = -1
        key = _SEED
        tone = length = _NO
        index = np.uint64(first[i])
        while index < size:
            place = base + (index if index < _HEAD else _HEAD + (index & _RING))
            key = (key ^ hashes[place]) * _GROW
            key ^= key >> _S29
            tone += facts[place, TONE]
            index += _ONE
            length += _ONE
            low = 0
            high = len(beginnings)
            while low < high:
                middle = (low + high) >> 1
                less = beginnings[middle] < key
                low = middle + 1 if less else low
                high = high if less else middle
            if low == len(beginnings) or beginnings[low] != key:
                break
            place = base + (index if index < _HEAD else _HEAD + (index & _RING))
            follows = facts[place, LOOK] >> _S16 if index < size else columns[TAIL, line]
            colon = follows & _COLON
            for entry in range(bounds[low], bounds[low + 1]):
                mode = table[entry, MODE]
                fits = (mode & modes != _NO) & (words <= table[entry, MOST_WORDS])
                fits &= (mode != WHOLE) | (size == length)
                fits &= (tones == _NO) | (table[entry, MARKS] == tone)
                if fits & (table[entry, COLON] <= colon):
                    best[i] = entry
