"""Deciding which lines of a text are not its article.

Each line scores: prose with its words, furniture and headings below zero, the head of a
section of links far below. The best contiguous run of lines is the body. What lies outside
is dropped only on evidence, so that a clean text keeps every word.

Scores are in tenths and evidence in halves: all sums are whole numbers.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import F64, I64, Patient, helper, kernel
from syndicate.kernels.lines import ELLIPSIS, LINK, LOUD, NAMELIKE, NUMBERED, QUOTED, SENTENCE
from syndicate.kernels.signs import (
    CLOSING,
    CODE,
    CREDIT,
    DATED,
    LISTED,
    PICTURED,
    POINTED,
    SHOWING,
    SIGNED,
)

# Rules, as `syndicate.boilerplate.rules` numbers them; the first are also types of markers.
NOTHING, SECTION, READ_MORE, FURNITURE, LEGAL, SOURCE, BYLINE, DATELINE = range(8)
IMAGE_TEXT, REPEATED, TEASER, SITE, TITLE, PHOTO, CAPTION, DOUBLED, MENU = range(8, 17)
AFTER_BODY, BEFORE_BODY = 17, 18
BARE_LINK, TEASED, NAME, COMMENTS, SHOWN = 21, 22, 23, 27, 29

# What a line looks like on its page, above the flags of the line and its signs.
ENDS, HEADING, TWIN, NEXT_TWIN, NUMBERS, TITLED, NAMED, PROSE = (1 << bit for bit in range(20, 28))
_SIGNS = 8
_GOING = TWIN | NAMELIKE | TITLED | NAMED | (CLOSING | SIGNED) << _SIGNS
"""A line goes only for a rule, for something of these, or as part of a menu."""

PROSE_WORDS = 8
"""Words of the shortest sentence that counts as prose."""
HEADING_WORDS = 26
"""Words of the longest heading."""
NEAR_TOP = 4
"""Lines at the top of a text where its title may stand."""
CAPTION_WORDS = 60
"""Words of the longest caption."""
MENU_LINES, MENU_WORDS = 8, 5
"""So many lines of so few words outside the body may be a menu."""
LEAST_WORDS, LEAST_PART = 30, 4
"""At least so many words, or half of a shorter text, and a fourth of the prose stay."""
OPENING_WORDS, OPENING_PART = 20, 10
"""A line with a photo credit is long that has more words, or more than this part of its text."""
SLOTS, SCRATCH = 8, 6
"""Of each line, what the table of hashes takes, and how many arrays are worked in and filled."""
CODE_LINES, CODE_PART = 4, 3
"""So many lines that end like a program's, a third of all, make a text source code."""
_LONG = 25
_STOPPED = SENTENCE | QUOTED | ELLIPSIS
_MOST_PAGES = 0.3
_TITLE_WORDS = 5
_LISTED = 15
_ARTICLE = 600
_ENOUGH, _SURE, _TELLS = 6, 3, 2

_EVIDENCE = np.zeros(32, np.int64)
_EVIDENCE[[SECTION, SITE]] = 6
_EVIDENCE[LEGAL] = 4
_EVIDENCE[[FURNITURE, READ_MORE]] = 3
_EVIDENCE[[SOURCE, TEASER, DATELINE, IMAGE_TEXT, BYLINE]] = 2
_EVIDENCE[BARE_LINK] = 1
_INSIDE = 1 << PHOTO  # and what tells of a page, but for the teaser
for _rule in np.flatnonzero(_EVIDENCE >= 2).tolist():
    _INSIDE |= 1 << _rule
_INSIDE &= ~(1 << TEASER)

_SPREAD = 0x1E3779B97F4A7C15  # overflow is meant


