"""Real crawls of made-up sites that are served on this machine."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from scrapy import Field, Item
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.utils.test import get_crawler

from syndicate.errors import ConfigError
from syndicate.index import Index
from syndicate.integrations.scrapy import SyndicatePipeline

EXAMPLE = Path(__file__).parents[2] / "examples" / "scrapy_project"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawl")
    call = [sys.executable, str(EXAMPLE / "run.py"), str(folder)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def items(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_first_crawl_keeps_one_of_each_story(crawled):
    folder, said = crawled
    kept = Counter(item["title"] for item in items(folder / "first.jsonl"))
    assert sum(kept.values()) == 3
    assert kept["Bakers want an earlier market"] == kept["Too few chairs"] == 1
    assert kept["Lighthouse to be lit again"] + kept["A lamp for Port Ellery"] == 1
    first = said.splitlines()[0]
    assert "'syndicate/new': 3" in first
    assert "'syndicate/dropped': " in first
    with Index.open(folder / "seen.db") as index:
        assert len(index) == 5


def test_the_second_crawl_knows_everything(crawled):
    folder, said = crawled
    assert items(folder / "second.jsonl") == []
    second = said.splitlines()[1]
    assert "'syndicate/exact': " in second
    assert "'syndicate/new'" not in second


def pipeline(tmp_path, **settings):
    crawler = get_crawler(settings_dict={"SYNDICATE_INDEX": str(tmp_path / "seen.db"), **settings})
    crawler.stats = crawler.stats or crawler._stats_cls(crawler)
    return SyndicatePipeline.from_crawler(crawler), crawler


def run(held, *given):
    async def work():
        return [await held.process_item(item) for item in given]

    held.open_spider()
    try:
        return asyncio.run(work())
    finally:
        held.close_spider()


STORY = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."


def test_items_are_tagged_and_counted(tmp_path):
    held, crawler = pipeline(tmp_path, SYNDICATE_TAG_FIELD="verdict")
    first, second = run(held, {"url": "a", "text": STORY}, {"url": "b", "text": STORY})
    assert first["verdict"]["status"] == "new"
    assert (second["verdict"]["status"], second["verdict"]["of"]) == ("exact", "a")
    stats = crawler.stats.get_stats()
    assert (stats["syndicate/new"], stats["syndicate/exact"]) == (1, 1)


def test_a_dropped_item_says_why(tmp_path):
    held, crawler = pipeline(tmp_path, SYNDICATE_ON_REPRINT="drop")
    with pytest.raises(DropItem, match="b is a known text: exact of a, the same 14 words"):
        run(held, {"url": "a", "text": STORY}, {"url": "b", "text": STORY})
    assert crawler.stats.get_stats()["syndicate/dropped"] == 1
    other, _ = pipeline(tmp_path, SYNDICATE_ON_REPRINT="drop")
    with pytest.raises(DropItem, match="no text is left"):
        run(other, {"url": "c", "text": "…"})


def test_the_article_is_taken_out_of_a_page(tmp_path):
    held, _ = pipeline(tmp_path, SYNDICATE_FIELDS={"html": "body"})
    page = f"<html><body><article><p>{STORY * 3}</p></article></body></html>"
    first, second = run(held, {"url": "a", "body": page}, {"url": "b", "text": STORY * 3})
    assert first["syndicate"]["status"] == "new"
    assert (second["syndicate"]["status"], second["syndicate"]["of"]) == ("exact", "a")


def test_an_item_without_text_passes_and_is_counted(tmp_path):
    held, crawler = pipeline(tmp_path)
    (item,) = run(held, {"url": "a", "price": 3})
    assert item == {"url": "a", "price": 3}
    assert crawler.stats.get_stats()["syndicate/errors"] == 1


class Article(Item):
    url, text = Field(), Field()


def test_an_item_that_cannot_be_tagged_is_not_remembered(tmp_path):
    held, crawler = pipeline(tmp_path)
    article = Article(url="a", text=STORY)
    (item,) = run(held, article)
    assert item is article
    assert crawler.stats.get_stats()["syndicate/errors"] == 1
    other, _ = pipeline(tmp_path, SYNDICATE_TAG_FIELD="url")
    assert run(other, article)[0]["url"]["status"] == "new"


def test_it_is_off_without_an_index_and_strict_about_settings(tmp_path):
    with pytest.raises(NotConfigured, match="SYNDICATE_INDEX"):
        SyndicatePipeline.from_crawler(get_crawler())
    with pytest.raises(ConfigError, match="must be one of drop, tag, got 'keep'"):
        pipeline(tmp_path, SYNDICATE_ON_REPRINT="keep")
    held, _ = pipeline(tmp_path, SYNDICATE_TTL="soon")
    with pytest.raises(ConfigError, match="ttl"):
        held.open_spider()
