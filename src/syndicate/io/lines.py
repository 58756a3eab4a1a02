"""JSON lines: whole blocks by Arrow, and a block with a fault line by line to name it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from syndicate.errors import DocumentError
from syndicate.io.batch import (
    READ,
    SCHEMA,
    TOO_LONG,
    Batch,
    Row,
    assemble,
    columns_of,
    needs_pages,
    row,
)  # fmt: skip
from syndicate.io.blocks import NEWLINE, cut, lines_before, skip_line
from syndicate.io.columns import one_array
from syndicate.io.encoding import is_utf8
from syndicate.io.streams import opened
from syndicate.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from syndicate.config import Extractor
    from syndicate.io.blocks import Block
    from syndicate.io.plan import Unit

_RETURN: Final = ord("\r")
_OPEN: Final = ord("{")
_CLOSE: Final = ord("}")
BLANKS: Final = b" \t\r\n"
_DIGITS: Final = 600  # fewer than any limit that Python can be given
_OTHER_TYPES: Final = {int: pa.int64(), list: pa.list_(pa.string()), dict: pa.struct([])}
"""What a field other than text may be in each line of a file, instead of a string."""


def read_lines(unit: Unit, batch_bytes: int) -> Iterator[Batch]:
    """Read the lines that start within a unit's bytes."""
    (source,) = unit.sources
    path = Path(source.path)
    reader = LineReader(source.label, lambda: lines_before(path, unit.start), unit.extractor)
    return map(reader.batch, line_blocks(unit, batch_bytes))


def line_blocks(unit: Unit, size: int) -> Iterator[Block]:
    """Cut the lines that start within a unit's bytes into blocks of about so many bytes."""
    (source,) = unit.sources
    with opened(source) as stream:
        start = unit.start
        if start:
            stream.seek(start - 1)
            start += skip_line(stream) - 1
        yield from cut(stream, None if unit.stop is None else unit.stop - start, size)


class LineReader:
    """Reads blocks of one file.

    Parameters
    ----------
    name
        The file, as its rows are named: ``name:LINE``.
    before
        Counts the lines of the file before the first block. Called only when a line must
        be named, for it may have to read the file up to there.
    extractor
        What takes articles out of pages.
    """

    def __init__(
        self, name: str, before: Callable[[], int], extractor: Extractor = "trafilatura"
    ) -> None:
        self._name = name
        self._before = before
        self._extractor: Extractor = extractor
        self._types = dict(READ)

    def batch(self, block: Block) -> Batch:
        """Read one block."""
        numbers = _object_lines(block)
        columns = self._columns(block, len(numbers)) if numbers is not None else None
        if numbers is None or columns is None:
            batch = self._by_line(block)
        else:
            batch = assemble(columns, block.first + numbers, self._labels)
        if not block.too_long:
            return batch
        passed = Skipped(self._label(block.first + len(block.newlines)), TOO_LONG)
        return replace(batch, skipped=(*batch.skipped, passed))

    def _label(self, number: int) -> str:
        return f"{self._name}:{self._before() + number + 1}"

    def _labels(self, numbers: NDArray[np.int64]) -> list[str]:
        return [self._label(number) for number in numbers.tolist()]

    def _columns(self, block: Block, count: int) -> dict[str, pa.Array] | None:
        """Read a block of so many objects by Arrow; None if one of them needs a look."""
        if not is_utf8(block.data):
            return None
        table = _parse(block.data, self._types)
        if table is None and (types := _types_seen(block)) != self._types:
            table, self._types = _parse(block.data, types), types
        if table is None or len(table) != count:
            return None
        if needs_pages(table["text"], table["html"]):
            return None
        pairs = zip(SCHEMA.names, table.columns, strict=False)
        return {name: _as_strings(one_array(column), name) for name, column in pairs}

    def _by_line(self, block: Block) -> Batch:
        """Read a block one line at a time, keeping what is well."""
        rows: list[Row] = []
        numbers: list[int] = []
        skipped: list[Skipped] = []
        for number, line in enumerate(bytes(block.data).split(b"\n"), start=block.first):
            if not line.strip(BLANKS):
                continue
            try:
                rows.append(row(_record(line), self._extractor))
                numbers.append(number)
            except DocumentError as error:
                skipped.append(Skipped(self._label(number), str(error)))
        return assemble(columns_of(rows), np.array(numbers, np.int64), self._labels, skipped)


def _object_lines(block: Block) -> NDArray[np.int64] | None:
    """Give the numbers of the lines that are not blank, or None where one is no whole object.

    A line that begins with ``{`` and ends with ``}`` may still hold two objects, or none;
    but if all do, no object spans lines, and as many rows as lines means one each.
    """
    data = np.frombuffer(block.data, np.uint8)
    ends = block.newlines
    if len(data) and data[-1] != NEWLINE:
        ends = np.append(ends, len(data))
    starts = np.append(0, ends + 1)[:-1]
    ends = ends - (data[np.maximum(ends, 1) - 1] == _RETURN)
    numbers = np.flatnonzero(ends > starts)
    whole = (data[starts[numbers]] == _OPEN) & (data[ends[numbers] - 1] == _CLOSE)
    return numbers if whole.all() else None


def _parse(data: bytes | memoryview, types: dict[str, pa.DataType]) -> pa.Table | None:
    """Read JSON objects of these types, or give None if that is not what they are."""
    read = arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1)
    parse = arrow_json.ParseOptions(
        explicit_schema=pa.schema(types.items()), unexpected_field_behavior="ignore"
    )
    try:
        return arrow_json.read_json(pa.BufferReader(data), read, parse)
    except pa.ArrowInvalid:
        return None


def _types_seen(block: Block) -> dict[str, pa.DataType]:
    """Give the types of the columns, judged by the first line where strings will not do."""
    types = dict(READ)
    end = block.newlines[0] if len(block.newlines) else len(block.data)
    try:
        record = _record(bytes(block.data[:end]))
    except DocumentError:
        return types
    seen = {name: _OTHER_TYPES.get(type(record.get(name))) for name in types if name != "text"}
    return types | {name: kind for name, kind in seen.items() if kind is not None}


def _as_strings(array: pa.Array, name: str) -> pa.Array:
    """Give a column of JSON values as `syndicate.model.plain` gives them one by one."""
    if pa.types.is_list(array.type):
        return pc.binary_join(array, ", ")
    if pa.types.is_struct(array.type):
        return pa.nulls(len(array), pa.string())
    return array.cast(SCHEMA.field(name).type)


def _record(line: bytes) -> dict[str, Any]:
    """Decode one line.

    Raises
    ------
    DocumentError
        If it is not UTF-8, not JSON, or not an object.
    """
    record = _decoded(line)
    if not isinstance(record, dict):
        message = f"one JSON object a line is needed, got {type(record).__name__}"
        raise DocumentError(message)
    return record


def _decoded(line: bytes) -> object:
    """Decode JSON; whatever Arrow reads in a block must be read here too."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        message = f"byte 0x{line[error.start]:02x} at column {error.start + 1} is not UTF-8"
        raise DocumentError(message) from error
    try:
        return json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # "Unterminated string starting at"
        message = f"not JSON: {what} at column {error.colno}"
        raise DocumentError(message) from error
    except RecursionError as error:
        if (table := _parse(line, READ)) is not None:
            return table.to_pylist()[0]
        message = "not JSON that can be read: it is nested too deeply"
        raise DocumentError(message) from error


def _whole(digits: str) -> int | str:
    """Give a number, or the digits of one that Python takes for an attack."""
    return int(digits) if len(digits) <= _DIGITS else digits
