"""What is known of a document beside its words."""

from __future__ import annotations

from functools import lru_cache

from syndicate.match.context import Standing, standing
from syndicate.match.days import HEAD, LENGTH, heading_of

Beside = tuple[str | None, str | None, str | None, str | None, bytes]
"""A document's url, source, published and title, as `syndicate.model.Document` has them, and as
much of its text, UTF-8, as may stand for its title.

A plain tuple of plain things, of which the garbage collector takes no note: an index holds many
thousands, and what is made of them is soon made."""
_COMPARED = 1 << 12  # documents of late: pages that follow share furniture with the same ones

_standing = lru_cache(_COMPARED)(standing)


def beside_words(
    url: str | None, source: str | None, published: str | None, title: str | None, text: bytes
) -> Beside:
    """Note what is known of a document beside its words."""
    return url, source, published, title, b"" if title else _start_of(text)


def standing_of(known: Beside) -> Standing:
    """Give a document's URL, site and time of publication."""
    return _standing(*known[:3])


def heading(known: Beside) -> str:
    """Give a document's title, or what stands for it."""
    return heading_of(*known[3:])


def _start_of(text: bytes) -> bytes:
    """Give as much of a text as `heading_of` needs of it, in most cases its first line."""
    first = text[:4].decode("utf-8", "ignore")[:1]
    if not first or first.isspace():
        return text[:HEAD]
    return text[: text.find(b"\n", 0, 4 * LENGTH + 1) + 1]
