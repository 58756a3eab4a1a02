"""What a page states of itself is given back as fields with spans."""

import pytest
from tests.boilerplate.pages import BODY, TITLE, article

from syndicate.boilerplate import strip


def test_title_byline_and_dateline_with_their_spans():
    text = article(TITLE, "Trần Bình |", "(Dân trí) - " + BODY[0], *BODY[1:])
    result = strip(text)
    assert result.title == TITLE
    assert result.byline.value == "Trần Bình"
    assert text[result.byline.start : result.byline.end] == "Trần Bình"
    assert result.dateline.value == "(Dân trí)"
    assert text[result.dateline.start : result.dateline.end] == "(Dân trí)"
    assert [(c.name, c.how) for c in result.credits] == [("Dân trí", "dateline")]
    assert text[result.credits[0].start : result.credits[0].end] == "Dân trí"


def test_a_byline_keeps_the_bracket_that_closes_in_it():
    text = article(*BODY, "Trần Bình (Theo AFP)")
    result = strip(text)
    assert result.byline.value == "Trần Bình (Theo AFP)"
    assert text[result.byline.start : result.byline.end] == result.byline.value
    assert strip(article(*BODY, "(Theo AFP)")).byline.value == "Theo AFP"


def test_a_title_taken_out_is_given_back():
    text = article(TITLE, BODY[0], TITLE + " - 1", *BODY[1:])
    result = strip(text)
    assert result.title == TITLE
    assert text[slice(*result.title_span)] == TITLE
    assert [r.kind for r in result.removals if r.start <= result.title_span[0] < r.end] == [
        "title-repeat"
    ]
    assert TITLE not in strip(text).text
    assert strip(article(*BODY)).title is None
    assert strip(article(*BODY), title="Của tôi").title == "Của tôi"
    assert strip(article(TITLE, *BODY), title="Của tôi").title_span is None
    spaced = f"\n  {TITLE} \n{article(*BODY)}"
    assert spaced[slice(*strip(spaced).title_span)] == TITLE
    assert spaced[slice(*strip(spaced, title=TITLE).title_span)] == TITLE


@pytest.mark.parametrize(
    ("line", "name", "url"),
    [
        ("Nguồn: TTXVN", "TTXVN", None),
        (
            "Nguồn: https://www.bao.example/tin/1.html",
            "bao.example",
            "https://www.bao.example/tin/1.html",
        ),
        ("Source: The Daily", "The Daily", None),
    ],
)
def test_source_lines_are_credits(line, name, url):
    text = article(*BODY, line)
    result = strip(text)
    (credit,) = result.credits
    assert (credit.name, credit.how, credit.url) == (name, "credit", url)
    if url is None:
        assert text[credit.start : credit.end] == name


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("12/03/2024 10:30", "2024-03-12"),
        ("Thứ ba, ngày 12/3/2024", "2024-03-12"),
        ("2024-03-12 08:00", "2024-03-12"),
        ("03/28/2024 8:00 am", "2024-03-28"),
        ("March 12, 2024 at 8:00 am", "2024-03-12"),
        ("12 March 2024", "2024-03-12"),
        ("2024年3月12日", "2024-03-12"),
    ],
)
def test_a_date_alone_is_when_it_was_published(line, iso):
    text = article(TITLE, "Chia sẻ", line, *BODY)
    result = strip(text)
    assert line not in result.text
    assert result.published.value == iso
    assert text[result.published.start : result.published.end] == line


def test_a_date_that_cannot_be_is_given_as_it_stands():
    assert (
        strip(article("Chia sẻ", "45/45/2024 10:30", *BODY)).published.value == "45/45/2024 10:30"
    )


def test_a_date_stays_where_nothing_else_shows_a_page():
    text = article(TITLE, "12/03/2024 10:30", *BODY)
    assert strip(text).text == text


def test_phone_numbers_and_prices_are_no_dates():
    for line in ("0243 123 4567", "R : 50,000", "4:14 p.m."):
        text = article("Chia sẻ", *BODY[:3], line, *BODY[3:])
        assert line in strip(text).text


def test_a_crawlers_stamp_is_a_date():
    result = strip("date 2024-08 " + "\n".join(BODY))
    assert result.published.value == "2024-08"
    assert result.dateline is None
    assert result.credits == ()
