"""Who a text says it is from: datelines, credits and mentions, told apart.

A *dateline* stands in brackets or before a dash at the head of the text; it is the
publisher's own, so another outlet's is a trace of copying. A *credit* is a source line or an
agency's mark near the end. A *mention* is any other place where an outlet is named, save in
the credit of a picture.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from syndicate.model import Credit, host_of
from syndicate.origin.names import Names, key

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = 500
"""Code points at the start of a text where a dateline may stand."""
TAIL = 400
"""Code points at its end where a credit without a word before it may stand."""
_CLOSING = 80
"""Code points that may follow a source in brackets at the end of a text."""
LONGEST = 60
"""Code points of the name in a credit."""
_AROUND = " .,;:)]\t\r-–—"
TOO_LONG = 200_000
"""Code points between head and tail that are not searched for mentions."""


class _Patterns(NamedTuple):
    dateline: re.Pattern[str]
    colon: re.Pattern[str]
    source: re.Pattern[str]
    phrase: re.Pattern[str]
    by: re.Pattern[str]
    closing: re.Pattern[str]
    photo: re.Pattern[str]
    own: re.Pattern[str]
    filler: re.Pattern[str]
    leading: re.Pattern[str]


Finder = Callable[[str, Names, _Patterns], "Iterator[Credit]"]


@functools.lru_cache(maxsize=8)
def _patterns(words: tuple[tuple[str, tuple[str, ...]], ...]) -> _Patterns:
    either = {
        use: "|".join(re.escape(word) for word in sorted(some, key=len, reverse=True))
        for use, some in words
    }
    name = rf"(?P<name>[^\n()\[\]]{{2,{LONGEST}}}?)"
    return _Patterns(
        dateline=re.compile(
            rf"^[^\n()\[\]]{{0,40}}?[(\[]{name}[)\]]\s*[-–—:.]"
            rf"|^(?:[^\n()\[\]–—:,]{{2,30}},\s*)?(?P<bare>[^\n()\[\]–—:,]{{2,30}}?)\s+[-–—]{{1,2}}\s",
            re.MULTILINE,
        ),
        colon=re.compile(r"[:：][^\S\n]*(?P<name>[^\n()\[\]]{2,120})"),
        source=re.compile(rf"(?<!\w)(?i:{either['source']})\s*$"),
        phrase=re.compile(
            rf"(?<!\w)(?i:{either['phrase']})\s+(?:(?i:{either['filler']})\s+)*"
            rf"(?P<name>[^\n()\[\].,;]{{2,{LONGEST}}})"
        ),
        by=re.compile(
            rf"(?:^|[\n(.…!?\"”'’]\s*)(?i:{either['by']})\s+"
            rf"(?P<name>[^\n()\[\].]{{2,{LONGEST}}}?(?:\.[\w.]+)?)\s*[)\].]*\s*$",
            re.MULTILINE,
        ),
        closing=re.compile(rf"(?:[/©]\s*|[(\[]\s*){name}\s*(?:[)\]]|/|$)", re.MULTILINE),
        photo=re.compile(
            rf"(?i:{either['photo']})\W{{0,3}}[^\n.:]{{0,30}}[:：/]?\s*[^\n.]{{0,30}}$"
        ),
        filler=re.compile(rf"(?<!\w)(?i:{either['filler']})\s+$"),
        leading=re.compile(rf"^(?:(?i:{either['filler']})\s+)+"),
        own=re.compile(rf"(?<!\w)(?i:{either['own']})\s+(?:(?i:{either['filler']})\s+)*"),
    )


def find_credits(text: str, names: Names) -> tuple[Credit, ...]:
    """Find all that a text says of its origin, mentions included.

    Parameters
    ----------
    text
        The original, not stripped.
    names
        The outlets to know.

    Returns
    -------
    tuple of Credit
        In order; of two at one place the stronger, of mentions of one outlet the first.
    """
    return _found(text, names, (_datelines, _source_lines, _closing, _mentions))


def find_sources(text: str, names: Names) -> tuple[Credit, ...]:
    """Find the datelines and credits of a text alone; parameters as for `find_credits`."""
    return _found(text, names, (_datelines, _source_lines, _closing))


def _found(text: str, names: Names, finders: tuple[Finder, ...]) -> tuple[Credit, ...]:
    """Take what each finder finds, the first ones going before."""
    if not unicodedata.is_normalized("NFC", text):
        composed, places = _compose(text)
        return tuple(
            replace(credit, start=places[credit.start], end=places[credit.end])
            for credit in _found(composed, names, finders)
        )
    patterns = _patterns(tuple(names.words.items()))
    found: list[Credit] = []  # in order, none overlapping
    for finder in finders:
        for credit in finder(text, names, patterns):
            at = bisect.bisect_left(found, credit.start, key=lambda other: other.start)
            after = at < len(found) and found[at].start < credit.end
            before = at > 0 and found[at - 1].end > credit.start
            if not after and not before:
                found.insert(at, credit)
    return tuple(found)


def _compose(text: str) -> tuple[str, list[int]]:
    """Compose a text, and say for each of its code points where it stood before.

    An ASCII character never joins the one before it, so pieces that begin with one can be
    composed by themselves. Where a piece has other letters, places are right to within it.
    """
    parts: list[str] = []
    places: list[int] = []
    for piece in re.finditer(r"[\x00-\x7f]?[^\x00-\x7f]*", text):
        parts.append(unicodedata.normalize("NFC", piece.group()))
        last = piece.end() - 1
        places += [min(piece.start() + step, last) for step in range(len(parts[-1]))]
    return "".join(parts), [*places, len(text)]


def speaks_as(text: str, names: Names) -> set[str]:
    """Name the outlets in whose voice a text speaks: ``told Northern Wire``."""
    patterns = _patterns(tuple(names.words.items()))
    voices = set()
    for said in patterns.own.finditer(text[:TOO_LONG]):
        match = names.pattern.match(text, said.end())
        outlet = names.named(match.group()) if match else None
        voices |= {outlet.name} if outlet else set()
    return voices


def _datelines(text: str, names: Names, patterns: _Patterns) -> Iterator[Credit]:
    for match in patterns.dateline.finditer(text, 0, min(len(text), HEAD)):
        group = "name" if match["name"] else "bare"
        inside = names.pattern.search(match[group])
        if inside is None:
            if group == "name" and re.match(r"\s*[(\[]", match.group()) and _like(match[group]):
                yield Credit(match[group].strip(), "dateline", *match.span(group))
            continue
        if group == "bare" and inside.group().strip() != match[group].strip():
            continue  # a sentence with a dash that happens to name an outlet
        start = match.start(group) + inside.start()
        outlet = names.named(inside.group())
        if outlet:
            yield Credit(outlet.name, "dateline", start, start + len(inside.group()))


def _like(name: str) -> bool:
    """Whether something in brackets may be an unknown outlet's name."""
    words = name.split()
    return 1 <= len(words) <= 5 and not any(map(str.isdigit, name)) and name.strip()[0].isupper()  # noqa: PLR2004


