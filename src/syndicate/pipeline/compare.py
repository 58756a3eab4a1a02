"""Two texts side by side: what they share, what it means, and what would change that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from syndicate import io
from syndicate.boilerplate import strip
from syndicate.config import Config
from syndicate.match.align import EvidenceTable, align, drop_strays, shorten
from syndicate.match.context import worth_aligning
from syndicate.match.folded import Folded
from syndicate.match.passages import Anatomy, Words, dissect
from syndicate.match.reasons import Evidence
from syndicate.match.relation import OVERLAPS, RULES, tells
from syndicate.match.verify import LeftOut, Overlap, distinct, overlap
from syndicate.model import Credit, Document, Match, Member, Stripped, percent
from syndicate.origin.credits import find_sources
from syndicate.origin.names import load_names
from syndicate.pipeline.corpus import Corpus
from syndicate.pipeline.meaning import Meaning, headings_of, judge
from syndicate.pipeline.scan import sketch_batches
from syndicate.sketch import lsh, sample
from syndicate.text.shingles import encode, find_tokens, shingle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SIZES = (3, 4, 5, 6, 7, 8)
"""Shingle sizes that `explain` tries."""
_NAMES = {
    "new": ("new passage",),
    "lead-in": ("lead-in",),
    "end-mark": ("end mark",),
    "image-alt": ("image text",),
    "title-repeat": ("repeated title",),
    "related-links": ("list of links", "lists of links"),
    "comments": ("list of comments", "lists of comments"),
    "furniture": ("piece of furniture", "pieces of furniture"),
    "legal": ("legal note",),
    "site-template": ("piece of the site", "pieces of the site"),
}
"""What the kinds of pieces are called, one and many; others are called as they are."""
_NONE = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two documents and all that they share.

    Parameters
    ----------
    a, b
        As stripped.
    match
        With passages and a reason; ``relation`` is ``overlap`` for texts without a word in
        common too.
    evidence
        What the relation was read from.
    anatomy
        Both originals, piece by piece.
    score
        What a threshold is compared with.
    told
        Whether the pair reaches the threshold and shares enough to be told as a match.
    """

    a: Stripped
    b: Stripped
    match: Match
    evidence: Evidence
    anatomy: Anatomy
    score: float
    told: bool

    @property
    def credits(self) -> tuple[tuple[Credit, ...], tuple[Credit, ...]]:
        """The datelines and credits that a and b carry."""
        names = load_names()
        return find_sources(self.a.original, names), find_sources(self.b.original, names)

    @property
    def summary(self) -> str:
        """Say in a line what b is to a, and what else it has."""
        return self.summed_up(self.match) if self.shares else "nothing shared"

    @property
    def shares(self) -> bool:
        """Whether the two have as much as one shingle in common."""
        return self.match.shared > 0

    def summed_up(self, told: Match | Member) -> str:
        """Say it in the words of what `dedupe` tells of the pair."""
        text = f"{percent(told.containment)}% {told.relation}"
        kinds = Counter(piece.kind for piece in self.anatomy.b)
        for kind in ("shared", "edited"):
            kinds.pop(kind, None)
        return ", ".join([text, *(_counted(n, kind) for kind, n in kinds.items())])


def _counted(n: int, kind: str) -> str:
    """Say how many pieces of a kind there are."""
    one, *many = _NAMES.get(kind, (kind.replace("-", " "),))
    return f"{n} {one if n == 1 else (many[0] if many else one + 's')}"


class Tier(NamedTuple):
    """How one way of proposing candidates sees a pair.

    Attributes
    ----------
    name
        ``bands`` or ``samples``.
    finds
        Whether it proposes the pair.
    seen
        In numbers.
    chance
        Probability that it would propose another pair that shares as much.
    """

    name: str
    finds: bool
    seen: str
    chance: float


