"""What every reader yields: a batch of documents as columns, and what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from syndicate.config import Extractor
from syndicate.errors import DocumentError
from syndicate.io.columns import array_of, mask_column, scalar, string_column
from syndicate.io.encoding import is_utf8, mend
from syndicate.model import OPTIONAL_FIELDS, Skipped, plain

MAX_DOCUMENT: Final = 32 << 20
"""Bytes that one document may have; what is longer is not an article."""

TOO_LONG: Final = (
    f"more than {MAX_DOCUMENT >> 20} MB in one document, which no article has; split it"
)
EMPTY: Final = "the text is empty"
MISSING: Final = "no string 'text' or 'html'; rename the field that holds the article"

SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        *(pa.field(name, pa.string()) for name in OPTIONAL_FIELDS),
    ]
)
"""Columns of a batch. ``text`` is valid UTF-8 and never blank; arrays may be slices."""

NOTHING: Final = pa.RecordBatch.from_arrays(
    [pa.nulls(0, field.type) for field in SCHEMA], schema=SCHEMA
)
"""No documents."""

READ: Final = {field.name: field.type for field in SCHEMA} | {"html": pa.large_string()}
"""What readers look for in a record or table: where ``text`` is missing, ``html`` may hold it."""

_TOP_BITS: Final = 0xC0
_CONTINUATION: Final = 0x80
_ZERO: Final = scalar(0)

Label = Callable[[NDArray[np.int64]], Sequence[str]]
"""Names records by their numbers for a reader of messages: ``file.jsonl:12``."""


def _no_numbers() -> NDArray[np.int64]:
    """Give the numbers of no documents."""
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents as columns of `SCHEMA`, and the inputs among them that were skipped.

    ``numbers``, an ndarray of int64, says where each document was read: which of the unit's
    files it is, which row of a table, or which line, counted from where the unit starts.
    """

    records: pa.RecordBatch
    skipped: tuple[Skipped, ...] = ()
    numbers: NDArray[np.int64] = field(default_factory=_no_numbers)


def assemble(
    columns: Mapping[str, pa.Array],
    numbers: NDArray[np.int64],
    label: Label,
    skipped: Sequence[Skipped] = (),
) -> Batch:
    """Make a batch of columns, leaving out rows whose text is missing, blank or too long.

    Parameters
    ----------
    columns
        ``text`` as large_string, and any of the other fields as string, of equal length.
    numbers
        Of the records that the rows are of.
    label
        Names those that have neither ``id`` nor ``url``, or that are skipped.
    skipped
        Rows that a reader left out before.
    """
    text = columns["text"]
    unfit = _unfit(text)
    if unfit.any():
        names = label(numbers[unfit])
        skipped = [*skipped, *_reasons(text.filter(mask_column(unfit)), names)]
        kept = mask_column(~unfit)
        columns = {name: array.filter(kept) for name, array in columns.items()}
        numbers = numbers[~unfit]
    return Batch(_record_batch(columns, numbers, label), tuple(skipped), numbers)


def _unfit(text: pa.Array) -> NDArray[np.bool_]:
    """Mark rows that are null, empty, nothing but spaces, or too long."""
    lengths = pc.binary_length(text)
    wrong = pc.or_(pc.equal(lengths, _ZERO), pc.greater(lengths, scalar(MAX_DOCUMENT)))
    wrong = pc.or_(wrong, pc.utf8_is_space(text))
    return array_of(wrong, fill=1)


def _reasons(text: pa.Array, names: Sequence[str]) -> list[Skipped]:
    lengths = pc.binary_length(text).to_pylist()
    return [
        Skipped(name, MISSING if length is None else TOO_LONG if length > MAX_DOCUMENT else EMPTY)
        for name, length in zip(names, lengths, strict=True)
    ]


def _record_batch(
    columns: Mapping[str, pa.Array], numbers: NDArray[np.int64], label: Label
) -> pa.RecordBatch:
    """Put columns in the order of `SCHEMA`, an id in every row."""
    arrays = {
        field.name: _no_empties(columns[field.name])
        if field.name in columns
        else pa.nulls(len(numbers), field.type)
        for field in SCHEMA
    }
    arrays["id"] = _ids(arrays["id"], arrays["url"], numbers, label)
    return pa.RecordBatch.from_arrays([arrays[name] for name in SCHEMA.names], schema=SCHEMA)


