"""Why a line goes: the rules, by number, with what a reader is told."""

from __future__ import annotations

import enum


class Rule(enum.IntEnum):
    """What speaks against a line. The first seven are also the types of markers."""

    NOTHING = 0
    SECTION = 1
    READ_MORE = 2
    FURNITURE = 3
    LEGAL = 4
    SOURCE = 5
    BYLINE = 6
    DATELINE = 7
    IMAGE_TEXT = 8
    REPEATED = 9
    TEASER = 10
    SITE = 11
    TITLE = 12
    PHOTO = 13
    CAPTION = 14
    DOUBLED = 15
    MENU = 16
    AFTER_BODY = 17
    BEFORE_BODY = 18
    LEAD_IN = 19
    END_MARK = 20
    LINK = 21
    TEASED = 22
    NAME = 23
    SITE_HEAD = 24
    SITE_TAIL = 25
    SITE_RUN = 26
    COMMENTS = 27
    IN_TEXT = 28
    SHOWN = 29


KINDS = {
    Rule.SECTION: ("related-links", "head of a section that follows the article"),
    Rule.READ_MORE: ("related-links", "points to another article"),
    Rule.FURNITURE: ("furniture", "furniture of the page"),
    Rule.LEGAL: ("legal", "legal or contact line"),
    Rule.SOURCE: ("credit", "names the source"),
    Rule.BYLINE: ("byline", "names the author"),
    Rule.DATELINE: ("dateline", "a date alone"),
    Rule.IMAGE_TEXT: ("image-alt", "an image's text: title and number"),
    Rule.REPEATED: ("related-links", "repeated elsewhere on the page"),
    Rule.TEASER: ("related-links", "headline and cut-off start of another article"),
    Rule.SITE: ("site-template", "recurs with other articles of the site"),
    Rule.TITLE: ("title-repeat", "repeats the title"),
    Rule.PHOTO: ("caption", "ends in a photo credit"),
    Rule.CAPTION: ("caption", "follows an image's text"),
    Rule.DOUBLED: ("caption", "stands twice in a row, as image text and caption"),
    Rule.MENU: ("furniture", "part of a menu"),
    Rule.AFTER_BODY: ("related-links", "follows the end of the article"),
    Rule.BEFORE_BODY: ("furniture", "precedes the article among furniture"),
    Rule.LEAD_IN: ("lead-in", "the outlet's mark before the text"),
    Rule.END_MARK: ("end-mark", "marks the end"),
    Rule.LINK: ("furniture", "a bare link"),
    Rule.TEASED: ("related-links", "headline of another article"),
    Rule.NAME: ("byline", "a name alone"),
    Rule.SITE_HEAD: ("site-template", "begins other articles of the site too"),
    Rule.SITE_TAIL: ("site-template", "ends other articles of the site too"),
    Rule.COMMENTS: ("comments", "written by readers"),
    Rule.SITE_RUN: ("site-template", "recurs inside other articles of the site"),
    Rule.SHOWN: ("caption", "says what a picture shows"),
    Rule.IN_TEXT: ("caption", "a photo credit inside the text"),
}
"""Kind of removal and reason of each rule."""
