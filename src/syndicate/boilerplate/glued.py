"""Furniture glued to the text of pages whose line breaks were lost.

Runs of words at the edges of long lines that recur with different articles of the site are
cut out, at the edge of the word or the sign where they end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.learned import Learned
from syndicate.boilerplate.lines import Lines
from syndicate.boilerplate.pages import RUN, glued_lines, run_keys
from syndicate.boilerplate.rules import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shares = NDArray[np.float64]

Cut = tuple[int, int, int]
"""First byte, byte after the last, rule."""

_MOST_OF_SITE = 0.5
_LEAST_INSIDE = 12
_SIGNS = rb"[\s\])}>|.,:;!*/-]|\xc2\xa0|\xe2\x80[\x90-\x95]|\xe2\x80\xa6|\xe2\x80\x9d"
_AFTER = re.compile(rb"(?:" + _SIGNS + rb")*")
_BEFORE = re.compile(rb"(?:[\s\[({<|>*:/-]|\xc2\xa0|\xe2\x80[\x90-\x95])*\Z")


def glued_cuts(lines: Lines, learned: Learned) -> dict[int, list[Cut]]:
    """Find the learned runs at the edges of long lines; give the cuts of each text."""
    at = glued_lines(lines)
    at = at[np.isin(lines.doc[at], learned.glued)]
    if not len(at):
        return {}
    keys, owner, index = run_keys(lines, at)
    shares = learned.runs(keys, lines.doc[owner])
    covered = shares.copy()
    for step in range(1, RUN):
        back = np.where(owner[step:] == owner[:-step], shares[:-step], 0.0)
        np.maximum(covered[step:], back, out=covered[step:])
    cuts: dict[int, list[Cut]] = {}
    runs = _runs(covered, owner, index, lines.tokens[owner])
    for doc, cut in _edges(lines, list(runs)):
        cuts.setdefault(doc, []).append(cut)
    return cuts


def _runs(
    covered: Shares, owner: Ints, index: Ints, tokens: Ints
) -> Iterator[tuple[int, int, int, Rule]]:
    """Choose the stretches of tokens that go: line, first and last token, rule of each."""
    joined = np.zeros(len(owner), np.bool_)
    joined[1:] = (owner[1:] == owner[:-1]) & (index[1:] == index[:-1] + 1)
    often = covered >= _MOST_OF_SITE
    first, last = _stretches(often, joined)
    heads, tails = index[first] == 0, index[last] == tokens[last] - 1
    inside = last - first + 1 >= _LEAST_INSIDE
    rule = np.select([heads, tails, inside], [Rule.SITE_HEAD, Rule.SITE_TAIL, Rule.SITE_RUN], 0)
    go = rule > 0
    columns = (owner[first[go]], index[first[go]], index[last[go]], rule[go])
    for line, start, stop, why in zip(*(column.tolist() for column in columns), strict=True):
        yield line, start, stop, Rule(why)
    for one, other in zip(*_stretches((covered > 0) & ~often, joined), strict=True):
        start, stop = _core(covered, int(one), int(other))
        if stop - start + 1 >= _LEAST_INSIDE:
            yield int(owner[start]), int(index[start]), int(index[stop]), Rule.SITE_RUN


def _stretches(mask: NDArray[np.bool_], joined: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Give first and last of each run of true values whose members are joined."""
    ahead = np.append(mask[1:] & joined[1:], [False])
    behind = np.append([False], mask[:-1]) & joined
    return np.flatnonzero(mask & ~behind), np.flatnonzero(mask & ~ahead)


def _core(covered: Shares, first: int, last: int) -> tuple[int, int]:
    """Trim a stretch where what recurs runs on into what recurs less than half as often."""
    half = 0.5 * covered[first : last + 1].max()
    often = np.flatnonzero(covered[first : last + 1] >= half)
    return first + int(often[0]), first + int(often[-1])


def _edges(lines: Lines, runs: list[tuple[int, int, int, Rule]]) -> Iterator[tuple[int, Cut]]:
    """Widen stretches of tokens to the signs and spaces that belong to them; give their texts."""
    at, first, last = (np.array([run[i] for run in runs], np.int64) for i in range(3))
    starts = lines.first_byte(lines.token(at, first)).tolist()
    stops = lines.past_byte(lines.token(at, last)).tolist()
    lows, highs, docs = lines.start[at].tolist(), lines.stop[at].tolist(), lines.doc[at].tolist()
    data = lines.data.tobytes()
    for start, stop, low, high, doc, (_, _, _, rule) in zip(
        starts, stops, lows, highs, docs, runs, strict=True
    ):
        if rule == Rule.SITE_TAIL:
            before = _BEFORE.search(data[max(low, start - 16) : start])
            yield doc, (start - (len(before.group()) if before else 0), high, rule)
        else:
            after = _AFTER.match(data[stop : min(high, stop + 16)])
            past = stop + (after.end() if after else 0)
            yield doc, (low if rule == Rule.SITE_HEAD else start, past, rule)
