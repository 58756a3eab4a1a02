"""The matches of a result: columns that look like a sequence of `Match`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import numpy as np
import pyarrow as pa

from syndicate.match.relation import RULES
from syndicate.model import Match
from syndicate.pipeline.meaning import reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.pairs import Pairs

_AT_ONCE = 4096
_RELATIONS = np.array([rule.relation.value for rule in RULES])


class Matches(Sequence[Match]):
    """Verified pairs in order of their ids; each is made when it is looked at.

    Parameters
    ----------
    corpus
        Knows the ids.
    pairs
        The columns.
    """

    def __init__(self, corpus: Corpus, pairs: Pairs) -> None:
        self._corpus = corpus
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[Match]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self._some(slice(start, start + _AT_ONCE))

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Match, ...]: ...
    def __getitem__(self, index: int | slice) -> Match | tuple[Match, ...]:
        if isinstance(index, slice):
            return self._some(index)
        place = range(len(self))[index]
        return self._some(slice(place, place + 1))[0]

    def __eq__(self, other: object) -> bool:
        """Compare match by match with any other sequence."""
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Tell how many there are; they may be millions."""
        return f"<{len(self)} matches>"

    def to_arrow(self) -> pa.Table:
        """Give all as an Arrow table, one row each."""
        sizes = self._pairs.overlap
        return pa.table(
            {
                "a": self._corpus.column("id", self._pairs.left),
                "b": self._corpus.column("id", self._pairs.right),
                "relation": _RELATIONS[self._pairs.rule],
                "jaccard": sizes.jaccard,
                "containment_a": sizes.containment_a,
                "containment_b": sizes.containment_b,
                "shared": self._pairs.shared,
            }
        )

    def _some(self, chosen: slice) -> tuple[Match, ...]:
        pairs = self._pairs.where(np.arange(len(self))[chosen])
        sizes = pairs.overlap
        columns = zip(
            self._corpus.ids(pairs.left),
            self._corpus.ids(pairs.right),
            pairs.rule.tolist(),
            sizes.jaccard.tolist(),
            sizes.containment_a.tolist(),
            sizes.containment_b.tolist(),
            pairs.shared.tolist(),
            reasons(pairs.rule, pairs.evidence, pairs.uncounted),
            strict=True,
        )
        return tuple(Match(a, b, RULES[rule].relation, *scores) for a, b, rule, *scores in columns)
