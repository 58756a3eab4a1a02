"""The store in one SQLite file: write-ahead log, many readers and writers, nothing to run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import numpy as np
import xxhash

from syndicate.errors import IndexFormatError, StoreError
from syndicate.store import merging
from syndicate.store.contract import Postings, Record
from syndicate.store.fresh import Fresh
from syndicate.store.runs import SCHEMA, SHARDS, Run, Runs, seal, unseal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.store.contract import Change, View

Result = TypeVar("Result")
Durability = Literal["process", "power"]

APPLICATION = 0x53594E44  # "SYND"
FORMAT = 1
_WAIT = 60.0  # seconds until a writer gives up waiting for others
_BATCH = 256  # records between two looks at whether a run is due
_TABLES = """
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
_COLUMNS = "id, at, body, cluster, doc"


def _names(ids: Sequence[str]) -> NDArray[np.uint64]:
    """Give the keys under which ids are posted: an index over them would be written at random."""
    return np.array(
        [xxhash.xxh3_64_intdigest(key.encode("utf-8", "surrogatepass")) for key in ids], np.uint64
    )


class SqliteStore:
    """Records and postings in one file.

    Parameters
    ----------
    path
        The file; made if its folder exists.
    durability
        What an acknowledged write survives: ``"process"``, the death of any process, or
        ``"power"``, also that of the machine, at the price of a disk flush for each write.

    Raises
    ------
    IndexFormatError
        If the file is something else, or of a newer format.
    StoreError
        If it cannot be opened.
    """

    def __init__(self, path: Path | str, *, durability: Durability = "process") -> None:
        self.path = Path(path)
        self._durability = durability
        self._lock = threading.RLock()
        self._connect()

    def _connect(self) -> None:
        self._pid = os.getpid()
        self._mirror = _Mirror()
        if not self.path.parent.is_dir():
            message = f"cannot open {self.path}: its folder does not exist; make it first"
            raise StoreError(message)
        _refuse_stump(self.path)
        with _translated(self.path):
            self._db = _open(self.path)
            self._set_up()

    def _set_up(self) -> None:
        db = self._db
        application = db.execute("PRAGMA application_id").fetchone()[0]
        if application == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            self._create()
        elif application != APPLICATION:
            message = f"{self.path} is an SQLite file, but not an index; name another path"
            raise IndexFormatError(message)
        stored = db.execute("PRAGMA user_version").fetchone()[0]
        if stored != FORMAT:
            message = (
                f"{self.path} has file format {stored}, this version reads {FORMAT}; "
                "`index upgrade` it with the version that can"
            )
            raise IndexFormatError(message)
        flush = "FULL" if self._durability == "power" else "NORMAL"
        db.execute(f"PRAGMA synchronous = {flush}")

    def _create(self) -> None:
        db = self._db
        db.execute("PRAGMA page_size = 8192")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in (_TABLES + SCHEMA).split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")

    def header(self) -> bytes | None:
        """Read what `set_header` wrote; None if the store is new."""
        with self._lock, _translated(self.path):
            blob = self._db.execute("SELECT header FROM state").fetchone()[0]
        return None if blob is None else bytes(blob)

    def set_header(self, header: bytes) -> bytes:
        """Write the settings of a new store once; give those that stand, ours or another's."""

        def work(change: _Change) -> bytes:
            change.db.execute("UPDATE state SET header = ? WHERE header IS NULL", (header,))
            return bytes(change.db.execute("SELECT header FROM state").fetchone()[0])

        return self._write(work)

    def replace_header(self, header: bytes) -> None:
        """Write other settings over those that stand."""
        self._write(lambda change: change.db.execute("UPDATE state SET header = ?", (header,)))

    def note(self, name: str) -> bytes | None:
        """Read what `set_note` wrote under a name; None if there is nothing."""
        with self._lock, _translated(self.path):
            query = "SELECT value FROM note WHERE name = ?"
            row = self._db.execute(query, (name,)).fetchone()
        return None if row is None else unseal(row[0], f"note {name}")

    def set_note(self, name: str, value: bytes) -> None:
        """Keep a few bytes under a name, in the place of what was there."""
        row = (name, seal(value))
        self._write(lambda change: change.db.execute("REPLACE INTO note VALUES (?, ?)", row))

    def read(self, work: Callable[[View], Result]) -> Result:
        """Do what only reads, on the file as it is now."""
        return self._transact("BEGIN", work)

    def write(self, work: Callable[[Change], Result]) -> Result:
        """Do what reads and writes as one step; other writers wait."""
        return self._transact("BEGIN IMMEDIATE", work)

    def _write(self, work: Callable[[_Change], Result]) -> Result:
        return self._transact("BEGIN IMMEDIATE", work)

    def _transact(self, begin: str, work: Callable[[_Change], Result]) -> Result:
        with self._lock, _translated(self.path):
            if self._pid != os.getpid():  # a connection must not be used across a fork
                self._connect()
            self._db.execute(begin)
            try:
                change = _Change(self._db, self._mirror)
                result = work(change)
                change.end()
                self._db.execute("COMMIT")
            except BaseException:
                self._mirror = _Mirror()  # it may be ahead of the file now
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            return result

    def compact(self) -> None:
        """Merge everything into one run without what was removed, and shrink the file.

        Other processes go on in between; only the last step, SQLite's ``VACUUM``, makes them
        wait.
        """
        self._write(lambda change: change.flush())
        self._finish_merges()
        dead = self._write(lambda change: change.begin_full_merge())
        self._finish_merges()
        self._write(lambda change: change.db.execute("DELETE FROM dead WHERE seq <= ?", (dead,)))
        with self._lock, _translated(self.path):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _finish_merges(self) -> None:
        while self._write(lambda change: change.advance_all()):
            pass

    def backup(self, path: Path) -> None:
        """Copy everything into a new file, as it is now, while others go on.

        Raises
        ------
        StoreError
            If the path exists or cannot be written.
        """
        if Path(path).exists():
            message = f"cannot back up to {path}: it exists; name a new file"
            raise StoreError(message)
        with self._lock, _translated(Path(path)):
            self._db.execute("VACUUM INTO ?", (str(path),))
            copy = sqlite3.connect(path)
            try:
                copy.execute("PRAGMA journal_mode = WAL").fetchall()
            finally:
                copy.close()

    def check(self) -> Iterator[str]:
        """Name what is damaged; nothing if all is well."""
        with self._lock:
            try:
                yield from _integrity(self._db)
            except sqlite3.DatabaseError as error:
                yield str(error)

    def stats(self) -> dict[str, int | float | str]:
        """Give figures about the file."""

        def work(change: _Change) -> dict[str, int | float | str]:
            return {
                "store": "sqlite",
                "path": str(self.path),
                "bytes": self.path.stat().st_size,
                "runs": len(change.mirror.runs.runs),
                "postings": sum(run.held for run in change.mirror.runs.runs.values()),
                "fresh_postings": change.state["fresh"],
                "removed_in_runs": change.db.execute("SELECT count(*) FROM dead").fetchone()[0],
            }

        return self._transact("BEGIN", work)

    def claim(self) -> None:
        """Make sure that nobody else has the file open.

        Raises
        ------
        StoreError
            If someone has.
        """
        with self._lock, _translated(self.path):
            self._db.execute("PRAGMA busy_timeout = 1000")
            self._db.execute("PRAGMA journal_mode = DELETE").fetchall()
            self._db.execute("PRAGMA journal_mode = WAL").fetchall()

    def close(self) -> None:
        """Close the file; harmless a second time."""
        with self._lock:
            if self._pid == os.getpid():
                self._db.close()


