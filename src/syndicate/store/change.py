"""One transaction on an SQLite file."""

from __future__ import annotations

import struct
from itertools import accumulate, chain, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from syndicate.store import merging
from syndicate.store.contract import NEWEST, Asked, Looked, LookedAll, Postings, Record
from syndicate.store.runs import SHARDS, Run, damaged, newest_of, rows_of, seal, unseal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from syndicate.store.mirror import Mirror

TABLES = """
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1), header BLOB, version INTEGER NOT NULL,
    epoch INTEGER NOT NULL, doc INTEGER NOT NULL, run INTEGER NOT NULL,
    size INTEGER NOT NULL, fresh INTEGER NOT NULL);
INSERT INTO state VALUES (1, NULL, 1, 1, 0, 1, 0, 0);
CREATE TABLE record (
    doc INTEGER PRIMARY KEY, at REAL NOT NULL, cluster INTEGER NOT NULL,
    id TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE note (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE INDEX record_at ON record (at);
CREATE INDEX record_cluster ON record (cluster) WHERE cluster <> 0;
"""
COLUMNS = "id, at, body, cluster, doc"
_COUNTERS = ("version", "epoch", "doc", "run", "size", "fresh")
_STATE = f"SELECT {', '.join(_COUNTERS)} FROM state"
_SET_STATE = f"UPDATE state SET {', '.join(f'{name} = ?' for name in _COUNTERS)}"
_BATCH = 256  # records between two looks at whether a run is due
_MOST_DEAD = 1 << 17  # removed documents kept in mind, or half of those there, until all is merged
_DEAD = "dead"
"""Note of the merge that will leave out all removed documents up to one: its run, and that one."""


def _names(ids: Sequence[str]) -> NDArray[np.uint64]:
    """Give the keys under which ids are posted: an index over them would be written at random."""
    return np.array(
        [xxhash.xxh3_64_intdigest(key.encode("utf-8", "surrogatepass")) for key in ids], np.uint64
    )


