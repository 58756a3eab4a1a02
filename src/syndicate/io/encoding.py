"""What the bytes of a file are: UTF-8, UTF-16 with its mark, a legacy encoding, or no text."""

from __future__ import annotations

import codecs
import io
import re
from abc import abstractmethod
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
from charset_normalizer import from_bytes

from syndicate.errors import DocumentError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

SAMPLE: Final = 1 << 16
"""Bytes that are looked at to tell an encoding."""

DAMAGE: Final = "\uffff"
"""Stands for a byte that is not UTF-8; Unicode promises that it is no character."""

_FIRST_BEYOND_ASCII: Final = 0x80
_FIRST_LEAD: Final = 0xC0
_CHUNK: Final = 1 << 20
_COMPILED_FROM: Final = 1 << 20  # below this many bytes, compiling costs more than it saves
_HEAD: Final = 16
_CUT_OFF: Final = np.array([0xF0, 0xE0, 0xC0], np.uint8)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NOT_GUESSED: Final = ["utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7"]
_WESTERN: Final = (
    *("Danish", "Dutch", "English", "Finnish", "French", "German", "Indonesian", "Italian"),
    *("Norwegian", "Portuguese", "Spanish", "Swedish"),
)
_WINDOWS: Final = "cp1252"
"""What these languages are written in, where the same bytes are letters of others elsewhere."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def is_utf8(data: ReadableBuffer) -> bool:
    """Tell whether bytes are well-formed UTF-8; from a megabyte on, in compiled code."""
    view = memoryview(data)
    if view.nbytes < _COMPILED_FROM:
        return _decodes(view)
    from syndicate.kernels.utf8 import well_formed  # noqa: PLC0415 - takes half a second

    array = np.frombuffer(view, np.uint8)
    cut_off = (array[-3:] >= _CUT_OFF).any()
    return not cut_off and _begins_well(view) and bool(well_formed(array))


def _decodes(view: memoryview) -> bool:
    try:
        str(view, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _begins_well(view: memoryview) -> bool:
    """Check the first bytes, which the kernel takes as context; the last may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(view[:_HEAD])
    except UnicodeDecodeError:
        return False
    return True


def mend(text: str) -> str:
    """Put U+FFFD in the place of each lone surrogate, so that the text can be UTF-8."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def marked(sample: bytes) -> str:
    """Name the codec that a file's byte-order mark states; without one it is UTF-8.

    Parameters
    ----------
    sample
        The first `SAMPLE` bytes.

    Raises
    ------
    DocumentError
        If the sample is binary.
    """
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return codec
    zero = sample.find(b"\0")
    if zero >= 0:
        message = f"not text: a zero byte at offset {zero} (UTF-16 needs its byte-order mark)"
        raise DocumentError(message)
    return "utf-8"


def guessed(sample: bytes) -> str:
    """Name the codec that reads a file, by its mark or by the look of its first bytes.

    UTF-8 with some damage counts as UTF-8: the damage is for the reader to name, and no
    reason to take the whole for another encoding.

    Raises
    ------
    DocumentError
        If the sample is binary.
    """
    codec = marked(sample)
    if codec != "utf-8" or _is_mostly_utf8(sample):
        return codec
    found = from_bytes(sample, cp_exclusion=_NOT_GUESSED)
    best = found.best()
    if best is None:
        return "utf-8"
    western = best.language in _WESTERN and any(each.encoding == _WINDOWS for each in found)
    return _WINDOWS if western else best.encoding


def _is_mostly_utf8(sample: bytes) -> bool:
    """Tell damaged UTF-8 from text that never was: its whole sequences outnumber the rest."""
    if sample.isascii():
        return True
    text = sample.decode("utf-8", "replace")
    damage = text.count("\ufffd") - (len(sample) == SAMPLE)  # the sample may cut a sequence
    beyond_ascii = sum(len(run) for run in re.findall("[^\x00-\x7f\ufffd]+", text))
    return damage <= 0 or beyond_ascii > damage


def decode(data: bytes) -> str:
    """Decode a whole file.

    Raises
    ------
    DocumentError
        If it is binary, or its encoding cannot be told; the message names line and byte.
    """
    codec = guessed(data[:SAMPLE])
    if b"\0" in data and not codec.startswith(("utf-16", "utf-32")):
        message = f"not text: a zero byte at offset {data.index(0)}"
        raise DocumentError(message)
    try:
        return mend(data.decode(codec))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = (
            f"line {line}: byte 0x{data[error.start]:02x} at offset {error.start} "
            f"is not {error.encoding.upper()}; save the file as UTF-8"
        )
        raise DocumentError(message) from error


class _Changed(io.RawIOBase):
    """A byte stream that gives another one's bytes, changed on the way."""

    def __init__(self) -> None:
        super().__init__()
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer as far as one read goes."""
        view = memoryview(buffer)
        if not self._ready:
            self._ready = memoryview(self._more())
        count = min(view.nbytes, len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    @abstractmethod
    def _more(self) -> bytes:
        """Give more bytes, none at the end."""


class Recoded(_Changed):
    """A stream of another encoding as UTF-8; what cannot be decoded is U+FFFD."""

    def __init__(self, stream: BinaryIO, codec: str) -> None:
        super().__init__()
        self._text = io.TextIOWrapper(stream, codec, errors="replace", newline="")

    def _more(self) -> bytes:
        return mend(self._text.read(SAMPLE)).encode()


class Marked(_Changed):
    """A stream as UTF-8 in which `DAMAGE` stands for each byte that is not.

    For readers that give up on a whole file where a byte is wrong.

    Attributes
    ----------
    damaged
        Whether one was, so far.
    quotes
        Quotation marks so far.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._held = b""
        self.damaged = False
        self.quotes = 0

    def _more(self) -> bytes:
        data = b""
        while not data and (data := self._stream.read(_CHUNK)):
            data = self._held + data
            whole = _end_of_characters(data)
            data, self._held = data[:whole], data[whole:]
        if not data:
            data, self._held = self._held, b""
        self.quotes += data.count(b'"')
        if is_utf8(data):
            return data
        self.damaged = True
        return _LONE_SURROGATE.sub(DAMAGE, data.decode("utf-8", "surrogateescape")).encode()


def _end_of_characters(data: bytes) -> int:
    """Give a place near the end where no character is cut, if the data is UTF-8."""
    for place in range(len(data) - 1, max(-1, len(data) - 5), -1):
        if data[place] < _FIRST_BEYOND_ASCII:
            return place + 1
        if data[place] >= _FIRST_LEAD:
            return place
    return len(data)
