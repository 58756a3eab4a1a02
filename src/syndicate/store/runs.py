"""Sorted runs of postings inside an SQLite file.

A B-tree row for each of a document's hundred postings would write a page for each. So postings
gather in a table of fresh ones, a row a document, and are written in bulk as a *run*: pages of
sorted postings under ``run << 32 | top bits of the key``, with a Bloom filter that is held in
memory. Runs of one size are merged into a larger one, a slice of the key space at a time
(`merging`): a log-structured merge tree (O'Neil et al. 1996) whose merges never stop a writer
for long. While a merge is under way its target answers for the slices done, its sources for
the rest.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import xxhash

from syndicate.errors import StoreError
from syndicate.store.contract import NEWEST, Postings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

    from numpy.typing import NDArray

SHARD_BITS = 12
SHARDS = 1 << SHARD_BITS
BLOCK_WORDS = 8
SCHEMA = """
CREATE TABLE fresh (doc INTEGER PRIMARY KEY, keys BLOB NOT NULL);
CREATE TABLE run (
    run INTEGER PRIMARY KEY, bits INTEGER NOT NULL, blocks INTEGER NOT NULL,
    low INTEGER NOT NULL, high INTEGER NOT NULL, postings INTEGER NOT NULL,
    held INTEGER NOT NULL, level INTEGER NOT NULL, last INTEGER NOT NULL, target INTEGER NOT NULL,
    began INTEGER NOT NULL, span INTEGER NOT NULL);
