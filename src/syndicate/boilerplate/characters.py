"""The character table: what each character of the basic plane means in a line."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@functools.cache
def character_table() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Load the classes and the marks of characters, each of shape (65536,).

    The file is written by ``tools/make_character_table.py``.
    """
    with resources.files("syndicate.boilerplate").joinpath("characters.npz").open("rb") as file:
        stored = np.load(file)
        classes, marks = stored["classes"], stored["marks"]
    classes.flags.writeable = marks.flags.writeable = False
    return classes, marks
