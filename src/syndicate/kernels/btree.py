"""SQLite's B-trees, read where they lie in the file.

Their format is fixed for good (sqlite.org/fileformat2.html). The file may be older than it
should be, half written, or damaged: each step is bounded and stays inside it, and what is found
is for the caller to verify.
"""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, U64, kernel
from syndicate.kernels.addresses import at_address, carray

_LEAF, _INTERIOR = 13, 5
_DEPTH = 16  # of a B-tree, at most
_CELL = 40  # bytes that the head of a cell takes, at most
_SPILL = 35  # bytes of a leaf that no row may use; what does not fit overflows
_BLOB = 12  # serial type of an empty blob


@kernel
def _varint(file: U8, at: int) -> tuple[int, int]:
    """Read a number of up to eight bytes; give it and where the next one starts."""
    value = 0
    for _ in range(8):
        byte = np.int64(file[at])
        at += 1
        value = (value << 7) | (byte & 127)
        if byte < 128:
            break
    return value, at


@kernel
def _number(file: U8, at: int, length: int) -> int:
    """Read a number of so many bytes, the first of them the highest."""
    value = 0
    for k in range(length):
        value = (value << 8) | np.int64(file[at + k])
    return value


@kernel
def leaf_cells(file: U8, width: int, page: int) -> tuple[int, int, int]:
    """Give where a page of a B-tree begins, its pointers to cells, and how many; 0 if it is none.

    Of an interior page the pointers are given negative.
    """
    base = (page - 1) * width
    if page < 1 or base + width + _CELL > len(file):
        return 0, 0, 0
    leaf = file[base] == _LEAF
    pointers = base + (8 if leaf else 12)
    cells = _number(file, base + 3, 2)
    if not (leaf or file[base] == _INTERIOR) or pointers + 2 * cells > base + width:
        return 0, 0, 0
    return base, pointers if leaf else -pointers, cells


@kernel
def cell_at(file: U8, width: int, base: int, pointers: int, cell: int) -> int:
    """Give where a cell lies, inside its page or at its end."""
    return base + min(_number(file, pointers + 2 * cell, 2), width)


@kernel
def find_leaf(file: U8, width: int, root: int, row: int) -> int:
    """Give the leaf of a B-tree where a row would be, or 0."""
    page = root
    for _ in range(_DEPTH):
        base, pointers, cells = leaf_cells(file, width, page)
        if pointers >= 0:
            return page if pointers else 0
        low = 0
        high = cells
        while low < high:
            middle = (low + high) // 2
            if _varint(file, cell_at(file, width, base, -pointers, middle) + 4)[0] < row:
                low = middle + 1
            else:
                high = middle
        at = cell_at(file, width, base, -pointers, low) if low < cells else base + 8
        page = _number(file, at, 4)
    return 0


@kernel
def _row(file: U8, width: int, base: int, at: int) -> tuple[int, int, int]:
    """Read the head of a row (id, blob): its id, where the blob lies, its length or 0."""
    payload, at = _varint(file, at)
    key, at = _varint(file, at)
    head, kinds = _varint(file, at)
    first, kinds = _varint(file, kinds)
    second, kinds = _varint(file, kinds)
    length = (second - _BLOB) // 2
    whole = head + length == payload and at + payload <= base + width
    if first == 0 and length > 0 and whole and payload <= width - _SPILL:
        return key, at + head, length
    return key, 0, 0


@kernel
def find_in(file: U8, width: int, leaf: int, row: int) -> tuple[int, int]:
    """Find the blob of a row in a leaf, as `find_row` does."""
    base, pointers, cells = leaf_cells(file, width, leaf)
    if pointers <= 0:
        return 0, 0
    low = 0
    high = cells
    while low < high:
        middle = (low + high) // 2
        at = _varint(file, cell_at(file, width, base, pointers, middle))[1]
        if _varint(file, at)[0] < row:
            low = middle + 1
        else:
            high = middle
    if low == cells:
        return 0, 0
    key, start, length = _row(file, width, base, cell_at(file, width, base, pointers, low))
    return (start, length) if key == row else (0, 0)


@kernel
def find_row(file: U8, width: int, root: int, row: int) -> tuple[int, int]:
    """Find the blob of a row (id, blob) in a B-tree.

    Parameters
    ----------
    file : ndarray of uint8
        The mapped file.
    width : int
        Bytes of a page of the file.
    root : int
        The page at which the table begins.
    row : int
        The id.

    Returns
    -------
    start, length : int
        Length 0 if it is not there, or cannot be read so.
    """
    return find_in(file, width, find_leaf(file, width, root, row), row)


@kernel
def _note(file: U8, width: int, base: int, at: int, runs: I64, addresses: U64) -> None:
    """Note where one row lies, if it is a page of one of the runs."""
    key, start, length = _row(file, width, base, at)
    for r in range(len(runs)):
        place = key & 0xFFFFFFFF
        if runs[r, 0] == key >> 32 and place < 1 << runs[r, 4] and length & 7 == 0:
            places = carray(at_address(addresses[r, 1]), 1 << runs[r, 4], np.int64)
            places[place] = (start << 16) | (length >> 3)


@kernel
def chart(
    file: U8, width: int, runs: I64, addresses: U64, stack: I64, state: I64, most: int
) -> None:  # fmt: skip
    """Note where all rows of a table lie, some of its leaves at a time.

    Parameters
    ----------
    file, width
        As for `find_row`.
    runs, addresses
        As for `syndicate.kernels.lookup.look`: where places are noted, for ids
        ``run << 32 | place``.
    stack : ndarray of int64
        Pages to be read yet, the root at first.
    state : ndarray of int64, shape (2,)
        How many of ``stack`` are in use, and how many pages may be read in all, which ends
        also what points at itself. Both 0 when all is done.
    most : int
        Pages to read in this call.
    """
    for _ in range(most):
        if state[0] <= 0 or state[1] <= 0:
            state[:] = 0
            break
        state[0] -= 1
        state[1] -= 1
        base, pointers, cells = leaf_cells(file, width, stack[state[0]])
        if pointers > 0:
            for cell in range(cells):
                _note(
                    file, width, base, cell_at(file, width, base, pointers, cell), runs, addresses
                )
        elif pointers < 0 and state[0] + cells < len(stack):
            stack[state[0]] = _number(file, base + 8, 4)
            for cell in range(cells):
                at = cell_at(file, width, base, -pointers, cells - 1 - cell)
                stack[state[0] + 1 + cell] = _number(file, at, 4)
            state[0] += cells + 1
