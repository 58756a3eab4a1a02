"""The first look at one page, in one call: from most pages of a crawler nothing goes."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import F64, I64, U8, U16, U32, U64, Bool, Patient, kernel
from syndicate.kernels.blanks import count_either
from syndicate.kernels.credits import credit_signs
from syndicate.kernels.judge import NOTHING, SCRATCH, SLOTS, judge
from syndicate.kernels.lines import (
    DOC,
    FLAGS,
    FORM,
    HEAD,
    KEY,
    LINE_COLUMNS,
    START,
    STOP,
    TOKEN_COLUMNS,
    WINDOW,
    WORDS,
    read_lines,
)
from syndicate.kernels.signs import ENDED, LED, SIGNS, SORT, TOLD_ROWS, describe

LONG = 400
"""Bytes of a line inside which credits are looked for, at the least."""
_NEWLINE, _RETURN = (np.uint8(ord(sign)) for sign in "\n\r")
_LOW16 = np.uint64(0xFFFF)


@kernel
def look(
    data: U8,
    offsets: I64,
    characters: U64,
    codes: U64,
    factors: U64,
    seen: U16,
    alone: U16,
    paired: U16,
    screens: U8,
    beginnings: U64,
    bounds: I64,
    table: I64,
    credited: Bool,
    learned: Bool,
    keys: U64,
    shares: F64,
    site: np.uint64,
    title: np.uint64,
) -> tuple[bool, bool, int, U64, U64, U32, U64, I64, F64, I64, U64]:
    """Read, describe and judge one text, and tell whether anything may go from it.

    Parameters
    ----------
    data : ndarray of uint8
        The text and its title, in UTF-8, and ``syndicate.kernels.lines.PAD`` bytes more.
    offsets : ndarray of int64, shape (3,)
        Where the text starts, the title, and where that ends.
    characters, codes, factors
        See `syndicate.kernels.lines.read_lines`.
    seen, alone, paired, screens, beginnings, bounds, table
        See `syndicate.kernels.signs.describe`.
    credited
        Words of credits: see `syndicate.kernels.credits.credit_signs`.
    learned, keys, shares
        The learned lines: see `syndicate.boilerplate.learned.Table`.
    site
        Hash of the text's site.
    title
        Hash of its title, if that is not given with it; 0 if it is, or there is none.

    Returns
    -------
    may_lose : bool
        Whether a line may go, or what stands at its ends.
    may_credit : bool
        Whether credits may stand inside its lines.
    count : int
        Lines.
    lines, hashes, facts
        As `syndicate.kernels.lines.read_lines` fills them; first the lines of the text.
    stems, told
        As `syndicate.kernels.signs.describe` fills them.
    known : ndarray of float64, shape (lines,)
        Part of the site's articles with which each line stood; 0 for the rest.
    drop : ndarray of int64, shape (lines,)
        The rule by which each line goes, or 0.
    titles : ndarray of uint64, shape (1,)
        Hash of the title, or 0.
    """
    room = count_either(data, _NEWLINE, _RETURN) + 2  # of two texts
    lines = np.empty((LINE_COLUMNS, room), np.uint64)
    size = min(len(data) // 2 + room, 2 * HEAD * room) + 2 * HEAD
    hashes, facts = np.empty(size, np.uint64), np.empty((size, TOKEN_COLUMNS), np.uint32)
    size = min(len(data), WINDOW)
    count, used = read_lines(
        data, offsets, characters, codes, factors, np.empty(size + 1, np.uint16),
        np.empty(size + 1, np.uint16), np.empty(2 * size + 4, np.uint32),
        np.empty(size + 2, np.uint64), hashes, facts, lines,
    )  # fmt: skip
    titles = np.full(1, title)
    while count > 0 and lines[DOC, count - 1] != 0:
        count -= 1
        titles[0] = lines[KEY, count]
    values = lines.view(np.int64)
    starts, stops = np.empty(count, np.int64), np.empty(count, np.int64)
    known = np.zeros(count, np.float64)
    long = 0
    for line in range(count):
        if values[STOP, line] - values[START, line] >= LONG:
            starts[long], stops[long] = values[START, line], values[STOP, line]
            long += 1
        key = lines[FORM, line] ^ site
        if len(keys) > 0 and learned[key & _LOW16]:
            at = np.searchsorted(keys, key)
            known[line] = shares[at] if at < len(keys) and keys[at] == key else 0.0
    may_credit = len(credit_signs(data, starts[:long], stops[:long], credited)) > 0
    stems, told = np.empty(count, np.uint64), np.empty((TOLD_ROWS, count), np.int64)
    describe(
        data, lines, hashes, facts, characters, seen, alone, paired, screens, beginnings, bounds,
        table, stems, told,
    )  # fmt: skip
    work = np.empty((SCRATCH, count), np.int64)
    judge(
        values[DOC][:count], values[KEY][:count], stems.view(np.int64), values[WORDS][:count],
        values[FLAGS][:count], told[SORT], told[SIGNS], known, np.arange(count),
        titles.view(np.int64), np.empty(SLOTS * count, np.int64), work[0], work[1], work[2],
        work[3], work[4], work[5],
        count - count,
    )  # fmt: skip
    drop = work[SCRATCH - 1]
    may_lose = False
    for line in range(count):
        may_lose |= drop[line] != NOTHING or told[SIGNS, line] & (LED | ENDED) != 0
    return (
        may_lose, may_credit, count, lines, hashes[:used], facts[:used], stems, told, known,
        drop, titles,
    )  # fmt: skip


LOOK = Patient(look, 1_000)
"""The kernel, for pages."""
