import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.match.pairs import table_of
from tests.match.stories import BRIDGE, FLOOD

from syndicate.kernels.chains import GOLDEN
from syndicate.match.align import Alignment, align, drop_strays, joins

words = st.lists(st.integers(0, 12), max_size=120)


def shingles_of(tokens, size):
    """Python's own hashes of runs of tokens; shorter texts are one shingle."""
    starts = range(max(len(tokens) - size, 0) + 1) if tokens else []
    return [hash(tuple(tokens[at : at + size])) % (1 << 64) for at in starts]


def runs_of(a, b, size=3):
    parts = [shingles_of(a, size), shingles_of(b, size)]
    bounds = np.array([0, len(parts[0]), len(parts[0]) + len(parts[1])])
    flat = np.array(parts[0] + parts[1], np.uint64)
    found = align(flat, bounds, np.array([0]), np.array([1]), size=size)
    return list(zip(found.a.tolist(), found.b.tolist(), found.length.tolist(), strict=True))


def longest_common_run(a, b):
    best = 0
    ends = {}
    for x in a:
        ends = {j: ends.get(j - 1, 0) + 1 for j, y in enumerate(b) if x == y}
        best = max([best, *ends.values()])
    return best


@settings(max_examples=150, deadline=None)
@given(words, words)
def test_runs_are_equal_in_both_texts_and_overlap_in_neither(a, b):
    used_a, used_b, before = set(), set(), -1
    for start_a, start_b, width in runs_of(a, b):
        length = min(width, len(a) - start_a)
        assert a[start_a : start_a + length] == b[start_b : start_b + length]
        assert start_b > before
        before = start_b
        span_a, span_b = (set(range(s, s + length)) for s in (start_a, start_b))
        assert not span_a & used_a
        assert not span_b & used_b
        used_a |= span_a
        used_b |= span_b


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(60)), st.integers(0, 50), st.integers(0, 50), st.integers(3, 30))
def test_the_longest_common_run_of_texts_without_repeats_is_found(base, at_a, at_b, length):
    piece = base[:length]
    rest = [100 + word for word in base[length:]]
    a = rest[:at_a] + piece + rest[at_a:]
    other = [200 + word for word in rest]
    b = other[:at_b] + piece + other[at_b:]
    assert max(run[2] for run in runs_of(a, b)) == longest_common_run(a, b) == length


def test_a_text_aligns_with_itself_in_one_run():
    assert runs_of(list(range(50)), list(range(50))) == [(0, 0, 50)]


def test_moved_parts_are_both_found():
    one, two = list(range(20)), list(range(100, 130))
    assert sorted(runs_of(one + two, two + one)) == [(0, 30, 20), (20, 0, 30)]


@pytest.mark.parametrize("period", [1, 2, 7])
def test_repetition_costs_no_more_than_other_text(period):
    hostile = list(range(period)) * (200_000 // period)
    runs_of([1, 2, 3], [1, 2, 3])
    start = time.perf_counter()
    runs = runs_of(hostile, hostile)
    assert time.perf_counter() - start < 5  # quadratic work would take hours
    assert sum(run[2] for run in runs) > 100_000


def test_hashes_made_to_collide_cost_no_more():
    colliding = np.arange(1, 100_001, dtype=np.uint64) << np.uint64(40)
    flat = np.concatenate([colliding, colliding])
    bounds = np.array([0, 100_000, 200_000])
    start = time.perf_counter()
    align(flat, bounds, np.array([0]), np.array([1]), size=5)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("times", [1, 63, 64, 65, 1000])
def test_a_repeated_shingle_hides_no_other_of_its_place(times):
    often, once = (pow(int(GOLDEN), -1, 1 << 64) * (n + 1) % (1 << 64) for n in range(2))
    rest = list(range(1 << 60, (1 << 60) + 30))
    shingles = np.array([*[often] * times, once, *rest, once, *rest], np.uint64)
    bounds = np.array([0, times + 31, times + 62])
    found = align(shingles, bounds, np.array([0, 1]), np.array([1, 0]), size=3)
    assert found.length.tolist() == [33, 33]
    assert found.a.tolist() == [times, 0]
    assert found.b.tolist() == [0, times]


def test_only_small_gaps_are_edits():
    gaps = np.array([[0, 1], [12, 12], [13, 13], [0, 30], [0, 31], [-1, 2], [4, 30], [5, 30]])
    assert joins(gaps[:, 0], gaps[:, 1]).tolist() == [1, 1, 0, 1, 0, 0, 1, 0]


def test_a_short_run_across_a_whole_passage_is_left_out():
    a = np.array([0, 90, 52], np.int32)
    b = np.array([0, 51, 60], np.int32)
    length = np.array([50, 6, 40], np.int32)
    kept = drop_strays(Alignment(a, b, length, np.array([0, 3])), 5)
    assert kept.a.tolist() == [0, 52]
    assert kept.bounds.tolist() == [0, 2]


def test_evidence_of_a_text_with_itself_spans_all_of_it():
    table = table_of(BRIDGE, BRIDGE)
    assert table.shared == table.tokens_a == table.spanned_a == table.longest
    assert table.own_a == table.own_b == table.edits == 0


def test_evidence_of_strangers_is_empty():
    table = table_of(BRIDGE, FLOOD)
    assert table.shared == table.runs == table.last_a == 0
    assert table.own_a == table.tokens_a == table.first_a


def test_a_number_in_another_form_is_no_changed_fact():
    table = table_of(BRIDGE, BRIDGE.replace("1.250 m, rộng 22 m", "1250m, rộng 22m"))
    assert table.edits == 1
    assert table.slots == table.facts_changed == 0


def test_other_numbers_are_changed_facts():
    table = table_of(BRIDGE, BRIDGE.replace("1.250", "1.470").replace("22 m", "24 m"))
    assert table.slots > 0
    assert table.facts_changed >= 2


def test_texts_shorter_than_a_shingle_are_equal_or_apart():
    table = table_of("một hai ba", "một hai ba", "một hai bốn", "một hai ba bốn năm sáu")
    assert table.shared.tolist() == [3, 0, 0]


@settings(max_examples=60, deadline=None)
@given(words, st.lists(words, min_size=1, max_size=6))
def test_pairs_measured_together_are_measured_alike(a, others):
    def text(tokens):
        return " ".join(f"w{token}" for token in tokens)

    together = table_of(text(a), *map(text, others))
    for place, other in enumerate(others):
        alone = table_of(text(a), text(other))
        assert [column[place] for column in together] == [column[0] for column in alone]
