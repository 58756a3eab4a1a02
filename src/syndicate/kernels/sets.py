"""Exact sizes of sets of shingle hashes, by open addressing."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I32, I64, U8, U16, U32, U64, Bool, Patient, helper, kernel
from syndicate.kernels.chains import FAR, GOLDEN, THINNED, fill, finer, thin


@helper
def _is_among(value: np.uint64, left_out: U64, firsts: I64) -> bool:
    """Say whether a hash is one of those that are left out."""
    top = value >> np.uint64(48)
    found = False
    for place in range(firsts[top], firsts[top + np.uint64(1)]):
        found |= left_out[place] == value
    return found


@kernel
def distinct(
    shingles: U64,
    bounds: I64,
    left_out: U64,
    firsts: I64,
    near: Bool,
    table: U64,
    owner: I64,
    out: I32,
) -> None:
    """Count the distinct hashes of each set.

    Parameters
    ----------
    shingles : ndarray of uint64
        All sets, one after the other, in any order and with repeats.
    bounds : ndarray of int64, shape (n + 1,)
        Where each set starts and the last ends.
    left_out : ndarray of uint64
        Hashes that do not count, ascending.
    firsts : ndarray of int64, shape (2**16 + 1,)
        Where in ``left_out`` those of each highest 16 bits begin.
    near : ndarray of bool, shape (2**14,)
        Which highest 14 bits occur in ``left_out``.
    table, owner : ndarray of uint64 and int64, shape (2**k,)
        Room for twice the largest set; ``owner`` is -1 throughout.
    out : ndarray of int32, shape (n,)
        Filled.
    """
    mask = np.uint64(len(table) - 1)
    for i in range(len(bounds) - 1):
        count = 0
        for j in range(bounds[i], bounds[i + 1]):
            value = shingles[j]
            slot = value & mask
            while owner[slot] == i and table[slot] != value:
                slot = (slot + np.uint64(1)) & mask
            count += owner[slot] != i
            table[slot] = value
            owner[slot] = i
        if len(left_out):
            for j in range(bounds[i], bounds[i + 1]):
                value = shingles[j]
                if near[value >> np.uint64(50)] and _is_among(value, left_out, firsts):
                    slot = value & mask
                    while table[slot] != value:
                        slot = (slot + np.uint64(1)) & mask
                    count -= owner[slot] == i
                    owner[slot] = -1  # the table is as full as it was: only the count is changed
        out[i] = count


@kernel
def shared(
    shingles: U64,
    bounds: I64,
    left_out: U64,
    firsts: I64,
    near: Bool,
    left: I64,
    right: I64,
    table: I32,
    following: I32,
    present: U8,
    seen: I64,
    maybe: U32,
    out: I32,
) -> None:
    """Count the distinct hashes that both sets of each pair hold.

    A table is filled once for each run of equal ``left``, so pairs sorted by it are fast. Most of
    what is asked is not in it: the few hashes that may be are listed first, without a branch.

    Parameters
    ----------
    shingles, bounds, left_out, firsts, near
        As for `distinct`.
    left, right : ndarray of int64, shape (pairs,)
        Set numbers.
    table, following, present
        Room for `syndicate.kernels.chains.fill` with the largest set on the left.
    seen : ndarray of int64
        As long as the largest set on the left, -1 throughout.
    maybe : ndarray of uint32
        One longer than the largest set on the right; room to work in.
    out : ndarray of int32, shape (pairs,)
        Filled.
    """
    shift = fine = np.uint64(0)
    first = np.uint64(0)
    for pair in range(len(left)):
        if pair == 0 or left[pair] != left[pair - 1]:
            first = np.uint64(bounds[left[pair]])
            size = bounds[left[pair] + 1] - bounds[left[pair]]
            shift = fill(shingles, bounds[left[pair]], size, table, following, present)
            fine = finer(shift)
        other = np.uint64(bounds[right[pair]])
        found = np.uint64(0)
        for j in range(np.uint64(bounds[right[pair] + 1]) - other):
            maybe[found] = j
            found += np.uint64(present[shingles[other + j] * GOLDEN >> fine] != 0)
        count = 0
        for k in range(found):
            value = shingles[other + np.uint64(maybe[k])]
            place = value * GOLDEN
            i = np.int64(table[place >> shift])
            steps = 0
            while i >= 0 and shingles[first + np.uint64(i)] != value:
                i = np.int64(following[i])
                steps += 1
                if steps == FAR and present[place >> fine] != THINNED:
                    present[place >> fine] = THINNED
                    i = np.int64(table[place >> shift])
                    thin(shingles, np.int64(first), i, following, 1)
            if i >= 0 and seen[i] != pair:
                seen[i] = pair
                count += 1
                if near[value >> np.uint64(50)]:
                    count -= _is_among(value, left_out, firsts)
        out[pair] = count


@kernel
def without(
    shingles: U64,
    bounds: I64,
    traits: U16,
    token_bounds: I64,
    texts: I64,
    left_out: U64,
    firsts: I64,
    near: Bool,
    kept: U64,
    kept_bounds: I64,
    looks: U16,
    look_bounds: I64,
) -> None:
    """Copy some texts without the hashes that are left out and the tokens that begin them.

    Parameters
    ----------
    shingles, bounds
        Hashes in text order, end to end.
    traits, token_bounds
        Traits of the tokens likewise; the first hash of a text begins at its first token.
    texts : ndarray of int64, shape (n,)
        Which.
    left_out, firsts, near
        As for `distinct`.
    kept, kept_bounds, looks, look_bounds
        As long as the first four would be of these texts alone; filled with what is left.
    """
    used = seen = 0
    kept_bounds[0] = look_bounds[0] = 0
    for n in range(len(texts)):
        i = texts[n]
        token = token_bounds[i]
        for j in range(bounds[i], bounds[i + 1]):
            value = shingles[j]
            if not (near[value >> np.uint64(50)] and _is_among(value, left_out, firsts)):
                kept[used] = value
                looks[seen] = traits[token]
                used += 1
                seen += 1
            token += 1
        for k in range(token, token_bounds[i + 1]):
            looks[seen] = traits[k]
            seen += 1
        kept_bounds[n + 1] = used
        look_bounds[n + 1] = seen


@kernel
def among(shingles: U64, left_out: U64, firsts: I64, near: Bool, out: Bool) -> None:
    """Mark the hashes that are left out.

    Parameters
    ----------
    shingles, left_out, firsts, near
        As for `distinct`.
    out : ndarray of bool
        As long as ``shingles``; filled.
    """
    for i in range(len(shingles)):
        value = shingles[i]
        out[i] = near[value >> np.uint64(50)] and _is_among(value, left_out, firsts)


DISTINCT, SHARED = Patient(distinct, 20_000), Patient(shared, 20_000, fill)
"""The kernels, without waiting for the compiler where there are few hashes."""
