"""Making an index anew: from a damaged file, from an older one, with other settings."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from syndicate.errors import IndexFormatError, StoreError, SyndicateError
from syndicate.index import header
from syndicate.index.codec import unpack
from syndicate.index.core import Index
from syndicate.index.parts import BATCH
from syndicate.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syndicate.config import Config
    from syndicate.model import Document
    from syndicate.store.contract import Record


class Made(NamedTuple):
    """An index made anew.

    Attributes
    ----------
    documents
        How many it holds.
    lost
        How many could not be read.
    old
        Where the file before it is kept.
    """

    documents: int
    lost: int
    old: Path


def export(place: str | Path) -> Iterator[tuple[Document, float]]:
    """Give all documents of an index, also one that this version cannot search.

    Yields
    ------
    document
    at
        When it was remembered, in seconds since 1970.

    Raises
    ------
    IndexFormatError
        If its records are of another format.
    """
    for record in _records(place):
        yield unpack(record).document, record.at


def _records(place: str | Path) -> Iterator[Record]:
    store = open_store(place)
    try:
        described = store.header()
        if described is not None:
            _readable(header.read(described, str(place)), str(place))
        last = 0
        page: list[Record]
        while page := store.read(methodcaller("page", last, BATCH)):
            yield from page
            last = page[-1].doc
    finally:
        store.close()


def _readable(described: dict[str, object], place: str) -> None:
    if described.get("format") != header.FORMAT:
        message = (
            f"{place} holds records of format {described.get('format')!r}, this version reads "
            f"{header.FORMAT}; export it with version {described.get('library')}"
        )
        raise IndexFormatError(message)


def upgrade(path: str | Path, *, config: Config | None = None, secret: str | None = None) -> Made:
    """Sketch a file's documents anew, by this version and perhaps by other settings.

    Clusters stay as they are. The file before it stays beside it, named ``….old``.

    Parameters
    ----------
    path
        The file; nobody else may have it open.
    config
        Settings of the new one; those of the old one if not given.
    secret
        Of the new one.

    Raises
    ------
    IndexFormatError
        If its records are of another format.
    StoreError
        If someone has it open, or it is no file.
    """
    from syndicate.store.sqlite import SqliteStore  # noqa: PLC0415 - only files are made anew

    _must_exist(Path(path))
    store = SqliteStore(path)
    try:
        store.claim()
        described = header.read(store.header() or b"", str(path))
        _readable(described, str(path))
        if described.get("secret") and secret is None:
            message = f"{path} was made with a secret; give that, or another for the new file"
            raise IndexFormatError(message)
    finally:
        store.close()
    chosen = config or header.settings(described)
    return _make_anew(Path(path), _records(path), chosen, secret, ".old")


def repair(path: str | Path, *, config: Config | None = None, secret: str | None = None) -> Made:
    """Make an index anew from what can be read of a damaged file.

    The damaged file stays beside it, named ``….damaged``.

    Parameters
    ----------
    path
        The file; nobody else may have it open.
    config
        Settings, if those of the file cannot be read; by default the defaults.
    secret
        Of the file.

    Raises
    ------
    IndexFormatError
        If it is another program's file, or was made with another secret.
    StoreError
        If it is no SQLite file at all, or someone has it open.
    """
    from syndicate.store.salvage import salvage  # noqa: PLC0415 - only files are made anew

    _must_exist(Path(path))
    with salvage(Path(path)) as wreck:
        described = _described(wreck.header, str(path))
        if described is not None:
            header.check_secret(described, str(path), header.Secret.of(secret))
            config = config or header.settings(described)
        made = _make_anew(Path(path), _whole(wreck.records), config, secret, ".damaged")
        return made._replace(lost=max(wreck.said - made.documents, 0))


def _described(stored: bytes | None, place: str) -> dict[str, Any] | None:
    """Read a description; None if it is damaged, though the records may be well."""
    try:
        return header.read(stored or b"", place)
    except IndexFormatError:
        return None


def _must_exist(path: Path) -> None:
    if not path.is_file():
        message = f"{path} is no file; name an index on disk"
        raise StoreError(message)


def _whole(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        try:
            unpack(record)
        except SyndicateError:
            continue
        yield record


class _Clusters:
    """The clusters of records that are written anew, under new numbers in the same order."""

    def __init__(self) -> None:
        self._docs, self._clusters = array("q"), array("q")

    def noted(self, records: Iterable[Record]) -> Iterator[tuple[Document, float]]:
        """Give the documents of records with their times."""
        for record in records:
            self._docs.append(record.doc)
            self._clusters.append(record.cluster)
            yield unpack(record).document, record.at

    def __len__(self) -> int:
        """Count the records that came."""
        return len(self._docs)

    def anew(self) -> Iterator[tuple[int, int]]:
        """Give the new number of each member of a cluster, and of what stands for that."""
        groups = {abs(cluster) for cluster in self._clusters}
        new = {doc: number for number, doc in enumerate(self._docs, 1) if doc in groups}
        members = [
            (number, cluster) for number, cluster in enumerate(self._clusters, 1) if cluster
        ]
        leads = {-cluster: number for number, cluster in members if cluster < 0}
        for number, cluster in members:
            group = abs(cluster)
            lead = leads.setdefault(group, new.get(group, number))
            if number != lead:
                yield number, lead


def _make_anew(
    path: Path,
    records: Iterator[Record],
    config: Config | None,
    secret: str | None,
    suffix: str,
) -> Made:
    """Write a new file beside the old one, and swap them once it is whole."""
    from syndicate.store.sqlite import SqliteStore  # noqa: PLC0415 - only files are made anew

    draft, old = path.with_name(path.name + ".new"), path.with_name(path.name + suffix)
    if old.exists() or draft.exists():
        message = f"{old if old.exists() else draft} is in the way; move it away first"
        raise StoreError(message)
    clusters = _Clusters()
    try:
        with Index.open(draft, config=config, secret=secret) as index:
            index.restore(clusters.noted(records))
            index.compact()
            held = len(index)
        if held == len(clusters):
            store = SqliteStore(draft)
            store.regroup(clusters.anew())
            store.close()
    except BaseException:
        _unlink(draft)
        raise
    log, shared = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    path.rename(old)
    if log.exists():  # what of it is damaged may be read by other means
        log.rename(old.with_name(old.name + "-wal"))
    shared.unlink(missing_ok=True)
    draft.rename(path)
    return Made(held, 0, old)


def _unlink(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
