"""Files as streams of UTF-8, whatever they are packed or encoded in."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pyarrow as pa

from syndicate.errors import DocumentError
from syndicate.io.encoding import SAMPLE, Recoded, marked
from syndicate.io.find import STDIN, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BUFFER = 1 << 17
_STEP = 1 << 15


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
        If it cannot be opened; on leaving, if what it is packed in is damaged: it ends there.
    """
    with unpacked(source) as stream:
        packed = _Packed(stream) if source.packing else None
        buffered = io.BufferedReader(packed or cast("io.RawIOBase", stream), _BUFFER)
        sample = buffered.peek(SAMPLE)[:SAMPLE]
        codec = codec_of(sample)
        if codec == "utf-8-sig":
            buffered.read(len("\ufeff".encode()))
        is_utf8 = codec.startswith("utf-8")
        try:
            yield buffered if is_utf8 else io.BufferedReader(Recoded(buffered, codec), _BUFFER)
        except DocumentError:
            if packed is None or packed.fault is None:
                raise
        if packed is not None and packed.fault is not None:
            raise packed.fault


class _Packed(io.RawIOBase):
    """A packed file as far as it can be unpacked: one that is still being written ends early.

    Attributes
    ----------
    fault
        What ended it, if something did.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.fault: Exception | None = None

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, space: Any) -> int:  # noqa: ANN401 - any buffer
        """Fill the start of a buffer, for a fault costs all that was asked for; give how much.

        Asked again after some faults, the library gives nothing for ever, and raises no more.
        """
        if self.fault is not None:
            return 0
        try:
            return int(self._stream.readinto(memoryview(space)[:_STEP]))  # type: ignore[attr-defined]
        except (OSError, EOFError, pa.ArrowException) as error:
            self.fault = error
            return 0


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
