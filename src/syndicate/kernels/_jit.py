"""The one way a kernel is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic
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
        return numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:
        return numba.njit(**OPTIONS)(function)


def inline(function: Function) -> Function:
    """Compile a helper into each kernel that calls it."""
    return numba.njit(inline="always", **OPTIONS)(function)


carray: Any = numba.carray  # type: ignore[attr-defined]
"""Takes an address for an array of a shape and type."""


def _at_address(typing_context: Any, address: Any) -> Any:  # noqa: ANN401, ARG001 - numba's own
    """Take an integer for an address."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return numba.types.voidptr(address), code


at_address: Any = intrinsic(_at_address)
"""For arrays of arrays, which kernels do not know: whoever calls keeps the arrays alive."""
