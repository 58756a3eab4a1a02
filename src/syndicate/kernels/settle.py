"""What one round of judging leaves of texts, and what all rounds together take out of them."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U16, U32, U64, Bool, Patient, helper, kernel
from syndicate.kernels.blanks import blank_at, dash_at, sign_at
from syndicate.kernels.judge import COMMENTS, NOTHING, PROSE_WORDS, SITE, ends, enough
from syndicate.kernels.lines import (
    BASE,
    BEGIN,
    CLASS_BITS,
    CLOSE,
    COLON,
    DASH,
    DOC,
    FIRST,
    FLAGS,
    LOOK,
    NUMBER,
    OPEN,
    PAST,
    START,
    STOP,
    TOKENS,
    WORDS,
)
from syndicate.kernels.markers import LEADS, LENGTH, MODE, STAMP, longest
from syndicate.kernels.signs import ENDED, LEAD_TOKENS, LED, past_end

# Rules, as `syndicate.boilerplate.rules` numbers them.
LEAD_IN, END_MARK, NAME = 19, 20, 23

LEAD_LINES = 4
"""Lines at the top of a text that an outlet's mark may open."""
CUT, CUT_START, CUT_STOP = range(3)
CUT_COLUMNS = 3
REMOVED_ROWS = 4
_BRACKETED_TOKENS, _YEAR = 5, 4
_LOW16 = np.uint64(0xFFFF)
_CLOSE, _OPEN, _DASH, _COLON = (np.int64(c) >> CLASS_BITS for c in (CLOSE, OPEN, DASH, COLON))
_COLON_SIGN, _ROUND, _SQUARE, _SLASH = (ord(sign) for sign in ":)]/")


@kernel
def mark(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    characters: U64,
    seen: U16,
    beginnings: U64,
    bounds: I64,
    table: I64,
    signs: I64,
    live: I64,
    drop: I64,
    gone: I64,
    changed: Bool,
    cuts: I64,
) -> int:
    """Note which live lines go, and where marks are to be cut off those that stay.

    An outlet's mark opens one of the first lines of a text, the end mark closes its last, or a
    name: ``(Dân trí) - …``, ``TTO - …``, ``NEW YORK (AP) — …``, ``date 2024-08 …``, ``… ./.``.

    Parameters
    ----------
    data, columns, hashes, facts, characters, beginnings, bounds, table
        See `syndicate.kernels.markers.longest`.
    seen
        See `syndicate.kernels.signs.describe`.
    signs : ndarray of int64, shape (lines,)
        What each line says of itself.
    live, drop : ndarray of int64, shape (n,)
        Lines not yet gone, ascending, and the rule by which each goes, or 0.
    gone : ndarray of int64, shape (lines,)
        Filled for the live lines: the rule by which each went, or 0.
    changed : ndarray of bool, shape (texts,)
        Filled: whether any line of a text goes or is cut.
    cuts : ndarray of int64, shape (n, CUT_COLUMNS)
        Filled: lines that are cut, ascending, with the bytes that are left of each.

    Returns
    -------
    int
        How many lines are cut.
    """
    changed[:] = False
    count = low = 0
    while low < len(live):
        doc = columns[DOC, live[low]]
        text = np.int64(doc)
        before = count
        position = 0
        last = np.int64(-1)
        goes = False
        while low < len(live) and columns[DOC, live[low]] == doc:
            line = live[low]
            gone[line] = drop[low]
            goes |= drop[low] != NOTHING
            if drop[low] == NOTHING:
                last = line
                if position < LEAD_LINES and signs[line] & LED:
                    cut = _lead_in(
                        data, columns, hashes, facts, characters, seen, beginnings, bounds,
                        table, line,
                    )  # fmt: skip
                    if cut > 0:
                        cuts[count, CUT] = line
                        cuts[count, CUT_START] = cut
                        cuts[count, CUT_STOP] = np.int64(columns[STOP, line])
                        count += 1
                position += 1
            low += 1
        if last >= 0 and signs[last] & ENDED:
            if count == before or cuts[count - 1, CUT] != last:
                cuts[count, CUT] = last
                cuts[count, CUT_START] = np.int64(columns[START, last])
                count += 1
            cuts[count - 1, CUT_STOP] = past_end(
                data, columns, hashes, facts, characters, seen, last, beginnings, bounds, table
            )
        changed[text] = goes or count > before
    return count


@helper
def _lead_in(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    characters: U64,
    seen: U16,
    beginnings: U64,
    bounds: I64,
    table: I64,
    line: int,
) -> int:
    """Give the byte where the text proper of a line begins, or -1."""
    base, tokens = np.int64(columns[BASE, line]), np.int64(columns[TOKENS, line])
    for token in range(min(LEAD_TOKENS, tokens - 1)):
        opened = np.int64(facts[base + token, LOOK]) >> 16 & _OPEN
        if token > 0 and not opened:
            continue
        if np.int64(seen[hashes[base + token] & _LOW16]) & LEADS == 0:
            continue
        marker = longest(
            data, columns, hashes, facts, characters, line, token, LEADS, beginnings, bounds,
            table,
        )  # fmt: skip
        if marker >= 0:
            past = token + table[marker, LENGTH]
            if past < tokens and table[marker, MODE] == STAMP:
                return np.int64(facts[base + past, FIRST])
            return _text_after(data, facts, base, tokens, past)
    if tokens > 1 and np.int64(facts[base, LOOK]) >> 16 & _OPEN:
        return _bracketed(data, hashes, facts, base, tokens)
    return -1


