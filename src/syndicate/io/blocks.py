"""Files of lines, cut into blocks of whole lines."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from syndicate.io.batch import MAX_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NEWLINE = ord("\n")
_PART = 1 << 20
_SLACK = 1 << 18  # for the rest of the last line of a block
_GLANCE, _LONG_LINE = 1 << 16, 256
"""So many bytes of a block are looked at to see whether lines are as long as that."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines of a file.

    Attributes
    ----------
    data
        The lines, in a buffer that the next block is read into.
    newlines
        ndarray of int64: where in ``data`` they are.
    first
        Lines before it, from where reading began.
    too_long
        Whether the line after the block was longer than a document may be, and passed over.
    """

    data: memoryview
    newlines: NDArray[np.int64]
    first: int
    too_long: bool = False


def cut(stream: BinaryIO, length: int | None, size: int) -> Iterator[Block]:
    """Cut a stream into blocks of whole lines.

    Parameters
    ----------
    stream
        At the start of a line.
    length
        Lines that start within so many bytes are read; None reads to the end.
    size
        Bytes of a block, about.
    """
    first = 0
    left = sys.maxsize if length is None else length
    space = memoryview(bytearray(size + _SLACK))
    while left > 0 and (count := _fill(stream, space[: min(size, left)])):
        data, taken, too_long = _whole_lines(stream, space, count)
        newlines = _newlines(data)
        yield Block(data, newlines, first, too_long)
        first += len(newlines) + too_long
        left -= taken


def _newlines(data: memoryview) -> NDArray[np.int64]:
    """Find the newlines: one after the other where lines are long, as articles are.

    ``data`` must begin where the buffer under it does, for that is what is searched: views
    have no `find`.
    """
    items = np.frombuffer(data, np.uint8)
    if np.count_nonzero(items[:_GLANCE] == NEWLINE) > _GLANCE // _LONG_LINE:
        return np.flatnonzero(items == NEWLINE)
    held: bytes | bytearray = data.obj  # type: ignore[assignment]
    found = []
    place = held.find(b"\n", 0, len(data))
    while place >= 0:
        found.append(place)
        place = held.find(b"\n", place + 1, len(data))
    return np.array(found, np.int64)


def _fill(stream: BinaryIO, space: memoryview) -> int:
    """Read until the space is full or the stream at its end."""
    count = 0
    while count < len(space) and (got := stream.readinto(space[count:])):  # type: ignore[attr-defined]
        count += got
    return count


def _whole_lines(stream: BinaryIO, space: memoryview, count: int) -> tuple[memoryview, int, bool]:
    """Read on to the end of the line, unless it is too long for a document.

    Returns
    -------
    tuple
        The lines, how many bytes of the stream are behind them, and whether a line after
        them was passed over.
    """
    if space[count - 1] == NEWLINE:
        return space[:count], count, False
    begun = count - 1 - _last_newline(space[:count])
    rest = stream.readline(MAX_DOCUMENT + 2 - begun)
    taken = count + len(rest)
    if begun + len(rest.rstrip(b"\r\n")) > MAX_DOCUMENT:
        taken += 0 if rest.endswith(b"\n") else skip_line(stream)
        return space[: count - begun], taken, True
    if taken > len(space):
        return memoryview(bytes(space[:count]) + rest), taken, False
    space[count:taken] = rest
    return space[:taken], taken, False


def _last_newline(data: memoryview) -> int:
    """Give the place of the last newline, or -1; it is mostly near the end."""
    past = len(data)
    while past > 0:
        start = max(0, past - _SLACK)
        found = bytes(data[start:past]).rfind(b"\n")
        if found >= 0:
            return start + found
        past = start
    return -1


def skip_line(stream: BinaryIO) -> int:
    """Read past the end of a line without holding it; give the bytes read."""
    taken = 0
    while part := stream.readline(_PART):
        taken += len(part)
        if part.endswith(b"\n"):
            break
    return taken


class Newlines:
    """Counts the newlines of a file up to an offset; each byte is read once if offsets rise."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._count = 0

    def before(self, offset: int) -> int:
        """Count the newlines in the first ``offset`` bytes."""
        if offset < self._offset:
            self._offset = self._count = 0
        with self._path.open("rb") as file:
            file.seek(self._offset)
            while part := file.read(min(_PART, offset - self._offset)):
                self._count += int(np.count_nonzero(np.frombuffer(part, np.uint8) == NEWLINE))
                self._offset += len(part)
        return self._count


def lines_before(path: Path, start: int) -> int:
    """Count the lines of a file that start before a byte."""
    if not start:
        return 0
    return _newlines_of(path, path.stat().st_mtime_ns).before(start - 1) + 1


@lru_cache(maxsize=8)
def _newlines_of(path: Path, _modified: int) -> Newlines:
    """Give the counter of a file, the same one as long as the file is not modified."""
    return Newlines(path)
