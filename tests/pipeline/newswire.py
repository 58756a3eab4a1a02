"""Articles made of random sentences, and copies of them."""

import random

SYLLABLES = [c + v for c in "bcdglm" for v in "aeio"]


def sentence(rng, least=8, most=20):
    words = [
        "".join(rng.choices(SYLLABLES, k=rng.randint(1, 4)))
        for _ in range(rng.randint(least, most))
    ]
    return " ".join(words).capitalize() + "."


def article(rng, sentences=20):
    lines = [sentence(rng) for _ in range(sentences)]
    return "\n".join(" ".join(lines[i : i + 3]) for i in range(0, len(lines), 3))


def noisy(rng, text):
    lines = text.split("\n")
    lines.insert(rng.randrange(1, len(lines)), sentence(rng, 5, 9))
    return "\n".join([sentence(rng, 6, 9), *lines])


def newsroom(seed=0, originals=30, copies=3):
    """Give (id, text) pairs: some articles with noisy copies, some without."""
    rng = random.Random(seed)
    documents = []
    for number in range(originals):
        text = article(rng)
        documents.append((f"{number:03d}-0", text))
        if number % 3 == 0:
            documents += [(f"{number:03d}-{k}", noisy(rng, text)) for k in range(1, copies + 1)]
    return documents
