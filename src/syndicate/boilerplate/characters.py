"""The character table: what each character of the basic plane means in a line."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LETTERS = np.uint64((1 << 21) - 1)


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


@functools.cache
def hash_tables() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Give the code and the factor by which each character is hashed; shape (65536,)."""
    from syndicate.kernels import lines as kernels  # noqa: PLC0415 - imports numba

    table = character_table()
    ignored = table & kernels.IGNORED != 0
    letter = (table & kernels.WORD != 0) & ~ignored
    codes = (table & _LETTERS) << np.uint64(kernels.CODE_SHIFT) | np.uint64(kernels.LETTER)
    codes[table & kernels.LONE != 0] |= np.uint64(kernels.ALONE)
    codes[table & kernels.DIGIT != 0] |= np.uint64(1)
    codes[~letter] = 0
    factors = np.where(letter, np.uint64(kernels.FACTOR), ignored.astype(np.uint64))
    codes.flags.writeable = factors.flags.writeable = False
    return codes, factors