class _Mirror:
    """What of a file is held in memory, and how far it has come."""

    def __init__(self) -> None:
        self.version = self.epoch = 0
        self.fresh = Fresh()
        self.runs = Runs()
        self.dead = np.zeros(0, np.uint64)
        self.dead_span = (0, 0)

    def follow(self, db: sqlite3.Connection, state: dict[str, int]) -> None:
        """Catch up with the file."""
        if state["version"] != self.version:
            self.runs.load(db)
            self.version = state["version"]
        if state["epoch"] != self.epoch:
            self.fresh.clear()
            self.epoch = state["epoch"]
        if state["doc"] > self.fresh.last:
            rows = db.execute(
                "SELECT doc, keys FROM fresh WHERE doc > ? ORDER BY doc", (self.fresh.last,)
            )
            held = rows.fetchall()
            keys = [np.frombuffer(blob, np.uint64) for _, blob in held]
            self.fresh.add([doc for doc, _ in held], keys)
            self.fresh.last = state["doc"]

    def gone(self, db: sqlite3.Connection) -> merging.Gone:
        """Give the documents that merges leave out."""
        first, last = db.execute(
            "SELECT (SELECT min(seq) FROM dead), max(seq) FROM dead"
        ).fetchone()
        if (first or 0, last or 0) != self.dead_span:
            begin = self.dead_span[1] if (first or 0) == self.dead_span[0] else 0
            rows = db.execute("SELECT doc FROM dead WHERE seq > ?", (begin,)).fetchall()
            more = np.array([row[0] for row in rows], np.uint64)
            self.dead = np.sort(np.r_[self.dead, more] if begin else more)
            self.dead_span = (first or 0, last or 0)
        floor = db.execute("SELECT min(doc) FROM record").fetchone()[0]
        return merging.Gone(floor or 1 << 32, self.dead)