CREATE TABLE page (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE filter (id INTEGER PRIMARY KEY, words BLOB NOT NULL, common BLOB NOT NULL);
CREATE TABLE dead (seq INTEGER PRIMARY KEY, doc INTEGER NOT NULL);
"""
_PARAMETERS = 4
_CHANGING = (3, 4, 6, 7, 9)  # columns of a run that merges change
_PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
_WORDS = 1024  # of a page that fits into one of SQLite's
_MOST_PARAMETERS = 4096


@dataclass(slots=True)
class Run:
    """One sorted run, as the ``run`` table has it, and its filter.

    Attributes
    ----------
    run
        Its number.
    bits
        Top bits of a key that number its pages.
    blocks
        Filter blocks of a shard.
    low, high
        Shards that it answers for.
    postings
        How many it was made for.
    held
        How many it got so far, which is fewer where documents are gone.
    level
        Its size class.
    last
        Largest document number in it.
    target
        The run that it is being merged into, or 0.
    began, span
        Of a merge: the document at which it began, and documents until it should be done.
    common
        Keys of which it holds as many postings as are kept of one: arrays of uint64.
    words
        ndarray of uint64, shape (SHARDS * blocks * BLOCK_WORDS,): its filter.
    places
        ndarray of int64, shape (2 ** bits,): where its pages lie in the file, so far as known.
    addresses
        Where both lie in memory.
    """

    run: int
    bits: int
    blocks: int
    low: int
    high: int
    postings: int
    held: int
    level: int
    last: int
    target: int
    began: int
    span: int
    common: list[NDArray[np.uint64]] = field(default_factory=list)
    words: NDArray[np.uint64] = field(init=False)
    places: NDArray[np.int64] = field(init=False)
    addresses: tuple[int, int] = field(init=False)
    _memory: tuple[mmap.mmap, mmap.mmap] = field(init=False)

    def __post_init__(self) -> None:
        """Make room, which takes memory only as far as it is filled."""
        sizes = SHARDS * self.blocks * BLOCK_WORDS, 1 << self.bits
        words, places = (mmap.mmap(-1, 8 * size, **_PRIVATE) for size in sizes)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            words.madvise(mmap.MADV_HUGEPAGE)
        self.words = np.frombuffer(words, np.uint64)
        self.places = np.frombuffer(places, np.int64)
        self.addresses = self.words.ctypes.data, self.places.ctypes.data
        self._memory = words, places

    def let_go(self) -> None:
        """Give back the memory of shards that a merge has done with."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for memory in self._memory:
                done = len(memory) * self.low // SHARDS // mmap.PAGESIZE * mmap.PAGESIZE
                if done:
                    memory.madvise(mmap.MADV_DONTNEED, 0, done)

    @property
    def row(self) -> tuple[int, ...]:
        """The columns of the ``run`` table."""
        return (
            *(self.run, self.bits, self.blocks, self.low, self.high, self.postings),
            *(self.held, self.level, self.last, self.target, self.began, self.span),
        )


def seal(data: bytes) -> bytes:
    """Put a checksum before bytes, so that damage is noticed."""
    return xxhash.xxh3_64_digest(data) + data


def unseal(blob: object, name: str) -> bytes:
    """Take the checksum off; raise `StoreError` if it does not fit."""
    if not isinstance(blob, bytes):  # a flipped bit makes it a number, or nothing
        raise damaged(name)
    data = blob[8:]
    if xxhash.xxh3_64_digest(data) != blob[:8]:
        raise damaged(name)
    return data


def damaged(name: str) -> StoreError:
    """Say what is damaged."""
    return StoreError(f"{name} is damaged: its checksum does not fit; try `index repair`")


class Runs:
    """The runs of a file, mirrored in memory as far as lookups need them.

    Attributes
    ----------
    runs
        By number.
    read
        Pages read so far where they lie in the file.
    """

    def __init__(self) -> None:
        self.runs: dict[int, Run] = {}
        self.read = 0
        self._common: NDArray[np.uint64] | None = None
        self._common_count = 0
        self._held: tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint64]] | None = None
        self._words = np.empty(_WORDS, np.uint64)
        self._room: tuple[int, ...] = (-1,) * 4
        self._arrays: tuple[NDArray[Any], ...] = ()

    def changed(self, common: Sequence[NDArray[np.uint64]] | None = ()) -> None:
        """Tell that a run came or answers for other shards.

        Parameters
        ----------
        common
            Keys that are common besides; None if some may no longer be.
        """
        self._held = None
        if common is None:
            self._common = None
        elif self._common is not None:
            self._add_common(common)

    def _add_common(self, common: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
        from syndicate.kernels import lookup as kernels  # noqa: PLC0415 - compiles

        self._common_count += sum(map(len, common))
        if self._common is None or 2 * self._common_count > len(self._common):
            if self._common is None:
                common = [keys for run in self.runs.values() for keys in run.common]
            else:
                common = [*common, self._common[self._common != 0]]
            self._common_count = sum(map(len, common))
            self._common = np.zeros(1 << (4 * self._common_count + 64).bit_length(), np.uint64)
        for keys in common:
            kernels.insert_common(keys, self._common)
        return self._common

    def load(self, db: Connection) -> None:
        """Bring the mirror up to the file: new runs, new slices of merges."""
        old, self.runs = self.runs, {}
        for row in db.execute("SELECT * FROM run ORDER BY run").fetchall():
            run = old.get(row[0]) or Run(*row)
            known = run.high if row[0] in old else 0
            run.low, run.high, run.held, run.level, run.target = (row[i] for i in _CHANGING)
            if row[0] not in old or known != run.high:
                self._load_filter(db, run, known)
            run.let_go()
            self.runs[run.run] = run
        self.changed(None)

    @staticmethod
    def _load_filter(db: Connection, run: Run, start: int) -> None:
        rows = db.execute(
            "SELECT id, words, common FROM filter WHERE id BETWEEN ? AND ? ORDER BY id",
            (run.run << 16 | start, run.run << 16 | 0xFFFF),
        )
        for key, blob, common in rows:
            words = np.frombuffer(unseal(blob, f"filter {key}"), np.uint64)
            first = (key & 0xFFFF) * run.blocks * BLOCK_WORDS
            run.words[first : first + len(words)] = words
            run.common.append(np.frombuffer(unseal(common, f"filter {key}"), np.uint64))

    def find(
        self,
        db: Connection,
        keys: NDArray[np.uint64],
        rare: int,
        newest: Postings,
        table: Table,
    ) -> tuple[Postings, int]:
        """Look keys up in all runs, the newer ones first.

        Parameters
        ----------
        keys
            What is looked for.
        rare
            Where the keys begin that are passed over if they are common.
        newest
            What was found among the fresh postings. Of a key that is known to be common by
            then, older runs are not asked.
        table
            The pages, as they lie on disk.

        Returns
        -------
        postings : Postings
            Of one key perhaps more than `NEWEST`.
        most : int
            The most of one key; 0 if that is not known.
        """
        from syndicate.kernels import lookup as kernels  # noqa: PLC0415 - compiles

        runs, filters, common = self._table()
        given = len(newest.key)
        wanted, out_key, out_doc, asked, pages, crowded = self._scratch(len(keys), given)
        out_key[:given], out_doc[:given] = newest
        found, missed, read, full, most = kernels.look(
            keys, rare, common, runs, filters, table.bytes, table.width, table.root, NEWEST,
            given, self._words, wanted, out_key, out_doc, asked, pages, crowded,
        )  # fmt: skip
        if full:
            self.changed([crowded[:full].copy()])
        self.read += read
        postings = Postings(out_key[:found].copy(), out_doc[:found].copy())
        if missed:
            more = _read_missed(db, keys, asked[:missed], pages[:missed])
            postings = Postings(*map(np.concatenate, zip(postings, more, strict=True)))
        return postings, 0 if missed else most

    def are_common(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell of keys whether `find` passes them over where they may be common."""
        from syndicate.kernels import lookup as kernels  # noqa: PLC0415 - compiles

        out = np.zeros(len(keys), np.bool_)
        if self.runs:
            kernels.are_common(keys, self._table()[2], out)
        return out

    def _scratch(self, keys: int, given: int) -> tuple[NDArray[Any], ...]:
        """Give arrays to work in, the same ones each time: new ones cost the system's work."""
        from syndicate.kernels.lookup import AT_ONCE  # noqa: PLC0415 - imports numba

        runs = len(self.runs)
        room = runs * min(keys, AT_ONCE) + 1, 2 * NEWEST * keys + given, runs * keys, keys
        if any(more > held for more, held in zip(room, self._room, strict=True)):
            self._room = tuple(2 * size for size in room)
            wanted, out, missed, crowd = self._room
            self._arrays = (
                np.empty((wanted, 4), np.int64),
                *(np.empty(size, np.int64) for size in (out, out, missed, missed)),
                np.empty(crowd, np.uint64),
            )
        return self._arrays

    def _table(self) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint64]]:
        """Give what `look` asks of the runs, new ones first, and the common keys."""
        if self._held is None:
            runs = sorted(self.runs.values(), key=lambda run: -run.last)
            rows = [(run.run, run.low, run.high, run.blocks, run.bits) for run in runs]
            held = [run.addresses for run in runs]
            common = self._add_common(()) if self._common is None else self._common
            self._held = np.array(rows, np.int64), np.array(held, np.uint64), common
        return self._held


