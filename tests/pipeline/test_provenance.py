"""Which document stands for its cluster, and who copied whom, from `dedupe` on."""

import pytest
from tests.match.stories import BRIDGE, FLOOD, LAW, SCHOOL

from syndicate import Config, ConfigError, dedupe
from syndicate.model import Relation

COPIES = [
    {"id": "a", "text": BRIDGE, "source": "Tin Tỉnh", "published": "2024-01-01"},
    {
        "id": "b",
        "text": f"{BRIDGE}\nNguồn: Tin Tỉnh",
        "source": "Bờ Nam",
        "published": "2024-01-02",
    },
    {"id": "c", "text": f"{BRIDGE} {FLOOD.split('.')[0]}.", "url": "https://soha.example/c"},
]


def canonical(documents, which):
    (cluster,) = dedupe(documents, config=Config(canonical=which)).clusters
    return cluster.canonical


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("earliest", "a"),
        ("longest", "c"),
        ("source:Bờ Nam,Tin Tỉnh", "b"),
        ("source: bờ nam", "b"),
        ("source:soha.example", "c"),
        ("source:nobody", "a"),
    ],
)
def test_a_setting_chooses_the_canonical_document(which, expected):
    assert canonical(COPIES, which) == expected
    assert canonical(COPIES[::-1], which) == expected


def test_sources_that_no_document_is_from_are_named():
    assert dedupe(COPIES, config=Config(canonical="source:bờ nam, Soha.example,")).notes == ()
    (note,) = dedupe(COPIES, config=Config(canonical="source:Bờ Bắc,Bờ Nam,VOV")).notes
    assert note == "no document is from Bờ Bắc and 1 other site, which `canonical` names"


@pytest.mark.parametrize("which", ["source:", "newest", ""])
def test_other_settings_are_refused(which):
    with pytest.raises(ConfigError, match="canonical must be one of"):
        Config(canonical=which)


def test_a_page_around_a_story_does_not_stand_for_it():
    page = "\n".join([FLOOD, LAW, BRIDGE, SCHOOL])
    result = dedupe([("page", page), ("story", BRIDGE), ("copy", BRIDGE + " (Tin Tỉnh)")])
    (cluster,) = result.clusters
    assert cluster.canonical != "page"
    relations = {member.id: member.relation for member in cluster.members}
    assert relations["page"] is Relation.EMBEDDING


def test_a_roundup_joins_no_cluster():
    page = "\n".join([FLOOD, BRIDGE, SCHOOL])
    result = dedupe([("page", page), ("a", FLOOD), ("b", BRIDGE), ("c", SCHOOL)])
    assert result.clusters == ()
    assert {match.relation for match in result.matches} == {Relation.ROUNDUP}
    assert len(result.matches) == 3


def test_a_roundup_joins_no_cluster_of_a_story_by_way_of_another_copy():
    abridged = "\n".join(BRIDGE.split("\n")[:4])
    page = "\n".join([abridged, SCHOOL])
    stories = [("page", page), ("story", BRIDGE), ("brief", abridged), ("school", SCHOOL)]
    result = dedupe(stories)
    told = {(match.a, match.b): match.relation for match in result.matches}
    assert told["brief", "page"] is Relation.ROUNDUP
    (cluster,) = result.clusters
    assert cluster.canonical == "story"
    assert Relation.ROUNDUP not in {member.relation for member in cluster.members}


def test_a_roundup_that_one_story_is_most_of_is_a_roundup():
    brief = "\n".join(SCHOOL.split("\n")[:4])
    page = BRIDGE + "\n" + brief
    result = dedupe([("page", page), ("a", BRIDGE), ("b", brief)])
    assert 0.65 < len(BRIDGE.split()) / len(page.split()) < 0.8
    assert {match.relation for match in result.matches} == {Relation.ROUNDUP}


def test_a_document_stands_with_the_one_that_shares_most_of_it():
    told, own = BRIDGE.split()[:120], FLOOD.split()[:70]
    torn = " ".join([*told, *own])
    long = " ".join([*told, *(SCHOOL + " " + LAW).split()[:100]])
    brief = " ".join(own)
    result = dedupe(
        [("torn", torn), ("long", long), ("brief", brief), ("twin", brief + " (Bờ Nam)")]
    )
    heads = {member.id: c.canonical for c in result.clusters for member in c.members}
    assert heads == {"torn": "long", "brief": "twin"}
    containments = {frozenset((m.a, m.b)): m.containment for m in result.matches}
    assert containments[frozenset(("torn", "twin"))] > containments[frozenset(("torn", "long"))]


def test_clusters_tell_how_close_they_are():
    (cluster,) = dedupe(COPIES).clusters
    assert 0.8 < cluster.cohesion <= 1
    assert cluster.weakest in cluster.members
    assert cluster.weakest.containment == min(m.containment for m in cluster.members)


def test_copies_and_outlets_come_from_the_result():
    result = dedupe(COPIES)
    edges = {(copy.source, copy.copy) for copy in result.copies()}
    assert ("a", "b") in edges
    outlets = {report.outlet: report for report in result.outlets()}
    assert outlets["Tin Tỉnh"].originals == 1
    assert outlets["Bờ Nam"].credited == 1
