"""The two ways to strip: one text with reasons, a column of texts with nothing but bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.learned import Learned
from syndicate.boilerplate.lines import as_bytes, chunks
from syndicate.boilerplate.markers import load_markers
from syndicate.boilerplate.rules import KINDS, Rule
from syndicate.boilerplate.stripping import removals
from syndicate.model import Removal, Stripped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.markers import Markers
    from syndicate.boilerplate.templates import SiteTemplates


@dataclass(frozen=True, slots=True)
class StrippedBatch:
    """A column of texts without their clutter.

    Attributes
    ----------
    data : ndarray of uint8
        UTF-8 of what is kept, text after text.
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts in ``data`` and the last ends.
    spans : ndarray of int64, shape (k, 2)
        Bytes kept, counted from the start of their original text.
    span_offsets : ndarray of int64, shape (n + 1,)
        Where each text's spans start in ``spans`` and the last end.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    spans: NDArray[np.int64]
    span_offsets: NDArray[np.int64]


def strip(
    text: str,
    *,
    title: str | None = None,
    site: str | None = None,
    templates: SiteTemplates | None = None,
    markers: Markers | None = None,
) -> Stripped:
    """Take out of a text what is not the article."""
    markers = markers or load_markers()
    data = as_bytes(np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8))
    found = removals(
        data,
        np.array([0, len(data)]),
        [title],
        markers,
        Learned([site], templates.compiled if templates else None),
    )
    points = np.concatenate([[0], np.cumsum((data & 0xC0) != 0x80)])
    taken = []
    for start, stop, rule, marker in zip(
        points[found.start].tolist(), points[found.stop].tolist(),
        found.rule.tolist(), found.marker.tolist(), strict=True,
    ):  # fmt: skip
        kind, reason = KINDS[Rule(rule)]
        if marker >= 0:
            reason = f"{reason}: {markers.entries[marker].form!r}"
        taken.append(Removal(start, stop, kind, reason))
    kept = Stripped(text, "", tuple(taken)).kept
    return Stripped(text, "".join(text[a:b] for a, b in kept), tuple(taken), title)


def strip_batch(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    titles: Sequence[str | None] | None = None,
    sites: Sequence[str | None] | None = None,
    *,
    templates: SiteTemplates | None = None,
    markers: Markers | None = None,
) -> StrippedBatch:
    """Take out of each text what is not its article."""
    markers = markers or load_markers()
    data, offsets = as_bytes(data), np.array(offsets, np.int64)
    parts, lengths, spans, counts = [], [], [], []
    for low, high in chunks(offsets):
        some = None if titles is None else titles[low:high]
        learned = Learned(sites and sites[low:high], templates.compiled if templates else None)
        found = removals(data, offsets[low : high + 1], some, markers, learned)
        start = np.insert(found.stop, found.bounds[:-1], offsets[low:high])
        stop = np.insert(found.start, found.bounds[1:], offsets[low + 1 : high + 1])
        doc = np.repeat(np.arange(low, high), np.diff(found.bounds) + 1)
        real = stop > start
        start, stop, doc = start[real], stop[real], doc[real]
        parts += [data[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]
        lengths.append(np.bincount(doc - low, stop - start, high - low))
        counts.append(np.bincount(doc - low, minlength=high - low))
        spans.append(np.stack([start, stop], axis=1) - offsets[doc, None])
    return StrippedBatch(
        np.concatenate([np.zeros(0, np.uint8), *parts]),
        _running(lengths),
        np.concatenate([np.zeros((0, 2), np.int64), *spans]),
        _running(counts),
    )


def _running(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Sum lengths to offsets."""
    return np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0), *parts]))]).astype(np.int64)
