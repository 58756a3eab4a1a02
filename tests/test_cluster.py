"""Star clusters against their definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.cluster import star_clusters, to_the_closest

edges = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] < e[1]))


def cluster(held, known, preference):
    """Run with only the ``known`` edges given; ``verify`` knows all that ``held`` has."""
    left, right = (
        np.array(side, np.int64)
        for side in (zip(*sorted(known), strict=True) if known else ((), ()))
    )
    asked = []

    def verify(centres, members):
        asked.extend(zip(centres.tolist(), members.tolist(), strict=True))
        return np.array(
            [(min(e), max(e)) in held for e in zip(centres, members, strict=True)], bool
        )

    return star_clusters(left, right, np.array(preference), verify).tolist(), asked


@settings(max_examples=300, deadline=None)
@given(edges, st.permutations(range(12)), st.randoms(use_true_random=False))
def test_members_match_their_canonical_which_is_preferred(held, preference, random):
    known = {edge for edge in held if random.random() < 0.7}
    canonical, asked = cluster(held, known, preference)
    assert len(asked) == len(set(asked))
    for number, head in enumerate(canonical):
        assert canonical[head] == head
        if number != head:
            assert (min(number, head), max(number, head)) in held
            assert preference[head] < preference[number] or number in {m for _, m in asked} | {
                e for edge in known for e in edge
            }
    alone = [n for n in range(12) if canonical[n] == n and canonical.count(n) == 1]
    for a, b in known:
        assert not (a in alone and b in alone)


@settings(max_examples=100, deadline=None)
@given(edges, st.permutations(range(12)))
def test_unrelated_documents_change_nothing(held, preference):
    one, _ = cluster(held, held, preference)
    shifted = {(a + 12, b + 12) for a, b in held}
    both, _ = cluster(held | shifted, held | shifted, [*preference, *(p + 12 for p in preference)])
    assert both[:12] == one
    assert [head - 12 for head in both[12:]] == one


def test_the_most_preferred_leads_and_a_chain_breaks():
    chain = {(0, 1), (1, 2), (2, 3), (3, 4)}
    assert cluster(chain, chain, [0, 1, 2, 3, 4])[0] == [0, 0, 2, 2, 4]
    assert cluster(chain, chain, [4, 0, 3, 2, 1])[0] == [1, 1, 1, 4, 4]


class TestToTheClosest:
    def settled(self, canonical, pairs):
        left, right, score = (np.array(side) for side in zip(*pairs, strict=True))
        moved, torn = to_the_closest(np.array(canonical), left, right, score)
        return moved.tolist(), torn.tolist()

    def test_a_document_goes_where_it_fits_best_and_is_told(self):
        pairs = [(0, 1, 0.9), (0, 2, 0.6), (2, 3, 0.8), (3, 4, 0.9)]
        assert self.settled([0, 0, 0, 3, 3], pairs) == ([0, 0, 3, 3, 3], [2])

    def test_of_equal_fits_the_first_stands(self):
        pairs = [(0, 1, 0.8), (0, 2, 0.8), (2, 3, 0.8), (3, 4, 0.8)]
        assert self.settled([0, 0, 0, 3, 3], pairs) == ([0, 0, 0, 3, 3], [2])

    def test_canonical_documents_stay_though_they_match_each_other(self):
        pairs = [(0, 1, 0.9), (0, 3, 0.95), (3, 4, 0.9)]
        assert self.settled([0, 0, 2, 3, 3], pairs) == ([0, 0, 2, 3, 3], [])

    @settings(max_examples=100, deadline=None)
    @given(edges.filter(bool), st.permutations(range(12)), st.data())
    def test_members_match_whom_they_belong_to(self, held, preference, data):
        canonical, _ = cluster(held, held, preference)
        pairs = sorted(held)
        scores = data.draw(st.lists(st.floats(0, 1), min_size=len(pairs), max_size=len(pairs)))
        moved, _ = self.settled(canonical, [(*p, s) for p, s in zip(pairs, scores, strict=True)])
        score = dict(zip(pairs, scores, strict=True))
        for number, head in enumerate(moved):
            assert moved[head] == head
            if head != number:
                heads = {h for n, h in enumerate(canonical) if n != h}
                fits = [score[p] for p in pairs if number in p and (set(p) - {number}) & heads]
                assert score[min(number, head), max(number, head)] == max(fits)
