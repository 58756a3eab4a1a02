"""How fast this machine deals with this input: some of it, done twice and timed once."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from syndicate.boilerplate import SiteTemplates
from syndicate.pipeline.budget import Pace
from syndicate.pipeline.part import sketch
from syndicate.pipeline.scan import with_folders
from syndicate.pipeline.texts import read_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syndicate import io
    from syndicate.config import Config


_SAMPLE = 4 << 20
"""Bytes of files that are read, if each is a document."""


def measured(units: Sequence[io.Unit], config: Config) -> Pace:
    """Read and sketch the first batch of the largest unit.

    The first time loads kernels and is not counted. Stripping is timed apart, for what comes
    after it goes at the pace of the rest.
    """
    if not units:
        return Pace()
    unit, plain = _few(max(units, key=_size)), replace(config, strip="none")
    _seconds(unit, config)
    whole, size = _seconds(unit, config)
    rest, _ = _seconds(unit, plain)
    if not size:
        return Pace()
    return Pace(
        reading=whole / size,
        matching=rest / size * (1 if config.find == "all" else 0.2),
        text=size / _size(unit) if unit.kind == "files" else 1.0,
    )


def _size(unit: io.Unit) -> int:
    return sum(source.size for source in unit.sources)


def _few(unit: io.Unit) -> io.Unit:
    """Leave out files beyond the first few: of pages, little may be text."""
    sizes = accumulate(source.size for source in unit.sources)
    few = 1 + sum(size < _SAMPLE for size in sizes)
    return replace(unit, sources=unit.sources[:few])


def _seconds(unit: io.Unit, config: Config) -> tuple[float, int]:
    """Time one batch; give the seconds and the bytes of its texts."""
    begun = time.perf_counter()
    learn = SiteTemplates() if config.strip == "sites" else None
    texts = read_texts(islice(with_folders(unit), 1), learn=learn)
    sketch(texts, config)
    return time.perf_counter() - begun, int(texts.rows.bounds[-1])
