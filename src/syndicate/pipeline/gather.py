"""Bring together what is compared: texts that wait on disk are read in their order, once.

Candidates follow no order of files. So documents are put in the order of Cuthill and McKee (1969),
which keeps both ends of every pair of candidates close, and cut into *blocks*. One block after
another is folded, and its documents are compared with those of the blocks before it that are still
at hand; as the ends of pairs are close, these are few. Rows lie where those of earlier blocks lay,
so that little memory is ever touched: a system is slow to give fresh memory.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.io.spool import FixedRows
from syndicate.match.folded import Folded
from syndicate.match.verify import distinct
from syndicate.pipeline.threads import in_threads
from syndicate.text.shingles import Spans, shingle_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from syndicate.match.verify import LeftOut
    from syndicate.pipeline.corpus import Corpus

    Read = Callable[[slice], Spans]
    """Gives the texts of some documents of a block."""

_TOKEN = 10
"""Bytes of each token's shingle and traits."""
_AT_ONCE = 4 << 20
"""Bytes of rows made at a time, and of a block whose texts are in memory."""
_FILE = 32 << 20
"""Bytes of rows of a block whose texts wait in a file of its own."""
_FILES = 200
"""So many files at most, unless blocks become too large: a system lets few be open."""


class Gathered(NamedTuple):
    """Pairs, and the rows of all their documents, there until the next pairs are asked for."""

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
        The rows, of which some may be of nothing.
    sizes
        ndarray of int32: distinct shingles that count, of each row.
    """

    numbers: NDArray[np.int64]
    places: NDArray[np.int64]
    folded: Folded
    sizes: NDArray[np.int32]

    def find(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell where the rows of some documents are."""
        return self.places[np.searchsorted(self.numbers, numbers)]


