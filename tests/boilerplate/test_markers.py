"""Marker tables: those of the package, and a user's own."""

import pytest
from tests.boilerplate.pages import BODY, article

from syndicate.boilerplate import load_markers, strip
from syndicate.boilerplate.markers import Mode
from syndicate.errors import ConfigError


def test_every_language_has_its_table():
    entries = load_markers().entries
    languages = {entry.language for entry in entries}
    assert {
        "vi",
        "en",
        "ja",
        "de",
        "zh",
        "ko",
        "fr",
        "es",
        "ar",
        "id",
        "ru",
        "pt",
        "th",
    } <= languages
    assert len(entries) > 2000


@pytest.mark.parametrize(
    "line",
    [
        "Tin liên quan", "TIN LIÊN QUAN", "tin lien quan", "Related articles", "Mehr zum Thema",
        "Читайте также", "関連記事", "相关阅读", "관련기사", "ข่าวที่เกี่ยวข้อง", "Артыкулы",
    ],
)  # fmt: skip
def test_a_head_of_links_ends_the_article_in_any_language(line):
    text = article(*BODY, line, "Giá lúa hôm nay", "Lũ về sớm ở miền Tây")
    known = line != "Артыкулы"
    assert (strip(text).text == article(*BODY)) is known


def test_marks_tell_words_apart_where_they_are_written():
    closing = article(*BODY[:2], "Đóng", *BODY[2:])
    winter = article(*BODY[:2], "Đông", *BODY[2:])
    assert "Đóng" not in strip(closing).text
    assert strip(winter).text == winter


def test_a_users_own_table_adds_to_ours(tmp_path):
    table = tmp_path / "vi-local.toml"
    table.write_text('[furniture]\nwhole = ["Đặt báo cả năm"]\n', encoding="utf-8")
    markers = load_markers().extended(table)
    text = article(*BODY[:2], "Đặt báo cả năm", *BODY[2:])
    assert strip(text).text == text
    result = strip(text, markers=markers)
    assert result.text == article(*BODY)
    assert "Đặt báo cả năm" in result.removals[0].reason
    assert markers.entries != load_markers().entries


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("whole = 1", "a section must be one of section-head"),
        ("legal = 3", r"legal must be a section \[legal\] with lists, got 3"),
        ("[oops]\nwhole = []", "got 'oops'"),
        ("[legal]\nheads = []", r"lists of \[legal\] are whole, starts, within, got 'heads'"),
        ('[legal]\nwhole = "x"', "must be a list of strings"),
        ("[legal]\nwhole = [1]", "must be a list of strings"),
        ('[legal]\nwhole = ["..."]', "1 to 16 words, got 0 in '...'"),
        ("[legal", "readable TOML"),
    ],
)
def test_a_wrong_table_is_refused_with_the_reason(tmp_path, content, why):
    table = tmp_path / "xx.toml"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=why):
        load_markers().extended(table)
    with pytest.raises(ConfigError, match=r"none\.toml: No such file or directory"):
        load_markers().extended(tmp_path / "none.toml")


def test_of_equal_forms_the_whole_line_wins(tmp_path):
    table = tmp_path / "xx.toml"
    table.write_text(
        '[section-head]\nwhole = ["xyzzy"]\n[read-more]\nstarts = ["xyzzy"]\n', encoding="utf-8"
    )
    markers = load_markers().extended(table)
    result = strip(article(*BODY, "xyzzy", "Giá lúa", "Lũ về"), markers=markers)
    assert "head of a section" in result.removals[0].reason


def test_the_limits_of_a_form_follow_from_how_it_stands():
    by_form = {(e.form, e.place): e for e in load_markers().entries if e.language == "vi"}
    assert by_form["Nguồn:", "starts"].needs_colon
    assert by_form["Tags:", "starts"].most_words(1) == 60
    assert by_form["ảnh", "heads"].mode is Mode.HEAD
