"""Where an index keeps what it remembers: in memory, in an SQLite file, on a Redis server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from syndicate.store.contract import Store

__all__ = ["Durability", "open_store"]

Durability = Literal["process", "power"]


def open_store(place: str | Path, *, durability: Durability = "process") -> Store:
    """Open the store that a path or URL names.

    Parameters
    ----------
    place
        ``"memory:"``, ``"redis://host:6379/0?prefix=crawl:"`` (also ``rediss:`` and ``unix:``),
        or the path of an SQLite file, which is made if need be.
    durability
        Of an SQLite file: what an acknowledged write survives, the death of any ``"process"``
        or also a loss of ``"power"``, at the price of a disk flush for each write.

    Raises
    ------
    ConfigError
        If the URL is of another kind, or the library for it is not installed.
    StoreError
        If it cannot be opened.
    """
    name = str(place)
    scheme, found, _ = name.partition(":")
    if name == "memory:":
        from syndicate.store.memory import MemoryStore  # noqa: PLC0415 - one store is enough

        return MemoryStore()
    if scheme in {"redis", "rediss", "unix"} and found:
        from syndicate.store.redis import RedisStore  # noqa: PLC0415

        return RedisStore(name)
    if "://" in name:
        message = (
            f"an index is opened by 'memory:', 'redis://…' or a path, got {name!r}; "
            "for a file, give its path without a scheme"
        )
        raise ConfigError(message)
    from syndicate.store.sqlite import SqliteStore  # noqa: PLC0415

    return SqliteStore(Path(place), durability=durability)
