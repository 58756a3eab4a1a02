"""Marker tables: what page furniture says, by language, in TOML.

A table file has sections (``[furniture]``, ``[section-head]`` ...) and in each, lists of
forms by how they stand in a line: ``whole`` lines, ``starts`` of lines, ``within`` short
lines. ``docs/boilerplate.md`` tells a native speaker how to add one.
"""

from __future__ import annotations

import enum
import functools
import pathlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from syndicate.boilerplate.characters import character_table
from syndicate.boilerplate.intext import CreditWords
from syndicate.boilerplate.lines import read
from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TYPES = ("none", "section-head", "read-more", "furniture", "legal", "credit", "byline")
"""Sections whose markers decide what a line is, in the order of `syndicate.boilerplate.rules`."""


class Mode(enum.IntFlag):
    """Where a marker stands."""

    WHOLE = 1
    STARTS = 2
    WITHIN = 4
    DATE = 8
    HEAD = 16
    PHRASE = 32
    PICTURE = 64
    OUTLET = 128
    STAMP = 256
    CLOSES = 512
    PLACE = 1024
    SCENE = 2048
    PERSON = 4096
    POSE = 8192
    SETTING = 16384
    SIGNATURE = 32768


_INNER = np.uint16(
    Mode.WITHIN | Mode.HEAD | Mode.PHRASE | Mode.PICTURE | Mode.OUTLET | Mode.STAMP
    | Mode.PLACE | Mode.SETTING
)  # fmt: skip
"""`syndicate.kernels.markers.INNER`"""
_PLACES = {
    "section-head": {"whole": Mode.WHOLE, "starts": Mode.STARTS, "closes": Mode.CLOSES},
    "read-more": {"whole": Mode.WHOLE, "starts": Mode.STARTS},
    "furniture": {"whole": Mode.WHOLE, "starts": Mode.STARTS, "within": Mode.WITHIN},
    "legal": {"whole": Mode.WHOLE, "starts": Mode.STARTS, "within": Mode.WITHIN},
    "credit": {"whole": Mode.WHOLE, "starts": Mode.STARTS},
    "byline": {"whole": Mode.WHOLE, "starts": Mode.STARTS, "signatures": Mode.SIGNATURE},
    "caption": {
        "heads": Mode.HEAD,
        "phrases": Mode.PHRASE,
        "places": Mode.PLACE,
        "scenes": Mode.SCENE,
        "people": Mode.PERSON,
        "poses": Mode.POSE,
        "settings": Mode.SETTING,
    },
    "lead-in": {"names": Mode.OUTLET, "stamps": Mode.STAMP},
    "image-alt": {"words": Mode.PICTURE},
    "date": {"words": Mode.DATE},
}
_COLONS = (":", "：")
MOST_TOKENS = 16
_NO_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True)
class Marker:
    """One form, where it stands and what it says of its line."""

    form: str
    section: str
    place: str
    language: str

    @property
    def mode(self) -> Mode:
        """Where the form stands, as a flag."""
        return _PLACES[self.section][self.place]

    @property
    def needs_colon(self) -> bool:
        """Whether the form ends in a colon, which its line must then have too."""
        return self.place == "starts" and self.form.rstrip().endswith(_COLONS)

    def most_words(self, tokens: int) -> int:
        """Give the length of the longest line that the marker may speak for."""
        limit = _NO_LIMIT
        if self.place == "signatures":
            return limit
        if self.section in ("credit", "byline"):
            limit = 12 if self.section == "credit" else 16
        elif self.place == "within":
            limit = 45 if self.section == "legal" else 25
        elif self.place == "starts":
            if self.section == "section-head":
                limit = 60 if self.needs_colon else 25
            elif tokens <= 2 and not self.needs_colon:
                limit = 12 if self.section == "read-more" else 8
            else:
                limit = 25 if tokens <= 3 else 40
        return limit


@dataclass(frozen=True, slots=True)
class Markers:
    """A checked set of markers, and the same as arrays sorted by the hash of their tokens.

    Attributes
    ----------
    beginnings : ndarray of uint64
        Chained hashes of all first tokens of markers, ascending: nothing longer can match
        once a text's hash is not among them.
    bounds : ndarray of int64
        Where the markers start, and the last end, that are no longer than each beginning.
    table : ndarray of int64, shape (n, 6)
        For each marker the sum of the marks of its tokens, `Mode`, words of the longest line,
        whether a colon must follow, tokens, index in `TYPES`.
    seen : ndarray of uint16, shape (65536,)
        Modes of the markers that begin with a token, by the low bits of its hash.
    alone : ndarray of uint16, shape (65536,)
        The same of markers of one token.
    paired : ndarray of uint16, shape (65536,)
        The same of longer markers, by the low bits of the hashes of their first two tokens.
    screens : ndarray of uint8, shape (5, 8192)
        As bits, where there is a marker in the last two; then, one that counts inside a line in
        all three.
    credits : CreditWords
        The words of photo credits, for those inside a line.
    """

    entries: tuple[Marker, ...]
    beginnings: NDArray[np.uint64] = field(repr=False, compare=False)
    bounds: NDArray[np.int64] = field(repr=False, compare=False)
    table: NDArray[np.int64] = field(repr=False, compare=False)
    seen: NDArray[np.uint16] = field(repr=False, compare=False)
    alone: NDArray[np.uint16] = field(repr=False, compare=False)
    paired: NDArray[np.uint16] = field(repr=False, compare=False)
    screens: NDArray[np.uint8] = field(repr=False, compare=False)
    credits: CreditWords = field(repr=False, compare=False)

    def extended(self, *paths: str | pathlib.Path) -> Markers:
        """Give these markers and those of the user's own files.

        Raises
        ------
        ConfigError
            If a file cannot be read or says something that no table can say.
        """
        added = [entry for path in paths for entry in _read(pathlib.Path(path))]
        return _build((*self.entries, *added))


