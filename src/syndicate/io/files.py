"""Files that are documents each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syndicate.errors import DocumentError
from syndicate.io.batch import MAX_DOCUMENT, TOO_LONG, Batch, assemble, invalid_rows
from syndicate.io.encoding import decode
from syndicate.io.find import reason
from syndicate.io.streams import unpacked
from syndicate.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syndicate.io.find import Source

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_files(sources: Iterable[Source], batch_bytes: int) -> Iterator[Batch]:
    """Read files of text, each a document whose id is the file's label."""
    held: list[tuple[str, bytes]] = []
    skipped: list[Skipped] = []
    size = 0
    for source in sources:
        try:
            text = _text(source)
        except (DocumentError, OSError) as error:
            skipped.append(Skipped(source.label, _why(error)))
            continue
        held.append((source.label, text))
        size += len(text)
        if size >= batch_bytes:
            yield _batch(held, skipped)
            held, skipped, size = [], [], 0
    if held or skipped:
        yield _batch(held, skipped)


def _why(error: Exception) -> str:
    return reason(error) if isinstance(error, OSError) else str(error)


def _text(source: Source) -> bytes:
    """Read a file as bytes that are UTF-8, or that at least look it until all are checked."""
    if source.size > MAX_DOCUMENT:
        raise DocumentError(TOO_LONG)
    with unpacked(source) as stream:
        data = stream.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise DocumentError(TOO_LONG)
    if b"\0" in data or data.startswith(_UTF16_MARKS):
        return decode(data).encode()
    return data.removeprefix(_UTF8_MARK)


def _batch(held: list[tuple[str, bytes]], skipped: list[Skipped]) -> Batch:
    """Put texts end to end, without a Python string where they are UTF-8."""
    held, damaged = _checked(held)
    labels = [label for label, _ in held]
    columns = {"id": pa.array(labels, pa.string()), "text": _column(held)}
    return assemble(
        columns, lambda rows: [labels[row] for row in rows.tolist()], [*skipped, *damaged]
    )


def _column(held: list[tuple[str, bytes]]) -> pa.Array:
    data = b"".join(text for _, text in held)
    offsets = np.zeros(len(held) + 1, np.int64)
    np.cumsum([len(text) for _, text in held], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(held), buffers)


def _checked(
    held: list[tuple[str, bytes]],
) -> tuple[list[tuple[str, bytes]], list[Skipped]]:
    """Decode the texts that are not UTF-8; give those that can be and report the others."""
    texts: list[tuple[str, bytes] | None] = list(held)
    skipped: list[Skipped] = []
    for row in invalid_rows(_column(held)).tolist():
        label, data = held[row]
        try:
            texts[row] = label, decode(data).encode()
        except DocumentError as error:
            texts[row] = None
            skipped.append(Skipped(label, str(error)))
    return [text for text in texts if text is not None], skipped
