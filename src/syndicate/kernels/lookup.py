"""Keys looked up in all runs of a file at once, its pages read where they lie on disk.

SQLite writes a table as a B-tree whose format is fixed for good (sqlite.org/fileformat2.html);
the rows of pages are found in the mapped file by walking it here. What is mapped may be older
than the transaction, or half written by a checkpoint: so nothing in it is trusted. Each step is
bounded, a page must carry its own checksum, which holds for this id alone and for ever, and a
page that is not found this way is named as missed, to be read by SQLite.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U64, inline, kernel
from syndicate.kernels.addresses import at_address, carray
from syndicate.kernels.postings import BLOCK_WORDS, SHARD_BITS, SHARDS, rest_of
from syndicate.kernels.runs import checksum

_SHARD_SHIFT = np.uint64(64 - SHARD_BITS)
_S32 = np.uint64(32)
_LOW32 = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)
_LOW6, _LOW9, _S6 = np.uint64(63), np.uint64(511), np.uint64(6)
_MIX = np.uint64(0x9FB21C651E98DF25)
_MARK = np.uint64(1 << 63)
_LEAF, _INTERIOR = 13, 5
_DEPTH = 16  # of a B-tree, at most
_CELL = 32  # bytes that the head of a cell takes, at most
_SPILL = 35  # bytes of a leaf that no row may use; what does not fit overflows
_BLOB = 12  # serial type of an empty blob


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
def _varint(file: U8, at: int) -> tuple[int, int]:
    """Read a number of up to eight bytes; give it and where the next one starts."""
    value = 0
    for _ in range(8):
        byte = np.int64(file[at])
        at += 1
        value = (value << 7) | (byte & 127)
        if byte < 128:
            break
    return value, at


@kernel
def _number(file: U8, at: int, length: int) -> int:
    """Read a number of so many bytes, the first of them the highest."""
    value = 0
    for k in range(length):
        value = (value << 8) | np.int64(file[at + k])
    return value


@kernel
def find_row(file: U8, width: int, root: int, row: int) -> tuple[int, int]:
    """Find the blob of a row (id, blob) in a B-tree.

    Parameters
    ----------
    file : ndarray of uint8
        The mapped file.
    width : int
        Bytes of a page of the file.
    root : int
        The page at which the table begins.
    row : int
        The id.

    Returns
    -------
    start, length : int
        Length 0 if it is not there, or cannot be read so.
    """
    page = root
    for _ in range(_DEPTH):
        base = (page - 1) * width
        if page < 1 or base + width + _CELL > len(file):
            break
        leaf = file[base] == _LEAF
        pointers = base + (8 if leaf else 12)
        cells = _number(file, base + 3, 2)
        if not (leaf or file[base] == _INTERIOR) or pointers + 2 * cells > base + width:
            break
        low = 0
        high = cells
        while low < high:
            middle = (low + high) // 2
            at = base + min(_number(file, pointers + 2 * middle, 2), width)
            at = _varint(file, at)[1] if leaf else at + 4
            if _varint(file, at)[0] < row:
                low = middle + 1
            else:
                high = middle
        if not leaf:
            at = (
                base + min(_number(file, pointers + 2 * low, 2), width)
                if low < cells
                else base + 8
            )
            page = _number(file, at, 4)
            continue
        if low == cells:
            break
        payload, at = _varint(file, base + min(_number(file, pointers + 2 * low, 2), width))
        key, at = _varint(file, at)
        head, kinds = _varint(file, at)
        first, kinds = _varint(file, kinds)
        second, kinds = _varint(file, kinds)
        length = (second - _BLOB) // 2
        whole = head + length == payload and at + payload <= base + width
        if key == row and first == 0 and length > 0 and whole and payload <= width - _SPILL:
            return at + head, length
        break
    return 0, 0


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
def look(
    keys: U64, rare: int, common: U64, runs: I64, addresses: U64, file: U8, width: int, root: int,
    enough: int, words: U64, counts: I64,
    out_key: I64, out_doc: I64, missed_key: I64, missed_page: I64, crowded: U64,
) -> tuple[int, int, int, int]:  # fmt: skip
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
    words : ndarray of uint64
        Scratch for a page.
    counts : ndarray of int64, shape (n,)
        How many postings of each key are known already; -1 afterwards if it is passed over.
    out_key, out_doc : ndarray of int64, shape (n * 2 * enough,)
        Filled with positions in ``keys`` and documents.
    missed_key, missed_page : ndarray of int64, shape (n * runs,)
        Filled with positions in ``keys`` and the pages that SQLite has to read for them.
    crowded : ndarray of uint64, shape (n,)
        Filled with keys that turn out to be common, as `insert_common` takes them.

    Returns
    -------
    found, missed, read, full : int
        Postings, pages missed, pages read, and common keys.
    """
    found, missed, read, full = 0, 0, 0, 0
    for i in range(len(keys)):
        if i >= rare and _is_common(keys[i], common):
            counts[i] = -1
            continue
        shard = np.int64(keys[i] >> _SHARD_SHIFT)
        rest = rest_of(keys[i])
        before = found
        for r in range(len(runs)):
            if counts[i] >= enough:
                break
            if shard < runs[r, 1] or shard >= runs[r, 2]:
                continue
            blocks = np.uint64(runs[r, 3])
            block = np.uint64(shard) * blocks + ((rest * blocks) >> _S32)
            held = carray(
                at_address(addresses[r, 0]), SHARDS * runs[r, 3] * BLOCK_WORDS, np.uint64
            )
            if not _may_hold(rest, block, held):
                continue
            place = np.int64(keys[i] >> np.uint64(64 - runs[r, 4]))
            page = (runs[r, 0] << 32) | place
            places = carray(at_address(addresses[r, 1]), 1 << runs[r, 4], np.int64)
            n = places[place] & 0xFFFF
            if not _read(file, places[place] >> 16, n, page, words):
                start, length = find_row(file, width, root, page)
                n = length >> 3
                if length & 7 or not _read(file, start, n, page, words):
                    missed_key[missed] = i
                    missed_page[missed] = page
                    missed += 1
                    continue
                places[place] = (start << 16) | n
            read += 1
            low = 1
            high = n
            while low < high:
                middle = (low + high) // 2
                if (words[middle] >> _S32) < rest:
                    low = middle + 1
                else:
                    high = middle
            while low < n and (words[low] >> _S32) == rest and found < len(out_key):
                out_key[found] = i
                out_doc[found] = np.int64(words[low] & _LOW32)
                found += 1
                counts[i] += 1
                low += 1
        if found - before >= enough:
            crowded[full] = _place(keys[i])
            full += 1
    return found, missed, read, full


