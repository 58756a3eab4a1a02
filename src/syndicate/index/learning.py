"""The furniture of sites, learned from the pages as they come.

What was learned is used from the 64th page of an index on, and learned anew whenever the
number of pages has doubled: so often that a new site is soon known, so seldom that it costs
next to nothing. Each time it is kept in the store, together with what others have learned.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from syndicate.errors import SyndicateError
from syndicate.index.codec import column
from syndicate.store.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syndicate.boilerplate import SiteTemplates
    from syndicate.model import Document
    from syndicate.store.contract import Store

FIRST = 64
"""Pages after which what was learned is first used."""
MOST_SITES = 1000
"""Sites learned of; a crawl of more has enough to do with rules."""
_WAITING = 16  # pages learned of at a time: one by one costs several times as much
_NOTE = "sites"


class Learner:
    """Learns furniture, and gives what was learned when it was last put to use.

    Parameters
    ----------
    store
        Where it is kept.

    Attributes
    ----------
    templates
        What strips pages now; None until enough is known.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._learned = _templates()
        self._waiting: list[tuple[bytes, str]] = []
        self._pages = 0
        self.templates: SiteTemplates | None = None
        self._take(store.note(_NOTE))

    @classmethod
    def of(cls, store: Store, strip: str) -> Self | None:
        """Give a learner where the settings ask for one."""
        return cls(store) if strip == "sites" else None

    def sites(self, documents: Sequence[Document]) -> list[str | None]:
        """Give the site of each document."""
        from syndicate.boilerplate import site_of  # noqa: PLC0415 - loads the markers

        return [site_of(document) for document in documents]

    def learn(self, documents: Sequence[Document]) -> None:
        """Learn from pages that are remembered."""
        with self._lock:
            for document, site in zip(documents, self.sites(documents), strict=True):
                if site is not None:
                    self._waiting.append((document.text.encode("utf-8", "replace"), site))
                if len(self._waiting) >= _WAITING:
                    self._learn()

    def left(self) -> int:
        """Give the pages with a site until other furniture is put to use."""
        with self._lock:
            due = max(FIRST, 1 << self._pages.bit_length())
            times = -(-(due - self._pages) // _WAITING)  # that those waiting are learned of
            return times * _WAITING - len(self._waiting)

    def _learn(self) -> None:
        known = set(self._learned.sites)
        texts, names = [], []
        for text, site in self._waiting:
            if site in known or len(known) < MOST_SITES:
                known.add(site)
                texts.append(text)
                names.append(site)
        self._learned.learn_batch(*column(texts), names)
        before, self._pages = self._pages, self._pages + len(self._waiting)
        self._waiting = []
        if _is_due(before, self._pages):
            self._put_to_use()

    def _put_to_use(self) -> None:
        """Take in what others learned, keep it all, and strip by it from now on.

        The pages are remembered by now, and somebody waits for their verdicts: if the store
        fails, it is given what was learned another time.
        """
        with suppress(SyndicateError):
            self._take(self._store.note(_NOTE))
            self._store.set_note(_NOTE, _packed(self._pages, self._learned.to_bytes()))
        used = _templates()
        used.merge(self._learned)
        self.templates = used

    def _take(self, note: bytes | None) -> None:
        """Add what a note of the store says."""
        if note is None:
            return
        pages, content = _unpacked(note)
        found = _templates().from_bytes(content, f"note {_NOTE}")
        self._learned.merge(found)
        self._pages = max(self._pages, pages)
        self.templates = self.templates or found


def _is_due(before: int, pages: int) -> bool:
    """Say whether what was learned is put to use after so many pages."""
    return pages >= FIRST and pages.bit_length() != before.bit_length()


def _templates() -> SiteTemplates:
    from syndicate.boilerplate import SiteTemplates  # noqa: PLC0415 - loads the markers

    return SiteTemplates()


def _packed(pages: int, content: bytes) -> bytes:
    import zstandard  # noqa: PLC0415 - only an index needs it

    return pages.to_bytes(8, "little") + zstandard.compress(content)


def _unpacked(note: bytes) -> tuple[int, bytes]:
    import zstandard  # noqa: PLC0415

    return int.from_bytes(note[:8], "little"), zstandard.decompress(note[8:])
