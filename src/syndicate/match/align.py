"""Align pairs of texts and measure how what they share lies in them.

`align` finds the runs of equal words of many pairs at once, `measure` sums each pair's runs
up in an `EvidenceTable`, from which `syndicate.match.relation` reads what they mean::

    table = evidence(shingles, bounds, traits, token_bounds, left, right, size=5)
    codes, rules = relation.relate(table, ...)

All arrays are numpy's; texts are numbered and lie end to end in ``shingles`` and ``traits``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    I32 = NDArray[np.int32]
    I64 = NDArray[np.int64]
    U16 = NDArray[np.uint16]
    U64 = NDArray[np.uint64]
    Bools = NDArray[np.bool_]

EDIT = 12
"""Tokens that an edit inside a passage may replace on either side."""

INSERTED, BESIDE = 30, 4
"""Tokens that may stand between two halves of a passage on one side: a caption, say; and
those of the other side that it may replace."""

RELAXED = 60
"""Tokens that may be replaced by about as many between runs of one rewritten stretch."""

BULK = 7
"""One part in so many of the shared tokens may come early without weight."""

TABLE = 200
"""Tokens of the longest table of numbers that is compared as one edit."""

BRIEF, BRIEF_PART = 8, 10
"""Words of the shortest passage that tells where the shared text lies, unless shorter ones are
more than one part in so many of it: the name of an office stands anywhere in two texts on it."""

CHUNK = 1 << 20
"""Shingles of right-hand texts aligned at a time; bounds the memory for runs."""

LIMITS = np.array([EDIT, INSERTED, BESIDE, RELAXED, BULK, TABLE, BRIEF, BRIEF_PART])
"""As `syndicate.kernels.measure` takes them."""


class Alignment(NamedTuple):
    """The runs of equal tokens of some pairs.

    Attributes
    ----------
    a, b
        ndarray of int32, shape (runs,): first token of each run in either text.
    length
        ndarray of int32, shape (runs,): its tokens.
    bounds
        ndarray of int64, shape (pairs + 1,): where each pair's runs start. Within a pair
        they are sorted by ``b`` and overlap in neither text.
    """

    a: I32
    b: I32
    length: I32
    bounds: I64


class EvidenceTable(NamedTuple):
    """What was measured of each pair: an array of integers, shape (pairs,), a quantity.

    Attributes
    ----------
    tokens_a, tokens_b
        Tokens of either text.
    shared
        Tokens in aligned runs; the same number in both texts.
    runs, passages
        Runs, and passages: runs that only small edits separate.
    longest
        Shared tokens of the longest passage.
    spanned_a, spanned_b
        Tokens of either text from run to run, edits included, also where up to `RELAXED`
        words in both texts were replaced by about as many; at most all of them, even if
        moved runs lie inside edits.
    moved
        Passages that come earlier in a than the one before them in b.
    first_a, last_a, first_b, last_b
        First token shared, and the one after the last; without passages of less than `BRIEF` words
        if all of these are little.
    bulk_a, bulk_b
        Where the run begins with which a seventh of the shared tokens is reached, likewise.
    own_a, own_b
        Longest stretch of either text outside all passages.
    edits
        Edits inside passages, and tables of numbers between them.
    slots, facts_changed
        Places at which edits put facts in the place of other facts, and how many of them. Of
        a list of facts each is a place.
    facts_shared
        Facts inside runs.
    facts_a, facts_b
        Facts of either text.
    """

    tokens_a: I64
    tokens_b: I64
    shared: I64
    runs: I64
    passages: I64
    longest: I64
    spanned_a: I64
    spanned_b: I64
    moved: I64
    first_a: I64
    last_a: I64
    first_b: I64
    last_b: I64
    bulk_a: I64
    bulk_b: I64
    own_a: I64
    own_b: I64
    edits: I64
    slots: I64
    facts_changed: I64
    facts_shared: I64
    facts_a: I64
    facts_b: I64


def align(shingles: U64, bounds: I64, left: I64, right: I64, *, size: int) -> Alignment:
    """Align pairs of texts.

    Parameters
    ----------
    shingles
        Hashes of all texts in text order, one a token position.
    bounds : shape (texts + 1,)
        Where each text's shingles start.
    left, right : shape (pairs,)
        Text numbers, best sorted by ``left``. The caller sees to it that all runs of these
        pairs fit in memory: at most 12 bytes for each shingle of the right-hand texts.
    size
        Tokens to a shingle.
    """
    from syndicate.kernels.align import ALIGN_PAIRS  # noqa: PLC0415 - compiles
    from syndicate.kernels.chains import filter_room, table_room  # noqa: PLC0415 - imports numba

    sizes = np.diff(bounds)
    longest = int(max(sizes[left].max(initial=1), sizes[right].max(initial=1)))
    room = int(sizes[right].sum())
    a, b, length = (np.empty(room, np.int32) for _ in range(3))
    run_bounds = np.empty(len(left) + 1, np.int64)
    scratch = (
        np.empty(table_room(longest), np.int32),
        np.empty(longest, np.int32),
        np.empty(filter_room(longest), np.uint8),
        np.empty(longest + size, np.int32),
        np.empty(longest + size, np.int32),
    )
    given = shingles, bounds, left, right, size, *scratch, a, b, length, run_bounds
    count = ALIGN_PAIRS.run(int(sizes[left].sum()) + room, *given)
    return Alignment(a[:count], b[:count], length[:count], run_bounds)


def joins(gap_a: I64, gap_b: I64) -> Bools:
    """Say whether runs with this much between them are one passage with an edit."""
    low = np.minimum(gap_a, gap_b)
    high = np.maximum(gap_a, gap_b)
    return (low >= 0) & ((high <= EDIT) | ((low <= BESIDE) & (high <= INSERTED)))


def shorten(found: Alignment, tokens: I64) -> Alignment:
    """Cut the runs of texts that have fewer tokens than a shingle; they are equal or apart.

    Parameters
    ----------
    found
        From `align`.
    tokens : shape (pairs,)
        Tokens of the right-hand texts.
    """
    most = np.repeat(tokens, np.diff(found.bounds)) - found.b
    return found._replace(length=np.minimum(found.length, most).astype(np.int32))


def drop_strays(found: Alignment, size: int) -> Alignment:
    """Leave out short runs that lie across a passage which is whole without them."""
    a, b, length, bounds = found
    pair = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    inner = np.zeros(len(a), bool)
    inner[1:-1] = (pair[:-2] == pair[1:-1]) & (pair[1:-1] == pair[2:])
    here = np.flatnonzero(inner & (length < 2 * size))
    end_a, end_b = a[here - 1] + length[here - 1], b[here - 1] + length[here - 1]
    across = joins(a[here + 1] - end_a, b[here + 1] - end_b)
    stray = here[across & ~joins(a[here] - end_a, b[here] - end_b)]
    keep = np.ones(len(a), bool)
    keep[stray] = False
    kept_before = np.concatenate(([0], np.cumsum(keep)))
    return Alignment(a[keep], b[keep], length[keep], kept_before[bounds])


def evidence(
    shingles: U64, bounds: I64, traits: U16, token_bounds: I64, left: I64, right: I64, *, size: int
) -> EvidenceTable:
    """Align pairs of texts and measure them.

    Parameters
    ----------
    shingles, bounds, left, right, size
        As for `align`, but any number of pairs.
    traits
        What each token of all texts is made of, as `syndicate.text.fold` has it.
    token_bounds : shape (texts + 1,)
        Where each text's tokens start.
    """
    from syndicate.kernels.align import COUNT_FACTS  # noqa: PLC0415 - compiles
    from syndicate.kernels.measure import MEASURE, ROWS  # noqa: PLC0415 - compiles

    facts = np.empty(len(traits) + 1, np.int32)
    COUNT_FACTS.run(len(traits), traits, facts)
    table = np.empty((len(left), ROWS), np.int64)
    for chosen in _chunks(np.diff(bounds)[right]):
        ends = left[chosen], right[chosen]
        found = align(shingles, bounds, *ends, size=size)
        given = *found, traits, facts, token_bounds, *ends, size, LIMITS, table[chosen]
        MEASURE.run(len(found.a) + len(ends[0]), *given)
    return EvidenceTable(*np.ascontiguousarray(table.T))


def _chunks(sizes: I64) -> Iterator[slice]:
    """Cut a list of pairs where the right-hand texts grow past `CHUNK` shingles."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + CHUNK, "right")))
        yield slice(start, stop)
        start = stop
