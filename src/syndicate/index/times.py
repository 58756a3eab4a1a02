"""Lengths and moments of time, as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from syndicate.errors import ConfigError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def seconds(length: str | timedelta | None, name: str) -> float | None:
    """Read a length of time; None stays None.

    Parameters
    ----------
    length
        A number and a unit, ``"90s"``, ``"30m"``, ``"72h"``, ``"14d"`` or ``"2w"``, or a
        timedelta.
    name
        Of the setting, for the message.

    Raises
    ------
    ConfigError
        If it is neither, or not above zero.

    Examples
    --------
    >>> seconds("72h", "within")
    259200.0
    """
    if length is None:
        return None
    if isinstance(length, timedelta):
        found = length.total_seconds()
    else:
        read = _LENGTH.fullmatch(str(length).strip())
        found = float(read[1]) * _UNITS[read[2]] if read else 0.0
    if found <= 0:
        message = (
            f"{name} must be a number above zero and a unit (s, m, h, d, w), got {length!r}; "
            'try "14d"'
        )
        raise ConfigError(message)
    return found


def moment(when: str | datetime | timedelta, now: float) -> float:
    """Read a moment as seconds since 1970.

    Parameters
    ----------
    when
        A datetime or ISO 8601 (without a zone: UTC), or a length of time before ``now``.
    now
        Seconds since 1970.

    Raises
    ------
    ConfigError
        If it is none of these.
    """
    if isinstance(when, str) and not _LENGTH.fullmatch(when.strip()):
        try:
            when = datetime.fromisoformat(when.strip())
        except ValueError as error:
            message = f'before must be ISO 8601 or a length of time such as "14d", got {when!r}'
            raise ConfigError(message) from error
    if isinstance(when, datetime):
        zoned = when if when.tzinfo else when.replace(tzinfo=UTC)
        return zoned.timestamp()
    length = seconds(when, "before")
    if length is None:
        message = 'before must be ISO 8601 or a length of time such as "14d", got None'
        raise ConfigError(message)
    return now - length
