"""Write ``src/syndicate/boilerplate/characters.npz``: what each character means in a line.

The table ships with the package, so that a line reads alike under every Python, whatever
Unicode version its ``unicodedata`` holds.

    python tools/make_character_table.py
"""

from __future__ import annotations

import pathlib
import unicodedata
import zlib

import numpy as np

LIMIT = 0x10000
TARGET = pathlib.Path(__file__).parent.parent / "src/syndicate/boilerplate/characters.npz"

(
    WORD, UPPER, DIGIT, LONE, IGNORED, END, CLOSE, SPACE, OPEN, DASH, COLON,
) = (1 << bit for bit in range(21, 32))  # fmt: skip

# Scripts written without spaces: each letter is a token.
LONE_LETTERS = [
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x19E0, 0x19FF), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303C), (0x3041, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
]  # fmt: skip
SENTENCE_ENDS = set(".!?…。！？．؟۔।॥։።၊။៕‼⁇⁈⁉；;\u037e")
CLOSERS = set("\"'”’»›)]}）］】」』〉》〕｣")
OPENERS = set("([{（［【〔「『〈《")
DASHES = set("-–—―‒‐‑|/*•·｜－−_~>")
COLONS = set(":：>＞")
STROKES = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "ŧ": "t"}
COPYRIGHT = set("©ⓒ")


def signs(marks: str) -> int:
    """Sum the marks of a character: their order does not matter, as in NFC and NFD."""
    return sum(zlib.crc32(mark.encode()) & 0xFFFFFF for mark in marks) & 0xFFFFFFFF


def letter(character: str) -> tuple[int, int]:
    """Give a letter's entry and the sum of its marks."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))
    marks = "".join(c for c in decomposed if unicodedata.category(c) == "Mn")
    stroked = "".join(STROKES.get(c, c) for c in bare)
    code = ord(stroked) if len(stroked) == 1 else zlib.crc32(stroked.encode()) | 0x100000
    entry = WORD | (code & 0x1FFFFF)
    point = ord(character)
    if any(low <= point <= high for low, high in LONE_LETTERS) and not character.isdecimal():
        entry |= LONE
    if character.isupper() or character.istitle():
        entry |= UPPER
    if character.isdecimal():
        entry = WORD | DIGIT | (ord("0") + unicodedata.decimal(character))
    return entry, signs(marks) + (1 if stroked != bare else 0)


def describe(character: str) -> tuple[int, int]:  # noqa: PLR0911 - one class each
    """Give the entry of any character and the sum of its marks."""
    category = unicodedata.category(character)
    if category[0] in "LN":
        return letter(character)
    if character in COPYRIGHT:
        return WORD | LONE | ord("©"), 0
    if category == "Mn":
        return WORD | IGNORED, signs(unicodedata.normalize("NFD", character))
    if category == "Cf" or character == "\0":  # NUL stands for the trailing bytes of UTF-8
        return WORD | IGNORED, 0
    if ord(character) == LIMIT - 1:  # stands for all beyond the basic plane
        return 0, 0
    if category[0] == "M":
        return WORD | ord(character), 0
    if category[0] in "ZC":
        return SPACE, 0
    groups = ((SENTENCE_ENDS, END), (CLOSERS, CLOSE), (OPENERS, OPEN), (DASHES, DASH))
    entry = sum(bit for group, bit in groups if character in group)
    return entry | (COLON if character in COLONS else 0), 0


def main() -> None:
    """Describe every character of the basic plane."""
    entries = [describe(chr(point)) for point in range(LIMIT)]
    classes = np.array([entry for entry, _ in entries], np.uint32)
    marks = np.array([mark for _, mark in entries], np.uint32)
    np.savez_compressed(TARGET, classes=classes, marks=marks)


if __name__ == "__main__":
    main()
