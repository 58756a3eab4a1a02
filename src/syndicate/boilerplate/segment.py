"""Deciding which lines of a text are not its article.

Each line scores: prose with its words, furniture and headings below zero, the head of a
section of links far below. The best contiguous run of lines is the body. What lies outside
is dropped only on evidence, so that a clean text keeps every word.

All texts of a batch are judged together, as columns; nothing of one bears on another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.features import Features
from syndicate.boilerplate.lines import (
    ELLIPSIS,
    LINK,
    LOUD,
    NAMELIKE,
    QUOTED,
    SENTENCE,
    Lines,
)
from syndicate.boilerplate.rules import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Values = NDArray[np.float64]

LEAST_WORDS = 30
LEAST_PART = 4
"""At least so many words, or half of a shorter text, and a fourth of the prose stay."""

_PROSE = 8
_LONG = 25
_HEADING = 26
_CAPTION = 60
_NEAR_TOP = 4
_LISTED = 15
_MOST_PAGES = 0.3
_ENOUGH = 3.0
_SURE = 1.5
_BEFORE_ANY_TEXT = np.int64(1 << 40)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

_EVIDENCE = np.zeros(len(Rule))
for _rules, _weight in (
    ((Rule.SECTION, Rule.SITE), 3.0),
    ((Rule.LEGAL,), 2.0),
    ((Rule.FURNITURE, Rule.READ_MORE), 1.5),
    ((Rule.SOURCE, Rule.TEASER, Rule.DATELINE, Rule.IMAGE_TEXT, Rule.BYLINE), 1.0),
    ((Rule.LINK,), 0.5),
):
    _EVIDENCE[list(_rules)] = _weight


@dataclass(slots=True)
class Page:
    """The lines still live, text after text.

    Attributes
    ----------
    live : ndarray of int64, shape (n,)
        Lines.
    seg : ndarray of int64, shape (n,)
        Text of each, counted from 0 without gaps.
    first : ndarray of int64, shape (texts,)
        Where each text's lines start.
    """

    live: Ints
    seg: Ints
    first: Ints
    position: Ints
    key: Keys
    words: Ints
    flags: Ints
    kind: Ints
    ends: Bools
    heading: Bools
    same_as_last: Bools

    def total(self, values: Values | Bools | Ints) -> Values:
        """Sum over the lines of each text."""
        return np.bincount(self.seg, values, len(self.first)).astype(np.float64)

    def earliest(self, mask: Bools) -> Ints:
        """Give the first line of each text where the mask holds, else one past all."""
        where = np.where(mask, np.arange(len(self.seg)), len(self.seg))
        return np.minimum.reduceat(where, self.first)

    def latest(self, mask: Bools) -> Ints:
        """Give the last line of each text where the mask holds, else -1."""
        return np.maximum.reduceat(np.where(mask, np.arange(len(self.seg)), -1), self.first)

    def before(self, values: NDArray, missing: object) -> NDArray:  # type: ignore[type-arg]
        """Give each line the value of the line before it in its text."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.first] = missing
        return shifted

    def after(self, values: NDArray, missing: object) -> NDArray:  # type: ignore[type-arg]
        """Give each line the value of the line after it in its text."""
        shifted = np.empty_like(values)
        shifted[:-1] = values[1:]
        shifted[self.first - 1] = missing
        return shifted


def page(lines: Lines, features: Features, live: Ints) -> Page:
    """Gather the live lines."""
    doc = lines.doc[live]
    fresh = np.ones(len(live), np.bool_)
    fresh[1:] = doc[1:] != doc[:-1]
    first = np.flatnonzero(fresh)
    seg = np.cumsum(fresh) - 1
    flags = lines.flags[live]
    words = lines.words[live]
    key = lines.key[live]
    cut = flags & ELLIPSIS != 0
    stopped = flags & (SENTENCE | QUOTED) != 0
    same = np.zeros(len(live), np.bool_)
    same[1:] = (key[1:] == key[:-1]) & ~fresh[1:]
    return Page(
        live=live,
        seg=seg,
        first=first,
        position=np.arange(len(live)) - first[seg],
        key=key,
        words=words,
        flags=flags,
        kind=features.kind[live],
        ends=stopped & ~cut,
        heading=(words <= _HEADING) & ~stopped & ~cut,
        same_as_last=same,
    )