@kernel
def judge(
    doc: I64,
    keys: I64,
    stems: I64,
    sizes: I64,
    flags: I64,
    kinds: I64,
    signs: I64,
    shares: F64,
    live: I64,
    titles: I64,
    slots: I64,
    words: I64,
    look: I64,
    times: I64,
    score: I64,
    rule: I64,
    drop: I64,
    low: int,
) -> None:
    """Decide once which of the live lines go.

    Parameters
    ----------
    doc, keys, stems, sizes, flags : ndarray of int64, shape (lines,)
        Of each line the text, the hash, the hash of what comes before the number that ends
        it, words, and what it looks like: see `syndicate.kernels.lines.read_lines`.
    kinds, signs : ndarray of int64, shape (lines,)
        Type of its marker and what it says of itself: see `syndicate.kernels.signs`.
    shares : ndarray of float64, shape (lines,)
        Part of their site's articles with which lines stood; 0 if they are not learned,
        negative if they are the title of one of these articles.
    live : ndarray of int64, shape (n,)
        Lines not yet gone, ascending.
    titles : ndarray of int64, shape (texts,)
        Hash of each text's title; 0 where it is unknown.
    slots : ndarray of int64, shape (at least SLOTS n,)
        Scratch.
    words, look, times, score, rule : ndarray of int64, shape (n,)
        Scratch: of each live line its words, what it looks like, how often it stands in its
        text, its score and the rule that speaks against it.
    drop : ndarray of int64, shape (n,)
        Filled with the rule by which each live line goes, or 0. Nothing goes from a text of
        which too little would be left.
    low
        The first live line to look at.
    """
    while low < len(live):
        text = doc[live[low]]
        title = titles[text]
        high = low
        while high < len(live) and doc[live[high]] == text:
            high += 1
        _look(keys, sizes, flags, signs, live, title, words, look, drop, low, high)
        _repeats(keys, stems, live, title, slots, words, look, times, score, low, high)
        _classify(kinds, shares, live, words, look, times, score, rule, low, high)
        if _is_quiet(words, look, rule, low, high):
            low = high
            continue
        start, last, end = _body(look, score, low, high)
        past = _drop_after(words, look, rule, drop, low, end, last)
        _drop_comments(rule, drop, end, high)
        _drop_before(words, look, rule, drop, low, start)
        _keep_title(shares, live, words, look, rule, drop, low, start)
        _drop_inside(words, look, rule, drop, start, high, last)
        _drop_captions(words, look, rule, drop, low, high, start, past)
        _drop_shown(look, rule, drop, start, last)
        _drop_alone(words, look, rule, drop, low, high)
        _keep_opening(words, look, rule, drop, low, high)
        _keep_code(look, drop, low, high)
        _keep_enough(words, look, drop, low, high)
        low = high


@helper
def ends(flags: int | np.int64, signs: int | np.int64, size: int | np.int64) -> bool:
    """Tell whether a line of so many words ends as a sentence does; rows of lists are none."""
    return flags & _STOPPED != 0 and flags & ELLIPSIS == 0 and not _is_row(signs, size)


@helper
def _is_row(signs: int | np.int64, size: int | np.int64) -> bool:
    """Tell a short row of a list."""
    return signs & LISTED != 0 and size < _LONG


@helper
def enough(kept: int, total: int, prose: int) -> bool:
    """Tell whether so many words are enough to be left of all, and of so many of prose."""
    return kept > 0 and 2 * kept >= min(2 * LEAST_WORDS, total) and LEAST_PART * kept >= prose


@helper
def _look(
    keys: I64,
    sizes: I64,
    flags: I64,
    signs: I64,
    live: I64,
    title: int,
    words: I64,
    look: I64,
    drop: I64,
    low: int,
    high: int,
) -> None:
    """Note what each line looks like."""
    for i in range(low, high):
        line = live[i]
        size = sizes[line]
        seen = flags[line] | signs[line] << _SIGNS
        if ends(flags[line], signs[line], size):
            seen |= ENDS | PROSE if size >= PROSE_WORDS else ENDS
        elif size <= HEADING_WORDS and (not seen & _STOPPED or _is_row(signs[line], size)):
            seen |= HEADING
        if i > low and keys[line] == keys[live[i - 1]]:
            seen |= TWIN
            look[i - 1] |= NEXT_TWIN
        if keys[line] == title:
            seen |= TITLED
        words[i] = size
        look[i] = seen
        drop[i] = NOTHING


