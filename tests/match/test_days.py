"""Headings that name a day."""

from types import SimpleNamespace

import numpy as np
import pytest

from syndicate.match.days import HEAD, LENGTH, heading_of, other_day, read, with_days
from syndicate.match.relation import DAYS, OVERLAPS, RULES
from syndicate.model import Relation

REPRINT = next(at for at, rule in enumerate(RULES) if rule.relation is Relation.REPRINT)
GOLD = "Giá vàng hôm nay {}: vàng trong nước đi ngang"


@pytest.mark.parametrize(
    ("heading", "days"),
    [
        ("Giá vàng hôm nay 7/7: lập đỉnh mới", {(7, 7, 0)}),
        ("Kết quả xổ số Mega 6/45 ngày 16.5.2018", {(5, 16, 2018)}),
        ("Chiều 24-11, bão vào bờ", {(11, 24, 0)}),
        ("Sáng 05-06: trời quang", {(6, 5, 0)}),
        ("Ngày 12 tháng 3 năm 2018: giá vàng", {(3, 12, 2018)}),
        ("Lịch thi đấu 12-13/3", {(3, 13, 0)}),
        ("Lịch thi đấu 7/7-8/7", {(7, 7, 0), (7, 8, 0)}),
        ("2017-03-12: prices", {(3, 12, 2017)}),
        ("Weather for March 12, 2024", {(3, 12, 2024)}),
        ("Weather on 3rd of March", {(3, 3, 0)}),
        ("Météo du 1er août", {(8, 1, 0)}),
        ("Wetter am 3. März", {(3, 3, 0)}),
        ("El tiempo para el 12 de marzo", {(3, 12, 0)}),
        ("Прогноз погоды на 5 мая", {(5, 5, 0)}),
        ("明日の天気 3月12日", {(3, 12, 0)}),
        ("5/16/2018 results", {(16, 5, 2018)}),
    ],
)
def test_a_day_is_read_in_the_forms_that_papers_use(heading, days):
    assert read(heading).days == days


@pytest.mark.parametrize(
    "heading",
    [
        "Việt Nam thắng 2-1",
        "Giá USD tăng 1.2 %",
        "Lúc 12:30 trưa",
        "Lãi 12.500.000 đồng",
        "45/60 câu đúng",
        "May be 12 of them",
        "Giá vàng hôm nay",
    ],
)
def test_scores_and_quantities_are_no_days(heading):
    assert read(heading) is None


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        (GOLD.format("7/7"), GOLD.format("6/7"), True),
        (GOLD.format("7/7"), GOLD.format("7/7"), False),
        (GOLD.format("7/7/2018"), GOLD.format("7/7/2019"), True),
        (GOLD.format("7/7/2018"), GOLD.format("7/7"), False),
        (GOLD.format("3/12"), GOLD.format("12/3"), False),
        (GOLD.format("7/7 và 8/7"), GOLD.format("8/7 và 9/7"), False),
        (GOLD.format("7/7"), "Giá vàng hôm nay đi ngang", False),
        ("Kết quả xổ số ngày 7/7", "Kết quả quay xổ số ngày 8/7", True),
        ("7/7: giá vàng trong nước tăng", "8/7: giá vàng trong nước giảm", True),
        ("7/7: khởi tố hai giám đốc", "8/7: bắt thêm ba giám đốc", False),
        ("Chiều 7/7, bão số 9 vào Vũng Tàu", "Sáng 8/7, bão số 9 tan dần trên đất liền", False),
    ],
)
def test_one_form_for_other_days(one, two, other):
    assert other_day(read(one), read(two)) is other
    assert other_day(read(two), read(one)) is other


def test_a_heading_is_the_title_or_the_first_of_several_lines():
    text = "Dự báo thời tiết 7/7\nTrời quang.".encode()
    assert heading_of("Tiêu đề", text) == "Tiêu đề"
    assert heading_of(None, text) == heading_of("", b"\n " + text) == "Dự báo thời tiết 7/7"
    assert heading_of(None, "Dự báo thời tiết 7/7".encode()) == ""
    assert heading_of(None, b"x" * (LENGTH + 1) + b"\nx") == ""
    assert len(heading_of("x" * (HEAD * 2), b"")) == LENGTH
    assert heading_of(None, ("à" * HEAD).encode()[: HEAD + 1]) == ""


def judged(rule, headings, **measured):
    row = {"facts_a": 20, "facts_b": 30, "facts_shared": 9, "tokens_a": 200, "tokens_b": 300}
    row |= {"shared": 100} | measured
    table = SimpleNamespace(**{name: np.array([value]) for name, value in row.items()})
    pair = np.array([0]), np.array([1])
    rules = with_days(
        np.array([rule], np.uint8), table, *pair, lambda places: [headings[n] for n in places]
    )
    return int(rules[0])


TWO_DAYS = GOLD.format("7/7"), GOLD.format("6/7")


def test_what_joined_or_overlapped_is_a_template_by_its_headings():
    assert judged(REPRINT, TWO_DAYS) == judged(OVERLAPS, TWO_DAYS) == DAYS
    assert RULES[DAYS].relation is Relation.TEMPLATE


@pytest.mark.parametrize(
    "measured",
    [{"facts_shared": 19}, {"facts_a": 0, "facts_shared": 0}, {"shared": 24}, {"shared": 39}],
    ids=["same facts", "no facts", "a few words", "a small part"],
)
def test_headings_alone_make_no_template(measured):
    assert judged(REPRINT, TWO_DAYS, **measured) == REPRINT


@pytest.mark.parametrize("headings", [("", ""), (TWO_DAYS[0],) * 2, (TWO_DAYS[0], "")])
def test_what_names_no_other_day_stays_what_it_is(headings):
    assert judged(REPRINT, headings) == REPRINT


def test_templates_and_exact_copies_need_no_heading():
    def asked(_):
        raise AssertionError

    for rule in (0, 1):
        row = {"facts_a": 20, "facts_b": 30, "facts_shared": 9, "tokens_a": 200, "tokens_b": 300}
        table = SimpleNamespace(**{n: np.array([v]) for n, v in (row | {"shared": 100}).items()})
        rules = with_days(np.array([rule]), table, np.array([0]), np.array([1]), asked)
        assert rules.tolist() == [rule]
