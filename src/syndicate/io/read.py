"""One way to read a unit of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from syndicate.errors import DocumentError
from syndicate.io.batch import NOTHING, Batch
from syndicate.io.files import read_files
from syndicate.io.find import reason
from syndicate.io.lines import read_lines
from syndicate.io.tables import read_csv, read_parquet
from syndicate.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syndicate.io.plan import Unit

BATCH_BYTES: Final = 4 << 20


def read(unit: Unit, *, batch_bytes: int = BATCH_BYTES) -> Iterator[Batch]:
    """Read a unit of a plan in batches.

    Parameters
    ----------
    unit
        From `syndicate.io.plan`.
    batch_bytes
        Size of a batch, about; a few times this is held at once.

    Yields
    ------
    Batch
        What cannot be read is in ``skipped``, by file and line.
    """
    try:
        yield from _batches(unit, batch_bytes)
    except (DocumentError, OSError, EOFError, pa.ArrowException) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        yield Batch(NOTHING, (Skipped(unit.sources[0].label, why),))


def _batches(unit: Unit, batch_bytes: int) -> Iterator[Batch]:
    match unit.kind:
        case "files":
            return read_files(unit.sources, batch_bytes, unit.extractor)
        case "lines":
            return read_lines(unit, batch_bytes)
        case "csv":
            return read_csv(unit)
        case "parquet":
            return read_parquet(unit, batch_bytes)
