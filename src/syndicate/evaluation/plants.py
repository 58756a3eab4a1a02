"""Reprints planted in a corpus, so that what is found can be counted.

Each plant is made of real documents of the corpus itself and seeded noise. A plant knows its
sources and the relation that it ought to have to them.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syndicate.errors import ConfigError
from syndicate.model import Document, Relation

LEAST_WORDS = 120
"""Documents shorter than this are no sources."""
NUMBERS = 8
"""Numbers in a text that is made a form with others."""
PARAGRAPH = 50
"""Words of a paragraph where a text has none of its own."""

_STROKES = str.maketrans("đĐ", "dD")
_LEAD_INS = ("(Bản tin Miền Đông) - ", "(Northern Wire) - ", "Tin nhanh 24 - ", "By our staff: ")
_SOURCES = (
    "Nguồn: Bản tin Miền Đông",
    "Theo Nhật báo Bờ Nam",
    "Source: Northern Wire",
    "(Tổng hợp)",
)
_FOOTERS = (
    "Mời bạn đọc gửi ý kiến về hộp thư của tòa soạn. Xin cảm ơn.",
    "Đừng bỏ lỡ những bản tin mới nhất của chúng tôi mỗi sáng.",
    "Sign up for our newsletter to get the day's stories in the morning.",
)


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted document.

    Parameters
    ----------
    document
        To be added to the corpus.
    kind
        How it was made; a key of `KINDS`.
    sources
        Ids of the documents that it was made of.
    hosts
        Ids of others that stand around these parts.
    relations
        What its relation to each of them may be called.
    """

    document: Document
    kind: str
    sources: tuple[str, ...]
    relations: frozenset[Relation]
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Garden:
    """What plants are made of: the corpus, and the randomness of one plant."""

    documents: Sequence[Document]
    random: random.Random
    used: list[str] = field(default_factory=list)

    def other(self) -> Document:
        """Pick any document, and remember it."""
        document = self.random.choice(self.documents)
        self.used.append(document.id)
        return document

    def stray(self) -> str:
        """Pick a paragraph of any document."""
        return self.random.choice(paragraphs(self.other().text))

    def noisy(self, parts: list[str]) -> str:
        """Add two stray paragraphs, a lead-in, a source line and a footer."""
        pick = self.random
        parts = [pick.choice(_LEAD_INS) + parts[0], *parts[1:]]
        for _ in range(2):
            parts.insert(pick.randrange(1, len(parts) + 1), self.stray())
        return "\n".join([*parts, pick.choice(_SOURCES), pick.choice(_FOOTERS)])

    def changed(self, text: str, rate: float) -> str:
        """Put other words of the corpus in the place of some."""
        others = self.other().text.split()
        pick = self.random

        def other(match: re.Match[str]) -> str:
            return pick.choice(others) if pick.random() < rate else match.group()

        return re.sub(r"\S+", other, text)


def paragraphs(text: str) -> list[str]:
    """Cut a text into its paragraphs, or into pieces of 50 words if it has hardly any."""
    parts = [part for part in text.split("\n") if part.strip()]
    words = text.split()
    if len(parts) > 1 and len(parts) * 3 * PARAGRAPH >= len(words):
        return parts
    return [" ".join(words[at : at + PARAGRAPH]) for at in range(0, len(words), PARAGRAPH)]


def _first(text: str, part: float) -> str:
    """Take the head of a text, a part of its words, line breaks kept."""
    words = list(re.finditer(r"\S+", text))
    return text[: words[max(1, round(part * len(words))) - 1].end()] if words else text


def _copy(source: Document, garden: Garden) -> str:  # noqa: ARG001 - one form for all
    return source.text


def _noise(source: Document, garden: Garden) -> str:
    return garden.noisy(paragraphs(source.text))


def _abridged(part: float) -> Make:
    def make(source: Document, garden: Garden) -> str:
        return garden.noisy(paragraphs(_first(source.text, part)))

    return make


def _lead(source: Document, garden: Garden) -> str:  # noqa: ARG001 - one form for all
    return " ".join(source.text.split()[:45])


def _embedded(source: Document, garden: Garden) -> str:
    parts = paragraphs(source.text)
    size = len(source.text.split())
    around: list[str] = []
    while sum(len(part.split()) for part in around) < 0.8 * size:
        around.append(garden.stray())
    cut = garden.random.randrange(len(around) + 1)
    return garden.noisy([*around[:cut], *parts, *around[cut:]])


def _rewritten(rate: float) -> Make:
    def make(source: Document, garden: Garden) -> str:
        return garden.changed(source.text, rate)

    return make


def _half(source: Document, garden: Garden) -> str:
    return garden.noisy(paragraphs(garden.changed(_first(source.text, 0.5), 0.1)))


def _toneless(source: Document, garden: Garden) -> str:  # noqa: ARG001 - one form for all
    return "".join(
        character
        for character in unicodedata.normalize("NFD", source.text)
        if not unicodedata.combining(character)
    ).translate(_STROKES)


