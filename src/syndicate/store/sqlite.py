"""The store in one SQLite file: write-ahead log, many readers and writers, nothing to run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from syndicate.errors import ConfigError, IndexFormatError, StoreError
from syndicate.store.change import TABLES, SqliteChange
from syndicate.store.checkpoints import Checkpoints
from syndicate.store.database import (
    APPLICATION,
    DAMAGED,
    abandon,
    integrity,
    open_file,
    opened_elsewhere,
    patiently,
    quietly,
    refuse_stump,
    standing,
    translated,
)
from syndicate.store.locks import Lock
from syndicate.store.mapped import Mapped
from syndicate.store.mirror import Mirror
from syndicate.store.runs import SCHEMA, seal, unseal

if TYPE_CHECKING:
    from syndicate.store.contract import Change, Record, View

Result = TypeVar("Result")
Durability = Literal["process", "power"]

FORMAT = 2
_AT_ONCE = 256


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
        if durability not in get_args(Durability):
            kinds = " or ".join(map(repr, get_args(Durability)))
            message = f"durability must be {kinds}, got {durability!r}"
            raise ConfigError(message)
        self.path = Path(path)
        self._file = self.path.absolute()  # a process may go to another folder
        self._durability = durability
        self._lock = Lock(forks_wait=True)
        self._connect()

    def _connect(self) -> None:
        self._pid = os.getpid()
        self._closed = False
        if not self._file.parent.is_dir():
            message = f"cannot open {self.path}: its folder does not exist; make it first"
            raise StoreError(message)
        with translated(self.path):
            if not os.access(self._file, os.R_OK) or not self._file.is_file():
                open_file(self._file).close()
            self._mapped = Mapped.of(self._file)
            try:
                refuse_stump(self._file, self._mapped)
                self._still = standing(self._file)
                self._db = open_file(self._file, still=self._still is not None)
                self._set_up()
            except BaseException:
                self._mapped.close()
                raise
        self._mirror = Mirror(self._mapped)
        self._checkpoints = Checkpoints(self._file)

    def _set_up(self) -> None:
        db = self._db
        db.execute("BEGIN")  # or another process might create it between the questions
        application = db.execute("PRAGMA application_id").fetchone()[0]
        is_new = application == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone()
        db.execute("COMMIT")
        if is_new:
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
        db.execute("PRAGMA busy_timeout = 0")  # from now on we wait `patiently`

    def _create(self) -> None:
        db = self._db
        db.execute("PRAGMA page_size = 8192")
        patiently(lambda: db.execute("PRAGMA journal_mode = WAL").fetchall())
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in (TABLES + SCHEMA).split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")

    def header(self) -> bytes | None:
        """Read what `set_header` wrote; None if the store is new."""
        query = "SELECT header FROM state"
        blob = self._read(lambda change: change.db.execute(query).fetchone()[0])
        return None if blob is None else bytes(blob)

    def set_header(self, header: bytes) -> bytes:
        """Write the settings of a new store once; give those that stand, ours or another's."""

        def work(change: SqliteChange) -> bytes:
            change.db.execute("UPDATE state SET header = ? WHERE header IS NULL", (header,))
            return bytes(change.db.execute("SELECT header FROM state").fetchone()[0])

        return self._write(work)

    def replace_header(self, header: bytes) -> None:
        """Write other settings over those that stand."""
        self._write(lambda change: change.db.execute("UPDATE state SET header = ?", (header,)))

    def note(self, name: str) -> bytes | None:
        """Read what `set_note` wrote under a name; None if there is nothing."""
        query = "SELECT value FROM note WHERE name = ?"
        row = self._read(lambda change: change.db.execute(query, (name,)).fetchone())
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

    def _read(self, work: Callable[[SqliteChange], Result]) -> Result:
        return self._transact("BEGIN", work)

    def _write(self, work: Callable[[SqliteChange], Result]) -> Result:
        return self._transact("BEGIN IMMEDIATE", work)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Use the connection, of which a forked process needs its own; explain what fails."""
        with self._lock, translated(self.path):
            if self._pid != os.getpid():
                abandon(self._db)
                self._connect()
            elif self._still is not None and self._still != standing(self._file):
                self.close()
                self._connect()
            yield

    def _transact(self, begin: str, work: Callable[[SqliteChange], Result]) -> Result:
        with self._held():
            change = patiently(lambda: self._begin(begin))
            try:
                result = work(change)
                change.end()
                self._db.execute("COMMIT")
            except BaseException:
                self._mirror.close()
                self._mirror = Mirror(self._mapped)  # the old one may be ahead of the file now
                self._end()
                raise
            if change.written:
                self._checkpoints.committed(change.written)
            return result

    def _begin(self, begin: str) -> SqliteChange:
        try:
            self._db.execute(begin)
            return SqliteChange(self._db, self._mirror)
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def compact(self) -> None:
        """Merge everything into one run without what was removed, and shrink the file.

        A file too young to have a run gets none: it would take more room than it gives.
        Other processes go on in between; only the last step, SQLite's ``VACUUM``, makes them
        wait.
        """
        if self._read(lambda change: bool(change.follow().runs.runs)):
            self._merge_all()
        else:
            self._write(lambda change: change.renew())
        with self._held():
            patiently(lambda: self._db.execute("VACUUM"))
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._write(lambda change: change.moved())

    def _merge_all(self) -> None:
        self.flush()
        self._finish_merges()
        self._write(lambda change: change.begin_full_merge())
        self._finish_merges()

    def flush(self) -> None:
        """Write the fresh postings as a run, however few they are."""
        self._write(lambda change: change.flush())

    def _finish_merges(self) -> None:
        while self._write(lambda change: change.advance_all()):
            pass

    def regroup(self, clusters: Iterable[tuple[int, int]]) -> None:
        """Set the ``cluster`` of documents, by their numbers, in a file that nobody else has."""
        rows = ((cluster, doc) for doc, cluster in clusters)
        query = "UPDATE record SET cluster = ? WHERE doc = ?"
        self._write(lambda change: change.db.executemany(query, rows))

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
        with self._held(), translated(path), _drafted(path) as draft:
            patiently(lambda: self._db.execute("VACUUM INTO ?", (str(draft),)))
            copy = open_file(draft)
            try:
                copy.execute("PRAGMA journal_mode = WAL").fetchall()
            finally:
                copy.close()

    def check(self) -> Iterator[str]:
        """Name what is damaged; nothing if all is well."""
        with self._held():
            found = list(self._damage())
        yield from found or self._misnamed()

    def _damage(self) -> Iterator[str]:
        if self._closed:
            message = f"{self.path} is closed; open it again"
            raise StoreError(message)
        try:
            yield from integrity(self._db)
        except DAMAGED as error:
            yield str(error)

    def _misnamed(self) -> Iterator[str]:
        """Name the records that are not found by their ids, on which there is no checksum."""
        last = 0

        def work(change: SqliteChange) -> list[tuple[Record, int]]:
            records = change.page(last, _AT_ONCE)
            numbers = change.numbers([record.id for record in records])
            return list(zip(records, numbers, strict=True))

        while held := self._read(work):
            for record, number in held:
                if record.doc != number:
                    yield f"document {record.doc} is not found by its id, {record.id!r}"
            last = held[-1][0].doc

    def stats(self) -> dict[str, int | float | str]:
        """Give figures about the file."""

        def work(change: SqliteChange) -> dict[str, int | float | str]:
            change.follow()
            return {
                "store": "sqlite",
                "path": str(self.path),
                "bytes": self._file.stat().st_size,
                "runs": len(change.mirror.runs.runs),
                "postings": sum(run.held for run in change.mirror.runs.runs.values()),
                "pages_read_in_place": change.mirror.runs.read,
                "fresh_postings": change.state["fresh"],
                "removed_in_runs": change.db.execute("SELECT count(*) FROM dead").fetchone()[0],
            }

        return self._read(work)

    def claim(self) -> None:
        """Make sure that nobody else has the file open.

        Raises
        ------
        StoreError
            If someone has.
        """
        with self._held():
            self._mirror.close()
            self._checkpoints.end()
            self._db.execute("PRAGMA busy_timeout = 1000")
            if quietly(self._db, "PRAGMA journal_mode = DELETE") != "delete":
                raise StoreError(opened_elsewhere(self.path))
            self._db.execute("PRAGMA journal_mode = WAL").fetchall()

    def close(self) -> None:
        """Close the file; harmless a second time."""
        with self._lock:
            if self._pid == os.getpid() and not self._closed:
                self._closed = True
                self._mirror.close()
                self._checkpoints.end()
                self._db.close()
                self._mapped.close()


@contextmanager
def _drafted(path: Path) -> Iterator[Path]:
    """Give another name beside a file's, which becomes the file's when all is written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        draft.rename(path)
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)
