"""Where two texts hold the same words: aligned runs.

Seed and extend on shingle hashes in text order: shingle ``i`` of a text stands for its
tokens ``i .. i+n-1``. The left text is put into a hash table, the right one is read against
it, each seed is extended as far as both agree, and where runs compete for a token the
longer one gets it. Probes and occurrences are bounded and nothing is looked at twice, so
that a text made of one repeated word costs what any other of its length does.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from syndicate.kernels._jit import I32, I64, U8, U16, U64, Patient, kernel
from syndicate.kernels.chains import FAR, GOLDEN, THINNED, fill, finer, thin

OCCURRENCES: Final = 8
"""How many places of a repeated shingle are tried."""

PROBES: Final = FAR * OCCURRENCES
"""Longest walk along a thinned chain of the table; only hashes made to collide come near."""

LEAST_RUN: Final = 3
"""Tokens that a run must keep after longer runs took their share."""

FEW_DIGITS: Final = 6
"""Different digits up to which equal digits mean equal facts; a long list has them all."""

LIST: Final = 10
"""Facts that make a list, which is compared place by place: an exam's key has all letters."""


@kernel
def _seed(
    shingles: U64, a_from: int, a_size: int, b_from: int, b_size: int, shift: np.uint64,
    table: I32, following: I32, filter_: U8, a_starts: I32, b_starts: I32, lengths: I32,
    count: int,
) -> int:  # fmt: skip
    """List the runs of equal shingles met while reading the right text once."""
    j = 0
    fine = finer(shift)
    drift = 0  # left minus right position of the run before: the diagonal to stay on
    while j < b_size:
        value = shingles[np.uint64(b_from + j)]
        place = value * GOLDEN
        if not filter_[place >> fine]:
            j += 1
            continue
        best = start = found = steps = 0
        i = np.int64(table[place >> shift])
        while i >= 0 and found < OCCURRENCES and steps < PROBES:
            if shingles[a_from + i] == value:
                found += 1
                length = 1
                while i + length < a_size and j + length < b_size:
                    if shingles[a_from + i + length] != shingles[b_from + j + length]:
                        break
                    length += 1
                near = abs(i - j - drift) < abs(start - j - drift)
                if length > best or (length == best and near):
                    best = length
                    start = i
            i = np.int64(following[i])
            steps += 1
            if steps == FAR and filter_[place >> fine] != THINNED:
                filter_[place >> fine] = THINNED
                best = start = found = steps = 0
                i = np.int64(table[place >> shift])
                thin(shingles, a_from, i, following, OCCURRENCES)
        if best:
            a_starts[count] = start
            b_starts[count] = j
            lengths[count] = best
            count += 1
            drift = start - j
        j += max(best, 1)
    return count


@kernel
def _share_out(
    a_starts: I32, b_starts: I32, lengths: I32, first: int, last: int, least: int,
    owner_a: I32, owner_b: I32,
) -> int:  # fmt: skip
    """Give each token to the longest run that wants it, and cut the runs to what they got."""
    for run in range(first, last):
        for k in range(lengths[run]):
            owner_a[a_starts[run] + k] = -1
            owner_b[b_starts[run] + k] = -1
    for run in range(first, last):
        for k in range(lengths[run]):
            a = a_starts[run] + k
            if owner_a[a] < 0 or lengths[owner_a[a]] < lengths[run]:
                owner_a[a] = run
            b = b_starts[run] + k
            if owner_b[b] < 0 or lengths[owner_b[b]] < lengths[run]:
                owner_b[b] = run
    kept = first
    for run in range(first, last):
        best = 0
        end = 0
        current = 0
        for k in range(lengths[run]):
            mine = owner_a[a_starts[run] + k] == run and owner_b[b_starts[run] + k] == run
            current = current + 1 if mine else 0
            if current > best:
                best = current
                end = k + 1
        if best >= least:
            a_starts[kept] = a_starts[run] + end - best
            b_starts[kept] = b_starts[run] + end - best
            lengths[kept] = best
            kept += 1
    return kept


