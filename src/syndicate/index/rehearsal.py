"""Compiling, while nothing is locked, what runs while a store is: see `store.rehearsal`."""

from __future__ import annotations

import functools

import numpy as np

from syndicate.index.comparing import Columns, read
from syndicate.match.folded import Folded
from syndicate.match.relation import Context
from syndicate.match.verify import distinct
from syndicate.text.shingles import encode, shingle


@functools.cache
def rehearse() -> None:
    """Compile it all, unless it was done before: the first time for an installation."""
    from syndicate.kernels import candidates, lookup, pages, runs  # noqa: PLC0415 - imports numba
    from syndicate.kernels._jit import is_kept  # noqa: PLC0415 - imports numba
    from syndicate.store import rehearsal  # noqa: PLC0415 - not every index is a file

    needed = (runs.merge_slices, lookup.look, candidates.choose, pages.read_pairs)
    if all(map(is_kept, needed)):
        return
    rehearsal.rehearse()
    none, keys, one = np.empty(0, np.int64), np.empty(0, np.uint64), np.zeros(1, np.int64)
    candidates.choose(keys, none, none, 0, 0, none, 0, none, 0, none, none)
    candidates.gather(keys, one, none, none, np.empty(0, np.bool_), 0, 0, one, none, none)
    texts = Folded.of(shingle(*encode(["a b c d e f g h"] * 2), 5))
    distinct(*texts[:2])
    pages.shared(keys, none, one, keys, none, np.empty(0, np.int32))
    read(texts, Columns(np.array([0]), np.array([1])), Context.unknown(1), 5)
