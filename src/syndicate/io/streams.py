"""Files as streams of UTF-8, whatever they are packed or encoded in."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

from syndicate.io.encoding import SAMPLE, Recoded, marked
from syndicate.io.find import STDIN, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BUFFER = 1 << 17


@contextmanager
def opened(source: Source, codec_of: Callable[[bytes], str] = marked) -> Iterator[BinaryIO]:
    """Open a file to read its bytes as UTF-8, without a byte-order mark.

    Parameters
    ----------
    source
        The file.
    codec_of
        Tells the encoding from the first bytes.

    Raises
    ------
    DocumentError
        If its first bytes are not text.
    OSError
        If it cannot be opened, or what it is packed in is damaged.
    """
    with unpacked(source) as stream:
        buffered = io.BufferedReader(cast("io.RawIOBase", stream), _BUFFER)
        sample = buffered.peek(SAMPLE)[:SAMPLE]
        codec = codec_of(sample)
        if codec == "utf-8-sig":
            buffered.read(len("\ufeff".encode()))
        is_utf8 = codec.startswith("utf-8")
        yield buffered if is_utf8 else io.BufferedReader(Recoded(buffered, codec), _BUFFER)


@contextmanager
def unpacked(source: Source) -> Iterator[BinaryIO]:
    """Open a file to read its bytes as they were before it was packed."""
    if source.path == STDIN:
        yield sys.stdin.buffer
    elif source.packing:
        with pa.input_stream(source.path, compression=source.packing) as stream:
            yield stream
    else:
        with Path(source.path).open("rb", buffering=0) as stream:
            yield stream
