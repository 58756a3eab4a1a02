"""Whole pages, written for this project, and what must be left of them."""

import pathlib

import pytest
from tests.boilerplate.pages import batch, texts_of

from syndicate.boilerplate import strip

CASES = sorted((pathlib.Path(__file__).parents[1] / "golden").glob("strip-*"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_article_is_left(case):
    page = (case / "page.txt").read_text(encoding="utf-8")
    article = (case / "article.txt").read_text(encoding="utf-8")
    assert strip(page).text == article
    assert strip(article).text == article
    assert texts_of(batch([page, article])) == [article, article]


def test_there_are_pages():
    assert len(CASES) >= 3
