"""Compiling, while nothing is locked, what runs while a store is: see `store.rehearsal`.

``python -m syndicate.index.rehearsal`` does it from the other end, for a process that begins.
"""

from __future__ import annotations

import functools

import numpy as np

from syndicate.index.comparing import Columns, read
from syndicate.match.folded import Folded
from syndicate.match.relation import Context
from syndicate.match.verify import distinct
from syndicate.text.shingles import encode, shingle


def is_due() -> bool:
    """Tell whether there is something to compile: the first time for an installation."""
    from syndicate.kernels import candidates, lookup, pages, runs  # noqa: PLC0415 - imports numba
    from syndicate.kernels._jit import is_kept  # noqa: PLC0415 - imports numba

    needed = (runs.merge_slices, lookup.look, candidates.choose_each, pages.read_pairs)
    return not all(map(is_kept, needed))


@functools.cache
def rehearse() -> None:
    """Compile it all, unless it was done before."""
    if is_due():
        for part in _PARTS:
            part()


def _store() -> None:
    from syndicate.store import rehearsal  # noqa: PLC0415 - not every index is a file

    rehearsal.rehearse()


def _choosing() -> None:
    from syndicate.kernels import candidates  # noqa: PLC0415 - imports numba

    none, keys, one = np.empty(0, np.int64), np.empty(0, np.uint64), np.zeros(1, np.int64)
    limits, ends = (0, 0, none, 0), np.empty((3, 1), np.int64)
    candidates.choose(keys, none, none, *limits, none, 0, none, none)
    candidates.choose_each(keys, one, none, none, one, *limits, 0, ends, none, none, none)
    candidates.firsts(np.empty((0, 2), np.uint64), np.empty(0, np.bool_), none)
    candidates.gather(keys, one, none, none, np.empty(0, np.bool_), none, 0, one, none, none)


def _sharing() -> None:
    from syndicate.kernels import pages  # noqa: PLC0415 - imports numba

    none, keys = np.empty(0, np.int64), np.empty(0, np.uint64)
    pages.shared(keys, none, np.zeros(1, np.int64), keys, none, np.empty(0, np.int32))
    distinct(*_texts()[:2])


def _reading() -> None:
    read(_texts(), Columns(np.array([0]), np.array([1])), Context.unknown(1), 5)


def _texts() -> Folded:
    return Folded.of(shingle(*encode(["a b c d e f g h"] * 2), 5))


_PARTS = _store, _choosing, _sharing, _reading


if __name__ == "__main__":
    for part in reversed(_PARTS):
        part()
