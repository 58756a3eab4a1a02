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
_LEAST_WORDS = 8
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
    at = at[lines.words[at] >= _LEAST_WORDS]
    line = np.repeat(at, _LEAD_TOKENS)
    first = np.arange(len(line)) % _LEAD_TOKENS
    place = lines.base[line] + np.minimum(first, lines.tokens[line] - 1)
    opened = lines.facts[place, 3] & (OPEN << 16) != 0
    look = np.flatnonzero((opened | (first == 0)) & (lines.tokens[line] > first + 1))
    line, first, place, opened = line[look], first[look], place[look], opened[look]
    named = markers.seen[lines.hashes[place] & np.uint64(0xFFFF)] & np.uint16(_NAMED) != 0
    entry = find(lines, line[named], first[named], _NAMED, markers)
    found: dict[int, int] = {}
    rows = zip(line[named].tolist(), first[named].tolist(), entry.tolist(), strict=True)
    for one, token, marker in rows:
        if marker >= 0 and one not in found:
            after = token + int(markers.lengths[marker])
            stamp = markers.modes[marker] == Mode.STAMP
            found[one] = _text_after(lines, one, after, stamped=bool(stamp))
    for one in line[opened & (first == 0)].tolist():
        if one not in found:
            found[one] = _bracketed(lines, one)
    good = sorted((line, cut) for line, cut in found.items() if cut > 0)
    pairs = np.array(good, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


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
        gap = int(lines.facts[base + token, 3] >> 16)
        if gap & CLOSE:
            return _text_after(lines, line, token, stamped=False) if gap & DASH else -1
        if gap & COLON:
            return -1
    return -1


def end_marks(lines: Lines, at: Ints) -> Ints:
    """Give those of the lines that end in ``./.``, of which two bytes go."""
    at = at[lines.stop[at] - lines.start[at] > 40]
    stop = lines.stop[at]
    ends = (lines.data[stop - 1] == ord(".")) & (lines.data[stop - 2] == ord("/"))
    return np.asarray(at[ends])
