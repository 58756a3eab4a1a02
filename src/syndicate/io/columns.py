"""Arrow columns of what Python and numpy hold, and back, by their buffers.

``pyarrow.array`` and its like do the same and more, but import pandas wherever that is installed,
which takes longer than reading some thousand articles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def number_column(values: NDArray[Any]) -> pa.Array:
    """Give numbers as an Arrow column, which shares their memory."""
    held = np.ascontiguousarray(values)
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(held.dtype), len(held), [None, pa.py_buffer(held)]
    )


def mask_column(values: NDArray[np.bool_]) -> pa.Array:
    """Give truth values as an Arrow column."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def array_of(column: pa.Array | pa.ChunkedArray, fill: int = 0) -> NDArray[Any]:
    """Give a column of numbers or truth values as an array; ``fill`` stands for null."""
    held = one_array(column) if isinstance(column, pa.ChunkedArray) else column
    kind = pa.uint8() if pa.types.is_boolean(held.type) else held.type
    held = held.cast(kind)
    if held.null_count:
        held = pc.fill_null(held, scalar(fill).cast(kind))
    return np.from_dlpack(held) if kind == column.type else np.from_dlpack(held).view(bool)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """Give a column as one array; one that is of one piece already is not copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def scalar(value: int) -> pa.Scalar:
    """Give a whole number as Arrow's functions take it."""
    return number_column(np.array([value]))[0]


def string_column(values: Sequence[str | None], kind: pa.DataType | None = None) -> pa.Array:
    """Give strings as an Arrow column.

    Parameters
    ----------
    values
        None becomes null.
    kind
        ``string``, which it is if not given, or ``large_string``.

    Raises
    ------
    UnicodeEncodeError
        If a string holds a lone surrogate.
    """
    kind = kind or pa.string()
    encoded = [b"" if value is None else value.encode() for value in values]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(item) for item in encoded], out=offsets[1:])
    if pa.types.is_string(kind):
        offsets = offsets.astype(np.int32)
    known = np.array([value is not None for value in values], bool)
    buffers = [_bits(known), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(kind, len(encoded), buffers)


def _bits(values: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))
