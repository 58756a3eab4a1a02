"""Furniture learned per site, safe from reprints.

A line is furniture when it recurs among *different* articles. Counting pages alone would
take out whatever was reprinted often; here the pages of a site are first put together by
article, by a sample of their prose, and a line counts once for each article.

Of each site only so many pages are remembered, those whose hashes are smallest. That bounds
memory, and makes the result the same whatever the order of the pages, and of files merged.
"""

from __future__ import annotations

import binascii
import contextlib
import math
import os
import pathlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import orjson
import xxhash

from syndicate.boilerplate.learned import Compiled, Table
from syndicate.boilerplate.lines import as_bytes, chunks
from syndicate.boilerplate.pages import pages
from syndicate.boilerplate.remembered import Site
from syndicate.errors import IndexFormatError, StoreError
from syndicate.model import host_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.model import Document

    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

FORMAT = "syndicate-sites"
VERSION = 3

_LEAST_ARTICLES = 3
_SHARE = 0.08
_COUNTED = 64
_RUN_SHARE = 0.05
_LEAST_RUN_ARTICLES = 6
_SURE_PART = 0.3
"""What stands with such a part of the articles is none's title; the kernel's own."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """A learned line: how it reads, and with how many different articles it stood."""

    line: str
    articles: int


class SiteTemplates:
    """The furniture of sites, learned from their pages.

    Examples
    --------
    >>> templates = SiteTemplates()
    >>> for story in ("Rain is near.", "The mayor left.", "A bridge opens."):
    ...     templates.learn("example.org", story + chr(10) + "Subscribe to our paper")
    >>> [furniture.line for furniture in templates.furniture("example.org")]
    ['Subscribe to our paper']
    """

    def __init__(self) -> None:
        self._sites: dict[str, Site] = {}
        self._compiled: Compiled | None = None

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites known, in order."""
        return tuple(sorted(self._sites))

    def pages(self, site: str) -> int:
        """Give the number of pages remembered of a site."""
        return len(self._sites[site].pages) if site in self._sites else 0

    def learn(self, site: str, text: str, *, day: int = 0) -> None:
        """Learn from one page of a site; ``day`` lets `forget` age it."""
        data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
        self.learn_batch(data, np.array([0, len(data)]), [site], day=day)

    def learn_batch(
        self,
        data: NDArray[np.uint8],
        offsets: Ints,
        sites: Sequence[str | None],
        *,
        day: int = 0,
    ) -> None:
        """Learn from a column of texts; one whose site is None or empty is left out.

        Parameters
        ----------
        data : ndarray of uint8
            UTF-8 of all texts.
        offsets : ndarray of int64, shape (n + 1,)
            Where each text starts and the last ends.
        sites
            The site of each.
        day
            Days since 1970, or any count that grows.
        """
        self._compiled = None
        wanted = list(self._wanted(data, offsets, sites))
        parts = [data[offsets[text] : offsets[text + 1]] for text, _, _ in wanted]
        bounds = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        joined = as_bytes(np.concatenate([np.empty(0, np.uint8), *parts]))
        for low, high, part, edges in chunks(joined, bounds):
            ids = [page for _, page, _ in wanted[low:high]]
            for doc, page, shown in pages(part, edges, ids, day):
                self._sites.setdefault(wanted[low + doc][2], Site()).add(page, shown)

    def _wanted(
        self, data: NDArray[np.uint8], offsets: Ints, sites: Sequence[str | None]
    ) -> Iterator[tuple[int, int, str]]:
        """Give the texts that may be remembered, each with its page id and its site.

        Most of a large site are not, and then need not be read.
        """
        view, bounds = data.data, offsets.tolist()
        for text, site in enumerate(sites):
            if site:
                page = xxhash.xxh3_64_intdigest(view[bounds[text] : bounds[text + 1]])
                if site not in self._sites or self._sites[site].wants(page):
                    yield text, page, site

    def merge(self, other: SiteTemplates) -> None:
        """Add what another has learned; the order of merging does not matter."""
        self._compiled = None
        for name, theirs in other._sites.items():
            mine = self._sites.setdefault(name, Site())
            for page in theirs.pages.values():
                mine.add(page, theirs.shown_by(page))

    def forget(self, before: int) -> None:
        """Forget pages learned before a day, and sites of which none is left."""
        self._compiled = None
        for name, site in list(self._sites.items()):
            site.forget(before)
            if not site.pages:
                del self._sites[name]

    def furniture(self, site: str) -> tuple[Furniture, ...]:
        """Give a site's learned lines, the most frequent first."""
        known = self._sites.get(site)
        if known is None:
            return ()
        counts = known.count()
        least = _least(counts.articles)
        found = [
            Furniture(known.shown[form][1], count)
            for form, count in counts.lines.items()
            if count >= least and form in known.shown
        ]
        return tuple(sorted(found, key=lambda one: (-one.articles, one.line)))

    @property
    def compiled(self) -> Compiled:
        """The learned lines and runs of all sites as sorted arrays."""
        if self._compiled is None:
            self._compiled = _compile(self._sites)
        return self._compiled

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file that a person can read and `load` can read back.

        The file is replaced as a whole or not at all.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        target = pathlib.Path(path)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        written = self.to_bytes()
        try:
            part.write_bytes(written)
            part.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            message = (
                f"cannot write {target}: {error.strerror}; free some space or write elsewhere"
            )
            raise StoreError(message) from error

    def to_bytes(self) -> bytes:
        """Give the content of such a file."""
        sites = {_spelled(name): self._sites[name].to_json() for name in self.sites}
        content = {"format": FORMAT, "version": VERSION, "sites": sites}
        for name in self.sites:
            sites[_spelled(name)]["furniture"] = [
                {"line": one.line, "articles": one.articles} for one in self.furniture(name)
            ]
        return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        IndexFormatError
            If the file is no such file, of another version, or damaged.
        """
        try:
            content = pathlib.Path(path).read_bytes()
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}; 'sites learn' writes such files"
            raise IndexFormatError(message) from error
        return cls.from_bytes(content, str(path))

    @classmethod
    def from_bytes(cls, written: bytes, path: str) -> Self:
        """Read the content of such a file; ``path`` says where it is from.

        Raises
        ------
        IndexFormatError
            As for `load`.
        """
        try:
            content = orjson.loads(written)
        except orjson.JSONDecodeError as error:
            message = f"{path} must be a readable file written by 'sites learn': {error}"
            raise IndexFormatError(message) from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            message = f"{path} must be a file written by 'sites learn'; it is something else"
            raise IndexFormatError(message)
        if content.get("version") != VERSION:
            message = (
                f"{path} must be of version {VERSION}, got {content.get('version')};"
                " learn it again with this version"
            )
            raise IndexFormatError(message)
        templates = cls()
        try:
            for name, stored in content["sites"].items():
                templates._sites[name] = Site.from_json(stored)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            message = f"{path} is damaged: {error!r}; learn it again"
            raise IndexFormatError(message) from error
        return templates


def site_of(document: Document) -> str | None:
    """Give the site of a document: its source, else the host of its URL, else its folder."""
    if document.source:
        return _spelled(document.source)
    if (host := host_of(document.url)) is not None:
        return host
    folder, slash, _ = document.id.partition("/")
    return folder if slash and "://" not in document.id else None


def _spelled(name: str) -> str:
    """Make a name fit for UTF-8."""
    return name.encode("utf-8", "replace").decode()


def _least(articles: int) -> int:
    """Give with how many different articles a line must stand to be furniture."""
    return max(_LEAST_ARTICLES, math.ceil(_SHARE * min(articles, _COUNTED)))


def _compile(sites: dict[str, Site]) -> Compiled:
    """Gather what was learned of all sites."""
    lines, runs = {}, {}
    for name, site in sites.items():
        counts = site.count()
        few = max(_LEAST_RUN_ARTICLES, _RUN_SHARE * counts.articles)
        runs[name] = _often(counts.runs, few, counts.articles)
        often = _often(counts.lines, _least(counts.articles), counts.articles)
        lines[name] = {key: _told(part, counts.heads[key]) for key, part in often.items()}
    glued = frozenset(name for name, found in runs.items() if found)
    return Compiled(Table.build(lines), Table.build(runs), glued)


def _told(part: float, titles: int) -> float:
    """Give what `Table` tells of a line that may be the title of so many articles.

    That of one is its own title too; what stands so above several is no title.
    """
    if titles == 1:
        return -part
    return max(part, _SURE_PART) if titles else part


def _often(counts: Counter[int], least: float, articles: int) -> dict[int, float]:
    """Give what stood with enough different articles, and with which part of all."""
    return {key: count / articles for key, count in counts.items() if count >= least}
