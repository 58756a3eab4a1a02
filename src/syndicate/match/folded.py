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
        """Leave out stock phrases, but for their last tokens; the same object if there is none."""
        held = np.flatnonzero(stock.among(self.shingles))
        if not len(held):
            return self
        tokens = self._begin(held)
        return Folded(
            _drop(self.shingles, held),
            self.bounds - np.searchsorted(held, self.bounds),
            _drop(self.traits, tokens),
            self.token_bounds - np.searchsorted(tokens, self.token_bounds),
        )

    def of_stock(self, stock: LeftOut) -> NDArray[np.int64]:
        """Find the tokens that begin a shingle of a stock phrase: places in ``traits``."""
        return self._begin(np.flatnonzero(stock.among(self.shingles)))

    def _begin(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the tokens that begin some shingles, told by their places."""
        text = np.searchsorted(self.bounds, chosen, side="right") - 1
        return chosen + (self.token_bounds - self.bounds)[text]


def _drop(values: NDArray[Any], places: NDArray[np.int64]) -> NDArray[Any]:
    """Leave out some values, told by ascending places; a mask would look at every value."""
    ends = np.append(places, len(values)).tolist()
    starts = [0, *(places + 1).tolist()]
    return np.concatenate([values[a:b] for a, b in zip(starts, ends, strict=True)])


def _together(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """Lay arrays end to end; one alone is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