class _Change:
    """One transaction on the file."""

    def __init__(self, db: sqlite3.Connection, mirror: _Mirror) -> None:
        self.db = db
        self.mirror = mirror
        names = ("version", "epoch", "doc", "run", "size", "fresh")
        row = db.execute(f"SELECT {', '.join(names)} FROM state").fetchone()
        self.state = dict(zip(names, row, strict=True))
        self._before = dict(self.state)
        self._followed = False

    def _follow(self) -> _Mirror:
        if not self._followed:
            self.mirror.follow(self.db, self._before)
            self._followed = True
        return self.mirror

    def end(self) -> None:
        """Write the counters if anything changed."""
        if self.state != self._before:
            marks = ", ".join(f"{name} = ?" for name in self.state)
            self.db.execute(f"UPDATE state SET {marks}", tuple(self.state.values()))

    def find(self, keys: NDArray[np.uint64]) -> Postings:
        """Look keys up, in the fresh postings and in all runs."""
        mirror = self._follow()
        new, old = mirror.fresh.find(keys), mirror.runs.find(self.db, keys)
        return Postings(np.r_[old.key, new.key], np.r_[old.doc, new.doc])

    def look(self, key: str, keys: NDArray[np.uint64]) -> tuple[int, Postings]:
        """Give an id's number, 0 if unknown, and the postings of keys."""
        found = self.find(np.concatenate([keys, _names([key])]))
        named = found.key == len(keys)
        number = self._number(key, found.doc[named].tolist())
        return number, Postings(found.key[~named], found.doc[~named])

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Give the numbers of ids; 0 where unknown."""
        found = self.find(_names(ids))
        held: dict[int, list[int]] = {}
        for place, doc in zip(found.key.tolist(), found.doc.tolist(), strict=True):
            held.setdefault(place, []).append(doc)
        return [self._number(key, held.get(place, [])) for place, key in enumerate(ids)]

    def _number(self, key: str, docs: Sequence[int]) -> int:
        """Give the one of some documents that has an id, or 0."""
        for doc in sorted(docs, reverse=True):
            row = self.db.execute("SELECT id FROM record WHERE doc = ?", (doc,)).fetchone()
            if row is not None and row[0] == key:
                return doc
        return 0

    def fetch(self, docs: Sequence[int]) -> list[Record]:
        """Read records in ascending order; numbers without one are passed over."""
        found = []
        for doc in sorted(set(docs)):
            row = self.db.execute(
                f"SELECT {_COLUMNS} FROM record WHERE doc = ?",
                (doc,),
            ).fetchone()
            if row is not None:
                found.append(_record(row))
        return found

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents of a cluster, ascending."""
        rows = self.db.execute(
            "SELECT doc FROM record WHERE cluster = ? AND cluster <> 0 ORDER BY doc LIMIT ?",
            (cluster, limit),
        )
        return [row[0] for row in rows]

    def size(self) -> int:
        """Count the records."""
        return int(self.state["size"])

    def page(self, after: int, limit: int) -> list[Record]:
        """Read the records that follow a number."""
        rows = self.db.execute(
            f"SELECT {_COLUMNS} FROM record WHERE doc > ? ORDER BY doc LIMIT ?",
            (after, limit),
        )
        return [_record(row) for row in rows]

    def before(self, moment: float, limit: int) -> list[int]:
        """Give documents remembered before a moment, oldest first."""
        rows = self.db.execute(
            "SELECT doc FROM record WHERE at < ? ORDER BY at LIMIT ?", (moment, limit)
        )
        return [row[0] for row in rows]

    def put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> None:
        """Store records under new numbers."""
        for start in range(0, len(records), _BATCH):
            self._put(records[start : start + _BATCH], keys[start : start + _BATCH])
            self._maintain()

    def _put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> None:
        mirror, first = self._follow(), self.state["doc"] + 1
        docs = list(range(first, first + len(records)))
        names = _names([record.id for record in records])[:, None]
        keys = [np.concatenate(pair) for pair in zip(keys, names, strict=True)]
        self.db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?)",
            (
                (doc, record.at, record.cluster, record.id, seal(record.body))
                for doc, record in zip(docs, records, strict=True)
            ),
        )
        self.db.executemany(
            "INSERT INTO fresh VALUES (?, ?)",
            ((doc, row.tobytes()) for doc, row in zip(docs, keys, strict=True)),
        )
        mirror.fresh.add(docs, keys)
        self.state["fresh"] += sum(map(len, keys))
        self.state["doc"] += len(docs)
        self.state["size"] += len(docs)

    def remove(self, docs: Sequence[int]) -> int:
        """Forget documents; their postings go when runs are merged."""
        gone = 0
        for doc in docs:
            if not self.db.execute("DELETE FROM record WHERE doc = ?", (doc,)).rowcount:
                continue
            gone += 1
            row = self.db.execute("SELECT keys FROM fresh WHERE doc = ?", (doc,)).fetchone()
            if row is None:
                self.db.execute("INSERT INTO dead (doc) VALUES (?)", (doc,))
            else:
                self.db.execute("DELETE FROM fresh WHERE doc = ?", (doc,))
                self.state["fresh"] -= len(row[0]) // 8
        self.state["size"] -= gone
        return gone

    def _maintain(self) -> None:
        """Write a run if one is due, and keep merges at their pace."""
        if self.state["fresh"] >= merging.FLUSH:
            self.flush()
            self._drop_expired()
            number, runs = self.state["run"], self.mirror.runs
            self.state["run"] = merging.begin_merges(self.db, runs, number, self.state["doc"])
        while (late := merging.most_behind(self.mirror.runs, self.state["doc"])) is not None:
            self._advance(late, merging.slice_width(late))

    def flush(self) -> None:
        """Write the fresh postings as a run."""
        mirror = self._follow()
        if self.state["fresh"]:
            merging.flush(self.db, mirror.runs, self.state["run"])
            self.state["run"] += 1
        mirror.fresh.clear()
        mirror.fresh.last = self.state["doc"]
        self.state["fresh"] = 0
        self.state["epoch"] = mirror.epoch = self.state["epoch"] + 1
        self._touch()

    def _touch(self) -> None:
        """Tell other processes that the runs changed; our own mirror has them already."""
        self.state["version"] = self.mirror.version = self.state["version"] + 1

    def _drop_expired(self) -> None:
        """Drop runs all of whose documents are gone, and what is known of those documents."""
        floor = self.mirror.gone(self.db).floor
        for run in list(self.mirror.runs.runs.values()):
            if run.last < floor and run.target == 0 and run.high == run.low + SHARDS:
                merging.drop(self.db, self.mirror.runs, run)
                self._touch()

    def _advance(self, target: Run, width: int) -> None:
        gone = self.mirror.gone(self.db)
        merging.advance(self.db, self.mirror.runs, target, gone, width)
        self._touch()

    def advance_all(self) -> bool:
        """Take one long step in a merge under way; tell whether there was one."""
        pending = merging.under_way(self._follow().runs)
        if pending:
            self._advance(pending[0], 8 * merging.slice_width(pending[0]))
        return bool(pending)

    def begin_full_merge(self) -> int:
        """Begin merging all runs into one; give the number of removals that it will honour."""
        mirror = self._follow()
        dead = self.db.execute("SELECT coalesce(max(seq), 0) FROM dead").fetchone()[0]
        idle = [run for run in mirror.runs.runs.values() if run.target == 0]
        if idle:
            number = self.state["run"]
            self.state["run"] += 1
            merging.begin_merge(self.db, mirror.runs, number, self.state["doc"], idle)
            self._touch()
        return int(dead)


