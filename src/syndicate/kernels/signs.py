"""What each line says of itself: its marker, a photo credit, a date, an image's number."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U16, U32, U64, Patient, helper, kernel, merged
from syndicate.kernels.blanks import blank_before
from syndicate.kernels.lines import (
    BASE,
    CLASS_BITS,
    CLOSE,
    COLON,
    DASH,
    DIGIT,
    ELLIPSIS,
    END,
    ENDS,
    FIRST,
    FLAGS,
    GAP,
    GROW,
    HEAD,
    LINK,
    LOOK,
    NUMBERED,
    OPEN,
    OPENING,
    PAST,
    SEED,
    SENTENCE,
    SPACE,
    START,
    STEM,
    STEM2,
    STOP,
    TAIL,
    TOKENS,
    UPPER,
    WORDS,
)  # fmt: skip
from syndicate.kernels.markers import (
    CAPTION,
    CLOSES,
    DATE,
    DECIDES,
    ENTIRE,
    INSIDE,
    LEADS,
    LENGTH,
    MARKS,
    MODE,
    NEEDS_COLON,
    PERSON,
    PHRASE,
    PICTURE,
    PLACE,
    POSE,
    SCENE,
    SETTING,
    SHOWS,
    SIGNATURE,
    TYPE,
    WITHIN,
    gap_before,
    is_toned,
    longest,
    place_of,
)  # fmt: skip

CREDIT, DATED, PICTURED, POINTED, LED, ENDED, CLOSING, SHOWING, CODE, LISTED, SIGNED = (
    1 << bit for bit in range(11)
)
"""What a line says of itself.

It ends in a photo credit; is a date and nothing else; ends like an image's text (``… - 2``,
``… ảnh 2``); begins with ``>>``; may begin with an outlet's mark; holds more at its end than the
article; is the head of what readers wrote; says what a picture shows; ends as lines of programs
do; is a row of a list; names who wrote the text or where it is from.
"""

# Rows of what is told.
MARKER, SORT, SIGNS = range(3)
TOLD_ROWS = 3

_UPPER, _DIGIT, _END, _CLOSE, _SPACE, _OPEN, _DASH, _COLON = (
    np.int64(c) >> CLASS_BITS for c in (UPPER, DIGIT, END, CLOSE, SPACE, OPEN, DASH, COLON)
)
_STOPPED = _END | _SPACE
_SEED, _GROW, _NO = np.uint64(SEED), np.uint64(GROW), np.uint64(0)
_S29, _S32 = np.uint64(29), np.uint64(32)
_LOW8, _LOW13, _LOW16, _LOW24 = (np.uint64((1 << bits) - 1) for bits in (8, 13, 16, 24))
_SEVEN = np.uint64(7)
_ONE, _S3, _S16, _S24 = (np.uint64(n) for n in (1, 3, 16, 24))
_SHORT_LINE = 45
_DATE_TOKENS = 14
_TELLING = 3
_CAPTION_WORDS = 80
_CREDIT_TOKENS = 16
_SURE_TOKENS = 3
_CLAUSE = 8
LEAD_TOKENS = 8
"""Tokens of a line at which an outlet's mark may begin."""
_LEAD_WORDS = 8
_LONG_LINE = 40
_SCENE_WORDS, _PLACE_WORDS, _NAMES = 16, 40, 5
_SIGNED_TOKENS, _SIGNATURE_TOKENS = 8, 3
_AFTER_END, _ONE_LINE = 12, 400
_NO_SIGNATURE = SENTENCE | ELLIPSIS | LINK
_FIRST, _SECOND = (ord(c) for c in "12")
_SEMICOLON, _BRACE, _CLOSING_BRACE, _SQUARE = (np.uint64(ord(c)) for c in ";{}]")
_CLOSING, _ZERO, _NINE, _BAR = (np.uint64(ord(c)) for c in ")09|")
_ARROWS, _SLASH_DOT, _BULLETS = (
    np.uint64(int.from_bytes(signs.encode(), "little")) for signs in (">>", "/.", "•")
)
_BULLET = _BULLETS & _LOW8
_SHORTENED, _D_STROKE, _TRAILING, _SMALL = 4, np.uint8(0xC4), np.uint8(0x80), np.uint8(0x20)
_VOWELS = tuple(np.uint8(ord(letter)) for letter in "aeiouy")
_FULL_STOP, _SLASH = (np.uint8(ord(sign)) for sign in "./")
_OPENED, _BEGINS_DIGIT = np.uint64(_OPEN), np.uint64(_DIGIT)