@helper
def _text_after(data: U8, facts: U32, base: np.int64, tokens: np.int64, token: np.int64) -> int:
    """Give the byte where the text begins after the mark that ends before a token, or -1."""
    if token >= tokens:
        return -1
    stop = np.int64(facts[base + token, FIRST])
    at = np.int64(facts[base + token - 1, PAST])
    size = 1
    while size and at < stop:
        closes = data[at] == _ROUND or data[at] == _SQUARE
        size = 1 if closes else blank_at(data, at, stop)
        size = size or sign_at(data, at, stop, 0xEF, 0xBC, 0x89, 0x89)
        at += size
    dash = dash_at(data, at, stop)
    dash = 1 if not dash and at < stop and data[at] == _COLON_SIGN else dash
    if not dash:
        return -1
    while dash and at < stop:
        at += dash
        dash = blank_at(data, at, stop)
        dash = dash or dash_at(data, at, stop)
    return at


@helper
def _bracketed(data: U8, hashes: U64, facts: U32, base: np.int64, tokens: np.int64) -> int:
    """Give the byte after up to four words in brackets and a dash that open a line, or -1.

    A number that opens them, or has four digits, is an age or a year, and no outlet's.
    """
    for token in range(1, min(_BRACKETED_TOKENS, tokens)):
        place = base + token - 1
        digits = np.int64(facts[place, PAST]) - np.int64(facts[place, FIRST])
        if hashes[place] == NUMBER and (token == 1 or digits == _YEAR):
            return -1
        gap = np.int64(facts[base + token, LOOK]) >> 16
        if gap & _CLOSE:
            return _text_after(data, facts, base, tokens, token) if gap & _DASH else -1
        if gap & _COLON:
            return -1
    return -1


@kernel
def collect(
    data: U8,
    columns: U64,
    signs: I64,
    markers: I64,
    unsettled: Bool,
    offsets: I64,
    again: I64,
    before: U64,
    gone: I64,
    removed: I64,
    edges: I64,
) -> int:
    """List what goes from each text, and nothing of one of which too little would be left.

    Parameters
    ----------
    data : ndarray of uint8
    columns : ndarray of uint64, shape (LINE_COLUMNS, lines)
        The bytes and the lines.
    signs : ndarray of int64, shape (lines,)
        What each line said of itself before anything was cut off it.
    markers : ndarray of int64, shape (lines,)
        The marker that decides what each line is, or -1.
    unsettled : ndarray of bool, shape (texts,)
        Texts that still change, which stay whole.
    offsets : ndarray of int64, shape (texts + 1,)
        Where each text starts and the last ends.
    again : ndarray of int64, shape (k,)
        Lines that were cut, ascending.
    before : ndarray of uint64, shape (LINE_COLUMNS, k)
        How these read before.
    gone : ndarray of int64, shape (lines,)
        The rule by which each line goes, or 0.
    removed : ndarray of int64, shape (REMOVED_ROWS, m)
        Filled: first byte, byte after the last, rule and marker; room for each line that goes
        and two for each that was cut.
    edges : ndarray of int64, shape (texts + 1,)
        Filled: where each text's removals start and the last end.

    Returns
    -------
    int
        How many go.
    """
    lines = len(gone)
    count = low = was = 0
    for doc in range(len(edges) - 1):
        edges[doc] = count
        high, cut = low, was
        kept = total = prose = 0
        while high < lines and np.int64(columns[DOC, high]) == doc:
            words = full = np.int64(columns[WORDS, high])
            flags = np.int64(columns[FLAGS, high])
            if cut < len(again) and again[cut] == high:
                full, flags = np.int64(before[WORDS, cut]), np.int64(before[FLAGS, cut])
                cut += 1
            why = gone[high]
            total += full if why != COMMENTS else full - words
            kept += words if why == NOTHING else 0
            ours = full >= PROSE_WORDS and why != COMMENTS and why != SITE
            ours = ours and ends(flags, signs[high], full)
            prose += words if ours else 0
            high += 1
        fine = enough(kept, total, prose) and not unsettled[doc]
        for line in range(low, high):
            first, past = columns[START, line], columns[STOP, line]
            is_cut = was < cut and again[was] == line
            if is_cut:
                first, past = before[START, was], before[STOP, was]
                was += 1
            if fine and gone[line] != NOTHING:
                following = offsets[doc + 1]
                if line + 1 < high:
                    following = np.int64(columns[BEGIN, line + 1])
                removed[0, count] = np.int64(columns[BEGIN, line])
                removed[1, count] = following
                removed[2, count] = gone[line]
                removed[3, count] = markers[line]
                count += 1
            elif fine and is_cut:
                start, stop = np.int64(columns[START, line]), np.int64(columns[STOP, line])
                count = _cut_off(removed, count, np.int64(first), start, LEAD_IN)
                rule = END_MARK if data[stop] == _SLASH else NAME
                count = _cut_off(removed, count, stop, np.int64(past), rule)
        low = high
    edges[len(edges) - 1] = count
    return count


@helper
def _cut_off(removed: I64, count: int, start: np.int64, stop: np.int64, rule: int) -> int:
    """Note what was cut off a line, if it is anything; give how many go by then."""
    if start < stop:
        removed[0, count] = start
        removed[1, count] = stop
        removed[2, count] = rule
        removed[3, count] = -1
        count += 1
    return count


MARK, COLLECT = Patient(mark, 2_000, longest), Patient(collect, 2_000)
"""Both, without waiting for the compiler where there are few lines."""
