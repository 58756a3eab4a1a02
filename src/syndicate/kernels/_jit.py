"""The one way a kernel is compiled."""

from __future__ import annotations

import hashlib
import os
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import numba
import numpy as np
from numba.core.caching import FunctionCache
from numpy.typing import NDArray

from syndicate.kernels._lean import lean

Bool = NDArray[np.bool_]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

Function = TypeVar("Function", bound=Callable[..., Any])

SOURCES = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).digest()
"""Of all kernels: numba looks at the module of a kernel alone, not at what it calls of others."""

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
    What was compiled with any other source of the kernels is compiled again.

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
        self._file: Any = self._cache._cache_file  # noqa: SLF001 - numba has no other way
        self._file._source_stamp = self._file._source_stamp, SOURCES  # noqa: SLF001

    def __getattr__(self, name: str) -> object:
        return getattr(self._cache, name)

    def holds_any(self) -> bool:
        """Tell whether it holds machine code of these sources."""
        try:
            return bool(self._file._load_index())  # noqa: SLF001 - numba has no other way
        except OSError:
            return False

    def load_overload(self, signature: object, target: object) -> object:
        """Load, or find that nobody else is compiling."""
        found = self._load(signature, target)
        if found is None and (lock := self._lock()) is not None:
            found = self._load(signature, target)
            if found is None:
                self._locks[signature] = lock
            else:
                os.close(lock)
        return found

    def _load(self, signature: object, target: object) -> object:
        found: object = self._cache.load_overload(signature, target)
        lean(found, self._cache, signature, target)
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


def helper(function: Function) -> Function:
    """Compile a part of a kernel by itself; only kernels can call it.

    Numba makes a version for each type, and a literal number is a type of its own: give such
    a function variables.
    """
    return numba.njit(no_cpython_wrapper=True, **OPTIONS)(function)


def merged(function: Function) -> Function:
    """Compile a helper by itself, and let the machine code of what calls it contain it.

    For what is called often with much to carry: arguments beyond the first few and all results
    of a call go through memory.
    """
    return numba.njit(no_cpython_wrapper=True, forceinline=True, **OPTIONS)(function)


class Patient(Generic[Function]):
    """A kernel that runs as the plain Python that it is until compiling it pays.

    Compiling takes seconds, in which many pages are done without. What was compiled
    before, in this process or another, is used at once.

    Parameters
    ----------
    kernel
        The kernel.
    enough
        How many items plain Python may be used for.
    others
        Kernels of other modules that it calls, to be run as plain Python with it.
    """

    def __init__(self, kernel: Function, enough: int, *others: Callable[..., Any]) -> None:
        self.kernel = kernel
        self.others = others
        self._left = enough
        self._asked = enough < 0
        self._plain: Function | None = None

    def hurry(self) -> None:
        """Compile at the next use, however few the items."""
        self._left = -1

    def waits(self, items: int) -> bool:
        """Tell whether it is still too early to compile for so many items."""
        if not self._asked:
            self._asked = True
            self._left = -1 if is_kept(self.kernel) else self._left
        if self._left >= 0:
            self._left -= items
        return self._left >= 0

    def plain(self, items: int) -> Function | None:
        """Give the plain function if it is to be used for so many items, else None."""
        if not self.waits(items):
            return None
        if self._plain is None:
            self._plain = _interpreted(self.kernel, self.others)
        return self._plain

    def run(self, items: int, *given: Any) -> Any:  # noqa: ANN401 - any kernel's
        """Call the kernel on so many items, as the one or the other."""
        plain = self.plain(items)
        if plain is None:
            return self.kernel(*given)
        with np.errstate(over="ignore"):  # hashes wrap around
            return plain(*given)


def is_kept(kernel: Any) -> bool:  # noqa: ANN401 - numba's own
    """Tell whether machine code of a kernel is at hand or kept from an earlier process."""
    if kernel.signatures:
        return True
    cache = getattr(kernel, "_cache", None)
    return isinstance(cache, _CompiledOnce) and cache.holds_any()


def _interpreted(kernel: Any, others: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401 - numba's own
    """Give a kernel with its helpers, and some others, as they were before compiling.

    Python cannot call a compiled helper, so those of other modules become plain Python too.
    """
    names = dict(kernel.py_func.__globals__)
    for name, value in list(names.items()):
        if not hasattr(value, "py_func"):
            continue
        if value.py_func.__module__ == names["__name__"]:
            names[name] = types.FunctionType(value.py_func.__code__, names)
        elif value in others or {"no_cpython_wrapper", "inline"} & value.targetoptions.keys():
            names[name] = _interpreted(value)
    return names[kernel.py_func.__name__]
