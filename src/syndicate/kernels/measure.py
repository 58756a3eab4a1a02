"""Measuring how what pairs of texts share lies in them, run by run.

For few pairs the same by numpy, array by array, takes several times as long.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U16, Patient, helper, kernel
from syndicate.kernels.align import changed_facts
from syndicate.kernels.copying import copy_to

(
    TOKENS_A, TOKENS_B, SHARED, RUNS, PASSAGES, LONGEST, SPANNED_A, SPANNED_B, MOVED,
    FIRST_A, LAST_A, FIRST_B, LAST_B, BULK_A, BULK_B, OWN_A, OWN_B,
    EDITS, SLOTS, FACTS_CHANGED, FACTS_SHARED, FACTS_A, FACTS_B,
) = range(23)  # fmt: skip
"""Rows of a table, as `syndicate.match.align.EvidenceTable` has its columns."""
ROWS = 23

EDIT, INSERTED, BESIDE, RELAXED, BULK, TABLE, BRIEF, BRIEF_PART = range(8)
"""Places in ``limits``."""
_EVEN, _FEW = 3, 16


@helper
def _joins(gap_a: int, gap_b: int, limits: I64) -> bool:
    """Say whether runs with this much between them are one passage with an edit."""
    low = min(gap_a, gap_b)
    high = max(gap_a, gap_b)
    near = high <= limits[EDIT] or (low <= limits[BESIDE] and high <= limits[INSERTED])
    return low >= 0 and near


@helper
def _keep(
    a: I32, b: I32, length: I32, low: int, high: int, tokens: int, size: int, limits: I64,
    runs: I64,
) -> int:  # fmt: skip
    """Copy a pair's runs, cut to the text, without short ones that lie across a passage."""
    for k in range(low, high):
        length[k] = min(length[k], tokens - b[k])
    kept = 0
    for k in range(low, high):
        if low < k < high - 1 and length[k] < 2 * size:
            end_a = np.int64(a[k - 1] + length[k - 1])
            end_b = np.int64(b[k - 1] + length[k - 1])
            across = _joins(a[k + 1] - end_a, b[k + 1] - end_b, limits)
            if across and not _joins(a[k] - end_a, b[k] - end_b, limits):
                continue
        runs[0, kept] = a[k]
        runs[1, kept] = b[k]
        runs[2, kept] = length[k]
        kept += 1
    return kept


@helper
def _sort(starts: I64, order: I64) -> None:
    """Put the places of runs in the order of their starts; nearly all pairs have few."""
    if len(starts) > _FEW:
        copy_to(order, 0, np.argsort(starts, kind="mergesort"))
        return
    for k in range(len(starts)):
        at = k
        while at > 0 and starts[order[at - 1]] > starts[k]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = k


@helper
def _least(words: I64, total: int, limits: I64) -> int:
    """Give the words of the shortest passage that counts for where the shared text lies."""
    brief = np.int64(0)
    for passage in range(len(words)):
        brief += words[passage] if words[passage] < limits[BRIEF] else 0
    return limits[BRIEF] if limits[BRIEF_PART] * brief <= total else 0


@helper
def _extent(
    starts: I64, length: I64, order: I64, passage: I64, words: I64, least: int, enough: int,
    out: I64,
) -> None:  # fmt: skip
    """Give the first and last token shared, the bulk's, and the longest stretch outside.

    ``passage`` is that of each run, ``words`` are those of each passage; what is in one of less
    than ``least`` counts for the stretch alone. With ``enough`` words the bulk is reached.
    ``out`` holds the text's tokens four times, as for a pair that shares nothing.
    """
    tokens = out[0]
    so_far = np.int64(0)
    end = np.int64(0)
    longest = np.int64(0)
    for at in range(len(order)):
        k = order[at]
        longest = max(longest, starts[k] - end)
        end = starts[k] + length[k]
        if words[passage[k]] < least:
            continue
        out[0] = out[0] if so_far else starts[k]
        out[1] = end
        out[2] = out[2] if so_far >= enough else starts[k]
        so_far += length[k]
    if len(order):
        out[3] = max(longest, tokens - end)


