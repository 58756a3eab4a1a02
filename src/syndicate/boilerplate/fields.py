"""What the removed parts of a text state: title, author, date, source."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from syndicate.model import Credit, Field, host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syndicate.model import Removal

_ENDS = '.!?…:;,"”)'
_EDGES = " \t\r\n|-–—:•*_,;(（)）[]【】>"
_LABEL = re.compile(r"^[^:：]{1,24}[:：]\s*(?=\S)")
_BY = re.compile(r"^by\s+(?=\S)", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"]+")
_BRACKETED = re.compile(r"[(（\[]([^()（）\[\]]{1,40})[)）\]]")
_STAMP = re.compile(r"^\W*\w{0,8}\W*(\d{4}-\d{2}(?:-\d{2})?)\W*$")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_NAMED = re.compile(
    r"(?<!\w)(?:(\d{1,2})\.?\s+([^\W\d_]{3,12})|([^\W\d_]{3,12})\.?\s+(\d{1,2})),?\s+(\d{4})"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_LONGEST_STAMP = 60
_LONGEST_TITLE = 26
_SHORTEST_TITLE = 4


def title_of(text: str, removals: Iterable[Removal]) -> Field | None:
    """Give the title that a text states: a line taken out as such, else a heading on top."""
    for removal in removals:
        if removal.kind == "title-repeat":
            return _line(text, removal.start, removal.end)
    top = next((line for line in text[:2000].splitlines() if line.strip()), "")
    start = text.find(top)
    words = len(top.split())
    is_heading = _SHORTEST_TITLE <= words <= _LONGEST_TITLE and top.strip()[-1] not in _ENDS
    return (
        _line(text, start, start + len(top))
        if is_heading and top.strip() != text.strip()
        else None
    )


def _line(text: str, start: int, end: int) -> Field:
    """Give a span without the space around it."""
    raw = text[start:end]
    value = raw.strip()
    start += len(raw) - len(raw.lstrip())
    return Field(value, start, start + len(value))


def byline_of(text: str, removals: Iterable[Removal]) -> Field | None:
    """Give the author's name, without the word before it."""
    for removal in removals:
        if removal.kind == "byline":
            field = _inner(text, removal.start, removal.end, _LABEL, _BY)
            if field is not None:
                return field
    return None


def dateline_of(text: str, removals: Iterable[Removal]) -> Field | None:
    """Give the outlet's mark before the text: ``(Dân trí)``, ``NEW YORK (AP)``."""
    for removal in removals:
        raw = text[removal.start : removal.end]
        if removal.kind == "lead-in" and not _stamp(raw):
            value = raw.rstrip(" \t-–—:\u00a0")
            return Field(value, removal.start, removal.start + len(value))
    return None


def published_of(text: str, removals: Iterable[Removal]) -> Field | None:
    """Give the date that stands alone on a line, as ISO 8601 where it can be read."""
    for removal in removals:
        stamp = _stamp(text[removal.start : removal.end]) if removal.kind == "lead-in" else None
        if stamp:
            return Field(stamp[1], removal.start + stamp.start(1), removal.start + stamp.end(1))
        if removal.kind == "dateline":
            field = _inner(text, removal.start, removal.end)
            if field is not None:
                return Field(_iso(field.value) or field.value, field.start, field.end)
    return None


def credits_of(text: str, removals: Iterable[Removal]) -> tuple[Credit, ...]:
    """Give the sources that removed lines and lead-ins name."""
    return tuple(credit for removal in removals for credit in _credits(text, removal))


def _credits(text: str, removal: Removal) -> Iterator[Credit]:
    start, end = removal.start, removal.end
    if removal.kind == "lead-in" and not _stamp(text[start:end]):
        bracketed = _BRACKETED.search(text, start, end)
        if bracketed:
            yield Credit(bracketed[1].strip(), "dateline", *bracketed.span(1))
        else:
            field = _inner(text, start, end)
            if field is not None:
                yield Credit(field.value, "dateline", field.start, field.end)
    elif removal.kind == "credit":
        url = _URL.search(text, start, end)
        field = _inner(text, start, end, _LABEL)
        if field is not None and url is not None and field.value.startswith(url[0]):
            name = host_of(url[0]) or url[0]
            yield Credit(name, "credit", field.start, field.end, url[0])
        elif field is not None:
            yield Credit(field.value, "credit", field.start, field.end, url[0] if url else None)


def _stamp(raw: str) -> re.Match[str] | None:
    """Read a crawler's stamp; what is longer is none, and would take its square in time."""
    return _STAMP.match(raw) if len(raw) <= _LONGEST_STAMP else None


def _inner(text: str, start: int, end: int, *prefixes: re.Pattern[str]) -> Field | None:
    """Give a span without signs at its edges and without what stands before the name."""
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip(_EDGES))
    value = raw.strip(_EDGES)
    if value.count("(") > value.count(")") and text.startswith(")", start + len(value)):
        value += ")"
    for prefix in prefixes:
        match = prefix.match(value)
        if match and not value.startswith("http"):
            start += match.end()
            value = value[match.end() :]
    return Field(value, start, start + len(value)) if value else None


def _iso(value: str) -> str | None:
    """Read a date: year first, or day first, or with an English month's name."""
    found = _YEAR_FIRST.search(value)
    if found:
        return _date(found[1], found[2], found[3])
    found = _YEAR_LAST.search(value)
    if found:
        day, month = (
            (found[1], found[2]) if int(found[2]) <= len(_MONTHS) else (found[2], found[1])
        )
        return _date(found[3], month, day)
    found = _NAMED.search(value)
    if found:
        month_name = (found[2] or found[3])[:3].lower()
        return _date(found[5], _MONTHS.get(month_name, 0), found[1] or found[4])
    return None


def _date(year: str, month: str | int, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
