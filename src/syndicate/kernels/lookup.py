"""Keys looked up in all runs of a file at once, its pages read where they lie on disk.

The rows of pages are found in the mapped file by walking SQLite's B-tree: see
`syndicate.kernels.btree`. What is mapped may be older than the transaction, or half written by
a checkpoint: so nothing in it is trusted. A page must carry its own checksum, which holds for
this id alone and for ever, and a page that is not found this way is named as missed, to be read
by SQLite.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U64, Bool, inline, kernel
from syndicate.kernels.addresses import at_address, carray
from syndicate.kernels.btree import cell_at, find_in, find_leaf, find_row, leaf_cells
from syndicate.kernels.postings import BLOCK_WORDS, SHARD_BITS, SHARDS, rest_of
from syndicate.kernels.runs import checksum

_SHARD_SHIFT = np.uint64(64 - SHARD_BITS)
_S32 = np.uint64(32)
_LOW32 = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)
_LOW6, _LOW9, _S6 = np.uint64(63), np.uint64(511), np.uint64(6)
_MIX = np.uint64(0x9FB21C651E98DF25)
_MARK = np.uint64(1 << 63)
_LINE = 64  # bytes that come from memory at once
_FEW = 16  # rows of a leaf
_BITS = 15  # most by which keys are put in order
AT_ONCE = 2048
"""Keys, neighbours by their top bits, whose pages are asked of memory at once: what these hold is
still near when it is read."""


@inline
def _place(key: np.uint64) -> np.uint64:
    """Give where a key stands in a table of common ones: its kept bits, and one that marks it."""
    return (key >> np.uint64(64 - SHARD_BITS - 32)) | _MARK


@kernel
def insert_common(keys: U64, table: U64) -> None:
    """Put keys, cut to the bits that are kept of them, into a table of common ones.

    Parameters
    ----------
    keys : ndarray of uint64
        As `syndicate.kernels.runs.merge_slices` gives them.
    table : ndarray of uint64, shape (2 ** k,)
        At most half full; 0 marks an empty place.
    """
    mask = np.uint64(len(table) - 1)
    for i in range(len(keys)):
        value = keys[i] | _MARK
        slot = (value * _MIX) >> _S32 & mask
        while table[slot] != 0 and table[slot] != value:
            slot = (slot + _ONE) & mask
        table[slot] = value


@inline
def _is_common(key: np.uint64, table: U64) -> bool:
    mask = np.uint64(len(table) - 1)
    value = _place(key)
    slot = (value * _MIX) >> _S32 & mask
    while table[slot] != 0 and table[slot] != value:
        slot = (slot + _ONE) & mask
    return table[slot] == value


@kernel
def are_common(keys: U64, table: U64, out: Bool) -> None:
    """Tell which keys are in a table of common ones, as `insert_common` fills it."""
    for i in range(len(keys)):
        out[i] = _is_common(keys[i], table)


@inline
def _may_hold(rest: np.uint64, block: np.uint64, words: U64) -> np.uint64:
    """Ask one block of a filter, as `syndicate.kernels.postings.fill_filter` fills it."""
    mixed = rest * _MIX
    held = _ONE
    for k in range(3):
        bit = (mixed >> np.uint64(55 - 9 * k)) & _LOW9
        held &= words[block * np.uint64(BLOCK_WORDS) + (bit >> _S6)] >> (bit & _LOW6)
    return held


@kernel
def _read(file: U8, start: int, n: int, page: int, words: U64) -> bool:
    """Copy a page out of the file; tell whether it is the one wanted, and whole."""
    if n < 2 or n > len(words) or start < 0 or start + 8 * n > len(file):
        return False
    copy = words.view(np.uint8)
    for k in range(8 * n):
        copy[k] = file[start + k]
    return checksum(words, 1, n, page) == words[0]


@kernel
def _by_place(keys: U64, bits: int, starts: I64, order: I64) -> None:
    """Put keys in the order of their top bits, so that memory is asked for in its own order.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
    bits : int
    starts : ndarray of int64, shape (2 ** bits + 1,)
        Filled: where the keys that share top bits start, and the last end.
    order : ndarray of int64, shape (n,)
        Filled with positions in ``keys``.
    """
    down = np.uint64(64 - bits)
    starts[:] = 0
    for i in range(len(keys)):
        starts[np.int64(keys[i] >> down) + 1] += 1
    for k in range(1, len(starts)):
        starts[k] += starts[k - 1]
    for i in range(len(keys)):
        k = np.int64(keys[i] >> down)
        order[starts[k]] = i
        starts[k] += 1
    for k in range(len(starts) - 1, 0, -1):
        starts[k] = starts[k - 1]
    starts[0] = 0


@kernel
def _shortlist(
    keys: U64, order: I64, starts: I64, bits: int, first: int, last: int, runs: I64,
    addresses: U64, enough: int, counts: I64, wanted: I64,
) -> int:  # fmt: skip
    """List which of some keys may stand in which page, by the filters: see `look`.

    No step waits for the one before, so that the processor asks memory for many at once.
    """
    used, places = 0, np.int64(1) << bits
    for r in range(len(runs)):
        low, high, blocks = runs[r, 1], runs[r, 2], runs[r, 3]
        begin, end = starts[low * places // SHARDS], starts[-(-high * places // SHARDS)]
        deeper = np.uint64(64 - runs[r, 4])
        words = carray(at_address(addresses[r, 0]), SHARDS * blocks * BLOCK_WORDS, np.uint64)
        for at in range(max(first, begin), min(last, end)):
            i = order[at]
            shard = np.int64(keys[i] >> _SHARD_SHIFT)
            rest = rest_of(keys[i])
            block = np.uint64(shard * blocks) + ((rest * np.uint64(blocks)) >> _S32)
            held = np.int64(_may_hold(rest, block, words))
            held &= np.int64(shard >= low) & np.int64(shard < high)
            held &= np.int64(counts[i] >= 0) & np.int64(counts[i] < enough)
            wanted[used, 0] = i
            wanted[used, 1] = r
            wanted[used, 2] = np.int64(keys[i] >> deeper)
            used += held
    return used


@kernel
def _bring(
    runs: I64, addresses: U64, file: U8, width: int, root: int, wanted: I64, words: U64
) -> None:
    """Find where pages lie, and ask memory for all of them before the first is read."""
    for k in range(len(wanted)):
        places = carray(
            at_address(addresses[wanted[k, 1], 1]), 1 << runs[wanted[k, 1], 4], np.int64
        )
        wanted[k, 3] = places[wanted[k, 2]]
    for k in range(len(wanted)):
        if wanted[k, 3] == 0:
            page = (runs[wanted[k, 1], 0] << 32) | wanted[k, 2]
            wanted[k, 3] = -find_leaf(file, width, root, page)
    for k in range(len(wanted)):
        if wanted[k, 3] < 0:
            base, pointers, cells = leaf_cells(file, width, -wanted[k, 3])
            for cell in range(min(cells, _FEW) if pointers > 0 else 0):
                words[0] += np.uint64(file[cell_at(file, width, base, pointers, cell)])
    for k in range(len(wanted)):
        if wanted[k, 3] < 0:
            page = (runs[wanted[k, 1], 0] << 32) | wanted[k, 2]
            start, length = find_in(file, width, -wanted[k, 3], page)
            wanted[k, 3] = (start << 16) | (length >> 3) if length & 7 == 0 else 0
    for k in range(len(wanted)):
        start = wanted[k, 3] >> 16
        end = min(start + 8 * (wanted[k, 3] & 0xFFFF), len(file))
        for at in range(max(start, 0), end, _LINE):
            words[0] += np.uint64(file[at])  # of no meaning


@kernel
def look(
    keys: U64, rare: int, common: U64, runs: I64, addresses: U64, file: U8, width: int, root: int,
    enough: int, given: int, words: U64, wanted: I64,
    out_key: I64, out_doc: I64, missed_key: I64, missed_page: I64, crowded: U64,
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """Look keys up in runs.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
    rare : int
        Where the keys begin that are passed over if they are common.
    common : ndarray of uint64
        As `insert_common` fills it.
    runs : ndarray of int64, shape (runs, 5)
        Of each run its number, the first shard it answers for and the one after the last, its
        filter's blocks a shard, and how many top bits of a key number its pages; new ones first.
    addresses : ndarray of uint64, shape (runs, 2)
        Where in memory the filters lie, and the places of pages in the file so far as they are
        known: one int64 for each page, 0 or ``start << 16 | words``; filled on the way.
    file, width, root
        As for `find_row`.
    enough : int
        Postings of a key after which no older run is asked.
    given : int
        Postings that are known already.
    words : ndarray of uint64
        Scratch for a page.
    wanted : ndarray of int64, shape (min(n, AT_ONCE) * runs + 1, 4)
        Scratch: key, run, page of the run and its place, of each page to be read.
    out_key, out_doc : ndarray of int64, shape (given + n * 2 * enough,)
        Positions in ``keys`` and documents of the postings that are known; filled up with those
        that are found, less those of keys that are passed over.
    missed_key, missed_page : ndarray of int64, shape (n * runs,)
        Filled with positions in ``keys`` and the pages that SQLite has to read for them.
    crowded : ndarray of uint64, shape (n,)
        Filled with keys that turn out to be common, as `insert_common` takes them.

    Returns
    -------
    found, missed, read, full, most : int
        Postings, pages missed, pages read, common keys, and postings of the key that has most.
    """
    counts = np.zeros(len(keys), np.int64)
    for k in range(given):
        counts[out_key[k]] += 1
    fresh = counts.copy()
    for i in range(rare, len(keys)):
        if _is_common(keys[i], common):
            counts[i] = -1
    bits = 1
    while bits < _BITS and 1 << bits < len(keys):
        bits += 1
    starts, order = np.empty((1 << bits) + 1, np.int64), np.empty(len(keys), np.int64)
    _by_place(keys, bits, starts, order)
    found, missed, read = given, 0, 0
    for first in range(0, len(keys), AT_ONCE):
        last = min(first + AT_ONCE, len(keys))
        listed = _shortlist(
            keys, order, starts, bits, first, last, runs, addresses, enough, counts, wanted
        )
        _bring(runs, addresses, file, width, root, wanted[:listed], words)
        page = n = 0
        for k in range(listed):
            i, r, place = wanted[k, 0], wanted[k, 1], wanted[k, 2]
            if counts[i] < enough:
                if page != (runs[r, 0] << 32) | place:
                    page = (runs[r, 0] << 32) | place
                    n = _read_at(file, width, root, page, wanted[k, 3], words)
                    places = carray(at_address(addresses[r, 1]), 1 << runs[r, 4], np.int64)
                    places[place] = n
                    n &= 0xFFFF
                    read += np.int64(n > 0)
                if n == 0:
                    missed_key[missed] = i
                    missed_page[missed] = page
                    missed += 1
                else:
                    more = _collect(words, n, rest_of(keys[i]), i, found, out_key, out_doc)
                    counts[i] += more
                    found += more
    full, most = _crowds(keys, counts, fresh, enough, crowded)
    return _without_common(counts, found, out_key, out_doc), missed, read, full, most


@kernel
def _crowds(keys: U64, counts: I64, fresh: I64, enough: int, crowded: U64) -> tuple[int, int]:
    """List keys that turn out to be common; tell how many, and the postings of the fullest."""
    full, most = 0, np.int64(0)
    for i in range(len(keys)):
        if counts[i] - fresh[i] >= enough:
            crowded[full] = _place(keys[i])
            full += 1
        most = max(most, counts[i])
    return full, most


@kernel
def _without_common(counts: I64, found: int, out_key: I64, out_doc: I64) -> int:
    """Leave out the postings of keys that are passed over; tell how many stay."""
    kept = 0
    for k in range(found):
        if counts[out_key[k]] >= 0:
            out_key[kept] = out_key[k]
            out_doc[kept] = out_doc[k]
            kept += 1
    return kept


@kernel
def _read_at(file: U8, width: int, root: int, page: int, place: int, words: U64) -> int:
    """Copy a page, from where it lay once or else from where it lies now; give where, or 0."""
    if _read(file, place >> 16, place & 0xFFFF, page, words):
        return place
    start, length = find_row(file, width, root, page)
    if length & 7 or not _read(file, start, length >> 3, page, words):
        return 0
    return (start << 16) | (length >> 3)


@kernel
def _collect(
    words: U64, n: int, rest: np.uint64, key: int, found: int, out_key: I64, out_doc: I64
) -> int:
    """Give the documents that hold a key, in a page of sorted postings; tell how many."""
    low = 1
    high = n
    while low < high:
        middle = (low + high) // 2
        if (words[middle] >> _S32) < rest:
            low = middle + 1
        else:
            high = middle
    more = 0
    while low < n and (words[low] >> _S32) == rest and found + more < len(out_key):
        out_key[found + more] = key
        out_doc[found + more] = np.int64(words[low] & _LOW32)
        more += 1
        low += 1
    return more
