"""Where documents were read, and how they stand there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syndicate import io
from syndicate.errors import StoreError, SyndicateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


class Places:
    """Tells by its place in the input where each document was read.

    Parameters
    ----------
    units
        The input; none if it came as values, which have no file.
    sizes
        How many documents each unit has.
    numbers : ndarray of int64
        Of each document, as `syndicate.io.Batch` has them.
    """

    def __init__(self, units: Sequence[io.Unit], sizes: Sequence[int], numbers: Ints) -> None:
        self._units = units
        self._bounds = np.cumsum([0, *sizes])
        self._numbers = numbers

    def label(self, places: Ints) -> list[str | None]:
        """Label documents, by their places, ascending, by file and line; values have no label."""
        if not self._units:
            return [None] * len(places)
        return [name for unit, some in self._by_unit(places) for name in io.labels(unit, some)]

    def as_read(self, places: Ints) -> Iterator[str | None]:
        """Give documents, by their places, ascending, as `syndicate.io.records` does.

        Of values there is nothing but what is known: None.

        Raises
        ------
        StoreError
            If a file is gone, damaged or shorter than it was.
        """
        if not self._units:
            yield from [None] * len(places)
        for unit, some in self._by_unit(places):
            count = 0
            why = "it changed after it was read"
            try:
                for record in io.records(unit, some):
                    count += 1
                    yield record
            except (SyndicateError, OSError, EOFError, pa.ArrowException) as error:
                why = str(error)  # of no account behind the last document, as when first read
            if count < len(some):
                message = f"{unit.sources[0].path} cannot be read again: {why}; run again"
                raise StoreError(message)

    def _by_unit(self, places: Ints) -> Iterator[tuple[io.Unit, Ints]]:
        """Give the units in which some places are, and the numbers of their records."""
        cuts = np.searchsorted(places, self._bounds)
        for unit, (low, high) in zip(self._units, pairwise(cuts.tolist()), strict=True):
            if low < high:
                yield unit, self._numbers[places[low:high]]
