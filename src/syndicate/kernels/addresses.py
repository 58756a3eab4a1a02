"""Arrays of arrays, which kernels do not know: addresses, taken for arrays.

Whoever calls a kernel with an address keeps the array alive.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core import cgutils
from numba.extending import intrinsic

carray: Any = numba.carray  # type: ignore[attr-defined]
"""Takes an address for an array of a shape and type."""


def _at_address(typing_context: Any, address: Any) -> Any:  # noqa: ANN401, ARG001 - numba's own
    """Take an integer for an address."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return numba.types.voidptr(address), code


at_address: Any = intrinsic(_at_address)
"""Takes an integer for an address."""
