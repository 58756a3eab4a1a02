"""The day that a heading names, and whether two headings are of one form for other days.

What is printed every day by one form says in its heading which day it is of: "Weather on 12
March", "Giá vàng hôm nay 7/7: …". News do not: where their heads name other days, it is one
event's first and second day.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from syndicate.match.relation import DAYS, RULES, TOLD, TOLD_PART
from syndicate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from syndicate.match.align import EvidenceTable

    I64 = NDArray[np.int64]
    Headings = Callable[[I64], Sequence[str]]
    """Gives the headings of some texts, told by their numbers."""

LENGTH = 300
"""Letters of the longest heading."""
HEAD = 2048
"""Bytes of a text in which its heading may stand."""
SAME_FACTS = 0.8
"""Part of the facts of the text that has fewer that two reports share at most: a report that is
printed under the next day's heading has all of them."""
FORM = 2
"""Words of the shortest form before the day."""
ALIKE, ALIKE_WORDS = 0.75, 4
"""Part of the words that two headings share if the day comes first, and how many at least."""
_DAYS, _MONTHS = 31, 12

Day = tuple[int, int, int]
"""Month, day and year, 0 where it is not named."""


@dataclass(frozen=True)
class Heading:
    """What a heading says.

    Attributes
    ----------
    pieces
        What stands before, between and after the days, folded.
    days
        The days that it names.
    """

    pieces: tuple[str, ...]
    days: frozenset[Day]

    @functools.cached_property
    def before(self) -> frozenset[str]:
        """Its words before the first day."""
        return frozenset(_WORD.findall(self.pieces[0]))

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """All its words but for days."""
        return self.before.union(*map(_WORD.findall, self.pieces[1:]))


def heading_of(title: str | None, text: bytes) -> str:
    """Give a document's title, else the first line of its text if more lines follow.

    Parameters
    ----------
    title
        As the page states it.
    text
        UTF-8, at least its first `HEAD` bytes.
    """
    if title:
        return title[:LENGTH]
    rest = text[:HEAD]
    while rest:
        line, broken, rest = rest.partition(b"\n")
        if said := line.decode("utf-8", "ignore").lstrip():
            return said if broken and len(said) <= LENGTH else ""
    return ""


def folded_heading(heading: str) -> str:
    """Fold a heading, to be compared with others.

    A text of fewer words than a shingle says nothing by itself: all that is left of a page may be
    a name below a video. It is a copy of another one if their headings are the same.

    Examples
    --------
    >>> folded_heading(" Trời mưa  To")
    'troi mua to'
    """
    return " ".join(heading.translate(_FOLDED).split())


def with_days(
    rules: NDArray[np.uint8], table: EvidenceTable, left: I64, right: I64, headings: Headings
) -> NDArray[np.uint8]:
    """Judge anew, now that the headings of what may be one form are known.

    Parameters
    ----------
    rules : ndarray of uint8, shape (pairs,)
        As `syndicate.match.relation.relate` gives them.
    table
        What was measured of the pairs.
    left, right : ndarray of int64, shape (pairs,)
        Text numbers.
    headings
        Gives the headings of some texts.
    """
    least = np.minimum(table.facts_a, table.facts_b)
    other = (least > 0) & (table.facts_shared <= SAME_FACTS * least) & _OPEN[rules]
    shorter = np.minimum(table.tokens_a, table.tokens_b)
    other &= (table.shared >= TOLD) & (table.shared >= TOLD_PART * shorter)
    asked = np.flatnonzero(other)
    if not len(asked):
        return rules
    numbers, where = np.unique(np.stack([left[asked], right[asked]]), return_inverse=True)
    a, b = where.reshape(2, -1)
    said = headings(numbers)
    numbered = np.array([_NUMBER.search(heading) is not None for heading in said], bool)
    both = np.flatnonzero(numbered[a] & numbered[b])
    known = functools.cache(lambda place: read(said[place]))
    ends = zip(a[both].tolist(), b[both].tolist(), strict=True)
    found = [known(one) is not None and other_day(known(one), known(other)) for one, other in ends]
    judged = rules.copy()
    judged[asked[both[np.array(found, bool)]]] = DAYS
    return judged


_OPEN = np.array([rule.relation not in {Relation.EXACT, Relation.TEMPLATE} for rule in RULES])
"""The rules that a heading may overrule."""


