"""Furniture learned per site, safe from reprints.

A line is furniture when it recurs among *different* articles. Counting pages alone would
take out whatever was reprinted often; here the pages of a site are first put together by
article, by a sample of their prose, and a line counts once for each article.

Of each site only so many pages are remembered, those whose hashes are smallest. That bounds
memory, and makes the result the same whatever the order of the pages, and of files merged.
"""

from __future__ import annotations

import base64
import binascii
import functools
import math
import os
import pathlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import numpy as np
import orjson

from syndicate.boilerplate.learned import Compiled, Table
from syndicate.boilerplate.lines import as_bytes, chunks
from syndicate.boilerplate.pages import Page, pages, same_article
from syndicate.errors import IndexFormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.model import Document

    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

FORMAT = "syndicate-sites"
VERSION = 1
MOST_PAGES = 256
"""Pages remembered of a site."""

_LEAST_ARTICLES = 3
_SHARE = 0.08
_COUNTED = 64
_RUN_SHARE = 0.05
_LEAST_RUN_ARTICLES = 6


@dataclass(frozen=True, slots=True)
class Furniture:
    """A learned line: how it reads, and with how many different articles it stood."""

    line: str
    articles: int


@dataclass(slots=True)
class _Site:
    """What is remembered of a site."""

    pages: dict[int, Page] = field(default_factory=dict)
    shown: dict[int, tuple[int, str]] = field(default_factory=dict)
    highest: int = 0

    def wants(self, page: int) -> bool:
        """Tell whether a page would be remembered."""
        return len(self.pages) < MOST_PAGES or page <= self.highest

    def add(self, page: Page, shown: dict[int, str]) -> None:
        """Remember a page, or one of the others in its stead."""
        known = self.pages.get(page.id)
        if known is not None:
            page = page if page.day > known.day else known
        self.pages[page.id] = page
        for form, text in shown.items():
            best = self.shown.get(form)
            if best is None or page.id < best[0]:
                self.shown[form] = (page.id, text)
        if len(self.pages) > MOST_PAGES:
            self.drop(max(self.pages))
        if len(self.pages) == MOST_PAGES:
            self.highest = max(self.pages)

    def drop(self, page: int) -> None:
        """Forget a page, and how lines read that no other has."""
        gone = self.pages.pop(page)
        for form in gone.forms.tolist():
            if self.shown.get(form, (None,))[0] == page:
                del self.shown[form]

    def articles(self) -> list[list[Page]]:
        """Put the pages together that hold the same article, around the one of least hash."""
        leaders: list[list[Page]] = []
        by_prose: dict[int, list[int]] = defaultdict(list)
        for key in sorted(self.pages):
            page = self.pages[key]
            near = Counter(at for prose in page.sample.tolist() for at in by_prose[prose])
            home = next(
                (at for at, _ in sorted(near.items()) if same_article(leaders[at][0], page)), None
            )
            if home is None:
                home = len(leaders)
                leaders.append([])
                for prose in page.sample.tolist():
                    by_prose[prose].append(home)
            leaders[home].append(page)
        return leaders

    def count(self) -> tuple[int, Counter[int], Counter[int]]:
        """Give the number of articles, and with how many each line and each run stood."""
        articles = self.articles()
        lines: Counter[int] = Counter()
        runs: Counter[int] = Counter()
        for article in articles:
            lines.update(np.unique(np.concatenate([page.forms for page in article])).tolist())
            runs.update(np.unique(np.concatenate([page.runs for page in article])).tolist())
        return len(articles), lines, runs


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
        self._sites: dict[str, _Site] = {}
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
        data, offsets = as_bytes(data), np.array(offsets, np.int64)
        for low, high, part, bounds in chunks(data, offsets):
            some = sites[low:high]
            found = pages(part, bounds, day, functools.partial(self._wants, some))
            for doc, page, shown in found:
                self._sites.setdefault(str(some[doc]), _Site()).add(page, shown)

    def _wants(self, sites: Sequence[str | None], doc: int, page: int) -> bool:
        """Tell whether a page of the site of text ``doc`` may be among those remembered."""
        site = sites[doc]
        return bool(site) and (site not in self._sites or self._sites[str(site)].wants(page))

    def merge(self, other: SiteTemplates) -> None:
        """Add what another has learned; the order of merging does not matter."""
        self._compiled = None
        for name, theirs in other._sites.items():
            mine = self._sites.setdefault(name, _Site())
            for page in theirs.pages.values():
                shown = {
                    f: theirs.shown[f][1]
                    for f in page.forms.tolist()
                    if theirs.shown.get(f, (0,))[0] == page.id
                }
                mine.add(page, shown)

    def forget(self, before: int) -> None:
        """Forget pages learned before a day, and sites of which none is left."""
        self._compiled = None
        for name, site in list(self._sites.items()):
            for page in [key for key, page in site.pages.items() if page.day < before]:
                site.drop(page)
            if not site.pages:
                del self._sites[name]

    def furniture(self, site: str) -> tuple[Furniture, ...]:
        """Give a site's learned lines, the most frequent first."""
        known = self._sites.get(site)
        if known is None:
            return ()
        articles, lines, _ = known.count()
        least = _least(articles)
        found = [
            Furniture(known.shown[form][1], count)
            for form, count in lines.items()
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
        """
        target = pathlib.Path(path)
        sites = {name: _to_json(self._sites[name]) for name in self.sites}
        content = {"format": FORMAT, "version": VERSION, "sites": sites}
        for name in self.sites:
            sites[name]["furniture"] = [
                {"line": one.line, "articles": one.articles} for one in self.furniture(name)
            ]
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        part.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
        part.replace(target)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        IndexFormatError
            If the file is no such file, of another version, or damaged.
        """
        try:
            content = orjson.loads(pathlib.Path(path).read_bytes())
        except (OSError, orjson.JSONDecodeError) as error:
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
                templates._sites[name] = _from_json(stored)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            message = f"{path} is damaged: {error!r}; learn it again"
            raise IndexFormatError(message) from error
        return templates


def site_of(document: Document) -> str | None:
    """Give the site of a document: its source, else the host of its URL, else its folder."""
    if document.source:
        return document.source
    if document.url:
        host = urlsplit(document.url).hostname
        if host:
            return host.removeprefix("www.")
    folder, slash, _ = document.id.partition("/")
    return folder if slash and "://" not in document.id else None


def _least(articles: int) -> int:
    """Give with how many different articles a line must stand to be furniture."""
    return max(_LEAST_ARTICLES, math.ceil(_SHARE * min(articles, _COUNTED)))


def _compile(sites: dict[str, _Site]) -> Compiled:
    """Gather what was learned of all sites."""
    lines, runs = {}, {}
    for name, site in sites.items():
        articles, line_counts, run_counts = site.count()
        few = max(_LEAST_RUN_ARTICLES, _RUN_SHARE * articles)
        lines[name] = _often(line_counts, _least(articles), articles)
        runs[name] = _often(run_counts, few, articles)
    glued = frozenset(name for name, found in runs.items() if found)
    return Compiled(Table.build(lines), Table.build(runs), glued)


def _often(counts: Counter[int], least: float, articles: int) -> dict[int, float]:
    """Give what stood with enough different articles, and with which part of all."""
    return {key: count / articles for key, count in counts.items() if count >= least}


def _to_json(site: _Site) -> dict[str, Any]:
    """Write a site's pages; hashes in base 64, little-endian."""
    stored = [
        {
            "id": f"{page.id:016x}",
            "day": page.day,
            "lines": _pack(page.forms),
            "runs": _pack(page.runs),
            "sample": _pack(page.sample),
            "reads": {
                f"{form:016x}": site.shown[form][1]
                for form in page.forms.tolist()
                if site.shown.get(form, (0,))[0] == page.id
            },
        }
        for _, page in sorted(site.pages.items())
    ]
    return {"pages": stored}


def _from_json(stored: dict[str, Any]) -> _Site:
    """Read a site's pages."""
    site = _Site()
    for one in stored["pages"]:
        page = Page(
            id=int(one["id"], 16),
            day=int(one["day"]),
            forms=_unpack(one["lines"]),
            runs=_unpack(one["runs"]),
            sample=_unpack(one["sample"]),
        )
        site.add(page, {int(form, 16): str(text) for form, text in one["reads"].items()})
    return site


def _pack(keys: Keys) -> str:
    return base64.b64encode(keys.astype("<u8").tobytes()).decode()


def _unpack(text: str) -> Keys:
    return np.frombuffer(base64.b64decode(text, validate=True), "<u8").astype(np.uint64)
