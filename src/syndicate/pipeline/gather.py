"""Bring together what is compared: texts that wait on disk are read in their order, once.

Candidates follow no order of files. So the documents of one neighbourhood of the graph of
candidates are put into one *block* that fits in memory, all blocks are filled in a single pass
over the parts, and then one or two blocks at a time are compared. Where the graph comes
apart into stories, as news does, hardly a pair crosses from one block to another.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from syndicate.io.spool import RowWriter, pack
from syndicate.match.verify import distinct
from syndicate.pipeline.folded import Folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from syndicate.match.verify import LeftOut
    from syndicate.pipeline.corpus import Corpus

_TOKEN = 10
"""Bytes of each token's shingle and traits."""
_AT_ONCE = 4 << 20
"""Bytes of rows made at a time."""


class Gathered(NamedTuple):
    """Pairs, and a block that has all their rows."""

    block: Block
    left: NDArray[np.int64]
    right: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Some documents of a corpus, ready to be compared.

    Attributes
    ----------
    place
        ndarray of int64, shape (n,): of each number, where its rows are.
    folded
        The rows.
    sizes
        ndarray of int32: distinct shingles of each that count.
    """

    place: NDArray[np.int64]
    folded: Folded
    sizes: NDArray[np.int32]

    @classmethod
    def of(cls, place: NDArray[np.int64], folded: Folded, stock: LeftOut) -> Block:
        """Count the shingles of some rows."""
        return cls(place, folded, distinct(folded.shingles, folded.bounds, stock))

    def take(self, numbers: NDArray[np.int64]) -> Folded:
        """Lay the rows of some documents end to end."""
        places = self.place[numbers]
        shingles = _taken(self.folded.shingles, self.folded.bounds, places)
        traits = _taken(self.folded.traits, self.folded.token_bounds, places)
        return Folded(*shingles, *traits)


def block_of(
    corpus: Corpus, numbers: NDArray[np.int64], size: int, stock: LeftOut, workers: int = 1
) -> Block:
    """Read some documents into a block; parameters as for `gathered`."""
    place = np.full(len(corpus), -1)
    place[numbers] = np.arange(len(numbers))

    def read(some: slice) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        return corpus.stripped(numbers[some])

    return Block.of(place, _folded(corpus, numbers, read, size, workers), stock)


def gathered(
    corpus: Corpus,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    size: int,
    stock: LeftOut,
    most: int,
    workers: int = 1,
) -> Iterator[Gathered]:
    """Cut pairs into lots whose documents are in one block.

    Parameters
    ----------
    corpus
        Of the documents.
    left, right : ndarray of int64, shape (pairs,)
        Document numbers.
    size
        Tokens to a shingle.
    stock
        Shingles that do not count.
    most
        Bytes of rows that are brought together; a block may be twice as large. There is one
        block alone where the corpus itself is in memory.
    workers
        Threads that fold.

    Yields
    ------
    Gathered
        Each pair in one of them, sorted by both numbers.
    """
    if not len(left):
        return
    if corpus.folder is None:
        everyone = np.unique(np.concatenate([left, right]))
        yield _sorted(block_of(corpus, everyone, size, stock, workers), left, right)
        return
    numbers, block = _blocks(corpus, left, right, most)
    of = np.zeros(len(corpus), np.int64)
    of[numbers] = block
    low, high = _couples(of[left], of[right])
    order = np.lexsort((high, low))
    code = low[order] * (block.max() + 1) + high[order]
    lots = np.split(order, np.flatnonzero(np.diff(code)) + 1)
    with TemporaryDirectory(dir=corpus.folder, prefix="gathered-") as folder:
        shelf = _Shelf(corpus, numbers, block, Path(folder))
        for lot in lots:
            place, folded = shelf.rows(int(low[lot[0]]), int(high[lot[0]]), size, workers)
            yield _sorted(Block.of(place, folded, stock), left[lot], right[lot])


def _couples(
    one: NDArray[np.int64], other: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tell which two blocks each pair is compared in, the lower one first.

    Pairs within a block go with those between it and the next.
    """
    low, high = np.minimum(one, other), np.maximum(one, other)
    next_one = np.arange(int(high.max()) + 1)
    across = np.flatnonzero(low < high)
    across = across[np.argsort(-high[across])]
    next_one[low[across]] = high[across]  # the least comes last and stays
    return low, np.where(low == high, next_one[low], high)


def _sorted(block: Block, left: NDArray[np.int64], right: NDArray[np.int64]) -> Gathered:
    order = np.lexsort((right, left))
    return Gathered(block, left[order], right[order])


