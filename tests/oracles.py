"""What the kernels must compute, in plain Python that imports nothing of ours."""

import unicodedata

MASK = (1 << 64) - 1
FACTORS = 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3
ROLL = 0xD6E8FEB86659FD93
STROKES = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "ŧ": "t"}
SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


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
    """Hash of a folded word: its letters, and digits with a bit of their own, four at a time."""
    return units_hash([0x8000 + int(c) if c in "0123456789" else ord(c) for c in word])


def units_hash(units):
    """Hash of the units of a token, as `syndicate.text.fold` describes them."""
    words = [
        sum(unit << 16 * i for i, unit in enumerate(units[start : start + 4]))
        for start in range(0, max(len(units), 8), 4)
    ]
    value = folded_product(words[0] ^ FACTORS[0], FACTORS[1])
    for word in words[1:]:
        value = folded_product(value ^ word, FACTORS[2])
    return value


def folded_product(one, other):
    """The upper 64 bits of a product of 128, xor the lower."""
    return one * other >> 64 ^ one * other & MASK


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


def units_of(point, entry, pieces):
    """What a character is hashed as, by its entry in the fold table; marks have bit 27."""
    kept, mark, itself = 1 << 30, 1 << 27, 1 << 26
    low = point & 0x7FFF
    if entry & kept:
        return [entry & 0xFFFF]
    if entry & itself:
        return (
            [low | mark] if entry & mark else [low] if low == point else [1 + (point >> 15), low]
        )
    first, count = entry & 0xFFFFF, entry >> 20 & 7
    return [int(piece) for piece in pieces[first : first + count]]


def table_tokens(text, entries, pieces):
    """Token hashes by what the entries of the fold table say, for any script."""
    separator, kept, slow, lone, mark = (1 << bit for bit in range(31, 26, -1))
    tokens, token, marks, alone = [], [], [], False
    for character in [*text, " "]:
        point = ord(character)
        point = point if point < len(entries) and point != 0xFFFF else len(entries) - 2
        entry = int(entries[point])
        letter = entry & kept or (entry & slow and not entry & mark)
        if entry & separator or (letter and (alone or entry & lone)):
            if token:
                tokens.append(token + sorted(marks))
            token, marks = [], []
        alone = bool(entry & lone) if letter or entry & separator else alone
        for unit in units_of(point, entry, pieces) if entry & (kept | slow) else []:
            if not unit & mark:
                token, marks = [*token, *sorted(marks), unit], []
            elif token:
                marks.append(unit & 0x7FFF)
    return [units_hash(token) for token in tokens]
