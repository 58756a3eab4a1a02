"""Pages whose line breaks were lost: their ends, and the learned runs of words glued to them."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import F64, I64, U8, U32, U64, Bool, Patient, helper, kernel
from syndicate.kernels.blanks import blank_at, blank_before, count_either, dash_at, sign_at
from syndicate.kernels.lines import (
    BASE,
    DOC,
    FIRST,
    GROW,
    HEAD,
    PAST,
    SEED,
    START,
    STOP,
    TOKENS,
    WORDS,
)

# Rules, as `syndicate.boilerplate.rules` numbers them.
SITE_HEAD, SITE_TAIL, SITE_RUN = 24, 25, 26

RUN = 5
"""Tokens to a run of a glued line."""
GLUED_LINES, GLUED_WORDS = 3, 30
"""A page of at most so many lines may have lost its line breaks; lines longer than this did."""
MOST_CUTS = 2 * HEAD
"""Runs that may be cut out of a line."""
CUT_COLUMNS = 4
_OFTEN = 0.5
_LEAST_INSIDE = 12
_NEAR = 16
_SEED, _GROW, _NO = np.uint64(SEED), np.uint64(GROW), np.uint64(0)
_S29, _LOW16 = np.uint64(29), np.uint64(0xFFFF)
_SPACE, _NEWLINE, _RETURN = (np.uint8(ord(sign)) for sign in " \n\r")
_BEFORE, _AFTER = np.zeros(256, np.bool_), np.zeros(256, np.bool_)
_BEFORE[[ord(sign) for sign in "[({<|>*:/-"]] = True
_AFTER[[ord(sign) for sign in "])}>|.,:;!*/-"]] = True


@kernel
def take_ends(
    data: U8, offsets: I64, sizes: I64, out: U8, bounds: I64, joins: I64, left_out: I64
) -> None:
    """Copy texts, without the middle of those that are one long line.

    Parameters
    ----------
    data : ndarray of uint8
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts and the last ends.
    sizes : ndarray of int64, shape (n,)
        Bytes that are at least left at each end, up to a space; 0 for whole texts.
    out : ndarray of uint8
        Filled; room for all texts.
    bounds : ndarray of int64, shape (n + 1,)
        Filled: where each starts there and the last ends.
    joins, left_out : ndarray of int64, shape (n,)
        Filled: byte of what was copied where the middle is left out, and its bytes.
    """
    at = np.int64(0)
    for text in range(len(sizes)):
        low, high, size = offsets[text], offsets[text + 1], sizes[text]
        join = tail = high
        long = size > 0 and high - low >= 3 * size
        if long and not count_either(data[low:high], _NEWLINE, _RETURN):
            first, last = low + size - 1, high - size
            while first >= low and data[first] != _SPACE:
                first -= 1
            while last < high and data[last] != _SPACE:
                last += 1
            if first >= low and last < high:
                join, tail = first, last
        bounds[text] = at
        joins[text] = join - low if tail > join else 0
        left_out[text] = tail - join
        _copy(data, low, join, out, at)
        _copy(data, tail, high, out, at + join - low)
        at += join - low + high - tail
    bounds[len(sizes)] = at


@helper
def _copy(data: U8, low: np.int64, high: np.int64, out: U8, at: np.int64) -> None:
    """Copy bytes; all unsigned, for whole blocks are copied only where none can wrap."""
    start, place = np.uint64(low), np.uint64(at)
    for i in range(np.uint64(high - low)):
        out[place + i] = data[start + i]


@kernel
def count_gaps(data: U8, starts: I64, stops: I64, owner: I64, out: I64) -> None:
    """Count the spaces and line breaks of spans: one less than the words, about.

    Parameters
    ----------
    data : ndarray of uint8
    starts, stops, owner : ndarray of int64, shape (n,)
        Where each span lies, and for which text it counts.
    out : ndarray of int64, shape (texts,)
        Added to.
    """
    for i in range(len(starts)):
        out[owner[i]] += count_either(data[starts[i] : stops[i]], _NEWLINE, _SPACE)


@kernel
def learned_runs(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    few: Bool,
    sites: U64,
    seen: Bool,
    keys: U64,
    shares: F64,
    covered: F64,
    cuts: I64,
    lines: int,
) -> int:
    """Find the learned runs at the edges of long lines, and long ones inside.

    Parameters
    ----------
    data, columns, hashes, facts
        See `syndicate.kernels.markers.longest`.
    few : ndarray of bool, shape (texts,)
        Texts that hardly have lines, of sites that have learned runs.
    sites : ndarray of uint64, shape (texts,)
        Hash of each text's site.
    seen : ndarray of bool, shape (65536,)
    keys : ndarray of uint64, ascending, shape (m,)
    shares : ndarray of float64, shape (m,)
        The learned runs: see `syndicate.boilerplate.learned.Table`.
    covered : ndarray of float64, shape (2 * HEAD,)
        Scratch.
    cuts : ndarray of int64, shape (k, CUT_COLUMNS)
        Filled: text, first byte, byte after the last, rule; room for MOST_CUTS of each long line.
    lines
        How many there are.

    Returns
    -------
    int
        How many cuts.
    """
    count = 0
    for line in range(lines):
        text = np.int64(columns[DOC, line])
        if not few[text] or np.int64(columns[WORDS, line]) <= GLUED_WORDS:
            continue
        base, tokens = np.int64(columns[BASE, line]), np.int64(columns[TOKENS, line])
        stored = min(tokens, 2 * HEAD)
        if not _cover(hashes, base, tokens, sites[text], seen, keys, shares, covered):
            continue
        low, high = np.int64(columns[START, line]), np.int64(columns[STOP, line])
        first = base - base
        while first < stored:
            sort = _sort(covered[first])
            last = first
            while last + 1 < stored and _sort(covered[last + 1]) == sort:
                if tokens > stored and last + 1 == HEAD:
                    break
                last += 1
            one, other = first, last
            first = last + 1
            if sort == 0:
                continue
            rule = SITE_RUN
            if sort > 1:
                rule = SITE_TAIL if other == stored - 1 else rule
                rule = SITE_HEAD if one == 0 else rule
            else:
                one, other = _core(covered, one, other)
            if rule == SITE_RUN and other - one + 1 < _LEAST_INSIDE:
                continue
            start = np.int64(facts[base + _place(one, tokens), FIRST])
            past = np.int64(facts[base + _place(other, tokens), PAST])
            if rule == SITE_TAIL:
                start, past = _signs_before(data, low, start), high
            else:
                start, past = low if rule == SITE_HEAD else start, _signs_after(data, past, high)
            cuts[count, 0] = text
            cuts[count, 1] = start
            cuts[count, 2] = past
            cuts[count, 3] = rule
            count += 1
    return count


@helper
def _place(position: int | np.int64, tokens: np.int64) -> np.int64:
    """Give where a kept token of a line lies: the last ones in a ring."""
    left_out = tokens - 2 * HEAD if tokens > 2 * HEAD else tokens - tokens
    ring = HEAD + ((position + left_out) & (HEAD - 1))
    return np.int64(position if position < HEAD else ring)


@helper
def _sort(share: float) -> int:
    """Tell what is no run, one, and one of most of a site's articles."""
    return 2 if share >= _OFTEN else 1 if share > 0 else 0


