"""The whole way, from documents to clusters."""

import gzip
import json
import random
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pipeline.newswire import article, newsroom, noisy, sentence

from syndicate.config import Config
from syndicate.errors import ConfigError, StoreError
from syndicate.io.write import completed
from syndicate.model import Document, Relation
from syndicate.pipeline import dedupe, dedupe_paths


def groups(result):
    return [
        (cluster.canonical, *(member.id for member in cluster.members))
        for cluster in result.clusters
    ]


def test_copies_are_grouped_and_the_rest_is_left_alone():
    result = dedupe(newsroom())
    expected = [{f"{n:03d}-{k}" for k in range(4)} for n in range(0, 30, 3)]
    assert sorted(map(sorted, groups(result))) == sorted(map(sorted, expected))
    assert result.duplicates == 30
    assert result.documents == 60
    assert not result.skipped


def test_scores_are_those_of_python_sets():
    documents = newsroom()

    def shingles(text):
        words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
        return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    sets = {name: shingles(text) for name, text in documents}
    result = dedupe(documents)
    assert result.matches
    for match in result.matches:
        a, b = sets[match.a], sets[match.b]
        assert match.a < match.b
        assert match.shared == len(a & b)
        assert match.jaccard == pytest.approx(len(a & b) / len(a | b))
        assert match.containment_a == pytest.approx(len(a & b) / len(a))
        assert match.containment_b == pytest.approx(len(a & b) / len(b))
        assert match.reason


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_input_changes_nothing(shuffler):
    documents = newsroom(seed=1, originals=12)
    expected = dedupe(documents).to_json()
    shuffler.shuffle(documents)
    assert dedupe(documents).to_json() == expected


def test_workers_chunks_and_folders_change_nothing(tmp_path):
    documents = newsroom(seed=2)
    expected = json.loads(dedupe(documents).to_json())
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join(json.dumps({"id": i, "text": t}) for i, t in documents))
    for workers in (1, 2):
        result = dedupe_paths(str(file), workers=workers, work=tmp_path / f"work-{workers}")
        assert json.loads(result.to_json()) == expected
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in documents:
        (folder / f"{name}.txt").write_text(text)
    result = dedupe_paths([str(folder)])
    assert [[name.removesuffix(".txt") for name in group] for group in groups(result)] == [
        [cluster["canonical"], *(member["id"] for member in cluster["members"])]
        for cluster in expected["clusters"]
    ]


def test_little_memory_changes_nothing(monkeypatch):
    documents = newsroom(seed=3)
    expected = dedupe(documents).to_json()
    monkeypatch.setattr("syndicate.pipeline.budget.Budget.in_memory", 0)
    monkeypatch.setattr("syndicate.pipeline.budget.Budget.shingles_at_once", 500)
    monkeypatch.setattr("syndicate.pipeline.budget.Budget.samples_at_once", 100)
    monkeypatch.setattr("syndicate.pipeline.budget.Budget.meetings_at_once", 10)
    monkeypatch.setattr("syndicate.pipeline.budget.Budget.block", 20_000)
    assert dedupe(documents).to_json() == expected


def test_every_kind_of_input_gives_the_same():
    documents = newsroom(seed=4, originals=6)
    table = pa.table({"id": [i for i, _ in documents], "text": [t for _, t in documents]})
    kinds = [
        documents,
        iter(documents),
        [Document(i, t) for i, t in documents],
        [{"id": i, "text": t, "other": 1} for i, t in documents],
        table,
    ]
    assert len({dedupe(kind).to_json() for kind in kinds}) == 1


def test_nothing_gives_nothing():
    result = dedupe([])
    assert (result.documents, result.clusters, result.matches) == (0, (), ())
    assert list(result.survivors()) == []
    assert result.to_arrow().num_rows == 0


def test_clusters_do_not_chain():
    rng = random.Random(5)
    lines = [sentence(rng) for _ in range(60)]
    chain = [(f"{k}", "\n".join(lines[5 * k : 5 * k + 20])) for k in range(8)]
    result = dedupe(chain, config=Config(threshold=0.5))
    joining = {(m.a, m.b) for m in result.matches if m.relation.joins}
    assert len(joining) >= 5
    assert len(result.clusters) > 1
    for cluster in result.clusters:
        for member in cluster.members:
            assert tuple(sorted([cluster.canonical, member.id])) in joining


