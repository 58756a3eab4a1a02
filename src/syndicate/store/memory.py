"""The store in this process's memory: for short crawls, and as the plainest of the three."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from syndicate.errors import StoreError
from syndicate.store.contract import Looked, LookedAll
from syndicate.store.fresh import Fresh
from syndicate.store.locks import Lock

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from syndicate.store.contract import Asked, Change, Postings, Record, View

Result = TypeVar("Result")


class MemoryStore:
    """Records and postings in memory, for any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock(forks_wait=True)
        self._header: bytes | None = None
        self._notes: dict[str, bytes] = {}
        self._held = _Held()

    def header(self) -> bytes | None:
        """Read what `set_header` wrote; None if the store is new."""
        return self._header

    def set_header(self, header: bytes) -> bytes:
        """Write the settings of a new store once; give those that stand."""
        with self._lock:
            self._header = self._header or header
            return self._header

    def replace_header(self, header: bytes) -> None:
        """Write other settings over those that stand."""
        self._header = header

    def note(self, name: str) -> bytes | None:
        """Read what `set_note` wrote under a name; None if there is nothing."""
        return self._notes.get(name)

    def set_note(self, name: str, value: bytes) -> None:
        """Keep a few bytes under a name, in the place of what was there."""
        self._notes[name] = value

    def read(self, work: Callable[[View], Result]) -> Result:
        """Do what only reads."""
        with self._lock:
            return work(self._held)

    def write(self, work: Callable[[Change], Result]) -> Result:
        """Do what reads and writes as one step: if it fails, nothing was written."""
        with self._lock:
            self._held.begin()
            try:
                result = work(self._held)
            except BaseException:
                self._held.undo()
                raise
            finally:
                self._held.end()
            return result

    def compact(self) -> None:
        """Give back the room of what was removed."""
        with self._lock:
            self._held.compact()

    def backup(self, path: Path) -> None:
        """Refuse: `Index.merge` into an index on disk keeps what is in memory."""
        message = f"memory cannot be backed up to {path}; merge it into an index on disk instead"
        raise StoreError(message)

    def check(self) -> Iterator[str]:
        """Find nothing: memory has no checksums."""
        yield from ()

    def stats(self) -> dict[str, int | float | str]:
        """Give figures about the store itself."""
        with self._lock:
            return {"store": "memory", "postings": self._held.postings}

    def close(self) -> None:
        """Do nothing: what is in memory goes with the object."""


