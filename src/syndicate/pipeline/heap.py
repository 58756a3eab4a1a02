"""What a run asks of its process: what it frees stays, and garbage is seldom looked for.

The stages make and free the same large arrays batch after batch. GNU's C library gives freed
memory back to the system as soon as there is much of it, and a system is slow to give fresh
memory: every page of it is a fault, and filled with zeros first. Nor does a thread find what
another freed, unless all threads share one heap, which is for the processes that are a run's own:
it cannot be taken back.

Python looks for cycles of garbage after every few hundred new objects. Loading compiled kernels
makes hundreds of thousands, all of which stay.
"""

from __future__ import annotations

import ctypes
import gc
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of ``mallopt``, as malloc.h numbers them."""
_KEPT = 128 << 20
"""Freed bytes at the end of the heap that are kept."""
_OBJECTS = 50_000
"""New objects after which Python looks for garbage."""
_LARGEST = 32 << 20
"""Bytes from which a block is taken from the system and given back by itself; the library allows
no more."""


def keep_freed() -> bool:
    """Let this process keep some of the memory that it frees.

    Returns
    -------
    bool
        Whether the C library can be told so.
    """
    return _set((_TRIM_THRESHOLD, _KEPT), (_MMAP_THRESHOLD, _LARGEST))


def share_heap() -> None:
    """Let all threads of this process, which must be a run's own, share one heap."""
    if "MALLOC_ARENA_MAX" not in os.environ:
        _set((_ARENA_MAX, 1))


def collect_seldom() -> tuple[int, int, int]:
    """Let this process look for garbage seldom, if it does at all.

    Returns
    -------
    tuple
        What held before, as `gc.set_threshold` takes it.
    """
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], _OBJECTS), *before[1:])
    return before


class _Calm:
    """How many runs go on in this process, and what held before the first of them began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = 0
        self._kept = False
        self._thresholds = (0, 0, 0)

    def begin(self) -> None:
        """Keep what is freed and look for garbage seldom."""
        with self._lock:
            if not self._runs:
                self._kept, self._thresholds = keep_freed(), collect_seldom()
            self._runs += 1

    def end(self) -> None:
        """Give back what is free, and let everything be as before, after the last run."""
        with self._lock:
            self._runs -= 1
            if self._runs:
                return
            gc.set_threshold(*self._thresholds)
            if self._kept:
                _set((_TRIM_THRESHOLD, 2 * _LARGEST))
                _library().malloc_trim(0)


_CALM = _Calm()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Do so for a while, then give back what is free.

    What holds afterwards is where the library arrives by itself after freeing a large block.
    """
    _CALM.begin()
    try:
        yield
    finally:
        _CALM.end()


def _set(*options: tuple[int, int]) -> bool:
    try:
        set_option = _library().mallopt
    except (AttributeError, OSError, TypeError):  # not GNU's C library
        return False
    return all(set_option(name, value) for name, value in options)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
