"""From the keys of pages to the documents that they are compared with."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

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
_ASKED = 16  # pages looked up at once
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

    def twins(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give places of one text by twos, each one and the next: all that are there."""
        held = np.flatnonzero(self.there)
        words = self.words[held]
        order = np.lexsort((words[:, 0], words[:, 1]))
        same = (words[order[1:]] == words[order[:-1]]).all(axis=1)
        return held[order[:-1][same]], held[order[1:][same]]


class Candidates(NamedTuple):
    """Documents that may match.

    Attributes
    ----------
    docs
        Those that share most keys first.
    same
        Those whose digest shares 64 bits with the page's.
    """

    docs: list[int]
    same: list[int]


def choose(
    postings: Postings,
    keys: NDArray[np.uint64],
    first_sample: int,
    uncounted: NDArray[np.int64] = _NONE,
    spare: int = _SPARE,
) -> tuple[Candidates, NDArray[np.int64]]:
    """Choose the documents that share a band that few hold, or enough bands and such samples.

    Parameters
    ----------
    postings
        Of a page's keys.
    keys
        Which are the digest's, those of the bands, those of the samples.
    first_sample
        Where the keys of sampled shingles begin.
    uncounted
        Documents that do not count where it is asked how many hold a shingle, ascending.
    spare
        Holders of a shingle to be given beyond those for which it is passed over.

    Returns
    -------
    candidates : Candidates
    crowd : ndarray of int64
        Holders of shingles that were passed over, ascending. If all are there and of different
        texts, that was right.
    """
    from syndicate.kernels import candidates as kernels  # noqa: PLC0415 - compiles

    key, doc = postings
    out, crowd = np.empty(len(doc), np.int64), np.empty(len(doc), np.int64)
    limits = first_sample, CAP, _THINNED, SHARED
    chosen, crowded = kernels.choose(keys, key, doc, *limits, uncounted, spare, out, crowd)
    same = sorted(set(doc[key == 0].tolist()))
    return Candidates(out[:chosen].tolist(), same), crowd[:crowded]


def candidates(
    pages: Sequence[Sketched], postings: Sequence[Postings], first_sample: int, reach: Reach
) -> list[Candidates]:
    """Choose documents for each page as `dedupe` does: of one text, one is a holder of a shingle.

    Parameters
    ----------
    pages, postings
        Each page, and the postings of its keys.
    first_sample
        Where the keys of sampled shingles begin.
    reach
        Tells which documents are of one text, or gone.
    """
    given = list(zip(pages, postings, strict=True))
    chosen = [choose(held, page.keys, first_sample) for page, held in given]
    found = [one for one, _ in chosen]
    crowds = np.concatenate([crowd for _, crowd in chosen])
    if not len(crowds):
        return found
    docs = np.unique(crowds)
    leaving = np.fromiter(reach.leaving, np.int64)
    suspects = np.append(_odd(docs, reach.digests(docs)), leaving)
    owner = np.repeat(np.arange(len(pages)), [len(crowd) for _, crowd in chosen])
    for place in np.unique(owner[np.isin(crowds, suspects)]).tolist():
        page, held = given[place]
        _, every = choose(held, page.keys, first_sample, spare=_EVERY)
        digests = reach.digests(every)
        gone = np.isin(every, np.fromiter(reach.gone(every.tolist(), place), np.int64))
        without = _repeats(every, digests._replace(there=digests.there & ~gone))
        found[place] = choose(held, page.keys, first_sample, without)[0]
    return found


def _odd(docs: NDArray[np.int64], digests: Digests) -> NDArray[np.int64]:
    """Give the documents that are gone, or of the same text as another."""
    found = ~digests.there
    one, other = digests.twins()
    found[one] = found[other] = True
    return docs[found]


def _repeats(docs: NDArray[np.int64], digests: Digests) -> NDArray[np.int64]:
    """Give the documents that are gone, or of the same text as one before."""
    found = ~digests.there
    found[digests.twins()[1]] = True
    return docs[found]


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
    within = np.arange(len(keys)) - np.repeat(starts[:-1], np.diff(starts))
    numbers: list[int] = []
    key, doc, left_out = [], [], np.zeros(len(keys), np.bool_)
    for first in range(0, len(pages), _ASKED):
        some = pages[first : first + _ASKED]
        start, end = starts[first], starts[first + len(some)]
        rare = within[start:end] >= first_sample
        order = start + np.argsort(rare, kind="stable")
        common = int(len(rare) - rare.sum())
        found = view.look_all([one.document.id for one in some], keys[order], common)
        numbers += found.numbers
        key.append(order[found.postings.key])
        doc.append(found.postings.doc)
        left_out[order] = found.common
    return numbers, Followed(keys, starts, np.concatenate(key), np.concatenate(doc), left_out)


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

    def each(self, numbers: NDArray[np.int64]) -> list[Postings]:
        """Give each page's postings, in the store and in the pages before it.

        ``numbers`` are what the pages will be as documents, 0 of those that are found already.
        """
        from syndicate.kernels import candidates as kernels  # noqa: PLC0415 - compiles

        edges, room = np.empty(len(self.starts), np.int64), len(self.key) + 4 * len(self.keys)
        while True:
            key, doc = np.empty(room, np.int64), np.empty(room, np.int64)
            used = kernels.gather(*self, numbers, NEWEST, edges, key, doc)
            if used <= room:
                cuts = pairwise(edges.tolist())
                return [Postings(key[start:end], doc[start:end]) for start, end in cuts]
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
