"""Bring together what is compared: texts that wait on disk are read in their order, once.

Candidates follow no order of files. So the documents of one neighbourhood of the graph of
candidates are put into one *block* that fits in memory, all blocks are filled in a single pass
over the parts, and then one or two blocks at a time are compared. Where the graph comes
apart into stories, as news does, hardly a pair crosses from one block to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from syndicate.io.spool import Rows, RowWriter
from syndicate.match.folded import Folded
from syndicate.match.verify import distinct
from syndicate.pipeline.threads import in_threads
from syndicate.text.shingles import shingle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import DTypeLike, NDArray

    from syndicate.match.verify import LeftOut
    from syndicate.pipeline.corpus import Corpus

    Texts = tuple[NDArray[np.uint8], NDArray[np.int64]]
    """Bytes end to end, and their offsets."""

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
    numbers
        Theirs, ascending.
    places
        ndarray of int64: where the rows of each are.
    folded
        The rows.
    sizes
        ndarray of int32: distinct shingles of each that count.
    """

    numbers: NDArray[np.int64]
    places: NDArray[np.int64]
    folded: Folded
    sizes: NDArray[np.int32]

    @classmethod
    def of(cls, members: NDArray[np.int64], folded: Folded, sizes: NDArray[np.int32]) -> Block:
        """Put in order what the rows are of."""
        places = np.argsort(members)
        return cls(members[places], places, folded, sizes)

    def find(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell where the rows of some documents are."""
        return self.places[np.searchsorted(self.numbers, numbers)]

    def take(self, numbers: NDArray[np.int64]) -> Folded:
        """Lay the rows of some documents end to end."""
        places, held = self.find(numbers), self.folded
        shingles = Rows(held.bounds, held.shingles, np.uint64).gather(places)
        traits = Rows(held.token_bounds, held.traits, np.uint16).gather(places)
        return Folded(*shingles, *traits)


def block_of(
    corpus: Corpus, numbers: NDArray[np.int64], size: int, stock: LeftOut, workers: int = 1
) -> Block:
    """Read some documents into a block; parameters as for `gathered`."""

    def read(some: slice) -> Texts:
        return corpus.stripped(numbers[some])

    return _block(corpus, numbers, read, size, stock, workers, _Room())


def sizes_of(corpus: Corpus, numbers: NDArray[np.int64], size: int) -> NDArray[np.int32]:
    """Count the distinct shingles of some documents, ``size`` tokens each."""
    found = np.empty(len(numbers), np.int32)
    for some in slices(corpus, numbers, _AT_ONCE):
        folded = corpus.folded(numbers[some], size)
        found[some] = distinct(folded.shingles, folded.bounds)
    return found


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
        shelf = _Shelf(corpus, numbers, block, Path(folder), workers)
        room = _Room()
        for lot in lots:
            both = {int(low[lot[0]]), int(high[lot[0]])}
            members, read = shelf.read(sorted(both), room)
            found = _block(corpus, members, read, size, stock, workers, room)
            yield _sorted(found, left[lot], right[lot])


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


class _Room:
    """Memory that one block after another uses, for a system is slow to give fresh memory."""

    def __init__(self) -> None:
        self._held: dict[str, NDArray[Any]] = {}

    def array(self, name: str, size: int, dtype: DTypeLike) -> NDArray[Any]:
        """Give an array, which takes the place of the one of this name before."""
        if name not in self._held or len(self._held[name]) < size:
            self._held[name] = np.empty(size, dtype)
        return self._held[name][:size]


class _Shelf:
    """The texts of all blocks, in files."""

    def __init__(
        self,
        corpus: Corpus,
        numbers: NDArray[np.int64],
        block: NDArray[np.int64],
        folder: Path,
        workers: int,
    ) -> None:
        """Read all texts once, in the order in which they wait."""
        blocks = int(block.max()) + 1
        writers = [RowWriter(np.uint8, folder / f"{n}.bin") for n in range(blocks)]
        in_order = np.argsort(corpus.places[numbers])

        def read(some: slice) -> tuple[NDArray[np.int64], Texts]:
            chosen = in_order[some]
            by_block = chosen[np.argsort(block[chosen], kind="stable")]
            return block[by_block], corpus.stripped(numbers[by_block])

        some_at_once = slices(corpus, numbers[in_order], _AT_ONCE)
        for owners, (data, offsets) in in_threads(workers, read, some_at_once):
            cuts = np.searchsorted(owners, np.arange(blocks + 1))
            for n in np.flatnonzero(np.diff(cuts)).tolist():
                writers[n].append(data, offsets[cuts[n] : cuts[n + 1] + 1])
        self._workers = workers
        self._files = [writer.finish() for writer in writers]
        by_block = in_order[np.argsort(block[in_order], kind="stable")]
        ends = np.cumsum(np.bincount(block))
        self._members = np.split(numbers[by_block], ends[:-1])

    def read(
        self, blocks: list[int], room: _Room
    ) -> tuple[NDArray[np.int64], Callable[[slice], Texts]]:
        """Give the documents of some blocks, and what gives the texts of a slice of them."""
        lengths = [np.diff(self._files[n].bounds) for n in blocks]
        bounds = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        data = room.array("texts", int(bounds[-1]), np.uint8)
        ends = np.cumsum([self._files[n].bounds[-1] for n in blocks])[:-1]
        held = zip([self._files[n] for n in blocks], np.split(data, ends), strict=True)
        for _ in in_threads(self._workers, lambda one: one[0].read_into(one[1]), held):
            pass

        def read(some: slice) -> Texts:
            edges = bounds[some.start : some.stop + 1]
            return data[edges[0] : edges[-1]], edges - edges[0]

        return np.concatenate([self._members[n] for n in blocks]), read


def slices(corpus: Corpus, numbers: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut a list of documents where about so many bytes of their rows are full."""
    load = np.cumsum(corpus.counts[numbers].astype(np.int64) * _TOKEN)
    cuts = np.flatnonzero(np.diff(load // max(most, 1))) + 1
    yield from map(slice, [0, *cuts.tolist()], [*cuts.tolist(), len(numbers)])


def _block(
    corpus: Corpus,
    numbers: NDArray[np.int64],
    read: Callable[[slice], Texts],
    size: int,
    stock: LeftOut,
    workers: int,
    room: _Room,
) -> Block:
    """Fold some documents and count their shingles, some at a time.

    Parameters
    ----------
    corpus, numbers, size, stock, workers
        As for `gathered`.
    read
        Gives the texts of a slice of them.
    room
        Where the rows go.
    """
    tokens = corpus.counts[numbers].astype(np.int64)
    bounds, edges = np.zeros((2, len(numbers) + 1), np.int64)
    np.cumsum(np.where(tokens, np.maximum(tokens - size + 1, 1), 0), out=bounds[1:])
    np.cumsum(tokens, out=edges[1:])
    shingles = room.array("shingles", int(bounds[-1]), np.uint64)
    traits = room.array("traits", int(edges[-1]), np.uint16)
    sizes = np.empty(len(numbers), np.int32)

    def fold(some: slice) -> None:
        rows = shingles[bounds[some.start] : bounds[some.stop]]
        looks = traits[edges[some.start] : edges[some.stop]]
        made = shingle(*read(some), size, room=(rows, looks))
        sizes[some] = distinct(made.shingles, made.bounds, stock)

    for _ in in_threads(workers, fold, slices(corpus, numbers, _AT_ONCE)):
        pass
    return Block.of(numbers, Folded(shingles, bounds, traits, edges), sizes)
