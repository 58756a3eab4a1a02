"""One way to read a unit of any kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from syndicate.errors import DocumentError
from syndicate.io.batch import NOTHING, Batch
from syndicate.io.blocks import cut, newlines, skip_line
from syndicate.io.files import read_files
from syndicate.io.find import reason
from syndicate.io.lines import LineReader
from syndicate.io.streams import opened
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
            return _read_lines(unit, batch_bytes)
        case "csv":
            return read_csv(unit)
        case "parquet":
            return read_parquet(unit, batch_bytes)


def _read_lines(unit: Unit, batch_bytes: int) -> Iterator[Batch]:
    """Read the lines that start within the unit's bytes."""
    (source,) = unit.sources
    with opened(source) as stream:
        start = unit.start
        if start:
            stream.seek(start - 1)
            start += skip_line(stream) - 1
        path = Path(source.path)
        reader = LineReader(
            source.label,
            lambda: newlines(path, path.stat().st_mtime_ns).before(start) if start else 0,
            unit.extractor,
        )
        length = None if unit.stop is None else unit.stop - start
        for block in cut(stream, length, batch_bytes):
            yield reader.batch(block)