@merged
def _modes_at(hashes: U64, alone: U16, paired: U16, place: np.int64, last: np.int64) -> int:
    """Give the modes of the markers that may begin with a token; ``last`` is its line's last."""
    modes = np.int64(alone[hashes[place] & _LOW16])
    if place < last:
        modes |= np.int64(paired[(hashes[place] >> _S16 ^ hashes[place + 1]) & _LOW16])
    return modes


@merged
def _is_set(bits: U8, hashed: np.uint64) -> np.uint64:
    """Give the bit of a hash in a table of 65536."""
    return np.uint64(bits[hashed >> _S3 & _LOW13]) >> (hashed & _SEVEN) & _ONE


@helper
def _inside(hashes: U64, used: np.int64, firsts: U8, singles: U8, pairs: U8, out: U32) -> int:
    """List the tokens with which a marker may begin that counts inside a line.

    Nearly none is one, so nothing is asked of a token that a branch would have to answer, and
    lines, most of which are short, are told apart afterwards: of a pair the second may be of the
    next. ``out`` has room for one more than are used.
    """
    count, kept = _NO, _NO
    for place in range(np.uint64(used)):
        out[count] = np.uint32(place)
        count += _is_set(firsts, hashes[place])
    for i in range(count):
        place = np.uint64(out[i])
        here = hashes[place]
        pair = here >> _S16 ^ hashes[min(place + _ONE, np.uint64(used) - _ONE)]
        out[kept] = np.uint32(place)
        kept += _is_set(singles, here) | _is_set(pairs, pair)
    return np.int64(kept)


