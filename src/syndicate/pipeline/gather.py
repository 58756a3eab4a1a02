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

from syndicate.io.spool import Rows, RowWriter, pack
from syndicate.pipeline.corpus import Folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from syndicate.pipeline.corpus import Corpus

_KINDS = {"shingles": np.uint64, "traits": np.uint16}
_TOKEN = sum(np.dtype(kind).itemsize for kind in _KINDS.values())
"""Bytes that wait for each token."""
_AT_ONCE = 4 << 20
"""Bytes of rows made at a time."""


class Gathered(NamedTuple):
    """Pairs, and a source that has all their rows at hand."""

    source: Corpus | Block
    left: NDArray[np.int64]
    right: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Some documents of a corpus, in memory.

    Attributes
    ----------
    place
        ndarray of int64, shape (n,): of each number, where its rows are in ``held``.
    held
        Rows by kind.
    """

    place: NDArray[np.int64]
    held: dict[str, list[NDArray[Any]]]

    def folded(self, numbers: NDArray[np.int64], _size: int) -> Folded:
        """Lay rows of some documents end to end, as `Corpus.folded` makes them."""
        places = self.place[numbers].tolist()
        rows = ([self.held[kind][place] for place in places] for kind in _KINDS)
        shingles, traits = map(pack, rows, _KINDS.values())
        return Folded(*shingles, *traits)


def gathered(
    corpus: Corpus,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    size: int,
    most: int,
) -> Iterator[Gathered]:
    """Cut pairs into lots whose rows are in memory.

    Parameters
    ----------
    corpus
        Of the documents.
    left, right : ndarray of int64, shape (pairs,)
        Document numbers.
    size
        Tokens to a shingle.
    most
        Bytes of a block; two of them are held at a time. There is one block alone where the
        corpus itself is in memory.

    Yields
    ------
    Gathered
        Each pair in one of them, sorted by both numbers.
    """
    if not len(left):
        return
    if corpus.folder is None:
        numbers = np.unique(np.concatenate([left, right]))
        place = np.full(len(corpus), -1)
        place[numbers] = np.arange(len(numbers))
        yield _sorted(Block(place, _held(corpus, numbers, size)), left, right)
        return
    numbers, block = _blocks(corpus, left, right, most)
    of = np.zeros(len(corpus), np.int64)
    of[numbers] = block
    low, high = np.minimum(of[left], of[right]), np.maximum(of[left], of[right])
    order = np.lexsort((high, low))
    code = low[order] * (block.max() + 1) + high[order]
    lots = np.split(order, np.flatnonzero(np.diff(code)) + 1)
    with TemporaryDirectory(dir=corpus.folder, prefix="gathered-") as folder:
        shelf = _Shelf(corpus, numbers, block, size, Path(folder), most)
        for lot in lots:
            source = shelf.block(int(low[lot[0]]), int(high[lot[0]]))
            yield _sorted(source, left[lot], right[lot])


def _sorted(source: Corpus | Block, left: NDArray[np.int64], right: NDArray[np.int64]) -> Gathered:
    order = np.lexsort((right, left))
    return Gathered(source, left[order], right[order])


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
    """All blocks, in files unless there is only one."""

    def __init__(
        self,
        corpus: Corpus,
        numbers: NDArray[np.int64],
        block: NDArray[np.int64],
        size: int,
        folder: Path,
        most: int,
    ) -> None:
        self._corpus = corpus
        self._size = size
        self._place = np.full(len(corpus), -1)
        self._files: list[dict[str, Rows]] = []
        self._loaded: dict[int, dict[str, list[NDArray[Any]]]] = {}
        self._members = [np.empty(0, np.int64)] * (int(block.max()) + 1)
        in_order = np.argsort(corpus.places[numbers])
        if len(self._members) == 1:
            self._loaded[0] = _held(corpus, numbers[in_order], size)
        else:
            self._fill(numbers, block, in_order, folder, most)
        for n in range(len(self._members)):
            members = numbers[in_order[block[in_order] == n]]
            self._members[n] = members
            self._place[members] = np.arange(len(members))

    def _fill(
        self,
        numbers: NDArray[np.int64],
        block: NDArray[np.int64],
        in_order: NDArray[np.int64],
        folder: Path,
        most: int,
    ) -> None:
        """Read all texts once, in the order in which they wait."""
        blocks = len(self._members)
        writers = [
            {kind: RowWriter(dtype, folder / f"{kind}-{n}.bin") for kind, dtype in _KINDS.items()}
            for n in range(blocks)
        ]
        for some in _slices(self._corpus, numbers[in_order], most // 2):
            chosen = in_order[some]
            by_block = chosen[np.argsort(block[chosen], kind="stable")]
            cuts = np.searchsorted(block[by_block], np.arange(blocks + 1))
            folded = self._corpus.folded(numbers[by_block], self._size)
            for n in np.unique(block[chosen]).tolist():
                rows = slice(cuts[n], cuts[n + 1] + 1)
                writers[n]["shingles"].append(folded.shingles, folded.bounds[rows])
                writers[n]["traits"].append(folded.traits, folded.edges[rows])
        self._files = [{kind: each.finish() for kind, each in of.items()} for of in writers]

    def block(self, one: int, other: int) -> Block:
        """Load one block or two."""
        self._loaded = {n: held for n, held in self._loaded.items() if n in (one, other)}
        for n in (one, other):
            if n not in self._loaded:
                self._loaded[n] = {kind: _loaded(rows) for kind, rows in self._files[n].items()}
        if one == other:
            return Block(self._place, self._loaded[one])
        place = self._place.copy()
        place[self._members[other]] += len(self._members[one])
        both = {kind: self._loaded[one][kind] + self._loaded[other][kind] for kind in _KINDS}
        return Block(place, both)


def _slices(corpus: Corpus, numbers: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut a list of documents where about so many bytes of their rows are full."""
    load = np.cumsum(corpus.counts[numbers].astype(np.int64) * _TOKEN)
    cuts = np.flatnonzero(np.diff(load // max(most, 1))) + 1
    yield from map(slice, [0, *cuts.tolist()], [*cuts.tolist(), len(numbers)])


def _held(corpus: Corpus, numbers: NDArray[np.int64], size: int) -> dict[str, list[NDArray[Any]]]:
    """Make the rows of some documents."""
    shingles: list[NDArray[np.uint64]] = []
    traits: list[NDArray[np.uint16]] = []
    for some in _slices(corpus, numbers, _AT_ONCE):
        folded = corpus.folded(numbers[some], size)
        shingles += np.split(folded.shingles, folded.bounds[1:-1])
        traits += np.split(folded.traits, folded.edges[1:-1])
    return {"shingles": shingles, "traits": traits}


def _loaded(rows: Rows) -> list[NDArray[Any]]:
    """Read a whole block and cut it into rows."""
    return np.split(rows.whole(), rows.bounds[1:-1])
