"""What it means that two texts share words: rules on measured quantities.

A share says how much two texts have in common, not what that is: reports of two days by one
form share most of their words, and a reprint of a paragraph among own ones shares few. The
rules below look at how the shared words lie. They are tried in order; the first that holds
decides. *Shorter* and *longer* are the texts by their tokens; a *share* is the part of a
text's tokens in aligned runs, *spanned* counts the edits between these runs as well.

==========  ==================================================================================
relation    when
==========  ==================================================================================
exact       both texts fold to the same tokens
template    facts (numbers, mostly) stand in the places of other facts: three places or more,
            and either a third of all aligned facts, or an eighth while most edits are of this
            kind; or two places and a fifth, likewise, with three facts or in texts full of
            numbers; or nothing at all differs but such facts; or many short moved formulas
            with many numbers, two of them or more in the places of others; or both texts are
            full of numbers, few of which are shared: no more than half where three were seen
            to be exchanged, or where all that is shared are eight short formulas or more in
            another order; two fifths where these are in the same order, or where eight
            passages or more are in another order and far fewer facts than words are shared. A
            fifth of the shorter text must be shared
update      reprint or embedding below, of one site at two times, or of one URL
reprint     both texts are spanned for the most part
excerpt     the shorter text is spanned for the most part and the longer one not (or half of it
            is in the longer one, mostly in one passage, or three fifths), and what they share
            is the head of the longer one or lies scattered over it or in another order, or the
            longer one neither holds it whole nor is a page of more than twice its length; or the
            later one is the shorter. Barely half must begin early in both
embedding   likewise, but in one piece amid other text; or the later one is the longer
reprint     amid own sentences: half of the shorter text and two fifths of the longer one are
            shared, and not only something that both bring after their first third. Tried
            before the last two, unless three quarters of the shorter text are shared
excerpt     both begin with the same words, three tenths of the shorter text and a quarter of
            the longer one, in at least one of them next to nothing else up to there, and no
            facts differ
overlap     all else: quotes, agency sentences, background, a page of law
==========  ==================================================================================

``roundup`` takes a look at more than one pair: see `syndicate.match.roundup`. A pair that no
rule above calls ``template`` still is one if the headings of both texts say so: see
`syndicate.match.days`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from syndicate.match.align import EvidenceTable
from syndicate.model import Relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.match.verify import Overlap

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

RELATIONS = tuple(Relation)
"""A relation's code is its place here."""

SLOTS = 3
"""Places at which facts were exchanged that make a form."""
FACTS_CHANGED = 0.35
"""Part of the aligned facts that differ between two uses of a form."""
FACTS_CHANGED_LEAST, FACTS_CHANGED_FEW = 0.12, 0.2
"""The same where most edits are exchanges of facts, and where there is one place less."""
FORMULAS = 8
"""Short passages that make a text of formulas."""
DENSE, NUMBERS = 0.08, 10
"""Part of a text's tokens that are facts if it is full of them, and how many at least."""
SAME, SAME_BETWEEN = 0.5, 0.4
"""Part of such a text's facts that reports of two days share at most, where some are seen to be
exchanged or short formulas stand in another order, and where they stand in the same."""
BEHIND = 0.75
"""So much of the facts as of the words two reports in pieces share at most; a reprint shares both
alike."""
WHOLE = 0.65
"""Part of a text that is for the most part all of it."""
PART = 0.7
"""Part of the shorter text that the longer must hold to be called its source or its page."""
MUCH = 0.6
"""Part of the shorter text that, shared in however many pieces, makes it an excerpt or a page."""
HALF, SOME, CHIEFLY = 0.5, 0.4, 0.75
"""Least shares of the shorter and the longer text in a reprint amid own sentences; a text of
which more is shared has hardly any sentences of its own."""
MORE, EARLY = 0.55, 0.2
"""Part of the shorter text that is enough wherever it stands; what is barely half of it must begin
this early in both texts, for a long quotation or a page of background is as much."""
COHERENT, SEAM = 0.25, 4
"""Least part of the shorter text that is shared, without so many words of each run: what comes
in crumbs is the same turns of speech in two texts."""
LEAST = 30
"""Words that such a part has at least; a heading and a line of site furniture have fewer."""
REWRITTEN, IN_PLACE = 0.2, 0.03
"""Least share of the shorter text in runs where edits span the rest word for word, and by how
much the spans may then differ; two reporters of one event do not replace word for word."""
SHORT_RUN = 11
"""Words of a run on average, at most, where words were changed all over a text, and in formulas;
one who tells of the next fire in the same phrases leaves them whole."""
BACKGROUND = 1 / 3
"""Where the shared text begins in both, as a part of each, if it is mere background."""
TOLD, TOLD_PART = 25, 0.2
"""Words of a passage, or words and part of the shorter text in all, that are worth telling."""
SCATTERED = 1.3
"""So much more room than in the shorter text the shared words take in the longer one if parts
were left out between them."""
HELD, PAGE = 0.9, 2.4
"""Part of the shorter text that the longer one holds if it holds it whole, and how many times as
long as it a page must be else that brings it amid other stories."""
ONE_PIECE = 0.7
"""Part of the shared words that are one passage of a text that another holds in one piece, if some
stand in another order there."""
HEAD = 0.15
"""Where the shared text begins in the longer one if it is its head."""

LEAD = 12
"""Tokens that may stand before the text that both begin with: a lead-in, a changed word."""
LED_SHORT, LED_LONG, UNBROKEN = 0.3, 0.25, 0.8
"""Least shares of the shorter and the longer text in such a beginning, and the part of one of
them that must be spanned up to its end; two reporters of one event break off sooner."""