@kernel
def describe(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    characters: U64,
    seen: U16,
    alone: U16,
    paired: U16,
    screens: U8,
    beginnings: U64,
    bounds: I64,
    table: I64,
    stems: U64,
    told: I64,
) -> None:
    """Look at all lines.

    Parameters
    ----------
    data, columns, hashes, facts, characters, beginnings, bounds, table
        See `syndicate.kernels.markers.longest`.
    seen : ndarray of uint16, shape (65536,)
        Modes of the markers that begin with a token, by the low bits of its hash.
    alone : ndarray of uint16, shape (65536,)
        The same of markers of one token.
    paired : ndarray of uint16, shape (65536,)
        Modes of longer markers, by the low bits of the hashes of their first two tokens.
    screens : ndarray of uint8, shape (5, 8192)
        As bits: the last two tables; then, of the modes in `INNER` alone, all three.
    stems : ndarray of uint64, shape (lines,)
        Filled: hash of what comes before the number of an image's text.
    told : ndarray of int64, shape (TOLD_ROWS, lines)
        Filled: the marker that decides what the line is, or -1; its type, or 0; signs.
    """
    found = np.empty(2 * HEAD, np.int64)
    end = len(stems) - 1
    used = np.int64(0)
    if end >= 0:
        used = np.int64(columns[BASE, end]) + min(np.int64(columns[TOKENS, end]), 2 * HEAD)
    inner = np.empty(used + 1, np.uint32)
    singles, pairs = screens[0], screens[1]
    inside = _inside(hashes, used, screens[2], screens[3], screens[4], inner)
    at = inside - inside
    for line in range(len(stems)):
        base = np.int64(columns[BASE, line])
        size = np.int64(columns[TOKENS, line])
        words = np.int64(columns[WORDS, line])
        start, stop = np.int64(columns[START, line]), np.int64(columns[STOP, line])
        flags = np.int64(columns[FLAGS, line])
        marker: int = np.int64(-1)  # no literal, which is a type of its own
        signs = 0
        dates = 0
        ends = columns[ENDS, line]
        short = words <= _CAPTION_WORDS and size <= 2 * HEAD
        undated = _words_of_date(data, columns, hashes, facts, seen, line)
        numbered = size >= 4 and flags & NUMBERED != 0
        stems[line] = columns[STEM, line]
        if numbered and short and _dashed(columns, facts, line):
            signs |= PICTURED
        looked: int = size if short or size < LEAD_TOKENS else LEAD_TOKENS
        count = size - size
        if undated > 0:
            for token in range(size):
                found[token] = token
            count = size
        elif size:
            here = hashes[base]
            first = _is_set(singles, here)
            if size > 1:
                first |= _is_set(pairs, here >> _S16 ^ hashes[base + 1])
            found[0] = 0
            count += np.int64(first != _NO or ends >> GAP & _OPENED != _NO)
            while at < inside and np.int64(inner[at]) <= base:
                at += 1
            while at < inside and np.int64(inner[at]) < base + looked:
                found[count] = np.int64(inner[at]) - base
                count += 1
                at += 1
        for i in range(count):
            token = found[i]
            place = base + token
            modes = _modes_at(hashes, alone, paired, place, base + size - 1)
            opened = token == 0 and ends >> GAP & _OPENED != _NO
            if token and modes & (PLACE | LEADS):
                opened = np.int64(facts[place, LOOK]) >> 16 & _OPEN != 0
            if token < LEAD_TOKENS and words >= _LEAD_WORDS:
                first = token == 0
                if (opened and first) or ((opened or first) and modes & LEADS):
                    signs |= LED
            wanted = DECIDES if token == 0 else 0
            wanted |= WITHIN if words <= _SHORT_LINE and marker < 0 else 0
            wanted |= CAPTION if token >= size - _CREDIT_TOKENS and not signs & CREDIT else 0
            wanted |= PICTURE if numbered and token == size - 2 else 0
            wanted |= DATE if undated > 0 else 0
            if words <= _SCENE_WORDS:
                wanted |= SETTING if token else SHOWS
            wanted |= PLACE if opened and words <= _PLACE_WORDS else 0
            wanted &= modes
            while wanted:
                part = wanted & DECIDES
                if not part:
                    part = wanted & CAPTION
                if not part:
                    part = wanted & (SHOWS | INSIDE)
                if not part:
                    part = wanted & -wanted
                wanted &= ~part
                entry = longest(
                    data, columns, hashes, facts, characters,
                    line, token, part, beginnings, bounds, table,
                )  # fmt: skip
                if entry < 0:
                    continue
                if part & DECIDES:
                    marker = entry
                elif part & DATE:
                    dates += 1
                elif part & (SHOWS | INSIDE):
                    shown = _shows(columns, facts, table, line, token, entry)
                    past = _past_name(columns, facts, table, line, entry) if not shown else 0
                    if past > 0:
                        shown = longest(
                            data, columns, hashes, facts, characters,
                            line, past, POSE, beginnings, bounds, table,
                        ) >= 0  # fmt: skip
                        shown = shown and not _looks(facts, base, size, _COLON << 16)  # is said
                    signs |= SHOWING if shown else 0
                elif part & PICTURE:
                    signs |= PICTURED
                    stems[line] = columns[STEM2, line]
                elif short and _credits(
                    data, columns, facts, characters, table, line, token, entry
                ):
                    signs |= CREDIT
        if marker >= 0 and not _sure(columns, facts, table, line, marker):
            marker = -1
        if marker >= 0 and table[marker, MODE] == CLOSES:
            signs |= CLOSING
        if undated == dates:
            signs |= DATED
        length = stop - start
        if length > 1 and ends & _LOW16 == _ARROWS:
            signs |= POINTED
        if _is_listed(ends, length):
            signs |= LISTED
        if _is_code(ends, length):
            signs |= CODE
        marked = ends >> _S24 & _LOW16 == _SLASH_DOT
        # asked here as well, for most lines are sentences, and to call costs more than that
        if not marked and size > 2 * _AFTER_END and flags & _NO_SIGNATURE == 0:
            marked = past_end(
                data, columns, hashes, facts, characters, seen, line, beginnings, bounds, table
            ) >= 0  # fmt: skip
        if length > _LONG_LINE and marked:
            signs |= ENDED
        if size <= _SIGNED_TOKENS and flags & _NO_SIGNATURE == 0 and _is_signed(
            data, columns, hashes, facts, characters, seen, line, 0, beginnings, bounds, table
        ):  # fmt: skip
            signs |= SIGNED
        told[MARKER, line] = marker
        told[SORT, line] = table[marker, TYPE] if marker >= 0 else 0
        told[SIGNS, line] = signs


