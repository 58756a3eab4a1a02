"""Made-up articles: words drawn by a seed, so that two share text only where a test says so."""

import random

_SYLLABLES = tuple(
    "bacadađagahalamanaphàquarasatảthavàxabêcơdưmìnóômtư"[i : i + 2] for i in range(0, 50, 2)
)


def words(seed, count):
    rng = random.Random(seed)
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) for _ in range(count)]


def story(seed, count=120):
    """Sentences of eleven words."""
    text = words(seed, count)
    return " ".join(word.capitalize() if i % 11 == 0 else word for i, word in enumerate(text))
