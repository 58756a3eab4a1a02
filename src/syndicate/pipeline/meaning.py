"""What the shared text of verified pairs means, with all that is known of the documents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.match import days, relation, roundup
from syndicate.match.align import EvidenceTable, evidence
from syndicate.match.reasons import reasons as why
from syndicate.sketch.sample import CAP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from syndicate.match.days import Headings
    from syndicate.match.folded import Folded
    from syndicate.match.relation import Context
    from syndicate.match.verify import Overlap
    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.pairs import Pairs


MATTERS = 20
"""One uncounted shingle to so many shared words is told."""


class Meaning(NamedTuple):
    """What was made of some pairs.

    Attributes
    ----------
    rule
        ndarray of uint8, shape (pairs,): place in `relation.RULES`.
    score
        ndarray of float32, shape (pairs,): as `relation.scores` has it.
    evidence
        ndarray of int32, shape (pairs, quantities): rows of an `EvidenceTable`.
    """

    rule: NDArray[np.uint8]
    score: NDArray[np.float32]
    evidence: NDArray[np.int32]

    @classmethod
    def nothing(cls) -> Meaning:
        """Give the meaning of no pairs."""
        quantities = len(EvidenceTable._fields)
        return cls(
            np.empty(0, np.uint8), np.empty(0, np.float32), np.empty((0, quantities), np.int32)
        )


def judge(
    folded: Folded,
    context: Context,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    sizes: Overlap,
    size: int,
    headings: Headings,
) -> Meaning:
    """Align pairs and decide what they share.

    Parameters
    ----------
    folded
        Shingles and traits of some documents.
    context
        What else is known of the pairs.
    left, right
        Places in ``folded``.
    sizes
        Of the shingle sets of each pair.
    size
        Tokens to a shingle.
    headings
        Gives those of some of the documents, told by their places.
    """
    table = evidence(*folded, left, right, size=size)
    _, rules = relation.relate(table, context)
    rules = days.with_days(rules, table, left, right, headings)
    score = relation.scores(rules, sizes)
    return Meaning(rules, score, np.stack(table, axis=1).astype(np.int32))


def headings_of(corpus: Corpus, numbers: NDArray[np.int64]) -> list[str]:
    """Give the headings of some documents; a text is read only where there is no title."""
    titles = corpus.titles(numbers)
    bare = np.array([not title for title in titles], bool)
    texts = iter(corpus.texts(numbers[bare]))
    heads = (b"" if title else next(texts)[: days.HEAD].tobytes() for title in titles)
    return [days.heading_of(title, head) for title, head in zip(titles, heads, strict=True)]


def worth_telling(pairs: Pairs) -> NDArray[np.bool_]:
    """Say which pairs are more than a few words in common."""
    return relation.tells(pairs.rule, EvidenceTable(*pairs.evidence.T))


def copied(tokens: NDArray[np.int32]) -> Meaning:
    """Give the meaning of exact copies of texts of so many tokens."""
    rows = np.zeros((len(tokens), len(EvidenceTable._fields)), np.int32)
    rows[:, :3] = tokens[:, None]
    rules = np.full(len(tokens), relation.EXACTLY, np.uint8)
    return Meaning(rules, np.ones(len(tokens), np.float32), rows)


def with_roundups(pairs: Pairs) -> Pairs:
    """Judge anew, now that all the texts that one text holds are known."""
    table = EvidenceTable(*pairs.evidence.T)
    everything = np.arange(len(pairs))
    rules = roundup.with_roundups(pairs.rule, table, pairs.left, pairs.right, everything)
    return replace(pairs, rule=rules)


def reasons(
    rules: NDArray[np.uint8], rows: NDArray[np.int32], uncounted: NDArray[np.int32]
) -> Iterator[str]:
    """Say of each pair why its rule holds, and what its similarities leave out."""
    table = EvidenceTable(*rows.T)
    said = zip(why(rules, table), table.shared.tolist(), uncounted.tolist(), strict=True)
    for reason, shared, left_out in said:
        if MATTERS * left_out >= max(shared, 1):
            more = f"; {left_out} shared shingles not counted, which more than {CAP} texts hold"
            yield reason + more
        else:
            yield reason