class SqliteChange:
    """One transaction on the file.

    Attributes
    ----------
    written
        Documents that it put, and those whose postings it wrote as a run.
    """

    def __init__(self, db: sqlite3.Connection, mirror: Mirror) -> None:
        self.db = db
        self.mirror = mirror
        row = db.execute(_STATE).fetchone()
        self.state = dict(zip(_COUNTERS, row, strict=True))
        self._before = dict(self.state)
        self._followed = False
        self.written = 0

    def follow(self) -> Mirror:
        """Bring what is held in memory up to the file."""
        if not self._followed:
            self.mirror.follow(self.db, self._before)
            self._followed = True
        return self.mirror

    def end(self) -> None:
        """Write the counters if anything changed."""
        if self.state != self._before:
            self.db.execute(_SET_STATE, tuple(self.state.values()))

    def find(self, keys: NDArray[np.uint64], rare: int | None = None) -> Postings:
        """Look keys up, in the fresh postings and in all runs."""
        found, most = self._find(keys, len(keys) if rare is None else rare)
        return newest_of(found) if most > NEWEST or not most else found

    def _find(self, keys: NDArray[np.uint64], rare: int) -> tuple[Postings, int]:
        """Look keys up; give too how many postings one has at most, 0 if that is not known."""
        mirror = self.follow()
        fresh = mirror.fresh.find(keys)
        if not mirror.runs.runs:
            return fresh, 1
        return mirror.runs.find(self.db, keys, rare, fresh, mirror.table(self.db))

    def look(self, asked: Asked) -> Looked:
        """Give an id's number and the postings of keys."""
        found = self.find(np.concatenate([_names([asked.key]), asked.keys]), asked.rare + 1)
        named = found.key == 0
        number = self._number(asked.key, found.doc[named].tolist())
        return Looked(number, Postings(found.key[~named] - 1, found.doc[~named]), stored=False)

    def look_all(self, ids: Sequence[str], keys: NDArray[np.uint64], rare: int) -> LookedAll:
        """Give the numbers of ids and the postings of keys."""
        found, _ = self._find(np.concatenate([_names(ids), keys]), len(ids) + rare)
        named = found.key < len(ids)
        numbers = self._numbered(ids, Postings(found.key[named], found.doc[named]))
        postings = Postings(found.key[~named] - len(ids), found.doc[~named])
        common = np.zeros(len(keys), np.bool_)
        common[rare:] = self.mirror.runs.are_common(keys[rare:])
        return LookedAll(numbers, postings, common)

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Give the numbers of ids; 0 where unknown."""
        return self._numbered(ids, self.find(_names(ids)))

    def _numbered(self, ids: Sequence[str], found: Postings) -> list[int]:
        held: dict[int, list[int]] = {}
        for place, doc in zip(found.key.tolist(), found.doc.tolist(), strict=True):
            held.setdefault(place, []).append(doc)
        return [self._number(key, held.get(place, [])) for place, key in enumerate(ids)]

    def _number(self, key: str, docs: Sequence[int]) -> int:
        """Give the one of some documents that has an id, or 0."""
        rows = chosen(self.db, "SELECT id, doc FROM record WHERE doc IN", docs) if docs else ()
        return max((doc for name, doc in rows if name == key), default=0)

    def fetch(self, docs: Sequence[int]) -> list[Record]:
        """Read records in ascending order; numbers without one are passed over."""
        query = f"SELECT {COLUMNS} FROM record WHERE doc IN"
        return [record_of(row) for row in chosen(self.db, query, sorted(set(docs)))]

    def heads(self, docs: Sequence[int], length: int) -> dict[int, bytes]:
        """Read the first bytes of records alone, unverified; numbers without one are left out."""
        query = f"SELECT doc, substr(body, {len(seal(b'')) + 1}, {int(length)}) FROM record"
        rows = rows_of(self.db, f"{query} WHERE doc IN", sorted(set(docs)))
        return {doc: head for doc, head in rows if isinstance(head, bytes)}

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents that have a number for their ``cluster``, ascending."""
        rows = self.db.execute(
            "SELECT doc FROM record WHERE cluster = ? AND cluster <> 0 ORDER BY doc LIMIT ?",
            (cluster, limit),
        )
        return [row[0] for row in rows]

    def size(self) -> int:
        """Count the records."""
        return int(self.state["size"])

    def last(self) -> int:
        """Give the largest number given so far."""
        return int(self.state["doc"])

    def removals(self) -> int | None:
        """Count what was ever removed, unless this change is about to."""
        now, before = (state["doc"] - state["size"] for state in (self.state, self._before))
        return int(now) if now == before else None

    def page(self, after: int, limit: int) -> list[Record]:
        """Read the records that follow a number."""
        rows = self.db.execute(
            f"SELECT {COLUMNS} FROM record WHERE doc > ? ORDER BY doc LIMIT ?",
            (after, limit),
        )
        return [record_of(row) for row in rows]

    def before(self, moment: float, limit: int) -> list[int]:
        """Give documents remembered before a moment, oldest first."""
        rows = self.db.execute(
            "SELECT doc FROM record WHERE at < ? ORDER BY at LIMIT ?", (moment, limit)
        )
        return [row[0] for row in rows]

    def put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> list[int]:
        """Store records under new numbers."""
        first = self.state["doc"] + 1
        for start in range(0, len(records), _BATCH):
            self._put(records[start : start + _BATCH], keys[start : start + _BATCH])
            self._maintain()
        return list(range(first, first + len(records)))

    def _put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> None:
        mirror, first = self.follow(), self.state["doc"] + 1
        docs = list(range(first, first + len(records)))
        names = _names([record.id for record in records])
        postings = np.concatenate(
            list(chain.from_iterable(zip(keys, names[:, None], strict=True)))
        )
        counts = [len(row) + 1 for row in keys]
        self.db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?)",
            [
                (doc, record.at, record.cluster, record.id, seal(record.body))
                for doc, record in zip(docs, records, strict=True)
            ],
        )
        data, ends = postings.tobytes(), list(accumulate(counts, initial=0))
        held = [data[8 * start : 8 * end] for start, end in pairwise(ends)]
        self.db.executemany("INSERT INTO fresh VALUES (?, ?)", zip(docs, held, strict=True))
        mirror.fresh.add(docs, postings, counts)
        self.state["fresh"] += len(postings)
        self.state["doc"] += len(docs)
        self.state["size"] += len(docs)
        self.written += len(docs)

    def remove(self, docs: Sequence[int]) -> int:
        """Forget documents; their postings in runs go when these are merged."""
        mirror, gone = self.follow(), 0
        for doc in docs:
            if not self.db.execute("DELETE FROM record WHERE doc = ?", (doc,)).rowcount:
                continue
            gone += 1
            row = self.db.execute("SELECT keys FROM fresh WHERE doc = ?", (doc,)).fetchone()
            if row is None:
                count = self.state["doc"] - self.state["size"] + gone  # of all ever removed
                self.db.execute("INSERT INTO dead VALUES (?, ?)", (count, doc))
            else:
                self.db.execute("DELETE FROM fresh WHERE doc = ?", (doc,))
                keys = np.frombuffer(row[0], np.uint64)
                mirror.fresh.drop(doc, keys)
                self.state["fresh"] -= len(keys)
        self.state["size"] -= gone
        return gone

    def stamp(self, docs: Sequence[int], at: float) -> None:
        """Set when documents were remembered, of those that are there."""
        rows = [(at, doc) for doc in docs]
        self.db.executemany("UPDATE record SET at = ? WHERE doc = ?", rows)

    def _maintain(self) -> None:
        """Write a run if one is due, and keep merges at their pace."""
        if self.state["fresh"] >= merging.FLUSH:
            self.flush()
            self._drop_expired()
            self._shed_dead()
            number, runs = self.state["run"], self.mirror.runs
            self.state["run"] = merging.begin_merges(self.db, runs, number, self.state["doc"])
        while (late := merging.most_behind(self.mirror.runs, self.state["doc"])) is not None:
            self._advance(*late)

    def flush(self) -> None:
        """Write the fresh postings as a run."""
        mirror = self.follow()
        if self.state["fresh"]:
            self.written += merging.flush(self.db, mirror.runs, self.state["run"])
            self.state["run"] += 1
        mirror.fresh.clear()
        mirror.fresh.last = self.state["doc"]
        self.state["fresh"] = 0
        self.state["epoch"] = mirror.epoch = self.state["epoch"] + 1
        self.touch()

    def renew(self) -> None:
        """Let all processes read the fresh postings anew, without those of removed documents."""
        self.state["epoch"] += 1

    def touch(self) -> None:
        """Tell other processes that the runs changed; our own mirror has them already."""
        self.follow()
        self.state["version"] = self.mirror.version = self.state["version"] + 1

    def moved(self) -> None:
        """Tell everybody that tables begin elsewhere now."""
        self.mirror.root = 0
        self.touch()

    def _drop_expired(self) -> None:
        """Drop runs all of whose documents are gone."""
        floor = self.mirror.gone(self.db).floor
        for run in list(self.mirror.runs.runs.values()):
            if run.last < floor and run.target == 0 and run.high == run.low + SHARDS:
                merging.drop(self.db, self.mirror.runs, run)
                self.touch()

    def _shed_dead(self) -> None:
        """Keep no more removed documents in mind than merges can still meet, and not too many."""
        gone = self.mirror.gone(self.db)
        if len(gone.docs) and gone.docs[0] < gone.floor:
            self.db.execute("DELETE FROM dead WHERE doc < ?", (gone.floor,))
        many = len(gone.docs) > max(_MOST_DEAD, self.state["size"] // 2)
        if many and not merging.under_way(self.mirror.runs):
            self.begin_full_merge()

    def _advance(self, target: Run, width: int) -> None:
        gone = self.mirror.gone(self.db)
        merging.advance(self.db, self.mirror.runs, target, gone, width)
        if target.high == SHARDS:
            self._end_full_merge(target.run)
        self.touch()

    def _end_full_merge(self, run: int) -> None:
        """Forget the removed documents that a merge of everything into a run has left out."""
        row = self.db.execute("SELECT value FROM note WHERE name = ?", (_DEAD,)).fetchone()
        target, last = struct.unpack("<2q", unseal(row[0], f"note {_DEAD}")) if row else (0, 0)
        if target == run:
            self.db.execute("DELETE FROM dead WHERE seq <= ?", (last,))
            self.db.execute("DELETE FROM note WHERE name = ?", (_DEAD,))

    def advance_all(self) -> bool:
        """Take one long step in a merge under way; tell whether there was one."""
        pending = merging.under_way(self.follow().runs)
        if pending:
            self._advance(pending[0], 8 * merging.slice_width(pending[0]))
        return bool(pending)

    def begin_full_merge(self) -> None:
        """Begin merging all runs into one that leaves out all documents removed so far."""
        mirror = self.follow()
        idle = [run for run in mirror.runs.runs.values() if run.target == 0]
        if idle:
            number = self.state["run"]
            self.state["run"] += 1
            merging.begin_merge(self.db, mirror.runs, number, self.state["doc"], idle)
            last = self.db.execute("SELECT coalesce(max(seq), 0) FROM dead").fetchone()[0]
            note = seal(struct.pack("<2q", number, last))
            self.db.execute("REPLACE INTO note VALUES (?, ?)", (_DEAD, note))
            self.touch()


def chosen(db: sqlite3.Connection, query: str, wanted: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Read rows by number, which comes last in them, ascending."""
    yield from sorted(rows_of(db, query, wanted), key=itemgetter(-1))


def record_of(row: tuple[Any, ...]) -> Record:
    """Give a record from the columns `COLUMNS`."""
    key, at, body, cluster, doc = row
    name = f"document {doc}"
    if not (isinstance(key, str) and isinstance(at, float) and isinstance(cluster, int)):
        raise damaged(name)
    return Record(key, at, unseal(body, name), cluster, doc)
