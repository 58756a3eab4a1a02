"""Remembered documents, ready to be compared: those of late are kept so.

A document never changes under its number, so what was made of its bytes once stays true. That it
still is there is asked of each transaction: by the count of all that were ever removed, or else
by reading its record.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from syndicate.index.codec import unpack
from syndicate.match.context import Standing, standing
from syndicate.match.days import HEAD, heading_of
from syndicate.match.verify import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from syndicate.index.sketching import Sketched, Sketcher
    from syndicate.store.contract import Record, View

ROOM = 16 << 20
"""Bytes kept: some two thousand articles."""
_EACH = 1000  # bytes beside the arrays, about


@dataclass(frozen=True, slots=True)
class Known:
    """A remembered document.

    Attributes
    ----------
    doc, id, at, cluster
        As `syndicate.store.contract.Record` has them.
    digest
        128 bits over the folded tokens, as two words.
    beside
        What is known beside its words.
    heading
        Its title, or what stands for it.
    shingles, flags
        As `syndicate.text.shingles.Shingled` has them, of this text alone.
    distinct
        How many of its shingles are different ones.
    address
        Where its shingles lie in memory.
    """

    doc: int
    id: str
    at: float
    cluster: int
    digest: tuple[int, int]
    beside: Standing
    heading: str
    shingles: NDArray[np.uint64]
    flags: NDArray[np.uint16]
    distinct: int
    address: int

    @classmethod
    def made(cls, record: Record, page: Sketched) -> Self:
        """Make it of a page that was just remembered."""
        document, words = page.document, page.words
        place = standing(document.url, document.source, document.published)
        return cls(
            *(record.doc, record.id, record.at, record.cluster, page.digest, place),
            heading_of(document.title, head_of(document.text)),
            *(words.shingles, words.flags, page.distinct, words.shingles.ctypes.data),
        )

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.shingles.nbytes + self.flags.nbytes + _EACH

    def of(self, record: Record) -> bool:
        """Tell whether it was made of a record, and not of one that had its number before."""
        return (record.id, record.at) == (self.id, self.at)


def head_of(text: str) -> bytes:
    """Give the bytes of a text in which its heading may stand."""
    return text[:HEAD].encode("utf-8", "replace")


class Shelf:
    """Fetches documents from a store, and keeps those used last.

    Parameters
    ----------
    sketcher
        As the documents were sketched with.
    room
        Bytes to be kept.
    """

    def __init__(self, sketcher: Sketcher, room: int = ROOM) -> None:
        self._sketcher = sketcher
        self._room = room
        self._held: dict[int, Known] = {}
        self._bytes = 0
        self._removals: int | None = None
        self._there: set[int] = set()
        self._lock = threading.Lock()

    def fetch(self, docs: Sequence[int], view: View) -> list[Known]:
        """Give documents in the order asked for; those that are gone are passed over."""
        removals = view.removals()
        with self._lock:
            if removals is None or removals != self._removals:
                self._there.clear()
                self._removals = removals
            found = {doc: self._held[doc] for doc in docs if doc in self._there}
            self._touch(found)
        if missing := [doc for doc in docs if doc not in found]:
            more = self._read(view.fetch(missing))
            found |= more
            with self._lock:
                self._keep(more, removals)
        return [found[doc] for doc in docs if doc in found]

    def add(self, known: Known, removals: int | None) -> None:
        """Keep a document that was put when so many had ever been removed."""
        with self._lock:
            self._keep({known.doc: known}, removals)

    def _touch(self, docs: Iterable[int]) -> None:
        """Note that documents were used."""
        for doc in docs:
            self._held[doc] = self._held.pop(doc)

    def _keep(self, more: dict[int, Known], removals: int | None) -> None:
        """Keep documents, and let go of those that were not used for longest."""
        for doc, known in more.items():
            before = self._held.pop(doc, None)
            self._held[doc] = known
            self._bytes += known.size - (before.size if before else 0)
        if removals is not None and removals == self._removals:
            self._there.update(more)
        while self._bytes > self._room:
            oldest = next(iter(self._held))
            self._bytes -= self._held.pop(oldest).size
            self._there.discard(oldest)

    def _read(self, records: Sequence[Record]) -> dict[int, Known]:
        """Make records ready, those that were made ready before excepted."""
        held = [(record, self._held.get(record.doc)) for record in records]
        found = {known.doc: known for record, known in held if known and known.of(record)}
        fresh = [record for record in records if record.doc not in found]
        return found | self._made(fresh) if fresh else found

    def _made(self, records: Sequence[Record]) -> dict[int, Known]:
        unpacked = [unpack(record) for record in records]
        made = self._sketcher.shingled([one.kept for one in unpacked])
        sizes = distinct(made.shingles, made.bounds).tolist()
        bounds = made.bounds.tolist()
        ends = np.cumsum(made.counts).tolist()
        found = {}
        for place, (record, one) in enumerate(zip(records, unpacked, strict=True)):
            start = ends[place - 1] if place else 0
            shingles = made.shingles[bounds[place] : bounds[place + 1]].copy()
            flags = made.flags[start : ends[place]].copy()
            found[record.doc] = Known(
                *(record.doc, record.id, record.at, record.cluster, one.digest),
                standing(*one.place),
                one.heading,
                shingles,
                flags,
                sizes[place],
                shingles.ctypes.data,
            )
        return found
