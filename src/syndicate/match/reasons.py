"""Why a rule holds of a pair, in words and the pair's numbers."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.match.align import EvidenceTable
from syndicate.match.relation import RULES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.integer]


class Evidence(NamedTuple):
    """What was measured of one pair: a row of an `EvidenceTable`."""

    tokens_a: int
    tokens_b: int
    shared: int
    runs: int
    passages: int
    longest: int
    spanned_a: int
    spanned_b: int
    moved: int
    first_a: int
    last_a: int
    first_b: int
    last_b: int
    bulk_a: int
    bulk_b: int
    own_a: int
    own_b: int
    edits: int
    slots: int
    facts_changed: int
    facts_shared: int
    facts_a: int
    facts_b: int

    @property
    def flipped(self) -> Evidence:
        """The same with a and b in each other's place."""
        other = {"_a": "_b", "_b": "_a"}
        names = (name[:-2] + other.get(name[-2:], name[-2:]) for name in self._fields)
        return Evidence(*(getattr(self, name) for name in names))

    def reason(self, rule: int) -> str:
        """Say why a rule, a place in `syndicate.match.relation.RULES`, holds of this pair."""
        table = EvidenceTable(*np.array(self)[:, None])
        return reasons(np.array([rule]), table)[0]


def reasons(rules: Ints, table: EvidenceTable) -> list[str]:
    """Say of each pair why its rule holds.

    Parameters
    ----------
    rules : shape (pairs,)
        Places in `syndicate.match.relation.RULES`.
    table
        What was measured of the pairs.
    """
    out = [""] * len(rules)
    for rule in np.unique(rules).tolist():
        at = np.flatnonzero(rules == rule)
        words, names = _WORDED[rule]
        columns = (_quantity(name, table, at).tolist() for name in names)
        for pair, numbers in zip(at.tolist(), zip(*columns, strict=True), strict=True):
            out[pair] = words % numbers
    return out


def _quantity(name: str, table: EvidenceTable, at: Ints) -> Ints:
    """Give a quantity that a reason names, of some pairs; parts in whole percent."""
    if name in EvidenceTable._fields:
        column: Ints = getattr(table, name)[at]
        return column
    if name == "facts":  # the same, or in the place of each other
        return _quantity("facts_changed", table, at) + _quantity("facts_shared", table, at)
    if name == "facts_least":
        return np.minimum(table.facts_a[at], table.facts_b[at])
    tokens_a, tokens_b = table.tokens_a[at], table.tokens_b[at]
    of, which = name.split("_")
    a_is_meant = (tokens_a <= tokens_b) == (which == "short")
    part = table.shared[at]
    if of == "span":  # between shared runs, these included
        part = np.where(a_is_meant, table.spanned_a[at], table.spanned_b[at])
    whole = np.where(a_is_meant, tokens_a, tokens_b)
    return np.floor(100 * (part / np.maximum(whole, 1)) + 1e-9).astype(np.int64)


def _worded(reason: str) -> tuple[str, tuple[str, ...]]:
    """Give a reason with places for numbers, and what stands there."""
    pieces = [(words.replace("%", "%%"), name) for words, name, _, _ in Formatter().parse(reason)]
    names = tuple(name for _, name in pieces if name)
    return "".join(words + ("%d" if name else "") for words, name in pieces), names


_WORDED = tuple(_worded(rule.reason) for rule in RULES)
