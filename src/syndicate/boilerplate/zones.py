"""What goes before, after and inside the body of a text, and on which evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.lines import NAMELIKE
from syndicate.boilerplate.page import (
    CAPTION,
    HEADING,
    MENU_LINES,
    MENU_WORDS,
    NEAR_TOP,
    PROSE,
    Page,
)
from syndicate.boilerplate.rules import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Values = NDArray[np.float64]

_LISTED = 15
_ENOUGH = 3.0
_SURE = 1.5

_EVIDENCE = np.zeros(len(Rule))
for _rules, _weight in (
    ((Rule.SECTION, Rule.SITE), 3.0),
    ((Rule.LEGAL,), 2.0),
    ((Rule.FURNITURE, Rule.READ_MORE), 1.5),
    ((Rule.SOURCE, Rule.TEASER, Rule.DATELINE, Rule.IMAGE_TEXT, Rule.BYLINE), 1.0),
    ((Rule.LINK,), 0.5),
):
    _EVIDENCE[list(_rules)] = _weight


def drop_after(this: Page, rule: Ints, last: Ints, drop: Ints) -> None:
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


def drop_before(this: Page, rule: Ints, start: Ints, title: Keys, drop: Ints) -> None:
    """Drop what precedes the body: furniture, names, menus, and all before the evidence."""
    index = np.arange(len(rule))
    outside = index < start[this.seg]
    weight = np.where(outside, _EVIDENCE[rule], 0.0)
    last = this.latest(weight >= 1.0)
    short = this.total(outside & (this.words <= MENU_WORDS) & ~this.ends)
    menu = short[this.seg] >= MENU_LINES
    among = (this.total(weight) >= _SURE)[this.seg] & (index < last[this.seg])
    plain = this.heading & (rule == Rule.NOTHING) & (this.words >= 5)
    plain &= (this.position < NEAR_TOP) & (this.flags & NAMELIKE == 0)
    heads = (index == this.earliest(plain)[this.seg]) | (this.key == title[this.seg])
    loose = outside & ~this.ends & ~heads
    far = index < start[this.seg] - NEAR_TOP
    drop[loose & (among | (menu & far)) & (this.words <= HEADING)] = Rule.BEFORE_BODY
    drop[loose & menu & (this.words <= 6)] = Rule.MENU
    proven = ((weight >= 1.0) & (rule != Rule.TEASER)) | (outside & (rule == Rule.PHOTO))
    drop[proven] = rule[proven]


_INSIDE = np.zeros(len(Rule), np.bool_)
_INSIDE[[
    Rule.SITE, Rule.FURNITURE, Rule.LEGAL, Rule.SECTION, Rule.SOURCE, Rule.IMAGE_TEXT,
    Rule.DATELINE, Rule.PHOTO, Rule.BYLINE, Rule.READ_MORE,
]] = True  # fmt: skip


def drop_inside(this: Page, rule: Ints, start: Ints, last: Ints, drop: Ints) -> None:
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
    drop_captions(this, rule, inside, drop)


def drop_names(this: Page, drop: Ints) -> None:
    """Drop a name alone between title and text, or after the last sentence."""
    index = np.arange(len(drop))
    prose = this.ends & (this.words >= PROSE)
    name = (this.flags & NAMELIKE != 0) & (this.words >= 2) & (drop == 0)
    opens = name & (this.position >= 1) & this.after(prose, missing=False)
    opens &= index < this.earliest(prose & (drop == 0))[this.seg]
    live = np.flatnonzero(drop == 0)
    closes = index == this.latest(drop == 0)[this.seg]
    above = np.zeros(len(drop), np.bool_)
    above[live[1:]] = this.ends[live[:-1]] & (this.seg[live[1:]] == this.seg[live[:-1]])
    drop[opens | (name & closes & above)] = Rule.NAME


def drop_dates(this: Page, rule: Ints, drop: Ints) -> None:
    """Drop dates that stand alone, where other furniture shows that the page is not clean."""
    dated = drop == Rule.DATELINE
    other = this.total((drop != 0) & ~dated & (_EVIDENCE[rule] >= 1.0)) > 0
    drop[dated & ~other[this.seg]] = Rule.NOTHING


def drop_captions(this: Page, rule: Ints, inside: Bools, drop: Ints) -> None:
    """Drop what follows an image's text, and a pair of equal lines above the first prose.

    Where the captions of a text carry credits, a line without one is no caption.
    """
    follows = this.before(rule == Rule.IMAGE_TEXT, missing=False) & inside
    credited = this.total(follows & (rule == Rule.PHOTO)) > 0
    sure = this.total(follows & (this.words <= 45)) >= 2
    most = np.where(sure, CAPTION, 45)
    plain = follows & (drop == 0) & ~credited[this.seg] & (this.words <= most[this.seg])
    drop[plain] = Rule.CAPTION
    pictures = this.total((rule == Rule.IMAGE_TEXT) | (rule == Rule.PHOTO)) > 0
    prose = this.ends & (this.words >= PROSE) & ~this.same_as_last
    prose &= ~this.after(this.same_as_last, missing=False)
    above = np.arange(len(rule)) < this.earliest(prose)[this.seg]
    pair = this.after(this.same_as_last, missing=False) & (this.words <= CAPTION)
    pair &= this.words >= PROSE
    drop[pair & above & pictures[this.seg] & (drop == 0)] = Rule.DOUBLED


def drop_titles(this: Page, title: Keys, named: Bools, drop: Ints) -> None:
    """Drop lines that repeat the title given, or are it, as the images' texts tell."""
    given = (title[this.seg] != 0) & (this.key == title[this.seg])
    drop[(given | named) & (drop == 0)] = Rule.TITLE
