"""Articles out of web pages written for this test."""

import json
import time

import pytest

from syndicate.errors import ConfigError, DocumentError
from syndicate.io.html import Hint, extract, read_page

pytest.importorskip("trafilatura")
pytest.importorskip("resiliparse")

BODY = [
    "Sáng nay, hàng trăm người dân xã Bình Minh đã xuống đồng gặt lúa sau nhiều ngày mưa lớn.",
    "Theo ông Trần Văn Bình, chủ tịch xã, năng suất vụ này đạt gần bảy tấn một héc-ta.",
    "Bà con cho biết giá lúa tăng nhẹ so với năm ngoái, thương lái đến tận ruộng thu mua.",
]
SCHEMA = {
    "@graph": [
        {"@type": "Organization", "name": "Không phải bài"},
        {
            "@type": ["NewsArticle"],
            "headline": "Nông dân Bình Minh vào vụ gặt",
            "datePublished": "2024-05-01T07:00:00+07:00",
            "author": [{"@type": "Person", "name": "Trần Bình"}],
            "publisher": {"name": "Báo Đồng Quê"},
            "isBasedOn": "https://agency.example/1",
        },
    ]
}


def page(head="", body=BODY):
    paragraphs = "".join(f"<p>{line}</p>" for line in body)
    return (
        f"<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>Gặt lúa</title>{head}"
        f"</head><body><nav><ul><li><a href='/'>Trang chủ</a></li></ul></nav>"
        f"<article><h1>Nông dân Bình Minh vào vụ gặt</h1>{paragraphs}</article>"
        "<footer><p>Bản quyền</p></footer></body></html>"
    )


@pytest.mark.parametrize("extractor", ["trafilatura", "resiliparse"])
def test_the_article_and_what_the_page_states(extractor):
    head = (
        f'<script type="application/ld+json">{json.dumps(SCHEMA)}</script>'
        '<link rel="canonical" href="/gat-lua">'
        '<meta name="syndication-source" content="https://agency.example/1">'
        '<meta name="original-source" content="https://agency.example/0">'
    )
    found = extract(page(head).encode(), url="https://bao.example/x?utm=1", extractor=extractor)
    assert all(line in found.text for line in BODY)
    assert "Trang chủ" not in found.text
    assert found.title == "Nông dân Bình Minh vào vụ gặt"
    assert found.author == "Trần Bình"
    assert found.published == "2024-05-01T07:00:00+07:00"
    assert found.url == "https://bao.example/gat-lua"
    assert found.source == "Báo Đồng Quê"
    assert found.hints == (
        Hint("canonical", "https://bao.example/gat-lua"),
        Hint("syndication-source", "https://agency.example/1"),
        Hint("original-source", "https://agency.example/0"),
        Hint("based-on", "https://agency.example/1"),
        Hint("publisher", "Báo Đồng Quê"),
    )
    stated = {"title", "author", "published", "source", "url", "original"}
    assert set(found.record) == {"text", *stated}


@pytest.mark.parametrize("gap", [" | ", " - ", " – ", " :: ", " » "])
def test_the_sites_name_is_no_part_of_the_title(gap):
    heading = "Nông dân Bình Minh vào vụ gặt"
    for tag in ("<title>{}</title>", '<meta property="og:title" content="{}">'):
        for whole in (f"{heading}{gap}Báo Đồng Quê", f"{heading}{gap}Xã hội{gap}Báo Đồng Quê"):
            found = extract(page(tag.format(whole)).replace("<title>Gặt lúa</title>", ""))
            assert found.title == heading
    other = f"Gặt lúa{gap}Bình Minh"
    found = extract(page().replace("<title>Gặt lúa</title>", f"<title>{other}</title>"))
    assert found.title == other


def test_a_title_of_a_million_signs_is_left_as_it_is():
    found = extract(page().replace("Gặt lúa</title>", "a | " * 300_000 + "</title>"))
    assert len(found.title) > 1_000_000


@pytest.mark.parametrize("extractor", ["trafilatura", "resiliparse"])
def test_broken_scripts_and_bare_pages_do_no_harm(extractor):
    bomb = "[" * 100_000
    head = f'<script type="application/ld+json">{bomb}</script><meta name="author">'
    found = extract(page(head), extractor=extractor)
    assert found.title == "Gặt lúa"
    assert found.source is None
    assert found.hints == ()


@pytest.mark.parametrize("extractor", ["trafilatura", "resiliparse"])
def test_a_page_without_text_is_refused(extractor):
    with pytest.raises(DocumentError, match="no article"):
        extract("<html><body></body></html>", extractor=extractor)


def test_an_unknown_extractor_is_refused():
    with pytest.raises(ConfigError, match="trafilatura, resiliparse, got 'regex'"):
        extract("<p>x</p>", extractor="regex")


def test_a_page_too_long_is_refused():
    with pytest.raises(DocumentError, match="MB"):
        extract(b"x" * ((32 << 20) + 1))


def test_without_the_extra_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[html\]'"):
        extract(page())


def test_a_canonical_link_to_another_site_names_the_original():
    head = (
        '<link rel="canonical" href="https://goc.example/tin">'
        '<meta property="og:url" content="https://chep.example/tin">'
    )
    found = extract(page(head))
    assert found.url == "https://chep.example/tin"
    assert found.record["original"] == "https://goc.example/tin"


def test_a_pages_own_canonical_link_is_its_url():
    head = (
        '<link rel="canonical" href="https://chep.example/tin">'
        '<meta property="og:url" content="https://chep.example/tin?utm=1">'
    )
    found = extract(page(head))
    assert found.url == "https://chep.example/tin"
    assert found.record["original"] is None


@pytest.mark.parametrize("extractor", ["trafilatura", "resiliparse"])
def test_a_page_nested_without_end_costs_little(extractor):
    begun = time.perf_counter()
    with pytest.raises(DocumentError):
        read_page("<div>" * 200_000 + "text", extractor=extractor)
    assert time.perf_counter() - begun < 10


def test_many_tags_side_by_side_are_a_page():
    """Also where those that need not be closed are not."""
    story = "<p>Mưa to ở Huế suốt đêm qua, nhiều tuyến đường ngập sâu nửa mét nước."
    items = "<ul>" + "<li><a href='#'>x</a>" * 20_000 + "</ul>"
    page = f"<html><body>{items}<article>{story * 5}</article></body></html>"
    assert "Huế" in extract(page, extractor="resiliparse").text
