"""What is remembered of a site: some of its pages, and with how many articles things stood."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from syndicate.boilerplate.pages import SHOWN, Page, same_article

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

MOST_PAGES = 256
"""Pages remembered of a site."""
FEW_ARTICLES = 8
"""Of fewer articles no long line is counted: a story, its brief and a digest share paragraphs."""


@dataclass(slots=True)
class Counts:
    """Articles of a site, and with how many each line, run and possible title stood."""

    articles: int = 0
    lines: Counter[int] = field(default_factory=Counter)
    runs: Counter[int] = field(default_factory=Counter)
    heads: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Site:
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

    def forget(self, before: int) -> None:
        """Forget the pages learned before a day."""
        self.pages = {key: page for key, page in self.pages.items() if page.day >= before}
        holders: dict[int, int] = {}
        for key in sorted(self.pages, reverse=True):
            holders.update(dict.fromkeys(self.pages[key].forms.tolist(), key))
        self.shown = {
            form: (holders[form], text)
            for form, (_, text) in self.shown.items()
            if form in holders
        }

    def shown_by(self, page: Page) -> dict[int, str]:
        """Give how those lines read of which a page is the first that has them."""
        held = ((form, self.shown.get(form)) for form in page.forms.tolist())
        return {form: one[1] for form, one in held if one and one[0] == page.id}

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

    def count(self) -> Counts:
        """Count with how many different articles what is remembered stood."""
        counts = Counts()
        for article in self.articles():
            counts.articles += 1
            for counter, parts in (
                (counts.lines, [page.forms for page in article]),
                (counts.runs, [page.runs for page in article]),
                (counts.heads, [page.heads for page in article]),
            ):
                counter.update(np.unique(np.concatenate(parts)).tolist())
        if counts.articles < FEW_ARTICLES:
            for form in [form for form in counts.lines if not self._is_short(form)]:
                del counts.lines[form]
        return counts

    def _is_short(self, form: int) -> bool:
        """Tell whether a line is shown whole; long ones are cut, and very long ones not shown."""
        return len(self.shown.get(form, (0, " " * SHOWN))[1]) < SHOWN

    def to_json(self) -> dict[str, Any]:
        """Write the pages; hashes in base 64, little-endian."""
        stored = [
            {
                "id": f"{page.id:016x}",
                "day": page.day,
                "lines": _pack(page.forms),
                "runs": _pack(page.runs),
                "heads": _pack(page.heads),
                "sample": _pack(page.sample),
                "reads": {f"{form:016x}": text for form, text in self.shown_by(page).items()},
            }
            for _, page in sorted(self.pages.items())
        ]
        return {"pages": stored}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        site = cls()
        for one in stored["pages"]:
            page = Page(
                id=int(one["id"], 16),
                day=int(one["day"]),
                forms=_unpack(one["lines"]),
                runs=_unpack(one["runs"]),
                heads=_unpack(one["heads"]),
                sample=_unpack(one["sample"]),
            )
            site.add(page, {int(form, 16): str(text) for form, text in one["reads"].items()})
        return site


def _pack(keys: Keys) -> str:
    return base64.b64encode(keys.astype("<u8").tobytes()).decode()


def _unpack(text: str) -> Keys:
    return np.frombuffer(base64.b64decode(text, validate=True), "<u8").astype(np.uint64)
