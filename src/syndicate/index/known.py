"""A page and the known documents that it is compared with, laid out and measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.match import align
from syndicate.match.verify import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from syndicate.text.shingles import Shingled

    I64 = NDArray[np.int64]


class Column(NamedTuple):
    """Several texts laid end to end.

    Attributes
    ----------
    shingles, bounds, traits, token_bounds
        As `syndicate.match.align.evidence` takes them.
    sizes
        ndarray of int32, shape (texts,): distinct shingles.
    """

    shingles: NDArray[np.uint64]
    bounds: I64
    traits: NDArray[np.uint16]
    token_bounds: I64
    sizes: NDArray[np.int32]

    @classmethod
    def of(cls, parts: Sequence[Shingled]) -> Column:
        """Lay columns of texts end to end."""
        shingles = np.concatenate([part.shingles for part in parts])
        lengths = np.concatenate([np.diff(part.bounds) for part in parts])
        bounds = np.concatenate([_ZERO, lengths.cumsum()])
        counts = np.concatenate([part.counts for part in parts])
        return cls(
            shingles,
            bounds,
            np.concatenate([part.flags for part in parts]),
            np.concatenate([_ZERO, counts.cumsum(dtype=np.int64)]),
            distinct(shingles, bounds),
        )


_ZERO = np.zeros(1, np.int64)
_LIMITS = np.array(
    [align.EDIT, align.INSERTED, align.BESIDE, align.RELAXED, align.BULK, align.TABLE], np.int64
)


def evidence(texts: Column, left: I64, right: I64, *, size: int) -> align.EvidenceTable:
    """Align pairs of texts and measure them, as `syndicate.match.align.evidence` does."""
    from syndicate.kernels import measure as kernels  # noqa: PLC0415 - compiles

    if (texts.bounds[right + 1] - texts.bounds[right]).sum() > align.CHUNK:
        parts = texts.shingles, texts.bounds, texts.traits, texts.token_bounds
        return align.evidence(*parts, left, right, size=size)
    found = align.align(texts.shingles, texts.bounds, left, right, size=size)
    out = np.empty((len(left), kernels.ROWS), np.int64)
    kernels.measure(*found, texts.traits, texts.token_bounds, left, right, size, _LIMITS, out)
    return align.EvidenceTable(*np.ascontiguousarray(out.T))
