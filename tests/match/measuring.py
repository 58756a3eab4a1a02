"""Evidence measured array by array, against which the compiled way is tested."""

import numpy as np

from syndicate.kernels.align import changed_facts
from syndicate.match.align import (
    BRIEF,
    BRIEF_PART,
    BULK,
    RELAXED,
    TABLE,
    EvidenceTable,
    align,
    drop_strays,
    joins,
    shorten,
)
from syndicate.text.fold import DIGITS, LETTER


def evidence_of(made, bounds, left, right, size):
    """Align pairs of texts and measure them."""
    traits = made.flags
    fact = ((traits & DIGITS) != 0) | ((traits > 0) & (traits < LETTER))
    facts = np.concatenate(([0], np.cumsum(fact, dtype=np.int64)))
    found = align(made.shingles, made.bounds, left, right, size=size)
    found = drop_strays(shorten(found, np.diff(bounds)[right]), size)
    return measured(found, traits, facts, bounds, left, right)


def measured(found, traits, facts, token_bounds, left, right):
    """Sum up the runs of each pair; ``facts`` counts them up to each token of ``traits``."""
    pairs = len(left)
    a, b, length = (part.astype(np.int64) for part in found[:3])
    pair = np.repeat(np.arange(pairs), np.diff(found.bounds))
    tokens_a, tokens_b = np.diff(token_bounds)[left], np.diff(token_bounds)[right]

    def total(values):
        return np.bincount(pair, values, pairs).astype(np.int64)

    first = np.ones(len(a), bool)
    first[1:] = pair[1:] != pair[:-1]
    gap_a, gap_b = a.copy(), b.copy()
    gap_a[1:] -= np.where(first[1:], 0, (a + length)[:-1])
    gap_b[1:] -= np.where(first[1:], 0, (b + length)[:-1])
    joined = ~first & joins(gap_a, gap_b)
    even = (np.minimum(gap_a, gap_b) >= 0) & (np.abs(gap_a - gap_b) <= 3)
    relaxed = joined | (~first & even & (np.maximum(gap_a, gap_b) <= RELAXED))
    base_a, base_b = token_bounds[left][pair] + a, token_bounds[right][pair] + b
    table = ~first & ~joined & (np.minimum(gap_a, gap_b) > 0)
    table &= np.maximum(gap_a, gap_b) <= TABLE
    for base, gap in ((base_a, gap_a), (base_b, gap_b)):
        start = np.where(table, base - gap, base)
        table &= 2 * (facts[base] - facts[start]) >= gap
    changed, places = _changed_facts(traits, base_a, gap_a, base_b, gap_b, joined | table)
    passage = np.cumsum(~joined) - 1
    words = np.bincount(passage, length).astype(np.int64) if len(a) else length
    of_run = words[passage] if len(a) else length
    brief = total(np.where(of_run < BRIEF, length, 0))
    counted = (of_run >= BRIEF) | (BRIEF_PART * brief > total(length))[pair]
    first_a, last_a, bulk_a = _extent(pair, a, length, tokens_a, counted)
    first_b, last_b, bulk_b = _extent(pair, b, length, tokens_b, counted)
    own_a, own_b = _own(pair, a, length, tokens_a), _own(pair, b, length, tokens_b)
    longest = np.zeros(pairs, np.int64)
    np.maximum.at(longest, pair[~joined], words)
    return EvidenceTable(
        tokens_a=tokens_a,
        tokens_b=tokens_b,
        shared=total(length),
        runs=np.diff(found.bounds),
        passages=total(~joined),
        longest=longest,
        spanned_a=np.minimum(total(length + np.where(relaxed, gap_a, 0)), tokens_a),
        spanned_b=np.minimum(total(length + np.where(relaxed, gap_b, 0)), tokens_b),
        moved=total(~first & (gap_a < 0)),
        first_a=first_a,
        last_a=last_a,
        first_b=first_b,
        last_b=last_b,
        bulk_a=bulk_a,
        bulk_b=bulk_b,
        own_a=own_a,
        own_b=own_b,
        edits=total((joined & (np.maximum(gap_a, gap_b) > 0)) | table),
        slots=total(places),
        facts_changed=total(changed),
        facts_shared=total(facts[base_a + length] - facts[base_a]),
        facts_a=facts[token_bounds[left + 1]] - facts[token_bounds[left]],
        facts_b=facts[token_bounds[right + 1]] - facts[token_bounds[right]],
    )


def _changed_facts(traits, base_a, gap_a, base_b, gap_b, edited):
    """Count the facts that each edit puts in the place of others, and at how many places."""
    where = np.flatnonzero(edited & (gap_a > 0) & (gap_b > 0))
    found = np.empty((2, len(where)), np.int32)
    end_a, end_b = base_a[where], base_b[where]
    changed_facts(traits, end_a - gap_a[where], end_a, end_b - gap_b[where], end_b, *found)
    counts = np.zeros((2, len(edited)), np.int64)
    counts[:, where] = found
    return counts[0], counts[1]


def _extent(pair, starts, length, tokens, counted):
    """Give of each pair the first and last token shared and the bulk's, by the runs that count."""
    enough = -(-np.bincount(pair, length, len(tokens)).astype(np.int64) // BULK)
    first, last, bulk = tokens.copy(), np.zeros_like(tokens), tokens.copy()
    for one in range(len(tokens)):
        chosen = np.flatnonzero((pair == one) & counted)
        if len(chosen):
            order = chosen[np.argsort(starts[chosen], kind="stable")]
            so_far = np.cumsum(length[order])
            first[one], last[one] = starts[order[0]], (starts + length)[order[-1]]
            bulk[one] = starts[order[np.searchsorted(so_far, enough[one])]]
    return first, last, bulk


def _own(pair, starts, length, tokens):
    """Give the longest own stretch of each pair.

    A stretch inside a passage, between runs that an edit separates, is short and so does
    not decide anything.
    """
    own = tokens.copy()
    for one in range(len(tokens)):
        chosen = np.flatnonzero(pair == one)
        order = chosen[np.argsort(starts[chosen], kind="stable")]
        edges = np.concatenate([[0], (starts + length)[order]])
        own[one] = (np.append(starts[order], tokens[one]) - edges).max()
    return own
