"""Pages inside records and tables, where there is no text."""

import io
import json
import sys

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from syndicate.config import Config
from syndicate.errors import ConfigError
from syndicate.io import from_documents, plan, read
from syndicate.io.blocks import cut
from syndicate.io.lines import LineReader
from syndicate.pipeline import dedupe, dedupe_paths

pytest.importorskip("trafilatura")

BODY = (
    "Sáng nay, hàng trăm người dân xã Bình Minh đã xuống đồng gặt lúa sau nhiều ngày mưa lớn.",
    "Theo ông Trần Văn Bình, chủ tịch xã, năng suất vụ này đạt gần bảy tấn một héc-ta.",
)
PAGE = (
    "<!DOCTYPE html><html><head><title>Gặt lúa</title>"
    '<meta name="author" content="Trần Bình"></head><body><nav><a href="/">Trang chủ</a></nav>'
    f"<article><p>{BODY[0]}</p><p>{BODY[1]}</p></article></body></html>"
)
RECORDS = [
    {"id": "page", "html": PAGE, "author": "Minh Anh", "url": "https://bao.example/a"},
    {"id": "both", "text": "chữ có sẵn", "html": PAGE},
    {"id": "bare", "html": "<html><body></body></html>"},
    {"id": "text", "text": "chỉ có chữ"},
]


def lines(path, **options):
    return [b for unit in plan([path], **options).units for b in read(unit)]


def as_lines(tmp_path):
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(r) + "\n" for r in RECORDS))
    return lines(tmp_path / "a.jsonl")


def as_csv(tmp_path):
    csv.write_csv(pa.Table.from_pylist(RECORDS, TABLE.schema), tmp_path / "a.csv")
    return lines(tmp_path / "a.csv")


def as_parquet(tmp_path):
    parquet.write_table(TABLE, tmp_path / "a.parquet")
    return lines(tmp_path / "a.parquet")


def as_bytes(tmp_path):
    raw = TABLE["html"].cast(pa.binary())
    parquet.write_table(TABLE.set_column(2, "html", raw), tmp_path / "a.parquet")
    return lines(tmp_path / "a.parquet")


def as_values(_):
    return list(from_documents(RECORDS))


def as_frame(_):
    return list(from_documents(pl.DataFrame(RECORDS)))


TABLE = pa.Table.from_pylist(
    RECORDS, pa.schema([(name, pa.string()) for name in ("id", "text", "html", "author", "url")])
)


@pytest.mark.parametrize("way", [as_lines, as_csv, as_parquet, as_bytes, as_values, as_frame])
def test_the_article_is_taken_out_where_there_is_no_text(tmp_path, way):
    found = way(tmp_path)
    rows = {row["id"]: row for batch in found for row in batch.records.to_pylist()}
    assert list(rows) == ["page", "both", "text"]
    assert all(line in rows["page"]["text"] for line in BODY)
    assert "Trang chủ" not in rows["page"]["text"]
    assert rows["both"]["text"] == "chữ có sẵn"
    stated = [rows["page"][name] for name in ("title", "author", "source", "url")]
    assert stated == ["Gặt lúa", "Minh Anh", "bao.example", "https://bao.example/a"]
    (skipped,) = [item for batch in found for item in batch.skipped]
    assert skipped.error.startswith("the page holds no article")


def test_a_table_of_pages_alone(tmp_path):
    parquet.write_table(TABLE.select(["id", "html"]).slice(0, 1), tmp_path / "a.parquet")
    (batch,) = lines(tmp_path / "a.parquet")
    assert BODY[1] in batch.records["text"][0].as_py()


@pytest.mark.parametrize("page", [None, 7, [], {}, ""])
def test_what_is_no_page_is_no_document(page):
    data = json.dumps({"html": page}).encode() + b"\n"
    (batch,) = (LineReader("f", lambda: 0).batch(b) for b in cut(io.BytesIO(data), None, 1 << 16))
    assert [item.error[:30] for item in batch.skipped] == ["no string 'text' or 'html'; re"]


def test_without_the_extra_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    for way in (as_lines, as_parquet, as_values):
        with pytest.raises(ConfigError, match=r"pip install '\.\[html\]'"):
            way(tmp_path)


@pytest.fixture
def only_resiliparse(monkeypatch):
    pytest.importorskip("resiliparse")

    def refuse(_page):
        message = "trafilatura was not asked for"
        raise AssertionError(message)

    monkeypatch.setattr("syndicate.io.html._trafilatura", refuse)


@pytest.mark.usefixtures("only_resiliparse")
@pytest.mark.parametrize("make", [as_lines, as_csv, as_parquet, as_bytes])
def test_the_extractor_asked_for_reads_pages_in_records(make, tmp_path):
    assert "page" not in ids(make(tmp_path))  # the default is the other
    (path,) = tmp_path.iterdir()
    found = lines(path, extractor="resiliparse")
    assert {"page", "both", "text"} <= ids(found)


@pytest.mark.usefixtures("only_resiliparse")
def test_the_extractor_asked_for_reads_files_and_values(tmp_path):
    (tmp_path / "a.html").write_text(PAGE)
    assert ids(lines(tmp_path, extractor="resiliparse")) == {"a.html"}
    config = Config(extractor="resiliparse")
    assert dedupe_paths([str(tmp_path)], config=config).documents == 1
    for source in (RECORDS, TABLE):
        assert not {"page"} - ids(from_documents(source, "resiliparse"))
        assert dedupe(source, config=config).documents == 3


def test_an_unknown_extractor_is_refused():
    with pytest.raises(ConfigError, match="extractor must be one of trafilatura, resiliparse"):
        Config(extractor="regex")


def ids(batches):
    return {name for batch in batches for name in batch.records.column("id").to_pylist()}
