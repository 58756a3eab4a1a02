"""From sketches to verified matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from xxhash import xxh3_64_intdigest

from syndicate.match.context import worth_aligning
from syndicate.match.days import folded_heading
from syndicate.match.verify import NONE, LeftOut, Overlap, overlap
from syndicate.pipeline.gather import Gathered, block_of, gathered, sizes_of, slices
from syndicate.pipeline.meaning import copied, headings_of, judge, worth_telling
from syndicate.pipeline.pairs import Pairs, join
from syndicate.pipeline.threads import in_threads
from syndicate.sketch import lsh, sample
from syndicate.sketch.stock import WITNESSES, Crowded, phrases, witnesses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from syndicate.config import Config
    from syndicate.pipeline.budget import Budget
    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.gather import Block

    Progress = Callable[[str, int, int], None]

T = TypeVar("T")
R = TypeVar("R")

CROWD = 48
"""Buckets up to this size are compared pair by pair, larger ones with leaders."""
ROUNDS = 8
"""Leaders tried on one crowd; the rest is compared with neighbours."""
NEIGHBOURS = 8
"""So many of them, in the order of another band's keys."""


_WITH_ONE = 2 << 20
"""Bytes of rows compared with one leader at a time."""
_WORTH_A_THREAD = 1 << 20
"""So few shingles are compared sooner than a thread is begun."""
_KEYS = 4 << 20
"""Keys of bands that are read at a time."""
_NEAR = 1 << 18
"""So many sampled shingles are sorted in a near cache."""
_KEYS_AT_ONCE = 64
"""Stock phrases are looked for around so many shingles at a time."""


@dataclass(frozen=True, slots=True)
class Found:
    """What matching found.

    Attributes
    ----------
    first
        ndarray of int64, shape (n,): the smallest number among a document's exact copies.
    pairs
        Of documents that are the first of their copies.
    stock
        Shingles that are not counted, as `Matcher.stock`.
    """

    first: NDArray[np.int64]
    pairs: Pairs
    stock: LeftOut


def exact_groups(corpus: Corpus, size: int) -> NDArray[np.int64]:
    """Give every document the smallest number among those that fold alike.

    Texts without a single token are each alone, and so are those of fewer than ``size`` under
    different headings.
    """
    digests = _with_headings(corpus, size)
    order = np.lexsort((digests[:, 1], digests[:, 0]))
    ordered = digests[order]
    starts = np.ones(len(order), bool)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    first = np.empty(len(order), np.int64)
    first[order] = order[starts][np.cumsum(starts) - 1]  # lexsort is stable: the smallest leads
    empty = corpus.counts == 0
    first[empty] = np.flatnonzero(empty)
    return first


def _with_headings(corpus: Corpus, size: int) -> NDArray[np.uint64]:
    """Give the digests of all texts, those of short ones with their headings."""
    short = np.flatnonzero((corpus.counts > 0) & (corpus.counts < size))
    if not len(short):
        return corpus.digests
    headings = map(folded_heading, headings_of(corpus, short))
    digests = corpus.digests.copy()
    digests[short, 0] ^= np.array([xxh3_64_intdigest(one.encode()) for one in headings], np.uint64)
    return digests