def judge(lines: Lines, features: Features, live: Ints, titles: Keys, shares: Values) -> Ints:
    """Decide once which of the live lines go.

    Parameters
    ----------
    lines, features
        All lines.
    live : ndarray of int64
        Lines not yet gone, ascending.
    titles : ndarray of uint64
        Hash of each text's title; 0 where it is unknown.
    shares : ndarray of float64
        Part of their site's articles with which lines stood; 0 if they are not learned.

    Returns
    -------
    ndarray of int64
        Rule by which each live line goes; 0 for those that stay. Nothing goes from a text
        of which too little would be left.
    """
    if not len(live):
        return np.zeros(0, np.int64)
    this = page(lines, features, live)
    title = titles[lines.doc[live[this.first]]]
    twice, alt, named = _repeats(this, features, title)
    rule, score = _classify(this, features, _furniture(this, shares[live]), twice, alt)
    start, last = _body(this, score)
    drop = np.zeros(len(live), np.int64)
    _drop_after(this, rule, last, drop)
    _drop_before(this, rule, start, title, drop)
    _drop_inside(this, rule, start, last, drop)
    _drop_names(this, drop)
    _drop_dates(this, rule, drop)
    _drop_titles(this, title, named, drop)
    kept = this.total(np.where(drop == 0, this.words, 0))
    prose = this.total(np.where(this.ends & (this.words >= _PROSE), this.words, 0))
    drop[~enough(kept, this.total(this.words), prose)[this.seg]] = Rule.NOTHING
    return drop


def enough(kept: Values, total: Values, prose: Values) -> Bools:
    """Tell whether what is kept of a text can still be its article."""
    least = np.minimum(LEAST_WORDS, total / 2)
    return np.asarray((kept > 0) & (kept >= least) & (LEAST_PART * kept >= prose))


def _in_text(this: Page, keys: Keys, at: Ints) -> Keys:
    """Make line hashes distinct between texts."""
    return np.asarray(keys ^ (this.seg[at].astype(np.uint64) * _SPREAD))


def _repeats(this: Page, features: Features, title: Keys) -> tuple[Ints, Bools, Bools]:
    """Count each line in its text; find those that number a title or each other; the title."""
    everywhere = np.arange(len(this.live))
    own = _in_text(this, this.key, everywhere)
    distinct, inverse, counts = np.unique(own, return_inverse=True, return_counts=True)
    alt = np.zeros(len(this.live), np.bool_)
    named = np.zeros(len(this.live), np.bool_)
    at = np.flatnonzero(features.pictured[this.live])
    if len(at):
        stem = features.stem[this.live[at]]
        mine = _in_text(this, stem, at)
        place = np.minimum(np.searchsorted(distinct, mine), len(distinct) - 1)
        _, group, times = np.unique(mine, return_inverse=True, return_counts=True)
        alt[at] = (distinct[place] == mine) | (stem == title[this.seg[at]])
        alt[at] |= (times[group] >= 2) & (this.words[at] >= 5) & ~this.same_as_last[at]
        named = np.isin(own, mine) & this.heading & (this.position < _NEAR_TOP)
    return counts[inverse], alt, named


def _furniture(this: Page, shares: Values) -> Bools:
    """Tell which lines are furniture of the site.

    A heading near the top that stands with few other articles is the article's own title,
    which those articles link to.
    """
    linked = this.heading & (this.position < _NEAR_TOP) & (shares < _MOST_PAGES)
    return np.asarray((shares > 0) & ~linked)