def _source_lines(text: str, names: Names, patterns: _Patterns) -> Iterator[Credit]:
    for match in patterns.colon.finditer(text):
        word = patterns.source.search(text, max(0, match.start() - 40), match.start())
        if word is None or _pictured(text, word.start(), patterns):
            continue
        if not _amid(text, word.start(), match.end()):
            yield from _named_in(match, names, patterns, strangers=True)
    for match in patterns.phrase.finditer(text):
        yield from _named_in(match, names, patterns, strangers=True)
    start = max(0, len(text) - TAIL)
    for match in patterns.by.finditer(text, start):
        for credit in _named_in(match, names, patterns, strangers=False):
            if credit.end >= len(text[: match.end("name")].rstrip(_AROUND)):
                yield from _named_in(match, names, patterns, strangers=False)
                break  # a line that ends with a name; else it is the start of a sentence


def _named_in(
    match: re.Match[str], names: Names, patterns: _Patterns, *, strangers: bool
) -> Iterator[Credit]:
    """Give the outlets in a source line, or the line itself where it names none we know."""
    raw = match["name"].strip(_AROUND)
    start = match.start("name") + match["name"].index(raw) if raw else match.start("name")
    url = re.search(r"https?://\S+|(?<!\w)[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:/\S*)?", raw)
    if url:
        address = url.group() if "//" in url.group() else "//" + url.group()
        outlet = names.of_url(address)
        if outlet and host_of(address):
            yield Credit(outlet.name, "credit", start, start + len(raw), url.group())
            return
    plain = patterns.leading.sub("", raw)
    outlet = names.forms.get(key(plain))
    if outlet:
        end = start + len(raw)
        yield Credit(outlet.name, "credit", end - len(plain), end)
        return
    known = list(names.pattern.finditer(raw))
    for inside in known:
        outlet = names.named(inside.group())
        if outlet:
            yield Credit(outlet.name, "credit", start + inside.start(), start + inside.end())
    if not known and strangers and raw and len(raw) <= LONGEST:
        yield Credit(raw, "credit", start, start + len(raw))


def _closing(text: str, names: Names, patterns: _Patterns) -> Iterator[Credit]:
    for match in patterns.closing.finditer(text, max(0, len(text) - TAIL)):
        inside = names.pattern.fullmatch(match["name"].strip())
        if inside and not _pictured(text, match.start(), patterns):
            outlet = names.named(inside.group())
            if outlet:
                yield Credit(outlet.name, "credit", *match.span("name"))


def _mentions(text: str, names: Names, patterns: _Patterns) -> Iterator[Credit]:
    """Give the first mention of each outlet."""
    told = set()
    for match in names.pattern.finditer(text[:TOO_LONG]):
        outlet = names.named(match.group())
        if outlet is None or outlet.name in told or _pictured(text, match.start(), patterns):
            continue
        before = text[max(0, match.start() - 20) : match.start()]
        if outlet.agency or _brand(match.group()) or patterns.filler.search(before):
            told.add(outlet.name)
            yield Credit(outlet.name, "mention", *match.span())


def _brand(form: str) -> bool:
    """Whether a form is no word of the language: Thanh Niên means youth, VnExpress nothing."""
    return re.search(r"\w[A-ZĐ]|[\d.&]", form) is not None


def _amid(text: str, start: int, end: int) -> bool:
    """Whether a source stands in brackets inside a line amid the text: it is a picture's."""
    if not text[max(0, start - 2) : start].rstrip().endswith(("(", "[")):
        return False
    before = text[max(0, start - _CLOSING) : start].rpartition("\n")[2].strip(" ([")
    after = text[end : end + _CLOSING].partition("\n")[0].strip(" )].")
    return len(text) - end > _CLOSING and (before != "" or after != "")


def _pictured(text: str, place: int, patterns: _Patterns) -> bool:
    """Whether this is within the credit of a picture."""
    return patterns.photo.search(text, max(0, place - 40), place) is not None
