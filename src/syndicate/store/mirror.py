"""What of an SQLite file is held in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.store import merging
from syndicate.store.charting import Charting
from syndicate.store.fresh import Fresh
from syndicate.store.runs import Runs, Table

if TYPE_CHECKING:
    import sqlite3

    from syndicate.store.mapped import Mapped

_GROWTH = 9 / 8  # the table of pages is charted anew when the file is so many times as long
_STALE = 2000  # postings held of documents that others removed, until all are read anew
_AT_ONCE = 256  # documents read


class Mirror:
    """The fresh postings, the runs and the removed documents of a file.

    Attributes
    ----------
    fresh, runs
        The postings that wait for a run, and the runs.
    version, epoch, root
        Of the runs and of the fresh postings, when they were last read; where the table of pages
        begins, 0 if that is to be asked.
    """

    def __init__(self, mapped: Mapped) -> None:
        self.mapped = mapped
        self.version = self.epoch = self.root = self.width = 0
        self.fresh = Fresh()
        self.runs = Runs()
        self.dead = np.zeros(0, np.uint64)
        self.dead_span = (0, 0)
        self._charting = Charting(mapped.path)
        self._charted = 0

    def follow(self, db: sqlite3.Connection, state: dict[str, int]) -> None:
        """Catch up with the file."""
        if state["version"] != self.version:
            self.runs.load(db)
            self.version = state["version"]
            self.root = 0
        if state["epoch"] != self.epoch:
            self.fresh.clear()
            self.epoch = state["epoch"]
        self._catch_up(db, state["doc"])
        if self.fresh.postings - state["fresh"] > _STALE:
            self.fresh.clear()
            self._catch_up(db, state["doc"])

    def _catch_up(self, db: sqlite3.Connection, last: int) -> None:
        """Read the fresh postings of documents that are not held yet."""
        if last <= self.fresh.last:
            return
        rows = db.execute(
            "SELECT doc, keys FROM fresh WHERE doc > ? ORDER BY doc", (self.fresh.last,)
        )
        while held := rows.fetchmany(_AT_ONCE):
            keys = np.frombuffer(b"".join(blob for _, blob in held), np.uint64)
            self.fresh.add([doc for doc, _ in held], keys, [len(blob) // 8 for _, blob in held])
        self.fresh.last = last

    def table(self, db: sqlite3.Connection) -> Table:
        """Give the table of pages as far as this transaction may see it in the file."""
        if not self.root:
            self.width = db.execute("PRAGMA page_size").fetchone()[0]
            query = "SELECT rootpage FROM sqlite_master WHERE name = 'page'"
            self.root = db.execute(query).fetchone()[0]
        length = db.execute("PRAGMA page_count").fetchone()[0] * self.width
        found = Table(self.mapped.view(length), self.width, self.root)
        if len(found.bytes) > _GROWTH * self._charted:
            self._charted = len(found.bytes)
            self._charting.begin(found, list(self.runs.runs.values()))
        return found

    def close(self) -> None:
        """End what goes on beside."""
        self._charting.end()

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
