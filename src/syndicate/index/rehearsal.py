"""Compiling, while nothing is locked, what runs while a store is: see `store.rehearsal`."""

from __future__ import annotations

import functools

import numpy as np

from syndicate.match.align import evidence
from syndicate.match.folded import Folded
from syndicate.match.verify import distinct
from syndicate.text.shingles import encode, shingle


@functools.cache
def rehearse() -> None:
    """Compile it all, unless it was done before: the first time for an installation."""
    from syndicate.kernels import lookup, measure, pages, runs  # noqa: PLC0415 - imports numba
    from syndicate.kernels._jit import is_kept  # noqa: PLC0415 - imports numba
    from syndicate.store import rehearsal  # noqa: PLC0415 - not every index is a file

    needed = (measure.measure, runs.merge_slices, lookup.look, lookup.choose, pages.shared)
    if all(map(is_kept, needed)):
        return
    rehearsal.rehearse()
    none = np.empty(0, np.int64)
    lookup.choose(none, none, 0, 0, 0, 0, none)
    texts = Folded.of(shingle(*encode(["a b c d e f g h"] * 2), 5))
    left, right = np.array([0]), np.array([1])
    distinct(*texts[:2])
    pages.shared(texts.shingles, np.empty(0, np.uint64), none, np.empty(0, np.int32))
    measure.MEASURE.hurry()
    evidence(*texts, left, right, size=5)
