"""Web pages: the article's text, and what the page states of it and of its source."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import urljoin

from syndicate.config import Extractor
from syndicate.errors import ConfigError, DocumentError
from syndicate.io.batch import MAX_DOCUMENT, TOO_LONG
from syndicate.model import host_of

_META = {
    "syndication-source": "syndication-source",
    "original-source": "original-source",
    "og:site_name": "site",
    "og:title": "title",
    "article:published_time": "published",
    "og:url": "address",
    "article:author": "author",
    "author": "author",
}
_ORIGINALS = ("original-source", "syndication-source", "based-on", "canonical")
"""Hints that name an original, the plainest first."""
_BOM = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
_GAP = re.compile(r"\s*(?:\||::|»|·|—|–|\s-)\s+")
_LONGEST_TITLE = 500
_NESTED = 64
_ARTICLES = re.compile(r"Article|Posting|Report|WebPage", re.ASCII)

Tag = tuple[str, Mapping[str, str], str]
"""Name, attributes, text."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a page states of where its article comes from.

    ``kind`` is one of canonical, syndication-source, original-source, based-on, publisher.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page's article and what the page states of it; `record` is what a reader takes."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    hints: tuple[Hint, ...] = ()

    @property
    def record(self) -> dict[str, str | None]:
        """The fields of a `syndicate.Document`."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "hints"}
        return fields | {"original": self.original}

    @property
    def original(self) -> str | None:
        """The URL that the page names as its article's original, if that is another page."""
        stated = {hint.kind: hint.value for hint in self.hints}
        named = (stated.get(kind, "") for kind in _ORIGINALS)
        return next((value for value in named if "/" in value and value != self.url), None)


def extract(
    page: bytes | str, *, url: str | None = None, extractor: Extractor = "trafilatura"
) -> Page:
    """Take the article out of a page.

    Parameters
    ----------
    page
        HTML; of bytes the encoding is found out.
    url
        Where the page was found; its own canonical link counts more.
    extractor
        ``"trafilatura"`` finds the article best; ``"resiliparse"`` is about ten times
        faster and leaves more to strip.

    Raises
    ------
    ConfigError
        If the extra ``html`` is not installed, or there is no such extractor.
    DocumentError
        If the page is too long, or holds no text.
    """
    if len(page) > MAX_DOCUMENT:
        raise DocumentError(TOO_LONG, path=url or "")
    readers = {"trafilatura": _trafilatura, "resiliparse": _resiliparse}
    if extractor not in readers:
        message = f"extractor must be one of {', '.join(readers)}, got {extractor!r}"
        raise ConfigError(message)
    text, tags = readers[extractor](page)
    if not text.strip():
        message = "the page holds no article that could be found; give its text instead"
        raise DocumentError(message, path=url or "")
    return _page(text, tags, url)


def read_page(
    page: bytes | str, url: str | None = None, extractor: Extractor = "trafilatura"
) -> Page:
    """Extract for a reader: whatever a parser makes of a page costs that page alone.

    Raises
    ------
    ConfigError
        If the extra ``html`` is not installed.
    DocumentError
        If the page cannot be read, is too long, or holds no text.
    """
    try:
        return extract(page, url=url, extractor=extractor)
    except (ConfigError, DocumentError):
        raise
    except Exception as error:
        message = f"not read as a page: {type(error).__name__}: {error}"
        raise DocumentError(message) from error


