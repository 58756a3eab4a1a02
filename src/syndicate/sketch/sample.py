"""Hash-sampled shingles: which documents share a part, however small of either.

FracMinHash (Irber and others 2022): a shingle is kept when its hash lies below a bound, so
that samples of different texts keep the same shingles. Two texts that share m shingles share
about m / `ONE_IN` sampled ones, whatever their lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.sketch.repeats import repeated
from syndicate.sketch.stock import Crowded

if TYPE_CHECKING:
    from numpy.typing import NDArray

ONE_IN = 8
"""One shingle in this many is kept."""
SHARED = 2
"""Sampled shingles that candidates share at least."""
CAP = 100
"""A shingle held by more documents than this proposes no pairs: furniture, a stock phrase, or
an article so often reprinted that its whole text is what finds it."""
THINNED = (8, 32)
"""Of shingles held by more documents than each of these, one in two is passed over: what many
share is a stock phrase, unless they share much of it, and pairs grow with the square."""
LIMIT = np.uint64((1 << 64) // ONE_IN)
"""Hashes below it are sampled."""
SHELVES = 64
"""Ranges of hashes that are kept apart, so that a part of all hashes is read without the rest."""


class Postings(NamedTuple):
    """Which documents hold each sampled shingle that more than one holds.

    Attributes
    ----------
    documents
        ndarray of uint32: lists end to end, each ascending.
    bounds
        ndarray of int64, shape (lists + 1,).
    capped
        Shingles left out because more than `CAP` documents hold them.
    crowded
        These, for `syndicate.sketch.stock` to make out the phrases that they stand in.
    """

    documents: NDArray[np.uint32]
    bounds: NDArray[np.int64]
    capped: int
    crowded: Crowded


def sample(
    shingles: NDArray[np.uint64], bounds: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Sample sets of shingle hashes.

    Parameters
    ----------
    shingles, bounds
        Sets end to end, as `syndicate.text.shingles.shingle` gives them.

    Returns
    -------
    hashes : ndarray of uint64
    bounds : ndarray of int64, shape (n + 1,)
    """
    from syndicate.kernels import samples as kernels  # noqa: PLC0415 - compiles

    hashes, cuts = np.empty(len(shingles) + 1, np.uint64), np.empty(len(bounds), np.int64)
    kernels.SAMPLED.run(len(shingles), shingles, bounds, LIMIT, hashes, cuts)
    return hashes[: cuts[-1]].copy(), cuts


