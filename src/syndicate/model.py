"""The nouns: frozen values that the stages hand to each other.

Offsets are code points of the *original* text everywhere, so that
``original[removal.start:removal.end]`` and ``original[passage.a_start:passage.a_end]``
are the text meant.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal, Self
from urllib.parse import urlsplit

from syndicate.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Parameters
    ----------
    id
        Unique within a run.
    text
        The extracted text, line breaks kept where there are any.
    url, title, author
        As the page states them.
    source
        The site or outlet.
    published
        As `syndicate.times` reads it: ISO 8601, or as feeds or machines write times.
    original
        URL of the page that this one names as its article's original, as HTML may do.
    """

    id: str
    text: str
    url: str | None = None
    title: str | None = None
    source: str | None = None
    published: str | None = None
    author: str | None = None
    original: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is not text, naming the field."""
        for name in ("id", "text"):
            value = getattr(self, name)
            if not isinstance(value, str):
                message = f"document {name} must be a string, got {type(value).__name__}"
                raise DocumentError(message, path=str(self.id))

    @classmethod
    def from_mapping(cls, record: Mapping[str, object], *, default_id: str = "") -> Self:
        """Build a document from a record; fields it does not know are ignored.

        Parameters
        ----------
        record
            Has ``text`` and may have the other fields. Numbers become strings as ids,
            dates become ISO 8601.
        default_id
            Used when the record has neither ``id`` nor ``url``.

        Raises
        ------
        DocumentError
            If ``text`` is missing or not a string, or no id can be had.

        Examples
        --------
        >>> Document.from_mapping({"id": 7, "text": "Xin chào"}).id
        '7'
        """
        text = record.get("text")
        if not isinstance(text, str):
            message = f"a record needs a string 'text', got {type(text).__name__}"
            raise DocumentError(message, path=default_id)
        values = {name: plain(record.get(name)) for name in OPTIONAL_FIELDS}
        key = plain(record.get("id")) or values["url"] or default_id
        if not key:
            message = "a record needs an 'id' or a 'url'"
            raise DocumentError(message)
        return cls(id=key, text=text, **values)


OPTIONAL_FIELDS = tuple(field.name for field in fields(Document))[2:]


def plain(value: object) -> str | None:
    """Give a field's value as text, or None for what has no plain text.

    Dates become ISO 8601 and lists of strings are joined with commas; empty strings, NaN,
    booleans and nested records are None.
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value) or None
    nothing = value is None or value != value  # noqa: PLR0124 - only NaN differs from itself
    return None if nothing or isinstance(value, _NOT_PLAIN) else str(value)


_NOT_PLAIN = (bool, bytes, Mapping, list, tuple, set)


def host_of(url: str | None) -> str | None:
    """Give the host of a URL without its ``www.``; None where there is none.

    Examples
    --------
    >>> host_of("https://www.baotin.example/a?b=1"), host_of("http://[broken"), host_of(None)
    ('baotin.example', None, None)
    """
    try:
        host = urlsplit(url or "").hostname
    except ValueError:  # brackets that hold no address, letters that fold to a slash
        return None
    return host.removeprefix("www.") if host else None


def percent(part: float) -> int:
    """Give a part of one in whole percent, rounded down so that only all of it is 100.

    Examples
    --------
    >>> percent(0.29), percent(0.9971), percent(1.0)
    (29, 99, 100)
    """
    return math.floor(100 * part + 1e-9)