@helper
def past_end(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    characters: U64,
    seen: U16,
    line: int | np.int64,
    beginnings: U64,
    bounds: I64,
    table: I64,
) -> int:
    """Give the byte of a line at which its article is over, or -1.

    The mark ``/.`` may end it, and some words that are no sentence may follow that: who wrote it,
    where to read on. Else a long line may end in a full stop and what names who wrote it.
    """
    start, stop = np.int64(columns[START, line]), np.int64(columns[STOP, line])
    size = np.int64(columns[TOKENS, line])
    if columns[ENDS, line] >> _S24 & _LOW16 == _SLASH_DOT:
        return stop - 2
    if size <= 2 * _AFTER_END or np.int64(columns[FLAGS, line]) & _NO_SIGNATURE:
        return -1
    low = np.int64(facts[place_of(columns, line, size - _AFTER_END - 1), PAST])
    for at in range(stop - 3, low - 1, -1):
        if data[at] == _FULL_STOP and data[at + 1] == _SLASH and data[at + 2] == _FULL_STOP:
            return at + 1
    if stop - start < _ONE_LINE:
        return -1
    first = size - 1
    stopped = gap_before(columns, facts, line, first) & _STOPPED == _STOPPED
    while first > size - _SIGNED_TOKENS and not stopped:
        first -= 1
        stopped = gap_before(columns, facts, line, first) & _STOPPED == _STOPPED
    stopped = stopped and not _is_shortened(data, facts, place_of(columns, line, first - 1))
    if not stopped or not _is_signed(
        data, columns, hashes, facts, characters, seen, line, first, beginnings, bounds, table
    ):
        return -1
    low = np.int64(facts[place_of(columns, line, first - 1), PAST])
    at = np.int64(facts[place_of(columns, line, first), FIRST])
    while at > low and not blank_before(data, at, low):  # a bracket
        at -= 1
    blank = blank_before(data, at, low)
    while blank:
        at -= blank
        blank = blank_before(data, at, low)
    return at


@helper
def _is_shortened(data: U8, facts: U32, place: np.int64) -> bool:
    """Tell whether a token with a capital is a word cut short, which a full stop does not end.

    An initial is, and up to four letters without a vowel: ``TP. Hồ Chí Minh``, ``ThS. Lê An``.
    """
    look = np.int64(facts[place, LOOK])
    start, stop = np.int64(facts[place, FIRST]), np.int64(facts[place, PAST])
    if look & _UPPER == 0 or look & _DIGIT or stop - start > 2 * _SHORTENED:
        return False
    letters = 0
    for i in range(start, stop):
        byte = data[i]
        stroked = byte == _D_STROKE or (i > start and data[i - 1] == _D_STROKE)  # as of ĐH
        if byte >= _TRAILING and not stroked:
            return False
        for vowel in _VOWELS:
            if byte | _SMALL == vowel:
                return stop - start == 1
        letters += byte < _TRAILING or byte == _D_STROKE
    return letters <= _SHORTENED


@helper
def _is_signed(
    data: U8,
    columns: U64,
    hashes: U64,
    facts: U32,
    characters: U64,
    seen: U16,
    line: int | np.int64,
    first: int | np.int64,
    beginnings: U64,
    bounds: I64,
    table: I64,
) -> bool:
    """Tell whether a line, from a token on, names who wrote a text, or where it is from.

    All of it are names, initials and addresses among them; or a signature (``Theo``) comes before
    a name, or after names (``tổng hợp``), or stands alone (``PV``); or it is a word in brackets.
    """
    size = np.int64(columns[TOKENS, line])
    names = together = most = first
    tail = np.int64(columns[TAIL, line])
    if tail & _COLON:
        return False
    for token in range(first, size):
        look = np.int64(facts[place_of(columns, line, token), LOOK])
        gap = look >> 16 if token > first else 0
        together = together + 1 if gap == _SPACE else first + 1
        most = max(most, together)
        ended = gap & _COLON != 0 or gap & _STOPPED == _STOPPED
        if ended or look & _DIGIT:
            return False
        names += names == token and look & _UPPER != 0
    if names == size and (size > first + 1 or (first > 0 and _is_enclosed(columns, facts, line))):
        return bool(most - first <= _NAMES)
    for token in range(first, size):
        last = token >= size - _SIGNATURE_TOKENS and names >= token
        if token > first and not last:
            continue
        if np.int64(seen[hashes[place_of(columns, line, token)] & _LOW16]) & SIGNATURE == 0:
            continue
        entry = longest(
            data, columns, hashes, facts, characters, line, token, SIGNATURE, beginnings, bounds,
            table,
        )  # fmt: skip
        if entry < 0:
            continue
        past = token + table[entry, LENGTH]
        if past == size:
            return True
        if token == first and np.int64(facts[place_of(columns, line, past), LOOK]) & _UPPER:
            return True
    return False