def _classify(
    this: Page, features: Features, known: Bools, twice: Ints, alt: Bools
) -> tuple[Ints, Values]:
    """Give each line the rule that speaks against it, if any, and its score."""
    live, words, flags, kind = this.live, this.words, this.flags, this.kind
    twin = this.same_as_last
    next_twin = this.after(twin, missing=False)
    byline = (kind == Rule.BYLINE) & (flags & LOUD != 0)
    pointing = (kind == Rule.READ_MORE) | features.pointed[live]
    rules = [
        (kind == Rule.SECTION, Rule.SECTION, -40.0),
        (known, Rule.SITE, -np.maximum(10.0, words)),
        (kind == Rule.FURNITURE, Rule.FURNITURE, -15.0),
        (kind == Rule.LEGAL, Rule.LEGAL, -15.0),
        (pointing, Rule.READ_MORE, -6.0),
        (kind == Rule.SOURCE, Rule.SOURCE, -6.0),
        (byline, Rule.BYLINE, -4.0),
        (features.dated[live], Rule.DATELINE, -4.0),
        (alt, Rule.IMAGE_TEXT, -1.0),
        ((features.credit[live] >= 0) & (words <= _CAPTION), Rule.PHOTO, 0.0),
        ((twice > 1) & (words >= 5) & ~twin & ~next_twin, Rule.REPEATED,
         -0.4 * np.minimum(words, 40)),
        (twin & (words >= 5), Rule.NOTHING, 0.0),
        (this.ends & (words >= _PROSE), Rule.NOTHING, np.minimum(words, 60)),
        ((words >= _LONG) | ((flags & ELLIPSIS != 0) & (words >= 12)), Rule.NOTHING,
         0.6 * np.minimum(words, 60)),
        (this.ends, Rule.NOTHING, 0.5 * words),
    ]  # fmt: skip
    rule = np.zeros(len(live), np.int64)
    score = np.full(len(live), -3.0)
    for condition, why, points in reversed(rules):  # the first that holds is assigned last
        rule[condition] = why
        score = np.where(condition, points, score)
    bare = (flags & LINK != 0) & (words < _LONG) & (rule == Rule.NOTHING)
    rule[bare], score[bare] = Rule.LINK, -5.0
    under = this.before(this.heading & (rule == Rule.NOTHING), missing=False)
    cut = (flags & ELLIPSIS != 0) & (words >= 12) & under & (rule == Rule.NOTHING)
    rule[cut], score[cut] = Rule.TEASER, -0.5 * words[cut]
    return rule, score


def _body(this: Page, score: Values) -> tuple[Ints, Ints]:
    """Give the first and last line of each text's best run: the maximum sum (Kadane)."""
    points = np.round(score * 10).astype(np.int64)
    ahead = np.cumsum(points) - points
    ahead -= ahead[this.first][this.seg]  # sum of what comes before in the text
    fence = this.seg * _BEFORE_ANY_TEXT
    lowest = np.minimum.accumulate(ahead - fence) + fence
    gain = ahead + points - lowest
    best = np.maximum.reduceat(gain, this.first)
    last = this.earliest(gain == best[this.seg])
    index = np.arange(len(points))
    start = this.latest((ahead == lowest[last][this.seg]) & (index <= last[this.seg]))
    return start, last


def _drop_after(this: Page, rule: Ints, last: Ints, drop: Ints) -> None:
    """Drop what follows the body, from the first evidence on, if the evidence adds up."""
    index = np.arange(len(rule))
    outside = index > last[this.seg]
    weight = np.where(outside, _EVIDENCE[rule], 0.0)
    repeats = this.total(outside & (rule == Rule.REPEATED))
    total = this.total(weight) + np.where(repeats >= 4, 1.5, 0.0)
    short = outside & ~this.ends & (this.words <= _LISTED)
    listed = (this.total(short) >= 10) & (2 * this.total(short) >= this.total(outside))
    page = (_EVIDENCE[rule] >= 1.0) & (rule != Rule.BYLINE)
    listed &= this.total(page) > 0  # else it may be the article's own list
    total += np.where(listed, _ENOUGH, 0.0)
    first = this.earliest((weight >= 1.0) | (short & listed[this.seg]))
    gone = outside & (index >= first[this.seg]) & (total >= _ENOUGH)[this.seg]
    keeps = (rule == Rule.NOTHING) | (rule == Rule.PHOTO)
    drop[gone] = np.where(keeps, Rule.AFTER_BODY, rule)[gone]


def _drop_before(this: Page, rule: Ints, start: Ints, title: Keys, drop: Ints) -> None:
    """Drop what precedes the body: furniture, names, menus, and all before the evidence."""
    index = np.arange(len(rule))
    outside = index < start[this.seg]
    weight = np.where(outside, _EVIDENCE[rule], 0.0)
    last = this.latest(weight >= 1.0)
    menu = this.total(outside & (this.words <= 5) & ~this.ends)[this.seg] >= 8
    among = (this.total(weight) >= _SURE)[this.seg] & (index < last[this.seg])
    plain = this.heading & (rule == Rule.NOTHING) & (this.words >= 5)
    plain &= (this.position < _NEAR_TOP) & (this.flags & NAMELIKE == 0)
    heads = (index == this.earliest(plain)[this.seg]) | (this.key == title[this.seg])
    loose = outside & ~this.ends & ~heads
    far = index < start[this.seg] - _NEAR_TOP
    drop[loose & (among | (menu & far)) & (this.words <= _HEADING)] = Rule.BEFORE_BODY
    drop[loose & menu & (this.words <= 6)] = Rule.MENU
    proven = ((weight >= 1.0) & (rule != Rule.TEASER)) | (outside & (rule == Rule.PHOTO))
    drop[proven] = rule[proven]


