"""From sketches to verified matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from syndicate.io.spool import pack
from syndicate.match.verify import Overlap, overlap
from syndicate.model import Relation
from syndicate.sketch import lsh, sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from syndicate.config import Config
    from syndicate.pipeline.corpus import Corpus

    Progress = Callable[[str, int, int], None]

CROWD = 48
"""Buckets up to this size are compared pair by pair, larger ones with a leader."""
ROUNDS = 24
"""Leaders tried on one crowd before the rest is given up, and said so."""
_SHINGLES_AT_ONCE = 1 << 23
_SAMPLES_AT_ONCE = 1 << 23


RELATIONS = tuple(Relation)
EXACT = RELATIONS.index(Relation.EXACT)
_REPRINT = RELATIONS.index(Relation.REPRINT)
_JOINS = np.array([relation.joins for relation in RELATIONS])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs as columns, sorted by both numbers.

    Attributes
    ----------
    left, right
        ndarray of int64, shape (pairs,): document numbers, left < right.
    shared, size_left, size_right
        ndarray of int32: distinct shingles.
    relation
        ndarray of uint8: place in `RELATIONS`.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    shared: NDArray[np.int32]
    size_left: NDArray[np.int32]
    size_right: NDArray[np.int32]
    relation: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.left)

    @property
    def overlap(self) -> Overlap:
        """Set sizes, with the similarities."""
        return Overlap(self.shared, self.size_left, self.size_right)

    @property
    def joins(self) -> NDArray[np.bool_]:
        """Which of them belong in one cluster."""
        return np.asarray(_JOINS[self.relation])

    def codes(self, n: int) -> NDArray[np.int64]:
        """One number for each pair among n documents, ascending."""
        return self.left * n + self.right

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Pairs:
        """Only some of them."""
        return Pairs(*(getattr(self, name)[chosen] for name in self.__slots__))


def join(parts: list[Pairs]) -> Pairs:
    """Put pairs together in order, each once."""
    if not parts:
        none, sizes = np.empty(0, np.int64), np.empty(0, np.int32)
        return Pairs(none, none, sizes, sizes, sizes, np.empty(0, np.uint8))
    columns = zip(
        *([getattr(part, name) for name in Pairs.__slots__] for part in parts), strict=True
    )
    joined = Pairs(*(np.concatenate(column) for column in columns))
    order = np.lexsort((joined.right, joined.left))
    ordered = joined.where(order)
    repeated = np.zeros(len(ordered), bool)
    repeated[1:] = (np.diff(ordered.left) == 0) & (np.diff(ordered.right) == 0)
    return ordered.where(~repeated)


@dataclass(frozen=True, slots=True)
class Found:
    """What matching found.

    Attributes
    ----------
    first
        ndarray of int64, shape (n,): the smallest number among a document's exact copies.
    pairs
        Of documents that are the first of their copies.
    """

    first: NDArray[np.int64]
    pairs: Pairs


def exact_groups(corpus: Corpus) -> NDArray[np.int64]:
    """Give every document the smallest number among those that fold alike.

    Texts without a single token are each alone.
    """
    order = np.lexsort((corpus.digests[:, 1], corpus.digests[:, 0]))
    ordered = corpus.digests[order]
    starts = np.ones(len(order), bool)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    first = np.empty(len(order), np.int64)
    first[order] = order[starts][np.cumsum(starts) - 1]  # lexsort is stable: the smallest leads
    empty = corpus.counts == 0
    first[empty] = np.flatnonzero(empty)
    return first


@dataclass(slots=True)
class Matcher:
    """Finds and verifies matches.

    Parameters
    ----------
    corpus, config
        The documents and the settings.
    progress
        Told what is being done, how much of it is done, and how much there is.
    """

    corpus: Corpus
    config: Config
    progress: Progress
    notes: list[str] = field(default_factory=list)

    def find(self) -> Found:
        """Set exact copies aside, propose pairs band by band, and verify them."""
        first = exact_groups(self.corpus)
        whole = (first == np.arange(len(first))) & (self.corpus.counts > 0)
        return Found(first, self._find_among(np.flatnonzero(whole)))

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Pairs:
        """Compare pairs exactly and give all of them, whatever they share."""
        order = np.lexsort((right, left))
        left, right = left[order], right[order]
        chunks = self._chunks(left, right)
        return join([self._compare(left[start:end], right[start:end]) for start, end in chunks])

    def accept(self, pairs: Pairs) -> Pairs:
        """Keep the pairs that the settings call a match."""
        return pairs.where(pairs.overlap.jaccard >= self.config.threshold)

    def exact(self, first: NDArray[np.int64]) -> Pairs:
        """Match every exact copy with the first of its kind."""
        copies = np.flatnonzero(first != np.arange(len(first)))
        kinds, kind = np.unique(first[copies], return_inverse=True)
        alike = self.compare(kinds, kinds).where(kind)
        relation = np.full(len(copies), EXACT, np.uint8)
        sizes = (alike.shared, alike.size_left, alike.size_right)
        return join([Pairs(first[copies], copies, *sizes, relation)])

    def _find_among(self, numbers: NDArray[np.int64]) -> Pairs:
        """Verify the candidates of both tiers."""
        n = len(self.corpus)
        settled: list[Pairs] = []
        codes = np.concatenate([self._by_bands(numbers, settled), *self._by_samples(numbers)])
        verified = join(settled)
        codes = np.setdiff1d(codes, verified.codes(n))
        return join([verified, *self._verified(codes // n, codes % n)])

    def _by_bands(self, numbers: NDArray[np.int64], settled: list[Pairs]) -> NDArray[np.int64]:
        """Propose pairs that agree on a band of their signatures."""
        n = len(self.corpus)
        cut = lsh.choose_bands(self.config.threshold, self.config.sketch.num_perm)
        leader = np.arange(n)
        codes = np.empty(0, np.int64)
        for band in range(cut.bands):
            self.progress("candidates", band, cut.bands)
            fresh = [codes]
            for rows in lsh.buckets(self.corpus.keys(band, numbers)):
                members = numbers[rows]
                if members.shape[1] <= CROWD:
                    fresh.append(_all_pairs(members, n))
                else:
                    rests = [self._settle(row, leader, settled) for row in members]
                    fresh += [_all_pairs(rest[None, :], n) for rest in rests]
            codes = np.unique(np.concatenate(fresh))
        return codes

    def _by_samples(self, numbers: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Propose pairs that share hash-sampled shingles."""
        among = np.zeros(len(self.corpus), bool)
        among[numbers] = True
        pieces = 1 + self.corpus.sampled // _SAMPLES_AT_ONCE
        edges = [(1 << 64) // sample.ONE_IN * piece // pieces for piece in range(pieces + 1)]
        found = []
        for piece, (low, high) in enumerate(pairwise(edges)):
            self.progress("samples", piece, pieces)
            found.append(sample.invert(*self.corpus.samples(among, low, high), len(among)))
        postings = sample.concatenate(found)
        if postings.capped:
            self.notes.append(
                f"{postings.capped} of the sampled shingles are in more than {sample.CAP} "
                f"documents each and proposed no pairs"
            )
        yield from sample.pairs(postings, len(self.corpus))

    def _verified(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Iterator[Pairs]:
        for start, end in self._chunks(left, right):
            self.progress("verify", start, len(left))
            yield self.accept(self._compare(left[start:end], right[start:end]))

    def _chunks(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> Iterator[tuple[int, int]]:
        """Cut pairs so that the shingles of a cut fit in memory."""
        counts = self.corpus.counts
        load = np.cumsum(counts[left].astype(np.int64) + counts[right])
        start = 0
        while start < len(left):
            base = load[start - 1] if start else 0
            end = int(np.searchsorted(load, base + _SHINGLES_AT_ONCE, side="right"))
            end = max(end, start + 1)
            yield start, end
            start = end

    def _compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Pairs:
        numbers, where = np.unique(np.concatenate([left, right]), return_inverse=True)
        shingles, bounds = pack(self.corpus.rows("shingles", numbers), np.uint64)
        sizes = overlap(shingles, bounds, where[: len(left)], where[len(left) :])
        relation = np.full(len(left), _REPRINT, np.uint8)
        return Pairs(left, right, *sizes, relation)

    def _settle(
        self, bucket: NDArray[np.int64], leader: NDArray[np.int64], settled: list[Pairs]
    ) -> NDArray[np.int64]:
        """Match a crowd with leaders until few are left; give those.

        A crowd of k documents costs k comparisons a leader, not k squared in all. Whoever
        matched a leader is represented by it in later buckets.
        """
        while (leader[leader[bucket]] != leader[bucket]).any():
            leader[bucket] = leader[leader[bucket]]
        waiting = np.unique(leader[bucket])
        for _ in range(ROUNDS):
            if len(waiting) <= CROWD:
                return waiting
            head, rest = waiting[0], waiting[1:]
            pairs = join(list(self._verified(np.full(len(rest), head), rest)))
            settled.append(pairs)
            leader[pairs.right] = head
            waiting = np.setdiff1d(rest, pairs.right, assume_unique=True)
        self.notes.append(
            f"{len(waiting)} of {len(bucket)} documents of one bucket were compared with only "
            f"{ROUNDS} others of it; they agree in sketch but in little else"
        )
        return waiting[:0]


def _all_pairs(members: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Encode all pairs of each row as ``smaller * n + larger``."""
    first, second = np.triu_indices(members.shape[1], 1)
    left, right = members[:, first].ravel(), members[:, second].ravel()
    return np.minimum(left, right) * n + np.maximum(left, right)
