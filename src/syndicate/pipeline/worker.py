"""A worker process: it leaves Ctrl-C and the script to its parent, and does not outlive it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from contextlib import contextmanager
from multiprocessing.connection import wait
from types import ModuleType
from typing import TYPE_CHECKING

from syndicate.pipeline.heap import keep_freed, share_heap

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORPHANED = 1


def begin() -> None:
    """Make a process a worker; for a pool to call in each first."""
    keep_freed()
    share_heap()
    _follow_parent()


def _follow_parent() -> None:
    """End when the parent ends, killed or not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(_ORPHANED)


@contextmanager
def starting() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, and that do not run the user's script again."""
    with _without_interrupts(), _without_main():
        yield


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the module that was run, which a spawned process runs again from its file.

    Nothing of ours stands in it; a script that starts work at its top level would start it in
    every worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back until `begin` has done its work in a new process.

    It inherits the mask of blocked signals; one that comes meanwhile comes after the block.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
