"""What an index says about itself, and whether it is the one asked for."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

import orjson

from syndicate.config import SCHEME, Config, SketchConfig
from syndicate.errors import ConfigError, IndexFormatError

FORMAT = 1
"""Of records and keys; a store has one of its own for its files."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as keyed hashing uses it.

    Attributes
    ----------
    key
        64 bits that the fold table is keyed with; 0 without a secret.
    check
        Tells this secret from others without giving it away; empty without one.
    """

    key: int = 0
    check: str = ""

    @classmethod
    def of(cls, text: str | None) -> Secret:
        """Derive it; None is no secret."""
        if text is None:
            return cls()
        if not text:
            message = "secret must not be empty; leave it out for the public scheme"
            raise ConfigError(message)
        made = hashlib.scrypt(
            text.encode(), salt=b"syndicate index", n=1 << 12, r=8, p=1, dklen=24
        )
        return cls(int.from_bytes(made[:8], "little") | 1, made[8:].hex())


def write(config: Config, secret: Secret) -> bytes:
    """Describe an index."""
    return orjson.dumps(
        {
            "format": FORMAT,
            "scheme": SCHEME,
            "library": metadata.version("syndicate-news"),
            "settings": asdict(config),
            "secret": secret.check,
        }
    )


def read(header: bytes, place: str) -> dict[str, Any]:
    """Read a description.

    Raises
    ------
    IndexFormatError
        If it is not one.
    """
    try:
        found: dict[str, Any] = orjson.loads(header)
        settings(found)
    except (ValueError, TypeError, KeyError) as error:
        message = f"{place} does not say what it is ({error}); `index repair` makes it anew"
        raise IndexFormatError(message) from error
    return found


def settings(found: dict[str, Any]) -> Config:
    """Give the settings of an index."""
    stored = dict(found["settings"])
    return Config(**{**stored, "sketch": SketchConfig(**stored["sketch"])})


def verify(found: dict[str, Any], place: str, config: Config | None, secret: Secret) -> Config:
    """Give the settings of an index if this version, these settings and this secret fit it.

    Raises
    ------
    IndexFormatError
        If not, with the remedy.
    """
    stored = settings(found)
    for name, wanted in (("format", FORMAT), ("scheme", SCHEME)):
        if found.get(name) != wanted:
            message = (
                f"{place} has {name} {found.get(name)!r} (written by version "
                f"{found.get('library')}), this version writes {wanted!r}; "
                "`index upgrade` sketches it anew"
            )
            raise IndexFormatError(message)
    check_secret(found, place, secret)
    if config is not None and config != stored:
        name = next(key for key, value in asdict(config).items() if asdict(stored)[key] != value)
        message = (
            f"{place} was made with {name} = {asdict(stored)[name]!r}, got "
            f"{asdict(config)[name]!r}; leave the settings out, or make it anew with "
            "these, by syndicate.index.upgrade"
        )
        raise IndexFormatError(message)
    return stored


def check_secret(found: dict[str, Any], place: str, secret: Secret) -> None:
    """Make sure that a secret is the one that an index was made with.

    Raises
    ------
    IndexFormatError
        If not.
    """
    if found.get("secret", "") != secret.check:
        message = (
            f"{place} was made with {'a' if found.get('secret') else 'no'} secret, and "
            f"{'another' if secret.check else 'none'} was given; give the one it was made with"
        )
        raise IndexFormatError(message)
