"""The compiled measuring of evidence against numpy's."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.match.measuring import evidence_of

from syndicate.match import align
from syndicate.text.shingles import encode, shingle

WORDS = [f"{word}" for word in range(8)] + [f"word{n}" for n in range(12)] + ["A", "B", "2024"]


def text_of(rng, pieces):
    """Text put together of shared pieces and words of its own, some of them other numbers."""
    parts = []
    for _ in range(rng.randrange(1, 8)):
        piece = list(rng.choice(pieces))
        for at in range(len(piece)):
            if rng.random() < 0.05:
                piece[at] = rng.choice(WORDS)
        parts += piece[rng.randrange(3) :]
        parts += [f"own{rng.randrange(10_000)}" for _ in range(rng.choice([0, 1, 3, 20, 80]))]
    return " ".join(parts)


def measured_alike(texts, size=5):
    made = shingle(*encode(texts), size)
    bounds = np.concatenate(([0], np.cumsum(made.counts, dtype=np.int64)))
    left = np.array([i for i in range(len(texts)) for _ in range(len(texts))])
    right = np.array([j for _ in range(len(texts)) for j in range(len(texts))])
    plain = evidence_of(made, bounds, left, right, size)
    found = align.evidence(made.shingles, made.bounds, made.flags, bounds, left, right, size=size)
    for name, one, other in zip(plain._fields, plain, found, strict=True):
        np.testing.assert_array_equal(other, one, err_msg=name)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 40))
def test_pairs_are_measured_as_by_arrays(seed):
    rng = random.Random(seed)
    pieces = [rng.choices(WORDS, k=rng.randrange(2, 60)) for _ in range(4)]
    pieces += [[f"w{rng.randrange(10_000)}" for _ in range(40)] for _ in range(3)]
    measured_alike([text_of(rng, pieces) for _ in range(4)])


@pytest.mark.parametrize("texts", [["one two", "one two", "two one"], ["", "a b c d e f", ""]])
def test_texts_shorter_than_a_shingle_and_empty_ones_too(texts):
    measured_alike(texts)


def test_texts_of_many_shingles_are_measured_in_parts(monkeypatch):
    monkeypatch.setattr(align, "CHUNK", 50)
    rng = random.Random(5)
    pieces = [[f"w{rng.randrange(10_000)}" for _ in range(40)] for _ in range(3)]
    measured_alike([text_of(rng, pieces) for _ in range(3)])
