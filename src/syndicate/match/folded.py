"""Texts as they are compared: shingles, and what the tokens are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.match.verify import LeftOut
    from syndicate.text.shingles import Shingled


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
    def of(cls, *parts: Shingled) -> Folded:
        """Lay texts end to end."""
        lengths = [np.diff(part.bounds) for part in parts]
        counts = [part.counts for part in parts]
        return cls(
            _together([part.shingles for part in parts]),
            np.concatenate([[0], np.cumsum(_together(lengths))]),
            _together([part.flags for part in parts]),
            np.concatenate([[0], np.cumsum(_together(counts), dtype=np.int64)]),
        )

    def without(self, stock: LeftOut) -> Folded:
        """Leave out stock phrases, but for their last tokens."""
        return self.some(np.arange(len(self.bounds) - 1), stock) if len(stock.hashes) else self

    def some(self, texts: NDArray[np.int64], stock: LeftOut) -> Folded:
        """Copy some of the texts, and leave out likewise."""
        from syndicate.kernels import sets  # noqa: PLC0415 - compiles

        lengths = (self.bounds[texts + 1] - self.bounds[texts]).sum()
        tokens = (self.token_bounds[texts + 1] - self.token_bounds[texts]).sum()
        shingles, bounds = np.empty(lengths, np.uint64), np.empty(len(texts) + 1, np.int64)
        traits, edges = np.empty(tokens, np.uint16), np.empty(len(texts) + 1, np.int64)
        given = self.shingles, self.bounds, self.traits, self.token_bounds, texts
        sets.without(*given, *stock, shingles, bounds, traits, edges)
        return Folded(shingles[: bounds[-1]], bounds, traits[: edges[-1]], edges)

    def of_stock(self, stock: LeftOut) -> NDArray[np.int64]:
        """Find the tokens that begin a shingle of a stock phrase: places in ``traits``."""
        chosen = np.flatnonzero(stock.among(self.shingles))
        text = np.searchsorted(self.bounds, chosen, side="right") - 1
        return chosen + (self.token_bounds - self.bounds)[text]


def _together(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """Lay arrays end to end; one alone is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
