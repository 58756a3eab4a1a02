"""What a run asks of its process: what it frees stays, and garbage is seldom looked for.

The stages make and free the same large arrays batch after batch. GNU's C library gives freed
memory back to the system as soon as there is much of it, and a system is slow to give fresh
memory: every page of it is a fault, and filled with zeros first. Nor does a thread find what
another freed, unless all threads share one heap.

Python looks for cycles of garbage after every few hundred new objects. Loading compiled kernels
makes hundreds of thousands, all of which stay.
"""

from __future__ import annotations

import ctypes
import gc
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
    return _set(_KEPT, 1)


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


@contextmanager
def undisturbed() -> Iterator[None]:
    """Do both for a while, then give back what is free.

    What holds afterwards is where the library arrives by itself after freeing a large block.
    """
    kept, thresholds = keep_freed(), collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        if kept:
            _set(2 * _LARGEST, 0)
            _library().malloc_trim(0)


def _set(trim: int, arenas: int) -> bool:
    try:
        set_option = _library().mallopt
    except (AttributeError, OSError, TypeError):  # not GNU's C library
        return False
    done = set_option(_TRIM_THRESHOLD, trim) and set_option(_MMAP_THRESHOLD, _LARGEST)
    return bool(done and set_option(_ARENA_MAX, arenas))


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
