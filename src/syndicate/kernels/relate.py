"""Deciding what pairs of texts share, by the rules of `syndicate.match.relation`, pair by pair.

For the few pairs of one page the same by numpy, array by array, takes many times as long.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import F64, I8, I64, U8, Bool, Patient, helper, kernel
from syndicate.kernels.measure import (
    BULK_A,
    BULK_B,
    EDITS,
    FACTS_A,
    FACTS_B,
    FACTS_CHANGED,
    FACTS_SHARED,
    FIRST_A,
    FIRST_B,
    LAST_A,
    LAST_B,
    LONGEST,
    MOVED,
    PASSAGES,
    RUNS,
    SHARED,
    SLOTS,
    SPANNED_A,
    SPANNED_B,
    TOKENS_A,
    TOKENS_B,
)

(
    EXACTLY, FORM, ONLY_FACTS, FORMULAS, FIGURES, VERSION, WHOLLY, EXCERPT, EMBEDDING, AMID, LED,
    BACKGROUND, OVERLAPS,
) = range(13)  # fmt: skip
"""Rules, as `syndicate.match.relation.RULES` has them."""

(
    L_SLOTS, L_CHANGED, L_CHANGED_LEAST, L_CHANGED_FEW, L_FORMULAS, L_DENSE, L_NUMBERS, L_SAME,
    L_SAME_BETWEEN, L_BEHIND, L_WHOLE, L_PART, L_MUCH, L_HALF, L_SOME, L_CHIEFLY, L_COHERENT,
    L_SEAM, L_LEAST, L_REWRITTEN, L_IN_PLACE, L_SHORT_RUN, L_BACKGROUND, L_TOLD_PART, L_SCATTERED,
    L_HELD, L_PAGE, L_HEAD, L_LEAD, L_LED_SHORT, L_LED_LONG, L_UNBROKEN, L_MORE, L_EARLY,
    L_ONE_PIECE,
) = range(35)  # fmt: skip
"""Places in ``limits``."""

(SHARE_SHORT, SHARE_LONG, SPAN_SHORT, SPAN_LONG, FACTS, COHERENT, LATE, EARLY) = range(8)
"""Places of what is made of a row first."""
MADE = 8


@helper
def _made(t: I64, limits: F64, m: F64) -> None:
    """Make the shares that the rules compare."""
    size_a, size_b = max(t[TOKENS_A], 1), max(t[TOKENS_B], 1)
    short, long = min(size_a, size_b), max(size_a, size_b)
    a_short = t[TOKENS_A] <= t[TOKENS_B]
    m[SHARE_SHORT] = t[SHARED] / short
    m[SHARE_LONG] = t[SHARED] / long
    m[SPAN_SHORT] = (t[SPANNED_A] if a_short else t[SPANNED_B]) / short
    m[SPAN_LONG] = (t[SPANNED_B] if a_short else t[SPANNED_A]) / long
    m[FACTS] = t[FACTS_CHANGED] / max(t[FACTS_CHANGED] + t[FACTS_SHARED], 1)
    coherent = t[SHARED] - limits[L_SEAM] * t[RUNS] >= limits[L_COHERENT] * short
    m[COHERENT] = coherent and t[SHARED] >= limits[L_LEAST]
    begins_a, begins_b = t[BULK_A] / size_a, t[BULK_B] / size_b
    m[LATE] = min(begins_a, begins_b) > limits[L_BACKGROUND]
    m[EARLY] = max(begins_a, begins_b) <= limits[L_EARLY]


@helper
def _dense(t: I64, limits: F64) -> bool:
    least = limits[L_DENSE]
    return t[FACTS_A] >= least * t[TOKENS_A] and t[FACTS_B] >= least * t[TOKENS_B]


@helper
def _form(t: I64, m: F64, limits: F64) -> bool:
    few = t[SLOTS] == limits[L_SLOTS] - 1 and m[FACTS] >= limits[L_CHANGED_FEW]
    few = few and (t[FACTS_CHANGED] >= limits[L_SLOTS] or _dense(t, limits))
    many = t[SLOTS] >= limits[L_SLOTS] and m[FACTS] >= limits[L_CHANGED_LEAST]
    mostly = 2 * t[SLOTS] >= t[EDITS] and m[SHARE_SHORT] < 0.8 and (few or many)
    several = t[SLOTS] >= limits[L_SLOTS] and m[FACTS] >= limits[L_CHANGED]
    return (several or mostly) and m[SHARE_SHORT] >= limits[L_TOLD_PART]


@helper
def _short(t: I64, limits: F64) -> bool:
    return t[SHARED] <= limits[L_SHORT_RUN] * t[RUNS] and t[LONGEST] < 0.3 * t[SHARED]


@helper
def _formulas(t: I64, m: F64, limits: F64) -> bool:
    numbers = t[SLOTS] > 1 and t[FACTS_SHARED] >= limits[L_FORMULAS]
    numbers = numbers and m[SHARE_SHORT] >= limits[L_TOLD_PART]
    many = t[PASSAGES] >= limits[L_FORMULAS] and t[MOVED] >= limits[L_SLOTS]
    return numbers and many and _short(t, limits)


@helper
def _figures(t: I64, m: F64, limits: F64) -> bool:
    least = min(t[FACTS_A], t[FACTS_B])
    if least < limits[L_NUMBERS] or m[SHARE_SHORT] < limits[L_TOLD_PART]:
        return False
    if not _dense(t, limits):
        return False
    exchanged = t[SLOTS] >= limits[L_SLOTS] - 1 and t[FACTS_CHANGED] >= limits[L_SLOTS]
    exchanged = exchanged and m[SHARE_SHORT] < 0.8
    if exchanged and t[FACTS_SHARED] <= limits[L_SAME] * least:
        return True
    if t[PASSAGES] < limits[L_FORMULAS]:
        return False
    moved = t[MOVED] >= limits[L_SLOTS]
    part = limits[L_SAME] if moved else limits[L_SAME_BETWEEN]
    if _short(t, limits) and t[FACTS_SHARED] <= part * least:
        return True
    part = min(limits[L_SAME_BETWEEN], limits[L_BEHIND] * m[SHARE_SHORT])
    return moved and t[FACTS_SHARED] <= part * least


@helper
def _led(t: I64, m: F64, limits: F64) -> bool:
    whole = t[SPANNED_A] >= limits[L_UNBROKEN] * t[LAST_A]
    whole = whole or t[SPANNED_B] >= limits[L_UNBROKEN] * t[LAST_B]
    unbroken = whole and t[MOVED] == 0 and t[SLOTS] < limits[L_SLOTS]
    unbroken = unbroken and 3 * t[LONGEST] >= t[SHARED]
    much = m[SHARE_SHORT] >= limits[L_LED_SHORT] and m[SHARE_LONG] >= limits[L_LED_LONG]
    begins = max(t[FIRST_A], t[FIRST_B]) <= limits[L_LEAD]
    return much and unbroken and m[COHERENT] > 0 and begins


@helper
def _scattered(t: I64, m: F64, later: int, limits: F64) -> bool:
    """Say whether a part of a longer text was taken out of it, rather than put into it."""
    a_short = t[TOKENS_A] <= t[TOKENS_B]
    long_later = later if a_short else -later
    if long_later != 0:
        return long_later < 0
    short = max(min(t[TOKENS_A], t[TOKENS_B]), 1)
    long = max(t[TOKENS_A], t[TOKENS_B])
    if m[SPAN_SHORT] < limits[L_HELD] and long < limits[L_PAGE] * short:
        return True
    if t[MOVED] > 0 and t[LONGEST] < limits[L_ONE_PIECE] * t[SHARED]:
        return True
    extent_a, extent_b = t[LAST_A] - t[FIRST_A], t[LAST_B] - t[FIRST_B]
    in_short = extent_a if a_short else extent_b
    in_long = extent_b if a_short else extent_a
    first = t[FIRST_B] if a_short else t[FIRST_A]
    return first <= limits[L_HEAD] * short or in_long > limits[L_SCATTERED] * in_short


@helper
def _copied(t: I64, m: F64, version: int, later: int, limits: F64) -> int:
    """Give the rule of a pair that is no form.

    ``version`` is 1 for two pages of one site at two times, 2 for two of one address, else 0.
    """
    half = m[SHARE_SHORT] >= limits[L_HALF]
    apart = abs(t[SPANNED_A] - t[SPANNED_B])
    in_place = apart <= limits[L_IN_PLACE] * t[SPANNED_A]
    in_place = in_place and t[SHARED] <= limits[L_SHORT_RUN] * t[RUNS]
    enough = half or (in_place and m[SHARE_SHORT] >= limits[L_REWRITTEN])
    most_spanned = m[SPAN_SHORT] >= limits[L_PART]
    whole = most_spanned and m[SPAN_LONG] >= limits[L_WHOLE] and enough
    joins = half and m[COHERENT] > 0
    joins = joins and (m[SHARE_SHORT] >= limits[L_MORE] or m[EARLY] > 0)
    told = joins and m[LATE] == 0
    solid = told and m[SHARE_LONG] < limits[L_SOME] and 2 * t[LONGEST] >= t[SHARED]
    most = most_spanned and joins
    amid = (told or most) and m[SHARE_LONG] >= limits[L_SOME]
    amid = amid and m[SHARE_SHORT] < limits[L_CHIEFLY]
    long_later = later if t[TOKENS_A] <= t[TOKENS_B] else -later
    if version > 0 and (whole or (most and (long_later > 0 or version > 1))):
        return VERSION
    if whole:
        return WHOLLY
    much = told and m[SHARE_SHORT] >= limits[L_MUCH] and t[SHARED] >= 2 * limits[L_LEAST]
    if (most or solid or much) and not amid:
        return EXCERPT if _scattered(t, m, later, limits) else EMBEDDING
    if amid:
        return AMID
    if _led(t, m, limits):
        return LED
    return BACKGROUND if half and m[LATE] > 0 else OVERLAPS


@kernel
def relate(
    table: I64, same_text: Bool, same_site: Bool, same_url: Bool, later: I8, limits: F64, out: U8
) -> None:
    """Decide which rule holds for each pair.

    Parameters
    ----------
    table : ndarray of int64, shape (rows, pairs)
        As `syndicate.match.align.EvidenceTable`, a row a quantity.
    same_text, same_site, same_url : ndarray of bool, shape (pairs,)
    later : ndarray of int8, shape (pairs,)
        As `syndicate.match.relation.Context` has them.
    limits : ndarray of float64, shape (35,)
        Those of `syndicate.match.relation` in the order of those here.
    out : ndarray of uint8, shape (pairs,)
        Filled with places in `syndicate.match.relation.RULES`.
    """
    m = np.empty(MADE)
    row = np.empty(len(table), np.int64)
    for pair in range(len(out)):
        for k in range(len(row)):
            row[k] = table[k, pair]
        _made(row, limits, m)
        spanned = m[SPAN_SHORT] >= 0.95 and m[SPAN_LONG] >= 0.95
        if same_text[pair]:
            out[pair] = EXACTLY
        elif _form(row, m, limits):
            out[pair] = FORM
        elif spanned and row[SLOTS] > 1 and row[SLOTS] >= row[EDITS]:
            out[pair] = ONLY_FACTS
        elif _formulas(row, m, limits):
            out[pair] = FORMULAS
        elif _figures(row, m, limits):
            out[pair] = FIGURES
        else:
            moved = int(later[pair])
            version = 2 if same_url[pair] else int(same_site[pair] and moved != 0)
            out[pair] = _copied(row, m, version, moved, limits)


RELATE = Patient(relate, 2000)