@helper
def _slot(slots: I64, base: int, mask: int, keys: I64, live: I64, wanted: int) -> int:
    """Give where a line of this hash is noted, or would be."""
    at = (wanted * _SPREAD >> 33) & mask
    while slots[base + at] >= 0 and keys[live[slots[base + at]]] != wanted:
        at = (at + 1) & mask
    return base + at


@helper
def _repeats(
    keys: I64,
    stems: I64,
    live: I64,
    title: int,
    slots: I64,
    words: I64,
    look: I64,
    times: I64,
    score: I64,
    low: int,
    high: int,
) -> None:
    """Count each line in its text; find those that number a title or each other; the title."""
    first = low - low
    size = first + 2
    while size < 2 * (high - low):
        size *= 2
    pictured = False
    for i in range(low, high):
        pictured |= look[i] & (PICTURED << _SIGNS) != 0
    for at in range(2 * size if pictured else size):
        slots[at] = -1
    for i in range(low, high):
        at = _slot(slots, first, size - 1, keys, live, keys[live[i]])
        times[i] = 0
        slots[at] = i if slots[at] < 0 else slots[at]
        times[slots[at]] += 1
        if look[i] & (PICTURED << _SIGNS):
            at = _slot(slots, size, size - 1, stems, live, stems[live[i]])
            score[i] = 0
            slots[at] = i if slots[at] < 0 else slots[at]
            score[slots[at]] += 1
    for i in range(low, high):
        at = _slot(slots, first, size - 1, keys, live, keys[live[i]])
        times[i] = times[slots[at]]
    if not pictured:
        return
    for i in range(low, high):
        seen = look[i]
        if seen & (PICTURED << _SIGNS):
            stem = stems[live[i]]
            twin = slots[_slot(slots, size, size - 1, stems, live, stem)]
            numbers = stem == title or slots[_slot(slots, first, size - 1, keys, live, stem)] >= 0
            numbers |= score[twin] >= 2 and words[i] >= 5 and not seen & TWIN
            look[i] |= NUMBERS if numbers else 0
        if i < low + NEAR_TOP and seen & HEADING:
            at = _slot(slots, size, size - 1, stems, live, keys[live[i]])
            look[i] |= NAMED if slots[at] >= 0 else 0


@helper
def _classify(
    kinds: I64,
    shares: F64,
    live: I64,
    words: I64,
    look: I64,
    times: I64,
    score: I64,
    rule: I64,
    low: int,
    high: int,
) -> None:
    """Give each line the rule that speaks against it, if any, and its score."""
    under = False
    for i in range(low, high):
        line = live[i]
        size, seen, sort = words[i], look[i], kinds[line]
        signs = seen >> _SIGNS
        share = shares[line]
        # a heading near the top that stands with few others is the article's own title,
        # which those link to
        linked = seen & HEADING and i < low + NEAR_TOP and share < _MOST_PAGES
        linked = linked and not signs & LISTED
        share = abs(share)
        why = NOTHING
        if sort == SECTION:
            why, points = SECTION, -400
        elif share > 0 and not linked:
            why, points = SITE, -10 * max(10, size)
        elif sort == FURNITURE or sort == LEGAL:
            why, points = sort, -150
        elif sort == READ_MORE or signs & POINTED:
            why, points = READ_MORE, -60
        elif sort == SOURCE:
            why, points = SOURCE, -60
        elif sort == BYLINE and seen & LOUD:
            why, points = BYLINE, -40
        elif signs & DATED:
            why, points = DATELINE, -40
        elif seen & NUMBERS:
            why, points = IMAGE_TEXT, -10
        elif signs & CREDIT and size <= CAPTION_WORDS:
            why, points = PHOTO, 0
        elif signs & SHOWING and low < i < high - 1:
            why, points = SHOWN, 0
        elif times[i] > 1 and size >= 5 and not seen & (TWIN | NEXT_TWIN):
            why, points = REPEATED, -4 * min(size, 40)
        elif seen & TWIN and size >= 5:
            points = 0
        elif seen & PROSE:
            points = 10 * min(size, 60)
        elif size >= _LONG or (seen & ELLIPSIS and size >= 12):
            points = 6 * min(size, 60)
        else:
            points = 5 * size if seen & ENDS else -30
        if why == NOTHING and seen & LINK and size < _LONG:
            why, points = BARE_LINK, -50
        if why == NOTHING and under and seen & ELLIPSIS and size >= 12:
            why, points = TEASER, -5 * size
        under = why == NOTHING and seen & HEADING != 0
        rule[i] = why
        score[i] = points


