import random

import numpy as np
import pytest

from syndicate import dedupe, dedupe_paths
from syndicate.config import Config
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
