import time
import unicodedata

import pytest

from syndicate.origin import credits_of
from syndicate.origin.names import key, load_names


def told(text, *sources):
    return [(credit.name, credit.how) for credit in credits_of(text, sources=sources)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(Dân trí) - Sáng nay thành phố có mưa lớn.", "Dân trí"),
        ("(DÂN TRÍ) – Sáng nay thành phố có mưa lớn.", "Dân trí"),
        ("TTO - Sáng nay thành phố có mưa lớn.", "Tuổi Trẻ"),
        ("Hà Nội, TTO - Sáng nay có mưa lớn.", "Tuổi Trẻ"),
        ("Hà Nội (TTXVN) - Sáng nay có mưa lớn.", "TTXVN"),
        ("LONDON (Reuters) - Prices rose on Monday.", "Reuters"),
        ("HANOI, July 5 (Xinhua) -- Rice exports grew.", "Xinhua"),
        ("МОСКВА (ТАСС) - Цены выросли.", "TASS"),
        ("Một tựa đề\n(Bản tin Miền Đông) - Sáng nay có mưa.", "Bản tin Miền Đông"),
    ],
)
def test_a_mark_at_the_head_is_a_dateline(text, name):
    assert told(text) == [(name, "dateline")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Trời mưa.\nNguồn: Dân trí", "Dân trí"),
        ("Trời mưa.\nTheo VnExpress", "VnExpress"),
        ("Trời mưa. Theo Minh An/VTC News", "VTC News"),
        ("Trời mưa. Lan Anh (Theo Tri thức trực tuyến)", "Zing"),
        ("Trời mưa. Minh Anh/TTXVN", "TTXVN"),
        ("Rain fell. (AP)", "AP"),
        ("Rain fell.\nSource: Northern Wire", "Northern Wire"),
        ("Rain fell.\nVia Bloomberg", "Bloomberg"),
        ("Rain fell.\nThis story first appeared in the Harbour Gazette.", "Harbour Gazette"),
        ("Trời mưa.\nĐăng lại từ báo Bờ Nam", "Bờ Nam"),
        ("下雨了。\n来源：新华社", "Xinhua"),
        ("Пошёл дождь.\nИсточник: Интерфакс", "Interfax"),
    ],
)
def test_a_source_line_is_a_credit(text, name):
    assert told(text) == [(name, "credit")]


def test_a_link_in_a_source_line_is_kept():
    (credit,) = credits_of("Trời mưa.\nNguồn: https://vnexpress.net/mua-lon-1.html")
    assert (credit.name, credit.url) == ("VnExpress", "https://vnexpress.net/mua-lon-1.html")


def test_an_unknown_host_names_itself():
    assert told("Trời mưa.\nNguồn: https://tin.example/a") == [("tin.example", "credit")]


@pytest.mark.parametrize(
    "text",
    [
        "Người phát ngôn nói với VnExpress rằng cầu sẽ mở vào tháng sau, và mọi việc đều tốt.",
        "The mayor spoke. Reuters said on Monday that the bridge would open, and it did so later.",
        "Theo VnExpress thì cây cầu sẽ mở vào tháng sau, còn chi phí vẫn chưa được tính hết.",
    ],
)
def test_a_name_in_a_sentence_is_a_mention(text):
    assert [how for _, how in told(text)] == ["mention"]


@pytest.mark.parametrize(
    "text",
    [
        "Người dân qua cầu. (Ảnh: TTXVN)",
        "Cầu mới nhìn từ trên cao. Ảnh: Minh An/TTXVN",
        "A bridge. Photo: Reuters",
        "Lao động nghèo gặp khó, thanh niên bỏ quê, giao thông tắc nghẽn.",
        "Cây cầu dài 1.250 m (rộng 22 m) - công trình lớn nhất tỉnh.",
        "",
    ],
)
def test_pictures_words_and_figures_are_no_credits(text):
    assert told(text) == []


REST = " Cơ quan chức năng đang làm rõ nguyên nhân vụ việc, theo thông báo chiều nay của tỉnh này."


@pytest.mark.parametrize(
    "source", ["(Nguồn: AFP/TTXVN)", "(Source: Reuters)", "[Nguồn: Báo Bờ Nam]"]
)
def test_a_source_in_brackets_amid_the_text_is_that_of_a_picture(source):
    found = told(f"Cứu hộ làm việc sau hỏa hoạn. {source}")
    assert {how for _, how in found} == {"credit"}
    assert told(f"Cứu hộ làm việc sau hỏa hoạn.\n{source}\n{REST}") == found
    for gap in ("", "\n"):
        amid = told(f"Cứu hộ làm việc sau hỏa hoạn. {source}{gap}{REST}")
        assert "credit" not in {how for _, how in amid}


def test_initials_are_no_outlet():
    assert ("t.h", "credit") not in told("Trời mưa.\nNguồn: T.H/Vietnam+")


def test_spans_lie_in_the_text():
    text = "(Dân trí) - Trời mưa.\nNguồn: TTXVN, Người Lao động"
    spans = [text[credit.start : credit.end] for credit in credits_of(text)]
    assert spans == ["Dân trí", "TTXVN", "Người Lao động"]


def test_decomposed_text_is_read_alike():
    text = unicodedata.normalize("NFD", "(Dân trí) - Trời mưa.\nNguồn: Báo Bờ Nam\nĐăng lại.")
    found = credits_of(text)
    assert [(credit.name, credit.how) for credit in found] == [
        ("Dân trí", "dateline"),
        ("Báo Bờ Nam", "credit"),
    ]
    spans = [text[credit.start : credit.end] for credit in found]
    assert [unicodedata.normalize("NFC", span) for span in spans] == ["Dân trí", "Báo Bờ Nam"]


def test_a_folder_name_is_known_by_how_it_is_written():
    assert told("Trời mưa.\n(Theo Bờ Nam)", "bo-nam") == [("bo-nam", "credit")]
    assert told("Trời mưa.\nNguồn: Báo Bờ Nam", "bo-nam") == [("bo-nam", "credit")]


def test_sources_of_the_corpus_are_known_names():
    assert told("Trời mưa.\nTheo Nhật báo Bờ Nam") == []
    assert told("Trời mưa.\nTheo Nhật báo Bờ Nam", "Nhật báo Bờ Nam") == [
        ("Nhật báo Bờ Nam", "credit")
    ]


@pytest.mark.parametrize(
    "piece", ["(", "(a", "Theo ", "Nguồn: ", "TTXVN ", "- ", "/", "a\n", "Ảnh: "]
)
def test_any_text_is_read_in_linear_time(piece):
    start = time.perf_counter()
    credits_of(piece * (400_000 // len(piece)))
    assert time.perf_counter() - start < 5


def test_names_fold():
    assert key("Dân Trí") == key("dantri") == "dantri"


def test_every_outlet_of_the_tables_is_found_by_each_of_its_forms():
    names = load_names()
    for form in names.written:
        assert names.named(form) in {names.forms[key(form)]}
        assert names.pattern.fullmatch(form), form


def test_domains_belong_to_their_outlets():
    names = load_names()
    assert names.of_url("https://www.dantri.com.vn/xa-hoi/a.htm").name == "Dân trí"
    assert names.of_url("http://sub.example.org/x").name == "sub.example.org"
    assert names.of_url("not a url") is None
    assert names.of_url("http://[broken") is None
