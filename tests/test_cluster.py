"""Star clusters against their definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.cluster import star_clusters

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
