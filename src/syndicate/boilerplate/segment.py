"""Deciding which lines of texts go: `syndicate.kernels.judge`, text after text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from syndicate.boilerplate.features import Features
from syndicate.boilerplate.lines import Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Values = NDArray[np.float64]


def judge(lines: Lines, features: Features, live: Ints, titles: Keys, shares: Values) -> Ints:
    """Decide once which of the live lines go.

    Parameters
    ----------
    lines, features
        All lines.
    live : ndarray of int64
        Lines not yet gone, ascending.
    titles : ndarray of uint64
        Hash of each text's title; 0 where it is unknown.
    shares : ndarray of float64
        Part of their site's articles with which lines stood; 0 if they are not learned,
        negative if they are the title of one of these articles.

    Returns
    -------
    ndarray of int64
        Rule by which each live line goes; 0 for those that stay. Nothing goes from a text
        of which too little would be left.
    """
    from syndicate.kernels.judge import PATIENT, SCRATCH, SLOTS  # noqa: PLC0415 - imports numba

    keys = [column.view(np.int64) for column in (lines.key, features.stem, titles)]
    given: tuple[Any, ...] = (
        lines.doc, keys[0], keys[1], lines.words, lines.flags, features.kind, features.signs,
        shares, live, keys[2],
    )  # fmt: skip
    plain: Any = PATIENT.plain(len(live))
    if plain is not None:
        room = [[0] * len(live) for _ in range(SCRATCH)]
        plain(*(column.tolist() for column in given), [0] * (SLOTS * len(live)), *room, 0)
        return np.array(room[-1], np.int64)
    rows = np.empty((SCRATCH, len(live)), np.int64)
    kernel: Any = PATIENT.kernel
    kernel(*given, np.empty(SLOTS * len(live), np.int64), *rows, 0)
    return np.asarray(rows[-1])
