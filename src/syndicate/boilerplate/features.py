"""What each line says of itself: its marker, a photo credit, a date, an image's number.

All lines of all texts are looked at together; a compiled screen (`Markers.seen`, by the low
bits of each token's hash) leaves few places to look at closely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.lines import (
    CLOSE,
    COLON,
    DASH,
    DIGIT,
    END,
    HEAD,
    NUMBERED,
    OPEN,
    SENTENCE,
    SPACE,
    UPPER,
    Lines,
)
from syndicate.boilerplate.markers import Markers, Mode, pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Screen = NDArray[np.uint16]

_DECIDES = Mode.WHOLE | Mode.STARTS | Mode.WITHIN
_CAPTION = Mode.HEAD | Mode.PHRASE
_SHORT_LINE = 45
_DATE_TOKENS = 14
_TELLING = 3
_CAPTION_WORDS = 80
_CREDIT_TOKENS = 16
_SURE_TOKENS = 3
_CLAUSE = 8


@dataclass(slots=True)
class Features:
    """What is told of each line, beside `Lines`.

    Attributes
    ----------
    marker : ndarray of int64, shape (n,)
        Marker that decides what the line is, or -1.
    kind : ndarray of int64, shape (n,)
        Its type, 0 where there is none.
    credit : ndarray of int64, shape (n,)
        Byte where a photo credit begins that ends the line, or -1.
    dated : ndarray of bool, shape (n,)
        The line is a date and nothing else.
    pictured : ndarray of bool, shape (n,)
        The line ends like an image's text: ``… - 2``, ``… ảnh 2``.
    stem : ndarray of uint64, shape (n,)
        Hash of what comes before that number.
    pointed : ndarray of bool, shape (n,)
        The line begins with ``>>``.
    """

    marker: Ints
    kind: Ints
    credit: Ints
    dated: NDArray[np.bool_]
    pictured: NDArray[np.bool_]
    stem: NDArray[np.uint64]
    pointed: NDArray[np.bool_]

    @property
    def telling(self) -> NDArray[np.bool_]:
        """Which lines say anything of themselves."""
        told = (self.kind > 0) | (self.credit >= 0)
        return np.asarray(told | self.dated | self.pictured | self.pointed)

    def update(self, at: Ints, other: Features) -> None:
        """Put in what is told of some lines that were read again."""
        self.marker[at], self.kind[at] = other.marker, other.kind
        self.dated[at], self.pictured[at] = other.dated, other.pictured
        self.stem[at], self.pointed[at] = other.stem, other.pointed
        self.credit[at] = np.where(other.credit >= 0, self.credit[at], -1)


def find(lines: Lines, at: Ints, first: Ints, modes: Mode, markers: Markers) -> Ints:
    """Give the longest marker of these modes that starts at token ``first`` of each line.

    Parameters
    ----------
    lines
        Where to look.
    at, first : ndarray of int64, shape (n,)
        Lines and the tokens in them.

    Returns
    -------
    ndarray of int64, shape (n,)
        Indices into `Markers.entries`, or -1.
    """
    best = np.empty(len(at), np.int64)
    if len(at):
        from syndicate.kernels.markers import longest  # noqa: PLC0415 - compiles

        tokens = lines.columns, lines.hashes, lines.facts
        known = markers.beginnings, markers.bounds, markers.table
        longest(*tokens, at, first, np.uint64(modes), *known, best)
    return best


def gap_before(lines: Lines, line: Ints, index: Ints) -> Ints:
    """Give the classes of what stands before token ``index``; past the last, of the tail."""
    within = index < lines.tokens[line]
    place = lines.token(line, np.where(within, index, 0))
    return np.where(within, lines.gap(place), lines.tail[line])


def describe(lines: Lines, markers: Markers) -> Features:
    """Look at all lines."""
    screen = markers.seen.take((lines.hashes & np.uint64(0xFFFF)).view(np.int64))
    marker = _deciding(lines, screen, markers)
    pictured, stem = _pictures(lines, markers)
    return Features(
        marker=marker,
        kind=np.where(marker >= 0, markers.kinds[marker], 0),
        credit=_credits(lines, screen, markers),
        dated=_dates(lines, screen, markers),
        pictured=pictured,
        stem=stem,
        pointed=_pointed(lines),
    )


def _likely(lines: Lines, token: Ints, modes: Mode, markers: Markers) -> NDArray[np.bool_]:
    """Tell which tokens are a marker by themselves or begin one with the next."""
    here = lines.hashes[token]
    after = lines.hashes[np.minimum(token + 1, len(lines.hashes) - 1)]
    alone = markers.alone[here & np.uint64(0xFFFF)] & np.uint16(modes) != 0
    return np.asarray(alone | markers.paired[pair(here, after)])


def _seen(
    lines: Lines, screen: Screen, modes: Mode, good: NDArray[np.bool_], markers: Markers
) -> tuple[Ints, Ints]:
    """Give the tokens of good lines that may begin a marker, and their lines."""
    token = np.flatnonzero(screen & np.uint16(modes) != 0)
    if not len(token):
        return token, token
    token = token[_likely(lines, token, modes, markers)]
    line = np.searchsorted(lines.base, token, "right") - 1
    fine = good[line]
    return token[fine], line[fine]


def _deciding(lines: Lines, screen: Screen, markers: Markers) -> Ints:
    """Find the marker that decides what a line is: whole, at its start, else inside."""
    marker = np.full(len(lines), -1, np.int64)
    some = np.flatnonzero(lines.tokens)
    some = some[screen[lines.base[some]] & np.uint16(_DECIDES) != 0]
    line = some[_likely(lines, lines.base[some], _DECIDES, markers)]
    marker[line] = find(lines, line, np.zeros_like(line), _DECIDES, markers)
    short = (lines.words <= _SHORT_LINE) & (marker < 0)
    token, line = _seen(lines, screen, Mode.WITHIN, short, markers)
    found = find(lines, line, token - lines.base[line], Mode.WITHIN, markers)
    good = np.flatnonzero(found >= 0)[::-1]  # the first in a line is assigned last
    marker[line[good]] = found[good]
    at = np.flatnonzero(marker >= 0)
    if not len(at):
        return marker
    entry = marker[at]
    sure = (markers.modes[entry] == Mode.WHOLE) | markers.colons[entry]
    sure |= markers.lengths[entry] > _SURE_TOKENS
    sure |= (lines.flags[at] & SENTENCE == 0) | (lines.words[at] <= _CLAUSE)
    marker[at[~sure]] = -1  # a sentence that only begins like furniture
    return marker


def _dates(lines: Lines, screen: Screen, markers: Markers) -> NDArray[np.bool_]:
    """Find short lines that hold a date and nothing else: a year or a month's name at least."""
    dated = np.zeros(len(lines), np.bool_)
    short = np.flatnonzero((lines.tokens >= 2) & (lines.tokens <= _DATE_TOKENS))
    first = lines.base[short]
    may_open = (lines.look(first) & DIGIT != 0) | (screen[first] & np.uint16(Mode.DATE) != 0)
    short = short[may_open]
    if not len(short):
        return dated
    owner = np.repeat(np.arange(len(short)), lines.tokens[short])
    starts = np.cumsum(lines.tokens[short]) - lines.tokens[short]
    position = np.arange(len(owner)) - starts[owner]
    token = lines.base[short][owner] + position
    number = lines.look(token) & DIGIT != 0
    other = ~number & (screen[token] & np.uint16(Mode.DATE) == 0)
    others = np.bincount(owner, other, len(short))
    numbers = np.bincount(owner, number, len(short))
    good = (others == 0) & (numbers >= 2) & ((numbers >= 3) | (lines.tokens[short] >= 3))
    word = np.flatnonzero(good[owner] & ~number)
    found = find(lines, short[owner[word]], position[word], Mode.DATE, markers)
    good[owner[word[found < 0]]] = False
    size = lines.past_byte(token) - lines.first_byte(token)
    digit = lines.data[lines.first_byte(token)]
    year = (size == 4) & ((digit == ord("1")) | (digit == ord("2")))
    tells = np.bincount(owner, np.where(number, year, size >= _TELLING), len(short))
    dated[short[good & (tells > 0)]] = True
    return dated


