"""When something was published, as people and programs write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_EPOCH = re.compile(r"\d{10}(?:\.\d*)?|\d{13}")
_MILLISECONDS = 13  # digits of a time since 1970 in them


def published_time(value: str | None) -> datetime | None:
    """Read when something was published; None if that cannot be read.

    A time is ISO 8601, as feeds write it (RFC 5322), or seconds or milliseconds since 1970.
    Without a zone it counts as UTC.

    Examples
    --------
    >>> published_time("Thu, 12 Mar 2026 08:00:00 +0700").isoformat()
    '2026-03-12T08:00:00+07:00'
    >>> published_time("1773277200").isoformat(), published_time("yesterday")
    ('2026-03-12T01:00:00+00:00', None)
    """
    given = (value or "").strip()
    try:
        if _EPOCH.fullmatch(given):
            seconds = float(given) / (1000 if len(given) == _MILLISECONDS else 1)
            return datetime.fromtimestamp(seconds, UTC)
        time = _of_feed(given) if ":" in given and "," in given else datetime.fromisoformat(given)
        zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
        zoned.astimezone(UTC)  # fails where that is a year that cannot be written
    except (ValueError, OverflowError):
        return None
    return zoned


def _of_feed(given: str) -> datetime:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - for such times alone

    return parsedate_to_datetime(given)
