"""Spaces and dashes at a byte or before it, against what Python says of characters."""

import numpy as np
import pytest

from syndicate.kernels import blanks
from syndicate.kernels._jit import _interpreted

CHARACTERS = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
blank_at, blank_before, dash_at = map(
    _interpreted, (blanks.blank_at, blanks.blank_before, blanks.dash_at)
)


def at_each(characters):
    """Give text and the byte at which each of its characters begins."""
    sizes = [len(c.encode()) for c in characters]
    starts = np.cumsum([0, *sizes]).tolist()
    return np.frombuffer("".join(characters).encode(), np.uint8).tolist(), starts, sizes


def test_spaces_are_those_of_python():
    some = [c for c in CHARACTERS if ord(c) < 0x3100] + CHARACTERS[0x3100::97]
    data, starts, sizes = at_each(some)
    for c, start, size in zip(some, starts, sizes, strict=False):
        expected = size if c.isspace() else 0
        assert blank_at(data, start, len(data)) == expected, c
        assert blank_before(data, start + size, 0) == expected, c
        assert blank_at(data, start, start + size - 1) == 0, c
        assert blank_before(data, start + size, start + 1) == 0, c


@pytest.mark.parametrize("sign", ["-", *map(chr, range(0x2010, 0x2016))])
def test_dashes(sign):
    data, (_, start, past, _), _ = at_each(["a", sign, "b"])
    assert dash_at(data, start, len(data)) == past - start
    assert dash_at(data, start, past - 1) == dash_at(data, 0, len(data)) == 0


def test_other_signs_are_no_dashes():
    some = [c for c in CHARACTERS if ord(c) < 0x2100 and c not in "-‐‑‒–—―"]
    data, starts, _ = at_each(some)
    assert not any(dash_at(data, start, len(data)) for start in starts[:-1])
