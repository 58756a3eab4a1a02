"""What the kernels must compute, in plain Python that imports nothing of ours."""

import unicodedata

MASK = (1 << 64) - 1
BASE = 0xD174DE841921A8C3
ROLL = 0xD6E8FEB86659FD93
STROKES = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "ŧ": "t"}
SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def splitmix(value):
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def mix(value, factor):
    value ^= value >> 32
    value = value * factor & MASK
    return value ^ (value >> 29)


def plain_words(text):
    """Words of Latin, Greek or Cyrillic text, folded the slow way."""
    out, word = [], []
    for character in unicodedata.normalize("NFD", text):
        category = unicodedata.category(character)
        if category in {"Mn", "Cf"}:
            continue
        folded = unicodedata.normalize("NFKD", character).casefold()
        folded = "".join(STROKES.get(c, c) for c in folded if unicodedata.category(c)[0] in "LN")
        if category[0] in "LN" and folded:
            word.append(folded)
        elif word:
            out.append("".join(word))
            word = []
    return [*out, "".join(word)] if word else out


def word_hash(word):
    """Hash of a folded word: a polynomial in the codes of its letters, mixed."""
    value = 0
    for character in word:
        value = (value * BASE + splitmix(ord(character))) & MASK
    return mix(value, 0xA0761D6478BD642F)


def shingle_hashes(words, size):
    """Hashes of the shingles of hashed words; fewer than ``size`` words make one."""
    if not words:
        return []
    starts = range(max(len(words) - size, 0) + 1)
    out = []
    for start in starts:
        value = 0
        for word in words[start : start + size]:
            value = (value * ROLL + word) & MASK
        out.append(mix(value, 0xE7037ED1A0B428DB))
    return out


def table_tokens(text, multiplier, addend):
    """Token hashes by the rule that the fold table's docstring states, for any script."""
    out, hashed, inside, alone = [], 0, False, False
    for character in text:
        point = ord(character) if ord(character) < len(multiplier) else len(multiplier) - 2
        factor, code = int(multiplier[point]), int(addend[point])
        if factor == 0 or (factor != 1 and alone):
            if inside:
                out.append(hashed)
            alone = factor == 0 and code != 0
            inside = alone or factor != 0
            hashed = code
        else:
            hashed = (hashed * factor + code) & MASK
            inside = inside or factor != 1
    if inside:
        out.append(hashed)
    return [mix(token, 0xA0761D6478BD642F) for token in out]