def _decomposed(source: Document, garden: Garden) -> str:  # noqa: ARG001 - one form for all
    return unicodedata.normalize("NFD", source.text)


def _form(source: Document, garden: Garden) -> str:
    pick = garden.random
    return re.sub(r"\d", lambda _: str(pick.randrange(10)), source.text)


def _quoted(source: Document, garden: Garden) -> str:
    longest = max(paragraphs(source.text), key=len)
    host = paragraphs(garden.other().text)
    host.insert(garden.random.randrange(len(host) + 1), longest)
    return "\n".join(host)


def _updated(source: Document, garden: Garden) -> str:
    return source.text + "\n" + garden.changed(garden.stray(), 0.5)


Make = Callable[[Document, Garden], str]

_WHOLE = frozenset({Relation.REPRINT, Relation.EXACT, Relation.UPDATE})
_PART = frozenset({Relation.EXCERPT, Relation.EMBEDDING, Relation.REPRINT})

KINDS: dict[str, tuple[Make, frozenset[Relation]]] = {
    "copy": (_copy, _WHOLE),
    "noise": (_noise, _WHOLE | _PART),
    "abridged to 60 %": (_abridged(0.6), _PART),
    "abridged to 35 %": (_abridged(0.35), _PART),
    "first 45 words": (_lead, frozenset({Relation.EXCERPT})),
    "embedded": (_embedded, _PART),
    "10 % of words changed": (_rewritten(0.1), _WHOLE),
    "20 % of words changed": (_rewritten(0.2), _WHOLE),
    "30 % of words changed": (_rewritten(0.3), _WHOLE),
    "half kept, 10 % changed": (_half, _PART),
    "tones lost": (_toneless, _WHOLE),
    "decomposed": (_decomposed, _WHOLE),
    "other facts": (_form, frozenset({Relation.TEMPLATE})),
    "paragraph quoted": (_quoted, frozenset({Relation.OVERLAP})),
    "updated": (_updated, frozenset({Relation.UPDATE})),
    "roundup": (_noise, frozenset({Relation.ROUNDUP})),
}
"""How plants are made, and what their relation to the source may be called."""


def plant(
    documents: Sequence[Document],
    *,
    kinds: Sequence[str] = tuple(KINDS),
    count: int = 100,
    seed: int = 0,
) -> list[Plant]:
    """Make plants of a corpus.

    Parameters
    ----------
    documents
        The corpus. Sources are drawn from its documents of 120 words or more, no source
        twice as long as there are enough.
    kinds
        Which plants to make; keys of `KINDS`.
    count
        How many of each kind; none with other facts where no document states `NUMBERS` of them.
    seed
        Equal seeds make equal plants.

    Raises
    ------
    ConfigError
        If a kind is unknown or no document is long enough.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        message = f"kinds of plants must be among {', '.join(KINDS)}, got {unknown[0]!r}"
        raise ConfigError(message)
    fitting = [document for document in documents if len(document.text.split()) >= LEAST_WORDS]
    if not fitting:
        message = f"plants need documents of {LEAST_WORDS} words or more, the corpus has none"
        raise ConfigError(message)
    draw = random.Random(seed)
    order = draw.sample(fitting, len(fitting))
    plants: list[Plant] = []
    for kind in kinds:
        for number in range(count):
            source = _fitting(kind, order, len(plants))
            if source is None:
                break
            garden = Garden(fitting, random.Random(f"{seed} {kind} {number}"))
            plants.append(_grow(kind, number, source, garden))
    return plants


def _fitting(kind: str, order: Sequence[Document], start: int) -> Document | None:
    """Take the next source in order; other facts need one that states some."""
    for step in range(len(order)):
        source = order[(start + step) % len(order)]
        if kind != "other facts" or len(re.findall(r"\d+", source.text)) >= NUMBERS:
            return source
    return None


def _grow(kind: str, number: int, source: Document, garden: Garden) -> Plant:
    """Make one plant."""
    make, relations = KINDS[kind]
    name = f"plant/{kind}/{number}"
    if kind == "roundup":
        sources = [source, garden.other(), garden.other()]
        text = "\n".join(paragraph for one in sources for paragraph in paragraphs(one.text))
        document = Document(id=name, text=text)
        return Plant(document, kind, tuple(one.id for one in sources), relations)
    text = make(source, garden)
    document = Document(id=name, text=text, title=source.title)
    if kind == "updated":
        document = replace(
            document, source=source.source, url=source.url, published=_later(source)
        )
    if kind == "updated" and not (document.url or (document.source and document.published)):
        relations = _WHOLE
    return Plant(document, kind, (source.id,), relations, tuple(garden.used))


def _later(source: Document) -> str | None:
    """Give a time two hours after a document's own."""
    try:
        time = datetime.fromisoformat(source.published or "")
    except ValueError:
        return None
    return (time + timedelta(hours=2)).isoformat()
