"""Where documents were read, told when a message needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate import io

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Places:
    """Names documents by file and line, which nothing keeps: it reads again to tell.

    Parameters
    ----------
    units
        The input; none if it came as values, which have no file.
    sizes
        How many documents each unit has, if that is known.
    """

    def __init__(self, units: Sequence[io.Unit] = (), sizes: Sequence[int] = ()) -> None:
        self._units = units
        self._sizes = sizes

    def label(self, places: NDArray[np.int64]) -> dict[int, str]:
        """Label documents by their place in the input; those not found again are left out."""
        labels: dict[int, str] = {}
        first = 0
        for number, unit in enumerate(self._units if len(places) else ()):
            if self._sizes and not len(_within(places, first, self._sizes[number])):
                first += self._sizes[number]
                continue
            for batch in io.read(unit):
                wanted = _within(places, first, len(batch.records))
                names = batch.label(wanted - first)
                labels.update(zip(wanted.tolist(), names, strict=True))
                first += len(batch.records)
        return labels


def _within(places: NDArray[np.int64], first: int, count: int) -> NDArray[np.int64]:
    return places[(places >= first) & (places < first + count)]
