"""What is remembered of a page: its lines, the edges of long ones, a sample of its prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.lines import (
    ELLIPSIS,
    HEAD,
    NAMELIKE,
    QUOTED,
    SENTENCE,
    Lines,
    read,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

RUN = 5
"""Tokens to a run of a glued line."""
GLUED_LINES = 3
GLUED_WORDS = 30
"""A page of at most so many lines may have lost its line breaks; lines longer than this did."""
_SKETCH = 32
_PROSE_WORDS = 12
_SENTENCE_WORDS = 8
_TITLE_WORDS = 4, 26
_TITLE_ABOVE = 3
SHOWN = 80
"""Letters of a line that are shown at most."""
_SHOWN_WORDS = 40
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_S31 = np.uint64(31)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site.

    Attributes
    ----------
    id
        Hash of its text; which pages are remembered is decided by it.
    day
        Days since 1970 when it was learned from, by the caller's clock.
    forms, runs : ndarray of uint64, ascending
        Hashes of its lines without their numbers, and of runs at the edges of glued lines.
    heads : ndarray of uint64, ascending
        Those of its lines that may be its title: headings close above prose.
    sample : ndarray of uint64, shape (at most 32,)
        Smallest hashes of its prose, five words each: reprints share most of them.
    """

    id: int
    day: int
    forms: Keys
    runs: Keys
    heads: Keys
    sample: Keys


def mix(keys: Keys) -> Keys:
    """Spread hashes evenly."""
    spread = (keys ^ (keys >> _S31)) * _MIX
    return np.asarray(spread ^ (spread >> _S31))


def glued_lines(lines: Lines) -> Ints:
    """Give the long lines of texts that hardly have lines."""
    few = np.bincount(lines.doc) <= GLUED_LINES
    return np.flatnonzero(few[lines.doc] & (lines.words > GLUED_WORDS))


def run_keys(lines: Lines, at: Ints) -> tuple[Keys, Ints, Ints]:
    """Hash each run of tokens that is kept of some lines.

    Returns
    -------
    keys : ndarray of uint64, shape (tokens,)
        Hash of the run that starts at each token, 0 where none does.
    owner, index : ndarray of int64, shape (tokens,)
        Its line, and which token of the line it is: of a long line the first and the last.
    """
    stored = np.minimum(lines.tokens[at], 2 * HEAD)
    owner = np.repeat(at, stored)
    position = np.arange(len(owner)) - np.repeat(np.cumsum(stored) - stored, stored)
    left_out = np.maximum(lines.tokens[owner] - 2 * HEAD, 0)
    index = position + np.where(position >= HEAD, left_out, 0)
    hashes = lines.hashes[lines.token(owner, index)]
    keys = np.full(len(owner), lines.seed, np.uint64)
    for step in range(RUN):
        keys = lines.chain(keys, np.roll(hashes, -step))
    whole = position + RUN <= np.repeat(stored, stored)
    whole &= (left_out == 0) | (position + RUN <= HEAD) | (position >= HEAD)
    keys[~whole] = 0
    return keys, owner, index


def pages(
    data: NDArray[np.uint8], offsets: Ints, ids: Sequence[int], day: int
) -> Iterator[tuple[int, Page, dict[int, str]]]:
    """Give the index of each text that has a word, its page, and how its short lines read."""
    lines = read(data, offsets)
    if not len(lines):
        return
    prose = np.flatnonzero(lines.words >= _PROSE_WORDS)
    runs, owner, _ = run_keys(lines, prose)
    sampled, sampled_doc = mix(runs), lines.doc[owner]
    glued = np.isin(owner, glued_lines(lines))
    edged, edged_doc = runs[glued & (runs != 0)], sampled_doc[glued & (runs != 0)]
    sampled, sampled_doc = sampled[runs != 0], sampled_doc[runs != 0]
    heads = _heads(lines)
    for doc in np.unique(lines.doc).tolist():
        low, high = np.searchsorted(lines.doc, [doc, doc + 1]).tolist()
        part = slice(*np.searchsorted(sampled_doc, [doc, doc + 1]).tolist())
        edge = slice(*np.searchsorted(edged_doc, [doc, doc + 1]).tolist())
        page = Page(
            id=ids[doc],
            day=day,
            forms=np.unique(lines.form[low:high]),
            runs=np.unique(edged[edge]),
            heads=np.unique(lines.form[low:high][heads[low:high]]),
            sample=_smallest(sampled[part]),
        )
        yield doc, page, _shown(lines, low, high)


def _heads(lines: Lines) -> NDArray[np.bool_]:
    """Tell which lines are headings that have a sentence among the next few lines."""
    ends = (lines.flags & (SENTENCE | QUOTED) != 0) & (lines.flags & ELLIPSIS == 0)
    least, most = _TITLE_WORDS
    heading = (lines.words >= least) & (lines.words <= most)
    heading &= lines.flags & (SENTENCE | QUOTED | ELLIPSIS | NAMELIKE) == 0
    above = np.zeros(len(lines), np.bool_)
    for step in range(1, _TITLE_ABOVE + 1):
        same = lines.doc[step:] == lines.doc[:-step]
        above[:-step] |= same & (ends & (lines.words >= _SENTENCE_WORDS))[step:]
    return np.asarray(heading & above)


def _smallest(keys: Keys) -> Keys:
    """Give the smallest distinct hashes."""
    if len(keys) > 4 * _SKETCH:
        keys = np.partition(keys, 4 * _SKETCH)[: 4 * _SKETCH]
    return np.unique(keys)[:_SKETCH]


def _shown(lines: Lines, low: int, high: int) -> dict[int, str]:
    """Give how the short lines of a text read, by hash."""
    short = low + np.flatnonzero(lines.words[low:high] <= _SHOWN_WORDS)
    starts, stops = lines.start[short].tolist(), lines.stop[short].tolist()
    text = lines.data[lines.start[low] : lines.stop[high - 1]].tobytes()
    base = int(lines.start[low])
    return {
        form: text[a - base : min(b, a + 4 * SHOWN) - base].decode("utf-8", "ignore")[:SHOWN]
        for form, a, b in zip(lines.form[short].tolist(), starts, stops, strict=True)
    }


def same_article(one: Page, other: Page) -> bool:
    """Tell whether two pages hold the same article, by their samples of prose."""
    shared = len(np.intersect1d(one.sample, other.sample, assume_unique=True))
    return shared > 0 and 2 * shared >= min(len(one.sample), len(other.sample))
