"""From the postings of a page's keys to the documents that it is compared with."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U64, Bool, helper, kernel
from syndicate.kernels.keys import sampled_shingle

_ONE = np.uint64(1)
_FIRST_BIT = np.uint64(60)
"""Of a sampled shingle, in which the three bits before it are 0."""


@helper
def _among(docs: I64, doc: int) -> bool:
    """Whether a document is one of some, ascending."""
    low = 0
    high = len(docs)
    while low < high:
        middle = (low + high) // 2
        if docs[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low < len(docs) and docs[low] == doc


@helper
def _passed_over(shingle: np.uint64, holders: int, thinned: I64) -> int:
    """Tell whether a shingle is passed over for its holders: give the limit exceeded, or 0.

    Which shingles are is decided by the same bits as in `syndicate.sketch.sample`.
    """
    for k in range(len(thinned)):
        if holders > thinned[k] and (shingle >> (_FIRST_BIT - np.uint64(k))) & _ONE:
            return thinned[k]
    return 0


@helper
def _told_once(docs: I64) -> int:
    """Leave out what ascending documents repeat; give how many are left."""
    kept = 0
    for j in range(len(docs)):
        if j == 0 or docs[j] != docs[j - 1]:
            docs[kept] = docs[j]
            kept += 1
    return kept


@helper
def _holders(
    key: I64, doc: I64, over: I64, doubted: I64, spare: int, out: I64
) -> int:  # fmt: skip
    """List holders of the shingles that were passed over and that documents in doubt hold.

    Of each shingle the first, by ``spare`` more than it is passed over for; those of all
    together ascending, none twice. ``doubted`` may lie in ``out``.
    """
    wanted = np.zeros(len(over), np.bool_)
    for j in range(len(key)):
        wanted[key[j]] |= over[key[j]] > 0 and _among(doubted, doc[j])
    held, used = np.empty(len(key), np.int64), 0
    for j in range(len(key)):
        if wanted[key[j]]:
            held[used] = (key[j] << 32) | doc[j]
            used += 1
    held[:used].sort()
    count, rank = 0, 0
    for j in range(used):
        rank = rank + 1 if j and held[j] >> 32 == held[j - 1] >> 32 else 0
        if rank < over[held[j] >> 32] + spare:
            out[count] = held[j] & 0xFFFFFFFF
            count += 1
    out[:count].sort()
    return _told_once(out[:count])


@kernel
def choose(
    keys: U64, key: I64, doc: I64, first: int, cap: int, thinned: I64, shared: int,
    uncounted: I64, spare: int, out: I64, crowd: I64,
) -> tuple[int, int]:  # fmt: skip
    """Choose documents that share a band, or enough sampled shingles that are not common.

    A band that is common counts as a shingle: what so many hold may be furniture of many pages,
    and a near copy shares several bands.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Those of a page; the first is the digest's, and tells by itself.
    key, doc : ndarray of int64, shape (postings,)
        Which of them each document holds.
    first : int
        The first key of a sampled shingle.
    cap : int
        Most documents of a band or sampled shingle that is not common.
    thinned : ndarray of int64
        Of shingles with more holders than each of these, the page among them, one in two is
        passed over.
    shared : int
        Sampled shingles that are enough.
    uncounted : ndarray of int64
        Documents, ascending, that do not count as holders there.
    spare : int
        Holders to be listed beyond those for which a shingle is passed over.
    out : ndarray of int64, shape (postings,)
        Filled with documents, those that share most keys first, the earlier of equal ones first.
    crowd : ndarray of int64, shape (postings,)
        Filled with holders of shingles passed over, ascending, where a document is not chosen
        because of that: so many of them that it stays so if these are all different texts.

    Returns
    -------
    chosen, crowded : int
        How many documents, and how many holders.
    """
    counts, holders = np.zeros(len(keys), np.int64), np.ones(len(keys), np.int64)
    for j in range(len(key)):
        counts[key[j]] += 1
        holders[key[j]] += np.int64(not _among(uncounted, doc[j]))
    over = np.zeros(len(keys), np.int64)
    for k in range(first, len(keys)):
        if thinned[0] < holders[k] and counts[k] <= cap:
            over[k] = _passed_over(sampled_shingle(keys[k]), holders[k], thinned)
    used = 0
    for j in range(len(key)):
        if key[j] < first or counts[key[j]] <= cap:
            told = key[j] < first and (key[j] == 0 or counts[key[j]] <= cap)
            kind = np.int64(2) if told else np.int64(over[key[j]] > 0)
            out[used] = (doc[j] << 2) | kind
            used += 1
    out[:used].sort()
    chosen, doubted, j = 0, 0, 0
    while j < used:
        begin = j
        banded, plain = 0, 0
        while j < used and out[j] >> 2 == out[begin] >> 2:
            banded |= out[j] & 2
            plain += np.int64(out[j] & 1 == 0)
            j += 1
        if banded or plain >= shared:
            out[chosen] = ((np.int64(1 << 30) - (j - begin)) << 32) | (out[begin] >> 2)
            chosen += 1
        elif j - begin >= shared:
            crowd[doubted] = out[begin] >> 2
            doubted += 1
    out[:chosen].sort()
    for k in range(chosen):
        out[k] &= np.int64(0xFFFFFFFF)
    crowded = 0
    if doubted:
        crowded = _holders(key, doc, over, crowd[:doubted], spare, crowd)
    return chosen, crowded


@kernel
def choose_each(
    keys: U64, starts: I64, key: I64, doc: I64, edges: I64, first: int, cap: int, thinned: I64,
    shared: int, spare: int, ends: I64, out: I64, same: I64, crowd: I64,
) -> None:  # fmt: skip
    """Choose documents for each of several pages, as `choose` does for one.

    Parameters
    ----------
    keys, key, doc : ndarray
        As in `choose`, one page's after the other's.
    starts : ndarray of int64, shape (pages + 1,)
        Where each page's keys start and the last end.
    edges : ndarray of int64, shape (pages + 1,)
        Where each page's postings start and the last end.
    first, cap, thinned, shared, spare
        As in `choose`, where all documents count.
    ends : ndarray of int64, shape (3, pages + 1)
        Filled: where each page's rows of ``out``, ``same`` and ``crowd`` start, and the last end.
    out, crowd : ndarray of int64, shape (postings,)
        Filled as `choose` does, one page's after the other's.
    same : ndarray of int64, shape (postings,)
        Likewise, with the documents that hold the first key, ascending, none twice.
    """
    everyone = np.empty(0, np.int64)
    chosen, alike, crowded = 0, 0, 0
    ends[:, 0] = 0
    for page in range(len(starts) - 1):
        begin, end = edges[page], edges[page + 1]
        some, few = choose(
            keys[starts[page] : starts[page + 1]], key[begin:end], doc[begin:end],
            first, cap, thinned, shared, everyone, spare, out[chosen:], crowd[crowded:],
        )  # fmt: skip
        chosen, crowded = chosen + some, crowded + few
        own = alike
        for j in range(begin, end):
            if key[j] == 0:
                same[alike] = doc[j]
                alike += 1
        if alike > own + 1:
            same[own:alike].sort()
            alike = own + _told_once(same[own:alike])
        ends[0, page + 1], ends[1, page + 1], ends[2, page + 1] = chosen, alike, crowded


@kernel
def firsts(words: U64, there: Bool, out: I64) -> None:
    """Find which documents are of one text.

    Parameters
    ----------
    words : ndarray of uint64, shape (n, 2)
        Digest of each one's text.
    there : ndarray of bool, shape (n,)
        Which of them are not gone.
    out : ndarray of int64, shape (n,)
        Filled with the place of the first of each one's text that is there; -1 of what is gone.
    """
    slots = 2
    while slots < 2 * len(words):
        slots *= 2
    mask, held = np.uint64(slots - 1), np.full(slots, -1)
    for i in range(len(words)):
        out[i] = -1
        if not there[i]:
            continue
        slot = words[i, 0] & mask
        while held[slot] >= 0 and (
            words[held[slot], 0] != words[i, 0] or words[held[slot], 1] != words[i, 1]
        ):
            slot = (slot + _ONE) & mask
        if held[slot] < 0:
            held[slot] = i
        out[i] = held[slot]


@kernel
def gather(
    keys: U64, starts: I64, key: I64, doc: I64, common: Bool, numbers: I64, newest: int,
    out_starts: I64, out_key: I64, out_doc: I64,
) -> int:  # fmt: skip
    """Give the postings of each of several pages, of which each follows those before it.

    Parameters
    ----------
    keys : ndarray of uint64
        Those of all pages, one page's after the other's.
    starts : ndarray of int64, shape (pages + 1,)
        Where each page's start and the last end.
    key, doc : ndarray of int64, shape (postings,)
        Positions in ``keys``, and documents that hold them, from before the first page.
    common : ndarray of bool, shape (n,)
        Keys that are left out.
    numbers : ndarray of int64, shape (pages,)
        What each page will be as a document, ascending; 0 of one that is found already.
    newest : int
        Most postings of one key: those of the largest documents.
    out_starts : ndarray of int64, shape (pages + 1,)
        Filled: where each page's postings start and the last end.
    out_key, out_doc : ndarray of int64, shape (room,)
        Filled with positions in the page's own keys, and documents.

    Returns
    -------
    int
        How many there are; where that is more than the room, ask again with more.
    """
    edges = np.zeros(len(keys) + 1, np.int64)
    for j in range(len(key)):
        edges[key[j] + 1] += 1
    for k in range(len(keys)):
        edges[k + 1] += edges[k]
    held, place = np.empty(len(key), np.int64), edges.copy()
    for j in range(len(key)):
        held[place[key[j]]] = doc[j]
        place[key[j]] += 1
    slots = 2
    while slots < 2 * len(keys):
        slots *= 2
    mask = np.uint64(slots - 1)
    last, before = np.full(slots, -1), np.empty(len(keys), np.int64)
    owner, used = np.empty(len(keys), np.int64), 0
    for page in range(len(starts) - 1):
        out_starts[page] = used
        for k in range(starts[page], starts[page + 1]):
            if common[k]:
                continue
            slot = keys[k] & mask
            while last[slot] >= 0 and keys[last[slot]] != keys[k]:
                slot = (slot + _ONE) & mask
            owner[k], before[k] = page, last[slot]
            if numbers[page] > 0:
                last[slot] = k
            begin = used
            follower = before[k]
            while follower >= 0 and used - begin < newest:
                if owner[follower] < page:
                    if used < len(out_key):
                        out_key[used] = k - starts[page]
                        out_doc[used] = numbers[owner[follower]]
                    used += 1
                follower = before[follower]
            start, end = edges[k], edges[k + 1]
            left = newest - (used - begin)
            if end - start > left:
                held[start:end].sort()
                start = end - left
            for j in range(start, end):
                if used < len(out_key):
                    out_key[used], out_doc[used] = k - starts[page], held[j]
                used += 1
    out_starts[len(starts) - 1] = used
    return used
