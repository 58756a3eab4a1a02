"""How fast this machine deals with this input: some of it, done twice and timed once."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import islice
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


def measured(units: Sequence[io.Unit], config: Config) -> Pace:
    """Read and sketch the first batch of the input.

    The first time loads kernels and is not counted. Stripping is timed apart, for what comes
    after it goes at the pace of the rest.
    """
    plain = replace(config, strip="none")
    _seconds(units, config)
    whole, size = _seconds(units, config)
    rest, _ = _seconds(units, plain)
    if not size:
        return Pace()
    return Pace(reading=whole / size, matching=rest / size * (1 if config.find == "all" else 0.2))


def _seconds(units: Sequence[io.Unit], config: Config) -> tuple[float, int]:
    """Time one batch; give the seconds and the bytes of its texts."""
    begun = time.perf_counter()
    batches = islice(with_folders(units[0]), 1) if units else ()
    learn = SiteTemplates() if config.strip == "sites" else None
    texts = read_texts(batches, learn=learn)
    sketch(texts, config)
    return time.perf_counter() - begun, int(texts.rows.bounds[-1])