@dataclass(slots=True)
class Matcher:
    """Finds and verifies matches.

    Parameters
    ----------
    corpus, config, budget
        The documents, the settings, and how much is done at a time.
    progress
        Told what is being done, how much of it is done, and how much there is.
    stock
        Shingles of phrases that many documents share, which count for nothing.
    """

    corpus: Corpus
    config: Config
    budget: Budget
    progress: Progress
    stock: LeftOut = NONE
    notes: list[str] = field(default_factory=list)

    def find(self) -> Found:
        """Set exact copies aside, propose pairs in two ways, and verify them."""
        size = self.config.sketch.shingle_size
        first = exact_groups(self.corpus, size)
        whole = (first == np.arange(len(first))) & (self.corpus.counts >= size)
        numbers = np.flatnonzero(whole)
        n = len(self.corpus)
        crowds = _Crowds(self)
        codes = list(self._by_samples(numbers)) if self.config.find == "all" else []
        codes += self._by_bands(numbers, crowds)  # which may verify, so stock is known first
        wanted = _sorted_unique(np.concatenate([np.empty(0, np.int64), *codes]))
        settled = join(crowds.settled)
        wanted = np.setdiff1d(wanted, settled.codes(n), assume_unique=True)
        return Found(first, join([settled, *self.verified(wanted // n, wanted % n)]), self.stock)

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Pairs:
        """Compare pairs exactly and give those that share enough to mean something."""
        lots = self._gathered(left, right)
        return join([pairs for lot in lots for pairs in self._compared(lot)])

    def accept(self, pairs: Pairs) -> Pairs:
        """Keep the pairs that reach the threshold and are worth telling."""
        whole = self.config.find == "whole"
        score = pairs.overlap.jaccard if whole else pairs.score
        return pairs.where((score >= self.config.threshold) & worth_telling(pairs))

    def exact(self, first: NDArray[np.int64]) -> Pairs:
        """Match every exact copy with the first of its kind."""
        copies = np.flatnonzero(first != np.arange(len(first)))
        heads = first[copies]
        apart, where = np.unique(heads, return_inverse=True)
        sizes = sizes_of(self.corpus, apart, self.config.sketch.shingle_size)[where]
        meaning = copied(self.corpus.counts[heads])
        return join([Pairs(heads, copies, sizes, sizes, sizes, *meaning, np.zeros_like(sizes))])

    def verified(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Iterator[Pairs]:
        """Compare candidates and give the matches among them."""
        done = 0
        for lot in self._gathered(left, right):
            for pairs in self.verified_of(lot):
                self.progress("verify", done, len(left))
                yield pairs
            done += len(lot.left)

    def _gathered(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Iterator[Gathered]:
        """Bring the shingles of pairs together."""
        size = self.config.sketch.shingle_size
        return gathered(
            self.corpus,
            left,
            right,
            size=size,
            stock=self.stock,
            most=self.budget.block,
            workers=self.budget.workers,
        )

    def verified_of(self, lot: Gathered) -> Iterator[Pairs]:
        """Likewise of pairs whose rows are at hand."""
        return self._compared(lot, self.accept)

    def _compared(
        self, lot: Gathered, choose: Callable[[Pairs], Pairs] = lambda pairs: pairs
    ) -> Iterator[Pairs]:
        """Compare pairs whose rows are at hand, and choose among them."""

        def compare(chunk: tuple[int, int]) -> Pairs:
            start, end = chunk
            return choose(self._compare(lot.block, lot.left[start:end], lot.right[start:end]))

        return self._in_threads(compare, self._chunks(lot.left, lot.right))

    def block(self, numbers: NDArray[np.int64]) -> Block | None:
        """Read what is compared more than once; None if that is too much to hold."""
        if len(list(slices(self.corpus, numbers, self.budget.block))) > 1:
            return None
        in_order = numbers[np.argsort(self.corpus.places[numbers])]
        size = self.config.sketch.shingle_size
        return block_of(self.corpus, in_order, size, self.stock, self.budget.workers)

    def verified_with(
        self, head: int, others: NDArray[np.int64], block: Block | None
    ) -> Iterator[Pairs]:
        """Compare one document with others, whose rows may be at hand, and give the matches."""
        if block is not None:
            yield from self.verified_of(Gathered(block, np.full(len(others), head), others))
            return
        size = self.config.sketch.shingle_size

        def verify(some: slice) -> Pairs:
            chosen = others[some]
            block = block_of(self.corpus, np.append(chosen, head), size, self.stock)
            return self.accept(self._compare(block, np.full(len(chosen), head), chosen))

        yield from self._in_threads(verify, slices(self.corpus, others, _WITH_ONE))

    def _in_threads(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        return in_threads(self.budget.workers, work, items)

    def _by_bands(
        self, numbers: NDArray[np.int64], crowds: _Crowds
    ) -> Iterator[NDArray[np.int64]]:
        """Propose pairs that agree on a band of their signatures."""
        bands = lsh.bands_of(self.config).bands
        at_once = max(1, min(_KEYS // (len(self.corpus) + 1), bands // (2 * self.budget.workers)))
        lots = [range(n, min(n + at_once, bands)) for n in range(0, bands, at_once)]

        def group(lot: range) -> list[tuple[int, list[NDArray[np.int64]]]]:
            keys = zip(lot, self.corpus.keys(lot, numbers), strict=True)
            return [(band, list(lsh.buckets(of_band))) for band, of_band in keys]

        for band, buckets in chain.from_iterable(self._in_threads(group, lots)):
            self.progress("candidates", band, bands)
            for rows in buckets:
                members = numbers[rows]
                if members.shape[1] <= CROWD:
                    yield _all_pairs(members, len(self.corpus))
                    continue
                for row in members:
                    yield crowds.propose(row, (band + 1) % bands)

    def _by_samples(self, numbers: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Propose pairs that share hash-sampled shingles."""
        among = np.zeros(len(self.corpus), bool)
        among[numbers] = True
        workers, sampled = self.budget.workers, self.corpus.sampled
        pieces = workers * (1 + sampled // self.budget.samples_at_once)
        pieces = max(pieces, min(sampled // _NEAR, sample.SHELVES))
        edges = [(1 << 64) // sample.ONE_IN * piece // pieces for piece in range(pieces + 1)]

        def invert(edge: tuple[int, int]) -> sample.Postings:
            return sample.invert(*self.corpus.samples(among, *edge), len(among))

        found = []
        for piece, postings in enumerate(self._in_threads(invert, pairwise(edges))):
            self.progress("samples", piece, pieces)
            found.append(postings)
        postings = sample.concatenate(found)
        if postings.capped:
            self.notes.append(
                f"{postings.capped} of the sampled shingles are in more than {sample.CAP} "
                f"documents each and proposed no pairs"
            )
        self.stock = LeftOut.of(self._stock_of(postings.crowded))
        n = len(self.corpus)
        at_once = self.budget.meetings_at_once // workers
        cuts = sample.stretches(postings, n, at_once=at_once, shares=workers)
        yield from self._in_threads(partial(sample.pairs, postings, n), cuts)

    def _stock_of(self, crowded: Crowded) -> NDArray[np.uint64]:
        """Read some of the texts that hold what many hold, and find the phrases."""
        key_bits = sample.key_bits(len(self.corpus))
        keys, readers = witnesses(crowded, self.corpus.counts / sample.ONE_IN, sample.CAP)

        def read(start: int) -> NDArray[np.uint64]:
            lot = slice(start, start + _KEYS_AT_ONCE)
            texts, rows = np.unique(readers[lot], return_inverse=True)
            folded = self.corpus.folded(texts, self.config.sketch.shingle_size)
            rows = rows.reshape(-1, WITNESSES)
            return phrases(keys[lot], rows, folded.shingles, folded.bounds, key_bits)

        found = self._in_threads(read, range(0, len(keys), _KEYS_AT_ONCE))
        held = np.unique(np.concatenate([np.empty(0, np.uint64), *found]))
        if len(held):
            self.notes.append(
                f"{len(held)} shingles of phrases that more than {sample.CAP} otherwise different "
                f"documents share were not counted as similarity"
            )
        return held

    def _chunks(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> Iterator[tuple[int, int]]:
        """Cut pairs so that the shingles of a cut fit in memory."""
        counts = self.corpus.counts
        load = np.cumsum(counts[left].astype(np.int64) + counts[right])
        at_once = min(self.budget.shingles_at_once, int(load[-1:].sum()))
        most = max(at_once // self.budget.workers + 1, min(at_once, _WORTH_A_THREAD))
        start = 0
        while start < len(left):
            base = load[start - 1] if start else 0
            end = int(np.searchsorted(load, base + most, side="right"))
            end = max(end, start + 1)
            yield start, end
            start = end

    def _compare(self, block: Block, left: NDArray[np.int64], right: NDArray[np.int64]) -> Pairs:
        """Compare pairs exactly, and read those that share enough to mean something."""
        a, b = block.find(left), block.find(right)
        rows = block.folded.shingles, block.folded.bounds, block.sizes
        sizes = overlap(*rows, a, b, self.stock)
        worth = np.flatnonzero(worth_aligning(sizes, self.config.threshold))
        sizes = Overlap(*(column[worth] for column in sizes))
        left, right, a, b = left[worth], right[worth], a[worth], b[worth]
        numbers, where = np.unique(np.concatenate([left, right]), return_inverse=True)
        ends = where[: len(left)], where[len(left) :]
        context = self.corpus.context(left, right)
        size = self.config.sketch.shingle_size
        places, bounds = block.find(numbers), block.folded.bounds
        folded = block.folded.some(places, self.stock)
        held = np.diff(folded.bounds) < bounds[places + 1] - bounds[places]  # have stock phrases
        both = np.flatnonzero(held[ends[0]] & held[ends[1]])
        uncounted = np.zeros(len(worth), np.int32)
        uncounted[both] = overlap(*rows, a[both], b[both]).shared - sizes.shared[both]

        def headings(places: NDArray[np.int64]) -> list[str]:
            return headings_of(self.corpus, numbers[places])

        meaning = judge(folded, context, *ends, sizes, size, headings)
        return Pairs(left, right, *sizes, *meaning, uncounted)


class _Crowds:
    """Buckets too large to compare all their pairs.

    A crowd of k documents is compared with leaders, k comparisons each, not k squared in all.
    Whoever belongs in a leader's cluster is represented by it in later buckets.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._leader = np.arange(len(matcher.corpus))
        self._tried: dict[int, NDArray[np.int64]] = {}
        self.settled: list[Pairs] = []

    def propose(self, bucket: NDArray[np.int64], band: int) -> NDArray[np.int64]:
        """Settle what leaders can and propose pairs of what is left.

        Parameters
        ----------
        bucket
            Document numbers.
        band
            Another band, whose keys put the rest in order.
        """
        n = len(self._matcher.corpus)
        waiting = np.unique(self._represented(bucket))
        block = None
        for _ in range(ROUNDS):
            if len(waiting) <= CROWD:
                return _all_pairs(waiting[None, :], n)
            head, rest = int(waiting[0]), waiting[1:]
            fresh = self._fresh(head, rest)
            if block is None and 2 * len(fresh) > len(rest):
                block = self._matcher.block(waiting)
            self._lead(head, fresh, block)
            waiting = rest[self._leader[rest] != head]
        (keys,) = self._matcher.corpus.keys(range(band, band + 1), waiting)
        order = np.argsort(keys, kind="stable")
        return _neighbours(waiting[order], n)

    def _represented(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Follow leaders of leaders."""
        while (self._leader[numbers] != numbers).any():
            numbers = self._leader[numbers]
        return numbers

    def _fresh(self, head: int, rest: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell whom a leader was not compared with before."""
        tried = self._tried.get(head, np.empty(0, np.int64))
        fresh = np.setdiff1d(rest, tried, assume_unique=True)
        self._tried[head] = np.union1d(tried, fresh)
        return fresh

    def _lead(self, head: int, fresh: NDArray[np.int64], block: Block | None) -> None:
        """Compare a leader with others, whose rows may be at hand."""
        fresh = fresh[np.argsort(self._matcher.corpus.places[fresh])]  # as their rows wait
        pairs = join(list(self._matcher.verified_with(head, fresh, block)))
        self.settled.append(pairs)
        self._leader[pairs.right[pairs.joins]] = head


def _all_pairs(members: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Encode all pairs of each row as ``smaller * n + larger``."""
    first, second = np.triu_indices(members.shape[1], 1)
    return _codes(members[:, first].ravel(), members[:, second].ravel(), n)


def _neighbours(members: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Encode the pairs of each document with the next few, likewise."""
    steps = range(1, min(NEIGHBOURS + 1, len(members)))
    pairs = [_codes(members[:-step], members[step:], n) for step in steps]
    return np.concatenate([np.empty(0, np.int64), *pairs])


def _codes(one: NDArray[np.int64], other: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    return np.minimum(one, other) * n + np.maximum(one, other)


def _sorted_unique(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort and drop repeats; several times faster than hashing here."""
    values.sort()
    fresh = np.ones(len(values), bool)
    fresh[1:] = values[1:] != values[:-1]
    return values[fresh]