def test_exact_copies_are_matched_with_the_first():
    rng = random.Random(6)
    text = article(rng)
    copies = {"c": text.upper(), "a": text, "b": unicodedata.normalize("NFD", text)}
    result = dedupe({"id": i, "text": t} for i, t in copies.items())
    assert [(m.a, m.b, m.relation, m.jaccard) for m in result.matches] == [
        ("a", "b", Relation.EXACT, 1.0),
        ("a", "c", Relation.EXACT, 1.0),
    ]
    assert groups(result) == [("a", "b", "c")]


def test_ten_thousand_copies_cost_no_square():
    rng = random.Random(7)
    text = article(rng)
    crowd = [(f"copy-{n:05d}", noisy(rng, text)) for n in range(3000)]
    same = [(f"same-{n:05d}", text) for n in range(3000)]
    result = dedupe([*crowd, *same, ("other", article(rng))])
    assert [len(cluster.members) for cluster in result.clusters] == [5999]
    assert len(result.matches) < 10 * 6000


def test_short_texts_match_when_they_are_the_same():
    result = dedupe(
        [("a", "Tin vắn"), ("b", "tin VAN"), ("c", "tin khác"), ("d", "…"), ("e", "!")]
    )
    assert groups(result) == [("a", "b")]


def test_texts_shorter_than_a_shingle_are_copies_under_one_heading_alone():
    """All that is left of a page may be a name below a video."""
    given = [
        ("a", "Clip: Sĩ tử đi thi", "Quý Sáng"),
        ("b", "Clip: mưa ngập phố", "Quý Sáng"),
        ("c", "CLIP: Mưa ngập phố ", "quý sáng."),
        ("d", None, "Quý Sáng"),
        ("e", None, "Quý Sáng!"),
        ("f", "Năm chữ thì đủ", "Quý Sáng quay ở Huế"),
        ("g", "Tên khác", "Quý Sáng quay ở Huế"),
    ]
    documents = [Document(name, text, title=title) for name, title, text in given]
    assert groups(dedupe(documents)) == [("b", "c"), ("d", "e"), ("f", "g")]


@pytest.mark.parametrize(
    ("canonical", "expected"), [("earliest", "c"), ("longest", "b"), ("first", "a")]
)
def test_the_canonical_is_chosen_by_preference(canonical, expected):
    rng = random.Random(8)
    text = article(rng)
    documents = [
        Document("a", text, published="2024-05-02T08:00:00+07:00"),
        Document("b", text + "\n" + sentence(rng), published="2024-05-02T02:00:00Z"),
        Document("c", text, published="2024-05-01"),
        Document("d", text, published="gestern"),
    ]
    result = dedupe(documents, config=Config(canonical=canonical))
    assert [cluster.canonical for cluster in result.clusters] == [expected]


def test_dates_that_cannot_be_read_are_told():
    dates = ["2026-01-02", "12/03/2024", None, "yesterday"]
    documents = [
        Document(f"{n}", f"{n} một hai ba bốn năm sáu", published=date)
        for n, date in enumerate(dates)
    ]
    (note,) = dedupe(documents).notes
    assert note.startswith("the dates of 2 documents could not be read, such as '12/03/2024'")
    assert dedupe([documents[0], documents[2]]).notes == ()


def test_a_duplicate_id_is_reported_and_one_kept():
    rng = random.Random(9)
    one, other = article(rng), article(rng)
    for pair in ([("x", one), ("x", other)], [("x", other), ("x", one)]):
        result = dedupe(pair)
        assert result.documents == 1
        assert [item.id for item in result.skipped] == ["x"]
        assert "duplicate id" in result.skipped[0].error
    assert dedupe(pair).to_json() == dedupe(pair[::-1]).to_json()


def test_survivors_are_one_of_each_cluster_in_input_order():
    documents = [
        Document(i, t, title=f"title {i}") for i, t in reversed(newsroom(seed=10, originals=6))
    ]
    result = dedupe(documents)
    gone = {member.id for cluster in result.clusters for member in cluster.members}
    kept = list(result.survivors())
    assert [record["id"] for record in kept] == [d.id for d in documents if d.id not in gone]
    assert kept[0] == {
        "id": documents[0].id,
        "text": documents[0].text,
        "title": documents[0].title,
    }