def _blocks(
    corpus: Corpus, left: NDArray[np.int64], right: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each document that has a pair a block, neighbours side by side.

    In the order of Cuthill and McKee (1969), which keeps the ends of every edge close.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import reverse_cuthill_mckee  # noqa: PLC0415

    numbers, where = np.unique(np.concatenate([left, right]), return_inverse=True)
    ends = where[: len(left)], where[len(left) :]
    edges = np.concatenate(ends), np.concatenate(ends[::-1])
    graph = coo_array((np.ones(len(edges[0]), np.int8), edges), shape=(len(numbers),) * 2)
    order = reverse_cuthill_mckee(graph.tocsr(), symmetric_mode=True)
    load = np.cumsum(corpus.counts[numbers[order]].astype(np.int64) * _TOKEN)
    block = np.empty(len(numbers), np.int64)
    block[order] = load // most
    return numbers, np.unique(block, return_inverse=True)[1]


class _Shelf:
    """The texts of all blocks, in files."""

    def __init__(
        self,
        corpus: Corpus,
        numbers: NDArray[np.int64],
        block: NDArray[np.int64],
        folder: Path,
    ) -> None:
        """Read all texts once, in the order in which they wait."""
        self._corpus = corpus
        blocks = int(block.max()) + 1
        writers = [RowWriter(np.uint8, folder / f"{n}.bin") for n in range(blocks)]
        in_order = np.argsort(corpus.places[numbers])
        for some in slices(corpus, numbers[in_order], _AT_ONCE):
            chosen = in_order[some]
            by_block = chosen[np.argsort(block[chosen], kind="stable")]
            cuts = np.searchsorted(block[by_block], np.arange(blocks + 1))
            data, offsets = corpus.stripped(numbers[by_block])
            for n in np.unique(block[chosen]).tolist():
                writers[n].append(data, offsets[cuts[n] : cuts[n + 1] + 1])
        self._files = [writer.finish() for writer in writers]
        by_block = in_order[np.argsort(block[in_order], kind="stable")]
        ends = np.cumsum(np.bincount(block))
        self._members = np.split(numbers[by_block], ends[:-1])
        self._place = np.full(len(corpus), -1)
        for members in self._members:
            self._place[members] = np.arange(len(members))
        self._held: dict[int, Folded] = {}

    def rows(
        self, one: int, other: int, size: int, workers: int
    ) -> tuple[NDArray[np.int64], Folded]:
        """Fold one block or two, and tell where each document's rows are."""
        self._held = {n: held for n, held in self._held.items() if n in (one, other)}
        for n in (one, other):
            if n not in self._held:
                self._held[n] = self._folded(n, size, workers)
        if one == other:
            return self._place, self._held[one]
        place = self._place.copy()
        place[self._members[other]] += len(self._members[one])
        return place, self._held[one].followed_by(self._held[other])

    def _folded(self, n: int, size: int, workers: int) -> Folded:
        data, bounds = self._files[n].whole(), self._files[n].bounds

        def read(some: slice) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
            edges = bounds[some.start : some.stop + 1]
            return data[edges[0] : edges[-1]], edges - edges[0]

        return _folded(self._corpus, self._members[n], read, size, workers)


def slices(corpus: Corpus, numbers: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut a list of documents where about so many bytes of their rows are full."""
    load = np.cumsum(corpus.counts[numbers].astype(np.int64) * _TOKEN)
    cuts = np.flatnonzero(np.diff(load // max(most, 1))) + 1
    yield from map(slice, [0, *cuts.tolist()], [*cuts.tolist(), len(numbers)])


def _folded(
    corpus: Corpus,
    numbers: NDArray[np.int64],
    read: Callable[[slice], tuple[NDArray[np.uint8], NDArray[np.int64]]],
    size: int,
    workers: int,
) -> Folded:
    """Make the rows of some documents, some at a time.

    Parameters
    ----------
    corpus, numbers, size, workers
        As for `gathered`.
    read
        Gives the texts of a slice of them.
    """
    tokens = corpus.counts[numbers].astype(np.int64)
    bounds, edges = np.zeros((2, len(numbers) + 1), np.int64)
    np.cumsum(np.where(tokens, np.maximum(tokens - size + 1, 1), 0), out=bounds[1:])
    np.cumsum(tokens, out=edges[1:])
    shingles, traits = np.empty(bounds[-1], np.uint64), np.empty(edges[-1], np.uint16)

    def fold(some: slice) -> None:
        made = Folded.of(*read(some), size)
        shingles[bounds[some.start] : bounds[some.stop]] = made.shingles
        traits[edges[some.start] : edges[some.stop]] = made.traits

    parts = slices(corpus, numbers, _AT_ONCE)
    if workers == 1:
        deque(map(fold, parts), maxlen=0)
    else:
        with ThreadPoolExecutor(workers) as pool:
            deque(pool.map(fold, parts), maxlen=0)
    return Folded(shingles, bounds, traits, edges)


def _taken(
    items: NDArray[Any], bounds: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Take some rows."""
    spans = zip(bounds[places].tolist(), bounds[places + 1].tolist(), strict=True)
    return pack([items[start:end] for start, end in spans], items.dtype)
