"""From documents to what an index keeps and looks up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.errors import DocumentError
from syndicate.index.codec import cut, pack
from syndicate.sketch import lsh, minhash
from syndicate.sketch.sample import sample
from syndicate.text.fold import scramble
from syndicate.text.shingles import Shingled, shingle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from syndicate.config import Config
    from syndicate.model import Document

MOST_BYTES = 8 << 20
"""Of a text: more than any article, and little enough to bound what one page costs."""
MOST_SAMPLED = 1024
"""Sampled shingles kept of one document: the smallest, so that two long ones keep the same."""
_BAND, _SAMPLE, _DIGEST = (np.uint64(n) for n in (0x5D, 0xA3, 0xC7))


@dataclass(frozen=True, slots=True)
class Sketched:
    """One document, ready to be looked up and kept.

    Attributes
    ----------
    document
        As it was given.
    body
        Its bytes for the store.
    text
        What is left of its text, UTF-8.
    removed
        Spans of the original that stripping dropped, in bytes.
    keys
        ndarray of uint64, shape (n,): the digest's key, those of the bands, those of the
        sampled shingles; empty if no word is left.
    digest, tokens
        As `syndicate.text.shingles` gives them.
    """

    document: Document
    body: bytes
    text: bytes
    keys: NDArray[np.uint64]
    digest: tuple[int, int]
    tokens: int


class Sketcher:
    """Turns documents into keys.

    Parameters
    ----------
    config
        The settings of the index.
    key
        Of keyed hashing; 0 for the public scheme.
    """

    def __init__(self, config: Config, key: int = 0) -> None:
        self.config = config
        self.cut = lsh.bands_of(config)
        self.first_sample = 1 + self.cut.bands
        self._key = key

    def shingled(self, texts: Sequence[bytes]) -> Shingled:
        """Fold and shingle what is left of texts."""
        offsets = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) for text in texts], out=offsets[1:])
        data = np.frombuffer(b"".join(texts), np.uint8)
        return shingle(data, offsets, self.config.sketch.shingle_size, key=self._key)

    def sketch(self, documents: Sequence[Document]) -> list[Sketched]:
        """Strip, fold, shingle and sketch documents.

        Raises
        ------
        DocumentError
            If one is too large.
        """
        texts = [_encode(document) for document in documents]
        removed = self._strip(documents, texts)
        kept = [cut(text, spans) for text, spans in zip(texts, removed, strict=True)]
        made = self.shingled(kept)
        sketches = minhash.signatures(made.shingles, made.bounds, self.config.sketch.num_perm)
        bands = np.ascontiguousarray(lsh.band_keys(sketches, self.cut).T)
        sampled, edges = sample(made.shingles, made.bounds)
        out = []
        for i, document in enumerate(documents):
            low, high = made.digests[i].tolist()
            tokens = int(made.counts[i])
            keys = _keys(low, bands[i], sampled[edges[i] : edges[i + 1]]) if tokens else _NONE
            body = pack(document, texts[i], removed[i], (low, high), tokens)
            out.append(Sketched(document, body, kept[i], keys, (low, high), tokens))
        return out

    def _strip(
        self, documents: Sequence[Document], texts: Sequence[bytes]
    ) -> list[tuple[tuple[int, int], ...]]:
        """Find the spans to remove from each text."""
        del documents
        return [() for _ in texts]


_NONE = np.empty(0, np.uint64)


def _keys(low: int, bands: NDArray[np.uint64], sampled: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the three kinds of keys, so that each kind fills the whole range and none meets another."""
    sampled = np.unique(sampled)[:MOST_SAMPLED]
    digest = np.array([low], np.uint64) ^ _DIGEST
    return scramble(np.concatenate([digest, bands ^ _BAND, sampled ^ _SAMPLE]))


def _encode(document: Document) -> bytes:
    text = document.text.encode("utf-8", "replace")
    if len(text) > MOST_BYTES:
        message = (
            f"document {document.id!r} has {len(text)} bytes of text, at most {MOST_BYTES} "
            "can be remembered; cut it, or leave it out"
        )
        raise DocumentError(message, path=document.id)
    return text
