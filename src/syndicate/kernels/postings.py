"""Postings of an index: where a 64-bit key was seen.

A posting is one uint64, ``rest << 32 | document``: within one *shard* (the top 12 bits of the
key) the next 32 bits of the key are its rest, so 44 bits of a key are kept. Verification is
exact, so the odd chance agreement costs a comparison and never an answer.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U32, U64, inline, kernel

SHARD_BITS = 12
SHARDS = 1 << SHARD_BITS
BLOCK_WORDS = 8
"""A filter block is one cache line of 64-bit words."""

_SHARD_SHIFT = np.uint64(64 - SHARD_BITS)
_REST_SHIFT = np.uint64(32 - SHARD_BITS)
_REST_MASK = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_FILTER_MIX = np.uint64(0x9FB21C651E98DF25)
_ONE = np.uint64(1)
_LOW6 = np.uint64(63)
_S6 = np.uint64(6)
_LOW9 = np.uint64(511)


@inline
def rest_of(key: np.uint64) -> np.uint64:
    """Give the 32 bits of a key below its shard."""
    return (key >> _REST_SHIFT) & _REST_MASK


@kernel
def insert(keys: U64, docs: U32, limit: int, slot_keys: U64, slot_docs: U32) -> None:
    """Put postings into an open-addressing table that holds repeats.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
    docs : ndarray of uint32, shape (n,)
        The document of each key, ascending, none 0.
    limit : int
        Most postings of one key; from there on the newest displaces the oldest, so that no
        flood of one text makes the table slow.
    slot_keys, slot_docs : ndarray of uint64 and uint32, shape (2 ** k,)
        The table, at most three quarters full; document 0 marks an empty slot.
    """
    mask = np.uint64(len(slot_keys) - 1)
    for i in range(len(keys)):
        slot = keys[i] & mask
        same = 0
        oldest = slot
        while slot_docs[slot] != 0:
            if slot_keys[slot] == keys[i]:
                if same == 0 or slot_docs[slot] < slot_docs[oldest]:
                    oldest = slot
                same += 1
            slot = (slot + _ONE) & mask
        if same >= limit:
            slot = oldest
        slot_keys[slot] = keys[i]
        slot_docs[slot] = docs[i]


@kernel
def erase(keys: U64, doc: int, slot_keys: U64, slot_docs: U32) -> int:
    """Take a document's postings out of the table of `insert`, as if they had never been in it.

    What follows an emptied slot moves up (Knuth, The Art of Computer Programming 3, 6.4,
    algorithm R), so that nothing is left that makes looking up slower.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Those of the document; some may have been displaced.

    Returns
    -------
    int
        How many postings were there.
    """
    mask = np.uint64(len(slot_keys) - 1)
    gone = 0
    for i in range(len(keys)):
        slot = keys[i] & mask
        while slot_docs[slot] != 0 and (slot_keys[slot] != keys[i] or slot_docs[slot] != doc):
            slot = (slot + _ONE) & mask
        if slot_docs[slot] == 0:
            continue
        gone += 1
        after = (slot + _ONE) & mask
        while slot_docs[after] != 0:
            home = slot_keys[after] & mask
            if (after - home) & mask >= (after - slot) & mask:
                slot_keys[slot] = slot_keys[after]
                slot_docs[slot] = slot_docs[after]
                slot = after
            after = (after + _ONE) & mask
        slot_docs[slot] = 0
    return gone


@kernel
def lookup(keys: U64, slot_keys: U64, slot_docs: U32, out_key: I64, out_doc: U32) -> int:
    """Find the postings of keys in the table of `insert`.

    Parameters
    ----------
    out_key, out_doc : ndarray of int64 and uint32, shape (room,)
        Filled with positions in ``keys`` and documents.

    Returns
    -------
    int
        How many there are; where that is more than the room, look again with more.
    """
    mask = np.uint64(len(slot_keys) - 1)
    found = 0
    for i in range(len(keys)):
        slot = keys[i] & mask
        while slot_docs[slot] != 0:
            if slot_keys[slot] == keys[i]:
                if found < len(out_key):
                    out_key[found] = i
                    out_doc[found] = slot_docs[slot]
                found += 1
            slot = (slot + _ONE) & mask
    return found


@kernel
def partition(keys: U64, docs: U32, starts: I64, out: U64) -> None:
    """Sort postings by shard, each shard's own left unsorted.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
    docs : ndarray of uint32, shape (n,)
    starts : ndarray of int64, shape (SHARDS + 1,)
        Filled: where each shard starts and the last ends.
    out : ndarray of uint64, shape (n,)
        Filled with postings.
    """
    starts[:] = 0
    for i in range(len(keys)):
        starts[np.int64(keys[i] >> _SHARD_SHIFT) + 1] += 1
    for shard in range(SHARDS):
        starts[shard + 1] += starts[shard]
    place = starts.copy()
    for i in range(len(keys)):
        shard = np.int64(keys[i] >> _SHARD_SHIFT)
        out[place[shard]] = (rest_of(keys[i]) << _S32) | np.uint64(docs[i])
        place[shard] += 1


@kernel
def fill_filter(postings: U64, starts: I64, blocks: int, words: U64) -> None:
    """Set the bits of a blocked Bloom filter (Putze, Sanders, Singler 2007).

    Parameters
    ----------
    postings : ndarray of uint64
        Those of consecutive shards, one shard after the other.
    starts : ndarray of int64, shape (shards + 1,)
        Where each shard starts and the last ends.
    blocks : int
        Blocks of a shard.
    words : ndarray of uint64, shape (shards * blocks * BLOCK_WORDS,)
        Zeroed; bits are set in it.
    """
    for shard in range(len(starts) - 1):
        for i in range(starts[shard], starts[shard + 1]):
            rest = postings[i] >> _S32
            block = np.uint64(shard * blocks) + ((rest * np.uint64(blocks)) >> _S32)
            mixed = rest * _FILTER_MIX
            for k in range(3):
                bit = (mixed >> np.uint64(55 - 9 * k)) & _LOW9
                words[block * np.uint64(BLOCK_WORDS) + (bit >> _S6)] |= _ONE << (bit & _LOW6)


@kernel
def scan(
    keys: U64, pages: I64, places: I64, ids: I64, edges: I64, data: U64, out_key: I64, out_doc: U32
) -> int:  # fmt: skip
    """Find keys in sorted pages.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
    pages, places : ndarray of int64, shape (n,)
        The page each key would stand in, and where it stands in ``ids`` if it is there.
    ids : ndarray of int64, shape (pages,)
    edges : ndarray of int64, shape (pages + 1,)
        Where each page starts in ``data`` and the last ends.
    data : ndarray of uint64
        Sorted postings, one page after the other.
    out_key, out_doc : ndarray of int64 and uint32, shape (room,)
        Filled with positions in ``keys`` and documents.

    Returns
    -------
    int
        How many there are; where that is more than the room, look again with more.
    """
    found = 0
    for i in range(len(keys)):
        if places[i] >= len(ids) or ids[places[i]] != pages[i]:
            continue
        rest = rest_of(keys[i])
        low = edges[places[i]]
        end = edges[places[i] + 1]
        high = end
        while low < high:
            middle = (low + high) // 2
            if (data[middle] >> _S32) < rest:
                low = middle + 1
            else:
                high = middle
        while low < end and (data[low] >> _S32) == rest:
            if found < len(out_key):
                out_key[found] = i
                out_doc[found] = np.uint32(data[low] & _REST_MASK)
            found += 1
            low += 1
    return found
