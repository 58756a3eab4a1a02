"""Documents that are in memory already: Python values, or columns of any Arrow library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from syndicate.config import Extractor
from syndicate.errors import DocumentError
from syndicate.io.batch import READ, SCHEMA, Batch, Row, assemble, columns_of, row
from syndicate.io.encoding import mend
from syndicate.io.tables import require_text, to_batch
from syndicate.model import Document, Skipped, plain

_BATCH_BYTES: Final = 2 << 20
_BATCH_ROWS: Final = 4096
_LEAST_ROWS: Final = 256
_PAIR: Final = 2
_TEXT: Final = SCHEMA.get_field_index("text")


def from_documents(
    documents: Iterable[Any], extractor: Extractor = "trafilatura"
) -> Iterator[Batch]:
    """Turn documents into batches.

    Parameters
    ----------
    documents
        `Document` values, mappings with ``text``, ``(id, text)`` pairs, or an object with
        ``__arrow_c_stream__`` that has a column ``text``. Where ``text`` is missing, the
        article is taken out of ``html``. A document without ``id`` and
        ``url`` gets its position, from 0, as its id.
    extractor
        What takes articles out of pages.

    Raises
    ------
    DocumentError
        If something else is passed, or a table without texts.

    Examples
    --------
    >>> (batch,) = from_documents([("a", "Xin chào"), {"text": "Hello"}])
    >>> batch.records.column("id").to_pylist()
    ['a', '1']
    """
    if hasattr(documents, "__arrow_c_stream__"):
        return _from_arrow(documents, extractor)
    if isinstance(documents, str | bytes | Mapping) or not isinstance(documents, Iterable):
        message = (
            f"documents must be Documents, mappings with 'text', (id, text) pairs or an Arrow "
            f"table, got one {type(documents).__name__}; {_remedy(documents)}"
        )
        raise DocumentError(message)
    return _from_values(documents, extractor)


def _remedy(given: object) -> str:
    if isinstance(given, str):
        return "files are read by dedupe_paths; put a document in a list"
    if isinstance(given, Mapping):
        return "put it in a list, or give its items() if they are ids and texts"
    return "collect it first" if hasattr(given, "collect") else "put it in a list"


def _from_arrow(source: Any, extractor: Extractor) -> Iterator[Batch]:  # noqa: ANN401 - any library's table
    """Read an Arrow stream, in slices of about a batch."""
    try:
        reader = pa.RecordBatchReader.from_stream(source)
    except (TypeError, pa.ArrowException) as error:
        message = f"{type(source).__name__} is not a table: one column 'text' is needed ({error})"
        raise DocumentError(message) from error
    require_text(reader.schema.names)
    names = [name for name in READ if name in reader.schema.names]
    first = 0
    for records in reader:
        size = max(1, records.get_total_buffer_size())  # of slices too, hence the least rows
        rows = max(_LEAST_ROWS, _BATCH_BYTES * len(records) // size)
        for start in range(0, len(records), rows):
            some = records.select(names).slice(start, rows)
            numbers = np.arange(first, first + len(some))
            yield to_batch(some, numbers, "", extractor=extractor)
            first += len(some)


def _from_values(documents: Iterable[Any], extractor: Extractor) -> Iterator[Batch]:
    """Gather Python values into batches."""
    rows: list[Row] = []
    positions: list[int] = []
    skipped: list[Skipped] = []
    size = 0
    for position, document in enumerate(documents):
        record = _record(document, position)
        try:
            rows.append(row(record, extractor))
        except DocumentError as error:
            name = mend(plain(record.get("id")) or str(position))
            skipped.append(Skipped(name, str(error)))
            continue
        positions.append(position)
        size += len(rows[-1][_TEXT] or "")
        if size >= _BATCH_BYTES or len(rows) == _BATCH_ROWS:
            yield _batch(rows, positions, skipped)
            rows, positions, skipped, size = [], [], [], 0
    if rows or skipped:
        yield _batch(rows, positions, skipped)


def _batch(rows: list[Row], positions: list[int], skipped: list[Skipped]) -> Batch:
    numbers = np.array(positions, np.int64)
    return assemble(columns_of(rows), numbers, lambda some: list(map(str, some)), skipped)


def _record(document: Any, position: int) -> Mapping[str, Any]:  # noqa: ANN401 - any value
    """Give a document as a mapping."""
    if isinstance(document, Document):
        return {name: getattr(document, name) for name in SCHEMA.names}
    if isinstance(document, Mapping):
        return document
    if isinstance(document, tuple | list) and len(document) == _PAIR:
        return {"id": document[0], "text": document[1]}
    message = (
        f"document {position} must be a Document, a mapping with 'text' or an (id, text) "
        f"pair, got {type(document).__name__}"
    )
    raise DocumentError(message)
