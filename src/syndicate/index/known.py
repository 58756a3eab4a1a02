"""Remembered documents, ready to be compared: those of late are kept so.

A document never changes under its number, so what was made of its bytes once stays true. That it
still is there is asked of each transaction: by the count of all that were ever removed, or else
by reading its record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from syndicate.index.candidates import Digests
from syndicate.index.codec import DIGEST, digests_of, unpack
from syndicate.match.verify import distinct
from syndicate.store.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from syndicate.index.beside import Beside
    from syndicate.index.sketching import Sketched, Sketcher
    from syndicate.store.contract import Record, View

MOST_ROOM, LEAST_ROOM = 64 << 20, 4 << 20
"""Bytes kept: some eight thousand articles, or five hundred."""
_LESS = 64  # bytes kept less for each document that a store ever held, whose filters grow
_EACH = 1000  # bytes beside the arrays, about
_TOLD = 1 << 16
"""Places for digests of documents, each at its number's."""


class Known(NamedTuple):
    """A remembered document.

    Attributes
    ----------
    doc, id, at, cluster
        As `syndicate.store.contract.Record` has them.
    digest
        128 bits over the folded tokens, as two words.
    beside
        What is known beside its words.
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
    beside: Beside
    shingles: NDArray[np.uint64]
    flags: NDArray[np.uint16]
    distinct: int
    address: int

    @classmethod
    def made(cls, record: Record, page: Sketched) -> Self:
        """Make it of a page that was just remembered."""
        shingles, flags, address = page.shingles, page.flags, page.address
        if shingles.base is not None:  # one of many, which would stay in memory with it
            shingles, flags = shingles.copy(), flags.copy()
            address = address_of(shingles)
        return cls(
            *(record.doc, record.id, record.at, record.cluster, page.digest, page.beside),
            *(shingles, flags, page.distinct, address),
        )

    @property
    def group(self) -> int:
        """The number by which its cluster goes."""
        return abs(self.cluster) or self.doc

    @property
    def stands(self) -> bool:
        """Whether it stands for its cluster, or alone."""
        return self.cluster <= 0

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.shingles.nbytes + self.flags.nbytes + _EACH

    def of(self, record: Record) -> bool:
        """Tell whether it was made of a record, and not of one that had its number before."""
        return (record.id, record.at) == (self.id, self.at)


def address_of(array: NDArray[np.uint64]) -> int:
    """Give where an array lies in memory; ``array.ctypes`` takes several times as long."""
    return int(array.__array_interface__["data"][0])


def room_beside(documents: int, most: int = MOST_ROOM) -> int:
    """Give the bytes to be kept beside a store that has held so many documents.

    Examples
    --------
    >>> room_beside(0) >> 20, room_beside(500_000) >> 20, room_beside(3_000_000) >> 20
    (64, 33, 4)
    """
    return min(most, max(LEAST_ROOM, MOST_ROOM - _LESS * documents))


class Shelf:
    """Fetches documents from a store, and keeps those used last.

    Parameters
    ----------
    sketcher
        As the documents were sketched with.
    timed
        Whether it matters when they were remembered, which others may set anew.
    room
        Bytes to be kept at most; fewer beside a large store, so that both together stay small.
    """

    def __init__(self, sketcher: Sketcher, *, timed: bool = False, room: int = MOST_ROOM) -> None:
        self._sketcher = sketcher
        self._timed = timed
        self._most = self._room = room
        self._held: dict[int, Known] = {}
        self._bytes = 0
        self._removals: int | None = None
        self._there: set[int] = set()
        self._told = np.full(_TOLD, -1)
        self._words = np.empty((_TOLD, 2), np.uint64)
        self._telling = False
        self._lock = Lock()

    def fetch(self, docs: Sequence[int], view: View) -> list[Known]:
        """Give documents in the order asked for; those that are gone are passed over."""
        removals, last = view.removals(), view.last()
        with self._lock:
            self._follow(removals)
            self._room = self._most if last is None else room_beside(last, self._most)
            there = self._there if not self._timed else ()
            found = {doc: self._held[doc] for doc in docs if doc in there}
            self._touch(found)
        if missing := [doc for doc in docs if doc not in found]:
            more = self._read(view.fetch(missing))
            found |= more
            with self._lock:
                self._keep(more, removals)
        return [found[doc] for doc in docs if doc in found]

    def digests(self, docs: NDArray[np.int64], view: View) -> Digests:
        """Give the digests of documents, ascending."""
        removals, places = view.removals(), docs & (_TOLD - 1)
        with self._lock:
            self._follow(removals)
            there, words = self._told[places] == docs, self._words[places]
        missing = np.flatnonzero(~there)
        if len(missing):
            heads = view.heads(docs[missing].tolist(), DIGEST)
            more = np.array(list(heads), np.int64)
            at = np.searchsorted(docs, more)
            words[at], there[at] = digests_of(list(heads.values())), True
            with self._lock:
                self._tell(more, words[at], removals)
        return Digests(words, there)

    def add(self, known: Sequence[Known], removals: int | None) -> None:
        """Keep documents that were put when so many had ever been removed."""
        docs = np.array([one.doc for one in known], np.int64)
        words = np.array([one.digest for one in known], np.uint64).reshape(-1, 2)
        with self._lock:
            self._keep({one.doc: one for one in known}, removals)
            self._tell(docs, words, removals)

    def _tell(
        self, docs: NDArray[np.int64], words: NDArray[np.uint64], removals: int | None
    ) -> None:
        """Note the digests of documents that are there."""
        if removals is not None and removals == self._removals:
            places = docs & (_TOLD - 1)
            self._told[places], self._words[places] = docs, words
            self._telling = True

    def _follow(self, removals: int | None) -> None:
        """Trust no longer that what is held is there, if something was removed."""
        if removals is None or removals != self._removals:
            self._there.clear()
            if self._telling:
                self._told.fill(-1)
                self._telling = False
            self._removals = removals

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
                one.beside,
                shingles,
                flags,
                sizes[place],
                address_of(shingles),
            )
        return found
