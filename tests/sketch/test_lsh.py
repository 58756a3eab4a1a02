"""Bands and buckets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.sketch.lsh import RECALL, Bands, band_keys, buckets, choose_bands
from syndicate.sketch.minhash import signatures


@pytest.mark.parametrize("threshold", [0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("num_perm", [32, 128, 256])
def test_bands_find_a_pair_at_the_threshold(threshold, num_perm):
    cut = choose_bands(threshold, num_perm)
    assert cut.bands * cut.rows <= num_perm
    assert cut.rows == 1 or cut.probability(threshold) >= RECALL
    taller = Bands(num_perm // (cut.rows + 1), cut.rows + 1)
    assert taller.bands == 0 or taller.probability(threshold) < RECALL


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_buckets_are_the_groups_of_equal_keys(keys):
    expected = {}
    for number, key in enumerate(keys):
        expected.setdefault(key, []).append(number)
    found = [row.tolist() for rows in buckets(np.array(keys, np.uint64)) for row in rows]
    assert sorted(found) == sorted(group for group in expected.values() if len(group) > 1)


def test_the_share_of_equal_keys_follows_the_formula():
    generator = np.random.default_rng(7)
    pairs, size, shared = 400, 300, 200
    common = generator.integers(0, 2**64, (pairs, shared), dtype=np.uint64)
    own = generator.integers(0, 2**64, (2, pairs, size - shared), dtype=np.uint64)
    sides = [np.concatenate([common, part], axis=1) for part in own]
    bounds = np.arange(pairs + 1) * size
    cut = Bands(32, 4)
    keys = [band_keys(signatures(side.ravel(), bounds, 128), cut) for side in sides]
    expected = (shared / (2 * size - shared)) ** 4
    assert abs((keys[0] == keys[1]).mean() - expected) < 0.01


def test_buckets_are_the_same_where_single_keys_are_passed_over(monkeypatch):
    keys = np.random.default_rng(7).integers(0, 3000, 5000).astype(np.uint64) << np.uint64(40)
    plain = [found.tolist() for found in buckets(keys)]
    monkeypatch.setattr("syndicate.sketch.repeats._FEW", 0)
    assert [found.tolist() for found in buckets(keys)] == plain
