"""Exact set sizes against Python's sets."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.kernels.chains import GOLDEN, LARGE
from syndicate.match.verify import LeftOut, distinct, overlap

sets = st.lists(st.lists(st.integers(0, 40), max_size=60), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(sets, st.sampled_from([1, 1 << 58, 0x9E3779B97F4A7C15]), st.sets(st.integers(0, 40)))
def test_sizes_are_those_of_sets(held, spread, stock):
    hashes = [[value * spread % (1 << 64) for value in each] for each in held]
    items = np.array([h for each in hashes for h in each], np.uint64)
    bounds = np.cumsum([0, *(len(each) for each in hashes)])
    left, right = np.indices((len(held), len(held))).reshape(2, -1)
    unwanted = {value * spread % (1 << 64) for value in stock}
    left_out = LeftOut.of(np.array(sorted(unwanted), np.uint64))
    found = overlap(items, bounds, distinct(items, bounds, left_out), left, right, left_out)
    for pair, (a, b) in enumerate(zip(left, right, strict=True)):
        one, other = set(hashes[a]) - unwanted, set(hashes[b]) - unwanted
        assert found.shared[pair] == len(one & other)
        assert (found.size_a[pair], found.size_b[pair]) == (len(one), len(other))
        assert found.jaccard[pair] == len(one & other) / max(len(one | other), 1)
        assert found.containment_a[pair] == len(one & other) / max(len(one), 1)
        assert found.containment_b[pair] == len(one & other) / max(len(other), 1)


def test_a_hash_repeated_thousands_of_times_costs_others_of_its_place_nothing():
    times = 200_000
    one, other, common = (pow(int(GOLDEN), -1, 1 << 64) * (n + 1) % (1 << 64) for n in range(3))
    held = [[one] * times + [common], [other] * times + [common]]
    items = np.array([h for each in held for h in each], np.uint64)
    bounds = np.array([0, times + 1, 2 * times + 2])
    start = time.perf_counter()
    found = overlap(items, bounds, distinct(items, bounds), np.array([0]), np.array([1]))
    assert time.perf_counter() - start < 5  # quadratic work would take a minute
    assert (found.shared[0], found.size_a[0], found.size_b[0]) == (1, 2, 2)


@pytest.mark.parametrize("size", [LARGE, LARGE + 1])
def test_sets_too_large_for_a_fine_filter_are_compared_exactly(size):
    one = np.random.default_rng(1).integers(0, 1 << 63, size, np.uint64)
    other = np.concatenate([one[::3], one[:100] + np.uint64(1)])
    bounds = np.array([0, size, size + len(other)])
    items = np.concatenate([one, other])
    sizes = distinct(items, bounds)
    found = overlap(items, bounds, sizes, np.array([0, 1]), np.array([1, 0]))
    assert found.shared.tolist() == [len(set(one.tolist()) & set(other.tolist()))] * 2