@helper
def _cover(
    hashes: U64, base: np.int64, tokens: np.int64, site: np.uint64, seen: Bool, keys: U64,
    shares: F64, covered: F64,
) -> bool:  # fmt: skip
    """Give each kept token of a line the largest share of a learned run that it is in."""
    stored = min(tokens, 2 * HEAD)
    any_run = False
    for position in range(stored):
        covered[position] = 0.0
    for position in range(stored - RUN + 1):
        if tokens > stored and HEAD - RUN < position < HEAD:
            continue
        key = _SEED
        for step in range(RUN):
            key = (key ^ hashes[base + _place(position + step, tokens)]) * _GROW
            key ^= key >> _S29
        if key == _NO:
            continue
        key ^= site
        if not seen[key & _LOW16]:
            continue
        low = np.searchsorted(keys, key)
        if low < len(keys) and keys[low] == key:
            any_run = True
            for step in range(RUN):
                covered[position + step] = max(covered[position + step], shares[low])
    return any_run


@helper
def _core(covered: F64, first: np.int64, last: np.int64) -> tuple[np.int64, np.int64]:
    """Trim a stretch where what recurs runs on into what recurs less than half as often."""
    most = 0.0
    for i in range(first, last + 1):
        most = max(most, covered[i])
    while covered[first] < 0.5 * most:
        first += 1
    while covered[last] < 0.5 * most:
        last -= 1
    return first, last


@helper
def _signs_before(data: U8, low: np.int64, at: np.int64) -> np.int64:
    """Give where the signs begin that stand before a byte and belong to what follows."""
    low = max(low, at - _NEAR)
    size = 1
    while size:
        size = 1 if at > low and _BEFORE[data[at - 1]] else blank_before(data, at, low)
        if not size and at - 3 >= low:
            size = sign_at(data, at - 3, at, 0xE2, 0x80, 0x90, 0x95)
        at -= size
    return at


@helper
def _signs_after(data: U8, at: np.int64, high: np.int64) -> np.int64:
    """Give where the signs end that stand at a byte and belong to what goes before."""
    high = min(high, at + _NEAR)
    size = 1
    while size:
        size = 1 if at < high and _AFTER[data[at]] else blank_at(data, at, high)
        size = size or dash_at(data, at, high)
        size = size or sign_at(data, at, high, 0xE2, 0x80, 0xA6, 0xA6)  # an ellipsis
        size = size or sign_at(data, at, high, 0xE2, 0x80, 0x9D, 0x9D)  # a closing quote
        at += size
    return at


TAKE_ENDS, COUNT_GAPS = Patient(take_ends, 100_000), Patient(count_gaps, 100_000)
"""The kernels, for bytes."""
LEARNED_RUNS = Patient(learned_runs, 100)
"""The kernel, for lines."""
