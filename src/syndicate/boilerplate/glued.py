"""Furniture glued to the text of pages whose line breaks were lost.

Runs of words at the edges of long lines that recur with different articles of the site are
cut out, at the edge of the word or the sign where they end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.learned import Learned
from syndicate.boilerplate.lines import Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def glued_cuts(lines: Lines, learned: Learned, texts: int) -> Ints:
    """Find the learned runs at the edges of long lines.

    Returns
    -------
    ndarray of int64, shape (k, 4)
        Text, first byte, byte after the last, and rule of each, ascending.
    """
    from syndicate.kernels import glued as kernels  # noqa: PLC0415 - imports numba

    runs = learned.runs
    few = np.zeros(texts, np.bool_)
    few[learned.glued] = True
    few &= np.bincount(lines.doc, minlength=texts) <= kernels.GLUED_LINES
    long = few[lines.doc] & (lines.words > kernels.GLUED_WORDS)
    count = np.count_nonzero(long)
    if runs is None or not count:
        return np.empty((0, kernels.CUT_COLUMNS), np.int64)
    cuts = np.empty((kernels.MOST_CUTS * count, kernels.CUT_COLUMNS), np.int64)
    found = kernels.LEARNED_RUNS.run(
        len(lines), lines.data, lines.columns, lines.hashes, lines.facts, few, learned.sites,
        runs.seen, runs.keys, runs.shares, np.empty(kernels.MOST_CUTS), cuts, len(lines),
    )  # fmt: skip
    cuts = cuts[:found]
    same = cuts[1:, 0] == cuts[:-1, 0]  # what two claim is the first one's
    np.maximum(cuts[1:, 1], cuts[:-1, 2], out=cuts[1:, 1], where=same)
    return cuts[cuts[:, 1] < cuts[:, 2]]
