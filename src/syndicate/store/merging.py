"""Making and merging the runs of `syndicate.store.runs`, a slice at a time."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.store.contract import NEWEST
from syndicate.store.runs import BLOCK_WORDS, SHARD_BITS, SHARDS, Run, Runs, opened, seal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from numpy.typing import NDArray

FLUSH = 360_000
"""Fresh postings that make a run: some 3,100 articles. With those of one more batch, they just fit
three quarters of a table of 2 ** 19 places."""
_FANOUT = 4
_PAGE = 128  # most postings of a page, on average
_FILTER_BITS = (10, 9, 7, 4.5)  # of a posting in a run, by level: more where it costs little
_FILTER_BITS_LARGE = 4  # beyond: one key in seven costs a page in vain
_FLUSHED = 512  # shards written at a time, for the sake of memory
_SLICE = 4000  # postings: a millisecond or two
_SLICES = 64  # most of them in one step, after many documents at once
_HASTE = 1.0  # a merge ends when this many times a source's documents have arrived


class Slice(NamedTuple):
    """Postings of consecutive shards.

    Attributes
    ----------
    postings
        ndarray of uint64, shape (n,): sorted within each shard.
    starts
        ndarray of int64, shape (shards + 1,): where each shard starts and the last ends.
    common
        ndarray of uint64: keys of which so many documents hold each that no more are kept.
    """

    postings: NDArray[np.uint64]
    starts: NDArray[np.int64]
    common: NDArray[np.uint64]


_NONE = np.zeros(0, np.uint64)


class Gone(NamedTuple):
    """The documents whose postings a merge leaves out: those below ``floor`` and ``docs``."""

    floor: int
    docs: NDArray[np.uint64]

    @property
    def none(self) -> bool:
        """Whether it leaves out nothing."""
        return self.floor <= 1 and not len(self.docs)


def flush(db: Connection, runs: Runs, number: int) -> int:
    """Write all fresh postings as run ``number``; give the count of their documents."""
    from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

    rows = db.execute("SELECT doc, keys FROM fresh ORDER BY doc").fetchall()
    keys = np.frombuffer(b"".join(blob for _, blob in rows), np.uint64)
    docs = np.array([doc for doc, _ in rows], np.uint32)
    owners = np.repeat(docs, [len(blob) // 8 for _, blob in rows])
    starts, postings = np.empty(SHARDS + 1, np.int64), np.empty(len(keys), np.uint64)
    kernels.partition(keys, owners, starts, postings)
    run = new_run(number, len(postings), int(docs[-1]) if len(docs) else 0)
    for first in range(0, SHARDS, _FLUSHED):
        edges = starts[first : first + _FLUSHED + 1]
        piece = Slice(postings[edges[0] : edges[-1]], edges - edges[0], _NONE)
        piece = _merged([_sorted(piece)], first, Gone(0, _NONE))
        write_slice(db, run, first, piece)
        run.held += len(piece.postings)
    run.high = SHARDS
    if run.held:
        db.execute(f"INSERT INTO run VALUES ({','.join('?' * 12)})", run.row)
        runs.runs[number] = run
        runs.changed(run.common)
    db.execute("DELETE FROM fresh")
    return len(rows)


def new_run(number: int, postings: int, last: int) -> Run:
    """Lay out an empty run that will hold so many postings."""
    level = _level(postings)
    per_posting = _FILTER_BITS[level] if level < len(_FILTER_BITS) else _FILTER_BITS_LARGE
    blocks = max(1, round(postings * per_posting / (SHARDS * BLOCK_WORDS * 64)))
    bits = max(SHARD_BITS, math.ceil(math.log2(max(postings, 1) / _PAGE)))
    return Run(number, bits, blocks, 0, 0, postings, 0, level, last, 0, 0, 0)


def _sorted(piece: Slice) -> Slice:
    """Sort each shard in place."""
    for start, end in pairwise(piece.starts.tolist()):
        piece.postings[start:end].sort()
    return piece


def _merged(pieces: Sequence[Slice], first: int, gone: Gone) -> Slice:
    """Merge slices of the same shards.

    What is gone is left out, and of each key all but the newest `NEWEST` postings.
    """
    from syndicate.kernels import runs as kernels  # noqa: PLC0415 - compiles

    lengths = [len(piece.postings) for piece in pieces]
    starts = np.stack([piece.starts for piece in pieces])
    starts += (np.cumsum(lengths, dtype=np.int64) - lengths)[:, None]
    data = np.concatenate([piece.postings for piece in pieces])
    out, edges = np.empty(len(data), np.uint64), np.empty(starts.shape[1], np.int64)
    heads = np.empty(len(pieces), np.int64)
    common = np.empty(len(data) // NEWEST, np.uint64)
    used, crowded = kernels.merge_slices(
        data, starts, first, *gone, NEWEST, heads, out, edges, common
    )
    return Slice(out[:used], edges, common[:crowded])


def write_slice(db: Connection, run: Run, first: int, piece: Slice) -> None:
    """Write a run's pages and filter for the shards from ``first`` on."""
    from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles
    from syndicate.kernels.runs import seal_pages  # noqa: PLC0415 - compiles

    shards = len(piece.starts) - 1
    most = min(len(piece.postings), shards << (run.bits - SHARD_BITS))
    pages, edges = np.empty(most, np.int64), np.empty(most + 1, np.int64)
    data = np.empty(len(piece.postings) + most, np.uint64)
    count = seal_pages(piece.postings, piece.starts, first, run.run, run.bits, pages, edges, data)
    bounds = (8 * edges[: count + 1]).tolist()
    blob = data.tobytes()
    db.executemany(
        "INSERT INTO page VALUES (?, ?)",
        zip(pages[:count].tolist(), (blob[a:b] for a, b in pairwise(bounds)), strict=True),
    )
    width = run.blocks * BLOCK_WORDS
    words = run.words[first * width : (first + shards) * width]
    kernels.fill_filter(piece.postings, piece.starts, run.blocks, words)
    run.common.append(piece.common)
    row = (run.run << 16 | first, seal(words.tobytes()), seal(piece.common.tobytes()))
    db.execute("INSERT INTO filter VALUES (?, ?, ?)", row)