@kernel
def align_pairs(
    shingles: U64, bounds: I64, left: I64, right: I64, width: int,
    table: I32, following: I32, filter_: U8, owner_a: I32, owner_b: I32,
    a_starts: I32, b_starts: I32, lengths: I32, run_bounds: I64,
) -> int:  # fmt: skip
    """Align each pair of texts by their shingles, in time linear in their tokens.

    Parameters
    ----------
    shingles : ndarray of uint64
        Shingle hashes of all texts in text order, one text after the other.
    bounds : ndarray of int64, shape (texts + 1,)
        Where each text's shingles start and the last end.
    left, right : ndarray of int64, shape (pairs,)
        Text numbers. Sorted by ``left``, each left text is hashed once.
    width
        Tokens to a shingle.
    table, following, filter_, owner_a, owner_b
        Scratch. With ``n`` shingles in the longest text: int32 of at least
        ``table_room(n)`` and ``n``, uint8 of ``filter_room(n)``, and int32 of
        ``n + width`` twice.
    a_starts, b_starts, lengths : ndarray of int32
        Filled with each run's first token in either text and its tokens, sorted by the
        right text within a pair; runs overlap in neither text. As long as all right texts
        together have shingles is enough.
    run_bounds : ndarray of int64, shape (pairs + 1,)
        Filled: where each pair's runs start and the last end.

    Returns
    -------
    int
        The number of runs.
    """
    run_bounds[0] = 0
    count = run_bounds[0]  # not a literal, which would compile the helpers twice
    in_table = -1
    shift = np.uint64(60)
    for pair in range(len(left)):
        a_from = bounds[left[pair]]
        a_size = bounds[left[pair] + 1] - a_from
        b_from = bounds[right[pair]]
        b_size = bounds[right[pair] + 1] - b_from
        if left[pair] != in_table:
            shift = fill(shingles, a_from, a_size, table, following, filter_)
            in_table = left[pair]
        last = _seed(
            shingles, a_from, a_size, b_from, b_size, shift, table, following, filter_,
            a_starts, b_starts, lengths, count,
        )  # fmt: skip
        for run in range(count, last):
            lengths[run] += width - 1
        least = min(LEAST_RUN, width)
        count = _share_out(a_starts, b_starts, lengths, count, last, least, owner_a, owner_b)
        run_bounds[pair + 1] = count
    return count


@kernel
def is_fact(trait: np.int64) -> bool:
    """Whether a token states a fact: it has a digit, or is a capital A to D by itself."""
    return trait & 0x3FF != 0 or 0 < trait < 0x4000


@kernel
def count_facts(traits: U16, out: I32) -> None:
    """Count the facts before each token, and at last all of them.

    Parameters
    ----------
    traits : ndarray of uint16, shape (n,)
    out : ndarray of int32, shape (n + 1,)
        Filled.
    """
    count = 0
    for k in range(len(traits)):
        out[k] = count
        count += is_fact(np.int64(traits[k]))
    out[len(traits)] = count


@kernel
def _stated(trait: np.int64) -> int:
    """Give what a fact states, whatever its form: 09 is 9, and 580m is 580 m."""
    return trait & (0x3FE if trait & 0x4000 else 0x3FFE)


@kernel
def _facts(traits: U16, start: int, end: int) -> tuple[np.uint64, int]:
    """Give a set of the facts in a range, as bits, and of their digits but 0."""
    held = np.uint64(0)
    digits = 0
    for k in range(start, end):
        trait = np.int64(traits[k])
        if is_fact(trait):
            held |= np.uint64(1) << ((np.uint64(_stated(trait)) * GOLDEN) >> np.uint64(58))
            digits |= trait & 0x3FE
    return held, digits


@kernel
def _size(held: np.uint64) -> int:
    """Count the bits set."""
    count = 0
    while held:
        held &= held - np.uint64(1)
        count += 1
    return count


@kernel
def _exchanged(traits: U16, a: int, a_end: int, b: int, b_end: int) -> int:
    """Count where two lists state different facts; -1 if they are short or unequally long."""
    count = 0
    different = 0
    while True:
        while a < a_end and not is_fact(np.int64(traits[a])):
            a += 1
        while b < b_end and not is_fact(np.int64(traits[b])):
            b += 1
        if a == a_end or b == b_end:
            break
        count += 1
        different += _stated(np.int64(traits[a])) != _stated(np.int64(traits[b]))
        a += 1
        b += 1
    return different if count >= LIST and a == a_end and b == b_end else -1


@kernel
def changed_facts(
    traits: U16, a_starts: I64, a_ends: I64, b_starts: I64, b_ends: I64, out: I32, places: I32
) -> None:
    """Count in each pair of gaps the facts put in the place of others.

    Parameters
    ----------
    traits : ndarray of uint16
        What each token is made of, as `syndicate.text.fold` has it.
    a_starts, a_ends, b_starts, b_ends : ndarray of int64, shape (gaps,)
        Ranges of ``traits``.
    out : ndarray of int32, shape (gaps,)
        Filled. Of lists that are equally long, how many of their facts differ from the one at
        the same place. Else 0 where either side has no fact, or both have the same few digits
        in whatever form; else the facts that only one side has, the smaller number of both.
    places : ndarray of int32, shape (gaps,)
        Filled with at how many places: each fact of a list, one otherwise.
    """
    for gap in range(len(out)):
        a, a_end, b, b_end = a_starts[gap], a_ends[gap], b_starts[gap], b_ends[gap]
        listed = _exchanged(traits, a, a_end, b, b_end)
        if listed >= 0:
            out[gap] = places[gap] = listed
            continue
        held_a, digits_a = _facts(traits, a, a_end)
        held_b, digits_b = _facts(traits, b, b_end)
        changed = min(_size(held_a & ~held_b), _size(held_b & ~held_a))
        same = digits_a == digits_b and _size(np.uint64(digits_a)) <= FEW_DIGITS
        out[gap] = 0 if same and digits_a else changed
        places[gap] = min(out[gap], 1)


ALIGN_PAIRS, COUNT_FACTS = Patient(align_pairs, 20_000, fill), Patient(count_facts, 50_000)
"""The kernels, without waiting for the compiler where there are few tokens."""
