"""Files that are documents each: plain text, and web pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa

from syndicate.errors import ConfigError, DocumentError
from syndicate.io.batch import (
    MAX_DOCUMENT,
    TOO_LONG,
    Batch,
    assemble,
    columns_of,
    invalid_rows,
    row,
)
from syndicate.io.columns import string_column
from syndicate.io.encoding import decode, mend
from syndicate.io.find import PAGES, reason
from syndicate.io.streams import unpacked
from syndicate.model import OPTIONAL_FIELDS, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syndicate.config import Extractor
    from syndicate.io.find import Source

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class _File(NamedTuple):
    """What was read of a file; only pages have more than a text."""

    number: int
    label: str
    text: bytes
    fields: Mapping[str, str | None]


def read_files(
    sources: Iterable[Source], batch_bytes: int, extractor: Extractor = "trafilatura"
) -> Iterator[Batch]:
    """Read files, each a document whose id is the file's label."""
    held: list[_File] = []
    skipped: list[Skipped] = []
    size = 0
    for number, source in enumerate(sources):
        try:
            held.append(_read(number, source, extractor))
        except (ConfigError, DocumentError, OSError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            skipped.append(Skipped(source.label, why))
            continue
        size += len(held[-1].text)
        if size >= batch_bytes:
            yield _batch(held, skipped)
            held, skipped, size = [], [], 0
    if held or skipped:
        yield _batch(held, skipped)


def _read(number: int, source: Source, extractor: Extractor) -> _File:
    """Read a file; a text's bytes are UTF-8, or at least look it until all are checked."""
    if source.size > MAX_DOCUMENT:
        raise DocumentError(TOO_LONG)
    with unpacked(source) as stream:
        data = stream.read(MAX_DOCUMENT + 1 if source.packing else -1)
    if len(data) > MAX_DOCUMENT:
        raise DocumentError(TOO_LONG)
    if source.suffix in PAGES:
        return _page(number, source.label, data, extractor)
    if b"\0" in data or data.startswith(_UTF16_MARKS):
        data = decode(data).encode()
    return _File(number, source.label, data.removeprefix(_UTF8_MARK), {})


def _page(number: int, label: str, data: bytes, extractor: Extractor) -> _File:
    """Take the article out of a page."""
    from syndicate.io.html import read_page  # noqa: PLC0415 - for pages alone

    record = read_page(data, extractor=extractor).record
    return _File(number, label, mend(record.pop("text") or "").encode(), record)


def _batch(held: list[_File], skipped: list[Skipped]) -> Batch:
    """Put texts end to end, without a Python string where they are UTF-8."""
    held, damaged = _checked(held)
    columns = _fields(held) | {
        "id": string_column([file.label for file in held]),
        "text": _column(held),
    }
    labels = {file.number: file.label for file in held}
    numbers = np.array([file.number for file in held], np.int64)
    return assemble(
        columns,
        numbers,
        lambda some: [labels[number] for number in some.tolist()],
        [*skipped, *damaged],
    )


def _fields(held: list[_File]) -> dict[str, pa.Array]:
    """Give the columns of what pages state, none if there are no pages."""
    if not any(file.fields for file in held):
        return {}
    columns = columns_of([row({"text": "", **file.fields}) for file in held])
    return {name: columns[name] for name in OPTIONAL_FIELDS}


def _column(held: list[_File]) -> pa.Array:
    data = b"".join(file.text for file in held)
    offsets = np.zeros(len(held) + 1, np.int64)
    np.cumsum([len(file.text) for file in held], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(held), buffers)


def _checked(held: list[_File]) -> tuple[list[_File], list[Skipped]]:
    """Decode the texts that are not UTF-8; give those that can be and report the others."""
    files: list[_File | None] = list(held)
    skipped: list[Skipped] = []
    for place in invalid_rows(_column(held)).tolist():
        file = held[place]
        try:
            files[place] = file._replace(text=decode(file.text).encode())
        except DocumentError as error:
            files[place] = None
            skipped.append(Skipped(file.label, str(error)))
    return [file for file in files if file is not None], skipped
