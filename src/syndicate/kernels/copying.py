"""Copying from array to array without what the compiler would make of it.

Numba's own assignment of an array to a part of another compiles the message of its error with
it, strings and all, for one and a half seconds of a first run.
"""

from __future__ import annotations

from typing import Any

from syndicate.kernels._jit import inline


@inline
def copy_to(out: Any, first: int, items: Any) -> None:  # noqa: ANN401 - arrays of any type
    """Copy items to their places from ``first`` on, of which there must be enough."""
    for i in range(len(items)):
        out[first + i] = items[i]
