"""From documents to what an index keeps and looks up."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.errors import DocumentError
from syndicate.index.beside import Beside, beside_words
from syndicate.index.codec import Cuts, column, cut, pack, pack_all
from syndicate.match.verify import distinct
from syndicate.sketch import lsh, minhash
from syndicate.sketch.sample import LIMIT
from syndicate.text.fold import fold_table
from syndicate.text.shingles import Shingled, shingle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from syndicate.config import Config
    from syndicate.index.learning import Learner
    from syndicate.model import Document

MOST_BYTES = 8 << 20
"""Of a text: more than any article, and little enough to bound what one page costs."""
MOST_SAMPLED = 1024
"""Sampled shingles kept of one document: the smallest, so that two long ones keep the same."""


class Sketched(NamedTuple):
    """One document, ready to be looked up and kept.

    Attributes
    ----------
    document
        As it was given.
    body
        Its bytes for the store.
    shingles, flags
        As `syndicate.text.shingles.Shingled` has them, of what is left of its text; perhaps parts
        of the arrays of many.
    keys
        ndarray of uint64, shape (n,): the digest's key, those of the bands, those of the
        sampled shingles; empty if no word is left.
    digest, tokens
        As `syndicate.text.shingles` gives them.
    distinct
        How many of its shingles are different ones.
    address
        Where its shingles lie in memory.
    beside
        What is known beside its words.
    """

    document: Document
    body: bytes
    shingles: NDArray[np.uint64]
    flags: NDArray[np.uint16]
    keys: NDArray[np.uint64]
    digest: tuple[int, int]
    tokens: int
    distinct: int
    address: int
    beside: Beside


class Sketcher:
    """Turns documents into keys.

    Parameters
    ----------
    config
        The settings of the index.
    key
        Of keyed hashing; 0 for the public scheme.
    learner
        Knows the furniture of sites, if the settings ask for it.
    """

    def __init__(self, config: Config, key: int = 0, learner: Learner | None = None) -> None:
        self.config = config
        self.learner = learner
        self.cut = lsh.bands_of(config)
        self.first_sample = 1 + self.cut.bands
        self._key = key
        self._most = 0 if config.find == "whole" else MOST_SAMPLED

    def shingled(self, texts: Sequence[bytes]) -> Shingled:
        """Fold and shingle what is left of texts."""
        return self._shingle(*column(texts))

    def _shingle(self, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Shingled:
        return shingle(data, offsets, self.config.sketch.shingle_size, key=self._key)

    def sketch(self, documents: Sequence[Document]) -> list[Sketched]:
        """Strip, fold, shingle and sketch documents.

        Raises
        ------
        DocumentError
            If one is too large.
        """
        texts = [encoded(document) for document in documents]
        left = self._strip(documents, texts)
        made = self._shingle(left.data, left.offsets)
        sizes = distinct(made.shingles, made.bounds).tolist()
        firsts = (made.shingles.ctypes.data + 8 * made.bounds).tolist()
        digests = [(low, high) for low, high in made.digests.tolist()]
        tokens = made.counts.tolist()
        bodies = pack_all(documents, texts, left.removed, digests, tokens)
        besides = map(_beside, documents, texts)
        columns = self._keys(made), digests, tokens, sizes, firsts[:-1], besides
        return list(map(Sketched, documents, bodies, *_apart(made), *columns))

    def page(self, document: Document, removed: Cuts | None = None) -> Sketched:
        """Do the same with one document, as fast as that can be done.

        What is to be left out of it may be known already.
        """
        from syndicate.kernels import pages  # noqa: PLC0415 - compiles

        text = encoded(document)
        if removed is None:
            removed = self._removed(document, text)
        left = np.frombuffer(cut(text, removed), np.uint8)
        size, perms = self.config.sketch.shingle_size, self.config.sketch.num_perm
        shingles, flags, _, digests, keys, found = pages.sketch_page(
            left, *fold_table(self._key), size, *minhash.permutations(perms),
            self.cut.bands, self.cut.rows, LIMIT, self._most,
        )  # fmt: skip
        low, high = digests[0].tolist()
        tokens = len(flags)
        body = pack(document, text, removed, (low, high), tokens)
        made_of = keys, (low, high), tokens, found, shingles.ctypes.data, _beside(document, text)
        return Sketched(document, body, shingles, flags, *made_of)

    def learn(self, documents: Sequence[Document]) -> None:
        """Learn from pages that were remembered."""
        if self.learner is not None:
            self.learner.learn(documents)

    def _strip(self, documents: Sequence[Document], texts: Sequence[bytes]) -> _Left:
        """Find what is left of texts without their boilerplate."""
        if self.config.strip == "none":
            return _Left(*column(texts), [()] * len(texts))
        from syndicate.boilerplate import strip_batch  # noqa: PLC0415 - loads markers

        titles = [document.title for document in documents]
        templates = self.learner.templates if self.learner else None
        sites = self.learner.sites(documents) if self.learner and templates else None
        found = strip_batch(*column(texts), titles, sites=sites, templates=templates)
        bounds = pairwise(found.span_offsets.tolist())
        return _Left(*found.joined(), [
            _between(found.spans[first:last].tolist(), len(text))
            for (first, last), text in zip(bounds, texts, strict=True)
        ])  # fmt: skip

    def _removed(self, document: Document, text: bytes) -> Cuts:
        """Find the spans of one text that are boilerplate."""
        if self.config.strip == "none":
            return ()
        from syndicate.boilerplate import kept_spans  # noqa: PLC0415 - loads markers

        templates = self.learner.templates if self.learner else None
        site = self.learner.sites([document])[0] if self.learner and templates else None
        return _between(kept_spans(text, document.title, site, templates=templates), len(text))

    def _keys(self, made: Shingled) -> list[NDArray[np.uint64]]:
        """Give each document's keys.

        The three kinds are mixed, so that each fills the whole range and none meets another.
        """
        from syndicate.kernels import keys as kernels  # noqa: PLC0415 - compiles

        sketches = minhash.signatures(made.shingles, made.bounds, self.config.sketch.num_perm)
        starts = np.empty(len(made.bounds), np.int64)
        sizes = np.diff(made.bounds)
        room = np.empty(int(sizes.max(initial=0)) + 1, np.uint64)
        out = np.empty(self.first_sample * len(sizes) + len(made.shingles), np.uint64)
        kernels.document_keys(
            made.shingles, made.bounds, made.counts, made.digests, sketches,
            self.cut.bands, self.cut.rows, LIMIT, self._most, room, starts, out,
        )  # fmt: skip
        edges = starts.tolist()
        return [out[start:end].copy() for start, end in pairwise(edges)]


def _beside(document: Document, text: bytes) -> Beside:
    known = document.url, document.source, document.published, document.title
    return beside_words(*known, text)


class _Left(NamedTuple):
    """What stripping left of a column of texts, and the spans that went from each."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    removed: list[Cuts]


def _between(kept: Iterable[Sequence[int]], length: int) -> Cuts:
    """Give the spans of a text of so many bytes that lie between those kept."""
    edges = [0, *chain.from_iterable(kept), length]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((start, end) for start, end in pairs if end > start)


def _apart(made: Shingled) -> tuple[list[NDArray[np.uint64]], list[NDArray[np.uint16]]]:
    """Give the shingles and the flags of each text of a column, without copying."""
    ends = [0, *np.cumsum(made.counts).tolist()]
    shingles = [made.shingles[start:end] for start, end in pairwise(made.bounds.tolist())]
    return shingles, [made.flags[start:end] for start, end in pairwise(ends)]


def encoded(document: Document) -> bytes:
    """Give a document's text as UTF-8; raise `DocumentError` if it is too large."""
    text = document.text.encode("utf-8", "replace")
    if len(text) > MOST_BYTES:
        message = (
            f"document {document.id!r} has {len(text)} bytes of text, at most {MOST_BYTES} "
            "can be remembered; cut it, or leave it out"
        )
        raise DocumentError(message, path=document.id)
    return text
