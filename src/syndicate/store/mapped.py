"""A file as memory, for reading.

POSIX drops all locks that a process has on a file as soon as it closes any descriptor of that
file: SQLite's as well. So one descriptor is kept for each file in a process, used by all who
have it open, and closed when the last of them closes.
"""

from __future__ import annotations

import mmap
import os
import threading
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_GROWTH = 9 / 8  # mapped anew when the file is so many times as long
_LOCK = threading.Lock()
_OPEN: dict[tuple[int, int], Mapped] = {}


class Mapped:
    """A file, mapped as far as it went some time ago.

    Parameters
    ----------
    path
        The file, which must exist.

    Attributes
    ----------
    path
        Where it was found.
    key
        Its device and inode.
    users
        How many have it open in this process.
    times
        How often it was mapped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDONLY)
        found = os.fstat(self._file)
        self.key = found.st_dev, found.st_ino
        self.users = self.times = 0
        self._maps: list[mmap.mmap] = []
        self._bytes = np.zeros(0, np.uint8)

    @classmethod
    def of(cls, path: Path) -> Mapped:
        """Give the one of a file; to be closed as often as it was asked for."""
        with _LOCK:
            found = path.stat()
            held = _OPEN.get((found.st_dev, found.st_ino)) or cls(path)
            _OPEN[held.key] = held
            held.users += 1
            return held

    def close(self) -> None:
        """Let go of the file if nobody else in this process uses it."""
        with _LOCK:
            self.users -= 1
            if self.users == 0:
                _OPEN.pop(self.key, None)
                self._bytes = np.zeros(0, np.uint8)
                self._maps.clear()
                os.close(self._file)

    def head(self, length: int) -> bytes:
        """Read the first bytes."""
        return os.pread(self._file, length, 0)

    def view(self, limit: int) -> NDArray[np.uint8]:
        """Give what is mapped, at most so many bytes, and none that the file does not have now."""
        size = os.fstat(self._file).st_size
        if size > _GROWTH * len(self._bytes):
            self._extend()
        return self._bytes[: min(size, limit)]

    def _extend(self) -> None:
        """Map the whole file; the old map stays, since closing it would drop SQLite's locks."""
        if self._maps and hasattr(mmap, "MADV_DONTNEED"):
            self._maps[-1].madvise(mmap.MADV_DONTNEED)
        self._maps.append(mmap.mmap(self._file, 0, access=mmap.ACCESS_READ))
        self._bytes = np.frombuffer(self._maps[-1], np.uint8)
        self.times += 1