def _pictures(lines: Lines, markers: Markers) -> tuple[NDArray[np.bool_], NDArray[np.uint64]]:
    """Find lines that end like an image's text, and the hash of what comes before."""
    pictured = np.zeros(len(lines), np.bool_)
    line = np.flatnonzero((lines.tokens >= 4) & (lines.flags & NUMBERED != 0))
    if not len(line):
        return pictured, lines.stem
    stem = lines.stem.copy()
    last = lines.tokens[line] - 1
    dashed = gap_before(lines, line, last) & (DASH | SPACE) == DASH | SPACE
    here, before = lines.token(line, last), lines.token(line, last - 1)
    dashed &= lines.first_byte(here) - lines.past_byte(before) >= 3  # a space on both sides
    pictured[line[dashed & (lines.tail[line] == 0)]] = True
    seen = markers.seen[lines.hashes[before] & np.uint64(0xFFFF)] & Mode.PICTURE != 0
    line, last = line[seen], last[seen]
    named = find(lines, line, last - 1, Mode.PICTURE, markers) >= 0
    pictured[line[named]] = True
    stem[line[named]] = lines.stem2[line[named]]
    return pictured, stem


def _credits(lines: Lines, screen: Screen, markers: Markers) -> Ints:
    """Find photo credits that end a line.

    What stands around the word for picture decides: a bracket or dash before it, a colon
    after it, names in capitals up to the end.
    """
    credit = np.full(len(lines), -1, np.int64)
    short = (lines.words <= _CAPTION_WORDS) & (lines.tokens <= 2 * HEAD)
    token, line = _seen(lines, screen, _CAPTION, short, markers)
    near = token >= lines.base[line] + lines.tokens[line] - _CREDIT_TOKENS
    token, line = token[near], line[near]
    if not len(token):
        return credit
    entry = find(lines, line, token - lines.base[line], _CAPTION, markers)
    token, line, entry = (a[entry >= 0] for a in (token, line, entry))
    if not len(token):
        return credit
    first, length = token - lines.base[line], markers.lengths[entry]
    rest = lines.tokens[line] - first - length
    names = _capitals(lines, token + length, rest)
    before = gap_before(lines, line, first)
    colon = gap_before(lines, line, first + length) & COLON != 0
    opened = before & OPEN != 0
    dashed = before & DASH != 0
    edged = ~opened & (dashed | (first == 0) | (before & (END | CLOSE) != 0))
    named = names >= rest - 1
    toned = (lines.tones[line] != 0) | (markers.tones[entry] == 0)
    phrase = markers.modes[entry] == Mode.PHRASE
    found = opened & (lines.tail[line] & CLOSE != 0) & (rest <= 14) & (phrase | (rest > 0))
    found |= ~opened & colon & np.where(edged, rest <= 12, named & (rest <= 7))
    found |= edged & phrase & ((rest <= 3) | named | (dashed & (rest <= 8)))
    bare = edged & toned & (first > 0) & (rest >= 1) & (rest <= 6) & (names == rest)
    found |= bare & ~phrase & ~colon
    good = np.flatnonzero(found)[::-1]  # the first in a line is assigned last
    credit[line[good]] = lines.first_byte(token[good])
    return credit


def _capitals(lines: Lines, start: Ints, count: Ints) -> Ints:
    """Count, of so many tokens from each start, those with a capital or a number."""
    total = np.zeros(len(start), np.int64)
    last = max(len(lines.facts) - 1, 0)
    for step in range(int(count.max(initial=0))):
        look = lines.look(np.minimum(start + step, last))
        total += (look & (UPPER | DIGIT) != 0) & (step < count)
    return total


def _pointed(lines: Lines) -> NDArray[np.bool_]:
    """Find lines that begin with two arrows."""
    arrow = ord(">")
    both = (lines.data[lines.start] == arrow) & (lines.data[lines.start + 1] == arrow)
    return np.asarray(both & (lines.stop - lines.start > 1))
