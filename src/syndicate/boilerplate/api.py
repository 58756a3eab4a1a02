"""The two ways to strip: one text with reasons, a column of texts with nothing but bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.fields import (
    byline_of,
    credits_of,
    dateline_of,
    published_of,
    title_of,
)
from syndicate.boilerplate.learned import Learned
from syndicate.boilerplate.lines import PAD, as_bytes, chunks
from syndicate.boilerplate.markers import TYPES, load_markers
from syndicate.boilerplate.rules import KINDS, Rule
from syndicate.boilerplate.settling import Removals
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
    spans : ndarray of int64, shape (k, 2)
        Bytes kept, counted from the start of their original text.
    span_offsets : ndarray of int64, shape (n + 1,)
        Where each text's spans start in ``spans`` and the last end.
    originals
        The bytes of the texts as they were, and their offsets.
    """

    spans: NDArray[np.int64]
    span_offsets: NDArray[np.int64]
    originals: tuple[NDArray[np.uint8], NDArray[np.int64]]

    @property
    def places(self) -> NDArray[np.int64]:
        """Where the spans lie in the bytes of all texts; shape as ``spans``."""
        starts = np.repeat(self.originals[1][:-1], np.diff(self.span_offsets))
        return self.spans + starts[:, None]

    def joined(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Give what is kept in UTF-8, text after text, and where each starts and the last ends."""
        starts, stops = self.places.T
        kept = np.concatenate([np.zeros(0, np.uint8), *_joined(self.originals[0], starts, stops)])
        edges = np.concatenate([[0], np.cumsum(stops - starts)])
        return kept, edges[self.span_offsets]


def strip(
    text: str,
    *,
    title: str | None = None,
    site: str | None = None,
    templates: SiteTemplates | None = None,
    markers: Markers | None = None,
) -> Stripped:
    """Take out of a text what is not its article.

    Stripping twice gives the same as stripping once, and a text is never emptied.

    Parameters
    ----------
    text
        Extracted text, line breaks kept where there are any.
    title
        The title, if it is known apart: a line that repeats it goes.
    site
        The site, for ``templates``.
    templates
        Furniture learned of sites.
    markers
        Other markers than those of the package, from `Markers.extended`.

    Returns
    -------
    Stripped
        The article, what was taken out and why, and what that states.

    Examples
    --------
    >>> page = '''Lúa được mùa
    ... Trần Bình
    ... (Dân trí) - Bà con xã Bình Minh gặt xong lúa hè thu sớm hơn mọi năm mười ngày.
    ... Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh).
    ... Năm nay năng suất tăng, giá lúa cũng cao hơn năm ngoái, theo lời ông chủ tịch xã.'''
    >>> result = strip(page)
    >>> print(result.text)
    Lúa được mùa
    Bà con xã Bình Minh gặt xong lúa hè thu sớm hơn mọi năm mười ngày.
    Năm nay năng suất tăng, giá lúa cũng cao hơn năm ngoái, theo lời ông chủ tịch xã.
    >>> [removal.kind for removal in result.removals], result.byline.value
    (['byline', 'lead-in', 'caption'], 'Trần Bình')
    """
    markers = markers or load_markers()
    encoded = text.encode("utf-8", "surrogatepass")
    data = as_bytes(np.frombuffer(encoded + bytes(PAD), np.uint8))
    learned = Learned([site] if templates else None, templates.compiled if templates else None)
    found = removals(data, np.array([0, len(encoded)]), [title], markers, learned)
    taken = tuple(_explained(data, found, markers))
    kept = Stripped(text, "", taken).kept
    stated = title_of(text, taken)
    repeated = title is None or any(removal.kind == "title-repeat" for removal in taken)
    return Stripped(
        original=text,
        text="".join(text[a:b] for a, b in kept),
        removals=taken,
        title=title or (stated.value if stated else None),
        title_span=(stated.start, stated.end) if stated and repeated else None,
        byline=byline_of(text, taken),
        dateline=dateline_of(text, taken),
        published=published_of(text, taken),
        credits=credits_of(text, taken),
    )


def _explained(data: NDArray[np.uint8], found: Removals, markers: Markers) -> Iterator[Removal]:
    """Give removals in code points, with their kinds and reasons."""
    points, place = 0, 0
    for first, last, rule, marker in found.rows.T.tolist():
        start = points + _characters(data[place:first])
        stop = points = start + _characters(data[first:last])
        place = last
        kind, reason = KINDS[Rule(rule)]
        if marker >= 0 and rule <= len(TYPES):
            reason = f"{reason}: {markers.entries[marker].form!r}"
        yield Removal(start, stop, kind, reason)


def _characters(data: NDArray[np.uint8]) -> int:
    """Count the characters of a piece of UTF-8."""
    return int(np.count_nonzero((data & 0xC0) != 0x80))


def kept_spans(
    text: bytes,
    title: str | None = None,
    site: str | None = None,
    *,
    templates: SiteTemplates | None = None,
) -> list[tuple[int, int]]:
    """Give the bytes of one text that `strip_batch` would keep, as spans, and nothing else.

    What a column pays once, an index would pay for each page.
    """
    data = as_bytes(np.frombuffer(text + bytes(PAD), np.uint8))
    learned = Learned([site] if templates else None, templates.compiled if templates else None)
    found = removals(data, np.array([0, len(text)]), [title], load_markers(), learned)
    starts, stops, _, _ = found.rows.tolist()
    spans = zip([0, *stops], [*starts, len(text)], strict=True)
    return [(start, stop) for start, stop in spans if stop > start]


def strip_batch(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    titles: Sequence[str | None] | None = None,
    sites: Sequence[str | None] | None = None,
    *,
    templates: SiteTemplates | None = None,
    markers: Markers | None = None,
) -> StrippedBatch:
    """Take out of each text of a column what is not its article, as `strip` does.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 of all texts.
    offsets : ndarray of int64, shape (n + 1,)
        Where each text starts and the last ends.
    titles, sites
        Of each text, or None where they are unknown.
    templates, markers
        As for `strip`.
    """
    markers = markers or load_markers()
    data, offsets = as_bytes(data), np.array(offsets, np.int64)
    spans, counts = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.int64)]
    for low, high, part, bounds in chunks(data, offsets):
        some = None if titles is None else titles[low:high]
        learned = Learned(sites and sites[low:high], templates.compiled if templates else None)
        found = removals(part, bounds, some, markers, learned)
        start = np.insert(found.rows[1], found.bounds[:-1], bounds[:-1])
        stop = np.insert(found.rows[0], found.bounds[1:], bounds[1:])
        doc = np.repeat(np.arange(high - low), np.diff(found.bounds) + 1)
        real = stop > start
        start, stop, doc = start[real], stop[real], doc[real]
        counts.append(np.bincount(doc, minlength=high - low))
        spans.append(np.stack([start, stop], axis=1) - bounds[doc, None])
    of_each = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    return StrippedBatch(np.concatenate(spans), of_each, (data, offsets))


def _joined(
    data: NDArray[np.uint8], start: NDArray[np.int64], stop: NDArray[np.int64]
) -> list[NDArray[np.uint8]]:
    """Give the bytes of spans; those of spans that meet, as most do, in one piece."""
    apart = start[1:] != stop[:-1]
    firsts = start[np.append(True, apart)[: len(start)]].tolist()
    lasts = stop[np.append(apart, True)[: len(stop)]].tolist()
    return [data[a:b] for a, b in zip(firsts, lasts, strict=True)]
