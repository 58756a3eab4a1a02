"""A remembered document as bytes: nothing of it is ever executed or unpickled.

The head is fixed; after it come the spans that stripping removed, then a zstd frame with the
other fields as JSON, a line break, and the text. Shingles are not kept: a text holds them in
half the room, and with it an index can be sketched anew, exported and read.
"""

from __future__ import annotations

import struct
import threading
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson

from syndicate.errors import StoreError
from syndicate.index.beside import Beside, beside_words
from syndicate.model import OPTIONAL_FIELDS, Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from syndicate.store.contract import Record

_HEAD = struct.Struct("<QQIII")  # digest, tokens, removed spans, bytes of the frame's content
DIGEST = 16
_LEVEL = 1  # twice as fast as 3, and 3 % larger
_FIELDS = tuple(name for name in OPTIONAL_FIELDS if name != "text")
_BESIDE = ("url", "source", "published", "title")
_TOOLS = threading.local()

Cuts = tuple[tuple[int, int], ...]
"""First byte and byte after the last of parts of a text, ascending and apart."""


class Remembered(NamedTuple):
    """What a record's bytes say.

    Attributes
    ----------
    record
        As the store gave it.
    fields
        The document's other fields, as JSON.
    text
        Its text, UTF-8.
    removed
        Cuts of ``text`` that stripping removed, in bytes, ascending and apart.
    digest
        128 bits over the folded tokens, as two words.
    """

    record: Record
    fields: bytes
    text: bytes
    removed: Cuts
    digest: tuple[int, int]

    @property
    def document(self) -> Document:
        """The document as it was given; lone surrogates have become question marks."""
        try:
            stored = {**orjson.loads(self.fields), "text": self.text.decode()}
            return Document.from_mapping({**stored, "id": self.record.id})
        except ValueError as error:
            raise _unreadable(self.record, error) from error

    @property
    def beside(self) -> Beside:
        """What is known beside its words."""
        try:
            stored = orjson.loads(self.fields)
            url, source, published, title = (stored.get(name) for name in _BESIDE)
            return beside_words(url, source, published, title, self.text)
        except (ValueError, AttributeError) as error:
            raise _unreadable(self.record, error) from error

    @property
    def kept(self) -> bytes:
        """The text without what was removed."""
        return cut(self.text, self.removed)


def cut(text: bytes, removed: Cuts) -> bytes:
    """Cut spans out of a text."""
    if not removed:
        return text
    parts, position = [], 0
    for start, end in removed:
        parts.append(text[position:start])
        position = end
    return b"".join([*parts, text[position:]])


def column(texts: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Lay texts end to end; give all bytes, and where each starts and the last ends."""
    offsets = np.array([0, *accumulate(map(len, texts))], np.int64)
    return np.frombuffer(b"".join(texts), np.uint8), offsets


def pack(
    document: Document,
    text: bytes,
    removed: Cuts,
    digest: tuple[int, int],
    tokens: int,
) -> bytes:
    """Write a record's bytes."""
    content = _content(document, text)
    frame: bytes = _tools()[0].compress(content)
    return _head(digest, tokens, removed, len(content)) + frame


def pack_all(
    documents: Sequence[Document],
    texts: Sequence[bytes],
    removed: Sequence[Cuts],
    digests: Sequence[tuple[int, int]],
    tokens: Sequence[int],
) -> list[bytes]:
    """Write the bytes of several records: all frames at once, which lets other threads work."""
    contents = list(map(_content, documents, texts))
    frames = _tools()[0].multi_compress_to_buffer(contents)
    heads = map(_head, digests, tokens, removed, map(len, contents))
    return [head + frame.tobytes() for head, frame in zip(heads, frames, strict=True)]


def _content(document: Document, text: bytes) -> bytes:
    values = {name: _plain(getattr(document, name)) for name in _FIELDS}
    fields = orjson.dumps({name: value for name, value in values.items() if value})
    return fields + b"\n" + text


def _head(digest: tuple[int, int], tokens: int, removed: Cuts, length: int) -> bytes:
    spans = np.array(removed, "<u4").tobytes() if removed else b""
    return _HEAD.pack(*digest, tokens, len(removed), length) + spans


def _plain(value: str | None) -> str | None:
    """Make a field fit for UTF-8."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def removed_of(body: bytes, other: bytes) -> Cuts | None:
    """Give the spans that are left out of a record, if another one was given the same document.

    None if they are of different documents.
    """
    (spans, frame), (_, another) = _apart(body), _apart(other)
    if frame != another:
        return None
    edges = np.frombuffer(spans, "<u4").tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _apart(body: bytes) -> tuple[bytes, bytes]:
    start = _HEAD.size + 8 * _HEAD.unpack_from(body)[3]
    return body[_HEAD.size : start], body[start:]


def digests_of(heads: Sequence[bytes]) -> NDArray[np.uint64]:
    """Read the digests of records from their first `DIGEST` bytes; shape (n, 2)."""
    return np.frombuffer(b"".join(heads), "<u8").reshape(-1, 2)


def unpack(record: Record) -> Remembered:
    """Read a record's bytes.

    Raises
    ------
    StoreError
        If they are not what `pack` writes.
    """
    body = record.body
    _, decompressor, failure = _tools()
    try:
        low, high, _, spans, length = _HEAD.unpack_from(body)
        start = _HEAD.size + 8 * spans
        removed = struct.unpack_from(f"<{2 * spans}I", body, _HEAD.size)
        content = decompressor.decompress(body[start:], max_output_size=length)
    except (ValueError, struct.error, failure) as error:
        raise _unreadable(record, error) from error
    fields, _, text = content.partition(b"\n")
    pairs = tuple(zip(removed[::2], removed[1::2], strict=True))
    return Remembered(record, fields, text, pairs, (low, high))


def _unreadable(record: Record, error: Exception) -> StoreError:
    return StoreError(f"document {record.id!r} cannot be read: {error}; try `index repair`")


def _tools() -> tuple[Any, Any, type[Exception]]:
    """Give this thread's compressor and decompressor, which threads may not share."""
    tools = getattr(_TOOLS, "held", None)
    if tools is None:
        import zstandard  # noqa: PLC0415 - only an index needs it

        compressor = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=False)
        tools = (compressor, zstandard.ZstdDecompressor(), zstandard.ZstdError)
        _TOOLS.held = tools
    found: tuple[Any, Any, type[Exception]] = tools
    return found
