"""Settings: frozen, keyword-only, and valid if they exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from syndicate.errors import ConfigError

Extractor = Literal["trafilatura", "resiliparse"]
"""What takes articles out of web pages."""

SCHEME = "syndicate/3"
"""Name and version of folding, hashing and sketching together; stored with anything kept."""

SOURCE = "source:"
"""Begins a setting of ``canonical`` that lists sources, the most wanted first."""


def _between(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        message = f"{name} must be between {low} and {high}, got {value}"
        raise ConfigError(message)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        message = f"{name} must be one of {', '.join(allowed)}, got {value!r}"
        raise ConfigError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchConfig:
    """How a text becomes shingles and a signature.

    Parameters
    ----------
    shingle_size
        Tokens to a shingle.
    num_perm
        Slots of the MinHash signature.
    """

    shingle_size: int = 5
    num_perm: int = 128

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        _between("shingle_size", self.shingle_size, 1, 32)
        _between("num_perm", self.num_perm, 16, 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that may change a result of `syndicate.dedupe`.

    Parameters
    ----------
    threshold
        Least similarity of a match, from 0 to 1: Jaccard for texts that are whole copies of
        each other, containment where one holds a part of the other. What shared text means is
        read from how it lies, whatever the threshold; 0 leaves it at that.
    find
        ``"all"`` that shares text, also a part of one in a part of the other, or only
        ``"whole"`` copies, which is faster.
    strip
        Remove boilerplate before comparing: by ``"rules"``, by rules and what the input
        teaches of its ``"sites"``, or ``"none"``.
    extractor
        What takes articles out of web pages: ``"trafilatura"`` finds them best;
        ``"resiliparse"`` is about ten times as fast and leaves more to strip.
    canonical
        Which member stands for its cluster: the earliest published, the longest, or the
        first in input order; or the earliest of the first source of a list that has one,
        ``"source:LIST"``, separated by commas. Ties go to texts that are no pages around
        another's text, then to the longer text, then to the smaller id; only ``"first"``
        makes a result depend on input order.
    sketch
        Shingle and signature sizes.
    """

    threshold: float = 0.0
    find: Literal["all", "whole"] = "all"
    strip: Literal["sites", "rules", "none"] = "sites"
    extractor: Extractor = "trafilatura"
    canonical: str = "earliest"
    sketch: SketchConfig = SketchConfig()

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if not 0 <= self.threshold <= 1:
            message = f"threshold must be between 0 and 1, got {self.threshold}; try 0.5"
            raise ConfigError(message)
        _one_of("find", self.find, ("all", "whole"))
        _one_of("strip", self.strip, ("sites", "rules", "none"))
        _one_of("extractor", self.extractor, get_args(Extractor))
        if not self.canonical.startswith(SOURCE) or self.canonical == SOURCE:
            _one_of("canonical", self.canonical, ("earliest", "longest", "first", "source:LIST"))
