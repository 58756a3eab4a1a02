"""Pages asked of together are told what each would be told alone."""

import random

import pytest
from tests.index.stories import story, words

from syndicate.config import Config
from syndicate.errors import DocumentError
from syndicate.index import Index, candidates, parts
from syndicate.index.sketching import MOST_BYTES
from syndicate.model import Document
from syndicate.store import merging
from syndicate.store.sqlite import SqliteStore

PLAIN = Config(strip="none")
FURNITURE = "Ghé quán Mây Trắng đầu ngõ Bàng để nhận một ly trà nóng cùng bánh đậu xanh nhé"


def crawl(seed=1, count=320):
    """Stories, their copies, parts and mixtures; stock phrases, pages without a word, pages that
    come again, and ids that come again with the same text or another."""
    rng = random.Random(seed)
    phrases = [" ".join(words(90_000 + k, 24)) for k in range(3)]
    made = []
    for number in range(count):
        text = story(rng.randrange(count // 3), 150)
        more = story(1000 + number, 80)
        given = rng.choice([
            text,
            text,
            f"{text} {more}",
            f"{more} {' '.join(text.split()[:90])} {story(3000 + number, 60)}",
            " ".join(text.split()[:60]),
            f"{text} {story(rng.randrange(count // 3), 150)}",
            "…",
        ])  # fmt: skip
        site = rng.choice(["a.example", "b.example"])
        body = f"{given}\n{rng.choice(phrases)}\n{FURNITURE}"
        key = rng.choice(made).id if made and rng.random() < 0.1 else f"{number:04d}"
        when = f"2026-03-{1 + number * 20 // count:02d}T08:00:00"
        page = Document(key, body, source=site, published=when)
        made.append(rng.choice(made) if made and rng.random() < 0.1 else page)
    return made


def alone(documents, place, **options):
    with Index.open(place, **options) as index:
        told = [index.seen(document) for document in documents]
        return told, [index.cluster(document.id) for document in documents], len(index)


def together(documents, place, **options):
    with Index.open(place, **options) as index:
        told = list(index.seen_many(iter(documents)))
        assert index.check() == []
        return told, [index.cluster(document.id) for document in documents], len(index)


@pytest.mark.parametrize("strip", ["none", "rules", "sites"])
def test_page_for_page_the_same_as_one_by_one(place, strip):
    documents, config = crawl(), Config(strip=strip)
    found = together(documents, place, config=config)
    assert found == alone(documents, "memory:", config=config)
    assert {verdict.status for verdict in found[0]} >= {"new", "exact", "reprint", "excerpt"}


def test_however_pages_are_cut_into_batches(place, monkeypatch):
    documents = crawl(2)
    wanted = alone(documents, "memory:", config=PLAIN)
    monkeypatch.setattr(parts, "BATCH", 7)
    monkeypatch.setattr(candidates, "_TOGETHER", 5)
    assert together(documents, place, config=PLAIN) == wanted


def test_with_runs_and_common_shingles_too(tmp_path, monkeypatch):
    """Of ids that come once: what a merge leaves out of a removed page depends on its moment."""
    monkeypatch.setattr(merging, "FLUSH", 4000)
    documents = [
        Document(f"{number}", document.text) for number, document in enumerate(crawl(3, 500))
    ]
    wanted = alone(documents, tmp_path / "alone.db", config=PLAIN)
    assert together(documents, tmp_path / "together.db", config=PLAIN) == wanted
    with Index.open(tmp_path / "together.db") as index:
        assert index.stats()["runs"] > 1


@pytest.mark.parametrize("options", [{"within": "72h"}, {"ttl": "14d"}])
def test_within_a_time_too(place, options):
    documents = crawl(4)
    assert together(documents, place, config=PLAIN, **options) == alone(
        documents, "memory:", config=PLAIN, **options
    )


def test_more_candidates_than_are_compared(place):
    shared = story(7, 120)
    documents = [Document(f"{n:03d}", f"{shared} {story(100 + n, 60)}") for n in range(90)]
    found, *_ = together(documents, place, config=PLAIN)
    wanted, *_ = alone(documents, "memory:", config=PLAIN)
    assert found == wanted
    assert found[-1].notes


def test_many_pages_that_come_again_count_once(place):
    """As holders of what a page shares with them: of more than a hundred, the newest are kept."""
    text = story(9, 150)
    given = [Document(f"n{n}", f"{text} {story(200 + n, 12)}") for n in range(80)]
    again = [*given, Document("z", f"{text} {story(900, 12)}")]
    with Index.open(place, config=PLAIN) as index, Index.open("memory:", config=PLAIN) as other:
        for held in (index, other):
            held.add_many(given)
        assert list(index.seen_many(again)) == [other.seen(one) for one in again]


def test_an_original_that_left_is_stood_for_by_its_first_copy(place):
    """The page under the first id changes in the batch, and its cluster stays."""
    text = story(8, 200)
    documents = [
        Document("a", text),
        Document("b", text + " more"),
        Document("c", text + " and more"),
    ]
    later = [Document("a", story(9, 200)), Document("d", text), Document("e", text + " again")]
    with Index.open(place, config=PLAIN) as index, Index.open("memory:", config=PLAIN) as other:
        for one in documents:
            index.seen(one)
            other.seen(one)
        found = list(index.seen_many(later))
        assert found == [other.seen(one) for one in later]
    assert [verdict.cluster for verdict in found] == ["a", "b", "b"]


def test_what_is_no_document_is_told_after_those_before_it(index):
    given = [{"id": "a", "text": story(1)}, {"id": "b"}, {"id": "c", "text": story(2)}]
    told = index.seen_many(given)
    assert next(told).id == "a"
    with pytest.raises(DocumentError, match="needs a string 'text'"):
        next(told)
    assert "a" in index
    assert "c" not in index


def test_a_text_too_large_is_told_in_its_turn(index):
    told = index.seen_many([Document("a", story(1)), Document("b", "x" * (MOST_BYTES + 1))])
    assert next(told).status == "new"
    with pytest.raises(DocumentError, match="cut it, or leave it out"):
        next(told)
    assert len(index) == 1


def test_verdicts_are_of_what_is_remembered(tmp_path):
    path = tmp_path / "seen.db"
    with Index.open(path, config=PLAIN) as index, Index.open(path) as other:
        told = index.seen_many(Document(str(number), story(number)) for number in range(40))
        assert next(told).status == "new"
        assert other.query(Document("copy", story(0))).of == "0"


def test_a_batch_that_fails_leaves_nothing(tmp_path, monkeypatch):
    with Index.open(tmp_path / "seen.db", config=PLAIN) as index:
        index.seen(Document("a", story(1)))
        with monkeypatch.context() as patch:
            patch.setattr(SqliteStore, "_begin", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                list(index.seen_many([Document("b", story(2))]))
        change = type(index._store.read(lambda view: view))
        with monkeypatch.context() as patch:
            patch.setattr(change, "end", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                list(index.seen_many([Document("b", story(2)), Document("c", story(2))]))
        assert len(index) == 1
        index.seen(Document("d", story(3)))  # has the number that b had
        assert index.query(Document("e", story(2))).status == "new"
        assert index.query(Document("e", story(3))).of == "d"


def failing_batch(index, monkeypatch):
    """Remember x and y; then lose a batch that fetches y after x was removed in it."""
    index.seen(Document("x", story(1)))
    index.seen(Document("y", story(2)))
    change = type(index._store.read(lambda view: view))
    with monkeypatch.context() as patch:
        patch.setattr(candidates, "_TOGETHER", 0)
        patch.setattr(change, "put", lambda *_: 1 / 0)
        batch = [Document("x", story(3)), Document("z", story(2) + " more")]
        with pytest.raises(ZeroDivisionError):
            list(index.seen_many(batch))


def test_what_a_failed_batch_removed_is_there(index, monkeypatch):
    failing_batch(index, monkeypatch)
    assert index.query(Document("copy", story(1))).of == "x"


def test_what_goes_after_a_failed_batch_is_not_there(index, monkeypatch):
    """Inside the batch as many were removed as are later: y was known to be there by then."""
    failing_batch(index, monkeypatch)
    assert index.remove("y")
    assert index.query(Document("copy", story(2))).status == "new"


def test_an_id_that_cannot_be_written_is_told_in_its_turn(index):
    told = index.seen_many([Document("a", story(1)), Document("\ud800", story(2))])
    assert next(told).status == "new"
    with pytest.raises(DocumentError, match="surrogate"):
        next(told)
    with pytest.raises(DocumentError, match="surrogate"):
        index.seen(Document("\ud800", story(2)))
    assert len(index) == 1


def test_nothing_is_taken_before_it_is_asked_for(index):
    taken = []

    def given():
        for number in range(3):
            taken.append(number)
            yield Document(str(number), story(number))

    told = index.seen_many(given())
    assert not taken
    assert len(list(told)) == 3
    assert list(index.seen_many([])) == []


def test_one_batch_is_taken_ahead_and_not_beyond_furniture_put_to_use(monkeypatch):
    monkeypatch.setattr(parts, "BATCH", 10)
    taken = []

    def given():
        for number in range(100):
            taken.append(number)
            yield Document(f"{number}", story(number), source="a.example")

    with Index.open("memory:", config=Config(strip="sites")) as index:
        held = {done: len(taken) for done, _ in enumerate(index.seen_many(given()), 1)}
        assert len(index) == 100
    assert (held[1], held[10], held[11]) == (20, 20, 30)
    assert (held[51], held[61], held[64], held[65]) == (64, 64, 64, 84)
    assert (held[85], held[100]) == (100, 100)


def test_the_first_batch_is_short(monkeypatch):
    monkeypatch.setattr(parts, "FIRST", 4)
    monkeypatch.setattr(parts, "BATCH", 10)
    taken = []

    def given():
        for number in range(30):
            taken.append(number)
            yield Document(f"{number}", story(number))

    with Index.open("memory:", config=PLAIN) as index:
        held = [len(taken) for _ in index.seen_many(given())]
    assert held == [14] * 4 + [24] * 10 + [30] * 16


def test_furniture_is_put_to_use_at_the_same_page():
    """A batch ends where the next page is stripped of more."""
    documents = [
        Document(f"{n}", f"{story(n)}.\n{FURNITURE}\n{story(n + 500)}.", source="a.example")
        for n in range(140)
    ]
    with Index.open("memory:", config=Config(strip="sites")) as index:
        told = list(index.seen_many(documents))
        many = {record.id: record.body for record in index.records()}
    with Index.open("memory:", config=Config(strip="sites")) as index:
        assert told == [index.seen(document) for document in documents]
        assert many == {record.id: record.body for record in index.records()}


def test_a_shingle_of_many_copies_of_one_text_is_not_common(index):
    """Forty outlets print a story; a page that quotes some of it is still found to be of it."""
    text, quoting = story(11, 400).split(), []
    for start in range(0, 360, 20):
        own = story(12 + start, 100), story(13 + start, 100)
        quoting.append(f"{own[0]} {' '.join(text[start : start + 40])} {own[1]}")
    with Index.open("memory:", config=PLAIN) as other:
        other.seen(Document("copy0", " ".join(text)))
        wanted = [other.query(Document("q", quote)).of for quote in quoting]
    assert wanted.count("copy0") > 10
    for number in range(40):
        index.seen(Document(f"copy{number}", " ".join(text)))
    assert [index.query(Document("q", quote)).of for quote in quoting] == wanted
    told = index.seen_many(Document(f"q{n}", quote) for n, quote in enumerate(quoting))
    assert [verdict.of for verdict in told] == wanted