def _written(path, seed):
    """Write lines that have more fields than a document; give them."""
    documents = newsroom(seed=seed, originals=6)
    records = [{"text": t, "topic": {"n": n}, "id": i} for n, (i, t) in enumerate(documents)]
    lines = [json.dumps(record) for record in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return lines


def test_survivors_of_a_file_stand_as_they_stood(tmp_path):
    lines = _written(tmp_path / "a.jsonl", seed=12)
    (tmp_path / "b.csv").write_text("text,topic\nSnow fell on the hills,x\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("Rain fell in the valley", encoding="utf-8")
    result = dedupe_paths([str(tmp_path / name) for name in ("a.jsonl", "b.csv", "c.txt")])
    kept = [record["id"] for record in result.survivors()]
    assert len(kept) < len(lines)
    *own, row, page = result.survivor_lines()
    assert own == [line for line in lines if json.loads(line)["id"] in kept]
    assert json.loads(row) == {"id": "b.csv:2", "text": "Snow fell on the hills", "topic": "x"}
    assert json.loads(page) == {"id": "c.txt", "text": "Rain fell in the valley"}


def test_survivors_of_a_file_that_ends_early_are_those_that_were_read(tmp_path):
    lines = _written(tmp_path / "a.jsonl", seed=14)
    packed = gzip.compress("\n".join(lines * 40).encode())
    (tmp_path / "b.jsonl.gz").write_bytes(packed[: len(packed) * 2 // 3])
    result = dedupe_paths([str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl.gz")])
    assert any("b.jsonl.gz" in item.id for item in result.skipped)
    assert len(list(result.survivor_lines())) == len(list(result.survivors()))


def test_what_a_line_lacks_is_put_at_its_end():
    line = '{"a": 1e400, "text": "Snow", "b": 1.10, "b": -0}'
    assert completed(line, {"id": "x:1", "text": "Snow"}) == line[:-1] + ', "id":"x:1"}'


def test_pages_without_any_name_are_read_from_a_table():
    page = b"<html><body><article><p>" + b"Snow fell on the hills above the town. " * 9
    result = dedupe(pa.table({"html": pa.array([page, page], pa.binary()), "n": [1, 2]}))
    assert result.documents == 2


def test_survivors_of_values_have_what_is_known():
    result = dedupe([{"id": "a", "text": "Snow fell on the hills", "topic": "x"}])
    assert list(result.survivor_lines()) == ['{"id":"a","text":"Snow fell on the hills"}']


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:3],
        lambda lines: [line.replace('"text": "', '"text": "Also ') for line in lines],
        lambda lines: ["[]"] * len(lines),
        lambda lines: ["broken"] * len(lines),
    ],
)
def test_survivors_are_not_taken_from_a_file_that_changed(tmp_path, change):
    path = tmp_path / "a.jsonl"
    lines = _written(path, seed=13)
    result = dedupe_paths(str(path))
    path.write_text("\n".join(change(lines)), encoding="utf-8")
    with pytest.raises(StoreError, match=r"changed after it was read; run again"):
        list(result.survivor_lines())


def test_a_page_that_brings_a_story_amid_others_survives():
    rng = random.Random(21)
    story, more, rest = article(rng), article(rng), article(rng)
    digest = f"{more} {story} {rest}"
    result = dedupe([("digest", digest), ("story", story), ("copy", story + " Hết.")])
    (cluster,) = result.clusters
    assert {member.id for member in cluster.members} >= {"digest"}
    (page,) = [member for member in cluster.members if member.id == "digest"]
    assert 0.2 < page.contained < 0.5 < page.containment
    assert {row["id"] for row in result.survivors()} == {cluster.canonical, "digest"}
    assert result.duplicates == 2


def test_a_higher_threshold_needs_no_new_comparison():
    documents = newsroom(seed=11)
    low = dedupe(documents)
    for threshold in (0.3, 0.9, 0.99, 1.0):
        again = low.with_threshold(threshold)
        fresh = dedupe(documents, config=Config(threshold=threshold))
        assert again.clusters == fresh.clusters
        assert again.matches == fresh.matches
        assert again.settings["threshold"] == threshold
    with pytest.raises(ConfigError, match="at least"):
        dedupe(documents, config=Config(threshold=0.5)).with_threshold(0.1)


def test_stage_by_stage_progress_is_told(tmp_path):
    (tmp_path / "a.txt").write_text("một hai ba")
    told = []
    dedupe_paths([str(tmp_path)], progress=lambda *what: told.append(what))
    assert {stage for stage, _, _ in told} == {"read", "candidates", "samples"}
    assert all(0 <= done <= total for _, done, total in told)


def test_whole_copies_can_be_all_that_is_looked_for():
    documents = newsroom(seed=12, originals=9)
    rng = random.Random(1012)
    part = documents[5][1].split("\n")[1]
    documents.append(("part", "\n".join([article(rng), part, article(rng)])))
    everything = dedupe(documents)
    whole = dedupe(documents, config=Config(find="whole"))
    assert groups(whole) == groups(dedupe(documents[:-1]))
    assert {m.b for m in everything.matches} - {m.b for m in whole.matches} == {"part"}
