"""New documents do not reshuffle the clusters of others."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pipeline.newswire import article, newsroom, noisy

from syndicate import Config, dedupe

BASE = newsroom(seed=5, originals=15)
PAGES = {name: text for name, text in BASE if name.endswith("-0")}


def clusters(result, among):
    """Each cluster as its canonical document and members, only documents of before."""
    found = {}
    for cluster in result.clusters:
        for member in cluster.members:
            if member.id in among and cluster.canonical in among:
                found[member.id] = cluster.canonical, member.relation
    return found


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(["stranger", "copy", "page"]), min_size=1, max_size=8),
    st.integers(0, 2**32),
)
def test_documents_that_come_later_move_nobody_else(kinds, seed):
    rng = random.Random(seed)
    touched, more = set(), []
    for number, kind in enumerate(kinds):
        name = f"z{number}"
        text = article(rng)
        if kind != "stranger":
            source = rng.choice(sorted(PAGES))
            touched.add(source.split("-")[0])
            text = noisy(rng, PAGES[source]) if kind == "copy" else f"{text}\n{PAGES[source]}"
        more.append((name, text))
    before = clusters(dedupe(BASE), dict(BASE))
    after = clusters(dedupe([*BASE, *more]), dict(BASE))
    apart = {name: head for name, head in before.items() if name.split("-")[0] not in touched}
    assert {name: after.get(name) for name in apart} == apart
    assert not {name for name in after.keys() - before.keys() if name.split("-")[0] not in touched}


@pytest.mark.parametrize("canonical", ["earliest", "longest", "first"])
def test_a_crowd_of_strangers_changes_no_match(canonical):
    rng = random.Random(8)
    config = Config(canonical=canonical)
    few = dedupe(BASE, config=config)
    many = dedupe([*BASE, *((f"z{n}", article(rng)) for n in range(300))], config=config)
    assert many.clusters == few.clusters
    assert list(many.matches) == list(few.matches)


def test_clusters_keep_their_names_when_later_copies_join_them():
    rng = random.Random(9)
    old = [{"id": n, "text": t, "published": "2024-01-01"} for n, t in BASE]
    new = [
        {"id": f"z{n}", "text": noisy(rng, PAGES[n]), "published": "2024-01-02"}
        for n in sorted(PAGES)
    ]
    few, grown = dedupe(old), dedupe([*old, *new])
    heads = {cluster.id: cluster.canonical for cluster in few.clusters}
    assert heads.items() <= {cluster.id: cluster.canonical for cluster in grown.clusters}.items()
    members = {cluster.id: {one.id for one in cluster.members} for cluster in grown.clusters}
    for cluster in few.clusters:
        assert {one.id for one in cluster.members} <= members[cluster.id]