def _no_empties(array: pa.Array) -> pa.Array:
    """Take an empty string for a missing one."""
    lengths = pc.binary_length(array)
    if len(array) and pc.min(lengths).as_py() == 0:
        return pc.if_else(pc.equal(lengths, _ZERO), pa.nulls(1, array.type)[0], array)
    return array


def _ids(ids: pa.Array, urls: pa.Array, numbers: NDArray[np.int64], label: Label) -> pa.Array:
    """Give each row its id, else its url, else its label."""
    if not ids.null_count:
        return ids
    ids = pc.coalesce(ids, urls)
    missing = ids.is_null()
    unnamed = numbers[array_of(missing)]
    if not len(unnamed):
        return ids
    return pc.replace_with_mask(ids, missing, string_column(label(unnamed)))


Row = tuple[str | None, ...]
"""The values of one document, in the order of `SCHEMA`."""


def row(record: Mapping[str, object], extractor: Extractor = "trafilatura") -> Row:
    """Take the fields of a document from a record; those it does not know are ignored.

    Without ``text``, the article is taken out of ``html``, and so are the fields that the
    record does not have itself.

    Raises
    ------
    ConfigError
        If there is a page and the extra ``html`` is not installed.
    DocumentError
        If ``text`` is missing or not a string, and there is no page that holds an article.
    """
    page = record.get("html")
    if page and not record.get("text") and isinstance(page, str | bytes):
        record = _from_page(record, extractor)
    text = record.get("text")
    if not isinstance(text, str):
        raise DocumentError(MISSING)
    return tuple(text if name == "text" else plain(record.get(name)) for name in SCHEMA.names)


def _from_page(record: Mapping[str, object], extractor: Extractor) -> dict[str, object]:
    """Put what a record's page holds in the place of what the record lacks."""
    from syndicate.io.html import read_page  # noqa: PLC0415 - for pages alone

    page = record["html"]
    raw = page if isinstance(page, bytes) else str(page)
    stated = read_page(raw, plain(record.get("url")), extractor)
    own = {name: plain(record.get(name)) for name in SCHEMA.names}
    return stated.record | {name: value for name, value in own.items() if value}


def needs_pages(text: pa.Array, pages: pa.Array) -> bool:
    """Tell whether a row has a page and no text."""
    without = array_of(pc.equal(pc.binary_length(text), _ZERO), fill=1)
    return bool((without & array_of(pc.is_valid(pages))).any())


def columns_of(rows: Sequence[Row]) -> dict[str, pa.Array]:
    """Turn rows into columns; a lone surrogate becomes U+FFFD."""
    values = zip(*rows, strict=True) if rows else ((),) * len(SCHEMA)
    return {
        field.name: _array(column, field.type)
        for field, column in zip(SCHEMA, values, strict=True)
    }


def _array(values: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    try:
        return string_column(values, kind)
    except UnicodeEncodeError:
        return string_column([value and mend(value) for value in values], kind)


def invalid_rows(array: pa.Array) -> NDArray[np.int64]:
    """Find the rows of a string column that are not UTF-8 and must not go further."""
    offsets, data = _buffers(array)
    used = data[offsets[0] : offsets[-1]]
    starts = offsets[:-1][offsets[:-1] < offsets[1:]]
    inside = (data[starts] & _TOP_BITS) == _CONTINUATION  # a row that begins inside a sequence
    if is_utf8(used.data) and not inside.any():
        return np.empty(0, np.int64)
    spans = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    whole = [is_utf8(data[start:end].data) for start, end in spans]
    return np.flatnonzero(~np.array(whole, bool))


def _buffers(array: pa.Array) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Give the offsets and the bytes behind a string column, without a copy."""
    _, bounds, data = array.buffers()
    kind = np.int64 if pa.types.is_large_string(array.type) else np.int32
    if not len(array):
        return np.zeros(1, kind), np.empty(0, np.uint8)
    offsets = np.frombuffer(bounds, kind)[array.offset : array.offset + len(array) + 1]
    return offsets, np.frombuffer(data or b"", np.uint8)