class _Held:
    """What is held, and how to undo the last change."""

    def __init__(self) -> None:
        self._records: dict[int, tuple[Record, NDArray[np.uint64]]] = {}
        self._numbers: dict[str, int] = {}
        self._clusters: dict[int, list[int]] = {}
        self._times: list[tuple[float, int]] = []
        self._fresh = Fresh()
        self._last = 0
        self._undo: list[Callable[[], object]] = []
        self._removing = False

    @property
    def postings(self) -> int:
        """Count the postings of the documents held."""
        return sum(len(keys) for _, keys in self._records.values())

    def begin(self) -> None:
        """Begin a change."""
        self._undo = []

    def end(self) -> None:
        """End it, undone or not."""
        self._removing = False

    def undo(self) -> None:
        """Take the change back."""
        for step in reversed(self._undo):
            step()

    def find(self, keys: NDArray[np.uint64]) -> Postings:
        """Look keys up."""
        return self._fresh.find(keys)

    def look(self, asked: Asked) -> Looked:
        """Give an id's number and the postings of keys."""
        return Looked(self.numbers([asked.key])[0], self.find(asked.keys), stored=False)

    def look_all(
        self,
        ids: Sequence[str],
        keys: NDArray[np.uint64],
        rare: int,  # noqa: ARG002 - nothing is left out
    ) -> LookedAll:
        """Give the numbers of ids and the postings of keys."""
        return LookedAll(self.numbers(ids), self.find(keys), np.zeros(len(keys), np.bool_))

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Give the numbers of ids; 0 where unknown."""
        return [self._numbers.get(key, 0) for key in ids]

    def fetch(self, docs: Sequence[int]) -> list[Record]:
        """Read records in ascending order; numbers without one are passed over."""
        return [self._records[doc][0] for doc in sorted(set(docs)) if doc in self._records]

    def heads(self, docs: Sequence[int], length: int) -> dict[int, bytes]:
        """Read the first bytes of records alone; numbers without one are left out."""
        held = ((doc, self._records[doc][0]) for doc in docs if doc in self._records)
        return {doc: record.body[:length] for doc, record in held}

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents that have a number for their ``cluster``, ascending."""
        return self._clusters.get(cluster, [])[:limit]

    def size(self) -> int:
        """Count the records."""
        return len(self._records)

    def last(self) -> int:
        """Give the largest number given so far."""
        return self._last

    def removals(self) -> int | None:
        """Count what was ever removed, unless this change is about to."""
        return None if self._removing else self._last - len(self._records)

    def page(self, after: int, limit: int) -> list[Record]:
        """Read the records that follow a number."""
        docs = sorted(self._records)  # nearly sorted already, which sorts in one pass
        first = bisect.bisect_right(docs, after)
        return [self._records[doc][0] for doc in docs[first : first + limit]]

    def before(self, moment: float, limit: int) -> list[int]:
        """Give documents remembered before a moment, oldest first."""
        end = bisect.bisect_left(self._times, (moment, 0))
        return [doc for _, doc in self._times[: min(end, limit)]]

    def put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> list[int]:
        """Store records under new numbers."""
        docs = list(range(self._last + 1, self._last + 1 + len(records)))
        for doc, record, row in zip(docs, records, keys, strict=True):
            self._add(record.numbered(doc), row)
            self._undo.append(lambda doc=doc: self._drop(doc))  # type: ignore[misc]
        self._last += len(docs)
        return docs

    def remove(self, docs: Sequence[int]) -> int:
        """Forget documents."""
        held = [doc for doc in dict.fromkeys(docs) if doc in self._records]
        self._removing |= bool(held)
        for doc in held:
            pair = self._drop(doc)
            self._undo.append(lambda pair=pair: self._add(*pair))  # type: ignore[misc]
        return len(held)

    def stamp(self, docs: Sequence[int], at: float) -> None:
        """Set when documents were remembered, of those that are there."""
        for doc in docs:
            if doc in self._records:
                before = self._stamp(doc, at)
                self._undo.append(lambda doc=doc, before=before: self._stamp(doc, before))  # type: ignore[misc]

    def _stamp(self, doc: int, at: float) -> float:
        record, keys = self._records[doc]
        self._records[doc] = record._replace(at=at), keys
        del self._times[bisect.bisect_left(self._times, (record.at, doc))]
        bisect.insort(self._times, (at, doc))
        return record.at

    def _add(self, record: Record, keys: NDArray[np.uint64]) -> None:
        self._fresh.add([record.doc], keys, [len(keys)])
        self._records[record.doc] = (record, keys)
        self._numbers[record.id] = record.doc
        bisect.insort(self._times, (record.at, record.doc))
        if record.cluster:
            bisect.insort(self._clusters.setdefault(record.cluster, []), record.doc)

    def _drop(self, doc: int) -> tuple[Record, NDArray[np.uint64]]:
        record, keys = self._records.pop(doc)
        self._fresh.drop(doc, keys)
        self._numbers.pop(record.id, None)
        del self._times[bisect.bisect_left(self._times, (record.at, doc))]
        if record.cluster:
            members = self._clusters[record.cluster]
            members.remove(doc)
            if not members:
                del self._clusters[record.cluster]
        return record, keys

    def compact(self) -> None:
        """Build the postings anew from the documents held."""
        self._fresh = Fresh()
        docs = sorted(self._records)
        if docs:
            keys = [self._records[doc][1] for doc in docs]
            self._fresh.add(docs, np.concatenate(keys), list(map(len, keys)))
