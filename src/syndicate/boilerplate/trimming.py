"""Marks inside a line: an outlet's name before the text, the sign after its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.features import find
from syndicate.boilerplate.lines import CLOSE, COLON, DASH, OPEN, Lines
from syndicate.boilerplate.markers import Markers, Mode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

LEAD_LINES = 4
_LEAD_TOKENS = 8
_NAMED = Mode.OUTLET | Mode.STAMP
_AFTER = re.compile(
    rb"(?:[\s)\]]|\xc2\xa0|\xef\xbc\x89)*(?:-|:|\xe2\x80[\x90-\x95])(?:[\s-]|\xc2\xa0|\xe2\x80[\x90-\x95])*"
)


def lead_ins(lines: Lines, at: Ints, markers: Markers) -> tuple[Ints, Ints]:
    """Find where the text proper begins after an outlet's mark.

    ``(Dân trí) - …``, ``TTO - …``, ``NEW YORK (AP) — …``, ``date 2024-08 …``.

    Returns
    -------
    lines, bytes : ndarray of int64
        Lines that have one, and where their text begins.
    """
    found = []
    for line in at.tolist():
        cut = _lead_in(lines, line, markers)
        if cut > 0:
            found.append((line, cut))
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _lead_in(lines: Lines, line: int, markers: Markers) -> int:
    """Give the byte where the text proper of a line begins, or -1."""
    base, tokens = int(lines.base[line]), int(lines.tokens[line])
    classes = lines.facts[base : base + min(_LEAD_TOKENS, tokens - 1), 2].tolist()
    for token, both in enumerate(classes):
        if token and not both >> 16 & OPEN:
            continue
        marker = find(lines, line, token, _NAMED, markers)
        if marker >= 0:
            mode, length = int(markers.table[marker, 1]), int(markers.table[marker, 4])
            return _text_after(lines, line, token + length, stamped=mode == Mode.STAMP)
    return _bracketed(lines, line) if classes and classes[0] >> 16 & OPEN else -1


def _text_after(lines: Lines, line: int, token: int, *, stamped: bool) -> int:
    """Give the byte where the text begins after the mark that ends before ``token``."""
    if token >= lines.tokens[line]:
        return -1
    base = int(lines.base[line])
    if stamped:
        return int(lines.facts[base + token, 0])
    start = int(lines.facts[base + token - 1, 1])
    stop = int(lines.facts[base + token, 0])
    match = _AFTER.match(lines.data[start:stop].tobytes())
    return start + match.end() if match else -1


def _bracketed(lines: Lines, line: int) -> int:
    """Give the byte after up to four words in brackets and a dash that open a line."""
    base, tokens = int(lines.base[line]), int(lines.tokens[line])
    for token in range(1, min(5, tokens)):
        gap = int(lines.facts[base + token, 2] >> 16)
        if gap & CLOSE:
            return _text_after(lines, line, token, stamped=False) if gap & DASH else -1
        if gap & COLON:
            return -1
    return -1