LIMITS = np.array([
    SLOTS, FACTS_CHANGED, FACTS_CHANGED_LEAST, FACTS_CHANGED_FEW, FORMULAS, DENSE, NUMBERS, SAME,
    SAME_BETWEEN, BEHIND, WHOLE, PART, MUCH, HALF, SOME, CHIEFLY, COHERENT, SEAM, LEAST, REWRITTEN,
    IN_PLACE, SHORT_RUN, BACKGROUND, TOLD_PART, SCATTERED, HELD, PAGE, HEAD, LEAD, LED_SHORT,
    LED_LONG, UNBROKEN, MORE, EARLY, ONE_PIECE,
], np.float64)  # fmt: skip
"""As `syndicate.kernels.relate` takes them."""


class Context(NamedTuple):
    """What is known of pairs beside their words: one array of shape (pairs,) each.

    Attributes
    ----------
    same_text
        bool: both texts fold to the same tokens.
    same_site, same_url
        bool: of one site, at one address.
    later
        int8: 1 if b was published after a, -1 if before, 0 if not known or at once.
    """

    same_text: Bools
    same_site: Bools
    same_url: Bools
    later: NDArray[np.int8]

    @classmethod
    def unknown(cls, pairs: int) -> Context:
        """Know nothing of any pair."""
        no = np.zeros(pairs, bool)
        return cls(no, no, no, np.zeros(pairs, np.int8))


class Rule(NamedTuple):
    """Why a relation was chosen; `syndicate.match.reasons` fills in the numbers."""

    relation: Relation
    reason: str


RULES = (
    Rule(Relation.EXACT, "the same {tokens_a} words"),
    Rule(
        Relation.TEMPLATE,
        "one form with other facts: {facts_changed} of {facts} aligned numbers differ, "
        "in {slots} places",
    ),
    Rule(
        Relation.TEMPLATE,
        "nothing differs but {facts_changed} facts in {slots} places",
    ),
    Rule(
        Relation.TEMPLATE,
        "{passages} short formulas in another order, with {facts_changed} other facts",
    ),
    Rule(
        Relation.TEMPLATE,
        "texts full of numbers, few of them the same: {facts_shared} of {facts_least}",
    ),
    Rule(
        Relation.UPDATE,
        "two versions of one site: {share_short}% of the shorter shared",
    ),
    Rule(
        Relation.REPRINT,
        "{span_short}% of the shorter and {span_long}% of the longer text are the same "
        "text, edits included",
    ),
    Rule(
        Relation.EXCERPT,
        "{span_short}% of the shorter text is {span_long}% of the longer",
    ),
    Rule(
        Relation.EMBEDDING,
        "the longer text holds {span_short}% of the shorter amid its own",
    ),
    Rule(
        Relation.REPRINT,
        "{share_short}% of the shorter and {share_long}% of the longer text are shared, "
        "in {passages} passages amid own sentences",
    ),
    Rule(
        Relation.EXCERPT,
        "both begin with the same text, {share_short}% of the shorter and "
        "{share_long}% of the longer, then go on otherwise",
    ),
    Rule(
        Relation.OVERLAP,
        "only background: {shared} shared words that both bring late in their text",
    ),
    Rule(
        Relation.OVERLAP,
        "{shared} shared words, {share_short}% of the shorter text",
    ),
    Rule(
        Relation.ROUNDUP,
        "the longer text holds this one, {span_short}% of it, and others",
    ),
    Rule(
        Relation.TEMPLATE,
        "one form for other days, as the headings say: {share_short}% of the shorter text "
        "shared, {facts_shared} of {facts_least} facts",
    ),
)
EXACTLY, WHOLLY, AMID, OVERLAPS, ROUNDUP, DAYS = 0, 6, 9, 12, 13, 14
"""Rules that other code speaks of."""
EMBEDDINGS = tuple(n for n, rule in enumerate(RULES) if rule.relation is Relation.EMBEDDING)
"""The rules of a page that holds a story amid other text."""


def relate(table: EvidenceTable, context: Context) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Decide what each pair's shared text means.

    Parameters
    ----------
    table
        Measured by `syndicate.match.align.evidence`.
    context
        What else is known.

    Returns
    -------
    codes : ndarray of uint8, shape (pairs,)
        Places in `RELATIONS`.
    rules : ndarray of uint8, shape (pairs,)
        Places in `RULES`.
    """
    from syndicate.kernels.relate import RELATE  # noqa: PLC0415 - compiles

    rules = np.empty(len(table.shared), np.uint8)
    RELATE.run(len(rules), np.stack(table), *context, LIMITS, rules)
    return _CODES[rules], rules


def scores(rules: NDArray[np.uint8], sizes: Overlap) -> NDArray[np.float32]:
    """Say how strongly each pair's relation holds, to be compared with the threshold.

    Parameters
    ----------
    rules
        As `relate` gives them.
    sizes
        Of the shingle sets of each pair.

    Returns
    -------
    ndarray of float32, shape (pairs,)
        The larger containment where a part of one text is in the other, else the Jaccard
        similarity.
    """
    part = np.maximum(sizes.containment_a, sizes.containment_b)
    return np.where(_PARTIAL[rules], part, sizes.jaccard).astype(np.float32)


_PARTIAL = np.array([rule.relation.partial for rule in RULES])


def tells(rules: NDArray[np.uint8], table: EvidenceTable) -> Bools:
    """Say which pairs are worth telling: all but overlaps of a few words."""
    enough = table.shared >= TOLD_PART * np.minimum(table.tokens_a, table.tokens_b)
    much = (table.longest >= TOLD) | (enough & (table.shared >= TOLD))
    return np.asarray(much | ~_OVERLAPS[rules])


_OVERLAPS = np.array([rule.relation is Relation.OVERLAP for rule in RULES])


_CODES = np.array([RELATIONS.index(rule.relation) for rule in RULES], np.uint8)
