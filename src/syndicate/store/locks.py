"""Locks that know of forks.

A process is forked with all locks as they are, and without the threads that hold them.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Self

_PATIENCE = 10.0
"""Seconds that a fork waits for a lock at the most."""


class Lock:
    """A lock that one thread may take several times, and that is free in a forked process.

    Parameters
    ----------
    forks_wait
        Whether a process is forked only while no other thread has it. SQLite takes what another
        thread was about to write for the forked process's own work, which never ends.
    """

    def __init__(self, *, forks_wait: bool = False) -> None:
        self.forks_wait = forks_wait
        self._held = threading.RLock()
        _ALL.add(self)

    def __enter__(self) -> Self:
        """Take it."""
        self._held.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self._held.release()

    def take(self) -> bool:
        """Take it, unless that needs too much patience; tell whether it was taken."""
        return self._held.acquire(timeout=_PATIENCE)

    def renew(self) -> None:
        """Let it be free, whoever held it."""
        self._held = threading.RLock()


class _Taken(threading.local):
    """The locks that the thread that forks has taken."""

    def __init__(self) -> None:
        self.locks: list[Lock] = []


_ALL: weakref.WeakSet[Lock] = weakref.WeakSet()
_TAKEN = _Taken()


def _take_all() -> None:
    _TAKEN.locks = [lock for lock in list(_ALL) if lock.forks_wait and lock.take()]


def _let_all_go() -> None:
    while _TAKEN.locks:
        _TAKEN.locks.pop().__exit__()


def _renew_all() -> None:
    _TAKEN.locks.clear()
    for lock in list(_ALL):
        lock.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_take_all, after_in_parent=_let_all_go, after_in_child=_renew_all)
