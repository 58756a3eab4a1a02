"""The one way a kernel is compiled."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core.caching import FunctionCache
from numpy.typing import NDArray

Bool = NDArray[np.bool_]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

Function = TypeVar("Function", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "boundscheck": False,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}


def kernel(function: Function) -> Function:
    """Compile on first call and keep the machine code beside the package.

    Where neither the package nor the user's cache folder can be written, numba refuses to
    cache at all: compile for this process alone then, so that a read-only install without
    a home still works.
    """
    try:
        compiled = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:
        return numba.njit(**OPTIONS)(function)
    name = f"{function.__module__}.{function.__name__}.lock"
    compiled._cache = _CompiledOnce(compiled._cache, name)  # noqa: SLF001 - numba has no other way
    return compiled


class _CompiledOnce:
    """A kernel's cache that lets one process compile while others wait for the result.

    On a first run several processes need the same kernels. The lock ends with its process;
    where the system has none, or the folder cannot be written, each compiles for itself.

    Parameters
    ----------
    cache
        numba's own, which does all else.
    name
        Of the file that is locked, in the cache's folder.
    """

    def __init__(self, cache: FunctionCache, name: str) -> None:
        self._cache: Any = cache
        self._name = name
        self._locks: dict[object, int] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._cache, name)

    def load_overload(self, signature: object, target: object) -> object:
        """Load, or find that nobody else is compiling."""
        found = self._cache.load_overload(signature, target)
        if found is None and (lock := self._lock()) is not None:
            found = self._cache.load_overload(signature, target)
            if found is None:
                self._locks[signature] = lock
            else:
                os.close(lock)
        return found

    def save_overload(self, signature: object, compiled: object) -> None:
        """Save, and let others load."""
        self._cache.save_overload(signature, compiled)
        lock = self._locks.pop(signature, None)
        if lock is not None:
            os.close(lock)

    def _lock(self) -> int | None:
        """Wait until no other process compiles this kernel."""
        try:
            import fcntl  # noqa: PLC0415 - POSIX alone has it

            folder = Path(self._cache.cache_path)
            folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / self._name, os.O_RDWR | os.O_CREAT)
            fcntl.flock(lock, fcntl.LOCK_EX)
        except (ImportError, OSError):
            return None
        return lock


def inline(function: Function) -> Function:
    """Compile a helper into each kernel that calls it."""
    return numba.njit(inline="always", **OPTIONS)(function)