class Flip(NamedTuple):
    """A setting that changes the verdict.

    Attributes
    ----------
    setting
        For example ``threshold above 0.71``.
    verdict
        What the pair is then.
    """

    setting: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair is what it is.

    Parameters
    ----------
    comparison
        The pair.
    tiers
        How each tier of candidates sees it; only the bands where whole copies are looked for.
    flips
        The settings that would change the verdict.
    """

    comparison: Comparison
    tiers: tuple[Tier, ...]
    flips: tuple[Flip, ...]

    @property
    def reported(self) -> bool:
        """Whether `dedupe` would report this pair: a tier finds it, and it is worth telling."""
        return self.comparison.told and any(tier.finds for tier in self.tiers)


class _Read(NamedTuple):
    """Two documents, sketched."""

    corpus: Corpus
    folded: Folded
    config: Config

    @property
    def has_words(self) -> bool:
        """Whether either text has some; a blank one is not in the corpus."""
        return len(self.corpus) == 2 and bool(np.diff(self.folded.token_bounds).all())  # noqa: PLR2004


def compare(a: Document | str, b: Document | str, *, config: Config | None = None) -> Match:
    """Compare two texts.

    Parameters
    ----------
    a, b
        Documents, or bare texts.
    config
        Settings; the defaults if not given.

    Returns
    -------
    Match
        With its passages. Texts that share nothing are an ``overlap`` of 0 words.

    Examples
    --------
    >>> match = compare("The mayor opened the new bridge on Monday morning.",
    ...                 "The mayor opened the new bridge on Monday evening.")
    >>> [(passage.words, passage.edits) for passage in match.passages]
    [(8, 0)]
    """
    return examine(a, b, config=config).match


def examine(
    a: Document | str,
    b: Document | str,
    *,
    config: Config | None = None,
    stock: NDArray[np.uint64] = _NONE,
) -> Comparison:
    """Compare two texts and keep everything that was seen.

    Parameters
    ----------
    a, b, config
        As for `compare`.
    stock
        Shingles that do not count, as `Result.stock` of the documents that a and b are of.
    """
    config = config or Config()
    one, two = _named(a, "a"), _named(b, "b")
    read = _read(one, two, config)
    stripped = [_stripped(document, config) for document in (one, two)]
    if not read.has_words:
        return _strangers((one.id, two.id), stripped)
    left, right = np.array([0]), np.array([1])
    left_out = LeftOut.of(stock)
    folded = read.folded.without(left_out)
    sizes = overlap(*folded[:2], distinct(*folded[:2]), left, right)
    size = config.sketch.shingle_size
    swapped = two.id < one.id  # the smaller id is on the left, as in `dedupe`
    ends = (right, left) if swapped else (left, right)
    context, headings = read.corpus.context(*ends), partial(headings_of, read.corpus)
    meaning = judge(folded, context, *ends, sizes, size, headings)
    evidence = Evidence(*meaning.evidence[0].tolist())
    evidence = evidence.flipped if swapped else evidence
    anatomy = _anatomy(stripped, size, left_out)
    rule = int(meaning.rule[0])
    match = _match((one.id, two.id), sizes, evidence, rule, anatomy)
    return Comparison(
        a=stripped[0],
        b=stripped[1],
        match=match,
        evidence=evidence,
        anatomy=anatomy,
        score=_score(sizes, meaning, config),
        told=_told(sizes, meaning, config),
    )


def explain(a: Document | str, b: Document | str, *, config: Config | None = None) -> Explanation:
    """Say why two texts are what they are; parameters as for `compare`."""
    config = config or Config()
    comparison = examine(a, b, config=config)
    read = _read(_named(a, "a"), _named(b, "b"), config)
    tiers = _tiers(read, comparison.match) if read.has_words else ()
    return Explanation(comparison, tiers, _flips(a, b, config, comparison))


def _told(sizes: Overlap, meaning: Meaning, config: Config) -> bool:
    """Whether a pair would be told as a match."""
    table = EvidenceTable(*meaning.evidence.T.astype(np.int64))
    worth = bool(worth_aligning(sizes, config.threshold)[0])
    told = bool(tells(meaning.rule, table)[0])
    return worth and told and _score(sizes, meaning, config) >= config.threshold


def _score(sizes: Overlap, meaning: Meaning, config: Config) -> float:
    """Give what the threshold is compared with."""
    whole = config.find == "whole"
    return float(sizes.jaccard[0] if whole else meaning.score[0])


def _named(document: Document | str, name: str) -> Document:
    return Document(id=name, text=document) if isinstance(document, str) else document


def _read(a: Document, b: Document, config: Config) -> _Read:
    """Sketch two documents under names that keep their order."""
    pair = [replace(a, id="a"), replace(b, id="b")]
    corpus = Corpus([sketch_batches(io.from_documents(pair), config)])
    everyone = np.arange(len(corpus))
    return _Read(corpus, corpus.folded(everyone, config.sketch.shingle_size), config)


def _stripped(document: Document, config: Config) -> Stripped:
    if config.strip == "none":
        return Stripped(document.text, document.text)
    return strip(document.text, title=document.title)


def _strangers(ids: tuple[str, str], stripped: Sequence[Stripped]) -> Comparison:
    """Compare with a text that has no word."""
    evidence = Evidence(*[0] * len(Evidence._fields))
    relation, reason = RULES[OVERLAPS].relation, evidence.reason(OVERLAPS)
    match = Match(*ids, relation, 0.0, 0.0, 0.0, 0, reason)
    return Comparison(
        a=stripped[0],
        b=stripped[1],
        match=match,
        evidence=evidence,
        anatomy=_anatomy(stripped, 5, LeftOut.of(_NONE)),
        score=0.0,
        told=False,
    )


def _match(
    ids: tuple[str, str], sizes: Overlap, evidence: Evidence, rule: int, anatomy: Anatomy
) -> Match:
    return Match(
        *ids,
        relation=RULES[rule].relation,
        jaccard=float(sizes.jaccard[0]),
        containment_a=float(sizes.containment_a[0]),
        containment_b=float(sizes.containment_b[0]),
        shared=int(sizes.shared[0]),
        reason=evidence.reason(rule),
        passages=anatomy.passages,
    )


def _anatomy(stripped: Sequence[Stripped], size: int, stock: LeftOut) -> Anatomy:
    made = shingle(*encode([text.text for text in stripped]), size)
    folded = Folded.of(made)
    gone = folded.of_stock(stock)
    counted = folded.without(stock)
    left, right = np.array([0]), np.array([1])
    found = align(counted.shingles, counted.bounds, left, right, size=size)
    found = drop_strays(shorten(found, np.diff(counted.token_bounds)[right]), size)
    second = folded.token_bounds[1]
    a = _words(stripped[0], gone[gone < second])
    b = _words(stripped[1], gone[gone >= second] - second)
    return dissect(found, a, b, stripped[0].removals, stripped[1].removals)


def _words(text: Stripped, stock: NDArray[np.int64]) -> Words:
    """Find the words of an original, which stripping left, and which of these are stock."""
    starts, ends, keys = _spans(text.original)
    kept = np.arange(len(starts))
    if text.removals:
        inside, _, _ = _spans(text.text)
        spans = np.array(text.kept, np.int64).reshape(-1, 2)
        lengths = np.cumsum(spans[:, 1] - spans[:, 0])
        span = np.searchsorted(lengths, inside, side="right")
        before = lengths - (spans[:, 1] - spans[:, 0])
        original = inside - before[span] + spans[span, 0]
        kept = np.searchsorted(starts, original, side="right") - 1
    return Words(starts, ends, keys, np.delete(kept, stock), kept[stock])


def _spans(
    text: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
    """Find where the words of a text start and end, and what they fold to."""
    data, offsets = encode([text])
    tokens = find_tokens(data)
    points = np.concatenate([[0], np.cumsum((data & 0xC0) != 0x80)])  # noqa: PLR2004 - UTF-8
    keys = shingle(data, offsets, 1).shingles
    return points[tokens.starts], points[tokens.ends], keys


def _tiers(read: _Read, match: Match) -> tuple[Tier, ...]:
    """Ask the tiers of candidates that the settings use."""
    cut = lsh.bands_of(read.config)
    numbers = np.arange(2)
    keys = read.corpus.keys(range(cut.bands), numbers)
    alike = sum(int(key[0] == key[1]) for key in keys)
    bands = Tier(
        "bands",
        alike > 0,
        f"{alike} of {cut.bands} bands agree; Jaccard {match.jaccard:.3f}",
        1 - (1 - match.jaccard**cut.rows) ** cut.bands,
    )
    if read.config.find == "whole":
        return (bands,)
    hashes, owners = read.corpus.samples(np.ones(2, bool), 0, 1 << 64)
    common = len(np.intersect1d(hashes[owners == 0], hashes[owners == 1]))
    samples = Tier(
        "samples",
        common >= sample.SHARED,
        f"{common} of {match.shared} shared shingles are sampled, {sample.SHARED} are needed",
        _chance_of_samples(match.shared),
    )
    return bands, samples


def _chance_of_samples(shared: int) -> float:
    """Give the probability that enough of these shingles are sampled."""
    kept, other = 1 / sample.ONE_IN, 1 - 1 / sample.ONE_IN
    few = sum(_choose(shared, k) * kept**k * other ** (shared - k) for k in range(sample.SHARED))
    return max(0.0, 1 - few)


def _choose(n: int, k: int) -> int:
    return n if k == 1 else 1


def _flips(
    a: Document | str, b: Document | str, config: Config, now: Comparison
) -> tuple[Flip, ...]:
    """Try the other settings and keep those that change the verdict."""
    before = now.match.relation
    flips = []
    if now.told and now.score < 1:
        flips.append(Flip(f"threshold above {now.score:.3f}", "no match"))
    other: Literal["rules", "none"] = "rules" if config.strip == "none" else "none"
    tries = [(f"strip {other}", replace(config, strip=other))]
    for size in _SIZES:
        if size != config.sketch.shingle_size:
            sketch = replace(config.sketch, shingle_size=size)
            tries.append((f"shingle_size {size}", replace(config, sketch=sketch)))
    for name, setting in tries:
        after = examine(a, b, config=setting).match.relation
        if after is not before:
            flips.append(Flip(name, after.value))
    return tuple(flips)
