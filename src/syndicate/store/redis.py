"""The store on a Redis server, for fleets of crawlers.

Under one prefix stand the counter ``n`` of document numbers, the hash ``i`` from id to number,
strings ``r:N`` and ``p:N`` for each record and its keys, the sorted set ``at`` of times, a sorted
set ``c:N`` for each cluster, strings ``note:…``, and the postings: hashes ``k:…`` by the top 20
bits of a key, whose fields are the next 44 bits and whose values are document numbers of four
bytes each. So few entries to a hash keep Redis's compact form, a third of the room of one string
each.

A change is read first and committed by a script that starts over if another crawler has written
in between what this one should have seen: the same page under another URL, or the same id.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np

from syndicate.errors import ConfigError, StoreError
from syndicate.store import redis_scripts
from syndicate.store.contract import NEWEST, Asked, Looked, LookedAll, Postings, Record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from syndicate.store.contract import Change, View

Result = TypeVar("Result")

_TRIES = 200
_HEAD = struct.Struct("<dqII")  # at, cluster, checksum, bytes of the id
_ID = 120  # bytes that most ids do not exceed
_MOST = 65  # records that come along with the postings: as many as a page is compared with


class RedisStore:
    """Records and postings on a Redis server.

    Parameters
    ----------
    url
        As redis-py takes it, with an optional ``prefix`` in the query:
        ``redis://host:6379/0?prefix=crawl:``.

    Raises
    ------
    ConfigError
        If the extra ``redis`` is not installed.
    StoreError
        If the server cannot be reached.
    """

    def __init__(self, url: str) -> None:
        redis = _library()
        address, _, asked = url.partition("?")
        query = parse_qs(asked)
        self._prefix = query.pop("prefix", ["syndicate:"])[-1]
        rest = urlencode(query, doseq=True)
        self._errors = redis.RedisError
        try:
            parts = urlsplit(address)
            host = parts.hostname and f"{parts.hostname}:{parts.port or 6379}"
            self._place = f"{host or ''}{parts.path}"
            self._redis = redis.Redis.from_url(f"{address}?{rest}" if rest else address)
            self._redis.connection_pool.make_connection()
        except (ValueError, TypeError) as error:
            message = f"{url!r} is no URL of a Redis server: {error}"
            raise ConfigError(message) from error
        self._look = self._redis.register_script(redis_scripts.LOOK)
        self._commit = self._redis.register_script(redis_scripts.COMMIT)
        self._call(self._redis.ping)

    def _call(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except self._errors as error:
            message = f"the Redis server at {self._place} failed: {error}; check that it runs"
            raise StoreError(message) from error

    def header(self) -> bytes | None:
        """Read what `set_header` wrote; None if the store is new."""
        found: bytes | None = self._call(lambda: self._redis.get(self._prefix + "h"))
        return found

    def set_header(self, header: bytes) -> bytes:
        """Write the settings of a new store once; give those that stand."""
        self._call(lambda: self._redis.set(self._prefix + "h", header, nx=True))
        return self.header() or header

    def replace_header(self, header: bytes) -> None:
        """Write other settings over those that stand."""
        self._call(lambda: self._redis.set(self._prefix + "h", header))

    def note(self, name: str) -> bytes | None:
        """Read what `set_note` wrote under a name; None if there is nothing."""
        found: bytes | None = self._call(lambda: self._redis.get(f"{self._prefix}note:{name}"))
        return found

    def set_note(self, name: str, value: bytes) -> None:
        """Keep a few bytes under a name, in the place of what was there."""
        self._call(lambda: self._redis.set(f"{self._prefix}note:{name}", value))

    def read(self, work: Callable[[View], Result]) -> Result:
        """Do what only reads."""
        return self._call(lambda: work(self._change()))

    def write(self, work: Callable[[Change], Result]) -> Result:
        """Do what reads and writes as one step, again if another crawler got in between."""
        return self._call(lambda: self._write(work))

    def _write(self, work: Callable[[Change], Result]) -> Result:
        for _ in range(_TRIES):
            change = self._change()
            result = work(change)
            if change.commit(self._commit):
                return result
        message = f"{_TRIES} attempts were overtaken by other writers; try again"
        raise StoreError(message)

    def _change(self) -> _Change:
        return _Change(self._redis, self._prefix, self._look)

    def compact(self) -> None:
        """Do nothing: what a removed document took is given back at once."""

    def backup(self, path: Path) -> None:
        """Refuse: the server has its own way, and `index export` works with all stores."""
        message = f"Redis keeps its own backups (BGSAVE); to get a file, export to {path}"
        raise StoreError(message)

    def check(self) -> Iterator[str]:
        """Name what is damaged; nothing if all is well."""
        listed = self._call(lambda: self._redis.hvals(self._prefix + "i"))
        for doc in sorted(map(int, listed)):
            try:
                if not self.read(lambda view, doc=doc: view.fetch([doc])):  # type: ignore[misc]
                    yield f"document {doc} is listed and has no record"
            except StoreError as error:
                yield str(error)

    def stats(self) -> dict[str, int | float | str]:
        """Give figures about the server's memory."""
        used = self._call(lambda: self._redis.info("memory"))["used_memory"]
        return {"store": "redis", "place": self._place, "prefix": self._prefix, "bytes": used}

    def close(self) -> None:
        """Close the connections; harmless a second time."""
        self._redis.close()


