"""Reading what is left of a damaged file."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from syndicate.errors import IndexFormatError, StoreError
from syndicate.store.change import COLUMNS, record_of
from syndicate.store.database import (
    APPLICATION,
    DAMAGED,
    is_open,
    open_file,
    opened_elsewhere,
    quietly,
    said_length,
    translated,
)
from syndicate.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from syndicate.store.contract import Record


_HEAD = 100
_FREE, _VALID_FOR = slice(32, 40), 95
"""Bytes of it: the list of unused pages, and the last one of a counter."""


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
    IndexFormatError
        If it is another program's.
    StoreError
        If it is no SQLite file at all, someone has it open, or there is no room for the copy.
    """
    if is_open(path):
        raise StoreError(opened_elsewhere(path))
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="salvage-") as folder:
        copy = Path(folder) / path.name
        with translated(path):
            _copy_whole(path, copy)
            db = _open(path, copy)
        try:
            with translated(path):
                if not _is_ours(db):
                    message = f"{path} is an SQLite file, but not an index; name another path"
                    raise IndexFormatError(message)
            header = quietly(db, "SELECT header FROM state")
            said = quietly(db, "SELECT size FROM state") or 0
            yield Wreck(header, said, _readable(db))
        finally:
            db.close()


def _open(path: Path, copy: Path) -> sqlite3.Connection:
    try:
        return _read(copy)
    except DAMAGED as error:
        with contextlib.suppress(*DAMAGED, OSError):
            _mend_head(copy)
            db = _read(copy)
            if _has_our_tables(db):
                return db
            db.close()
        if isinstance(error, sqlite3.DatabaseError) and "malformed" not in str(error):
            raise
        message = (
            f"{path}: the pages that say what is where are damaged, so that nothing can be read; "
            "restore it from a backup"
        )
        raise StoreError(message) from error


def _read(path: Path) -> sqlite3.Connection:
    """Open a file, and read its first page."""
    db = open_file(path)
    try:
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except BaseException:
        db.close()
        raise
    return db


def _is_ours(db: sqlite3.Connection) -> bool:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    return application == APPLICATION or _has_our_tables(db)


def _has_our_tables(db: sqlite3.Connection) -> bool:
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    return {"state", "record", "fresh", "run", "page", "filter", "note"} <= names


def _mend_head(path: Path) -> None:
    """Give a file the head of a new index; of its own nothing is needed to read what follows it.

    Where two counters there differ, SQLite asks the file for its length, not the head
    (https://sqlite.org/fileformat2.html#the_database_header).
    """
    new = path.with_name("new.db")
    SqliteStore(new).close()
    head = bytearray(new.read_bytes()[:_HEAD])
    head[_VALID_FOR] ^= 1
    head[_FREE] = bytes(_FREE.stop - _FREE.start)
    with path.open("r+b") as file:
        file.write(head)


def _copy_whole(path: Path, copy: Path) -> None:
    """Copy a file and its log; SQLite reads nothing of one cut short, so fill it up with zeros."""
    for end in ("", "-wal"):
        source = path.with_name(path.name + end)
        if source.exists():
            shutil.copyfile(source, copy.with_name(copy.name + end))
    with copy.open("r+b") as file:
        said = said_length(file.read(32))
        if said > copy.stat().st_size:
            file.truncate(said)


def _readable(db: sqlite3.Connection) -> Iterator[Record]:
    last = quietly(db, "SELECT doc FROM state") or quietly(db, "SELECT max(doc) FROM record")
    query = f"SELECT {COLUMNS} FROM record WHERE doc = ?"
    for doc in range(1, int(last or 0) + 1):
        try:
            row = db.execute(query, (doc,)).fetchone()
            if row is not None:
                yield record_of(row)
        except (*DAMAGED, StoreError):
            continue
