"""Texts as they are compared: shingles, and what the tokens are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.text.shingles import shingle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.match.verify import LeftOut


class Folded(NamedTuple):
    """Some texts, folded.

    Attributes
    ----------
    shingles, bounds
        Hashes in text order, end to end, and where those of each text are.
    traits, token_bounds
        Flags of all tokens likewise.
    """

    shingles: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    traits: NDArray[np.uint16]
    token_bounds: NDArray[np.int64]

    @classmethod
    def of(cls, data: NDArray[np.uint8], offsets: NDArray[np.int64], size: int) -> Folded:
        """Fold and shingle texts, ``size`` tokens to a shingle."""
        made = shingle(data, offsets, size)
        edges = np.zeros(len(offsets), np.int64)
        np.cumsum(made.counts, out=edges[1:])
        return cls(made.shingles, made.bounds, made.flags, edges)

    def followed_by(self, other: Folded) -> Folded:
        """Lay two lists of texts end to end."""
        return Folded(
            np.concatenate([self.shingles, other.shingles]),
            np.concatenate([self.bounds, self.bounds[-1] + other.bounds[1:]]),
            np.concatenate([self.traits, other.traits]),
            np.concatenate([self.token_bounds, self.token_bounds[-1] + other.token_bounds[1:]]),
        )

    def without(self, stock: LeftOut) -> Folded:
        """Leave out stock phrases, but for their last tokens; the same object if there is none."""
        held = stock.among(self.shingles)
        if not held.any():
            return self
        tokens = self._begin(held)
        return Folded(
            self.shingles[~held],
            self.bounds - np.concatenate([[0], np.cumsum(held)])[self.bounds],
            np.delete(self.traits, tokens),
            self.token_bounds - np.searchsorted(tokens, self.token_bounds),
        )

    def of_stock(self, stock: LeftOut) -> NDArray[np.int64]:
        """Find the tokens that begin a shingle of a stock phrase: places in ``traits``."""
        return self._begin(stock.among(self.shingles))

    def _begin(self, held: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Give the tokens that begin some shingles."""
        chosen = np.flatnonzero(held)
        text = np.searchsorted(self.bounds, chosen, side="right") - 1
        return chosen + (self.token_bounds - self.bounds)[text]