@helper
def _is_quiet(words: I64, look: I64, rule: I64, low: int, high: int) -> bool:
    """Tell whether no line of a text can go, as of most articles: nothing speaks against any."""
    spoken = marks = low - low
    short = spoken
    for i in range(low, high):
        spoken |= rule[i]
        marks |= look[i]
        short += words[i] <= MENU_WORDS and not look[i] & ENDS
    return spoken == NOTHING and not marks & _GOING and short < MENU_LINES


@helper
def _body(look: I64, score: I64, low: int, high: int) -> tuple[int, int, int]:
    """Give the first and last line of the best run: the maximum sum (Kadane); where texts end.

    What readers wrote is prose too: an article ends where the head of that stands.
    """
    ahead = lowest = 0
    best = -(1 << 60)
    turn = start = last = low
    end = high
    for i in range(low, high):
        if look[i] & (CLOSING << _SIGNS) and best >= _ARTICLE:
            end = i
            break
        if ahead <= lowest:
            lowest = ahead
            turn = i
        ahead += score[i]
        if ahead - lowest > best:
            best = ahead - lowest
            start, last = turn, i
    return start, last, end


@helper
def _drop_after(
    words: I64, look: I64, rule: I64, drop: I64, low: int, high: int, last: int
) -> int:
    """Drop what follows the body, from the first evidence on, if the evidence adds up.

    Give the first line that is dropped, or ``high``.
    """
    total = repeats = listed = 0
    for i in range(last + 1, high):
        total += _EVIDENCE[rule[i]]
        repeats += rule[i] == REPEATED
        listed += words[i] <= _LISTED and not look[i] & ENDS
    total += 3 if repeats >= 4 else 0
    is_list = listed >= 10 and 2 * listed >= high - last - 1
    if is_list:
        is_list = False  # it may be the article's own, unless the page shows itself
        for i in range(low, high):
            is_list |= _EVIDENCE[rule[i]] >= _TELLS and rule[i] != BYLINE
    past = high
    if total < _ENOUGH and not is_list:
        return past
    for i in range(last + 1, high):
        why = rule[i]
        short = words[i] <= _LISTED and not look[i] & ENDS
        if past == high and (_EVIDENCE[why] >= _TELLS or (is_list and short)):
            past = i
        if i >= past:
            drop[i] = AFTER_BODY if why == NOTHING or why == PHOTO else why
    return past


@helper
def _drop_comments(rule: I64, drop: I64, end: int, high: int) -> None:
    """Drop what readers wrote, below its head."""
    for i in range(end, high):
        drop[i] = COMMENTS if i > end else rule[i]


