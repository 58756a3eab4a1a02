"""From the keys of pages to the documents that they are compared with."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from syndicate.sketch.sample import CAP, SHARED, THINNED
from syndicate.store.contract import NEWEST, Postings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from syndicate.index.reach import Reach
    from syndicate.index.sketching import Sketched
    from syndicate.store.contract import View

_THINNED = np.array(THINNED, np.int64)
_SPARE = 4
_EVERY = 1 << 30
"""For ``spare``: all holders."""
_TOGETHER = 256  # documents that pages are compared with at once
_NONE = np.empty(0, np.int64)


class Digests(NamedTuple):
    """What some documents' texts fold to.

    Attributes
    ----------
    words
        ndarray of uint64, shape (n, 2): 128 bits over the folded tokens.
    there
        ndarray of bool, shape (n,): False for documents that are gone, whose words mean nothing.
    """

    words: NDArray[np.uint64]
    there: NDArray[np.bool_]

    def firsts(self) -> NDArray[np.int64]:
        """Give the place of the first of each one's text that is there; -1 of what is gone."""
        from syndicate.kernels import candidates as kernels  # noqa: PLC0415 - compiles

        out = np.empty(len(self.there), np.int64)
        kernels.firsts(self.words, self.there, out)
        return out


class Candidates(NamedTuple):
    """Documents that may match.

    Attributes
    ----------
    docs
        Those that share most keys first.
    same
        Those whose digest shares 64 bits with the page's.
    """

    docs: tuple[int, ...]
    same: tuple[int, ...]


class Held(NamedTuple):
    """The keys of some pages, and the postings of each.

    Attributes
    ----------
    keys
        ndarray of uint64: a page's are the digest's, those of the bands, those of the samples;
        one page's after the other's.
    starts
        ndarray of int64, shape (pages + 1,): where each page's keys start and the last end.
    key, doc
        ndarray of int64: positions in a page's own keys, and documents that hold them.
    edges
        ndarray of int64, shape (pages + 1,): where each page's postings start and the last end.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    key: NDArray[np.int64]
    doc: NDArray[np.int64]
    edges: NDArray[np.int64]

    @classmethod
    def of(cls, keys: NDArray[np.uint64], postings: Postings) -> Self:
        """Hold those of one page."""
        return cls(keys, np.array([0, len(keys)]), *postings, np.array([0, len(postings.key)]))

    def at(self, place: int) -> tuple[NDArray[np.uint64], Postings]:
        """Give the keys and the postings of one page."""
        start, end = self.edges[place : place + 2]
        keys = self.keys[self.starts[place] : self.starts[place + 1]]
        return keys, Postings(self.key[start:end], self.doc[start:end])


def candidates(held: Held, first_sample: int, reach: Reach) -> list[Candidates]:
    """Choose documents for each page as `dedupe` does: of one text, one is a holder of a shingle.

    They share a band that few hold, or enough bands and such samples.

    Parameters
    ----------
    held
        What the pages are compared by.
    first_sample
        Where a page's keys of sampled shingles begin.
    reach
        Tells which documents are of one text, or gone.
    """
    found, crowds, bounds = _choose_each(held, first_sample)
    if not len(crowds):
        return found
    docs, place = np.unique(crowds, return_inverse=True)
    odd = _odd(reach.digests(docs))
    if reach.leaving:
        odd |= np.isin(docs, list(reach.leaving))
    if odd.any():
        before = np.concatenate([[0], np.cumsum(odd[place])])[bounds]
        doubted = np.flatnonzero(np.diff(before)).tolist()
        again = _choose_again(held, doubted, first_sample, reach)
        for page, docs_again in zip(doubted, again, strict=True):
            found[page] = found[page]._replace(docs=docs_again)
    return found


def _choose_each(
    held: Held, first_sample: int
) -> tuple[list[Candidates], NDArray[np.int64], NDArray[np.int64]]:
    """Choose documents as if all that hold a shingle were of different texts.

    Returns
    -------
    candidates : list of Candidates
        Of each page.
    crowds : ndarray of int64
        Holders of shingles that were passed over, page after page. If all are there and of
        different texts, that was right.
    bounds : ndarray of int64, shape (pages + 1,)
        Where each page's of those begin and the last end.
    """
    from syndicate.kernels import candidates as kernels  # noqa: PLC0415 - compiles

    ends = np.empty((3, len(held.starts)), np.int64)
    out, same, crowd = np.empty((3, len(held.key)), np.int64)
    limits = first_sample, CAP, _THINNED, SHARED, _SPARE
    kernels.choose_each(*(*held, *limits), ends, out, same, crowd)
    some, alike, few = ends[:, -1].tolist()
    told, twins = tuple(out[:some].tolist()), tuple(same[:alike].tolist())
    cuts = zip(pairwise(ends[0].tolist()), pairwise(ends[1].tolist()), strict=True)
    found = [Candidates(told[a:b], twins[c:d]) for (a, b), (c, d) in cuts]
    return found, crowd[:few], ends[2]


def _choose_again(
    held: Held, pages: Sequence[int], first_sample: int, reach: Reach
) -> Iterator[tuple[int, ...]]:
    """Choose documents for pages, counting those of one text once and those that are gone not."""
    crowds = [_chosen(held, page, first_sample, _NONE, _EVERY)[1] for page in pages]
    docs, place = np.unique(np.concatenate(crowds), return_inverse=True)
    words, there = reach.digests(docs)
    cuts = np.cumsum([len(crowd) for crowd in crowds])[:-1]
    for page, every, at in zip(pages, crowds, np.split(place, cuts), strict=True):
        left = there[at]
        if gone := reach.gone(every.tolist(), page):
            left &= ~np.isin(every, list(gone))
        without = every[Digests(words[at], left).firsts() != np.arange(len(every))]
        yield tuple(_chosen(held, page, first_sample, without, _SPARE)[0].tolist())


def _chosen(
    held: Held, page: int, first_sample: int, uncounted: NDArray[np.int64], spare: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose documents for one page; give holders of shingles passed over, too."""
    from syndicate.kernels import candidates as kernels  # noqa: PLC0415 - compiles

    keys, postings = held.at(page)
    out, crowd = np.empty((2, len(postings.doc)), np.int64)
    chosen, crowded = kernels.choose(
        keys, *postings, first_sample, CAP, _THINNED, SHARED, uncounted, spare, out, crowd
    )
    return out[:chosen].copy(), crowd[:crowded].copy()  # the rest is large


