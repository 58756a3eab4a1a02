"""Compiling, while nothing is locked, what writes and looks up in a file.

On the first run of an installation that takes seconds for each kernel, and those that write a
run out are needed only after thousands of pages: within a transaction, others would wait.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from syndicate.store.contract import Record
from syndicate.store.sqlite import SqliteStore


def rehearse() -> None:
    """Do all that a file's store does, on next to nothing."""
    keys = np.arange(8, dtype=np.uint64) << np.uint64(60)
    with tempfile.TemporaryDirectory(prefix="syndicate-") as folder:
        store = SqliteStore(Path(folder) / "rehearsal.db")
        store.write(lambda change: change.remove(change.put([Record("gone", 0.0, b"")], [keys])))
        for name in ("a", "b"):
            record = Record(name, 0.0, b"")
            store.write(lambda change, record=record: change.put([record], [keys]))  # type: ignore[misc]
            store.flush()
        store.read(lambda view: view.look_all(["a"], keys, 0))
        store.compact()
        store.close()
        store = SqliteStore(Path(folder) / "rehearsal.db")
        store.read(lambda view: view.find(keys))
        store.close()