class Wreck(NamedTuple):
    """What can still be read of a file.

    Attributes
    ----------
    header
        As `SqliteStore.header` gives it; None if it cannot be read.
    said
        How many records it says it holds; 0 if it cannot say.
    records
        In order; those that are damaged are passed over.
    """

    header: bytes | None
    said: int
    records: Iterator[Record]


@contextmanager
def salvage(path: Path) -> Iterator[Wreck]:
    """Read what can still be read of a file that may be damaged, from a copy of it.

    Raises
    ------
    StoreError
        If it is no SQLite file at all, or there is no room for the copy.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="salvage-") as folder:
        copy = Path(folder) / path.name
        with _translated(path):
            _copy_whole(path, copy)
            db = _open(copy)
        try:
            with _translated(path):
                db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            header = _quietly(db, "SELECT header FROM state")
            said = _quietly(db, "SELECT size FROM state") or 0
            yield Wreck(header, said, _readable(db))
        finally:
            db.close()


def _copy_whole(path: Path, copy: Path) -> None:
    """Copy a file and its log; SQLite reads nothing of one cut short, so fill it up with zeros."""
    for end in ("", "-wal"):
        source = path.with_name(path.name + end)
        if source.exists():
            shutil.copyfile(source, copy.with_name(copy.name + end))
    with copy.open("r+b") as file:
        said = _said_length(file.read(32))
        if said > copy.stat().st_size:
            file.truncate(said)


def _readable(db: sqlite3.Connection) -> Iterator[Record]:
    last = _quietly(db, "SELECT doc FROM state") or _quietly(db, "SELECT max(doc) FROM record")
    query = f"SELECT {_COLUMNS} FROM record WHERE doc = ?"
    for doc in range(1, int(last or 0) + 1):
        try:
            row = db.execute(query, (doc,)).fetchone()
            if row is not None:
                yield _record(row)
        except (sqlite3.DatabaseError, StoreError):
            continue


def _record(row: tuple[Any, ...]) -> Record:
    key, at, body, cluster, doc = row
    return Record(key, at, unseal(body, f"document {doc}"), cluster, doc)


def _open(path: Path) -> sqlite3.Connection:
    """Open a file for use by any thread, one at a time, and without implicit transactions."""
    db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA cache_size = -8000")  # KiB
    db.execute("PRAGMA wal_autocheckpoint = 2000")  # pages
    db.execute("PRAGMA trusted_schema = OFF")
    return db


def _refuse_stump(path: Path) -> None:
    """Refuse a file that is shorter than it says, unless its log may hold the rest."""
    log = path.with_name(path.name + "-wal")
    if not path.is_file() or (log.is_file() and log.stat().st_size):
        return
    with path.open("rb") as file:
        said = _said_length(file.read(32))
    if path.stat().st_size < said:
        message = f"{path} is damaged: it was cut short; `index repair` saves what is left"
        raise StoreError(message)


def _said_length(head: bytes) -> int:
    """Give the length that an SQLite file's head says it has; 0 if it is none."""
    if not head.startswith(b"SQLite format 3"):
        return 0
    width = int.from_bytes(head[16:18], "big")
    return int.from_bytes(head[28:32], "big") * (65536 if width == 1 else width)


