"""What an index answers: the same from every store."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.index.conftest import PLAIN
from tests.index.stories import story

from syndicate.config import Config
from syndicate.errors import ConfigError, DocumentError, IndexFormatError, StoreError
from syndicate.index import Index
from syndicate.index.sketching import MOST_BYTES
from syndicate.model import Document, Relation


def doc(name, text, **fields):
    return Document(name, text, **fields)


def test_a_new_page_is_new_and_a_copy_is_exact(index):
    first = index.seen(doc("a", story(1)))
    assert (first.status, first.matches, first.cluster, first.known) == ("new", (), "a", False)
    again = index.seen(doc("b", story(1).upper() + "!"))
    assert (again.status, again.of, again.cluster, again.known) == ("exact", "a", "a", True)
    assert again.match.jaccard == again.match.containment_b == 1.0
    assert again.match.reason == "the same 120 words"
    assert index.seen(doc("c", story(2))).status == "new"
    assert len(index) == 3


def test_texts_shorter_than_a_shingle_are_copies_under_one_heading_alone(index, ask):
    ask(Document("a", "Quý Sáng", title="Clip: Sĩ tử đi thi"), Document("d", "Quý Sáng"))
    other = Document("b", "Quý Sáng", title="Clip: mưa ngập phố")
    same = Document("c", "quý sáng.", title="CLIP: Sĩ tử đi thi")
    told = ask(other, same, Document("e", "Quý Sáng!"))
    assert [(one.status, one.of) for one in told] == [
        ("new", None),
        ("exact", "a"),
        ("exact", "d"),
    ]


def test_a_reprint_with_changes_is_found_and_scored(index):
    index.seen(doc("a", story(1, 300)))
    verdict = index.seen(doc("b", story(1, 300) + " Theo Báo Mới, ngày hôm qua"))
    assert verdict.status == "reprint"
    match = verdict.match
    assert (match.a, match.b, match.relation) == ("b", "a", Relation.REPRINT)
    assert match.containment_b == 1.0 > match.containment_a > 0.9
    assert match.shared == 296
    assert verdict.cluster == "a"


def test_an_excerpt_and_its_page_are_told_apart(index):
    whole = story(1, 400)
    index.seen(doc("whole", whole))
    verdict = index.seen(doc("part", " ".join(whole.split()[:150])))
    assert (verdict.status, verdict.of, verdict.match.containment_a) == ("excerpt", "whole", 1.0)


def test_a_page_that_holds_a_known_text_amid_its_own_embeds_it(index):
    index.seen(doc("part", story(1, 150)))
    text = f"{story(2, 200)} {story(1, 150)} {story(3, 200)}"
    verdict = index.seen(doc("whole", text))
    assert (verdict.status, verdict.of, verdict.match.containment_b) == ("embedding", "part", 1.0)


def test_a_later_version_of_one_page_is_an_update(index):
    index.seen(doc("a", story(1, 200), url="https://a.example/1"))
    verdict = index.seen(doc("a", story(1, 200) + " " + story(2, 25), url="https://a.example/1"))
    assert (verdict.status, verdict.of) == ("update", "a")
    assert len(index) == 1
    assert index.get("a").text.endswith(story(2, 25))
    assert index.seen(doc("b", story(1, 200) + " " + story(2, 25))).status == "exact"


@pytest.fixture(params=["seen", "seen_many"])
def ask(request, index):
    if request.param == "seen":
        return lambda *pages: [index.seen(page) for page in pages]
    return lambda *pages: list(index.seen_many(pages))


def test_the_same_page_again_is_exact_and_stays_where_it_is(index, ask):
    given = doc("a", story(1))
    for now in range(3):
        ask(doc(f"other {now}", story(10 + now)))
        (verdict,) = ask(given)
        assert (verdict.of, verdict.notes, len(index)) == ("a" if now else None, (), 2 + now)
        (held,) = [one for one in index.records() if one.id == "a"]
        assert held.doc == 2


def test_what_is_new_beside_the_text_is_remembered(index, ask):
    ask(doc("a", story(1)))
    (verdict,) = ask(Document("a", story(1), published="2026-11-27"))
    assert (verdict.status, index.get("a").published) == ("exact", "2026-11-27")


@pytest.mark.parametrize("options", [{"ttl": "12h"}, {"within": "12h"}])
@pytest.mark.parametrize("many", [False, True])
def test_a_page_that_comes_again_is_remembered_as_of_then(place, monkeypatch, options, many):
    """By another process too, of which what this one keeps does not know."""
    now = [1e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    with Index.open(place, config=PLAIN, **options) as index:
        other = index if place == "memory:" else Index.open(place, config=PLAIN, **options)
        assert index.seen(doc("a", story(1))).status == "new"
        now[0] += 3600 * 10
        assert index.seen(doc("b", story(1))).of == "a"
        now[0] += 3600
        page = doc("a", story(1))
        (again,) = other.seen_many([page]) if many else [other.seen(page)]
        assert again.status == "exact"
        now[0] += 3600 * 11.5
        assert [match.b for match in index.query(doc("c", story(1))).matches] == ["a"]
        now[0] += 3600
        assert index.query(doc("c", story(1))).status == "new"
        other.close()


@pytest.mark.parametrize("many", [False, True])
def test_a_page_that_comes_again_too_late_to_match_is_new(place, monkeypatch, many):
    now = [1e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    with Index.open(place, config=PLAIN, within="12h") as index:
        for name in "abc":
            index.seen(doc(name, story(1)))
        now[0] += 3600 * 13
        page = doc("b", story(1))
        (again,) = index.seen_many([page]) if many else [index.seen(page)]
        assert (again.status, again.cluster, index.cluster("b")) == ("new", "b", ("b",))
        assert index.cluster("a") == ("a", "c")


def test_a_page_that_comes_again_stays_in_its_cluster(index, ask):
    pages = [doc("a", story(1, 300)), doc("b", story(1, 300) + " Theo Báo Mới")]
    for _ in range(3):
        assert {verdict.cluster for verdict in ask(*pages)} == {"a"}
        assert index.cluster("a") == index.cluster("b") == ("a", "b")
    assert index.query(doc("c", "Hà Nội " + story(1, 300))).cluster == "a"


def test_the_first_page_of_a_story_stays_the_first_when_it_comes_again(index, ask):
    text = story(1, 300)
    ask(doc("a", text), doc("b", text))
    again, copy = ask(doc("a", text), doc("c", text))
    assert (again.of, again.cluster, copy.of, copy.cluster) == ("a", "a", "a", "a")
    assert [match.b for match in copy.matches] == ["a"]
    later, copy = ask(doc("a", text + " Cập nhật"), doc("d", text))
    assert (later.cluster, copy.status, copy.of, copy.cluster) == ("a", "exact", "b", "a")
    assert index.cluster("c") == ("a", "b", "c", "d")
    index.remove("a")
    assert index.query(doc("e", text)).cluster == "b"
    assert index.cluster("c") == ("b", "c", "d")


def test_the_next_page_of_a_story_stands_for_it_when_the_first_is_gone(index, ask):
    text = story(1, 300)
    ask(doc("a", text), doc("b", text + " b"), doc("c", text + " c"))
    index.remove("a")
    later, copy = ask(doc("b", text + " b b2"), doc("d", text + " d"))
    assert (later.cluster, copy.cluster, index.cluster("d")) == ("b", "b", ("b", "c", "d"))


def test_a_page_that_was_added_joins_its_cluster_when_it_is_seen(index, ask):
    index.add_many([doc("a", story(1)), doc("b", story(1))])
    (verdict,) = ask(doc("b", story(1)))
    assert (verdict.status, verdict.of, verdict.cluster) == ("exact", "a", "a")
    assert index.cluster("b") == ("a", "b")


def test_a_page_that_many_copies_have_displaced_is_put_anew(index, ask):
    """Of a text, the newest hundred are found by it."""
    ask(*(doc(f"{n}", story(1)) for n in range(103)))
    index.remove_many(f"{n}" for n in range(1, 103))
    ask(doc("0", story(1)))
    assert [verdict.of for verdict in ask(doc("0", story(1)), doc("x", story(1)))] == ["0", "0"]


@pytest.mark.parametrize("options", [{"ttl": "10d"}, {"within": "10d"}])
@pytest.mark.parametrize("many", [False, True])
def test_what_is_too_old_stands_for_nothing(place, monkeypatch, options, many):
    now = [1e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    text = story(1, 300)
    with Index.open(place, config=PLAIN, **options) as index:
        index.add_many(doc(f"old {n}", story(2 + n)) for n in range(600))  # swept before a
        index.seen(doc("a", text))
        now[0] += 3 * 86400
        assert index.seen(doc("b", text + " q")).cluster == "a"
        now[0] += 8 * 86400
        pages = [doc("c", text), doc("d", text + " d")]
        first, second = index.seen_many(pages) if many else map(index.seen, pages)
        leader = "b" if "ttl" in options else "a"  # which is still there, though not compared
        assert ([match.b for match in first.matches], first.cluster) == (["b"], leader)
        assert (second.cluster, index.query(pages[0]).cluster) == (leader, leader)
        assert index.cluster("d")[0] == leader


@pytest.mark.parametrize("many", [False, True])
def test_of_what_is_too_old_nothing_is_taken_over(place, monkeypatch, many):
    now = [1e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    text = story(1, 300)

    def ask(index, page):
        return next(iter(index.seen_many([page]))) if many else index.seen(page)

    with Index.open(place, config=PLAIN, within="10h") as index:
        for name, hours in [("gone", 0), ("first", 0), ("b", 6)]:
            now[0] += 3600 * hours
            index.seen(doc(name, f"{text} {name}"))
        index.remove("gone")
        now[0] += 3600 * 6
        verdict = ask(index, doc("b", f"{text} b b2"))
        assert verdict.cluster == index.cluster("b")[0] == "first"
    with Index.open(place if place == "memory:" else place + "2", ttl="10h") as index:
        index.add_many(doc(f"old {n}", story(2 + n)) for n in range(600))  # swept before a
        index.add(doc("a", text))
        now[0] += 3600 * 11
        verdict = ask(index, doc("a", story(700, 100)))
        assert (verdict.status, verdict.notes) == ("new", ())


def test_documents_are_dated_anew_from_when_they_come_again(monkeypatch):
    """By the pages that follow them, and not by those before them."""
    now = [1e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    dated = Document("a", story(1, 300), published="2001-09-09")
    near = [doc("b", story(1, 300) + " b"), dated, doc("c", story(1, 300) + " c")]
    told = []
    for many in (False, True):
        with Index.open("memory:", config=PLAIN, within="3d") as held:
            now[0] = 1e9
            held.seen(dated)
            now[0] += 4 * 86400
            verdicts = held.seen_many(near) if many else map(held.seen, near)
            told.append([(verdict.status, verdict.of) for verdict in verdicts])
    assert told[0] == told[1]
    assert told[0][0] == ("new", None)
    assert told[0][2][0] == "reprint"


def test_a_page_that_displaces_another_text_says_so(index):
    index.seen(doc("a", story(1)))
    index.seen(doc("copy", story(1)))
    for name in ("a", "copy"):  # of which the first alone is a match
        assert index.seen(doc(name, story(1))).notes == ()
        assert [verdict.notes for verdict in index.seen_many([doc(name, story(1))])] == [()]
    (note,) = index.seen(doc("a", story(2))).notes
    assert "takes the place of another text" in note
    ((again,),) = [verdict.notes for verdict in index.seen_many([doc("a", story(3))])]
    assert again == note


def test_clusters_stand_under_their_earliest_document(index):
    text = story(1, 300)
    assert index.seen(doc("a", text)).cluster == "a"
    assert index.seen(doc("b", text + " Theo Báo Mới")).cluster == "a"
    assert index.seen(doc("c", "Hà Nội " + text)).cluster == "a"
    assert index.seen(doc("d", text + " Theo Báo Mới")).cluster == "a"
    assert index.cluster("c") == ("a", "b", "c", "d")
    assert index.cluster("x") == ()
    index.remove("a")
    assert index.seen(doc("e", text + " ngày mai")).cluster == "b"
    assert index.cluster("e") == ("b", "c", "d", "e")


def test_clusters_do_not_chain(index):
    one, two, three = (story(seed, 200) for seed in (1, 2, 3))
    index.seen(doc("a", f"{one} {two}"))
    index.seen(doc("b", f"{two}"))
    verdict = index.seen(doc("c", f"{two} {three}"))
    held = index.cluster("c")
    assert verdict.known
    assert "a" not in held or "a" in {match.b for match in verdict.matches}


def test_shared_background_is_no_copy(index):
    quote = story(9, 40)
    index.seen(doc("a", f"{story(1, 300)} {quote} {story(2, 100)}"))
    verdict = index.seen(doc("b", f"{story(3, 300)} {quote} {story(4, 100)}"))
    assert (verdict.status, verdict.known, verdict.cluster) == ("overlap", False, "b")


def test_a_page_without_words_is_boilerplate_only_and_remembered(index):
    assert index.seen(doc("a", "… — !")).status == "boilerplate_only"
    assert index.seen(doc("b", "… — !")).status == "boilerplate_only"
    assert "a" in index
    assert index.get("b").text == "… — !"


def test_query_remembers_nothing(index):
    assert index.query(doc("a", story(1))).status == "new"
    assert len(index) == 0
    index.add(doc("a", story(1)))
    assert index.query({"id": "b", "text": story(1)}).of == "a"
    assert "b" not in index


def test_documents_come_back_as_they_were_given(index):
    given = doc(
        "ừ/1",
        "Tiêu đề\n\nĐoạn văn 😀 \x00 cuối",
        url="https://a.example/ừ",
        title="Tiêu đề",
        source="a",
        published="2026-01-02T03:04:05+07:00",
        author="Nguyễn",
    )
    index.add_many([given, {"id": "b", "text": story(2)}])
    assert index.get("ừ/1") == given
    assert index.get("none") is None
    assert [document.id for document in index] == ["ừ/1", "b"]
    assert "ừ/1" in index
    assert "none" not in index
    assert 7 not in index


def test_add_many_replaces_documents_of_one_id(index):
    assert index.add_many(doc(f"{i % 300}", story(i)) for i in range(700)) == 700
    assert len(index) == 300
    assert index.get("0").text == story(600)
    assert index.query(doc("q", story(1))).status == "new"
    assert index.query(doc("q", story(650))).of == "50"


def test_documents_added_again_stay_in_their_clusters(index):
    pages = [doc("a", story(1, 300)), doc("b", story(1, 300) + " Theo Báo Mới")]
    for page in pages:
        index.seen(page)
    assert index.add_many([*pages, doc("c", story(2)), pages[0]]) == 4
    assert (index.cluster("b"), len(index)) == (("a", "b"), 3)
    index.add(doc("b", story(3)))
    assert (index.cluster("b"), index.cluster("a")) == (("b",), ("a",))


def test_removed_documents_are_forgotten(index):
    index.add_many(doc(f"{i}", story(i)) for i in range(10))
    assert index.remove("3")
    assert not index.remove("3")
    assert index.remove_many(["1", "2", "3", "x"]) == 2
    assert len(index) == 7
    assert index.query(doc("q", story(1))).status == "new"
    assert index.query(doc("q", story(4))).of == "4"
    index.compact()
    assert index.query(doc("q", story(1))).status == "new"
    assert index.query(doc("q", story(4))).of == "4"


def test_known_tells_which_ids_are_there(index):
    index.add_many(doc(f"{n}", story(n)) for n in range(300))
    index.remove("7")
    assert index.known(f"{n}" for n in range(5, 600)) == {f"{n}" for n in range(5, 300)} - {"7"}


def test_a_cluster_whose_first_is_past_its_time_is_that_of_the_next(place, monkeypatch):
    now = [1.8e9]
    monkeypatch.setattr(time, "time", lambda: now[0])
    with Index.open(place, config=PLAIN, ttl="1d") as index:
        index.add_many(Document(f"old {n}", story(20 + n)) for n in range(20))  # swept first
        index.seen(Document("a", story(1)))
        now[0] += 80_000
        index.seen(Document("b", story(1)))
        now[0] += 10_000
        index.seen(Document("b", story(1) + " And more of it."))
        assert index.cluster("b") == ("b",)
        assert index.seen(Document("c", story(1) + " And more of it.")).cluster == "b"
        assert index.cluster("c") == index.cluster("b") == ("b", "c")
        assert index.cluster("a") == ()


@pytest.mark.parametrize("ask", ["seen", "seen_many", "query"])
def test_a_changed_page_under_its_own_id_is_an_update(index, ask):
    index.add(Document("page", story(1)))
    again = Document("page", story(1) + " Police counted four thousand visitors by noon.")
    if ask == "seen_many":
        verdict = list(index.seen_many([Document("other", story(2)), again]))[1]
    else:
        verdict = getattr(index, ask)(again)
    assert (verdict.status, verdict.of) == ("update", "page")


@pytest.mark.parametrize("given", ["text", None, 5, ["a", "text"]])
def test_what_is_no_document_is_refused(index, given):
    for ask in (index.seen, index.query, index.add):
        with pytest.raises(DocumentError, match="a Document or a mapping with id and text"):
            ask(given)


def test_expire_forgets_what_is_old(index):
    index.add_many(doc(f"{i}", story(i)) for i in range(5))
    assert index.expire(before="1h") == 0
    assert index.expire(before=timedelta(hours=1)) == 0
    assert index.expire(before=datetime.now(UTC) + timedelta(hours=1)) == 5
    assert len(index) == 0
    with pytest.raises(ConfigError, match="before must be ISO 8601"):
        index.expire(before="yesterday")
    with pytest.raises(ConfigError, match="before must be ISO 8601"):
        index.expire(before=None)


def test_documents_past_their_time_to_live_do_not_match(place, monkeypatch):
    now = time.time()
    with Index.open(place, config=PLAIN, ttl="14d") as index:
        index.seen(doc("a", story(1)))
        index.seen(doc("b", story(2)))
        monkeypatch.setattr(time, "time", lambda: now + 15 * 86400)
        assert index.query(doc("q", story(1))).status == "new"
        assert "a" not in index
        assert index.get("a") is None
        assert [document.id for document in index] == []
        assert index.seen(doc("c", story(1))).status == "new"
        assert len(index) == 1


def test_a_window_keeps_matches_near_in_time(place):
    with Index.open(place, config=PLAIN, within="72h") as index:
        index.seen(doc("a", story(1), published="2026-01-01T00:00:00Z"))
        near = doc("b", story(1) + " thêm", published="2026-01-03T00:00:00Z")
        far = doc("c", story(1) + " thêm", published="2026-01-09T00:00:00Z")
        assert index.query(near).status == "reprint"
        assert index.query(far).status == "new"
        assert index.query(doc("d", story(1))).status == "exact"


def test_merge_takes_the_place_of_what_expired(place, monkeypatch):
    now = [1e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    with Index.open(place, config=PLAIN, ttl="1d") as index, Index.open("memory:") as other:
        index.add(doc("a", story(1)))
        now[0] += 2 * 86400
        other.add(doc("a", story(2)))
        assert (index.merge(other), index.get("a").text, len(index)) == (1, story(2), 1)


def test_a_document_without_an_id_is_refused(index):
    with pytest.raises(DocumentError, match="without an id"):
        index.seen(Document("", story(1)))
    assert list(index) == []


def test_merge_adds_what_is_not_known(index):
    with Index.open("memory:", config=PLAIN) as other:
        other.add_many(doc(f"{i}", story(i)) for i in range(5))
        index.add(doc("3", story(33)))
        assert index.merge(other) == 4
        assert index.merge(other) == 0
    assert len(index) == 5
    assert index.get("3").text == story(33)
    assert index.query(doc("q", story(4))).of == "4"


def test_stats_say_what_it_is(index):
    index.add(doc("a", story(1)))
    stats = index.stats()
    assert stats["documents"] == 1
    assert stats["scheme"] == "syndicate/3"
    assert stats["settings"]["strip"] == "none"
    assert index.check() == []
    assert index.config == PLAIN


def test_the_article_is_taken_out_of_a_page(index, ask):
    page = f"<html><title>Gió</title><body><article><p>{story(1, 90)}.</p></article></body></html>"
    (told,) = ask({"url": "https://a.example/1", "html": page})
    assert (told.id, told.status) == ("https://a.example/1", "new")
    assert index.get("https://a.example/1").title == "Gió"
    assert index.query({"id": "b", "html": page, "text": ""}).status == "exact"
    with pytest.raises(DocumentError, match="page 'c'"):
        ask({"id": "c", "html": "<p></p>"})


def test_what_is_no_document_is_refused_and_nothing_kept(index):
    with pytest.raises(DocumentError, match="needs a string 'text'"):
        index.seen({"id": "a"})
    with pytest.raises(DocumentError, match=f"at most {MOST_BYTES}"):
        index.seen(doc("a", "a" * (MOST_BYTES + 1)))
    assert len(index) == 0


def test_settings_stand_in_the_index(place):
    if place == "memory:":
        pytest.skip("memory is new each time")
    Index.open(place, config=PLAIN).close()
    with Index.open(place) as index:
        assert index.config == PLAIN
    with pytest.raises(IndexFormatError, match="made with strip = 'none', got 'rules'"):
        Index.open(place, config=Config(strip="rules"))


def test_a_secret_is_asked_for_again(place):
    if place == "memory:":
        pytest.skip("memory is new each time")
    with Index.open(place, config=PLAIN, secret="s3cret") as index:
        index.seen(doc("a", story(1)))
        assert index.query(doc("b", story(1))).status == "exact"
        assert "s3cret" not in str(index.stats())
    for wrong in (None, "other"):
        with pytest.raises(IndexFormatError, match="give the one it was made with"):
            Index.open(place, secret=wrong)
    with Index.open(place, secret="s3cret") as index:
        assert index.query(doc("b", story(1))).status == "exact"


def test_a_flood_of_one_text_stays_cheap_and_says_what_it_left_out(index):
    text = story(1, 200)
    index.add_many(doc(f"{i}", f"{text} số {i}") for i in range(150))
    verdict = index.seen(doc("x", text + " khác hẳn"))
    assert verdict.status == "reprint"
    assert len(verdict.matches) == 64
    assert verdict.notes[0].startswith("compared with 64 of ")


def test_what_was_removed_does_not_hide_what_is_left(index):
    text = story(1, 200)
    index.add_many(doc(f"{i}", f"{text} số {i}") for i in range(90))
    index.remove_many(f"{i}" for i in range(89))
    verdict = index.seen(doc("x", text + " khác hẳn"))
    assert (verdict.status, [match.b for match in verdict.matches]) == ("reprint", ["89"])
    assert verdict.notes == ()


@pytest.mark.parametrize(
    "text",
    ["a" * 300_000, "x " * 200_000, "<div>" * 50_000, "\ud800" * 50, "汉" * 20_000, "\u0301" * 9],
)
def test_hostile_pages_cost_no_more_than_their_size(index, text):
    begun = time.perf_counter()
    index.seen(doc("a", text))
    index.seen(doc("b", text + " b"))
    assert time.perf_counter() - begun < 20
    assert len(index) == 2


@pytest.mark.parametrize(
    ("setting", "value"), [("ttl", "soon"), ("ttl", "0d"), ("within", "3"), ("secret", "")]
)
def test_settings_that_cannot_work_are_refused(setting, value):
    with pytest.raises(ConfigError, match=setting):
        Index.open("memory:", **{setting: value})


def test_unknown_places_are_refused():
    with pytest.raises(ConfigError, match="'memory:', 'redis://…' or a path"):
        Index.open("postgres://localhost/news")
    with pytest.raises(StoreError, match=r"Redis server at 127.0.0.1:1.* failed"):
        Index.open("redis://127.0.0.1:1/0")


def test_what_was_added_is_forgotten_in_time_too(place, monkeypatch):
    with Index.open(place, config=PLAIN, ttl="1d") as index:
        index.add_many(doc(f"{i}", story(i)) for i in range(5))
        later = time.time() + 2 * 86_400
        monkeypatch.setattr(time, "time", lambda: later)
        index.add_many(doc(f"{i}", story(i)) for i in range(5, 10))
        assert index.known(f"{i}" for i in range(10)) == {f"{i}" for i in range(5, 10)}
        assert index.stats()["documents"] == 5