@helper
def _drop_before(words: I64, look: I64, rule: I64, drop: I64, low: int, start: int) -> None:
    """Drop what precedes the body: furniture, names, menus, and all before the evidence."""
    total = short = 0
    evident = title = -1
    for i in range(low, start):
        weight = _EVIDENCE[rule[i]]
        total += weight
        evident = i if weight >= _TELLS else evident
        short += words[i] <= MENU_WORDS and not look[i] & ENDS
    for i in range(low, min(start, low + NEAR_TOP)):
        plain = rule[i] == NOTHING and words[i] >= 5
        if title < 0 and plain and look[i] & (HEADING | NAMELIKE) == HEADING:
            title = i
    menu = short >= MENU_LINES
    for i in range(low, start):
        size, why = words[i], rule[i]
        if not look[i] & (ENDS | TITLED) and i != title:
            among = total >= _SURE and i < evident
            if (among or (menu and i < start - NEAR_TOP)) and size <= HEADING_WORDS:
                drop[i] = BEFORE_BODY
            if menu and size <= 6:
                drop[i] = MENU
        if why == PHOTO or (why != TEASER and _EVIDENCE[why] >= _TELLS):
            drop[i] = why


@helper
def _keep_title(
    shares: F64,
    live: I64,
    words: I64,
    look: I64,
    rule: I64,
    drop: I64,
    low: int,
    start: int,
) -> None:
    """Keep the last heading above the body: the article's own title, though others link to it.

    The site's furniture stands above the bodies of many. A line that ends in a number may be
    a date: a heading without one counts more.
    """
    found = -1
    for i in range(start - 1, max(low, start - NEAR_TOP) - 1, -1):
        share = shares[live[i]]
        heading = look[i] & (HEADING | NAMELIKE | LISTED << _SIGNS) == HEADING
        plain = rule[i] == NOTHING or rule[i] == REPEATED or rule[i] == SITE
        least = _TITLE_WORDS - 1 if share < 0 else _TITLE_WORDS
        if heading and plain and share < _MOST_PAGES and words[i] >= least:
            dated = look[i] & NUMBERED != 0
            found = found if dated and found >= 0 else i
            if not dated:
                break
    if found >= 0:
        drop[found] = drop[found] if look[found] & TITLED else NOTHING


@helper
def _drop_inside(
    words: I64, look: I64, rule: I64, drop: I64, start: int, high: int, last: int
) -> None:
    """Drop what interrupts the body: image texts, teasers, credits, names."""
    points = False
    for i in range(start, high):
        why, seen, size = rule[i], look[i], words[i]
        going = drop[i] == NOTHING and _INSIDE >> why & 1
        if going:
            drop[i] = why
        elif drop[i] == NOTHING and seen & TWIN and size >= 3 and not seen & ENDS:
            drop[i] = DOUBLED
        if points and seen & HEADING and i <= last and drop[i] == NOTHING:
            drop[i] = TEASED
        points = going and why == READ_MORE and size <= 3


@helper
def _drop_captions(
    words: I64, look: I64, rule: I64, drop: I64, low: int, high: int, start: int, past: int
) -> None:
    """Drop what follows an image's text, and a pair of equal lines above the first prose.

    Of other equal sentences in a row the second goes where the text has pictures: else an
    author may have meant it. Where the captions of a text carry credits, a line without one
    is no caption.
    """
    credited = pictures = False
    following = 0
    prose = high
    for i in range(low, high):
        why, seen = rule[i], look[i]
        pictures |= why == IMAGE_TEXT or why == PHOTO
        if prose == high and seen & (PROSE | TWIN | NEXT_TWIN) == PROSE:
            prose = i
        if max(start, low + 1) <= i < past and rule[i - 1] == IMAGE_TEXT:
            if why == PHOTO:
                credited = True
            following += words[i] <= 45
    if not pictures:
        return
    most = CAPTION_WORDS if following >= 2 else 45
    for i in range(max(start, low + 1), past):
        follows = rule[i - 1] == IMAGE_TEXT and drop[i] == NOTHING
        if follows and not credited and words[i] <= most:
            drop[i] = CAPTION
    for i in range(low, prose):
        size = words[i]
        pair = look[i] & NEXT_TWIN and PROSE_WORDS <= size <= CAPTION_WORDS
        if pair and drop[i] == NOTHING:
            drop[i] = DOUBLED
    for i in range(start, past):
        if drop[i] == NOTHING and look[i] & TWIN and words[i] >= 3:
            drop[i] = DOUBLED


