"""Bringing what the log holds into the file, beside other work.

Left alone, SQLite does that within the commit that makes the log long, and waits there for the
disk: as a rule some milliseconds, but as long as it takes where others write much.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from syndicate.store.beside import Beside
from syndicate.store.database import SqliteError, open_file
from syndicate.store.locks import Lock

_DUE = 256  # commits: some ten megabytes of log
_DOCUMENTS = 4  # that weigh as much as a commit


class Checkpoints:
    """The thread that does it, if one is at work.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._weight = 0
        self._beside = Beside()
        self._lock = Lock(forks_wait=True)

    def committed(self, documents: int) -> None:
        """Note that so many documents were written, and begin if that is due."""
        self._weight += 1 + documents // _DOCUMENTS
        if self._weight >= _DUE and not self._beside.busy:
            self._weight = 0
            self._beside.begin(self._checkpoint, self._path)

    def _checkpoint(self, path: Path) -> None:
        with self._lock:
            checkpoint(path)

    def end(self) -> None:
        """Wait until it is done."""
        self._beside.end()


def checkpoint(path: Path) -> None:
    """Bring over what nobody reads any more; what fails is tried again with the next one."""
    with contextlib.suppress(SqliteError), contextlib.closing(open_file(path)) as db:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
