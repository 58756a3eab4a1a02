"""What must wait waits here: rows of different lengths, in memory or in a file.

Files are read at their places rather than mapped, so that memory stays what was asked for
whichever way the operating system counts it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from syndicate.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

_DENSE = 2
"""Rows that are at least one part in so many of what lies between them are read with it."""


class Rows:
    """Rows of numbers, row i being items ``bounds[i]`` to ``bounds[i + 1]``.

    Parameters
    ----------
    bounds : ndarray of int64, shape (n + 1,)
        Starts at 0.
    items
        The items of all rows, or the file that holds them.
    dtype
        Of one item.
    """

    def __init__(
        self, bounds: NDArray[np.int64], items: NDArray[Any] | Path, dtype: DTypeLike
    ) -> None:
        self.bounds = bounds
        self.items = items
        self.dtype = np.dtype(dtype)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, rows: NDArray[np.int64]) -> list[NDArray[Any]]:
        """Fetch some rows, each as its own array; ascending rows are fastest.

        Raises
        ------
        StoreError
            If the file is gone or shorter than it was.
        """
        if isinstance(self.items, Path):
            items, edges = self.gather(rows)
            starts, ends = edges[:-1], edges[1:]
        else:
            items, starts, ends = self.items, self.bounds[rows], self.bounds[rows + 1]
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        return [items[start:end] for start, end in spans]

    def at_hand(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Give an array in which some rows are, and where each begins; ascending is fastest."""
        if not isinstance(self.items, Path):
            return self.items, self.bounds[rows]
        items, edges = self.gather(rows)
        return items, edges[:-1]

    def gather(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Fetch some rows end to end, and their bounds in that; ascending rows are fastest."""
        edges = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(self.bounds[rows + 1] - self.bounds[rows], out=edges[1:])
        out = np.empty(edges[-1], self.dtype)
        self.put(rows, out, edges)
        return out, edges

    def put(self, rows: NDArray[np.int64], out: NDArray[Any], to: NDArray[np.int64]) -> None:
        """Copy some rows, each to its own place in ``out``; ascending rows are fastest."""
        starts, ends = self.bounds[rows], self.bounds[rows + 1]
        if not isinstance(self.items, Path):
            _put(self.items, starts, ends, out, to)
            return
        if not len(rows):
            return
        first, past = int(starts.min()), int(ends.max())
        if past - first <= _DENSE * int((ends - starts).sum()):
            _put(self._read(self.items, first, past), starts - first, ends - first, out, to)
            return
        size = self.dtype.itemsize
        room = out.view(np.uint8).data
        edges = ((size * each).tolist() for each in (starts, ends, to[: len(rows)]))
        with _reading(self.items) as file:
            for start, end, at in zip(*edges, strict=True):
                self._fill(room[at : at + end - start], file, start)

    def span(self, first: int, last: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Fetch rows ``first`` to below ``last``, end to end, and their bounds in that."""
        start, end = int(self.bounds[first]), int(self.bounds[last])
        bounds = self.bounds[first : last + 1] - start
        if not isinstance(self.items, Path):
            return self.items[start:end], bounds
        return self._read(self.items, start, end), bounds

    def loaded(self) -> Rows:
        """Give the same rows in memory."""
        items = np.empty(self.bounds[-1], self.dtype)
        self.read_into(items)
        return Rows(self.bounds, items, self.dtype)

    def read_into(self, out: NDArray[Any]) -> None:
        """Copy the items of all rows to where there is room for as many."""
        if not isinstance(self.items, Path):
            out[:] = self.items
            return
        with _reading(self.items) as file:
            self._fill(out.view(np.uint8).data, file, 0)

    def _read(self, path: Path, start: int, end: int) -> NDArray[Any]:
        """Read items ``start`` to below ``end`` of the file."""
        items = np.empty(end - start, self.dtype)
        with _reading(path) as file:
            self._fill(items.view(np.uint8).data, file, start * self.dtype.itemsize)
        return items

    def _fill(self, room: memoryview, file: int, start: int) -> None:
        """Read bytes from ``start`` on until there is no more room."""
        while room:
            read = _read_at(file, room, start)
            if not read:
                raise StoreError(self._too_short())
            room, start = room[read:], start + read

    def _too_short(self) -> str:
        return f"{self.items} is shorter than when it was written; start again without it"


class RowWriter:
    """Collects rows in memory, or in a file when given one.

    Parameters
    ----------
    dtype
        Of one item.
    path
        Where the items go; None keeps them in memory.
    """

    def __init__(self, dtype: DTypeLike, path: Path | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self.path = path
        self._lengths: list[NDArray[np.int64]] = []
        self._held: list[NDArray[Any]] = []
        self._file = None if path is None else path.open("wb")

    def append(self, items: NDArray[Any], bounds: NDArray[np.int64]) -> None:
        """Add rows laid end to end; ``bounds`` has one entry more than there are rows."""
        self._lengths.append(np.diff(bounds))
        chosen = items[bounds[0] : bounds[-1]]
        if self._file is None:
            self._held.append(chosen)
        else:
            with _storing(self.path):
                self._file.write(np.ascontiguousarray(chosen).data)

    def finish(self) -> Rows:
        """Close the file and give all rows."""
        lengths = np.concatenate([np.zeros(1, np.int64), *self._lengths])
        bounds = np.cumsum(lengths)
        if self._file is None or self.path is None:
            return Rows(bounds, _joined(self._held, self.dtype), self.dtype)
        with _storing(self.path):
            self._file.close()
        return Rows(bounds, self.path, self.dtype)


class FixedRows:
    """A file for rows of bytes whose sizes are known, written in any order and from any thread.

    Parameters
    ----------
    path
        Where it is.
    sizes : ndarray of int64, shape (n,)
        Bytes of each row.
    """

    def __init__(self, path: Path, sizes: NDArray[np.int64]) -> None:
        self._path = path
        self._bounds = np.concatenate([[0], np.cumsum(sizes)])
        self._lock = Lock()
        with _storing(path):
            self._file = path.open("wb")

    def write(self, first: int, items: NDArray[np.uint8]) -> None:
        """Write some rows, from one on, that lie end to end."""
        with self._lock, _storing(self._path):
            self._file.seek(self._bounds[first])
            self._file.write(items.data)

    def finish(self) -> Rows:
        """Close the file and give all rows."""
        with _storing(self._path):
            self._file.close()
        return Rows(self._bounds, self._path, np.uint8)


def _joined(parts: list[NDArray[Any]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Lay arrays end to end, in memory that the C library gives; one alone stays as it is.

    For arrays of its own numpy asks the system for huge pages, which some are slow to find.
    """
    return (
        parts[0]
        if len(parts) == 1
        else np.frombuffer(b"".join(part.data for part in parts), dtype)
    )


def _put(
    items: NDArray[Any],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    out: NDArray[Any],
    to: NDArray[np.int64],
) -> None:
    """Copy spans of an array, each to its own place in another."""
    from syndicate.kernels import rows as kernels  # noqa: PLC0415 - compiles

    held = items.view(np.uint8)
    held.flags.writeable = False  # so that the kernel compiles once
    size = items.dtype.itemsize
    given = held, starts * size, ends * size, out.view(np.uint8), to * size
    kernels.PUT.run(size * int((ends - starts).sum()), *given)


@contextmanager
def _storing(path: Path | None) -> Iterator[None]:
    """Name the file and the remedy when writing fails."""
    try:
        yield
    except OSError as error:
        message = (
            f"cannot write {path}: {error.strerror}; free some space or choose another --work"
        )
        raise StoreError(message) from error


def _read_at(file: int, room: memoryview, start: int) -> int:
    """Read bytes of a file of our own from ``start`` on; give how many."""
    if hasattr(os, "preadv"):
        return os.preadv(file, [room], start)
    os.lseek(file, start, os.SEEK_SET)  # Windows has no other way
    data = os.read(file, len(room))
    room[: len(data)] = data
    return len(data)


@contextmanager
def _reading(path: Path) -> Iterator[int]:
    """Open for reading, naming the file when it is gone; give the descriptor."""
    try:
        with path.open("rb", buffering=0) as file:
            yield file.fileno()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise StoreError(message) from error
