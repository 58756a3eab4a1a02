"""What an index makes of one page, in one call, and what the page shares with known ones."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import F64, I8, I32, I64, U8, U16, U32, U64, Bool, helper, kernel
from syndicate.kernels.addresses import at_address, carray
from syndicate.kernels.align import align_pairs, count_facts
from syndicate.kernels.chains import filter_room, table_room
from syndicate.kernels.copying import copy_to
from syndicate.kernels.keys import document_keys
from syndicate.kernels.measure import ROWS, measure
from syndicate.kernels.relate import relate
from syndicate.kernels.signatures import BLOCK, signatures
from syndicate.kernels.tokens import ROOM, shingle_texts

_ONE = np.uint64(1)
_FILTER = 1 << 14
_FILTER_SHIFT = np.uint64(64 - 14)


@helper
def _collect(shingles: U64, table: U64, taken: I64) -> int:
    """Put hashes into an open-addressing table; give how many different ones there are."""
    mask = np.uint64(len(table) - 1)
    count = 0
    for j in range(len(shingles)):
        slot = shingles[j] & mask
        while taken[slot] >= 0 and table[slot] != shingles[j]:
            slot = (slot + _ONE) & mask
        count += np.int64(taken[slot] < 0)
        table[slot] = shingles[j]
        taken[slot] = 0
    return count


@helper
def _room(n: int) -> int:
    """Give the size of a table that is at most half full."""
    size = 2
    while size < 2 * n:
        size *= 2
    return size


@kernel
def sketch_page(
    text: U8, entries: U32, pieces: U32, factors: U64, traits: U16, size: int, scale: U32,
    shift: U32, bands: int, rows: int, limit: np.uint64, most: int,
) -> tuple[U64, U16, I32, U64, U64, int]:  # fmt: skip
    """Fold, shingle and sketch one text, and give its keys.

    Parameters
    ----------
    text : ndarray of uint8
        UTF-8.
    entries, pieces, factors, traits, size
        As for `syndicate.kernels.tokens.shingle_texts`.
    scale, shift
        As for `syndicate.kernels.signatures.signatures`.
    bands, rows, limit, most
        As for `syndicate.kernels.keys.document_keys`.

    Returns
    -------
    shingles, flags, counts, digests
        As `shingle_texts` fills them.
    keys
        As `document_keys` fills them.
    distinct : int
        Different shingles.
    """
    n = len(text)
    room = n + ROOM
    found = np.empty((n + 3) // 2 + 1, np.uint64)
    flags = np.empty(len(found), np.uint16)
    bounds, starts = np.empty(2, np.int64), np.empty(2, np.int64)
    counts, digests = np.empty(1, np.int32), np.empty((1, 2), np.uint64)
    used = shingle_texts(
        np.array([np.uint64(text.ctypes.data)]), np.array([n]), np.array([0, 1]), entries, pieces,
        factors, traits, size, np.empty(0, np.uint8), np.empty(room, np.uint16),
        np.empty(room, np.uint16), np.empty(room, np.uint32), np.empty(room, np.uint32),
        np.empty(room, np.uint64),
        found, bounds, flags, counts, digests,
    )  # fmt: skip
    shingles = found[:used].copy()
    sketch = np.empty((1, len(scale)), np.uint32)
    signatures(shingles, bounds, scale, shift, np.empty(used + BLOCK, np.uint32), sketch)
    keys = np.empty(1 + bands + used, np.uint64)
    document_keys(
        shingles, bounds, counts, digests, sketch, bands, rows, limit, most, found, starts, keys
    )  # fmt: skip
    slots = _room(used)
    distinct = _collect(shingles, np.empty(slots, np.uint64), np.full(slots, -1))
    return (
        shingles,
        flags[: counts[0]].copy(),
        counts,
        digests,
        keys[: starts[1]].copy(),
        distinct,
    )


@kernel
def shared(
    pages: U64, sizes: I64, bounds: I64, addresses: U64, lengths: I64, out: I32
) -> None:  # fmt: skip
    """Count the different hashes that sets share with each of others.

    All lie anywhere in memory, so that they need not be brought together first. Most of the
    others share little: a filter small enough for the nearest cache answers most questions.

    Parameters
    ----------
    pages : ndarray of uint64, shape (pages,)
        Where the sets lie: arrays of uint64, repeats allowed.
    sizes : ndarray of int64, shape (pages,)
        How long they are.
    bounds : ndarray of int64, shape (pages + 1,)
        Which of the others each is compared with: where they start and the last end.
    addresses : ndarray of uint64, shape (n,)
        Where the others lie.
    lengths : ndarray of int64, shape (n,)
        How long they are.
    out : ndarray of int32, shape (n,)
        Filled.
    """
    most = _room(sizes.max()) if len(sizes) else 0
    tables, marks = np.empty(most, np.uint64), np.empty(most, np.int64)
    present = np.empty(_FILTER, np.uint8)
    for p in range(len(pages)):
        if bounds[p] == bounds[p + 1]:
            continue
        slots = _room(sizes[p])
        mask = np.uint64(slots - 1)
        table, seen = tables[:slots], marks[:slots]
        page = carray(at_address(pages[p]), sizes[p], np.uint64)
        seen[:] = -1
        _collect(page, table, seen)
        present[:] = 0
        for j in range(len(page)):
            present[page[j] >> _FILTER_SHIFT] = 1
        for k in range(bounds[p], bounds[p + 1]):
            other = carray(at_address(addresses[k]), lengths[k], np.uint64)
            count = 0
            for j in range(len(other)):
                value = other[j]
                if present[value >> _FILTER_SHIFT]:
                    slot = value & mask
                    while seen[slot] >= 0 and table[slot] != value:
                        slot = (slot + _ONE) & mask
                    if seen[slot] >= 0 and seen[slot] != k + 1:
                        seen[slot] = k + 1
                        count += 1
            out[k] = count


@kernel
def read_pairs(
    shingles: U64, bounds: I64, traits: U16, token_bounds: I64, left: I64, right: I64, size: int,
    most: int, limits: I64, same_text: Bool, same_site: Bool, same_url: Bool, later: I8,
    rule_limits: F64, table: I64, rules: U8,
) -> None:  # fmt: skip
    """Align pairs, measure what they share and decide what it means, in one call.

    Parameters
    ----------
    shingles, bounds, traits, token_bounds, left, right, size
        As for `syndicate.match.align.evidence`.
    most : int
        Shingles of right-hand texts aligned at a time, or one text; bounds the memory for runs.
    limits
        As for `syndicate.kernels.measure.measure`.
    same_text, same_site, same_url, later, rule_limits
        As for `syndicate.kernels.relate.relate`.
    table : ndarray of int64, shape (ROWS, pairs)
        Filled: a row for each quantity of `syndicate.match.align.EvidenceTable`.
    rules : ndarray of uint8, shape (pairs,)
        Filled.
    """
    facts = np.empty(len(traits) + 1, np.int32)
    count_facts(traits, facts)
    longest = np.int64(1)
    for text in range(len(bounds) - 1):
        longest = max(longest, bounds[text + 1] - bounds[text])
    scratch = np.empty(table_room(longest), np.int32)
    following = np.empty(longest, np.int32)
    filtered = np.empty(filter_room(longest), np.uint8)
    owner_a, owner_b = np.empty(longest + size, np.int32), np.empty(longest + size, np.int32)
    first = 0
    while first < len(left):
        last = first
        room = np.int64(0)
        while last < len(left):
            more = bounds[right[last] + 1] - bounds[right[last]]
            if last > first and room + more > most:
                break
            room += more
            last += 1
        a, b, length = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
        run_bounds = np.empty(last - first + 1, np.int64)
        align_pairs(
            shingles, bounds, left[first:last], right[first:last], size,
            scratch, following, filtered, owner_a, owner_b, a, b, length, run_bounds,
        )  # fmt: skip
        rows = np.empty((last - first, ROWS), np.int64)
        measure(
            a, b, length, run_bounds, traits, facts, token_bounds,
            left[first:last], right[first:last], size, limits, rows,
        )  # fmt: skip
        for row in range(last - first):
            copy_to(table[:, first + row], 0, rows[row])
        first = last
    relate(table, same_text, same_site, same_url, later, rule_limits, rules)
