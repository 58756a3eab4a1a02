"""A Scrapy item pipeline that knows what was crawled before.

Switch it on in the settings of a project::

    ITEM_PIPELINES = {"syndicate.integrations.scrapy.SyndicatePipeline": 300}
    SYNDICATE_INDEX = "seen.db"  # or redis://host/0?prefix=crawl:
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem, NotConfigured

from syndicate.errors import ConfigError, DocumentError
from syndicate.index import Index
from syndicate.index.wire import verdict_record
from syndicate.model import OPTIONAL_FIELDS, Verdict

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

_LOG = logging.getLogger(__name__)
_ACTIONS = ("drop", "tag")
_COPIES = frozenset({"exact", "reprint", "excerpt", "embedding", "boilerplate_only"})
"""What is dropped: not an update, which is news, nor what only shares a form or a quote."""


class SyndicatePipeline:
    """Tags or drops items whose text was seen before, and remembers all others.

    Settings
    --------
    SYNDICATE_INDEX
        Path or URL of the index. Without it the pipeline is off.
    SYNDICATE_ON_REPRINT
        ``"drop"``, which raises ``DropItem`` with the reason, or ``"tag"`` (the default), which
        puts the verdict into a field of the item.
    SYNDICATE_FIELDS
        Which item field holds each field of a document, where the names differ:
        ``{"text": "body", "published": "date"}``. ``id`` falls back to ``url``, and where there
        is no ``text`` the article is taken out of ``html`` (with the extra ``html``).
    SYNDICATE_TAG_FIELD
        The field for the verdict, ``"syndicate"``.
    SYNDICATE_TTL, SYNDICATE_WITHIN
        As `syndicate.Index.open` takes them.

    The crawl's stats count ``syndicate/new``, ``syndicate/reprint`` and so on, and
    ``syndicate/dropped`` and ``syndicate/errors``. A thread asks the index, so that the reactor
    never waits. An item without an article, or too large, passes as it is and counts as an error.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._place: str = settings.get("SYNDICATE_INDEX") or ""
        if not self._place:
            message = "SYNDICATE_INDEX is not set"
            raise NotConfigured(message)
        self._action = _action(settings)
        names = dict.fromkeys(("id", "text", "html", *OPTIONAL_FIELDS))
        self._fields = names | settings.getdict("SYNDICATE_FIELDS")
        self._tag: str = settings.get("SYNDICATE_TAG_FIELD") or "syndicate"
        self._ttl: str | None = settings.get("SYNDICATE_TTL") or None
        self._within: str | None = settings.get("SYNDICATE_WITHIN") or None
        self._crawler = crawler
        self._index: Index | None = None
        self._thread = ThreadPoolExecutor(1, "syndicate")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the index; a crawl with one that cannot be opened does not begin."""
        self._index = Index.open(self._place, ttl=self._ttl, within=self._within)

    def close_spider(self) -> None:
        """Close the index once all items were answered."""
        self._thread.shutdown()
        if self._index is not None:
            self._index.close()

    async def process_item(self, item: Any) -> Any:  # noqa: ANN401 - items are of any kind
        """Ask the index about an item, then tag it, drop it, or let it pass."""
        adapter = ItemAdapter(item)
        loop = asyncio.get_running_loop()
        record = {name: adapter.get(field or name) for name, field in self._fields.items()}
        fixed = ItemAdapter.get_field_names_from_class(type(item))
        if self._action == "tag" and fixed is not None and self._tag not in fixed:
            self._count("errors")
            _LOG.error(
                "%s has no field %r for what the index says, which is not asked; declare it, or "
                "set SYNDICATE_TAG_FIELD", type(item).__name__, self._tag,
            )  # fmt: skip
            return item
        try:
            verdict = await loop.run_in_executor(self._thread, self._seen, record)
        except DocumentError as error:
            self._count("errors")
            _LOG.warning("%s", error)
            return item
        self._count(verdict.status)
        if self._action == "drop" and verdict.status in _COPIES:
            self._count("dropped")
            raise DropItem(_reason(verdict))
        if self._action == "tag":
            adapter[self._tag] = verdict_record(verdict)
        return item

    def _seen(self, record: dict[str, object]) -> Verdict:
        if self._index is None:
            message = "the spider has not been opened"
            raise DocumentError(message)
        return self._index.seen(record)

    def _count(self, what: str) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"syndicate/{what}")


def _action(settings: BaseSettings) -> str:
    action = settings.get("SYNDICATE_ON_REPRINT") or "tag"
    if action not in _ACTIONS:
        message = f"SYNDICATE_ON_REPRINT must be one of {', '.join(_ACTIONS)}, got {action!r}"
        raise ConfigError(message)
    return str(action)


def _reason(verdict: Verdict) -> str:
    """Say why an item is dropped."""
    if verdict.match is None:
        return f"{verdict.id}: no text is left without boilerplate"
    return (
        f"{verdict.id} is a known text: {verdict.status} of {verdict.of}, {verdict.match.reason}"
    )
