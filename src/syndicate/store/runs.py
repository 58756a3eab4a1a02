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

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from syndicate.errors import StoreError
from syndicate.store.contract import NEWEST, Postings

if TYPE_CHECKING:
    from collections.abc import Sequence
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
CREATE TABLE filter (id INTEGER PRIMARY KEY, words BLOB NOT NULL);
CREATE TABLE dead (seq INTEGER PRIMARY KEY, doc INTEGER NOT NULL);
"""
_PARAMETERS = 64
_LARGE = 2  # level from which a run is asked last
_MOST_PARAMETERS = 8192


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
    words
        ndarray of uint64, shape (SHARDS * blocks * BLOCK_WORDS,).
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
    words: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))

    @property
    def row(self) -> tuple[int, ...]:
        """The columns of the ``run`` table."""
        return (
            *(self.run, self.bits, self.blocks, self.low, self.high, self.postings),
            *(self.held, self.level, self.last, self.target, self.began, self.span),
        )


def seal(data: bytes) -> bytes:
    """Put a checksum before postings or filter words, so that damage is noticed."""
    return zlib.crc32(data).to_bytes(8, "little") + data


def unseal(blob: bytes, name: str) -> bytes:
    """Take the checksum off; raise `StoreError` if it does not fit."""
    data = blob[8:]
    if zlib.crc32(data) != int.from_bytes(blob[:8], "little"):
        message = f"{name} is damaged: its checksum does not fit; try `index repair`"
        raise StoreError(message)
    return data


class Runs:
    """The runs of a file, mirrored in memory as far as lookups need them."""

    def __init__(self) -> None:
        self.runs: dict[int, Run] = {}

    def load(self, db: Connection) -> None:
        """Bring the mirror up to the file: new runs, new slices of merges."""
        old, self.runs = self.runs, {}
        for row in db.execute("SELECT * FROM run ORDER BY run"):
            run = Run(*row)
            known = old.get(run.run)
            run.words = np.zeros(0, np.uint64) if known is None else known.words
            if known is None or known.high != run.high:
                self._load_filter(db, run, 0 if known is None else known.high)
            self.runs[run.run] = run

    @staticmethod
    def _load_filter(db: Connection, run: Run, start: int) -> None:
        if not len(run.words):
            run.words = np.zeros(SHARDS * run.blocks * BLOCK_WORDS, np.uint64)
        rows = db.execute(
            "SELECT id, words FROM filter WHERE id BETWEEN ? AND ? ORDER BY id",
            (run.run << 16 | start, run.run << 16 | 0xFFFF),
        )
        for key, blob in rows:
            words = np.frombuffer(unseal(blob, f"filter {key}"), np.uint64)
            first = (key & 0xFFFF) * run.blocks * BLOCK_WORDS
            run.words[first : first + len(words)] = words

    def find(self, db: Connection, keys: NDArray[np.uint64], newest: Postings) -> Postings:
        """Look keys up in all runs, the smaller and newer ones first.

        Parameters
        ----------
        keys
            What is looked for.
        newest
            What was found among the fresh postings. Of a key that is known to be common by
            then, older runs are not asked.
        """
        found = [newest]
        for chosen in (self._sized(small=True), self._sized(small=False)):
            counts = np.bincount(np.concatenate([some.key for some in found]), minlength=len(keys))
            rare = np.flatnonzero(counts < NEWEST)
            if chosen and len(rare):
                more = _find_in(db, keys[rare], chosen)
                found.append(Postings(rare[more.key], more.doc))
        return Postings(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _sized(self, *, small: bool) -> list[Run]:
        return [run for run in self.runs.values() if (run.level < _LARGE) == small]


def _find_in(db: Connection, keys: NDArray[np.uint64], runs: Sequence[Run]) -> Postings:
    """Look keys up in some runs."""
    from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

    asked, pages = [], []
    held = np.empty(len(keys), np.int64)
    for run in runs:
        count = kernels.probe(keys, run.low, run.high, run.blocks, run.words, held)
        if count:
            asked.append(held[:count].copy())
            page = (keys[asked[-1]] >> np.uint64(64 - run.bits)).astype(np.int64)
            pages.append(page | (run.run << 32))
    if not asked:
        return Postings(np.zeros(0, np.int64), np.zeros(0, np.int64))
    return _read_pages(db, keys, np.concatenate(asked), np.concatenate(pages))


def _read_pages(
    db: Connection, keys: NDArray[np.uint64], asked: NDArray[np.int64], pages: NDArray[np.int64]
) -> Postings:
    """Find keys, each in the page that would hold it."""
    from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

    wanted, place = np.unique(pages, return_inverse=True)
    begins, ends = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
    parts: list[bytes] = []
    position = 0
    rows = _select(db, wanted.tolist())
    order = np.searchsorted(wanted, np.array([row[0] for row in rows], np.int64)).tolist()
    for number, (key, blob) in zip(order, rows, strict=True):
        data = unseal(blob, f"page {key}")
        parts.append(data)
        begins[number] = position
        position += len(data) // 8
        ends[number] = position
    data_all = np.frombuffer(b"".join(parts), np.uint64)
    sought = keys[asked]
    room = 4 * len(sought) + 64
    while True:
        key_out, doc_out = np.empty(room, np.int64), np.empty(room, np.uint32)
        found = kernels.scan(sought, place, begins, ends, data_all, key_out, doc_out)
        if found <= room:
            return Postings(asked[key_out[:found]], doc_out[:found].astype(np.int64))
        room = found


def _select(db: Connection, wanted: list[int]) -> list[Any]:
    """Read pages by id, with statements of few lengths so that SQLite keeps them prepared."""
    rows: list[Any] = []
    for start in range(0, len(wanted), _MOST_PARAMETERS):
        part = wanted[start : start + _MOST_PARAMETERS]
        length = _PARAMETERS
        while length < len(part):
            length *= 2
        marks = ",".join("?" * length)
        padded = part + part[-1:] * (length - len(part))
        rows += db.execute(f"SELECT id, data FROM page WHERE id IN ({marks})", padded).fetchall()
    return rows
