"""An index says of each page, as it comes, what `dedupe` says of all of them at once."""

import random
from pathlib import Path

import orjson
import pytest
from tests.index.stories import story

from syndicate.config import Config
from syndicate.index import Index
from syndicate.model import Document, Relation
from syndicate.pipeline import dedupe
from syndicate.store import merging

DATA = Path(__file__).parents[3] / "shared" / "data"


def newswire():
    """Stories, and for each a reprint, an excerpt, a page that holds it, or nothing."""
    rng = random.Random(4)
    made = []
    for seed in range(40):
        text = story(seed, 260)
        made.append(text)
        words = text.split()
        made += rng.sample(
            [
                text,
                text + " Theo Báo Mới, ảnh: Trần Văn",
                "Hà Nội, ngày mai. " + " ".join(words[:-9]),
                " ".join(words[:120]),
                f"{story(seed + 500, 150)} {text} {story(seed + 600, 150)}",
                f"{story(seed + 700, 300)} {' '.join(words[60:100])} {story(seed + 800, 90)}",
            ],
            rng.randint(0, 4),
        )
    rng.shuffle(made)
    return [Document(f"{number:04d}", text) for number, text in enumerate(made)]


def by_dedupe(documents, config):
    result = dedupe(documents, config=config)
    matches = {
        tuple(sorted((match.a, match.b))): (match.relation, match.shared, match.reason)
        for match in result.matches
    }
    heads = {member.id: c.canonical for c in result.clusters for member in c.members}
    return matches, heads


def by_index(documents, config, place):
    matches, heads = {}, {}
    with Index.open(place, config=config) as index:
        for document in documents:
            verdict = index.seen(document)
            if verdict.cluster != document.id:
                heads[document.id] = verdict.cluster
            for match in verdict.matches:
                pair = tuple(sorted((match.a, match.b)))
                matches[pair] = (match.relation, match.shared, match.reason)
    return matches, heads


@pytest.mark.parametrize("options", [{}, {"threshold": 0.6}, {"find": "whole"}])
def test_page_for_page_the_same_as_dedupe(place, options):
    config = Config(strip="rules", canonical="first", **options)
    documents = newswire()
    matches, heads = by_dedupe(documents, config)
    assert len(heads) > 20
    assert by_index(documents, config, place) == (matches, heads)


def test_of_daily_bulletins_too(place):
    """The day stands in the title, or in the first line of a text without one."""
    standing, documents = story(9, 150), []
    for day in range(1, 7):
        text = f"{standing} Ngày {day}0 và {day}5 độ. {story(day, 60)}"
        heading = f"Dự báo thời tiết {day}/3: trời rét"
        titled = day % 2
        text = text if titled else f"{heading}\n{text}"
        documents.append(Document(f"{day}", text, title=heading if titled else None))
    config = Config(canonical="first")
    matches, heads = by_dedupe(documents, config)
    assert {relation for relation, *_ in matches.values()} == {Relation.TEMPLATE}
    assert len(matches) == 15
    assert not heads
    assert by_index(documents, config, place) == (matches, heads)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["vi_vims_dev", "vi_vmds_dev"])
def test_of_real_articles_all_that_join_are_the_same(name, place, monkeypatch):
    """What comes later can make a shingle common, or give a cluster its first member."""
    path = DATA / f"{name}.jsonl.zst"
    if not path.exists():
        pytest.skip("no real articles beside the project")
    import zstandard

    monkeypatch.setattr(merging, "FLUSH", 8000)
    with zstandard.open(path, "rt", encoding="utf-8") as file:
        records = [orjson.loads(line) for line in file]
    documents = [Document(f"{i:05d}", record["text"]) for i, record in enumerate(records)]
    config = Config(strip="rules", canonical="first")
    matches, heads = by_dedupe(documents, config)
    found, placed = by_index(documents, config, place)
    assert (found, placed) == by_index(documents, config, "memory:")
    elsewhere = {name for name, _ in placed.items() ^ heads.items()}
    assert len(elsewhere) <= len(heads) // 50
    joining = {pair: match for pair, match in matches.items() if match[0].joins}
    assert {pair: match for pair, match in found.items() if match[0].joins} == joining
    assert len(matches.keys() - found.keys()) <= len(matches) // 100