def read(heading: str) -> Heading | None:
    """Read a heading; None if it names no day.

    Examples
    --------
    >>> read("Giá vàng hôm nay 7/7: vàng tăng").days
    frozenset({(7, 7, 0)})
    >>> sorted(read("Weather for 3 March 2024").before)
    ['for', 'weather']
    """
    flat = heading.translate(_FOLDED)
    days_first, month_first, months = _dates()
    met = []
    for number in _NUMBER.finditer(flat):
        start = number.start()
        word = _LAST_WORD.search(flat, flat.rfind(" ", 0, start - 1) + 1, start)
        if word and word[1] in months:
            met.append(month_first.match(flat, word.start()))
        met.append(days_first.match(flat, start))
    pieces, days, end = [], [], 0
    for start, stop, day in sorted((*m.span(), _day(m, months) or ()) for m in met if m):
        if day and start >= end:
            pieces.append(flat[end:start])
            days.append(day)
            end = stop
    if not days:
        return None
    return Heading((*pieces, flat[end:]), frozenset(days))


def other_day(one: Heading | None, other: Heading | None) -> bool:
    """Say whether two headings are of one form and name other days.

    Examples
    --------
    >>> october = read("Dự báo thời tiết 28/10: mưa to")
    >>> other_day(october, read("Dự báo thời tiết ngày 9/11: trời rét"))
    True
    >>> other_day(october, read("Sáng mai 9/11 bão vào Bình Thuận"))
    False
    """
    if one is None or other is None or any(_same(a, b) for a in one.days for b in other.days):
        return False
    if min(len(one.before), len(other.before)) >= FORM:
        return one.before <= other.before or other.before <= one.before
    common, least = len(one.words & other.words), min(len(one.words), len(other.words))
    return common >= max(ALIKE_WORDS, ALIKE * least)


def _same(one: Day, other: Day) -> bool:
    """Say whether two days may be the same: by day and month in any order, and the year."""
    years = one[2] == other[2] or not (one[2] and other[2])
    return years and (one[:2] == other[:2] or one[1::-1] == other[:2])


_NUMBER = re.compile(r"\d+")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+"
)
_LAST_WORD = re.compile(r"(?<![^\W_])([^\W\d_]+)\ \Z")
_STROKES = str.maketrans("đı", "di")


def _fold(text: str) -> str:
    """Take marks and capitals away."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold().translate(_STROKES)))


class _Folded(dict[int, str]):
    """What each letter folds to, for `str.translate`; filled as letters come."""

    def __missing__(self, letter: int) -> str:
        folded = self[letter] = _fold(chr(letter))
        return folded


_FOLDED = _Folded()


@functools.cache
def _dates() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, int]]:
    """Give what reads a date at a number, and after a month; the months by their names."""
    with resources.files("syndicate.match").joinpath("months.toml").open("rb") as file:
        stored = tomllib.load(file)
    months = {_fold(name): at for names in stored.values() for at, name in enumerate(names, 1)}
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    days_first = rf"""
        (?<![\d.,:/])(?:
        (?P<y1>\d{{4}})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})(?!\d)
      | (?P<d2>\d{{1,2}})\ ?(?P<s2>[-/.])\ ?(?P<m2>\d{{1,2}})
        (?:\ ?(?P=s2)\ ?(?P<y2>\d{{4}}|\d{{2}}))?(?![\d/]|[.,:]\d|\ ?%)
      | (?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|[.ºª])?\ (?:de\ |of\ )?(?P<m3>{month})\b
        (?:,?\ (?:de\ |nam\ )?(?P<y3>\d{{4}}))?
      | (?P<m4>\d{{1,2}})[月월]\ ?(?P<d4>\d{{1,2}})[日일])
    """
    month_first = rf"""
        \b(?P<m5>{month})\ (?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?![\w/]|[.,:]\d)
        (?:,?\ (?P<y5>\d{{4}}))?
    """
    return re.compile(days_first, re.VERBOSE), re.compile(month_first, re.VERBOSE), months


def _day(match: re.Match[str], months: dict[str, int]) -> Day | None:
    """Read a date; None where it is a score, a fraction, a length of time."""
    said = {name[0]: value for name, value in match.groupdict().items() if value}
    day, month, year = said["d"], said["m"], int(said.get("y", 0))
    number = int(month) if month.isdecimal() else months[month]
    if said.get("s") == "-" and not year and int(day) <= _MONTHS and day[0] != "0":
        return None  # more often the score of a match
    low, high = sorted((int(day), number))
    if not 1 <= low <= _MONTHS or high > _DAYS:
        return None
    return number, int(day), year + (2000 if 0 < year < 100 else 0)  # noqa: PLR2004
