"""Postings in memory: an open-addressing table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.store.contract import NEWEST, Postings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_KEPT = 1 << 19


class Fresh:
    """Which documents hold a key, for documents added in ascending order.

    Attributes
    ----------
    last
        The last document added.
    postings
        Keys of the documents added and not dropped.
    """

    def __init__(self) -> None:
        self.last = self.postings = 0
        self._room(1 << 18)

    def _room(self, slots: int) -> None:
        self._count = 0
        self._keys = np.zeros(slots, np.uint64)
        self._docs = np.zeros(slots, np.uint32)

    def clear(self) -> None:
        """Forget all, and keep the room that a run's worth takes."""
        self.last = self.postings = 0
        self._room(min(len(self._keys), _MOST_KEPT))

    def add(self, docs: Sequence[int], keys: NDArray[np.uint64], counts: Sequence[int]) -> None:
        """Hold the postings of documents: so many keys of each, one's after the other's."""
        self._insert(keys, np.repeat(np.array(docs, np.uint32), counts))
        self.last = max(self.last, docs[-1])

    def drop(self, doc: int, keys: NDArray[np.uint64]) -> None:
        """Hold the postings of a document no longer: they would hide those of older ones."""
        from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

        self._count -= kernels.erase(keys, doc, self._keys, self._docs)
        self.postings -= len(keys)

    def _insert(self, keys: NDArray[np.uint64], docs: NDArray[np.uint32]) -> None:
        from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

        self.postings += len(keys)
        if (self._count + len(keys)) * 4 > len(self._keys) * 3:
            held = np.flatnonzero(self._docs)
            held = held[np.argsort(self._docs[held], kind="stable")]
            keys, docs = np.r_[self._keys[held], keys], np.r_[self._docs[held], docs]
            self._room(1 << (2 * len(keys)).bit_length())
        kernels.insert(keys, docs, NEWEST, self._keys, self._docs)
        self._count += len(keys)

    def find(self, keys: NDArray[np.uint64]) -> Postings:
        """Look keys up."""
        from syndicate.kernels import postings as kernels  # noqa: PLC0415 - compiles

        room = 4 * len(keys) + 64
        while True:
            key, doc = np.empty(room, np.int64), np.empty(room, np.uint32)
            found = kernels.lookup(keys, self._keys, self._docs, key, doc)
            if found <= room:
                return Postings(key[:found], doc[:found].astype(np.int64))
            room = found
