"""CSV and Parquet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from syndicate.errors import DocumentError
from syndicate.io.batch import (
    MAX_DOCUMENT,
    NOTHING,
    READ,
    Batch,
    Row,
    assemble,
    columns_of,
    invalid_rows,
    needs_pages,
    row,
)  # fmt: skip
from syndicate.io.columns import array_of, mask_column, number_column
from syndicate.io.encoding import DAMAGE, Marked, guessed
from syndicate.io.streams import opened
from syndicate.model import OPTIONAL_FIELDS, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from syndicate.config import Extractor
    from syndicate.io.plan import Unit

_DELIMITERS: Final = ",;\t"
_HEADER: Final = 1 << 16
_BUFFER: Final = 1 << 20
_CSV_BLOCK: Final = MAX_DOCUMENT + (1 << 20)  # more than a row may have
NOT_UTF8: Final = "the text is not UTF-8"


def to_batch(
    records: pa.RecordBatch,
    numbers: NDArray[np.int64],
    prefix: str,
    skipped: Sequence[Skipped] = (),
    extractor: Extractor = "trafilatura",
) -> Batch:
    """Take the columns that a document has from rows of a table, without Python strings.

    Parameters
    ----------
    records
        With a column ``text``, of any string type, or ``html``.
    numbers : ndarray of int64
        Of the rows; a row is labelled by its number after the prefix.
    prefix
        Names the table.
    skipped
        Rows that were left out before.
    extractor
        What takes articles out of pages.

    Raises
    ------
    DocumentError
        If a column cannot be read as text.
    """
    names = [name for name in READ if name in records.schema.names]
    columns = {name: _strings(records.column(name), name) for name in names}
    texts = [array for array in columns.values() if array.type in READ.values()]
    wrong = [invalid_rows(array) for array in texts]
    damaged = np.unique(np.concatenate([np.empty(0, np.int64), *wrong]))
    reports = [Skipped(f"{prefix}{number}", NOT_UTF8) for number in numbers[damaged].tolist()]
    if len(damaged):
        kept = np.delete(np.arange(len(records)), damaged)
        columns = {name: array.take(number_column(kept)) for name, array in columns.items()}
        numbers = numbers[kept]
    pages = columns.pop("html", None)
    if pages is not None and ("text" not in columns or needs_pages(columns["text"], pages)):
        columns, numbers, failed = _from_pages(
            columns | {"html": pages}, numbers, prefix, extractor
        )
        reports += failed
    return assemble(
        columns,
        numbers,
        lambda chosen: [f"{prefix}{number}" for number in chosen.tolist()],
        [*skipped, *reports],
    )


def _from_pages(
    columns: dict[str, pa.Array], numbers: NDArray[np.int64], prefix: str, extractor: Extractor
) -> tuple[dict[str, pa.Array], NDArray[np.int64], list[Skipped]]:
    """Take articles out of pages, row by row; give the columns and numbers of those found."""
    rows: list[Row] = []
    found: list[int] = []
    failed: list[Skipped] = []
    records = pa.RecordBatch.from_pydict(columns).to_pylist()
    for number, record in zip(numbers.tolist(), records, strict=True):
        try:
            rows.append(row(record, extractor))
            found.append(number)
        except DocumentError as error:
            failed.append(Skipped(f"{prefix}{number}", str(error)))
    return columns_of(rows), np.array(found, np.int64), failed


def _strings(array: pa.Array, name: str) -> pa.Array:
    """Cast a column of any string, number or date type to the string type of `READ`."""
    if name == "html" and (pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type)):
        return array  # its encoding is found out when it is read
    kind = READ[name]
    try:
        if pa.types.is_dictionary(array.type):
            values = array.dictionary.cast(kind)
            return pa.DictionaryArray.from_arrays(array.indices, values).dictionary_decode()
        if pa.types.is_timestamp(array.type):
            array = pc.replace_substring(array.cast(pa.string()), " ", "T", max_replacements=1)
        if name in OPTIONAL_FIELDS and pa.types.is_nested(array.type):
            return _joined(array)
        return array.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        message = f"column {name!r} holds {array.type}, which has no plain text"
        raise DocumentError(message) from error


def _joined(array: pa.Array) -> pa.Array:
    """Join lists of strings, as `syndicate.model.plain` does; what else is nested is no text."""
    try:
        return pc.binary_join(array.cast(pa.list_(pa.string())), ", ")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return pa.nulls(len(array), pa.string())


def require_text(names: Sequence[str]) -> None:
    """Refuse a table without texts.

    Raises
    ------
    DocumentError
        Naming the columns there are, or one that is there twice.
    """
    if twice := sorted(name for name in READ if names.count(name) > 1):
        message = f"there are several columns {twice[0]!r}; rename all but one"
        raise DocumentError(message)
    if not {"text", "html"} & set(names):
        there = ", ".join(map(repr, names)) or "none"
        message = f"there is no column 'text' (or 'html'); there are {there}"
        raise DocumentError(message)


def read_parquet(unit: Unit, batch_bytes: int) -> Iterator[Batch]:
    """Read row groups of a Parquet file; rows are numbered from 1.

    Raises
    ------
    DocumentError
        If there is no column ``text``.
    OSError, pyarrow.ArrowException
        If the file is damaged.
    """
    (source,) = unit.sources
    with parquet.ParquetFile(source.path, buffer_size=_BUFFER) as file:
        require_text(file.schema_arrow.names)
        columns = [name for name in READ if name in file.schema_arrow.names]
        sizes = [file.metadata.row_group(group) for group in range(file.num_row_groups)]
        groups = range(unit.start, len(sizes) if unit.stop is None else unit.stop)
        first = 1 + sum(group.num_rows for group in sizes[: unit.start])
        for group in groups:
            row_bytes = sizes[group].total_byte_size // max(1, sizes[group].num_rows)
            rows = max(1, batch_bytes // max(1, row_bytes))
            for records in file.iter_batches(rows, row_groups=[group], columns=columns):
                numbers = np.arange(first, first + len(records), dtype=np.int64)
                yield to_batch(records, numbers, f"{source.label}:", extractor=unit.extractor)
                first += len(records)


def read_csv(unit: Unit) -> Iterator[Batch]:
    """Read a CSV file; rows are numbered from 1, which is the header.

    Raises
    ------
    DocumentError
        If there is no column ``text``.
    OSError, pyarrow.ArrowException
        If what follows cannot be told apart into rows.
    """
    (source,) = unit.sources
    with opened(source, guessed) as stream:
        delimiter, names = csv_header(stream)
        require_text(names)
        yield from _rows(Marked(stream), delimiter, names, unit)


_UNCLOSED: Final = "a quotation mark is not closed: all that follows was read as one text"


def _rows(stream: Marked, delimiter: str, names: list[str], unit: Unit) -> Iterator[Batch]:
    label = unit.sources[0].label
    faults: list[arrow_csv.InvalidRow] = []
    number = 1
    last: list[str | None] = []
    kinds = {name: kind for name, kind in READ.items() if name in names}
    for records, numbers, passed in csv_rows(stream, delimiter, kinds, faults):
        number = int(numbers.max(initial=number))
        whole = _undamaged(records) if stream.damaged else np.ones(len(records), bool)
        reports = [
            *_reports(label, passed),
            *(Skipped(f"{label}:{number}", NOT_UTF8) for number in numbers[~whole].tolist()),
        ]
        found = records.filter(mask_column(whole))
        yield to_batch(found, numbers[whole], f"{label}:", reports, unit.extractor)
        last = [array[-1].as_py() for array in records.columns] if len(records) else last
    if stream.quotes % 2 and any("\n" in value for value in last if value):
        yield Batch(NOTHING, (Skipped(f"{label}:{number}", _UNCLOSED),))
    if faults:
        yield Batch(NOTHING, tuple(_reports(label, faults)))


def csv_rows(
    stream: Marked,
    delimiter: str,
    kinds: Mapping[str, pa.DataType],
    faults: list[arrow_csv.InvalidRow],
    *,
    every: bool = False,
) -> Iterator[tuple[pa.RecordBatch, NDArray[np.int64], list[arrow_csv.InvalidRow]]]:
    """Read some columns of a CSV file.

    Parameters
    ----------
    stream
        At its start.
    delimiter
        Between the values of a row.
    kinds
        The columns, as types of strings.
    faults
        Holds rows that do not fit the header and come after those that were given.
    every
        Whether to give all other columns too, whatever they hold.

    Yields
    ------
    tuple
        Rows, their numbers, and rows before the last of these that do not fit.
    """
    first = 2
    columns = [] if every else list(kinds)  # none stand for all
    for records in _csv_reader(stream, delimiter, kinds, columns, faults):
        numbers = _numbers(first, len(records), faults)
        first = int(numbers.max(initial=first - 1)) + 1
        passed = [fault for fault in faults if fault.number < first]
        del faults[: len(passed)]  # the reader may be ahead: the rest is for the next rows
        yield records, numbers, passed


def _csv_reader(
    stream: Marked,
    delimiter: str,
    kinds: Mapping[str, pa.DataType],
    columns: list[str],
    faults: list[arrow_csv.InvalidRow],
) -> arrow_csv.CSVStreamingReader:
    """Read columns as strings, leaving out and noting rows that do not fit the header."""

    def leave_out(row: arrow_csv.InvalidRow) -> Literal["skip"]:
        faults.append(row)
        return "skip"

    return arrow_csv.open_csv(
        io.BufferedReader(stream, _BUFFER),  # gives as much as is asked for
        arrow_csv.ReadOptions(use_threads=False, block_size=_CSV_BLOCK),
        arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=leave_out
        ),
        arrow_csv.ConvertOptions(column_types=kinds, include_columns=columns),
    )


def _numbers(first: int, count: int, faults: Sequence[arrow_csv.InvalidRow]) -> NDArray[np.int64]:
    """Give rows their numbers, from ``first``, passing over those that were left out."""
    candidates = np.arange(first, first + count + len(faults), dtype=np.int64)
    left_out = np.isin(candidates, [fault.number for fault in faults])
    return candidates[~left_out][:count]


def _reports(label: str, faults: Sequence[arrow_csv.InvalidRow]) -> list[Skipped]:
    return [
        Skipped(
            f"{label}:{fault.number}",
            f"{fault.actual_columns} columns where the header has {fault.expected_columns}",
        )
        for fault in faults
    ]


def _undamaged(records: pa.RecordBatch) -> NDArray[np.bool_]:
    """Tell the rows without a mark of damage."""
    damaged = [pc.match_substring(array, DAMAGE) for array in records.columns]
    marks = [array_of(array) for array in damaged]
    return np.asarray(~np.logical_or.reduce(marks), bool)


def csv_header(stream: BinaryIO) -> tuple[str, list[str]]:
    """Tell the delimiter and the column names from the first line, which stays unread."""
    head = stream.peek(_HEADER)[:_HEADER].replace(b"\r", b"\n")  # type: ignore[attr-defined]
    line = head.partition(b"\n")[0].decode("utf-8", "replace")
    names: list[str] = []
    for delimiter in _DELIMITERS:
        found = next(csv.reader([line], delimiter=delimiter), [])
        if {"text", "html"} & set(found):
            return delimiter, found
        names = max(names, found, key=len)
    return _DELIMITERS[0], names
