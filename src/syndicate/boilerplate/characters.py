"""The character table: what each character of the basic plane means in a line."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@functools.cache
def character_table() -> NDArray[np.uint64]:
    """Load the classes of characters and, in the upper half, their marks; shape (65536,).

    The file is written by ``tools/make_character_table.py``.
    """
    with resources.files("syndicate.boilerplate").joinpath("characters.npz").open("rb") as file:
        stored = np.load(file)
        table: NDArray[np.uint64] = stored["classes"] | stored["marks"].astype(
            np.uint64
        ) << np.uint64(32)
    table.flags.writeable = False
    return table