class Table(NamedTuple):
    """The table of pages, as it lies in the file.

    Attributes
    ----------
    bytes
        ndarray of uint8: the mapped file.
    width
        Bytes of one of SQLite's pages.
    root
        The one where the table begins.
    """

    bytes: NDArray[np.uint8]
    width: int
    root: int


def newest_of(found: Postings) -> Postings:
    """Cut each key's postings to the `NEWEST`."""
    if len(found.key) <= NEWEST or np.bincount(found.key).max() <= NEWEST:
        return found
    order = np.lexsort((-found.doc, found.key))
    key, doc = found.key[order], found.doc[order]
    rank = np.arange(len(key)) - np.searchsorted(key, key)
    return Postings(key[rank < NEWEST], doc[rank < NEWEST])


def _read_missed(
    db: Connection,
    keys: NDArray[np.uint64],
    asked: NDArray[np.int64],
    pages: NDArray[np.int64],
) -> Postings:
    """Look keys up in pages that SQLite reads: they are in its log, or the file is not mapped."""
    from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

    ids, data, edges = _read(db, pages)
    place = np.searchsorted(ids, pages)
    sought = keys[asked]
    room = 4 * len(asked) + 64
    while True:
        key, doc = np.empty(room, np.int64), np.empty(room, np.uint32)
        found = kernels.scan(sought, pages, place, ids, edges, data, key, doc)
        if found <= room:
            return Postings(asked[key[:found]], doc[:found].astype(np.int64))
        room = found


def _read(
    db: Connection, pages: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]:
    """Read pages by id."""
    rows = dict(rows_of(db, "SELECT id, data FROM page WHERE id IN", pages.tolist()))
    return opened(sorted(rows.items()))


def rows_of(db: Connection, query: str, wanted: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Read rows by number, with statements of few lengths, which SQLite keeps prepared."""
    for start in range(0, len(wanted), _MOST_PARAMETERS):
        part = wanted[start : start + _MOST_PARAMETERS]
        length = _PARAMETERS
        while length < len(part):
            length *= 2
        marks = ",".join("?" * length)
        padded = [*part, *[part[-1]] * (length - len(part))]
        yield from db.execute(f"{query} ({marks})", padded)


def opened(
    rows: Sequence[tuple[int, bytes]],
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]:
    """Verify pages and lay their postings end to end.

    Returns
    -------
    ids : ndarray of int64, shape (n,)
    postings : ndarray of uint64
    edges : ndarray of int64, shape (n + 1,)
        Where each page's postings start and the last end.

    Raises
    ------
    StoreError
        If one is damaged.
    """
    from syndicate.kernels import runs as kernels  # noqa: PLC0415 - compiles

    edges = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(blob) // 8 for _, blob in rows], out=edges[1:])
    ids = np.array([key for key, _ in rows], np.int64)
    data = b"".join([blob for _, blob in rows])
    if len(data) != 8 * edges[-1]:
        name = f"one of the pages {ids[0]} to {ids[-1]}"
        raise damaged(name)
    words = np.frombuffer(data, np.uint64)
    postings = np.empty(max(len(words) - len(rows), 0), np.uint64)
    if (bad := kernels.open_pages(words, edges, ids, postings)) >= 0:
        name = f"page {ids[bad]}"
        raise damaged(name)
    return ids, postings, edges - np.arange(len(edges))