def _by_low_bits(hashes: NDArray[np.uint64], modes: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Collect modes under the low bits of hashes."""
    table = np.zeros(1 << 16, np.uint16)
    places = (hashes & np.uint64(0xFFFF)).astype(np.int64)
    np.bitwise_or.at(table, places, modes.astype(np.uint16))
    return table


def _marks(forms: Sequence[str]) -> NDArray[np.int64]:
    """Sum the marks of the letters of each form; none is empty."""
    encoded = [form.encode("utf-16-le") for form in forms]
    points = np.frombuffer(b"".join(encoded), np.uint16)
    starts = np.cumsum([0, *(len(form) // 2 for form in encoded)])[:-1]
    marks = (character_table()[points] >> np.uint64(32)).astype(np.int64)
    return np.asarray(np.add.reduceat(marks, starts)) if len(forms) else marks


@functools.cache
def load_markers() -> Markers:
    """Load the markers of all languages that come with the package."""
    folder = resources.files("syndicate.boilerplate").joinpath("markers")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml"))
    entries: list[Marker] = []
    for name in names:
        content = tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
        entries += _check(content, name)
    return _build(entries)


def _read(path: pathlib.Path) -> list[Marker]:
    """Read a user's file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"cannot read markers file {path}: {error.strerror}"
        raise ConfigError(message) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"markers file {path} must be readable TOML in UTF-8: {error}"
        raise ConfigError(message) from error
    return _check(content, str(path))


def _check(content: Mapping[str, Any], name: str) -> list[Marker]:
    """Turn a file's content into markers, or say what is wrong with it."""
    language = pathlib.PurePath(name).stem
    entries = []
    for section, lists in content.items():
        if section not in _PLACES:
            message = f"{name}: a section must be one of {', '.join(_PLACES)}, got {section!r}"
            raise ConfigError(message)
        if not isinstance(lists, dict):
            message = f"{name}: {section} must be a section [{section}] with lists, got {lists!r}"
            raise ConfigError(message)
        for place, forms in lists.items():
            if place not in _PLACES[section]:
                allowed = ", ".join(_PLACES[section])
                message = f"{name}: the lists of [{section}] are {allowed}, got {place!r}"
                raise ConfigError(message)
            if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
                message = f"{name}: [{section}] {place} must be a list of strings, got {forms!r}"
                raise ConfigError(message)
            entries += [Marker(form, section, place, language) for form in forms]
    return entries


def _build(given: Iterable[Marker]) -> Markers:
    """Hash the forms and sort them; of equal ones the last wins: whole lines, then phrases."""
    entries = list(dict.fromkeys(given))
    encoded = [entry.form.replace("\n", " ").encode() for entry in entries]
    offsets = np.zeros(len(entries) + 1, np.int64)
    np.cumsum([len(form) for form in encoded], out=offsets[1:])
    lines = read(np.frombuffer(b"".join(encoded), np.uint8), offsets)
    lengths = np.zeros(len(entries), np.int64)
    lengths[lines.doc] = lines.tokens
    for entry, length in zip(entries, lengths, strict=True):
        if not 1 <= length <= MOST_TOKENS:
            message = (
                f"{entry.language}.toml: a marker must have 1 to {MOST_TOKENS} words,"
                f" got {length} in {entry.form!r}"
            )
            raise ConfigError(message)
    keys = np.full(len(entries), lines.seed, np.uint64)
    beginnings = []
    for token in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > token)
        keys[longer] = lines.chain(keys[longer], lines.hashes[lines.base[longer] + token])
        beginnings.append(keys[longer])
    modes = np.array([entry.mode for entry in entries], np.int64)
    limits = [e.most_words(int(n)) for e, n in zip(entries, lengths, strict=True)]
    kinds = [TYPES.index(e.section) if e.section in TYPES else 0 for e in entries]
    one, firsts = lengths == 1, lines.hashes[lines.base]
    seconds = lines.hashes[lines.base + (lengths > 1)]
    alone = _by_low_bits(firsts[one], modes[one])
    paired = _by_low_bits((firsts >> np.uint64(16) ^ seconds)[~one], modes[~one])
    seen = _by_low_bits(firsts, modes)
    wins = np.where(modes == Mode.PHRASE, Mode.WITHIN, np.where(modes == Mode.CLOSES, 0, modes))
    order = np.lexsort((-wins, keys))
    known = np.unique(np.concatenate([np.zeros(0, np.uint64), *beginnings]))
    rest = modes, limits, [e.needs_colon for e in entries], lengths, kinds
    tones = _marks([entry.form for entry in entries])
    table = np.stack([tones, *np.array(rest, np.int64)], axis=1)[order]
    return Markers(
        entries=tuple(entries[i] for i in order),
        beginnings=known,
        bounds=np.append(np.searchsorted(keys[order], known), len(keys)),
        table=table,
        seen=seen,
        alone=alone,
        paired=paired,
        screens=np.packbits(
            np.stack([alone, paired, seen & _INNER, alone & _INNER, paired & _INNER]) > 0,
            axis=1,
            bitorder="little",
        ),
        credits=CreditWords.of(
            [entry.form for entry in entries if entry.mode == Mode.HEAD],
            [entry.form for entry in entries if entry.mode == Mode.PHRASE],
        ),
    )
