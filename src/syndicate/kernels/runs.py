"""Sorted runs of postings: pages sealed and opened, slices merged.

Postings are as in `syndicate.kernels.postings`. A page is a checksum of 64 bits and then its
postings, ascending; its number goes into the checksum, so that no page passes for another.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U64, inline, kernel
from syndicate.kernels.copying import copy_to
from syndicate.kernels.postings import SHARD_BITS

_S29, _S32, _S35 = np.uint64(29), np.uint64(32), np.uint64(35)
_LOW32 = np.uint64(0xFFFFFFFF)
_MIX = np.uint64(0x9FB21C651E98DF25)
_ODD = np.uint64(0xD6E8FEB86659FD93)


@inline
def checksum(words: U64, start: int, end: int, page: int) -> np.uint64:
    """Sum up words and a page's id, each place in its own way."""
    even = np.uint64(page) * _MIX
    odd = np.uint64(end - start)
    for i in range(start, end - 1, 2):
        even = (even ^ words[i]) * _ODD
        odd = (odd ^ words[i + 1]) * _MIX
    if (end - start) & 1:
        even = (even ^ words[end - 1]) * _ODD
    total = even ^ (odd >> _S29) ^ (odd << _S35)
    return (total ^ (total >> _S32)) * _MIX


@kernel
def open_pages(words: U64, edges: I64, pages: I64, out: U64) -> int:
    """Verify pages that lie end to end, and take their checksums out.

    Parameters
    ----------
    words : ndarray of uint64
        Pages as `seal_pages` writes them.
    edges : ndarray of int64, shape (pages + 1,)
        Where each starts and the last ends.
    pages : ndarray of int64, shape (pages,)
        Their ids.
    out : ndarray of uint64, shape (len(words) - len(pages),)
        Filled with postings.

    Returns
    -------
    int
        The place of the first page that is damaged, -1 if none is.
    """
    used = 0
    for k in range(len(pages)):
        start, end = edges[k], edges[k + 1]
        if end <= start or checksum(words, start + 1, end, pages[k]) != words[start]:
            return k
        for i in range(start + 1, end):
            out[used] = words[i]
            used += 1
    return -1


@kernel
def merge_slices(
    data: U64, starts: I64, first: int, floor: int, dead: U64, newest: int, heads: I64,
    out: U64, out_starts: I64, common: U64,
) -> tuple[int, int]:  # fmt: skip
    """Merge the same shards of several runs.

    Parameters
    ----------
    data : ndarray of uint64
        The postings of all runs, each shard's sorted.
    starts : ndarray of int64, shape (runs, shards + 1)
        Where each shard of each run starts and the last ends.
    first : int
        The first of the shards.
    floor, dead : int and ndarray of uint64
        Documents below it, and these, ascending, are left out.
    newest : int
        Most postings kept of one key: those of the largest documents.
    heads : ndarray of int64, shape (runs,)
        Scratch.
    out : ndarray of uint64, shape (len(data),)
        Filled.
    out_starts : ndarray of int64, shape (shards + 1,)
        Filled.
    common : ndarray of uint64, shape (len(data) // newest,)
        Filled with the keys that hold as many postings as are kept, shard and rest.

    Returns
    -------
    used, crowded : int
        How many postings are left, and how many keys are common.
    """
    used = 0
    crowded = 0
    out_starts[0] = 0
    for shard in range(starts.shape[1] - 1):
        copy_to(heads, 0, starts[:, shard])
        group = used  # where the postings of the key in hand begin
        while True:
            best = -1
            least = np.uint64(0)
            for r in range(len(heads)):
                if heads[r] < starts[r, shard + 1]:
                    value = data[heads[r]]
                    if best < 0 or value < least:
                        best = r
                        least = value
            if best < 0:
                break
            heads[best] += 1
            if used > out_starts[shard] and (out[used - 1] >> _S32) != (least >> _S32):
                group = used
            doc = least & _LOW32
            if doc < np.uint64(floor) or _among(dead, doc):
                continue
            if used - group == newest:
                for i in range(group + 1, used):
                    out[i - 1] = out[i]
                used -= 1
                full = True
            else:
                full = False
            out[used] = least
            used += 1
            if used - group == newest and not full:
                common[crowded] = (np.uint64(first + shard) << _S32) | (least >> _S32)
                crowded += 1
        out_starts[shard + 1] = used
    return used, crowded


@inline
def _among(dead: U64, doc: np.uint64) -> bool:
    """Whether a document is one of some, ascending."""
    low = 0
    high = len(dead)
    while low < high:
        middle = (low + high) // 2
        if dead[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low < len(dead) and dead[low] == doc


@kernel
def seal_pages(
    postings: U64, starts: I64, first: int, run: int, bits: int, pages: I64, edges: I64, out: U64
) -> int:
    """Cut postings of consecutive shards into pages, each with its checksum.

    Parameters
    ----------
    postings, starts
        As `merge_slices` fills them.
    first : int
        The first shard.
    run, bits : int
        The run's number, and how many top bits of a key number its pages.
    pages, edges : ndarray of int64, shape (most,) and (most + 1,)
        Filled: ids, and where each page starts in ``out`` and the last ends.
    out : ndarray of uint64, shape (len(postings) + most,)
        Filled.

    Returns
    -------
    int
        How many pages.
    """
    deeper = np.uint64(bits - SHARD_BITS)
    count = 0
    used = 0
    for shard in range(len(starts) - 1):
        i = starts[shard]
        while i < starts[shard + 1]:
            # A rest has 32 bits, so that a shift by all of them gives one page a shard.
            within = (postings[i] >> _S32) >> (_S32 - deeper)
            pages[count] = (run << 32) | ((first + shard) << np.int64(deeper)) | np.int64(within)
            edges[count] = used
            used += 1
            while i < starts[shard + 1] and (postings[i] >> _S32) >> (_S32 - deeper) == within:
                out[used] = postings[i]
                used += 1
                i += 1
            out[edges[count]] = checksum(out, edges[count] + 1, used, pages[count])
            count += 1
    edges[count] = used
    return count