def _integrity(db: sqlite3.Connection) -> Iterator[str]:
    """Check the file's structure, then every checksum."""
    for (line,) in db.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield str(line)
    for table, key, column in (
        ("record", "doc", "body"),
        ("page", "id", "data"),
        ("filter", "id", "words"),
        ("note", "name", "value"),
    ):
        for number, blob in db.execute(f"SELECT {key}, {column} FROM {table}"):
            try:
                unseal(blob, f"{table} {number}")
            except StoreError as error:
                yield str(error)
    held = db.execute("SELECT count(*) FROM record").fetchone()[0]
    counted = db.execute("SELECT size FROM state").fetchone()[0]
    if held != counted:
        yield f"it holds {held} documents and counts {counted}"


def _quietly(db: sqlite3.Connection, query: str) -> Any:  # noqa: ANN401 - whatever it asks for
    """Ask for one value of a file that may be damaged."""
    try:
        row = db.execute(query).fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else row[0]


class _translated:  # noqa: N801 - reads as a statement
    """Turn SQLite's errors into ours, each with its remedy."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate."""
        if isinstance(error, sqlite3.Error):
            raise StoreError(_explain(self._path, error)) from error


_REMEDIES = {
    "SQLITE_FULL": "the disk is full; make room, nothing was changed",
    "SQLITE_READONLY": "it cannot be written; check its permissions and those of its folder",
    "SQLITE_CANTOPEN": "it cannot be opened; check that it is a file and may be read and written",
    "SQLITE_BUSY": f"other writers held it for over {_WAIT:.0f} seconds; try again",
    "SQLITE_NOTADB": "it is not an index; name another path",
    "SQLITE_CORRUPT": "it is damaged; `index repair` saves what can be read",
    "SQLITE_IOERR": "the disk failed; check it, then `index check`",
}


def _explain(path: Path, error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    for start, remedy in _REMEDIES.items():
        if name.startswith(start):
            return f"{path}: {remedy} ({error})"
    return f"{path}: {error}"
