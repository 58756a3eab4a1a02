"""The shared passages of two texts, with offsets into both originals, and what is left over.

Runs of equal words come from the stripped texts; here they are put back into the originals,
joined over small edits, and all other words get a name: what stripping took out has its kind,
the rest is new.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from syndicate.match.align import joins
from syndicate.model import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.match.align import Alignment
    from syndicate.model import Removal

    I64 = NDArray[np.int64]

LEAST_WORDS = 5
"""Shared words of a passage worth showing, where neither text has fewer."""
LONG_GAP = 4096
"""Words of a gap, removals included, up to which its edits are counted exactly."""


class Words(NamedTuple):
    """The words of one original text.

    Attributes
    ----------
    starts, ends
        ndarray of int64, shape (words,): code points.
    keys
        ndarray of uint64, shape (words,): equal for words that fold alike.
    kept
        ndarray of int64: the words that were compared, by their places in ``starts``.
    stock
        ndarray of int64: likewise those of phrases that many texts have.
    """

    starts: I64
    ends: I64
    keys: NDArray[np.uint64]
    kept: I64
    stock: I64


class Piece(NamedTuple):
    """A stretch of one original text.

    Attributes
    ----------
    start, end
        Code points.
    kind
        ``shared``, ``edited`` (inside a passage, but other words than the other text has),
        ``new``, ``stock-phrase``, or the kind of a removal.
    passage
        Which passage it is of, or None.
    """

    start: int
    end: int
    kind: str
    passage: int | None


class Anatomy(NamedTuple):
    """Two texts taken apart.

    Attributes
    ----------
    passages
        Sorted by their place in a; they overlap in neither text.
    a, b
        All words of either text, in order.
    """

    passages: tuple[Passage, ...]
    a: tuple[Piece, ...]
    b: tuple[Piece, ...]


def dissect(
    found: Alignment,
    a: Words,
    b: Words,
    removals_a: tuple[Removal, ...],
    removals_b: tuple[Removal, ...],
) -> Anatomy:
    """Take two texts apart.

    Parameters
    ----------
    found
        The runs of this one pair of stripped texts.
    a, b
        The words of the originals.
    removals_a, removals_b
        What stripping took out of each.
    """
    least = min(LEAST_WORDS, len(a.kept), len(b.kept))
    groups = [group for group in _groups(found) if group[:, 2].sum() >= least]
    groups.sort(key=lambda group: int(group[0, 0]))
    passages = tuple(_passage(group, a, b) for group in groups)
    side_a = [np.column_stack([group[:, 0], group[:, 2]]) for group in groups]
    side_b = [np.column_stack([group[:, 1], group[:, 2]]) for group in groups]
    return Anatomy(passages, _pieces(a, side_a, removals_a), _pieces(b, side_b, removals_b))


def _groups(found: Alignment) -> list[I64]:
    """Join runs into passages: arrays of rows (start in a, start in b, words)."""
    rows = np.column_stack([found.a, found.b, found.length]).astype(np.int64)
    if not len(rows):
        return []
    gap_a = rows[1:, 0] - rows[:-1, 0] - rows[:-1, 2]
    gap_b = rows[1:, 1] - rows[:-1, 1] - rows[:-1, 2]
    return np.split(rows, np.flatnonzero(~joins(gap_a, gap_b)) + 1)


def _passage(group: I64, a: Words, b: Words) -> Passage:
    first_a, first_b, _ = group[0].tolist()
    last_a, last_b = (group[-1, :2] + group[-1, 2] - 1).tolist()
    return Passage(
        a_start=int(a.starts[a.kept[first_a]]),
        a_end=int(a.ends[a.kept[last_a]]),
        b_start=int(b.starts[b.kept[first_b]]),
        b_end=int(b.ends[b.kept[last_b]]),
        words=int(group[:, 2].sum()),
        edits=_edits(group, a, b),
    )


def _edits(group: I64, a: Words, b: Words) -> int:
    """Count the words put in, left out or replaced: between runs, and taken out inside them."""
    edits = 0
    for side, words in ((0, a), (1, b)):
        first = words.kept[group[:, side]]
        last = words.kept[group[:, side] + group[:, 2] - 1]
        edits += int((last - first + 1 - group[:, 2]).sum())
    for before, after in pairwise(group.tolist()):
        gap_a, gap_b = (
            words.keys[words.kept[before[side] + before[2] - 1] + 1 : words.kept[after[side]]]
            for side, words in ((0, a), (1, b))
        )
        if max(len(gap_a), len(gap_b)) > LONG_GAP:
            edits += max(len(gap_a), len(gap_b))
        else:
            edits += Levenshtein.distance(gap_a.tolist(), gap_b.tolist())
    return edits


def _pieces(words: Words, groups: list[I64], removals: tuple[Removal, ...]) -> tuple[Piece, ...]:
    """Name every word and put neighbours of one name together."""
    names: list[tuple[str, int | None]] = [("new", None)] * len(words.starts)
    for number, group in enumerate(groups):
        inside = slice(words.kept[group[0, 0]], words.kept[group[-1].sum() - 1] + 1)
        names[inside] = [("edited", number)] * (inside.stop - inside.start)
        for start, length in group.tolist():
            for word in words.kept[start : start + length].tolist():
                names[word] = ("shared", number)
    for word in words.stock.tolist():
        names[word] = ("stock-phrase", None)
    for removal in removals:
        first = int(np.searchsorted(words.starts, removal.start))
        last = int(np.searchsorted(words.starts, removal.end))
        names[first:last] = [(removal.kind, None)] * (last - first)
    pieces: list[Piece] = []
    columns = zip(words.starts.tolist(), words.ends.tolist(), names, strict=True)
    for start, end, (kind, passage) in columns:
        if pieces and pieces[-1][2:] == (kind, passage):
            pieces[-1] = pieces[-1]._replace(end=end)
        else:
            pieces.append(Piece(start, end, kind, passage))
    return tuple(pieces)


def count_words(words: Words, pieces: tuple[Piece, ...], kind: str) -> int:
    """Count the words of one text that have a name."""
    starts = words.starts
    return sum(
        int(np.searchsorted(starts, piece.end) - np.searchsorted(starts, piece.start))
        for piece in pieces
        if piece.kind == kind
    )
