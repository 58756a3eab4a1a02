"""Write ``src/syndicate/text/fold.npz``, the table that folding uses.

The table ships with the package, so that a text folds alike under every Python, whatever
Unicode version its ``unicodedata`` holds. Run it again only together with a new
``syndicate.config.SCHEME``: every stored sketch depends on it. What the entries mean stands in
``syndicate.kernels.tokens``.

    python tools/make_fold_table.py
"""

from __future__ import annotations

import pathlib
import unicodedata

import numpy as np

from syndicate.kernels.tokens import (
    COUNT,
    DIGIT,
    ITSELF,
    KEPT,
    LIMIT,
    LONE,
    MARK,
    RARE,
    SEPARATOR,
    SLOW,
    SYMBOLS,
)
from syndicate.text.fold import ANSWERS, CAPITAL, LETTER

TARGET = pathlib.Path(__file__).parent.parent / "src" / "syndicate" / "text" / "fold.npz"
IGNORED = 0
FAST = 0x8000  # letters below it are one unit each

# Scripts written without spaces: each letter is a token.
SINGLES = [
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x19E0, 0x19FF), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303C), (0x3041, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F), (0x20000, 0x3FFFD),
]  # fmt: skip
# Marks of Latin, Greek and Cyrillic, lost in careless copies: dropped.
DROPPED_MARKS = [
    (0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0x2DE0, 0x2DFF), (0xA66F, 0xA67F), (0xA69E, 0xA69F),
]  # fmt: skip
# Letters with a stroke have no decomposition, but the same careless copies lose it.
STROKES = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "ŧ": "t"}


def within(point: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether a code point lies in one of the ranges."""
    return any(low <= point <= high for low, high in ranges)


def kind(character: str) -> int:
    """Classify one fully decomposed character: LONE, KEPT, MARK, IGNORED or SEPARATOR."""
    point, category = ord(character), unicodedata.category(character)
    if category[0] == "M":
        return IGNORED if within(point, DROPPED_MARKS) else MARK
    if category == "Cf" or point == 0:  # NUL stands for the trailing bytes of UTF-8
        return IGNORED
    if category[0] not in "LN" or point in SYMBOLS:
        return SEPARATOR
    return LONE if category[0] == "L" and within(point, SINGLES) else KEPT


def fold(character: str) -> list[tuple[int, int]]:
    """Fold one character to (kind, code point) pairs.

    Canonical decomposition comes first and each part is folded by itself, so that NFC and
    NFD of a text fold alike.
    """
    folded = []
    for part in unicodedata.normalize("NFD", character):
        if kind(part) != KEPT:
            folded.append((kind(part), ord(part)))
            continue
        for piece in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", part).casefold()):
            stroked = STROKES.get(piece, piece)
            digit = unicodedata.decimal(stroked, None)
            letter = str(digit) if digit is not None else stroked
            folded.append((kind(letter), ord(letter)))
    content = [(what, point) for what, point in folded if what not in {IGNORED, SEPARATOR}]
    return content or [(folded[0][0], 0)]


def units(what: int, point: int) -> list[int]:
    """Give what a folded character is hashed as: numbers of 16 bits."""
    if what == MARK:
        return [point % FAST | MARK]
    if 0 <= point - ord("0") <= 9:
        return [DIGIT | point - ord("0")]
    return [point] if point < FAST else [1 + point // FAST, point % FAST]


def traits(character: str, entry: int) -> int:
    """Say what a character is, unfolded."""
    if not entry & (KEPT | SLOW) or entry & MARK:
        return 0
    value = unicodedata.decimal(character, None)
    if value is not None:
        return 1 << value
    if character in "ABCD":
        return 1 << ANSWERS.bit_length() - 4 + "ABCD".index(character)
    return LETTER | (CAPITAL if character.isupper() else 0)


def describe(point: int, pieces: list[int]) -> int:
    """Give the entry of a code point; what it folds to, if that is more, goes into ``pieces``."""
    folded = fold(chr(point))
    whats = {what for what, _ in folded}
    if whats <= {IGNORED, SEPARATOR}:
        return folded[0][0]
    kinds = SLOW | (LONE if LONE in whats else 0) | (MARK if whats == {MARK} else 0)
    made = [unit for what, target in folded for unit in units(what, target)]
    if len(made) > len(chr(point).encode()):  # no text may grow
        folded, made = [(KEPT, point)], units(KEPT, point)
    if len(made) == 1 and kinds == SLOW:
        return KEPT | made[0]
    if [target for _, target in folded] == [point]:
        return kinds | ITSELF
    pieces += made
    return kinds | len(made) * COUNT | len(pieces) - len(made)


def main() -> None:
    """Fold every code point below the limit and write the table."""
    pieces: list[int] = []
    points = [point for point in range(LIMIT) if not 0xD800 <= point < 0xE000]
    entries, looks = np.full(LIMIT, SEPARATOR, np.uint32), np.zeros(LIMIT, np.uint16)
    for point in points:
        entries[point] = describe(point, pieces)
        looks[point] = traits(chr(point), int(entries[point]))
    entries[RARE] = SLOW  # no character; stands for most of four bytes
    np.savez_compressed(
        TARGET,
        entries=entries,
        pieces=np.array(pieces, np.uint32),
        traits=looks,
        unicode=np.array(unicodedata.unidata_version),
    )
    print(f"{TARGET}: {TARGET.stat().st_size} bytes, Unicode {unicodedata.unidata_version}")


if __name__ == "__main__":
    main()
