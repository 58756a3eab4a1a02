"""Records of files again: what they are called, and how they stand there with all their fields."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import parquet

from syndicate.io.blocks import lines_before
from syndicate.io.encoding import DAMAGE, Marked, guessed
from syndicate.io.lines import BLANKS, line_blocks
from syndicate.io.streams import opened
from syndicate.io.tables import csv_header, csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from syndicate.io.plan import Unit

    Ints = NDArray[np.int64]

_BLOCK: Final = 4 << 20
_ROWS: Final = 1024


def labels(unit: Unit, numbers: Ints) -> list[str]:
    """Name records for a reader of messages: ``file.jsonl:12``.

    Parameters
    ----------
    unit
        Where they were read.
    numbers
        Of the records, as `syndicate.io.Batch` has them.
    """
    if unit.kind == "files":
        return [unit.sources[number].label for number in numbers.tolist()]
    (source,) = unit.sources
    first = 1 + lines_before(Path(source.path), unit.start) if unit.kind == "lines" else 0
    return [f"{source.label}:{first + number}" for number in numbers.tolist()]


def records(unit: Unit, numbers: Ints) -> Iterator[str | None]:
    """Give records as they stand in a file.

    Parameters
    ----------
    unit
        Where they were read.
    numbers
        Of the records, as `syndicate.io.Batch` has them, ascending.

    Yields
    ------
    str or None
        For a line of JSON the line, for a row of a table an object with all columns, as JSON;
        None for files that are documents each. Fewer than there are numbers if the file is not
        what it was.
    """
    match unit.kind:
        case "files":
            yield from [None] * len(numbers)
        case "lines":
            yield from _lines(unit, numbers)
        case "csv":
            yield from _objects(_csv_rows(unit), numbers)
        case "parquet":
            yield from _objects(_parquet_rows(unit, numbers), numbers)


def _lines(unit: Unit, numbers: Ints) -> Iterator[str]:
    for block in line_blocks(unit, _BLOCK):
        lines = bytes(block.data).removesuffix(b"\n").split(b"\n")
        some = numbers[(numbers >= block.first) & (numbers < block.first + len(lines))]
        for number in (some - block.first).tolist():
            yield lines[number].strip(BLANKS).decode("utf-8", "replace")


def _csv_rows(unit: Unit) -> Iterator[tuple[pa.RecordBatch, Ints]]:
    (source,) = unit.sources
    with opened(source, guessed) as stream:
        delimiter, names = csv_header(stream)
        kinds = dict.fromkeys(names, pa.large_string())
        for rows, held, _ in csv_rows(Marked(stream), delimiter, kinds, [], every=True):
            yield rows, held


def _parquet_rows(unit: Unit, numbers: Ints) -> Iterator[tuple[pa.RecordBatch, Ints]]:
    (source,) = unit.sources
    with parquet.ParquetFile(source.path) as file:
        first = 1
        for group in range(file.num_row_groups):
            past = first + file.metadata.row_group(group).num_rows
            if ((numbers >= first) & (numbers < past)).any():
                for rows in file.iter_batches(_ROWS, row_groups=[group]):
                    yield rows, np.arange(first, first + len(rows))
                    first += len(rows)
            first = past


def _objects(parts: Iterable[tuple[pa.RecordBatch, Ints]], numbers: Ints) -> Iterator[str]:
    """Write those of some rows whose numbers are wanted as JSON objects."""
    for rows, held in parts:
        names = rows.schema.names
        values = zip(*map(_values, rows.columns), strict=True)
        for row, wanted in zip(values, np.isin(held, numbers).tolist(), strict=True):
            if wanted:
                written = orjson.dumps(dict(zip(names, row, strict=True)), _in_words).decode()
                yield written.replace(DAMAGE, "\ufffd")


_UNREADABLE = ValueError, OverflowError, pa.ArrowException
"""What values raise that Python has no form for: times far away or too exact, damaged strings."""


def _values(array: pa.Array) -> list[Any]:
    """Give the values of a column."""
    try:
        values: list[Any] = array.to_pylist()
    except _UNREADABLE:
        values = list(map(_value, array))
    return values


def _value(scalar: pa.Scalar) -> object:
    """Give a value as Python has it, else as bytes or in words; None if it has no form at all."""
    for read in (
        scalar.as_py,
        lambda: [_value(item) for item in scalar.values],
        lambda: {name: _value(item) for name, item in scalar.items()},
        lambda: scalar.cast(pa.large_binary()).as_py(),
        lambda: scalar.cast(pa.string()).as_py(),
    ):
        with contextlib.suppress(*_UNREADABLE, AttributeError, TypeError):
            return read()
    return None


def _in_words(value: object) -> str:
    """Write what JSON has no form for."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
