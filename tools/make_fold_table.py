"""Write ``src/syndicate/text/fold.npz``, the table that folding uses.

The table ships with the package, so that a text folds alike under every Python, whatever
Unicode version its ``unicodedata`` holds. Run it again only together with a new
``syndicate.config.SCHEME``: every stored sketch depends on it.

    python tools/make_fold_table.py
"""

from __future__ import annotations

import pathlib
import unicodedata

import numpy as np

LIMIT = 0x40000
SEPARATOR, WORD, SINGLE, MARK, IGNORED = range(5)
DIGIT, UPPER = 1, 2
TARGET = pathlib.Path(__file__).parent.parent / "src" / "syndicate" / "text" / "fold.npz"

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
    """Classify one fully decomposed character."""
    point, category = ord(character), unicodedata.category(character)
    if category[0] == "M":
        return IGNORED if within(point, DROPPED_MARKS) else MARK
    if category == "Cf":
        return IGNORED
    if category[0] not in "LN":
        return SEPARATOR
    return SINGLE if category[0] == "L" and within(point, SINGLES) else WORD


def fold(character: str) -> list[tuple[int, int]]:
    """Fold one character to (kind, code point) pairs.

    Canonical decomposition comes first and each part is folded by itself, so that NFC and
    NFD of a text fold alike.
    """
    folded = []
    for part in unicodedata.normalize("NFD", character):
        if kind(part) in {MARK, IGNORED}:
            folded.append((kind(part), ord(part)))
            continue
        if within(ord(part), SINGLES) and kind(part) == SINGLE:
            folded.append((SINGLE, ord(part)))
            continue
        for piece in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", part).casefold()):
            stroked = STROKES.get(piece, piece)
            digit = unicodedata.decimal(stroked, None)
            letter = str(digit) if digit is not None else stroked
            folded.append((kind(letter), ord(letter)))
    content = [(what, point) for what, point in folded if what not in {IGNORED, SEPARATOR}]
    if content:
        return content
    return [(folded[0][0], 0)]


def main() -> None:
    """Fold every code point below the limit and write the table."""
    kinds = np.zeros(LIMIT, np.uint8)
    counts = np.zeros(LIMIT, np.uint8)
    traits = np.zeros(LIMIT, np.uint8)
    points: list[int] = []
    piece_kinds: list[int] = []
    for point in range(LIMIT):
        if 0xD800 <= point < 0xE000:
            continue
        traits[point] = DIGIT * chr(point).isdecimal() | UPPER * chr(point).isupper()
        pieces = fold(chr(point))
        if pieces[0][1] == 0:
            kinds[point] = pieces[0][0]
            continue
        counts[point] = len(pieces)
        points += [target for _, target in pieces]
        piece_kinds += [what for what, _ in pieces]
        whats = {what for what, _ in pieces}
        kinds[point] = SINGLE if SINGLE in whats else WORD if WORD in whats else MARK
    np.savez_compressed(
        TARGET,
        kinds=kinds,
        counts=counts,
        traits=traits,
        points=np.array(points, np.uint32),
        piece_kinds=np.array(piece_kinds, np.uint8),
        unicode=np.array(unicodedata.unidata_version),
    )
    print(f"{TARGET}: {TARGET.stat().st_size} bytes, Unicode {unicodedata.unidata_version}")


if __name__ == "__main__":
    main()
