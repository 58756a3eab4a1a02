"""What is known of a document beside its words."""

from __future__ import annotations

from syndicate.match.context import Standing, standing
from syndicate.match.days import HEAD, LENGTH, heading_of


class Beside:
    """A document's place and heading, worked out when they are first asked for.

    Parameters
    ----------
    url, source, published, title
        As `syndicate.model.Document` has them.
    text
        UTF-8.
    """

    __slots__ = ("_about", "_heading", "_standing", "_start")

    def __init__(
        self,
        url: str | None,
        source: str | None,
        published: str | None,
        title: str | None,
        text: bytes,
    ) -> None:
        self._about = url, source, published, title
        self._start = b"" if title else _start_of(text)
        self._standing: Standing | None = None
        self._heading: str | None = None

    @property
    def standing(self) -> Standing:
        """Its URL, site and time of publication."""
        if self._standing is None:
            self._standing = standing(*self._about[:3])
        return self._standing

    @property
    def heading(self) -> str:
        """Its title, or what stands for it."""
        if self._heading is None:
            self._heading = heading_of(self._about[3], self._start)
        return self._heading


def _start_of(text: bytes) -> bytes:
    """Give as much of a text as `heading_of` needs of it, in most cases its first line."""
    first = text[:4].decode("utf-8", "ignore")[:1]
    if not first or first.isspace():
        return text[:HEAD]
    return text[: text.find(b"\n", 0, 4 * LENGTH + 1) + 1]