@kernel
def choose(key: I64, doc: I64, n: int, first: int, cap: int, shared: int, out: I64) -> int:
    """Choose documents that share a band, or enough sampled shingles that are not common.

    Parameters
    ----------
    key, doc : ndarray of int64, shape (postings,)
        Which of the keys each document holds.
    n, first : int
        Number of keys, and the first of sampled shingles.
    cap : int
        Most documents of a sampled shingle that is not common.
    shared : int
        Sampled shingles that are enough.
    out : ndarray of int64, shape (postings,)
        Filled with documents, those that share most keys first, the earlier of equal ones first.

    Returns
    -------
    int
        How many.
    """
    counts = np.zeros(n, np.int64)
    for j in range(len(key)):
        counts[key[j]] += 1
    used = 0
    for j in range(len(key)):
        if key[j] < first or counts[key[j]] <= cap:
            out[used] = (doc[j] << 1) | np.int64(key[j] < first)
            used += 1
    out[:used].sort()
    chosen = 0
    j = 0
    while j < used:
        begin = j
        banded = 0
        while j < used and out[j] >> 1 == out[begin] >> 1:
            banded |= out[j] & 1
            j += 1
        if banded or j - begin >= shared:
            out[chosen] = ((np.int64(1 << 30) - (j - begin)) << 32) | (out[begin] >> 1)
            chosen += 1
    out[:chosen].sort()
    for k in range(chosen):
        out[k] &= np.int64(0xFFFFFFFF)
    return chosen
