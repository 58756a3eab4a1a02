"""Web pages made of nothing, with what is article and what is page known line by line.

Sites have their own furniture in words that no marker table knows; every tenth article is
printed twelve times over on its site, each time with a few words changed. Counting lines
per site then takes the reprints for furniture; telling articles apart does not.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

_ONSETS = "t th tr c ch ng l m n v h đ b s x kh gi ph d g".split()
_RHYMES = "a an ang anh ăn ân ây e en ê ênh i in inh o on ong ô ôn ơi u un ung ư ưng".split()
_TONES = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"]
COPIES = 12
TOLD = 10
"""Every so-manieth article is printed COPIES times more."""


@dataclass(frozen=True)
class Made:
    """A page: its site, and each line with whether it is the article's."""

    site: str
    lines: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines)


def pages(sites: int = 12, articles: int = 30, seed: int = 7) -> list[Made]:
    """Make the pages of some sites, reprints among them, in no order."""
    rng = random.Random(seed)
    words = _vocabulary(rng)
    made = []
    for number in range(sites):
        site = _Site(f"site{number}.example", words, rng)
        for article in range(articles):
            body = site.article()
            made.append(site.page(body))
            if article % TOLD == 0:
                made += [site.page(_edited(body, words, rng)) for _ in range(COPIES)]
    rng.shuffle(made)
    return made


def _vocabulary(rng: random.Random) -> list[str]:
    made = {
        unicodedata.normalize("NFC", rng.choice(_ONSETS) + _toned(rng.choice(_RHYMES), rng))
        for _ in range(4000)
    }
    return sorted(made)


def _toned(rhyme: str, rng: random.Random) -> str:
    vowel = max(i for i, letter in enumerate(rhyme) if letter in "aăâeêioôơuưy")
    return rhyme[: vowel + 1] + rng.choice(_TONES) + rhyme[vowel + 1 :]


class _Site:
    """A site: its furniture, and the headlines its pages link to."""

    def __init__(self, name: str, words: list[str], rng: random.Random) -> None:
        self.name, self.words, self.rng = name, words, rng
        self.head = [self.some(2, 4).title() for _ in range(rng.randint(3, 8))]
        self.tail = [self.sentence(6, 24) for _ in range(rng.randint(2, 5))]
        self.middle = self.some(5, 9).capitalize()
        self.linked = [self.some(7, 12).capitalize() for _ in range(12)]

    def some(self, low: int, high: int) -> str:
        return " ".join(self.rng.choices(self.words, k=self.rng.randint(low, high)))

    def sentence(self, low: int = 12, high: int = 40) -> str:
        return self.some(low, high).capitalize() + "."

    def article(self) -> list[str]:
        return [
            " ".join(self.sentence() for _ in range(self.rng.randint(1, 3)))
            for _ in range(self.rng.randint(5, 14))
        ]

    def page(self, body: list[str]) -> Made:
        rng = self.rng
        lines = [(line, False) for line in self.head]
        for number, paragraph in enumerate(body):
            lines.append((paragraph, True))
            if rng.random() < 0.15:
                name = self.some(2, 3).title()
                form = rng.choice((" (Ảnh: {}).", ". Ảnh: {}", " - Ảnh: {}.", ". Photo: {}"))
                lines.append((self.some(6, 15).capitalize() + form.format(name), False))
            if number == len(body) // 2:
                lines.append((self.middle, False))
        links = rng.sample(self.linked, 4)
        head = rng.choice(("Tin liên quan", "Related articles", "Cùng chuyên mục"))
        lines += [(line, False) for line in (head, *links, *self.tail)]
        return Made(self.name, tuple(lines))


def _edited(body: list[str], words: list[str], rng: random.Random) -> list[str]:
    """Change a word in some paragraphs."""
    edited = list(body)
    for i in rng.sample(range(len(body)), 2):
        parts = edited[i].split(" ")
        parts[rng.randrange(1, len(parts) - 1)] = rng.choice(words)
        edited[i] = " ".join(parts)
    return edited
