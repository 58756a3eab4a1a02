"""Furniture that the input itself teaches."""

import json
import random

import pytest
from tests.pipeline.newswire import article, sentence

from syndicate.config import Config
from syndicate.model import Document
from syndicate.pipeline import dedupe, dedupe_paths

FURNITURE = [sentence(random.Random(99 + k), 12, 18) for k in range(12)]


def pages(seed=0, sites=("sao.example", "trang.example")):
    """Give pages of two sites, each with furniture of its own, and one reprint across them."""
    rng = random.Random(seed)
    documents = []
    for place, site in enumerate(sites):
        own = FURNITURE[6 * place : 6 * place + 6]
        for number in range(12):
            text = "\n".join([*own[:3], article(rng, 9), *own[3:]])
            documents.append(Document(f"{site}/{number:02d}", text, source=site))
    body = article(rng, 9)
    for place, site in enumerate(sites):
        own = FURNITURE[6 * place : 6 * place + 6]
        documents.append(
            Document(f"{site}/both", "\n".join([*own[:3], body, *own[3:]]), source=site)
        )
    return documents


def test_furniture_of_a_site_does_not_count():
    documents = pages()
    by_rules = dedupe(documents, config=Config(strip="rules"))
    learned = dedupe(documents)
    assert [match.jaccard for match in learned.matches] == [1.0]
    assert all(match.jaccard < 0.9 for match in by_rules.matches)
    assert any("sao.example" in note for note in learned.notes)


@pytest.mark.parametrize("kind", ["folder", "jsonl"])
def test_files_and_work_folders_teach_the_same(tmp_path, kind):
    documents = pages(seed=1)
    expected = dedupe(documents)
    if kind == "folder":
        for document in documents:
            path = tmp_path / "news" / f"{document.id}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document.text)
        given = tmp_path / "news"
    else:
        given = tmp_path / "news.jsonl"
        lines = [
            {"id": d.id, "text": d.text, "url": f"https://www.{d.source}/x"} for d in documents
        ]
        given.write_text("\n".join(map(json.dumps, lines)))
    plain = dedupe_paths([str(given)])
    worked = dedupe_paths([str(given)], work=tmp_path / "work", workers=2)
    assert plain.to_json() == worked.to_json()
    assert [round(m.jaccard, 9) for m in plain.matches] == [m.jaccard for m in expected.matches]