def block_of(
    corpus: Corpus, numbers: NDArray[np.int64], size: int, stock: LeftOut, workers: int = 1
) -> Block:
    """Read some documents into a block; parameters as for `gathered`."""
    hand = _Hand(corpus, [numbers], size, stock, workers, 1)
    hand.hold([0], _in_memory(corpus, [numbers]))
    return hand.block


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
    """Cut pairs into lots whose documents are at hand together.

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
        Half of the bytes of rows that are at hand together.
    workers
        Threads that fold.

    Yields
    ------
    Gathered
        Each pair in one of them, sorted by both numbers.
    """
    if not len(left):
        return
    order = np.argsort(left * len(corpus) + right, kind="stable")  # mostly they are in order
    left, right = left[order], right[order]
    members = _blocks(corpus, left, right, most)
    of = np.zeros(len(corpus), np.int64)
    of[np.concatenate(members)] = np.repeat(np.arange(len(members)), [len(m) for m in members])
    low, high = np.minimum(of[left], of[right]), np.maximum(of[left], of[right])
    heaviest = max(1, *(_load(corpus, block) for block in members))
    slots = min(int((high - low).max()) + 1, max(2, 2 * most // heaviest))
    hand = _Hand(corpus, members, size, stock, workers, slots)
    with _reading(corpus, members, workers) as read:
        for lot in _lots(low, high, slots):
            hand.hold(np.union1d(low[lot], high[lot]).tolist(), read)
            yield Gathered(hand.block, left[lot], right[lot])


def _load(corpus: Corpus, numbers: NDArray[np.int64]) -> int:
    """Give the bytes of the rows of some documents."""
    return _TOKEN * int(corpus.counts[numbers].sum())


def _blocks(
    corpus: Corpus, left: NDArray[np.int64], right: NDArray[np.int64], most: int
) -> list[NDArray[np.int64]]:
    """Cut the documents of pairs into blocks, neighbours near each other.

    Those of a block are in the order in which their texts wait.
    """
    numbers, where = np.unique(np.concatenate([left, right]), return_inverse=True)
    whole = _load(corpus, numbers)
    held = _AT_ONCE if corpus.folder is None else max(_FILE, whole // _FILES)
    if whole <= min(held, most):
        return [numbers[np.argsort(corpus.places[numbers])]]
    order = numbers[cuthill_mckee(where[: len(left)], where[len(left) :], len(numbers))]
    cuts = [some.start for some in slices(corpus, order, min(held, most))]
    return [some[np.argsort(corpus.places[some])] for some in np.split(order, cuts[1:])]


def cuthill_mckee(one: NDArray[np.int64], other: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Give n nodes in an order that keeps the two ends of every edge close.

    Breadth first, from nodes of the fewest edges, neighbours of the fewest edges first (Cuthill
    and McKee 1969). scipy has that too, but importing it takes a fifth of a second, as long as a
    thousand articles do.
    """
    from syndicate.kernels import graph as kernels  # noqa: PLC0415 - compiles

    tails, heads = np.concatenate([one, other]), np.concatenate([other, one])
    degrees = np.bincount(tails, minlength=n)
    neighbours = heads[np.lexsort((degrees[heads], tails))]
    firsts = np.concatenate([[0], np.cumsum(degrees)])
    roots = np.argsort(degrees, kind="stable")
    order, root_of = np.empty((2, n), np.int64)
    kernels.BREADTH_FIRST.run(len(heads), firsts, neighbours, roots, order, root_of)
    return order


def _lots(low: NDArray[np.int64], high: NDArray[np.int64], slots: int) -> list[NDArray[np.int64]]:
    """Put pairs together that are compared when the same blocks are at hand, ascending.

    First come those whose blocks are near, by the later block; then, block by block, those that
    would have kept more of them at hand than there is room for.
    """
    blocks = int(high.max()) + 1
    code = np.where(high - low < slots, high, (low + 1) * blocks + high)
    order = np.argsort(code, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(code[order])) + 1)


class _Hand:
    """Rows of some blocks, each block in a place of its own.

    Parameters
    ----------
    corpus, size, stock, workers
        As for `gathered`.
    members
        The documents of each block.
    slots
        How many blocks there is room for.

    Attributes
    ----------
    block
        All their documents; of those whose block is not at hand, the rows mean nothing.
    """

    def __init__(
        self,
        corpus: Corpus,
        members: Sequence[NDArray[np.int64]],
        size: int,
        stock: LeftOut,
        workers: int,
        slots: int,
    ) -> None:
        self._corpus, self._members = corpus, members
        self._size, self._stock, self._workers = size, stock, workers
        self._room = max(int(corpus.counts[numbers].sum()) for numbers in members)
        self._free = list(range(slots))
        self._held: dict[int, int] = {}
        # a bound more than there are documents: rows of two blocks do not adjoin
        self._firsts = np.cumsum([0, *(len(numbers) + 1 for numbers in members)])
        rows = int(self._firsts[-1])
        self._folded = Folded(
            np.empty(slots * self._room, np.uint64),
            np.zeros(rows, np.int64),
            np.empty(slots * self._room, np.uint16),
            np.zeros(rows, np.int64),
        )
        everyone = np.concatenate(members)
        places = np.delete(np.arange(rows), self._firsts[1:] - 1)
        order = np.argsort(everyone)
        sizes = np.zeros(rows, np.int32)
        self.block = Block(everyone[order], places[order], self._folded, sizes)

    def hold(self, wanted: list[int], read: Callable[[int], Read]) -> None:
        """Bring some blocks to hand, in the place of the first that are not wanted.

        ``read`` gives what reads the texts of a block.
        """
        for number in wanted:
            if number in self._held:
                continue
            if self._free:
                slot = self._free.pop()
            else:
                slot = self._held.pop(min(self._held.keys() - set(wanted)))
            self._fold(number, slot * self._room, read(number))
            self._held[number] = slot

    def _fold(self, number: int, start: int, read: Read) -> None:
        """Fold the texts of a block and count their shingles, some at a time."""
        numbers = self._members[number]
        rows = slice(self._firsts[number], self._firsts[number + 1])
        bounds, edges = self._folded.bounds[rows], self._folded.token_bounds[rows]
        sizes = self.block.sizes[rows]
        tokens = self._corpus.counts[numbers].astype(np.int64)
        shingles = np.where(tokens, np.maximum(tokens - self._size + 1, 1), 0)
        bounds[:] = start + np.concatenate([[0], np.cumsum(shingles)])
        edges[:] = start + np.concatenate([[0], np.cumsum(tokens)])

        def fold(some: slice) -> None:
            room = (
                self._folded.shingles[bounds[some.start] : bounds[some.stop]],
                self._folded.traits[edges[some.start] : edges[some.stop]],
            )
            made = shingle_spans(read(some), self._size, room=room)
            sizes[some] = distinct(made.shingles, made.bounds, self._stock)

        share = _TOKEN * int(tokens.sum()) // self._workers + 1
        for _ in in_threads(
            self._workers, fold, slices(self._corpus, numbers, min(_AT_ONCE, share))
        ):
            pass


@contextmanager
def _reading(
    corpus: Corpus, members: list[NDArray[np.int64]], workers: int
) -> Iterator[Callable[[int], Read]]:
    """Let blocks be read in any order."""
    if corpus.folder is None or len(members) == 1:
        yield _in_memory(corpus, members)
        return
    with TemporaryDirectory(dir=corpus.folder, prefix="gathered-") as folder:
        yield _Shelf(corpus, members, Path(folder), workers).read


def _in_memory(corpus: Corpus, members: list[NDArray[np.int64]]) -> Callable[[int], Read]:
    """Read blocks from where their texts wait."""

    def read(number: int, some: slice) -> Spans:
        return corpus.spans(members[number][some])

    return lambda number: partial(read, number)


class _Shelf:
    """The texts of all blocks, in files."""

    def __init__(
        self, corpus: Corpus, members: list[NDArray[np.int64]], folder: Path, workers: int
    ) -> None:
        """Read all texts once, in the order in which they wait."""
        numbers = np.concatenate(members)
        block = np.repeat(np.arange(len(members)), [len(some) for some in members])
        files = [
            FixedRows(folder / f"{n}.bin", corpus.sizes(some)) for n, some in enumerate(members)
        ]
        firsts = np.cumsum([0, *(len(some) for some in members)])
        in_order = np.argsort(corpus.places[numbers])

        def copy(some: slice) -> None:
            chosen = in_order[some]
            by_block = chosen[np.argsort(block[chosen], kind="stable")]
            data, offsets = corpus.spans(numbers[by_block]).joined()
            cuts = np.searchsorted(block[by_block], np.arange(len(members) + 1))
            for n in np.flatnonzero(np.diff(cuts)).tolist():
                low, high = offsets[cuts[n]], offsets[cuts[n + 1]]
                files[n].write(by_block[cuts[n]] - firsts[n], data[low:high])

        for _ in in_threads(workers, copy, slices(corpus, numbers[in_order], _AT_ONCE)):
            pass
        self._files = [file.finish() for file in files]
        self._space = np.empty(max(file.bounds[-1] for file in self._files), np.uint8)

    def read(self, number: int) -> Read:
        """Read a block; the texts lie where those of the block before lay."""
        file = self._files[number]
        data = self._space[: file.bounds[-1]]
        file.read_into(data)

        def read(some: slice) -> Spans:
            edges = file.bounds[some.start : some.stop + 1]
            return Spans.of(data, edges)

        return read


def slices(corpus: Corpus, numbers: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut a list of documents where about so many bytes of their rows are full."""
    load = np.cumsum(corpus.counts[numbers].astype(np.int64) * _TOKEN)
    cuts = np.flatnonzero(np.diff(load // max(most, 1))) + 1
    yield from map(slice, [0, *cuts.tolist()], [*cuts.tolist(), len(numbers)])