_INSIDE = np.zeros(len(Rule), np.bool_)
_INSIDE[[
    Rule.SITE, Rule.FURNITURE, Rule.LEGAL, Rule.SECTION, Rule.SOURCE, Rule.IMAGE_TEXT,
    Rule.DATELINE, Rule.PHOTO, Rule.BYLINE, Rule.READ_MORE,
]] = True  # fmt: skip


def _drop_inside(this: Page, rule: Ints, start: Ints, last: Ints, drop: Ints) -> None:
    """Drop what interrupts the body: captions, image texts, teasers, credits, names."""
    index = np.arange(len(rule))
    free = drop == Rule.NOTHING
    inside = free & (index >= start[this.seg])
    going = inside & _INSIDE[rule]
    drop[going] = rule[going]
    drop[inside & ~going & this.same_as_last & (this.words >= 3)] = Rule.DOUBLED
    short_pointer = going & (rule == Rule.READ_MORE) & (this.words <= 3)
    teased = this.before(short_pointer, missing=False) & this.heading & (drop == 0)
    drop[teased & inside & (index <= last[this.seg])] = Rule.TEASED
    _drop_captions(this, rule, inside, drop)


def _drop_names(this: Page, drop: Ints) -> None:
    """Drop a name alone between title and text, or after the last sentence."""
    index = np.arange(len(drop))
    prose = this.ends & (this.words >= _PROSE)
    name = (this.flags & NAMELIKE != 0) & (this.words >= 2) & (drop == 0)
    opens = name & (this.position >= 1) & this.after(prose, missing=False)
    opens &= index < this.earliest(prose & (drop == 0))[this.seg]
    live = np.flatnonzero(drop == 0)
    closes = index == this.latest(drop == 0)[this.seg]
    above = np.zeros(len(drop), np.bool_)
    above[live[1:]] = this.ends[live[:-1]] & (this.seg[live[1:]] == this.seg[live[:-1]])
    drop[opens | (name & closes & above)] = Rule.NAME


def _drop_dates(this: Page, rule: Ints, drop: Ints) -> None:
    """Drop dates that stand alone, where other furniture shows that the page is not clean."""
    dated = drop == Rule.DATELINE
    other = this.total((drop != 0) & ~dated & (_EVIDENCE[rule] >= 1.0)) > 0
    drop[dated & ~other[this.seg]] = Rule.NOTHING


def _drop_captions(this: Page, rule: Ints, inside: Bools, drop: Ints) -> None:
    """Drop what follows an image's text, and a pair of equal lines above the first prose.

    Where the captions of a text carry credits, a line without one is no caption.
    """
    follows = this.before(rule == Rule.IMAGE_TEXT, missing=False) & inside
    credited = this.total(follows & (rule == Rule.PHOTO)) > 0
    sure = this.total(follows & (this.words <= 45)) >= 2
    most = np.where(sure, _CAPTION, 45)
    plain = follows & (drop == 0) & ~credited[this.seg] & (this.words <= most[this.seg])
    drop[plain] = Rule.CAPTION
    pictures = this.total((rule == Rule.IMAGE_TEXT) | (rule == Rule.PHOTO)) > 0
    prose = this.ends & (this.words >= _PROSE) & ~this.same_as_last
    prose &= ~this.after(this.same_as_last, missing=False)
    above = np.arange(len(rule)) < this.earliest(prose)[this.seg]
    pair = this.after(this.same_as_last, missing=False) & (this.words <= _CAPTION)
    pair &= this.words >= _PROSE
    drop[pair & above & pictures[this.seg] & (drop == 0)] = Rule.DOUBLED


def _drop_titles(this: Page, title: Keys, named: Bools, drop: Ints) -> None:
    """Drop lines that repeat the title given, or are it, as the images' texts tell."""
    given = (title[this.seg] != 0) & (this.key == title[this.seg])
    drop[(given | named) & (drop == 0)] = Rule.TITLE