def _odd(digests: Digests) -> NDArray[np.bool_]:
    """Tell which documents are gone, or of the same text as another."""
    firsts = digests.firsts()
    odd = np.asarray(firsts != np.arange(len(firsts)))
    odd[firsts[odd & digests.there]] = True
    return odd


def look(pages: Sequence[Sketched], first_sample: int, view: View) -> tuple[list[int], Followed]:
    """Look pages up that follow each other.

    Returns
    -------
    numbers : list of int
        Of their ids; 0 where unknown.
    followed : Followed
        What the store holds of their keys.
    """
    starts = np.array([0, *accumulate(len(page.keys) for page in pages)], np.int64)
    keys = np.concatenate([page.keys for page in pages])
    rare = np.arange(len(keys)) - np.repeat(starts[:-1], np.diff(starts)) >= first_sample
    order = np.argsort(rare, kind="stable")
    ids = [page.document.id for page in pages]
    numbers, (key, doc), common = view.look_all(ids, keys[order], len(keys) - int(rare.sum()))
    left_out = np.empty(len(keys), np.bool_)
    left_out[order] = common
    return numbers, Followed(keys, starts, order[key], doc, left_out)


class Followed(NamedTuple):
    """The keys of pages that follow each other, and what the store holds of them.

    Attributes
    ----------
    keys, starts, key, doc, common
        As `syndicate.kernels.candidates.gather` takes them.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    key: NDArray[np.int64]
    doc: NDArray[np.int64]
    common: NDArray[np.bool_]

    def copies(self) -> list[list[int]]:
        """Give the documents whose digests may be the pages', ascending."""
        some = self.starts[1:] > self.starts[:-1]
        digests = np.zeros(len(self.keys), np.bool_)
        digests[self.starts[:-1][some]] = True
        found: dict[int, list[int]] = {}
        at = np.flatnonzero(digests[self.key])
        for key, doc in zip(self.key[at].tolist(), self.doc[at].tolist(), strict=True):
            found.setdefault(key, []).append(doc)
        keys = np.where(some, self.starts[:-1], -1).tolist()
        return [sorted(found.get(key, ())) for key in keys]

    def each(self, numbers: NDArray[np.int64]) -> Held:
        """Give each page's postings, in the store and in the pages before it.

        ``numbers`` are what the pages will be as documents, 0 of those that are found already.
        """
        from syndicate.kernels import candidates as kernels  # noqa: PLC0415 - compiles

        edges, room = np.empty(len(self.starts), np.int64), len(self.key) + 4 * len(self.keys)
        while True:
            key, doc = np.empty(room, np.int64), np.empty(room, np.int64)
            used = kernels.gather(*self, numbers, NEWEST, edges, key, doc)
            if used <= room:
                return Held(self.keys, self.starts, key[:used], doc[:used], edges)
            room = used


def together(found: Sequence[Candidates], most: int) -> Iterator[tuple[int, int]]:
    """Cut pages so that between two cuts no more documents are fetched than may be at once.

    ``most`` are fetched of one page.
    """
    start, load = 0, 0
    for place, one in enumerate(found):
        more = min(len(one.docs), most)
        if place > start and load + more > _TOGETHER:
            yield start, place
            start, load = place, 0
        load += more
    yield start, len(found)
