"""What each line says of itself, and the markers at its tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.characters import character_table
from syndicate.boilerplate.lines import Lines
from syndicate.boilerplate.markers import Markers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_MARKER, _SORT, _SIGNS = range(3)


@dataclass(frozen=True, slots=True)
class Features:
    """What is told of each line, beside `Lines`.

    Attributes
    ----------
    told : ndarray of int64, shape (3, n)
        The marker that decides what the line is, or -1; its type, or 0; signs.
    stem : ndarray of uint64, shape (n,)
        Hash of what comes before the number of an image's text.
    """

    told: Ints
    stem: NDArray[np.uint64]

    @property
    def marker(self) -> Ints:
        """The marker that decides what each line is, or -1."""
        return np.asarray(self.told[_MARKER])

    @property
    def kind(self) -> Ints:
        """The type of that marker, 0 where there is none."""
        return np.asarray(self.told[_SORT])

    @property
    def signs(self) -> Ints:
        """What each line says of itself."""
        return np.asarray(self.told[_SIGNS])

    def update(self, at: Ints, other: Features) -> None:
        """Put in what is told of some lines that were read again."""
        self.told[:, at] = other.told
        self.stem[at] = other.stem


def toned(lines: Lines, at: Ints) -> NDArray[np.bool_]:
    """Tell which of some lines have letters with marks."""
    from syndicate.kernels import markers  # noqa: PLC0415 - compiles

    out = np.empty(len(at), np.bool_)
    markers.toned(lines.data, lines.columns, character_table(), at, out)
    return out


def describe(lines: Lines, markers: Markers) -> Features:
    """Look at all lines."""
    from syndicate.kernels import signs  # noqa: PLC0415 - compiles

    features = Features(
        np.empty((signs.TOLD_ROWS, len(lines)), np.int64), np.empty(len(lines), np.uint64)
    )
    tokens = lines.data, lines.columns, lines.hashes, lines.facts, character_table()
    screens = markers.seen, markers.alone, markers.paired, markers.screens
    known = markers.beginnings, markers.bounds, markers.table
    signs.DESCRIBE.run(len(lines), *tokens, *screens, *known, features.stem, features.told)
    return features
