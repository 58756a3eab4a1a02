"""Finding, beside other work, where all pages of postings lie in a file.

A lookup finds its pages by itself, but pays for each one that it sees for the first time: a
walk through a B-tree, and the system's work to bring that part of the file into view. So
whenever a file has grown by much, a thread goes through the whole table once. It runs compiled
code that leaves the interpreter free, and nobody waits for it.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from syndicate.store.beside import Beside
from syndicate.store.database import SqliteError, open_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syndicate.store.runs import Run, Table

_STEP = 256  # pages of SQLite's: a millisecond, or some tens of them if they lie on the disk
_STACK = 1 << 16


class Charting:
    """The thread that charts a file, if one is at work.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()
        self._beside = Beside()

    def begin(self, table: Table, runs: Sequence[Run]) -> None:
        """Chart a table as it is mapped now, in the place of what was being charted."""
        self.end()
        self._stop = threading.Event()
        self._beside.begin(_chart, self._path, table, runs, self._stop)

    def end(self) -> None:
        """Stop; harmless if it is done."""
        self._stop.set()
        self._beside.end()


def _chart(path: Path, table: Table, runs: Sequence[Run], stop: threading.Event) -> None:
    """Note where all pages of runs lie; give up where that fails, since nobody depends on it."""
    from syndicate.kernels import btree  # noqa: PLC0415 - compiles

    rows = np.array([(run.run, 0, 0, 0, run.bits) for run in runs], np.int64)
    places = np.array([run.addresses for run in runs], np.uint64)
    stack = np.empty(_STACK, np.int64)
    stack[0] = table.root
    state = np.array([1, len(table.bytes) // table.width], np.int64)
    with contextlib.suppress(SqliteError), contextlib.closing(open_file(path)) as db:
        while state[0] and not stop.is_set():
            db.execute("BEGIN")  # as long as it is open, the file is not cut short of its pages
            limit = db.execute("PRAGMA page_count").fetchone()[0] * table.width
            btree.chart(table.bytes[:limit], table.width, rows, places, stack, state, _STEP)
            db.execute("COMMIT")
