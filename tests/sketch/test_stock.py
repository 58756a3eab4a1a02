import random
import re
from itertools import chain

import numpy as np
import pytest

from syndicate import dedupe, dedupe_paths
from syndicate.config import Config
from syndicate.match.folded import Folded
from syndicate.match.verify import NONE, LeftOut
from syndicate.model import Relation
from syndicate.pipeline.compare import examine
from syndicate.sketch import sample

SIZE = 5
FOOTER = " ".join(f"chân{n}" for n in range(60))
PLAIN = Config(strip="none")


def words(seed, count):
    draw = random.Random(seed)
    return " ".join(f"t{draw.randrange(10**6)}" for _ in range(count))


def pages(count):
    return [(f"{n:04}", words(n, 150) + " " + FOOTER) for n in range(count)]


def pair():
    """Two stories that share 60 words of their own and the footer."""
    common = words("common", 60)
    return [
        ("x", f"{common} {words('x', 60)} {FOOTER}"),
        ("y", f"{common} {words('y', 60)} {FOOTER}"),
    ]


def shared_of(result):
    return {(match.a, match.b): match for match in result.matches}


def test_a_footer_of_many_is_in_no_similarity():
    result = dedupe([*pages(120), *pair()], config=PLAIN)
    match = shared_of(result)["x", "y"]
    assert match.shared <= 60 - SIZE + 1 + 24  # not 60 more: at most the edges of the footer
    assert match.shared >= 60 - SIZE + 1
    assert "shared shingles not counted, which more than 100 texts hold" in match.reason
    assert set(shared_of(result)) == {("x", "y")}
    assert any("were not counted as similarity" in note for note in result.notes)


def test_a_relation_does_not_rest_on_a_footer_of_many():
    plain = str.maketrans("0123456789", "aeioubdghk")  # for words with digits are facts
    common = words("brief", 40).translate(plain)
    two = [
        (name, f"{words(name, 30)} {common} {words(name * 2, 30)} ".translate(plain) + FOOTER)
        for name in "xy"
    ]
    few = shared_of(dedupe([*pages(20), *two], config=PLAIN))["x", "y"]
    assert few.relation is Relation.REPRINT
    many = shared_of(dedupe([*pages(120), *two], config=PLAIN))["x", "y"]
    assert many.relation is Relation.OVERLAP
    assert re.match(r"4\d shared words, (3[89]|4\d)% of the shorter text; ", many.reason)


def test_side_by_side_a_footer_of_many_is_named_and_not_shared():
    documents = dict([*pages(120), *pair()])
    result = dedupe(documents.items(), config=PLAIN)
    match = shared_of(result)["x", "y"]
    seen = examine(documents["x"], documents["y"], config=PLAIN, stock=result.stock)
    assert seen.match.shared == match.shared
    assert seen.match.containment == match.containment
    for text, pieces in ((documents["x"], seen.anatomy.a), (documents["y"], seen.anatomy.b)):
        named = {piece.kind: text[piece.start : piece.end] for piece in pieces}
        assert named["stock-phrase"] in FOOTER
        assert len(named["stock-phrase"].split()) >= 40
        assert "chân30" not in named["shared"]
    plain = examine(documents["x"], documents["y"], config=PLAIN)
    assert plain.match.shared > match.shared


def test_a_footer_of_few_counts():
    match = shared_of(dedupe([*pages(20), *pair()], config=PLAIN))["x", "y"]
    assert match.shared >= 60 + 60 - 2 * SIZE
    assert "not counted" not in match.reason


def test_an_article_that_hundreds_reprint_is_no_phrase():
    story = words("story", 200)
    result = dedupe([(f"{n:04}", f"{story} {words(n, 20)}") for n in range(150)], config=PLAIN)
    assert len(result.clusters) == 1
    assert len(result.clusters[0].members) == 149
    assert all(match.shared >= 190 for match in result.matches)
    assert not any("not counted" in note for note in result.notes)


def test_order_workers_and_pieces_do_not_matter(tmp_path):
    documents = [*pages(120), *pair()]
    lines = [f'{{"id": "{name}", "text": "{text}"}}\n' for name, text in documents]
    plain = dedupe(documents, config=PLAIN)
    file = tmp_path / "all.jsonl"
    file.write_text("".join(reversed(lines)), encoding="utf-8")
    other = dedupe_paths([str(file)], config=PLAIN, workers=2, work=tmp_path / "work")
    assert plain.matches == other.matches
    assert plain.with_threshold(0.1).matches == other.with_threshold(0.1).matches


@pytest.mark.parametrize("pieces", [1, 3])
def test_pieces_join_to_the_whole(pieces):
    draw = np.random.default_rng(5)
    hashes = np.repeat(draw.integers(0, (1 << 64) // sample.ONE_IN, 40, np.uint64), 150)
    numbers = np.tile(np.arange(150, dtype=np.uint32), 40)
    whole = sample.invert(hashes, numbers, 150).crowded
    cuts = np.array_split(np.unique(hashes), pieces)
    chosen = [np.isin(hashes, cut) for cut in cuts]
    parts = [sample.invert(hashes[some], numbers[some], 150) for some in chosen]
    joined = sample.concatenate(parts).crowded
    for one, other in zip(whole, joined, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(whole.load, np.full(150, 40))


def end_to_end(rows, kind):
    return np.array(list(chain.from_iterable(rows)), kind), np.cumsum([0, *map(len, rows)])


def test_tokens_go_with_the_shingles_that_they_begin():
    draw = random.Random(2)
    rows = [[draw.randrange(1 << 62) for _ in range(draw.randrange(1, 40))] for _ in range(20)]
    left_out = {value for row in rows[::2] for value in row[3:9]}
    traits = [[draw.randrange(1 << 15) for _ in range(len(row) + SIZE - 1)] for row in rows]
    texts = Folded(*end_to_end(rows, np.uint64), *end_to_end(traits, np.uint16))
    assert texts.without(NONE) is texts
    kept = texts.without(LeftOut.of(np.array(sorted(left_out), np.uint64)))
    for number, (row, own) in enumerate(zip(rows, traits, strict=True)):
        stays = [value not in left_out for value in row] + [True] * (SIZE - 1)
        start, end = kept.token_bounds[number : number + 2]
        assert kept.traits[start:end].tolist() == [
            t for t, stay in zip(own, stays, strict=True) if stay
        ]
        held = kept.shingles[kept.bounds[number] : kept.bounds[number + 1]].tolist()
        assert held == [value for value in row if value not in left_out]
        assert end - start == kept.bounds[number + 1] - kept.bounds[number] + SIZE - 1
