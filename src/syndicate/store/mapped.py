"""A file as memory, for reading.

POSIX drops all locks that a process has on a file as soon as it closes any descriptor of that
file: SQLite's as well. So one descriptor is kept for each file in a process, used by all who
have it open, and closed when the last of them closes.
"""

from __future__ import annotations

import ctypes
import functools
import mmap
import os
import weakref
from typing import TYPE_CHECKING

import numpy as np

from syndicate.store.locks import Lock

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_AHEAD = 4  # times the file's length is mapped, so that what is written later is seen too
_GROWTH = 9 / 8  # mapped anew when the file is so many times as long as what is mapped
_FAILED = ctypes.c_void_p(-1).value
_LOCK = Lock()
_OPEN: dict[tuple[int, int], Mapped] = {}


class Mapped:
    """A file, mapped as far as it goes and may soon go.

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
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDONLY)
        found = os.fstat(self._file)
        self.key = found.st_dev, found.st_ino
        self.users = 0
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
                os.close(self._file)

    def head(self, length: int) -> bytes:
        """Read the first bytes."""
        return os.pread(self._file, length, 0)

    def view(self, limit: int) -> NDArray[np.uint8]:
        """Give what is mapped, at most so many bytes, and none that the file does not have now."""
        size = os.fstat(self._file).st_size
        if size > _GROWTH * len(self._bytes):
            self._bytes = _mapped(self._file, size)
        return self._bytes[: min(size, limit)]


def _mapped(file: int, size: int) -> NDArray[np.uint8]:
    """Map a file, with room to grow if the system gives it; what it lacks is not to be read.

    The module `mmap` refuses that room, and holds a descriptor for each map.
    """
    if os.name != "posix":
        return np.frombuffer(mmap.mmap(file, 0, access=mmap.ACCESS_READ), np.uint8)
    for length in (_AHEAD * size, size):
        address = _library().mmap(None, length, mmap.PROT_READ, mmap.MAP_SHARED, file, 0)
        if address != _FAILED:
            break
    else:
        raise OSError(ctypes.get_errno(), f"{size} bytes of a file cannot be mapped")
    memory = (ctypes.c_uint8 * length).from_address(address)
    weakref.finalize(memory, _library().munmap, address, length).atexit = False
    found = np.frombuffer(memoryview(memory), np.uint8)
    found.flags.writeable = False
    return found


@functools.cache
def _library() -> ctypes.CDLL:
    found = ctypes.CDLL(None, use_errno=True)
    found.mmap.restype = ctypes.c_void_p
    found.mmap.argtypes = (
        *(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int),
        ctypes.c_long,
    )
    found.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    return found
