import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.evaluation import Rate, best_threshold, compare_clusterings

labels = st.lists(st.integers(0, 4), min_size=2, max_size=20)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_rate(hits, misses):
    rate = Rate(hits, hits + misses)
    assert 0 <= rate.low <= rate.high <= 1
    if rate.cases:
        assert rate.low - 1e-12 <= rate.value <= rate.high + 1e-12


def test_the_interval_is_wilsons():
    rate = Rate(9, 10)
    z = 1.959964
    assert math.isclose(
        rate.low, (0.9 + z * z / 20 - z * math.sqrt(0.009 + z * z / 400)) / (1 + z * z / 10)
    )


@given(labels, st.randoms())
def test_clusterings_are_compared_as_pairs_and_documents_say(true, random):
    found = [random.choice(true) for _ in true]
    names = [f"d{n}" for n in range(len(true))]
    ours = {name: str(label) for name, label in zip(names, found, strict=True)}
    theirs = {name: str(label) for name, label in zip(names, true, strict=True)}
    agreement = compare_clusterings(ours, theirs)
    pairs = list(combinations(names, 2))
    kept = {pair for pair in pairs if ours[pair[0]] == ours[pair[1]]}
    wanted = {pair for pair in pairs if theirs[pair[0]] == theirs[pair[1]]}
    assert agreement.precision == pytest.approx(len(kept & wanted) / len(kept) if kept else 1)
    assert agreement.recall == pytest.approx(len(kept & wanted) / len(wanted) if wanted else 1)
    shares = []
    for name in names:
        mine = {other for other in names if ours[other] == ours[name]}
        right = {other for other in names if theirs[other] == theirs[name]}
        shares.append((len(mine & right) / len(mine), len(mine & right) / len(right)))
    assert agreement.bcubed_precision == pytest.approx(sum(p for p, _ in shares) / len(names))
    assert agreement.bcubed_recall == pytest.approx(sum(r for _, r in shares) / len(names))


def test_equal_clusterings_agree_in_all():
    names = {"a": "1", "b": "1", "c": "2"}
    agreement = compare_clusterings(names, names)
    assert {agreement.precision, agreement.recall, agreement.rand} == {1.0}


def test_clusterings_of_other_documents_are_refused():
    with pytest.raises(ValueError, match="only one knows 'b'"):
        compare_clusterings({"a": "1"}, {"a": "1", "b": "1"})


@pytest.mark.parametrize(
    ("right", "wrong", "low", "high"),
    [([0.9, 0.8], [0.1], 0.1, 0.8), ([0.9], [], 0, 0.9), ([0.6, 0.9], [0.7], 0, 0.7)],
)
def test_the_threshold_parts_right_from_wrong(right, wrong, low, high):
    assert low <= best_threshold(right, wrong) <= high


def test_without_scores_there_is_no_threshold():
    assert best_threshold([], [0.3]) == 0