@helper
def _is_enclosed(columns: U64, facts: U32, line: int | np.int64) -> bool:
    """Tell whether the last token of a line stands in brackets."""
    last = np.int64(columns[TOKENS, line]) - 1
    opened = gap_before(columns, facts, line, last) & _OPEN
    return bool(opened and np.int64(columns[TAIL, line]) & _CLOSE)


@merged
def _is_listed(ends: np.uint64, length: np.int64) -> bool:
    """Tell a row of a list: it begins with a bullet or ``|``, or ends in a number in brackets."""
    first, last, before = ends & _LOW8, ends >> _S32 & _LOW8, ends >> _S24 & _LOW8
    if length < 3:
        return False
    if first == _BULLET:
        return bool(ends & _LOW24 == _BULLETS)
    return bool((last == _CLOSING and _ZERO <= before <= _NINE) or first == _BAR)


@merged
def _is_code(ends: np.uint64, length: np.int64) -> bool:
    """Tell whether a line ends as lines of programs do: in a brace, or a closing one and ``;``."""
    last, before = ends >> _S32 & _LOW8, ends >> _S24 & _LOW8
    if last != _SEMICOLON or length < 2:
        return bool(last == _BRACE or last == _CLOSING_BRACE)
    return bool(before == _CLOSING or before == _SQUARE or before == _CLOSING_BRACE)


@helper
def _sure(columns: U64, facts: U32, table: I64, line: int, marker: int) -> bool:
    """Tell a line of furniture from a sentence that only begins like one, or the end of one."""
    sentence = np.int64(columns[FLAGS, line]) & SENTENCE != 0
    if table[marker, MODE] & ENTIRE:
        first = np.int64(facts[np.int64(columns[BASE, line]), LOOK])
        return bool(not sentence or first & (_UPPER | _DIGIT))
    sure = table[marker, NEEDS_COLON] != 0 or table[marker, LENGTH] > _SURE_TOKENS
    return bool(sure or not sentence or np.int64(columns[WORDS, line]) <= _CLAUSE)


@merged
def _words_of_date(data: U8, columns: U64, hashes: U64, facts: U32, seen: U16, line: int) -> int:
    """Count the words beside the numbers of what may be a date: all may be of dates.

    Give -1 where it is none: it has two numbers, or three if it is only that, and a year
    or a month's name at least.
    """
    base, size = np.int64(columns[BASE, line]), np.int64(columns[TOKENS, line])
    digits = columns[ENDS, line] >> OPENING & _BEGINS_DIGIT
    if not digits and (size == 0 or np.int64(seen[hashes[base] & _LOW16]) & DATE == 0):
        return -1
    numbers = 0
    tells = False
    for place in range(base, base + (size if size <= _DATE_TOKENS else 1)):
        first = np.int64(facts[place, FIRST])
        length = np.int64(facts[place, PAST]) - first
        if np.int64(facts[place, LOOK]) & _DIGIT:
            numbers += 1
            tells |= length == 4 and (data[first] == _FIRST or data[first] == _SECOND)
        elif np.int64(seen[hashes[place] & _LOW16]) & DATE:
            tells |= length >= _TELLING
        else:
            return -1
    fine = tells and numbers >= 2 and 3 <= size <= _DATE_TOKENS
    return size - numbers if fine else -1