@helper
def _gaps(
    runs: I64, k: int, base_a: int, base_b: int, facts: I32, traits: U16, limits: I64, where: I64,
    changed: I32, places: I32, row: I64,
) -> bool:  # fmt: skip
    """Sum up one run and what lies between it and the one before; tell whether they join."""
    start_a = base_a + runs[0, k]
    start_b = base_b + runs[1, k]
    length = runs[2, k]
    row[SHARED] += length
    row[SPANNED_A] += length
    row[SPANNED_B] += length
    row[FACTS_SHARED] += facts[start_a + length] - facts[start_a]
    if k == 0:
        return False
    gap_a = runs[0, k] - runs[0, k - 1] - runs[2, k - 1]
    gap_b = runs[1, k] - runs[1, k - 1] - runs[2, k - 1]
    low = min(gap_a, gap_b)
    high = max(gap_a, gap_b)
    joined = _joins(gap_a, gap_b, limits)
    even = low >= 0 and abs(gap_a - gap_b) <= _EVEN and high <= limits[RELAXED]
    if joined or even:
        row[SPANNED_A] += gap_a
        row[SPANNED_B] += gap_b
    row[MOVED] += np.int64(gap_a < 0)
    table = not joined and low > 0 and high <= limits[TABLE]
    if table:
        table = 2 * (facts[start_a] - facts[start_a - gap_a]) >= gap_a
        table = table and 2 * (facts[start_b] - facts[start_b - gap_b]) >= gap_b
    row[EDITS] += np.int64((joined and high > 0) or table)
    if (joined or table) and low > 0:
        where[0], where[1], where[2], where[3] = start_a - gap_a, start_a, start_b - gap_b, start_b
        changed_facts(traits, where[0:1], where[1:2], where[2:3], where[3:4], changed, places)
        row[SLOTS] += places[0]
        row[FACTS_CHANGED] += changed[0]
    return joined


@kernel
def measure(
    a: I32, b: I32, length: I32, bounds: I64, traits: U16, facts: I32, token_bounds: I64,
    left: I64, right: I64, size: int, limits: I64, out: I64,
) -> None:  # fmt: skip
    """Sum up the runs of each pair.

    Parameters
    ----------
    a, b, length, bounds
        As `syndicate.kernels.align.align_pairs` fills them; lengths are cut to the texts.
    traits : ndarray of uint16
        Of the tokens of all texts.
    facts : ndarray of int32
        As `syndicate.kernels.align.count_facts` fills it for them.
    token_bounds : ndarray of int64, shape (texts + 1,)
        Where each text's tokens start and the last end.
    left, right : ndarray of int64, shape (pairs,)
        Text numbers.
    size : int
        Tokens to a shingle.
    limits : ndarray of int64, shape (8,)
        The limits of `syndicate.match.align` in the order of those here.
    out : ndarray of int64, shape (pairs, ROWS)
        Filled.
    """
    changed, places = np.empty(1, np.int32), np.empty(1, np.int32)
    most = np.int64(1)
    for pair in range(len(left)):
        most = max(most, bounds[pair + 1] - bounds[pair])
    room, order = np.empty((3, most), np.int64), np.empty(most, np.int64)  # for any pair
    passage, words = np.empty(most, np.int64), np.empty(most, np.int64)
    extent, where = np.empty(4, np.int64), np.empty(4, np.int64)
    out[:] = 0
    for pair in range(len(left)):
        row = out[pair]
        base_a, base_b = token_bounds[left[pair]], token_bounds[right[pair]]
        row[TOKENS_A] = token_bounds[left[pair] + 1] - base_a
        row[TOKENS_B] = token_bounds[right[pair] + 1] - base_b
        low, high = bounds[pair], bounds[pair + 1]
        kept = _keep(a, b, length, low, high, row[TOKENS_B], size, limits, room)
        runs = room[:, :kept]
        for k in range(kept):
            joined = _gaps(
                runs, k, base_a, base_b, facts, traits, limits, where, changed, places, row
            )
            at = row[PASSAGES] - np.int64(joined)
            words[at] = runs[2, k] + (words[at] if joined else 0)
            passage[k] = at
            row[PASSAGES] = at + 1
            row[LONGEST] = max(row[LONGEST], words[at])
        row[RUNS] = kept
        row[SPANNED_A] = min(row[SPANNED_A], row[TOKENS_A])
        row[SPANNED_B] = min(row[SPANNED_B], row[TOKENS_B])
        row[FACTS_A] = facts[base_a + row[TOKENS_A]] - facts[base_a]
        row[FACTS_B] = facts[base_b + row[TOKENS_B]] - facts[base_b]
        least = _least(words[: row[PASSAGES]], row[SHARED], limits)
        enough = -(-row[SHARED] // limits[BULK])
        for side in range(2):
            extent[:] = row[TOKENS_A + side]
            extent[1] = 0
            _sort(runs[side], order)
            _extent(runs[side], runs[2], order[:kept], passage, words, least, enough, extent)
            row[FIRST_A + 2 * side] = extent[0]
            row[LAST_A + 2 * side] = extent[1]
            row[BULK_A + side] = extent[2]
            row[OWN_A + side] = extent[3]


MEASURE = Patient(measure, 20_000, changed_facts)
