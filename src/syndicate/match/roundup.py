"""Roundups: one text that holds several unrelated ones whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.match.relation import ROUNDUP, RULES, WHOLLY
from syndicate.model import Relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.match.align import EvidenceTable

    Bools = NDArray[np.bool_]
    I64 = NDArray[np.int64]

STORIES = 2
"""Stories that make a roundup."""
WHOLE = 0.8
"""Part of each story that it must hold."""
APART = 0.25
"""Part of the shorter of two stories' places that may overlap the other."""


def roundups(holder: I64, first: I64, last: I64, part: NDArray[np.float64]) -> Bools:
    """Find the pairs in which one text is a roundup of several others.

    Copies of one story lie at one place and count once; stories at different places count
    each.

    Parameters
    ----------
    holder : ndarray of int64, shape (pairs,)
        The text that holds the other one of the pair.
    first, last : ndarray of int64, shape (pairs,)
        Where in the holder the other text lies, in tokens.
    part : ndarray of float64, shape (pairs,)
        Part of the other text that is held.

    Returns
    -------
    ndarray of bool, shape (pairs,)
    """
    whole = _apart(holder, first, last, np.flatnonzero(part >= WHOLE))
    order = whole[np.lexsort((first[whole], last[whole], holder[whole]))]
    place = np.zeros(len(order), np.int64)  # the holder's stories met before this one
    end = length = 0
    for at, pair in enumerate(order.tolist()):  # greedy by ends: the most places apart
        new = at == 0 or holder[order[at - 1]] != holder[pair]
        size = last[pair] - first[pair]
        if new:
            place[at], end, length = 0, last[pair], size
        elif first[pair] >= end - APART * min(size, length):
            place[at], end, length = place[at - 1] + 1, last[pair], size
        else:
            place[at] = place[at - 1]
    most = np.zeros(int(holder.max(initial=-1)) + 1, np.int64)
    np.maximum.at(most, holder[order], place + 1)
    found = np.zeros(len(holder), bool)
    found[whole] = most[holder[whole]] >= STORIES
    return found


def _apart(holder: I64, first: I64, last: I64, among: I64) -> I64:
    """Leave out the pairs of holders of which all stories overlap: copies of one, mostly."""
    order = among[np.argsort(holder[among], kind="stable")]
    starts = np.flatnonzero(np.diff(holder[order], prepend=-1))
    if not len(starts):
        return order
    begin, end = first[order], last[order]
    room = APART * np.maximum.reduceat(end - begin, starts)
    apart = np.maximum.reduceat(begin, starts) >= np.minimum.reduceat(end, starts) - room
    return order[np.repeat(apart, np.diff(starts, append=len(order)))]


_HOLDS = np.array([
    rule.relation in (Relation.EXCERPT, Relation.EMBEDDING) or place == WHOLLY
    for place, rule in enumerate(RULES)
])  # fmt: skip
"""The rules of texts that one text may hold beside others; one may be most of it."""


def with_roundups(
    rules: NDArray[np.uint8], table: EvidenceTable, left: I64, right: I64, among: I64
) -> NDArray[np.uint8]:
    """Judge anew, now that all the texts that one text holds are known.

    Parameters
    ----------
    rules : ndarray of uint8, shape (pairs,)
        As `syndicate.match.relation.relate` gives them.
    table
        What was measured of the pairs.
    left, right : ndarray of int64, shape (pairs,)
        Text numbers.
    among : ndarray of int64
        Which pairs count.
    """
    chosen = among[_HOLDS[rules[among]]]
    if len(chosen) < STORIES:
        return rules
    a_holds = (table.tokens_a > table.tokens_b)[chosen]
    spanned = np.where(a_holds, table.spanned_b[chosen], table.spanned_a[chosen])
    size = np.where(a_holds, table.tokens_b[chosen], table.tokens_a[chosen])
    found = roundups(
        np.where(a_holds, left[chosen], right[chosen]),
        np.where(a_holds, table.first_a[chosen], table.first_b[chosen]),
        np.where(a_holds, table.last_a[chosen], table.last_b[chosen]),
        spanned / np.maximum(size, 1),
    )
    judged = rules.copy()
    judged[chosen[found]] = ROUNDUP
    return judged