class _Change:
    """What one unit of work reads, and what it will write."""

    def __init__(self, redis: Any, prefix: str, look: Any) -> None:  # noqa: ANN401 - as _library
        self._redis = redis
        self._prefix = prefix
        self._script = look
        self._known: int | None = None
        self._sent: dict[int, bytes | None] = {}
        self._removed: list[Record] = []
        self._stamped: dict[int, tuple[str, float]] = {}
        self._old: dict[int, float] = {}
        self._put: list[tuple[Record, NDArray[np.uint64]]] = []

    def look(self, asked: Asked) -> Looked:
        """Give an id's number and the postings of keys, in one round trip.

        With them come the records that a page will be compared with; a page like no other is
        put at once.
        """
        args: list[Any] = [self._prefix, NEWEST, asked.rare, asked.shared, _MOST]
        args += _given(asked.key, asked.record, asked.keys)
        known, number, stored, postings, records = self._script(
            keys=[self._prefix + "n"], args=args
        )
        self._known = int(known) if self._known is None else min(self._known, int(known))
        self._sent.update(zip(records[::2], records[1::2], strict=True))
        owners, docs = np.array(postings[::2], np.int64), postings[1::2]
        found = np.frombuffer(b"".join(docs), "<u4").astype(np.int64)
        places = np.repeat(owners, [len(value) // 4 for value in docs])
        return Looked(int(number), Postings(places, found), bool(stored))

    def look_all(self, ids: Sequence[str], keys: NDArray[np.uint64], _rare: int) -> LookedAll:
        """Give the numbers of ids and the postings of keys."""
        return LookedAll(self.numbers(ids), self.find(keys), np.zeros(len(keys), np.bool_))

    def find(self, keys: NDArray[np.uint64]) -> Postings:
        """Look keys up."""
        return self.look(Asked("", keys, len(keys), 1, None)).postings

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Give the numbers of ids; 0 where unknown."""
        if self._known is None:
            self._known = int(self._redis.get(self._prefix + "n") or 0)
        if not ids:
            return []
        found = self._redis.hmget(self._prefix + "i", [_bytes(key) for key in ids])
        return [int(value or 0) for value in found]

    def fetch(self, docs: Sequence[int]) -> list[Record]:
        """Read records in ascending order; numbers without one are passed over."""
        order = sorted(set(docs))
        if not order:
            return []
        wanted = [doc for doc in order if doc not in self._sent]
        if wanted:
            values = self._redis.mget([f"{self._prefix}r:{doc}" for doc in wanted])
            self._sent.update(zip(wanted, values, strict=True))
        held = [(doc, self._sent[doc]) for doc in order]
        return [_unpack(doc, value) for doc, value in held if value is not None]

    def heads(self, docs: Sequence[int], length: int) -> dict[int, bytes]:
        """Read the first bytes of records alone, unverified; numbers without one are left out."""
        most = _HEAD.size + _ID + length
        wanted = [doc for doc in docs if doc not in self._sent]
        pipeline = self._redis.pipeline(transaction=False)
        for doc in wanted:
            pipeline.getrange(f"{self._prefix}r:{doc}", 0, most - 1)
        starts = dict(zip(wanted, pipeline.execute(), strict=True)) if wanted else {}
        whole = [doc for doc in docs if doc not in starts]
        found = {}
        for doc, value in starts.items():
            begin = _HEAD.size + _HEAD.unpack_from(value)[-1] if value else 0
            if begin + length > most:  # behind a long id
                whole.append(doc)
            elif value:
                found[doc] = value[begin : begin + length]
        return found | {record.doc: record.body[:length] for record in self.fetch(whole)}

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents that have a number for their ``cluster``, ascending."""
        return [int(doc) for doc in self._redis.zrange(f"{self._prefix}c:{cluster}", 0, limit - 1)]

    def size(self) -> int:
        """Count the records."""
        return int(self._redis.hlen(self._prefix + "i"))

    def last(self) -> None:
        """Do not know: other writers may put before this change is committed."""

    def removals(self) -> None:
        """Do not know: another writer may remove between two requests."""

    def page(self, after: int, limit: int) -> list[Record]:
        """Read the records that follow a number."""
        last = int(self._redis.get(self._prefix + "n") or 0)
        found: list[Record] = []
        while after < last and len(found) < limit:
            step = list(range(after + 1, min(last, after + limit) + 1))
            found += self.fetch(step)
            after = step[-1]
        return found[:limit]

    def before(self, moment: float, limit: int) -> list[int]:
        """Give documents remembered before a moment, oldest first."""
        name = self._prefix + "at"
        found = self._redis.zrangebyscore(name, "-inf", f"({moment!r}", start=0, num=limit)
        docs = [int(doc) for doc in found]
        self._old.update(dict.fromkeys(docs, moment))
        return docs

    def put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> list[int]:
        """Store records under new numbers when the change is committed."""
        self._put += zip(records, keys, strict=True)
        return []

    def remove(self, docs: Sequence[int]) -> int:
        """Forget documents when the change is committed."""
        gone = {record.doc for record in self._removed}
        found = [record for record in self.fetch(docs) if record.doc not in gone]
        self._removed += found
        return len(found)

    def stamp(self, docs: Sequence[int], at: float) -> None:
        """Set when documents were remembered, of those that are there, on commit."""
        self._stamped.update((record.doc, (record.id, at)) for record in self.fetch(docs))

    def commit(self, script: Any) -> bool:  # noqa: ANN401 - as _library
        """Write it all; tell whether nobody else had got in between."""
        if not self._put and not self._removed and not self._stamped:
            return True
        known = (1 << 53) if self._known is None else self._known
        args: list[Any] = [self._prefix, known, NEWEST, len(self._removed)]
        for record in self._removed:
            before = self._old.get(record.doc, float("inf"))
            args += [record.doc, _bytes(record.id), record.cluster, repr(before)]
            self._stamped.pop(record.doc, None)
        args += [len(self._stamped)]
        for doc, (key, at) in self._stamped.items():
            args += [doc, _bytes(key), repr(at), struct.pack("<d", at)]
        for record, keys in self._put:
            args += _given(record.id, record, keys)
        return int(script(keys=[self._prefix + "n"], args=args)) == 0


def _given(key: str, record: Record | None, keys: NDArray[np.uint64]) -> list[Any]:
    """Lay out a record and its keys as the scripts take them."""
    body: list[Any] = [b"", 0, 0]
    if record is not None:
        body = [_pack(record), repr(record.at), record.cluster]
    return [_bytes(key), *body, keys.astype(">u8").tobytes()]


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _pack(record: Record) -> bytes:
    key = _bytes(record.id)
    return (
        _HEAD.pack(record.at, record.cluster, zlib.crc32(record.body), len(key))
        + key
        + record.body
    )


def _unpack(doc: int, value: bytes) -> Record:
    at, cluster, checksum, length = _HEAD.unpack_from(value)
    start = _HEAD.size + length
    body = value[start:]
    if zlib.crc32(body) != checksum:
        message = f"document {doc} is damaged: its checksum does not fit; remove it"
        raise StoreError(message)
    key = value[_HEAD.size : start].decode("utf-8", "surrogatepass")
    return Record(key, at, body, cluster, doc)


def _library() -> Any:  # noqa: ANN401 - redis-py types every answer as maybe awaitable
    """Import redis-py, which is optional."""
    try:
        return importlib.import_module("redis")
    except ImportError as error:
        message = "a redis:// index needs the extra: pip install '.[redis]' in the project"
        raise ConfigError(message) from error
