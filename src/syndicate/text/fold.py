"""Folding as arithmetic: two numbers a code point.

A token is hashed while it is read, ``h = h * multiplier[c] + addend[c]`` modulo 2**64:

============  ==============  ==================  =======================================
code point    multiplier      addend              effect
============  ==============  ==================  =======================================
letter, digit ``BASE ** k``   k letters' codes    the hash grows by the k folded letters
kept mark     1               the mark's code     order does not matter, as in NFC and NFD
dropped mark  1               0                   nothing happens
separator     0               0                   the token ends
lone letter   0               the letter's code   Han, Kana, Thai …: a token of its own
============  ==============  ==================  =======================================

Case, compatibility forms, decimal digits of other scripts and the marks of Latin, Greek and
Cyrillic letters fold away. The table itself ships as ``fold.npz`` and is written by
``tools/make_fold_table.py``; its code points are those of Unicode 14.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT = 0x40000
"""Code points from here on are all unassigned, private or tags: read as separators."""
BEYOND = LIMIT - 2
"""Stands for them in the table."""
TRANSPARENT = 0
"""An entry without effect, for NUL and the trailing bytes of a UTF-8 sequence."""
BASE = 0xD174DE841921A8C3
"""Odd, and bit 63 of its first 18 powers is set, so that bit 63 tells letters from marks."""

_SINGLE, _MARK, _IGNORED = 2, 3, 4


DIGIT, UPPER = 1, 2
"""Bits of the table as stored."""

DIGITS = 0x3FF
"""Bits 0 to 9 of `FoldTable.traits`: a digit of this value."""
ANSWERS = 0xF << 10
"""Bits 10 to 13: one of the capitals A to D, which answer the questions of an exam."""
LETTER = 1 << 14
"""Any other character of a word."""
CAPITAL = 1 << 15
"""Any other capital."""


class FoldTable(NamedTuple):
    """The arithmetic of folding, by code point.

    Attributes
    ----------
    multiplier, addend
        ndarray of uint64, shape (LIMIT,).
    traits
        ndarray of uint16, shape (LIMIT,): what the unfolded character is. A token has the
        bits of all its characters, so that ``2 m x 2,5`` and ``2mx2,5`` have the same digits.
    """

    multiplier: NDArray[np.uint64]
    addend: NDArray[np.uint64]
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
        Any 64-bit number: every letter's code depends on it, so that nobody who does not
        know it can write texts whose hashes collide. 0 is the public scheme.
    """
    with resources.files("syndicate.text").joinpath("fold.npz").open("rb") as file:
        stored = np.load(file)
        kinds, counts = stored["kinds"], stored["counts"]
        points, piece_kinds = stored["points"], stored["piece_kinds"]
        stored_traits = stored["traits"]
    multiplier = np.zeros(LIMIT, np.uint64)
    addend = np.zeros(LIMIT, np.uint64)
    multiplier[(kinds == _MARK) | (kinds == _IGNORED) | (counts > 0)] = 1
    codes = scramble(points.astype(np.uint64) ^ np.uint64(key))
    first = np.cumsum(counts, dtype=np.int64) - counts
    with np.errstate(over="ignore"):  # modulo 2**64 is meant
        for piece in range(int(counts.max())):
            here = np.flatnonzero(counts > piece)
            index = first[here] + piece
            grows = piece_kinds[index] != _MARK
            step = np.where(grows, np.uint64(BASE), np.uint64(1))
            multiplier[here] *= step
            addend[here] = addend[here] * step + codes[index]
    multiplier[kinds == _SINGLE] = 0
    multiplier[BEYOND] = addend[BEYOND] = 0
    multiplier[TRANSPARENT], addend[TRANSPARENT] = 1, 0
    words = (multiplier > 1) | (kinds == _SINGLE)
    bits = _bits(stored_traits, words)
    multiplier.flags.writeable = addend.flags.writeable = bits.flags.writeable = False
    return FoldTable(multiplier, addend, bits)


def _bits(stored: NDArray[np.uint8], words: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Spell out what each character is; a digit's value is that of its place in its script."""
    bits = np.where(words, LETTER, 0) | np.where(stored & UPPER, CAPITAL, 0)
    answers = np.arange(ord("A"), ord("D") + 1)
    bits[answers] = 1 << (10 + answers - ord("A"))
    digits = np.flatnonzero(stored & DIGIT)
    starts = np.concatenate(([True], np.diff(digits) > 1))
    first = digits[starts][np.cumsum(starts) - 1]
    bits[digits] = 1 << ((digits - first) % 10)  # every script has its ten in a row
    return bits.astype(np.uint16)