@dataclass(frozen=True, slots=True)
class Removal:
    """A span of the original text that stripping dropped.

    ``kind`` is one of caption, image-alt, credit, byline, dateline, lead-in, title-repeat,
    related-links, comments, furniture, legal, end-mark, site-template; ``reason`` names the
    rule and the marker that fired, for a reader.
    """

    start: int
    end: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Credit:
    """An outlet or agency that the text names as its source.

    ``how`` tells a ``dateline`` (the publisher's own mark at the head of the text) from a
    ``credit`` (a source line) and a ``mention`` (inside a sentence).
    """

    name: str
    how: Literal["dateline", "credit", "mention"]
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """Something the text states about itself, with its span in the original."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stripped:
    """A text without its clutter, and all that was taken out.

    ``text`` is the original with the removals cut out and nothing else changed. ``title`` is
    the one that was given, else what the text itself states; ``title_span`` is where the text
    states it.
    """

    original: str
    text: str
    removals: tuple[Removal, ...] = ()
    title: str | None = None
    title_span: tuple[int, int] | None = None
    byline: Field | None = None
    dateline: Field | None = None
    published: Field | None = None
    credits: tuple[Credit, ...] = ()

    @property
    def kept(self) -> tuple[tuple[int, int], ...]:
        """Spans of the original that make up ``text``, in order."""
        spans = []
        position = 0
        for removal in self.removals:
            if removal.start > position:
                spans.append((position, removal.start))
            position = removal.end
        if position < len(self.original):
            spans.append((position, len(self.original)))
        return tuple(spans)


class Relation(enum.StrEnum):
    """What it means that two documents share text."""

    EXACT = "exact"
    REPRINT = "reprint"
    EXCERPT = "excerpt"
    EMBEDDING = "embedding"
    ROUNDUP = "roundup"
    UPDATE = "update"
    TEMPLATE = "template"
    OVERLAP = "overlap"

    @property
    def joins(self) -> bool:
        """Whether documents so related belong in one cluster."""
        return self not in _NEVER_JOINS

    @property
    def partial(self) -> bool:
        """Whether only a part of one is in the other, so that containment is the measure."""
        return self in _PARTIAL


_PARTIAL = frozenset({Relation.EXCERPT, Relation.EMBEDDING, Relation.ROUNDUP, Relation.OVERLAP})
_NEVER_JOINS = frozenset({Relation.ROUNDUP, Relation.TEMPLATE, Relation.OVERLAP})


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text that two documents share, with offsets into both originals."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    words: int
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """Two documents that share text, verified on their exact shingle sets.

    ``containment_a`` is the part of a's distinct shingles that b holds; ``shared`` counts
    the distinct shingles in both.
    """

    a: str
    b: str
    relation: Relation
    jaccard: float
    containment_a: float
    containment_b: float
    shared: int
    reason: str = ""
    passages: tuple[Passage, ...] = ()

    @property
    def containment(self) -> float:
        """The larger of both containments."""
        return max(self.containment_a, self.containment_b)


@dataclass(frozen=True, slots=True)
class Member:
    """A document of a cluster, as it relates to the cluster's canonical one.

    Parameters
    ----------
    id, relation
        The document, and what it is to the canonical one.
    jaccard, containment
        As `Match` has them, of both documents.
    contained
        Part of its shingles that the canonical one holds: little of a page that brings that text
        amid others.
    """

    id: str
    relation: Relation
    jaccard: float
    containment: float
    contained: float = 1.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents that were each verified against ``canonical``; ``members`` excludes it."""

    id: str
    canonical: str
    members: tuple[Member, ...]

    @property
    def cohesion(self) -> float:
        """How much of their text members share with the canonical document, on average."""
        return sum(member.containment for member in self.members) / max(len(self.members), 1)

    @property
    def weakest(self) -> Member:
        """The member that shares least with the canonical document."""
        return min(self.members, key=lambda member: (member.containment, member.jaccard))


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be read, and why."""

    id: str
    error: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A directed edge: ``copy`` took its text from ``source``.

    ``virtual`` marks a source whose own text we do not hold, such as an agency.
    """

    source: str
    copy: str
    confidence: float
    evidence: tuple[str, ...]
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an index says of a page.

    Parameters
    ----------
    id
        The page's.
    status
        ``new``; a relation's value for the strongest of the matches (``exact``, ``reprint``,
        ``excerpt``, ``embedding``, ``roundup``, ``update``, ``template``, ``overlap``); or
        ``boilerplate_only`` where stripping left no word.
    matches
        With known documents, strongest first; ``a`` is the page.
    cluster
        Id of the document that stands for the page's cluster: the earliest known copy that
        the page itself was verified against, or the page itself.
    notes
        What was left out to keep the cost of one page bounded, and whether the page took the place
        of another text of its id.
    """

    id: str
    status: str
    matches: tuple[Match, ...] = ()
    cluster: str = ""
    notes: tuple[str, ...] = ()

    @property
    def of(self) -> str | None:
        """Id of the strongest match's document, or None."""
        return self.matches[0].b if self.matches else None

    @property
    def match(self) -> Match | None:
        """The strongest match, or None."""
        return self.matches[0] if self.matches else None

    @property
    def known(self) -> bool:
        """Whether the text, or most of it, was there before."""
        return any(match.relation.joins for match in self.matches)
