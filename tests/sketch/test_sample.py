"""Sampling and its candidates against brute force."""

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.sketch.sample import (
    CAP,
    ONE_IN,
    SHARED,
    concatenate,
    invert,
    pairs,
    sample,
    shelve,
    shelves_within,
    stretches,
)

LOW = (1 << 64) // ONE_IN


def all_pairs(postings, n, **size):
    """Pairs of all stretches, one array each."""
    return [pairs(postings, n, stretch) for stretch in stretches(postings, n, **size)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=20), max_size=5))
def test_a_sample_is_the_hashes_below_the_limit(sets):
    items = np.array([h for each in sets for h in each], np.uint64)
    bounds = np.cumsum([0, *(len(each) for each in sets)])
    hashes, kept = sample(items, bounds)
    found = [hashes[a:b].tolist() for a, b in pairwise(kept)]
    assert found == [[h for h in each if h < LOW] for each in sets]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sets(st.integers(0, 12)), min_size=1, max_size=12), st.integers(1, 3))
def test_pairs_are_those_that_share_enough(held, pieces):
    spread = [int(h) << 56 for h in range(13)]  # far apart, all below the limit
    part = lambda piece: invert(  # noqa: E731
        np.array([spread[h] for d in held for h in d if h % pieces == piece], np.uint64),
        np.array([n for n, d in enumerate(held) for h in d if h % pieces == piece], np.uint32),
        len(held),
    )
    found = all_pairs(concatenate([part(piece) for piece in range(pieces)]), len(held))
    expected = [
        a * len(held) + b
        for a, b in combinations(range(len(held)), 2)
        if len(held[a] & held[b]) >= SHARED
    ]
    assert sorted(np.concatenate(found).tolist()) == expected


def test_leaving_out_what_occurs_once_changes_nothing(monkeypatch):
    generator = np.random.default_rng(5)
    hashes = generator.integers(0, 4000, 6000).astype(np.uint64) << np.uint64(48)
    documents = generator.integers(0, 300, 6000).astype(np.uint32)
    plain = invert(hashes, documents, 300)
    monkeypatch.setattr("syndicate.sketch.repeats._FEW", 0)
    filtered = invert(hashes, documents, 300)
    assert filtered.documents.tolist() == plain.documents.tolist()
    assert filtered.bounds.tolist() == plain.bounds.tolist()


def test_few_documents_at_a_time_give_the_same_pairs():
    generator = np.random.default_rng(3)
    hashes = generator.integers(0, 60, 900).astype(np.uint64) << np.uint64(50)
    documents = generator.integers(0, 80, 900).astype(np.uint32)
    postings = invert(hashes, documents, 80)
    whole = np.concatenate(all_pairs(postings, 80))
    pieces = all_pairs(postings, 80, at_once=50)
    assert len(all_pairs(postings, 80, shares=3)) in (3, 4)
    assert len(pieces) > 3
    assert np.concatenate(pieces).tolist() == whole.tolist()
    held = Counter()
    lists = {}
    for h, d in set(zip(hashes.tolist(), documents.tolist(), strict=True)):
        lists.setdefault(h, []).append(d)
    for each in lists.values():
        held.update(combinations(sorted(each), 2))
    assert whole.tolist() == sorted(a * 80 + b for (a, b), n in held.items() if n >= SHARED)


def test_a_shingle_of_too_many_documents_is_reported():
    many = CAP + 1
    hashes = np.array([8] * many + [1 << 50] * 2, np.uint64)
    postings = invert(hashes, np.array([*range(many), 0, 1], np.uint32), many)
    assert postings.capped == 1
    assert postings.documents.tolist() == [0, 1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, LOW - 1)), st.integers(0, LOW), st.integers(0, LOW))
def test_the_shelves_of_a_range_hold_all_its_hashes(hashes, one, other):
    low, high = sorted((one, other))
    held, documents, bounds = shelve(
        np.array(hashes, np.uint64), np.arange(len(hashes), dtype=np.uint32)
    )
    assert [hashes[document] for document in documents] == held.tolist()
    first, past = shelves_within(low, high)
    found = held[bounds[first] : bounds[past]].tolist()
    assert sorted(h for h in found if low <= h < high) == sorted(
        h for h in hashes if low <= h < high
    )
    assert len(bounds) - 1 == shelves_within(0, LOW)[1]
