"""Made-up articles: words drawn by a seed, so that two share text only where a test says so."""

import random

_SYLLABLES = [
    "ba",
    "ca",
    "da",
    "đa",
    "ga",
    "ha",
    "la",
    "ma",
    "na",
    "pha",
    "qua",
    "ra",
    "sa",
    "ta",
    "tha",
    "va",
    "xa",
    "bê",
    "cơ",
    "dư",
    "mi",
    "nó",
    "ôm",
    "tư",
]


def words(seed, count):
    rng = random.Random(seed)
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) for _ in range(count)]


def story(seed, count=120):
    """Sentences of eleven words."""
    text = words(seed, count)
    return " ".join(f"{word.capitalize()}" if i % 11 == 0 else word for i, word in enumerate(text))
