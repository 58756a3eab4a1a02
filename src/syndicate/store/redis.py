"""The store on a Redis server, for fleets of crawlers.

Under one prefix stand the counter ``n`` of document numbers, the hash ``i`` from id to number,
a string ``r:N`` for each record, the sorted set ``at`` of times, a sorted set ``c:N`` for each
cluster, strings ``note:…``, and the postings: hashes ``k:…`` by the top 20 bits of a key, whose
fields are the next 44 bits and whose values are document numbers of four bytes each. So few
entries to a hash keep Redis's compact form, a third of the room of one string each.

A change is read first and committed by a script that starts over if another crawler has written
in between what this one should have seen: the same page under another URL, or the same id.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import numpy as np

from syndicate.errors import ConfigError, StoreError
from syndicate.store.contract import NEWEST, Postings, Record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from syndicate.store.contract import Change, View

Result = TypeVar("Result")

_TRIES = 200
_HEAD = struct.Struct("<dQII")  # at, cluster, checksum, bytes of the id
_FIND = """
local out = {redis.call('GET', KEYS[1]) or '0', redis.call('HGET', KEYS[2], ARGV[1]) or '0'}
for i = 3, #KEYS do
  local held = redis.call('HGET', KEYS[i], ARGV[i - 1])
  if held then
    out[#out + 1] = i - 3
    out[#out + 1] = held
  end
end
return out
"""
_COMMIT = """
-- ARGV: prefix, the counter when the change was read, newest; the removed documents as count,
-- (number, id, cluster)...; the records as (id, record, at, cluster, count, (hash, field)...)...
local prefix, known, newest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local current = tonumber(redis.call('GET', prefix .. 'n') or '0')
local at = 5
local gone = {}
for i = 1, tonumber(ARGV[4]) do
  if redis.call('HGET', prefix .. 'i', ARGV[at + 1]) ~= ARGV[at] then return -1 end
  gone[ARGV[at + 1]] = true
  at = at + 3
end
local first = at
while at <= #ARGV do
  if redis.call('HEXISTS', prefix .. 'i', ARGV[at]) == 1 and not gone[ARGV[at]] then return -1 end
  local count = tonumber(ARGV[at + 4])
  if current > known then
    for i = 1, count do
      local held = redis.call('HGET', prefix .. ARGV[at + 3 + 2 * i], ARGV[at + 4 + 2 * i])
      if held and struct.unpack('<I4', held, #held - 3) > known then return -1 end
    end
  end
  at = at + 5 + 2 * count
end
at = 5
for i = 1, tonumber(ARGV[4]) do
  redis.call('HDEL', prefix .. 'i', ARGV[at + 1])
  redis.call('DEL', prefix .. 'r:' .. ARGV[at])
  redis.call('ZREM', prefix .. 'at', ARGV[at])
  if ARGV[at + 2] ~= '0' then redis.call('ZREM', prefix .. 'c:' .. ARGV[at + 2], ARGV[at]) end
  at = at + 3
end
at = first
while at <= #ARGV do
  local doc = redis.call('INCR', prefix .. 'n')
  local packed = struct.pack('<I4', doc)
  redis.call('HSET', prefix .. 'i', ARGV[at], doc)
  redis.call('SET', prefix .. 'r:' .. doc, ARGV[at + 1])
  redis.call('ZADD', prefix .. 'at', ARGV[at + 2], doc)
  if ARGV[at + 3] ~= '0' then redis.call('ZADD', prefix .. 'c:' .. ARGV[at + 3], doc, doc) end
  local count = tonumber(ARGV[at + 4])
  for i = 1, count do
    local key, field = prefix .. ARGV[at + 3 + 2 * i], ARGV[at + 4 + 2 * i]
    local held = (redis.call('HGET', key, field) or '') .. packed
    if #held > 4 * newest then held = string.sub(held, -4 * newest) end
    redis.call('HSET', key, field, held)
  end
  at = at + 5 + 2 * count
end
return 0
"""


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
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self._prefix = query.pop("prefix", ["syndicate:"])[-1]
        rest = "&".join(f"{name}={value}" for name, values in query.items() for value in values)
        self._place = f"{parts.hostname}:{parts.port or 6379}{parts.path}"
        self._errors = redis.RedisError
        self._redis = redis.Redis.from_url(parts._replace(query=rest).geturl())
        self._find = self._redis.register_script(_FIND)
        self._commit = self._redis.register_script(_COMMIT)
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
        return _Change(self._redis, self._prefix, self._find)

    def compact(self) -> None:
        """Drop the postings of documents that were removed."""
        self._call(self._sweep)

    def _sweep(self) -> None:
        held = np.array(
            sorted(int(doc) for doc in self._redis.hvals(self._prefix + "i")), np.uint32
        )
        for key in self._redis.scan_iter(match=_literal(self._prefix) + "k:*", count=1000):
            for field, value in self._redis.hscan_iter(key):
                docs = np.frombuffer(value, "<u4")
                if not np.isin(docs, held).all():
                    self._prune(key, field)

    def _prune(self, key: bytes, field: bytes) -> None:
        script = """
        local held, kept = redis.call('HGET', KEYS[1], ARGV[2]) or '', ''
        for i = 1, #held, 4 do
          local doc = struct.unpack('<I4', held, i)
          if redis.call('EXISTS', ARGV[1] .. 'r:' .. doc) == 1 then
            kept = kept .. string.sub(held, i, i + 3)
          end
        end
        if kept == '' then redis.call('HDEL', KEYS[1], ARGV[2])
        else redis.call('HSET', KEYS[1], ARGV[2], kept) end
        """
        self._redis.eval(script, 1, key, self._prefix, field)

    def backup(self, path: Path) -> None:
        """Refuse: the server has its own way, and `index export` works with all stores."""
        message = f"Redis keeps its own backups (BGSAVE); to get a file, export to {path}"
        raise StoreError(message)

    def check(self) -> Iterator[str]:
        """Name what is damaged; nothing if all is well."""
        for doc in sorted(int(doc) for doc in self._redis.hvals(self._prefix + "i")):
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

    def __init__(self, redis: Any, prefix: str, find: Any) -> None:  # noqa: ANN401 - as _library
        self._redis = redis
        self._prefix = prefix
        self._script = find
        self._known: int | None = None
        self._looked: dict[str, int] = {}
        self._removed: list[Record] = []
        self._put: list[tuple[Record, NDArray[np.uint64]]] = []

    def look(self, key: str, keys: NDArray[np.uint64], rare: int) -> tuple[int, Postings]:
        """Give an id's number, 0 if unknown, and the postings of keys, in one round trip."""
        places = _places(keys)
        names = [self._prefix + name for name in ("n", "i", *(place for place, _ in places))]
        out = self._script(keys=names, args=[_bytes(key), *(field for _, field in places)])
        self._known = int(out[0]) if self._known is None else min(self._known, int(out[0]))
        owners, docs = out[2::2], out[3::2]
        counts = [len(value) // 4 for value in docs]
        found = np.frombuffer(b"".join(docs), "<u4").astype(np.int64)
        return int(out[1]), Postings(np.repeat(np.array(owners, np.int64), counts), found)

    def find(self, keys: NDArray[np.uint64]) -> Postings:
        """Look keys up."""
        return self.look("", keys, len(keys))[1]

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
        values = self._redis.mget([f"{self._prefix}r:{doc}" for doc in order])
        return [
            _unpack(doc, value)
            for doc, value in zip(order, values, strict=True)
            if value is not None
        ]

    def members(self, cluster: int, limit: int) -> list[int]:
        """Give the first documents of a cluster, ascending."""
        return [int(doc) for doc in self._redis.zrange(f"{self._prefix}c:{cluster}", 0, limit - 1)]

    def size(self) -> int:
        """Count the records."""
        return int(self._redis.hlen(self._prefix + "i"))

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
        return [int(doc) for doc in found]

    def put(self, records: Sequence[Record], keys: Sequence[NDArray[np.uint64]]) -> None:
        """Store records under new numbers when the change is committed."""
        self._put += zip(records, keys, strict=True)

    def remove(self, docs: Sequence[int]) -> int:
        """Forget documents when the change is committed."""
        gone = {record.doc for record in self._removed}
        found = [record for record in self.fetch(docs) if record.doc not in gone]
        self._removed += found
        return len(found)

    def commit(self, script: Any) -> bool:  # noqa: ANN401 - as _library
        """Write it all; tell whether nobody else had got in between."""
        if not self._put and not self._removed:
            return True
        known = (1 << 53) if self._known is None else self._known
        args: list[Any] = [self._prefix, known, NEWEST, len(self._removed)]
        for record in self._removed:
            args += [record.doc, _bytes(record.id), record.cluster]
        for record, keys in self._put:
            args += [_bytes(record.id), _pack(record), repr(record.at), record.cluster, len(keys)]
            for place in _places(keys):
                args += place
        return int(script(keys=[self._prefix + "n"], args=args)) == 0


def _places(keys: NDArray[np.uint64]) -> list[tuple[str, bytes]]:
    """Give the hash and the field in which each key stands."""
    hashes = (keys >> np.uint64(44)).tolist()
    fields = keys.astype(">u8").tobytes()
    return [
        (f"k:{number:05x}", fields[8 * place + 2 : 8 * place + 8])
        for place, number in enumerate(hashes)
    ]


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _literal(prefix: str) -> str:
    """Quote what a Redis pattern would read as its own signs."""
    return "".join("\\" + letter if letter in "*?[]\\^" else letter for letter in prefix)


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
        message = 'a redis:// index needs the extra: pip install "syndicate-news[redis]"'
        raise ConfigError(message) from error