def _read(db: Connection, run: Run, first: int, end: int) -> Slice:
    """Read a run's shards."""
    deeper = run.bits - SHARD_BITS
    rows = db.execute(
        "SELECT id, data FROM page WHERE id >= ? AND id < ? ORDER BY id",
        (run.run << 32 | first << deeper, run.run << 32 | end << deeper),
    ).fetchall()
    ids, postings, edges = opened(rows)
    owners = (ids & 0xFFFFFFFF) >> deeper
    return Slice(postings, edges[np.searchsorted(owners, np.arange(first, end + 1))], _NONE)


def begin_merges(db: Connection, runs: Runs, number: int, doc: int) -> int:
    """Begin merging wherever four runs of one size stand; give the next free run number."""
    idle = [run for run in runs.runs.values() if run.target == 0 and run.high == SHARDS]
    for level in sorted({run.level for run in idle}):
        sources = [run for run in idle if run.level == level]
        if len(sources) >= _FANOUT:
            begin_merge(db, runs, number, doc, sources)
            number += 1
    return number


def begin_merge(db: Connection, runs: Runs, number: int, doc: int, sources: Sequence[Run]) -> Run:
    """Begin merging runs into run ``number``."""
    postings = sum(run.held for run in sources)
    target = new_run(number, postings, max(run.last for run in sources))
    articles = 110  # postings of an article, roughly: only the pace depends on it
    target.began, target.span = doc, int(_HASTE * postings / len(sources) / articles) + 1
    db.execute(f"INSERT INTO run VALUES ({','.join('?' * 12)})", target.row)
    runs.runs[number] = target
    runs.changed()
    for run in sources:
        run.target = number
        db.execute("UPDATE run SET target = ? WHERE run = ?", (number, run.run))
    return target


def under_way(runs: Runs) -> list[Run]:
    """Give the targets of merges not done yet."""
    return [run for run in runs.runs.values() if run.high < SHARDS]


def most_behind(runs: Runs, doc: int) -> tuple[Run, int] | None:
    """Give the merge that lags most behind its pace by a slice or more, and by how many shards."""
    worst, lag = None, 0.0
    for run in under_way(runs):
        due = SHARDS * min(1.0, (doc - run.began) / run.span)
        behind = (due - run.high) / slice_width(run)
        if (behind >= 1 and behind > lag) or (due >= SHARDS and worst is None):
            worst, lag = run, behind
    if worst is None:
        return None
    return worst, int(max(1.0, min(lag, _SLICES)) * slice_width(worst))


def slice_width(run: Run) -> int:
    """Shards that make a slice of a merge into this run."""
    return max(1, _SLICE * SHARDS // max(run.postings, 1))


def advance(db: Connection, runs: Runs, target: Run, gone: Gone, width: int) -> None:
    """Merge the next shards into a target, and drop them from its sources."""
    first, end = target.high, min(SHARDS, target.high + width)
    sources = [run for run in runs.runs.values() if run.target == target.run]
    piece = _merged([_read(db, run, first, end) for run in sources], first, gone)
    write_slice(db, target, first, piece)
    for run in sources:
        deeper = run.bits - SHARD_BITS
        span = (run.run << 32 | first << deeper, run.run << 32 | end << deeper)
        db.execute("DELETE FROM page WHERE id >= ? AND id < ?", span)
        run.low = end
        run.let_go()
        db.execute("UPDATE run SET low = ? WHERE run = ?", (end, run.run))
    target.high = end
    target.held += len(piece.postings)
    runs.changed([piece.common] if gone.none else None)
    db.execute("UPDATE run SET high = ?, held = ? WHERE run = ?", (end, target.held, target.run))
    if end == SHARDS:
        _finish(db, runs, target, sources)


def _finish(db: Connection, runs: Runs, target: Run, sources: Sequence[Run]) -> None:
    """Let the target stand alone, in the size class of what it really holds."""
    for run in sources:
        drop(db, runs, run)
    if not target.held:
        drop(db, runs, target)
        return
    target.level = _level(target.held)
    runs.changed()
    db.execute("UPDATE run SET level = ? WHERE run = ?", (target.level, target.run))


def _level(postings: int) -> int:
    """Give the size class of a run."""
    return max(0, round(math.log(max(postings, 1) / FLUSH, _FANOUT)))


def drop(db: Connection, runs: Runs, run: Run) -> None:
    """Forget a run and all its pages."""
    db.execute(
        "DELETE FROM page WHERE id BETWEEN ? AND ?", (run.run << 32, run.run << 32 | 0xFFFFFFFF)
    )
    db.execute(
        "DELETE FROM filter WHERE id BETWEEN ? AND ?", (run.run << 16, run.run << 16 | 0xFFFF)
    )
    db.execute("DELETE FROM run WHERE run = ?", (run.run,))
    if runs.runs.pop(run.run, None) is not None:
        runs.changed(None)