_TO_SHELF = np.uint64((int(LIMIT) // SHELVES).bit_length() - 1)  # both are powers of two


def shelve(
    hashes: NDArray[np.uint64], documents: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.int64]]:
    """Put sampled hashes on shelves by their size, and the document of each beside it.

    Returns
    -------
    hashes : ndarray of uint64
    documents : ndarray of uint32
    bounds : ndarray of int64, shape (SHELVES + 1,)
    """
    from syndicate.kernels import samples as kernels  # noqa: PLC0415 - compiles

    bounds = np.empty(SHELVES + 1, np.int64)
    shelved, whose = np.empty_like(hashes), np.empty_like(documents)
    given = hashes, documents, _TO_SHELF, bounds, shelved, whose
    kernels.SHELVE.run(len(hashes), *given)
    return shelved, whose, bounds


def shelves_within(low: int, high: int) -> tuple[int, int]:
    """Give the first shelf that holds hashes from ``low`` to below ``high``, and one past them."""
    width = int(LIMIT) // SHELVES
    return min(low // width, SHELVES), min(-(-high // width), SHELVES)


def key_bits(n: int) -> tuple[int, int]:
    """Give by how much to shift a sampled hash left, then right, to tell it among n documents.

    The first bits are the same in all; the last give way to the number of a document.
    """
    return ONE_IN.bit_length() - 1, max(n - 1, 1).bit_length()


def invert(hashes: NDArray[np.uint64], documents: NDArray[np.uint32], n: int) -> Postings:
    """Collect the documents of each hash.

    Hash and document are sorted as one 64-bit number, which leaves the hash 64 bits less those
    of a document's number; a chance agreement costs a comparison, never a wrong match.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (m,)
        As `sample` gives them.
    documents : ndarray of uint32, shape (m,)
        The document of each hash, below ``n``; repeats do not matter.
    n
        Number of documents.
    """
    several = repeated(hashes)
    hashes, documents = hashes[several], documents[several]
    left, bits = map(np.uint64, key_bits(n))
    packed = hashes << left >> bits << bits | documents
    packed.sort()
    packed = packed[np.r_[True, packed[1:] != packed[:-1]][: len(packed)]]
    kept = packed >> bits
    starts = np.flatnonzero(np.r_[True, kept[1:] != kept[:-1]][: len(kept)])
    sizes = np.diff(np.r_[starts, len(kept)])
    number = (np.uint64(1) << bits) - np.uint64(1)
    many = sizes > CAP
    lists = (packed[np.repeat(many, sizes)] & number).astype(np.int64)
    crowded = Crowded.of(kept[starts][many], lists, sizes[many], n)
    wanted = (sizes > 1) & ~many
    for size in THINNED:
        wanted &= (sizes <= size) | (kept[starts] >> (np.uint64(63) - bits) == 0)
        kept = kept << np.uint64(1)
    bounds = np.r_[0, np.cumsum(sizes[wanted])]
    listed = packed[np.repeat(wanted, sizes)] & number
    return Postings(listed.astype(np.uint32), bounds, int(many.sum()), crowded)


def concatenate(parts: list[Postings]) -> Postings:
    """Put postings of different hashes together, at least one."""
    lengths = [np.diff(part.bounds) for part in parts]
    bounds = np.r_[0, np.cumsum(np.concatenate(lengths))]
    documents = np.concatenate([part.documents for part in parts])
    crowded = Crowded.join([part.crowded for part in parts])
    return Postings(documents, bounds, sum(part.capped for part in parts), crowded)


class Stretch(NamedTuple):
    """Documents ``low`` to below ``high``, and how often one of them meets a later one."""

    low: int
    high: int
    meetings: int


def stretches(
    postings: Postings, n: int, *, at_once: int = 1 << 24, shares: int = 1
) -> list[Stretch]:
    """Cut n documents into stretches of about ``at_once`` meetings, or a share of all, each."""
    from syndicate.kernels import samples as kernels  # noqa: PLC0415 - compiles

    later = np.zeros(n, np.int64)
    kernels.LATER.run(len(postings.documents), postings.documents, postings.bounds, later)
    load = np.r_[0, later.cumsum()]
    at_once = min(at_once, -(-int(load[-1]) // shares))
    found = []
    low = 0
    while low < n:
        high = int(np.searchsorted(load, load[low] + at_once, side="right")) - 1
        high = max(high, low + 1)
        found.append(Stretch(low, high, int(load[high] - load[low])))
        low = high
    return found


def pairs(postings: Postings, n: int, stretch: Stretch) -> NDArray[np.int64]:
    """Find the pairs that share at least `SHARED` lists, the smaller in a stretch.

    Parameters
    ----------
    postings
        Of all documents.
    n
        Number of documents.
    stretch
        One of `stretches`.

    Returns
    -------
    ndarray of int64
        ``smaller * n + larger`` of each pair, ascending, none twice.
    """
    from syndicate.kernels import samples as kernels  # noqa: PLC0415 - compiles

    codes = np.empty(stretch.meetings, np.int64)
    given = postings.documents, postings.bounds, stretch.low, stretch.high, n, codes
    kernels.MEETINGS.run(len(postings.documents) + stretch.meetings, *given)
    codes.sort()
    again = codes[SHARED - 1 :] == codes[: len(codes) - SHARED + 1]
    found = codes[SHARED - 1 :][again]
    fresh = np.r_[True, found[1:] != found[:-1]][: len(found)]
    return np.asarray(found[fresh])
