"""What is known of two documents beside their words: site, address, time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.match.relation import Context
from syndicate.model import host_of
from syndicate.times import published_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from syndicate.match.verify import Overlap

UNDATED = np.iinfo(np.int64).max
SHARED = 20
"""Shingles that a pair must share to be looked at, unless they are much of the shorter text."""
PART = 0.2


def worth_aligning(sizes: Overlap, threshold: float) -> NDArray[np.bool_]:
    """Say which pairs may turn out a match at all.

    A pair that shares less than an eighth of the threshold is not read: so few shared shingles
    are never most of a text, even with every third word changed.
    """
    smaller = np.minimum(sizes.size_a, sizes.size_b)
    enough = (sizes.shared >= SHARED) | (sizes.shared >= PART * np.maximum(smaller, 1))
    return np.asarray(enough & (sizes.shared >= threshold / 8 * smaller))


def moment(published: str | None) -> int:
    """Read a publication time as microseconds since 1970; `UNDATED` if it cannot be read."""
    time = published_time(published) if published is not None else None
    return UNDATED if time is None else int(time.timestamp() * 1e6)


class Standing(NamedTuple):
    """What is known of a document beside its words, ready to be compared.

    Attributes
    ----------
    url, site
        Folded; empty where there is none.
    when
        As `moment` gives it.
    """

    url: str
    site: str
    when: int


def standing(url: str | None, source: str | None, published: str | None) -> Standing:
    """Prepare a document's URL, source and publication time to be compared."""
    return Standing(_plain(url), _plain(source or host_of(url)), moment(published))


def context(
    same_text: NDArray[np.bool_],
    places: Sequence[tuple[str | None, str | None, str | None]],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> Context:
    """Compare documents by what is known beside their words.

    Parameters
    ----------
    same_text : ndarray of bool, shape (pairs,)
        Whether both texts fold to the same tokens.
    places
        URL, source and publication time of each document.
    left, right : ndarray of int64, shape (pairs,)
        Places in ``places``.
    """
    return beside(same_text, [standing(*place) for place in places], left, right)


def beside(
    same_text: NDArray[np.bool_],
    places: Sequence[Standing],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> Context:
    """Compare documents of which that is prepared; parameters as for `context`."""
    when = np.array([place.when for place in places], np.int64)
    pairs = [(places[a], places[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    known = (when[left] != UNDATED) & (when[right] != UNDATED)
    return Context(
        same_text=same_text,
        same_site=np.array([a.site != "" and a.site == b.site for a, b in pairs], bool),
        same_url=np.array([a.url != "" and a.url == b.url for a, b in pairs], bool),
        later=np.where(known, np.sign(when[right] - when[left]), 0).astype(np.int8),
    )


def _plain(value: str | None) -> str:
    return value.strip().casefold() if value else ""
