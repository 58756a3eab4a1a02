"""Photo credits inside long lines, as those of texts whose line breaks were lost.

``… gặt lúa. (Ảnh: Minh Anh) Theo …``, ``… gặt lúa - Ảnh: AFP Theo …``: where the caption before
such a credit begins nobody can tell, so the credit alone is cut out, where it shows its end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

LONG = 400
"""Bytes of a line inside which credits are looked for, at the least."""
_TAIL = 16
REACH = 240
"""Bytes before and after a sign in which its credit must lie."""

_INNER = re.compile(r"\s*([^()\r\n]{2,80}?)\s*\)")
_HEAD_WORDS = 4
_NAME = r"(?:[^\W\d_]|\d)[\w.&'-]*"
_NAMES = re.compile(rf"\s*{_NAME}(?:[ /]{{1,3}}{_NAME}){{0,4}}?(?=(\.)(?:\s|$)|\s*$)")
_ACRONYM = re.compile(r"\s*[A-ZĐ]{2,}(?:/[A-ZĐ]{2,})*(?=\s+\S)(?!\s+[A-ZĐ]{2})()")
_DASHED = re.compile(r"\s*[-–—]\s*$")
_STOPPED = re.compile(r"[.!?…)”\"]\s*$")


@dataclass(frozen=True, slots=True)
class CreditWords:
    """The words that begin a photo credit, composed and in lower case, and those that are one.

    Attributes
    ----------
    known : ndarray of bool, shape (65536,)
        Whether a word is the first or the last of one, in any way to write it, by the hash of
        `syndicate.kernels.credits`.
    """

    heads: frozenset[str]
    phrases: frozenset[str]
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, heads: Iterable[str], phrases: Iterable[str]) -> CreditWords:
        """Gather the forms of marker tables."""
        heads, phrases = frozenset(map(_plain, heads)), frozenset(map(_plain, phrases))
        words = {w for form in heads | phrases for w in (form.split()[0], form.split()[-1])}
        written = {way(w) for w in words for way in (str.lower, str.upper, str.capitalize)}
        known = np.zeros(1 << 16, np.bool_)
        for word in {unicodedata.normalize(n, w) for w in written for n in ("NFC", "NFD")}:
            known[_hashed(word.encode())] = True
        return cls(heads, phrases, known)


def _hashed(word: bytes) -> int:
    """Hash a word as `syndicate.kernels.credits.word_hash` does."""
    value = 0x811C9DC5
    for byte in word[:32]:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (value >> 16) ^ (value & 0xFFFF)


def credit_cuts(
    data: NDArray[np.uint8], starts: Ints, stops: Ints, words: CreditWords
) -> Iterator[tuple[int, int, int]]:
    """Give line, first byte and byte after the last of each photo credit inside some lines."""
    from syndicate.kernels.credits import CREDIT_SIGNS  # noqa: PLC0415 - imports numba

    if not len(starts):
        return
    size = int(stops[-1] - starts[0])
    past = 0
    for line, at in CREDIT_SIGNS.run(size, data, starts, stops, words.known).tolist():
        if at >= past:
            low, high = max(past, int(starts[line]), at - REACH), min(int(stops[line]), at + REACH)
            cut = _credit(data[low:high].tobytes(), at - low, words)
            if cut is not None and _goes_on(data[low + cut[1] : stops[line]]):
                past = low + cut[1]
                yield line, low + cut[0], past


def _goes_on(rest: NDArray[np.uint8]) -> bool:
    """Tell whether the line goes on: at its end a credit speaks for the line, or for the text."""
    return len(rest) > _TAIL


def near_joins(
    data: NDArray[np.uint8], offsets: Ints, text: Ints, joins: Ints, words: CreditWords
) -> Ints:
    """Give the texts, joined at some bytes, in which a credit may have arisen by that.

    Whether there is one is told by what stands near its sign, so that the rest need not be read.
    """
    long = (offsets[1:] - offsets[:-1])[text] >= LONG
    text, joins = text[long], joins[long]
    starts = np.maximum(joins - 2 * REACH, offsets[text])
    stops = np.minimum(joins + 2 * REACH, offsets[text + 1])
    apart = (starts[1:] > stops[:-1]) | (text[1:] != text[:-1])
    first, last = np.append(True, apart)[: len(text)], np.append(apart, True)[: len(text)]
    starts, stops, text = starts[first], stops[last], text[first]
    found = [line for line, _, _ in credit_cuts(data, starts, stops, words)]
    return np.unique(text[found])


def text_cuts(
    data: NDArray[np.uint8], offsets: Ints, texts: Ints, words: CreditWords
) -> list[tuple[int, int, int]]:
    """Give text, first byte and byte after the last of photo credits in long lines of texts."""
    if not len(texts):
        return []
    used = data[: offsets[-1]]
    breaks = np.flatnonzero((used == ord("\n")) | (used == ord("\r")))
    starts = np.sort(np.concatenate([offsets[:-1], breaks + 1]))
    stops = np.sort(np.concatenate([offsets[1:], breaks]))
    long = stops - starts >= LONG
    starts, stops = starts[long], stops[long]
    owner = np.searchsorted(offsets, starts, "right") - 1
    some = np.isin(owner, texts)
    starts, stops, owner = starts[some], stops[some], owner[some]
    found = credit_cuts(data, starts, stops, words)
    return [(int(owner[line]), start, stop) for line, start, stop in found]


def _credit(near: bytes, at: int, words: CreditWords) -> tuple[int, int] | None:
    """Give the credit whose bracket or colon stands at a byte."""
    before, after = _decoded(near[:at]), _decoded(near[at + 1 :])
    find = _bracketed if near[at] == ord("(") else _labelled
    cut = find(before, after, words)
    if cut is None:
        return None
    return len(_encoded(before[: cut[0]])), at + 1 + len(_encoded(after[: cut[1]]))


def _bracketed(before: str, after: str, words: CreditWords) -> tuple[int, int] | None:
    """Give the credit in a bracket: with a colon, or of names, or a phrase that is one."""
    inner = _INNER.match(after)
    if inner is None:
        return None
    label, colon, name = inner[1].partition(":")
    fine = _plain(label) in words.phrases
    if colon:
        fine = name.strip() != "" and (fine or _plain(label) in words.heads)
    else:
        fine = fine or _names_follow(label.split(), words)
    return (len(before.rstrip()), inner.end()) if fine else None


def _names_follow(written: list[str], words: CreditWords) -> bool:
    """Tell whether nothing but names in capitals follows the word for picture."""
    heads = (k for k in range(1, len(written)) if _plain(" ".join(written[:k])) in words.heads)
    longest = max(heads, default=0)
    return longest > 0 and all(not word[0].islower() for word in written[longest:])


def _labelled(before: str, after: str, words: CreditWords) -> tuple[int, int] | None:
    """Give the credit whose label ends in a colon, if its name shows its end."""
    name = _NAMES.match(after) or _ACRONYM.match(after)
    if name is None or any(word[0].islower() for word in name[0].split()):
        return None
    head = _head(before, words)
    gap = before[: max(head, 0)]
    dashed = _DASHED.search(gap[-8:])
    if head < 0 or not (dashed or _STOPPED.search(gap[-8:])):
        return None
    left = len(dashed[0]) if dashed else len(gap) - len(gap.rstrip())
    return head - left, name.end() + (0 if dashed else len(name[1] or ""))


def _head(before: str, words: CreditWords) -> int:
    """Give where the longest name of a credit begins that ends a text, in a capital; or -1."""
    found, at = -1, len(before.rstrip())
    for _ in range(_HEAD_WORDS):
        at = before.rfind(" ", 0, at)
        form = before[at + 1 :]
        if form[:1].isupper() and _plain(form) in words.heads:
            found = at + 1
        if at < 0:
            break
    return found


def _plain(form: str) -> str:
    return unicodedata.normalize("NFC", " ".join(form.lower().split()))


def _decoded(raw: bytes) -> str:
    """Read bytes so that `_encoded` gives the same, broken ones too."""
    return raw.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