@helper
def _dashed(columns: U64, facts: U32, line: int) -> bool:
    """Tell whether a dash between spaces parts the last token from the one before."""
    here = np.int64(columns[BASE, line]) + np.int64(columns[TOKENS, line]) - 1
    dashed = np.int64(facts[here, LOOK]) >> 16 & (_DASH | _SPACE) == _DASH | _SPACE
    spaced = np.int64(facts[here, FIRST]) - np.int64(facts[here - 1, PAST]) >= 3
    return dashed and spaced and columns[TAIL, line] == _NO


@helper
def _credits(
    data: U8,
    columns: U64,
    facts: U32,
    characters: U64,
    table: I64,
    line: int,
    first: int,
    marker: int,
) -> bool:
    """Tell whether a photo credit begins at a token and ends the line.

    What stands around the word for picture decides: a bracket or dash before it, a colon
    after it, names in capitals up to the end.
    """
    base, size = np.int64(columns[BASE, line]), np.int64(columns[TOKENS, line])
    past = first + table[marker, LENGTH]
    rest = size - past
    names = 0
    for place in range(base + past, base + size):
        names += np.int64(facts[place, LOOK]) & (_UPPER | _DIGIT) != 0
    before = gap_before(columns, facts, line, first)
    colon = gap_before(columns, facts, line, past) & _COLON != 0
    phrase = table[marker, MODE] == PHRASE
    if before & _OPEN:
        closed = np.int64(columns[TAIL, line]) & _CLOSE != 0
        return closed and rest <= 14 and (phrase or rest > 0)
    dashed = before & _DASH != 0
    edged = dashed or first == 0 or before & (_END | _CLOSE) != 0
    named = names >= rest - 1
    if colon and (rest <= 12 if edged else named and 0 < rest <= 7):
        return True
    if phrase:
        return edged and (rest <= 3 or named or (dashed and rest <= 8))
    bare = edged and first > 0 and not colon and 1 <= rest <= 6 and names == rest
    return bare and (table[marker, MARKS] == 0 or is_toned(data, columns, characters, line))


@helper
def _shows(columns: U64, facts: U32, table: I64, line: int, first: int, marker: int) -> bool:
    """Tell whether a line says what a picture shows.

    It names a place in the picture in brackets, begins with a scene, ends in a setting, or is a
    person's title and name and no more.
    """
    base, size = np.int64(columns[BASE, line]), np.int64(columns[TOKENS, line])
    past = first + table[marker, LENGTH]
    if table[marker, MODE] == SCENE:
        return True
    if table[marker, MODE] == SETTING:
        return past == size and not _looks(facts, base, size, _DIGIT)  # when, or how many
    if table[marker, MODE] == PLACE:
        return gap_before(columns, facts, line, past) & _CLOSE != 0
    if size > 2 * HEAD or np.int64(columns[FLAGS, line]) & SENTENCE == 0:
        return False
    names = small = 0
    for place in range(base + past, base + size):
        look = np.int64(facts[place, LOOK])
        if (look & _DIGIT) | (look >> 16 & (_END | _COLON | _OPEN | _CLOSE)):
            return False
        names = names + 1 if look & _UPPER else 0
        small += 1 - np.int64(look & _UPPER != 0)
    last = base + size - 1
    initial = np.int64(facts[last, PAST]) - np.int64(facts[last, FIRST]) <= 2
    return 2 <= names <= _NAMES and small == 0 and not initial


@helper
def _looks(facts: U32, base: np.int64, size: np.int64, classes: np.int64) -> bool:
    """Tell whether a token among the first of a line, or what stands before it, is of a class."""
    for place in range(base, base + min(size, HEAD)):
        if np.int64(facts[place, LOOK]) & classes:
            return True
    return False


@helper
def _past_name(columns: U64, facts: U32, table: I64, line: int, marker: int) -> int:
    """Give the token after the name that follows a person's title, or 0."""
    past = table[marker, LENGTH]
    if table[marker, MODE] != PERSON:
        return 0
    base, size = np.int64(columns[BASE, line]), np.int64(columns[TOKENS, line])
    for token in range(past, min(size, past + _NAMES + 1)):
        look = np.int64(facts[base + token, LOOK])
        if look >> 16 & (_END | _COLON | _OPEN | _CLOSE):
            return 0
        if not look & _UPPER:
            return token if token > past else 0
    return 0


DESCRIBE = Patient(describe, 2_000)
"""The kernel, without waiting for the compiler where there are few lines."""
