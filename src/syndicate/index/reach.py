"""What a page may be compared with: documents of the store, and pages about to stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.index.candidates import Digests

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from numpy.typing import NDArray

    from syndicate.index.known import Known, Shelf
    from syndicate.store.contract import View

_MOST = 1 << 62  # no document has a number so large


class Reach:
    """A store, and a batch of pages that will be put into it in this transaction.

    Parameters
    ----------
    shelf
        Fetches documents.
    view
        The store.
    at
        When the pages are seen, in seconds since 1970.
    """

    def __init__(self, shelf: Shelf, view: View, at: float) -> None:
        self._shelf = shelf
        self._view = view
        self.at = at
        self._own: dict[int, Known] = {}
        self._gone: dict[int, int] = {}
        self._renewed: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._brought: dict[int, Known | None] = {}

    def join(self, pages: Sequence[Known]) -> None:
        """Hold the pages of the batch that will be put, by the numbers that they will have."""
        self._own = {known.doc: known for known in pages}

    def displace(self, doc: int, place: int) -> None:
        """Note that a document will be removed when a page of the batch takes its place."""
        self._gone[doc] = place

    def renew(self, doc: int, place: int) -> None:
        """Note that a document is remembered anew when a page of the batch turns out to be it."""
        self._renewed[doc] = place

    def as_of(self, known: Known, place: int) -> Known:
        """Give a document as it stands when a page of the batch comes."""
        renewed = self._renewed.get(known.doc, place) < place
        return known._replace(at=self.at) if renewed else known

    @property
    def leaving(self) -> Set[int]:
        """The documents that will be removed."""
        return self._gone.keys()

    def gone(self, docs: Sequence[int], place: int) -> set[int]:
        """Give those of some documents that are removed before a page of the batch comes."""
        if self._gone.keys().isdisjoint(docs):
            return set()
        return {doc for doc in docs if self._gone.get(doc, place) < place}

    def digests(self, docs: NDArray[np.int64]) -> Digests:
        """Give the digests of documents, ascending."""
        stored = int(np.searchsorted(docs, min(self._own, default=_MOST)))  # pages come last
        words, there = np.empty((len(docs), 2), np.uint64), np.ones(len(docs), bool)
        words[:stored], there[:stored] = self._shelf.digests(docs[:stored], self._view)
        own = [self._own[doc].digest for doc in docs[stored:].tolist()]
        words[stored:] = np.array(own, np.uint64).reshape(-1, 2)
        return Digests(words, there)

    def bring(self, docs: Iterable[int]) -> None:
        """Fetch documents that will be asked for, in the place of those brought before."""
        stored = [doc for doc in docs if doc not in self._own]
        self._brought = dict.fromkeys(stored)
        self._brought.update((one.doc, one) for one in self._shelf.fetch(stored, self._view))

    def fetch(self, docs: Sequence[int]) -> list[Known]:
        """Give documents in the order asked for; those that are gone are passed over."""
        missing = [doc for doc in docs if doc not in self._brought and doc not in self._own]
        found = self._shelf.fetch(missing, self._view) if missing else []
        if len(found) == len(docs):
            return found
        more = {known.doc: known for known in found}
        held = (more.get(doc) or self._own.get(doc) or self._brought.get(doc) for doc in docs)
        return [known for known in held if known is not None]

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents that have a number for their ``cluster``, ascending."""
        found = self._view.members(cluster, limit)
        return [*found, *self._members.get(cluster, ())][:limit]

    def now(self, known: Known) -> Known:
        """Give a document as it stands now: a page of the batch has its cluster once judged."""
        return self._own.get(known.doc, known)

    def settle(self, doc: int, cluster: int) -> None:
        """Note the cluster of a page of the batch."""
        if cluster:
            self._own[doc] = self._own[doc]._replace(cluster=cluster)
            self._members.setdefault(cluster, []).append(doc)

    def lost(self, doc: int) -> None:
        """Note that a document was removed."""
        self._brought[doc] = None