@helper
def _drop_shown(look: I64, rule: I64, drop: I64, start: int, last: int) -> None:
    """Drop what reads like a caption without a credit, where prose stands around it.

    A list of people is none, nor is what prose announces.
    """
    for i in range(start + 1, last):
        if rule[i] == SHOWN and drop[i] == NOTHING:
            above, below = i - 1, i + 1
            while above > start and drop[above] != NOTHING:
                above -= 1
            while below < last and drop[below] != NOTHING:
                below += 1
            drop[i] = SHOWN if look[above] & look[below] & PROSE else NOTHING


@helper
def _drop_alone(words: I64, look: I64, rule: I64, drop: I64, low: int, high: int) -> None:
    """Drop a name alone between title and text, or after the last sentence; dates; titles.

    Dates go where other furniture shows that the page is not clean.
    """
    final = -1
    above = -1
    prose = high
    evident = False
    for i in range(low, high):
        other = drop[i] != NOTHING and drop[i] != DATELINE
        evident |= other and _EVIDENCE[rule[i]] >= _TELLS
        if drop[i] == NOTHING:
            above, final = final, i
            prose = i if prose == high and look[i] & PROSE else prose
    for i in range(low, high):
        seen = look[i]
        named = (seen & NAMELIKE and words[i] >= 2) or seen & (SIGNED << _SIGNS)
        if drop[i] == NOTHING and named:
            opens = low < i < prose and i + 1 < high and look[i + 1] & PROSE
            closes = i == final and above >= 0 and look[above] & (ENDS | ELLIPSIS)
            drop[i] = NAME if opens or closes else NOTHING
    for i in range(low, high):
        if drop[i] == DATELINE and not evident:
            drop[i] = NOTHING
        if drop[i] == NOTHING and look[i] & (TITLED | NAMED):
            drop[i] = TITLE


@helper
def _keep_opening(words: I64, look: I64, rule: I64, drop: I64, low: int, high: int) -> None:
    """Keep a long line with a photo credit above all prose where nothing else goes.

    It may be how the text begins, and nothing speaks against it but its credit.
    """
    total = gone = 0
    first = high
    prose = high
    for i in range(low, high):
        total += words[i]
        if drop[i] != NOTHING:
            gone += 1
            first = min(first, i)
        elif prose == high and look[i] & PROSE:
            prose = i
    if gone != 1 or rule[first] != PHOTO or prose < first:
        return
    if words[first] > OPENING_WORDS or OPENING_PART * words[first] > total:
        drop[first] = NOTHING


@helper
def _keep_code(look: I64, drop: I64, low: int, high: int) -> None:
    """Keep the lines of source code: no rule knows them, but what was learned may go."""
    code = 0
    for i in range(low, high):
        code += look[i] & (CODE << _SIGNS) != 0
    if code < CODE_LINES or CODE_PART * code < high - low:
        return
    for i in range(low, high):
        drop[i] = SITE if drop[i] == SITE else NOTHING


@helper
def _keep_enough(words: I64, look: I64, drop: I64, low: int, high: int) -> None:
    """Drop only what was learned where too little would be left, or nothing."""
    for level in range(2):
        kept = total = prose = 0
        for i in range(low, high):
            drop[i] = drop[i] if level == 0 or drop[i] == SITE else NOTHING
            size = 0 if drop[i] == COMMENTS else words[i]
            total += size
            kept += size if drop[i] == NOTHING else 0
            prose += size if look[i] & PROSE and drop[i] != SITE else 0  # learned is no loss
        if enough(kept, total, prose):
            return
    for i in range(low, high):
        drop[i] = NOTHING


PATIENT = Patient(judge, 10_000)
"""The kernel, for lines."""
