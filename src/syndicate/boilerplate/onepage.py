"""One text as `syndicate.kernels.onepage` looks at it first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.boilerplate.characters import character_table, hash_tables
from syndicate.boilerplate.features import Features
from syndicate.boilerplate.lines import PAD, Lines, as_bytes
from syndicate.boilerplate.settling import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.learned import Learned
    from syndicate.boilerplate.markers import Markers

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

_UNTITLED = np.zeros(1, np.uint64)


class Looked(NamedTuple):
    """What a first look tells of one text.

    Attributes
    ----------
    may_lose
        Whether a line, or a part of its ends, may go.
    may_credit
        Whether credits may stand inside its lines.
    texts
        It, to be settled from there on.
    titles : ndarray of uint64, shape (1,)
        Hash of its title, or 0.
    """

    may_lose: bool
    may_credit: bool
    texts: Texts
    titles: Keys


def look(
    data: Bytes,
    size: int,
    title: bytes,
    markers: Markers,
    learned: Learned,
    titles: Keys = _UNTITLED,
) -> Looked | None:
    """Look at one text.

    Parameters
    ----------
    data
        The text and anything behind it.
    size
        Bytes of the text.
    title
        Its title, as one line, if it is known by words.
    markers, learned
        What is known of all texts, and of its site.
    titles
        The hash of its title, where that is known instead.

    Returns
    -------
    Looked or None
        None where compiling that look is not yet worth it.
    """
    from syndicate.kernels.onepage import LOOK  # noqa: PLC0415 - imports numba

    if LOOK.waits(1):
        return None
    if title or len(data) < size + PAD:
        data = as_bytes(np.concatenate([data[:size], np.frombuffer(title + bytes(PAD), np.uint8)]))
    edges = np.array([0, size, size + len(title)])
    known = learned.table
    site = learned.sites[0] if len(learned.sites) else np.uint64(0)
    found = LOOK.kernel(
        data, edges, character_table(), *hash_tables(), markers.seen, markers.alone,
        markers.paired, markers.screens, markers.beginnings, markers.bounds, markers.table,
        markers.credits.known, known.seen, known.keys, known.shares, site, titles[0],
    )  # fmt: skip
    may_lose, may_credit, count, columns, hashes, facts, stems, told, shares, drop, keys = found
    lines = Lines(data, hashes, facts, columns, count, len(hashes))
    first = Features(told, stems), shares, drop
    texts = Texts(lines, markers, learned, keys, edges[:2], first)
    return Looked(may_lose, may_credit, texts, keys)
