"""Deciding which lines of a text are not its article.

Each line scores: prose with its words, furniture and headings below zero, the head of a
section of links far below. The best contiguous run of lines is the body. What lies outside
is dropped only on evidence, so that a clean text keeps every word.

All texts of a batch are judged together, as columns; nothing of one bears on another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.features import Features
from syndicate.boilerplate.lines import (
    ELLIPSIS,
    LINK,
    LOUD,
    Lines,
)
from syndicate.boilerplate.page import CAPTION, NEAR_TOP, PROSE, Page, page
from syndicate.boilerplate.rules import Rule
from syndicate.boilerplate.zones import (
    drop_after,
    drop_before,
    drop_dates,
    drop_inside,
    drop_names,
    drop_titles,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Values = NDArray[np.float64]

LEAST_WORDS = 30
LEAST_PART = 4
"""At least so many words, or half of a shorter text, and a fourth of the prose stay."""

_LONG = 25
_MOST_PAGES = 0.3
_BEFORE_ANY_TEXT = np.int64(1 << 40)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


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
    drop_after(this, rule, last, drop)
    drop_before(this, rule, start, title, drop)
    drop_inside(this, rule, start, last, drop)
    drop_names(this, drop)
    drop_dates(this, rule, drop)
    drop_titles(this, title, named, drop)
    kept = this.total(np.where(drop == 0, this.words, 0))
    prose = this.total(np.where(this.ends & (this.words >= PROSE), this.words, 0))
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
        named = np.isin(own, mine) & this.heading & (this.position < NEAR_TOP)
    return counts[inverse], alt, named


def _furniture(this: Page, shares: Values) -> Bools:
    """Tell which lines are furniture of the site.

    A heading near the top that stands with few other articles is the article's own title,
    which those articles link to.
    """
    linked = this.heading & (this.position < NEAR_TOP) & (shares < _MOST_PAGES)
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
        ((features.credit[live] >= 0) & (words <= CAPTION), Rule.PHOTO, 0.0),
        ((twice > 1) & (words >= 5) & ~twin & ~next_twin, Rule.REPEATED,
         -0.4 * np.minimum(words, 40)),
        (twin & (words >= 5), Rule.NOTHING, 0.0),
        (this.ends & (words >= PROSE), Rule.NOTHING, np.minimum(words, 60)),
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
