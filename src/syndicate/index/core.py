"""The crawler's index."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from syndicate.index import header
from syndicate.index.ahead import one_ahead
from syndicate.index.beside import standing_of
from syndicate.index.codec import unpack
from syndicate.index.judging import Judge, Judged
from syndicate.index.learning import Learner
from syndicate.index.parts import BATCH, document_of, parts
from syndicate.index.resent import unchanged
from syndicate.index.sketching import Sketched, Sketcher
from syndicate.index.times import moment, seconds
from syndicate.match.context import UNDATED
from syndicate.match.context import moment as published_moment
from syndicate.model import Document, Verdict
from syndicate.sketch.sample import SHARED
from syndicate.store import Durability, open_store
from syndicate.store.contract import Asked, Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from syndicate.config import Config
    from syndicate.index.known import Known
    from syndicate.store.contract import Change, Store, View

Item = TypeVar("Item")
Given = Document | Mapping[str, object]

_SWEEP = 4  # expired documents forgotten with each page seen


class Index:
    """Remembers articles, and tells of a page whether its text was there before.

    Open one with `Index.open`; it may be used by many threads, and one file or server by many
    processes.

    Examples
    --------
    >>> with Index.open("memory:") as index:
    ...     story = "The mayor opened the new bridge across the river on Monday morning"
    ...     first = index.seen(Document("a", story))
    ...     again = index.seen(Document("b", story + "."))
    >>> first.status, again.status, again.of
    ('new', 'exact', 'a')
    """

    def __init__(
        self,
        store: Store,
        sketcher: Sketcher,
        place: str,
        times: tuple[float | None, float | None],
    ) -> None:
        self._store = store
        self._sketcher = sketcher
        self._place = place
        self._ttl, self._within = times
        timeless = self._ttl is None and self._within is None
        self._judge = Judge(sketcher, self._alive, None if timeless else self._recent)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        config: Config | None = None,
        ttl: str | timedelta | None = None,
        within: str | timedelta | None = None,
        secret: str | None = None,
        durability: Durability = "process",
    ) -> Self:
        """Open an index, or make a new one.

        Parameters
        ----------
        place
            The path of an SQLite file, ``"memory:"``, or a Redis server,
            ``"redis://host:6379/0?prefix=crawl:"``.
        config
            Settings of a new index; those of an old one stand in it, and other ones are refused.
            The member that stands for a cluster is always the one that came first.
        ttl
            Forget documents this long after they were remembered: ``"14d"``.
        within
            Match only documents this far apart: ``"72h"`` between their times of publication, or,
            where one is not known, since the other was remembered.
        secret
            Keys all hashes, so that nobody who does not know it can write pages that collide.
            An index made with one is opened with it.
        durability
            Of a file: whether an acknowledged page survives the death of any ``"process"``, or
            also a loss of ``"power"``, for a disk flush a page.

        Raises
        ------
        ConfigError
            If a setting cannot work.
        IndexFormatError
            If it is no index, or one of another version, scheme, settings or secret.
        StoreError
            If it cannot be opened.
        """
        from syndicate.config import Config as Defaults  # noqa: PLC0415 - its name is taken here

        times = (seconds(ttl, "ttl"), seconds(within, "within"))
        hidden = header.Secret.of(secret)
        store = open_store(place, durability=durability)
        try:
            described = store.header() or store.set_header(
                header.write(config or Defaults(), hidden)
            )
            stored = header.verify(header.read(described, str(place)), str(place), config, hidden)
        except BaseException:
            store.close()
            raise
        learner = Learner.of(store, stored.strip)
        return cls(store, Sketcher(stored, hidden.key, learner), str(place), times)

    def __enter__(self) -> Self:
        """Give the index itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the file or the connection; harmless a second time."""
        self._store.close()

    @property
    def config(self) -> Config:
        """The settings it was made with."""
        return self._sketcher.config

    def seen(self, document: Given) -> Verdict:
        """Say what a page is, and remember it, in one atomic step.

        It is a `syndicate.Document`, or a mapping with ``id`` or ``url`` and ``text``, or ``html``
        of which the article is taken (with the extra ``html``), as `Config.extractor` says.

        A page whose id is known is compared with its own earlier version too, and takes its
        place if anything changed; else that one stays, remembered as of now.

        Raises
        ------
        DocumentError
            If it is no document, or too large to be remembered.
        StoreError
            If the store fails; nothing is remembered then.
        """
        page = self._sketcher.page(self._document(document))
        now = time.time()
        record = Record(page.document.id, now, page.body)

        def work(change: Change) -> tuple[Judged, Record | None, int | None]:
            looked = change.look(self._asked(page, record))
            judged = self._judge.verdict(page, looked, change, now)
            if judged.stays:
                change.stamp([looked.number], now)
            elif looked.number:
                change.remove([looked.number])
            if self._ttl is not None:
                change.remove(change.before(now - self._ttl, _SWEEP))
            if judged.stays:
                return judged, None, None
            if looked.stored:
                return judged, record, None
            stored = record._replace(body=judged.page.body, cluster=judged.cluster)
            numbers = change.put([stored], [judged.page.keys])
            return judged, stored.numbered(sum(numbers)), change.removals()

        judged, stored, removals = self._write(work)
        if stored is not None:
            self._judge.remembered(stored, judged.page, removals)
            self._sketcher.learn([page.document])
        return judged.verdict

    def seen_many(self, documents: Iterable[Given]) -> Iterator[Verdict]:
        """Say of each page what `seen` would, and remember it, in half of the time or less.

        Pages are taken some hundreds at a time, looked up and compared together, and remembered
        in one atomic step; then their verdicts are given, one for each page in the same order.
        Each page knows of those before it. Nothing is taken or remembered before the first
        verdict is asked for, and a batch is remembered whole even if not all its verdicts are
        taken. Of what follows one batch more is taken, and read by a second thread meanwhile; it
        is not remembered if no verdict of it is asked for.
        For pages that come one by one, and on Redis, `seen` is as fast.

        Raises
        ------
        DocumentError
            As for `seen`, after the verdicts of the pages before it.
        StoreError
            If the store fails; nothing of the batch in hand is remembered then. Also in a forked
            process, for verdicts of what was begun before.

        Examples
        --------
        >>> story = "The mayor opened the new bridge across the river on Monday morning"
        >>> with Index.open("memory:") as index:
        ...     pages = [Document("a", story), Document("b", story)]
        ...     [verdict.status for verdict in index.seen_many(pages)]
        ['new', 'exact']
        """
        if self._store.read(methodcaller("last")) is None:
            yield from map(self.seen, documents)
            return
        given = parts(documents, self._sketcher.learner, self.config.extractor)
        for pages in one_ahead(given, self._sketcher.sketch):
            yield from self._seen_together(pages)

    def _seen_together(self, pages: Sequence[Sketched]) -> list[Verdict]:
        now = time.time()

        def work(change: Change) -> tuple[list[Verdict], list[tuple[Sketched, Known]], int | None]:
            verdicts, fresh, same = self._judge.verdicts(pages, now, change)
            change.stamp(same, now)
            if self._ttl is not None:
                change.remove(change.before(now - self._ttl, _SWEEP * len(pages)))
            made = [Record(one.id, now, page.body, one.cluster) for page, one in fresh]
            change.put(made, [page.keys for page, _ in fresh])
            return verdicts, fresh, change.removals()

        verdicts, fresh, removals = self._write(work)
        self._judge.keep([known for _, known in fresh], removals)
        self._sketcher.learn([page.document for page, _ in fresh])
        return verdicts

    def query(self, document: Given) -> Verdict:
        """Say what a page is, and remember nothing.

        Raises
        ------
        DocumentError, StoreError
            As for `seen`.
        """
        page = self._sketcher.page(self._document(document))

        def work(view: View) -> Verdict:
            looked = view.look(self._asked(page, None))
            return self._judge.verdict(page, looked, view, time.time(), puts=False).verdict

        return self._store.read(work)

    def _asked(self, page: Sketched, record: Record | None) -> Asked:
        return Asked(page.document.id, page.keys, self._sketcher.first_sample, SHARED, record)

    def add(self, document: Given) -> None:
        """Remember a document without comparing it.

        Raises
        ------
        DocumentError, StoreError
            As for `seen`.
        """
        self.add_many([document])

    def add_many(self, documents: Iterable[Given]) -> int:
        """Remember documents without comparing them; of one id, the last stays.

        One that is known already, unchanged, stays where it is, remembered as of now.
        They are written some hundreds at a time; if one cannot be remembered, those before its
        batch are.

        Returns
        -------
        int
            How many were given.

        Raises
        ------
        DocumentError, StoreError
            As for `seen`.
        """
        given = iter(documents)
        count = 0
        while batch := list(islice(given, BATCH)):
            pages = {page.document.id: page for page in self._sketch(batch)}
            chosen = list(pages.values())
            fresh = self._write(partial(self._add, pages=chosen))
            self._sketcher.learn([page.document for page in fresh])
            count += len(batch)
        return count

    def _add(self, change: Change, pages: list[Sketched]) -> list[Sketched]:
        """Put pages; give those that were not there already, unchanged."""
        now = time.time()
        if self._ttl is not None:
            change.remove(change.before(now - self._ttl, _SWEEP * len(pages)))
        numbers = change.numbers([page.document.id for page in pages])
        same = unchanged(pages, numbers, change)
        change.stamp(list(same), now)
        change.remove([number for number in numbers if number and number not in same])
        pairs = zip(pages, numbers, strict=True)
        fresh = [page for page, number in pairs if number not in same]
        records = [Record(page.document.id, now, page.body) for page in fresh]
        change.put(records, [page.keys for page in fresh])
        return fresh

    def get(self, key: str) -> Document | None:
        """Give a remembered document by its id, or None."""
        found = self._records([key])
        return unpack(found[0]).document if found else None

    def known(self, keys: Iterable[str]) -> set[str]:
        """Give those of some ids that are known."""
        given = iter(keys)
        found: set[str] = set()
        while batch := list(islice(given, BATCH)):
            found.update(record.id for record in self._records(batch))
        return found

    def _records(self, keys: list[str]) -> list[Record]:
        """Read the records of those of some ids that are known."""
        found = self._store.read(lambda view: view.fetch([n for n in view.numbers(keys) if n]))
        return [record for record in found if self._alive(record)]

    def cluster(self, key: str) -> tuple[str, ...]:
        """Give the ids of the documents in a document's cluster, earliest first, at most 1,000.

        First comes the one that stands for it. Empty if it is not known; the document alone if
        it has no copies.
        """

        def alive(records: list[Record]) -> list[Record]:
            return [record for record in records if self._alive(record)]

        def work(view: View) -> tuple[str, ...]:
            found = alive(view.fetch([number for number in view.numbers([key]) if number]))
            if not found:
                return ()
            head = abs(found[0].cluster) or found[0].doc
            first = alive(view.fetch([head])) or alive(view.fetch(view.members(-head, 1)))
            members = alive(view.fetch(view.members(head, 999)))
            return tuple(record.id for record in [*first, *members])

        return self._store.read(work)

    def remove(self, key: str) -> bool:
        """Forget a document; tell whether it was known."""
        return self.remove_many([key]) == 1

    def remove_many(self, keys: Iterable[str]) -> int:
        """Forget documents by id; give how many of them were known."""
        given = iter(keys)
        count = 0
        while batch := list(islice(given, BATCH)):

            def work(change: Change, batch: list[str] = batch) -> int:
                return change.remove([number for number in change.numbers(batch) if number])

            count += self._write(work)
        return count

    def expire(self, *, before: str | datetime | timedelta) -> int:
        """Forget all documents remembered before a moment.

        Parameters
        ----------
        before
            A datetime or ISO 8601 (UTC if it names no zone), or a length of time up to now:
            ``"14d"``.

        Returns
        -------
        int
            How many were forgotten. What room they took is given back by `compact`.
        """
        limit = moment(before, time.time())
        count = 0
        while gone := self._write(lambda change: change.remove(change.before(limit, BATCH))):
            count += gone
        return count

    def __len__(self) -> int:
        """Count the documents, those past their time to live included until they are forgotten."""
        return self._store.read(lambda view: view.size())

    def __contains__(self, key: object) -> bool:
        """Tell whether an id is known."""
        return isinstance(key, str) and bool(self._records([key]))

    def __iter__(self) -> Iterator[Document]:
        """Give all documents in order of arrival; those added meanwhile may come too."""
        for record in self.records():
            yield unpack(record).document

    def records(self) -> Iterator[Record]:
        """Give all records of the store in order of arrival."""
        last = 0
        page: list[Record]
        while page := self._store.read(methodcaller("page", last, BATCH)):
            yield from (record for record in page if self._alive(record))
            last = page[-1].doc

    def merge(self, other: Index) -> int:
        """Add all documents of another index whose ids are not known here.

        Returns
        -------
        int
            How many were added. Each keeps the time at which the other one remembered it.
        """
        return self.restore((unpack(record).document, record.at) for record in other.records())

    def restore(self, documents: Iterable[tuple[Given, float]]) -> int:
        """Add documents whose ids are not known, as remembered at other times.

        Parameters
        ----------
        documents
            Each with its time, in seconds since 1970.

        Returns
        -------
        int
            How many were added.
        """
        given = iter(documents)
        count = 0
        while batch := list(islice(given, BATCH)):
            pages = self._sketch([document for document, _ in batch])
            stamped = {
                page.document.id: (page, at) for page, (_, at) in zip(pages, batch, strict=True)
            }
            count += self._write(partial(self._restore, pages=stamped))
            self._sketcher.learn([page.document for page in pages])
        return count

    def _restore(self, change: Change, pages: dict[str, tuple[Sketched, float]]) -> int:
        numbers = change.numbers(list(pages))
        held = change.fetch([number for number in numbers if number])
        known = {record.id for record in held if self._alive(record)}
        change.remove([record.doc for record in held if record.id not in known])
        fresh = [pair for key, pair in pages.items() if key not in known]
        records = [Record(page.document.id, at, page.body) for page, at in fresh]
        change.put(records, [page.keys for page, _ in fresh])
        return len(fresh)

    def stats(self) -> dict[str, Any]:
        """Give its size, settings and figures of the store."""
        found = header.read(self._store.header() or b"", self._place)
        known = {name: found[name] for name in ("format", "scheme", "library", "settings")}
        return {"documents": len(self), **self._store.stats(), **known}

    def compact(self) -> None:
        """Give back the room of what was removed."""
        self._store.compact()

    def backup(self, path: str | Path) -> None:
        """Copy a file, as it is now, while others go on.

        Raises
        ------
        StoreError
            If it is not a file, or ``path`` exists or cannot be written.
        """
        self._store.backup(Path(path))

    def check(self) -> list[str]:
        """Name all that is damaged; empty if nothing is."""
        return list(self._store.check())

    def _write(self, work: Callable[[Change], Item]) -> Item:
        from syndicate.index.rehearsal import rehearse  # noqa: PLC0415 - imports numba

        rehearse()
        return self._store.write(work)

    def _sketch(self, documents: list[Given]) -> list[Sketched]:
        return self._sketcher.sketch(list(map(self._document, documents)))

    def _document(self, given: Given) -> Document:
        return document_of(given, self.config.extractor)

    def _alive(self, record: Record | Known) -> bool:
        return self._ttl is None or record.at >= time.time() - self._ttl

    def _recent(self, known: Known, document: Document) -> bool:
        """Tell whether a document is near enough in time to match another."""
        if not self._alive(known):
            return False
        if self._within is None:
            return True
        one, other = published_moment(document.published), standing_of(known.beside).when
        if UNDATED in (one, other):
            return known.at >= time.time() - self._within
        return abs(one - other) <= self._within * 1e6
