"""SQLite itself: opening files, and its errors in our words. No other module imports it."""

from __future__ import annotations

import ctypes
import os
import random
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from syndicate.errors import StoreError
from syndicate.store.change import COLUMNS, record_of
from syndicate.store.runs import opened, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syndicate.store.mapped import Mapped

Result = TypeVar("Result")

DAMAGED = sqlite3.DatabaseError, UnicodeDecodeError
"""What SQLite raises, of a damaged file among other things, and what its words may not be."""

SqliteError = sqlite3.Error
"""All that SQLite raises."""

APPLICATION = 0x53594E44  # "SYND"

_WAIT = 60.0  # seconds until a writer gives up waiting for others
_LONGEST_LOG = 8000  # pages that `checkpoints` may leave, before a commit has to wait
_OPENED = 128
_NAP = (0.0002, 0.002)
_LONG_NAP = 1.0


def open_file(path: Path, *, still: bool = False) -> sqlite3.Connection:
    """Open a file for use by any thread, one at a time, and without implicit transactions.

    One that stands still is read without the log and the locks for which its folder must be
    written.
    """
    place = f"{path.as_uri()}?immutable=1" if still else path
    db = sqlite3.connect(
        place, timeout=_WAIT, isolation_level=None, check_same_thread=False, uri=still
    )
    db.execute("PRAGMA cache_size = -2000")  # KiB
    db.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")
    db.execute("PRAGMA secure_delete = OFF")  # merges delete as much as they write
    db.execute("PRAGMA trusted_schema = OFF")
    return db


def patiently(work: Callable[[], Result]) -> Result:
    """Do what may find the file busy, again after short naps.

    SQLite's own wait naps up to a tenth of a second, many times what a transaction takes. Time in
    which this process was stopped does not count: it saw nothing of it.
    """
    waited, last = 0.0, time.monotonic()
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            now = time.monotonic()
            waited, last = waited + min(now - last, _LONG_NAP), now
            busy = error.sqlite_errorname.startswith("SQLITE_BUSY")
            if not busy or waited > _WAIT:
                raise
            time.sleep(random.uniform(*_NAP))


def abandon(db: sqlite3.Connection) -> None:
    """Let a connection be that a forked process inherited, and never close it.

    A thread that is not in this process may hold its mutex, and closing it drops the locks of
    the process that does use it.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(db))


def standing(path: Path) -> tuple[int, int, int] | None:
    """Give what tells whether a file still stands still; None if it may be written.

    It does if this process may not write it or in its folder, and no other process keeps a log.
    """
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if may_write or not os.access(path, os.R_OK) or path.with_name(path.name + "-wal").exists():
        return None
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def is_open(path: Path) -> bool:
    """Tell whether another process has a file open, where the system lets us ask.

    Whoever has one open that keeps a log shares a lock on byte 128 of the file beside it
    (https://sqlite.org/walformat.html). This process must not: closing a file drops its locks.
    """
    if fcntl is None:
        return False
    try:
        shared = path.with_name(path.name + "-shm").open("r+b")
    except OSError:  # nobody has it open, or we may not ask
        return False
    with shared:
        try:
            fcntl.lockf(shared, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _OPENED)
        except OSError:
            return True
    return False


def opened_elsewhere(path: Path) -> str:
    """Say that somebody has a file open."""
    return f"{path} is open elsewhere; end what uses it first"


def refuse_stump(path: Path, file: Mapped) -> None:
    """Refuse a file that is shorter than it says, unless its log may hold the rest."""
    log = path.with_name(path.name + "-wal")
    if log.is_file() and log.stat().st_size:
        return
    said = said_length(file.head(32))  # before its size, for it may grow meanwhile
    if path.stat().st_size < said:
        message = f"{path} is damaged: it was cut short; `index repair` saves what is left"
        raise StoreError(message)


def said_length(head: bytes) -> int:
    """Give the length that an SQLite file's head says it has; 0 if it is none."""
    if not head.startswith(b"SQLite format 3"):
        return 0
    width = int.from_bytes(head[16:18], "big")
    return int.from_bytes(head[28:32], "big") * (65536 if width == 1 else width)


def integrity(db: sqlite3.Connection) -> Iterator[str]:
    """Check the file's structure, then every checksum, as all of it is at one moment."""
    db.execute("BEGIN")
    try:
        yield from _integrity(db)
    finally:
        db.execute("COMMIT")


def _integrity(db: sqlite3.Connection) -> Iterator[str]:
    for (line,) in db.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield str(line)
    readers: tuple[tuple[str, Callable[[Any], object]], ...] = (
        (f"SELECT {COLUMNS} FROM record", record_of),
        ("SELECT id, words FROM filter", lambda row: unseal(row[1], f"filter {row[0]}")),
        ("SELECT name, value FROM note", lambda row: unseal(row[1], f"note {row[0]}")),
        ("SELECT id, data FROM page", lambda row: opened([row])),
    )
    for query, read in readers:
        for row in db.execute(query):
            try:
                read(row)
            except StoreError as error:
                yield str(error)
    held = db.execute("SELECT count(*) FROM record").fetchone()[0]
    counted = db.execute("SELECT size FROM state").fetchone()[0]
    if held != counted:
        yield f"it holds {held} documents and counts {counted}"


def quietly(db: sqlite3.Connection, query: str) -> Any:  # noqa: ANN401 - whatever it asks for
    """Ask for one value of a file that may be damaged."""
    try:
        row = db.execute(query).fetchone()
    except DAMAGED:
        return None
    return None if row is None else row[0]


class translated:  # noqa: N801 - reads as a statement
    """Turn SQLite's errors into ours, each with its remedy."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate."""
        if isinstance(error, sqlite3.Error):
            raise StoreError(_explain(self._path, error)) from error
        if isinstance(error, UnicodeDecodeError):
            message = f"{self._path}: {_REMEDIES['SQLITE_CORRUPT']}"
            raise StoreError(message) from error


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