def _load(name: str) -> Any:  # noqa: ANN401 - a module without types
    """Import a module of the extra."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = f"reading HTML needs the extra: pip install '.[html]' in the project ({error})"
        raise ConfigError(message) from error


def _trafilatura(page: bytes | str) -> tuple[str, list[Tag]]:
    """Extract with trafilatura; its tree is read only once."""
    library = _load("trafilatura")
    tree = library.load_html(page)
    if tree is None:
        return "", []
    tags: list[Tag] = [
        (str(node.tag), dict(node.attrib), node.text or "")
        for node in tree.iter("meta", "link", "script", "title")
    ]
    return library.extract(tree, include_comments=False) or "", tags


def _resiliparse(page: bytes | str) -> tuple[str, list[Tag]]:
    """Extract with resiliparse."""
    parse = _load("resiliparse.parse.html").HTMLTree
    if isinstance(page, bytes):
        encoding = _load("resiliparse.parse.encoding").detect_encoding(page)
        page = _BOM.sub(b"", page).decode(encoding, "replace")
    if _is_deep(page):
        message = f"not read as a page: more than {_DEEPEST} elements stand in each other"
        raise DocumentError(message)
    tree = parse.parse(page)
    tags: list[Tag] = [
        (node.tag, {name: node.getattr(name) or "" for name in node.attrs}, node.text)
        for node in (
            tree.head.query_selector_all("meta, link, script, title") if tree.head else ()
        )
    ]
    text = _load("resiliparse.extract.html2text").extract_plain_text(
        tree, main_content=True, alt_texts=False
    )
    return text, tags


_DEEPEST = 1000
_MANY_TAGS = 10_000
_NESTING = re.compile(
    r"<(/?)(?:div|span|section|article|main|aside|nav|header|footer|table|ul|ol|dl|blockquote|font"
    r"|center|form|fieldset|details|a|b|i|u|em|strong|small|big)\b",
    re.IGNORECASE,
)
"""Elements that are closed, as a rule; it takes resiliparse the square of their depth."""


def _is_deep(page: str) -> bool:
    """Say whether no article is written so; of fewer tags none costs much."""
    if page.count("<") < _MANY_TAGS:
        return False
    depths = accumulate(-1 if tag[1] else 1 for tag in _NESTING.finditer(page))
    return max(depths, default=0) > _DEEPEST


def _page(text: str, tags: list[Tag], url: str | None) -> Page:
    """Put together what the tags state."""
    stated: dict[str, str] = {}
    for kind, value in _stated(tags):
        stated.setdefault(kind, " ".join(value.split()))
    with suppress(ValueError):  # a link that is none stays as it stands
        if canonical := stated.get("canonical"):
            stated["canonical"] = urljoin(url or "", canonical)
    address = _own(url or stated.get("address"), stated.get("canonical"))
    host = host_of(address)
    hints = ("canonical", "syndication-source", "original-source", "based-on", "publisher")
    return Page(
        text=text,
        title=_heading(stated.get("title") or stated.get("tab"), text),
        author=stated.get("author"),
        published=stated.get("published"),
        source=stated.get("site") or stated.get("publisher") or host,
        url=address,
        hints=tuple(Hint(kind, stated[kind]) for kind in hints if stated.get(kind)),
    )


def _heading(title: str | None, text: str) -> str | None:
    """Give a page's title without the site's name after it, where that is a line of the text."""
    if title is None or len(title) > _LONGEST_TITLE:
        return title
    lines = {" ".join(line.split()) for line in text.split("\n")}
    parts = (title[: gap.start()] for gap in _GAP.finditer(title))
    return next((part for part in parts if part in lines), title)


def _own(found_at: str | None, canonical: str | None) -> str | None:
    """Give the page's own URL: its canonical one, unless that is on another site."""
    if found_at is None or canonical is None:
        return canonical or found_at
    return canonical if host_of(found_at) == host_of(canonical) else found_at


def _stated(tags: list[Tag]) -> Iterator[tuple[str, str]]:
    """Give what is stated, schema.org first."""
    for name, attributes, text in tags:
        if name == "script" and "ld+json" in attributes.get("type", ""):
            try:
                yield from _schema(json.loads(text), 0)
            except (ValueError, RecursionError):
                continue  # scripts are often broken; the page is not
    for name, attributes, text in tags:
        if name == "meta":
            key = (attributes.get("property") or attributes.get("name") or "").lower()
            if key in _META and attributes.get("content"):
                yield _META[key], attributes["content"]
        elif name == "link" and "canonical" in attributes.get("rel", "").lower().split():
            yield "canonical", attributes.get("href", "")
        elif name == "title" and text.strip():
            yield "tab", text


def _schema(value: Any, depth: int) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Give what schema.org states of articles, however nested."""
    if depth > _NESTED:
        return
    if isinstance(value, list):
        for one in value:
            yield from _schema(one, depth + 1)
    if not isinstance(value, dict):
        return
    yield from _schema(value.get("@graph"), depth + 1)
    if _ARTICLES.search(str(value.get("@type", ""))):
        for key, kind in (
            ("headline", "title"), ("datePublished", "published"), ("author", "author"),
            ("publisher", "publisher"), ("isBasedOn", "based-on"),
        ):  # fmt: skip
            name = _name(value.get(key))
            if name:
                yield kind, name


def _name(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Give the name or address of a thing that may be text, an object or a list."""
    if isinstance(value, list):
        return ", ".join(name for name in map(_name, value[:8]) if name)
    if isinstance(value, dict):
        value = value.get("name") or value.get("url") or value.get("@id") or ""
    return value if isinstance(value, str) else ""
