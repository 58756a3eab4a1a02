"""Folding by table: what each character is in the hash of its token.

A token is hashed as a sequence of *units*, numbers of 16 bits:

==============  =========================================================================
character       in the sequence
==============  =========================================================================
letter, digit   the code point it folds to, or several; a decimal digit is ``0x8000 + value``
kept mark       its code point; marks in a row are sorted, as they are in NFC and NFD
dropped mark    nothing
separator       ends the token
lone letter     the letter; a token of its own with its marks (Han, Kana, Thai …)
==============  =========================================================================

Case, compatibility forms, decimal digits of other scripts and the marks of Latin, Greek and
Cyrillic letters fold away. A code point of ``0x8000`` or more has two units: one more than its
upper bits, and its lower ones (a kept mark the lower alone). The table itself ships as
``fold.npz`` and is written by ``tools/make_fold_table.py``; its code points are those of
Unicode 14, and what its entries say is defined in `syndicate.kernels.tokens`.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIGITS = 0x3FF
"""Bits 0 to 9 of `FoldTable.traits`: a digit of this value."""
ANSWERS = 0xF << 10
"""Bits 10 to 13: one of the capitals A to D, which answer the questions of an exam."""
LETTER = 1 << 14
"""Any other character of a word."""
CAPITAL = 1 << 15
"""Any other capital."""

_FACTORS = np.array(
    [0xA0761D6478BD642E, 0xE7037ED1A0B428DA, 0x8EBC6AF09C88C6E2], np.uint64
)  # made odd


class FoldTable(NamedTuple):
    """What characters fold to, by code point, and how tokens are hashed.

    Attributes
    ----------
    entries
        ndarray of uint32, shape (`syndicate.kernels.tokens.LIMIT`,).
    pieces
        ndarray of uint32: the units of characters that fold to several, or to marks.
    factors
        ndarray of uint64, shape (3,): odd.
    traits
        ndarray of uint16, shape of ``entries``: what the unfolded character is. A token has the
        bits of all its characters, so that ``2 m x 2,5`` and ``2mx2,5`` have the same digits.
    """

    entries: NDArray[np.uint32]
    pieces: NDArray[np.uint32]
    factors: NDArray[np.uint64]
    traits: NDArray[np.uint16]


def scramble(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread integers over 64 bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore"):  # modulo 2**64 is meant
        mixed = values + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


@functools.cache
def fold_table(key: int = 0) -> FoldTable:
    """Load the table.

    Parameters
    ----------
    key
        Any 64-bit number: the hash of every token depends on it, so that nobody who does not
        know it can write texts whose hashes collide. 0 is the public scheme.
    """
    with resources.files("syndicate.text").joinpath("fold.npz").open("rb") as file:
        stored = np.load(file)
        held = [stored[name] for name in ("entries", "pieces", "traits")]
    factors = _FACTORS
    if key:
        factors = scramble(_FACTORS ^ np.uint64(key))
    factors = factors | np.uint64(1)
    for array in (*held, factors):
        array.flags.writeable = False
    entries, pieces, traits = held
    return FoldTable(entries, pieces, factors, traits)
