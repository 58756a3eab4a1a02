"""Compared pairs of documents, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.match.relation import RULES
from syndicate.match.verify import Overlap
from syndicate.pipeline.meaning import Meaning

if TYPE_CHECKING:
    from numpy.typing import NDArray

_JOINS = np.array([rule.relation.joins for rule in RULES])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs, sorted by both numbers.

    Attributes
    ----------
    left, right
        ndarray of int64, shape (pairs,): document numbers, left < right.
    shared, size_left, size_right
        ndarray of int32: distinct shingles.
    rule, score, evidence
        What was made of them, as `syndicate.pipeline.meaning.Meaning` has it.
    uncounted
        ndarray of int32: shingles of stock phrases that both hold, in none of the sizes.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    shared: NDArray[np.int32]
    size_left: NDArray[np.int32]
    size_right: NDArray[np.int32]
    rule: NDArray[np.uint8]
    score: NDArray[np.float32]
    evidence: NDArray[np.int32]
    uncounted: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.left)

    @property
    def overlap(self) -> Overlap:
        """Set sizes, with the similarities."""
        return Overlap(self.shared, self.size_left, self.size_right)

    @property
    def joins(self) -> NDArray[np.bool_]:
        """Which of them belong in one cluster."""
        return np.asarray(_JOINS[self.rule])

    def codes(self, n: int) -> NDArray[np.int64]:
        """One number for each pair among n documents, ascending."""
        return self.left * n + self.right

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Pairs:
        """Only some of them."""
        return Pairs(*(getattr(self, name)[chosen] for name in self.__slots__))


def join(parts: list[Pairs]) -> Pairs:
    """Put pairs together in order, each once."""
    if not parts:
        none, sizes = np.empty(0, np.int64), np.empty(0, np.int32)
        return Pairs(none, none, sizes, sizes, sizes, *Meaning.nothing(), sizes)
    left = np.concatenate([part.left for part in parts])
    right = np.concatenate([part.right for part in parts])
    codes = left * (right.max(initial=0) + 1) + right
    order = np.argsort(codes, kind="stable")  # quick where parts are long and in order
    fresh = np.ones(len(order), bool)
    fresh[1:] = np.diff(codes[order]) != 0
    chosen = order[fresh]
    columns = ([getattr(part, name) for part in parts] for name in Pairs.__slots__)
    return Pairs(*(np.concatenate(column)[chosen] for column in columns))
