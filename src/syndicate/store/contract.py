"""What every store promises: arrays in, arrays out, one transaction at a time.

A store keeps *records* (a document's own bytes, opaque to it) under numbers that ascend in the
order of arrival, and *postings*: which documents hold a 64-bit key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Result = TypeVar("Result")

NEWEST = 101
"""Postings of one key that a store must keep: the newest ones, and one more than the document
frequency from which `syndicate.sketch` calls a sampled shingle common."""


class Record(NamedTuple):
    """A remembered document.

    Attributes
    ----------
    id
        The document's id; unique in a store.
    at
        When it was remembered, in seconds since 1970.
    body
        Its bytes, in a form that the index knows.
    cluster
        Number of the document that stands for its cluster; 0 if it stands alone or for others,
        and less than 0 if it does so as a later version of the document of that number.
    doc
        Its number; 0 until it is stored.
    """

    id: str
    at: float
    body: bytes
    cluster: int = 0
    doc: int = 0

    def numbered(self, doc: int) -> Self:
        """Give the record as stored under a number."""
        return self._replace(doc=doc)


class Postings(NamedTuple):
    """Which documents hold which of the keys asked for.

    Attributes
    ----------
    key
        ndarray of int64, shape (n,): positions in the array asked for.
    doc
        ndarray of int64, shape (n,): document numbers, some perhaps removed since.
    """

    key: NDArray[np.int64]
    doc: NDArray[np.int64]


class Asked(NamedTuple):
    """What is asked of a page.

    Attributes
    ----------
    key
        Its id.
    keys
        ndarray of uint64, shape (n,).
    rare
        Keys from this place on are of no use where `NEWEST` documents hold them: a store may
        leave the postings of those out, wholly or in part.
    shared
        How many of the keys from ``rare`` on make a document like the page; of those before,
        one does.
    record
        What a store may put at once if the id is unknown and no document is like the page.
    """

    key: str
    keys: NDArray[np.uint64]
    rare: int
    shared: int
    record: Record | None


class Looked(NamedTuple):
    """What a store says of it.

    Attributes
    ----------
    number
        Of the id; 0 if unknown.
    postings
        Of the keys.
    stored
        Whether the record was put.
    """

    number: int
    postings: Postings
    stored: bool


class LookedAll(NamedTuple):
    """What a store says of several pages.

    Attributes
    ----------
    numbers
        Of their ids; 0 where unknown.
    postings
        Of their keys; of one perhaps more than `NEWEST`.
    common
        ndarray of bool, shape (n,): of each key asked for, whether its postings were left out
        because `NEWEST` documents hold it.
    """

    numbers: list[int]
    postings: Postings
    common: NDArray[np.bool_]


class View(Protocol):
    """A store as it was at one moment."""

    def look(self, asked: Asked) -> Looked:
        """Give an id's number and the postings of keys, as one request."""
        ...

    def look_all(self, ids: Sequence[str], keys: NDArray[np.uint64], rare: int) -> LookedAll:
        """Give the numbers of ids and the postings of keys, as one request.

        Parameters
        ----------
        ids
            Of some pages.
        keys
            Of all of them.
        rare
            As `Asked` has it.
        """
        ...

    def find(self, keys: NDArray[np.uint64]) -> Postings:
        """Look keys up; of a key held by more than `NEWEST` documents, the newest."""
        ...

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Give the numbers of ids; 0 where unknown."""
        ...

    def fetch(self, docs: Sequence[int]) -> list[Record]:
        """Read records in ascending order; numbers without one are passed over."""
        ...

    def heads(self, docs: Sequence[int], length: int) -> dict[int, bytes]:
        """Read the first bytes of records alone, unverified; numbers without one are left out."""
        ...

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents that have a number for their ``cluster``, ascending."""
        ...

    def size(self) -> int:
        """Count the records."""
        ...

    def last(self) -> int | None:
        """Give the largest number given so far: `put` goes on from it. None: not known."""
        ...

    def removals(self) -> int | None:
        """Count what was ever removed: while that stays, so do all records.

        None if it is not known, as once this change removed something, which may be undone.
        """
        ...

    def page(self, after: int, limit: int) -> list[Record]:
        """Read the records that follow a number, in ascending order."""
        ...

    def before(self, moment: float, limit: int) -> list[int]:
        """Give documents remembered before a moment, oldest first."""
        ...


class Change(View, Protocol):
    """A transaction: all of it comes to pass, or nothing does."""

    def put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> list[int]:
        """Store records of ids not stored yet under new, ascending numbers.

        Returns
        -------
        list of int
            The numbers; empty if only the transaction's end will tell.
        """
        ...

    def remove(self, docs: Sequence[int]) -> int:
        """Forget documents; give how many there were."""
        ...

    def stamp(self, docs: Sequence[int], at: float) -> None:
        """Set when documents were remembered, of those that are there."""
        ...


class Store(Protocol):
    """Where an index keeps what it remembers."""

    def header(self) -> bytes | None:
        """Read what `set_header` wrote; None if the store is new."""
        ...

    def set_header(self, header: bytes) -> bytes:
        """Write the settings of a new store once; give those that stand, ours or another's."""
        ...

    def replace_header(self, header: bytes) -> None:
        """Write other settings over those that stand."""
        ...

    def note(self, name: str) -> bytes | None:
        """Read what `set_note` wrote under a name; None if there is nothing."""
        ...

    def set_note(self, name: str, value: bytes) -> None:
        """Keep a few bytes under a name, in the place of what was there."""
        ...

    def read(self, work: Callable[[View], Result]) -> Result:
        """Do what only reads."""
        ...

    def write(self, work: Callable[[Change], Result]) -> Result:
        """Do what reads and writes as one step; it may be called again if another writer won."""
        ...

    def compact(self) -> None:
        """Give back the room of what was removed."""
        ...

    def backup(self, path: Path) -> None:
        """Copy everything into a new file, while others go on."""
        ...

    def check(self) -> Iterator[str]:
        """Name what is damaged; nothing if all is well."""
        ...

    def stats(self) -> dict[str, int | float | str]:
        """Give figures about the store itself."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
