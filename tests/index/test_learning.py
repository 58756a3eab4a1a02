"""Furniture learned as pages come."""

from unittest.mock import Mock

import pytest
from tests.index.stories import story

from syndicate.config import Config
from syndicate.errors import IndexFormatError, StoreError
from syndicate.index import Index
from syndicate.index.codec import unpack
from syndicate.index.learning import Learner
from syndicate.model import Document

FURNITURE = "Ghé quán Mây Trắng đầu ngõ Bàng để nhận một ly trà nóng cùng bánh đậu xanh nhé"


def page(number, site="a.example"):
    text = f"{story(number)}.\n{FURNITURE}\n{story(number + 10_000)}."
    return Document(f"{site}/{number}", text, source=site)


def removed(index, name):
    (record,) = [record for record in index.records() if record.id == name]
    held = unpack(record)
    return [held.text[start:end].decode().strip() for start, end in held.removed]


def test_a_site_s_furniture_goes_once_it_is_known(place):
    with Index.open(place, config=Config(strip="sites")) as index:
        for number in range(70):
            index.seen(page(number))
        assert removed(index, "a.example/3") == []
        assert removed(index, "a.example/69") == [FURNITURE]
        index.seen(page(0, "b.example"))
        assert removed(index, "b.example/0") == []
        assert index.get("a.example/69") == page(69)


@pytest.mark.parametrize("many", [False, True])
def test_a_page_that_did_not_change_is_exact_whatever_was_learned_since(place, many):
    with Index.open(place, config=Config(strip="sites")) as index:
        for number in range(70):
            index.seen(page(number))
        again = [page(3), page(69)]
        assert [index.query(one).status for one in again] == ["exact", "exact"]
        told = index.seen_many(again) if many else map(index.seen, again)
        assert [(one.status, one.of) for one in told] == [
            ("exact", "a.example/3"),
            ("exact", "a.example/69"),
        ]
        assert [one.doc for one in index.records() if one.id == "a.example/3"] == [4]
        changed = Document("a.example/3", page(3).text + " Cập nhật", source="a.example")
        (verdict,) = index.seen_many([changed]) if many else [index.seen(changed)]
        assert verdict.status == "update"
        assert removed(index, "a.example/3") == [FURNITURE]


def test_what_was_learned_is_kept_in_the_store(place):
    if place == "memory:":
        return
    with Index.open(place, config=Config(strip="sites")) as index:
        index.add_many(page(number) for number in range(300))
    with Index.open(place) as index:
        index.seen(page(500))
        assert removed(index, "a.example/500") == [FURNITURE]
        assert index.check() == []


def test_settings_without_sites_learn_nothing(place):
    with Index.open(place, config=Config(strip="rules")) as index:
        index.add_many(page(number) for number in range(300))
        assert removed(index, "a.example/299") == []


@pytest.mark.parametrize("url", ["http://[abc", "http://[::1", "http://a℀b.example/"])
def test_an_address_that_is_none_costs_nothing(place, url):
    with Index.open(place) as index:
        pages = [Document(f"{number}", story(number), url=url) for number in range(70)]
        assert index.seen(pages[0]).status == "new"
        assert {verdict.status for verdict in index.seen_many(pages[1:])} == {"new"}


def test_half_of_a_surrogate_pair_in_a_site_s_name_costs_nothing(place):
    with Index.open(place) as index:
        for number in range(70):
            page = Document(f"{number}", story(number), source="Báo \ud83d")
            assert index.seen(page).status == "new"


@pytest.mark.parametrize("error", [StoreError, IndexFormatError])
def test_pages_are_told_of_though_what_was_learned_cannot_be_kept(place, monkeypatch, error):
    with Index.open(place, config=Config(strip="sites")) as index:
        monkeypatch.setattr(index._store, "set_note", Mock(side_effect=error("no room")))
        told = list(index.seen_many([page(number) for number in range(70)]))
        assert {verdict.status for verdict in told} == {"new"}
        assert removed(index, "a.example/69") == [FURNITURE]


@pytest.mark.parametrize("before", [0, 1, 31, 40, 63, 64, 100, 127, 128, 1000])
def test_how_many_pages_are_left_until_furniture_is_put_to_use(before, monkeypatch):
    store = Mock(note=lambda _: None)
    learner = Learner(store)
    used = []
    monkeypatch.setattr(learner, "_put_to_use", lambda: used.append(learner._pages))
    learner.learn([page(number % 7) for number in range(before)])
    used.clear()
    for left in range(learner.left(), 0, -1):
        assert learner.left() == left
        assert not used
        learner.learn([page(left % 7)])
    assert len(used) == 1
    assert learner.left() > 0
