"""CSV and Parquet against Python's own csv module and the values written."""

import csv
import io
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from syndicate.io import plan, read, tables

FIELD = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


def everything(path, **options):
    found = [
        batch for unit in plan([path], **options).units for batch in read(unit, batch_bytes=200)
    ]
    for batch in found:
        batch.records.validate(full=True)
    skipped = {item.id: item.error for batch in found for item in batch.skipped}
    return [row for batch in found for row in batch.records.to_pylist()], skipped


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(FIELD, FIELD), max_size=8), st.sampled_from(",;\t"))
def test_csv_reads_what_the_csv_module_wrote(tmp_path, pairs, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("title", "text"), *pairs])
    (tmp_path / "a.csv").write_text(stream.getvalue(), encoding="utf-8", newline="")
    found, skipped = everything(tmp_path / "a.csv")
    wanted = [(n, *pair) for n, pair in enumerate(pairs, 2) if pair[1].strip()]
    assert [(row["id"], row["title"] or "", row["text"]) for row in found] == [
        (f"a.csv:{number}", title, text) for number, title, text in wanted
    ]
    assert len(found) + len(skipped) == len(pairs)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1251"])
def test_csv_in_other_encodings(tmp_path, codec):
    text = "Сегодня в Москве состоялась встреча министров"
    (tmp_path / "a.csv").write_text(f"id,text\n1,{text}\n" * 5, encoding=codec)
    found, _ = everything(tmp_path / "a.csv")
    assert found[0]["text"] == text


def test_csv_rows_that_do_not_fit_are_named(tmp_path):
    lines = ["id,text", "1,một", "2,hai,thừa", "3", ",bốn", "5,", "", "6,sáu"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    found, skipped = everything(tmp_path / "a.csv")
    assert [(row["id"], row["text"]) for row in found] == [
        ("1", "một"),
        ("a.csv:5", "bốn"),
        ("6", "sáu"),
    ]
    assert skipped == {
        "a.csv:3": "3 columns where the header has 2",
        "a.csv:4": "1 columns where the header has 2",
        "a.csv:6": "the text is empty",
    }


def test_csv_in_many_blocks_numbers_rows_right(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_CSV_BLOCK", 256)
    bad = {number for number in range(2, 500) if number % 7 == 0 or 100 < number < 160}
    lines = ["a,b,c" if number in bad else f",tin {number}" for number in range(2, 500)]
    (tmp_path / "a.csv").write_text("\n".join(["id,text", *lines]), encoding="utf-8")
    found, skipped = everything(tmp_path / "a.csv")
    assert all(row["text"] == "tin " + row["id"].split(":")[1] for row in found)
    assert set(skipped) == {f"a.csv:{number}" for number in bad}
    assert len(found) == 498 - len(bad)


def test_csv_with_bytes_that_are_not_utf8(tmp_path):
    rows = ["id,text", *(f"{n},Sáng nay ở Đà Nẵng trời mưa to" for n in range(9))]
    data = "\n".join(rows).encode().replace(b"4,S", b"4,\xffS")
    (tmp_path / "a.csv").write_bytes(data)
    found, skipped = everything(tmp_path / "a.csv")
    assert [row["id"] for row in found] == list("01235678")
    assert skipped == {"a.csv:6": "the text is not UTF-8"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("id,body\n1,một\n", "there is no column 'text' (or 'html'); there are 'id', 'body'"),
        ("", "there is no column 'text' (or 'html'); there are none"),
        (b"\x00\x01", "not text: a zero byte at offset 0"),
    ],
)
def test_csv_without_text_is_refused(tmp_path, data, reason):
    (tmp_path / "a.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    found, skipped = everything(tmp_path / "a.csv")
    assert not found
    assert skipped["a.csv"].startswith(reason)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_as_csv_or_parquet_never_crash(tmp_path, data):
    for name in ("a.csv", "b.parquet"):
        (tmp_path / name).write_bytes(b"id,text\n" + data if name == "a.csv" else data)
        everything(tmp_path / name)


def test_parquet_in_parts_is_parquet_whole(tmp_path):
    table = pa.table({"text": [f"tin {n}" for n in range(100)], "url": [None, "u"] * 50})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=7)
    whole, _ = everything(tmp_path / "a.parquet")
    assert [row["id"] for row in whole[:4]] == ["a.parquet:1", "u", "a.parquet:3", "u"]
    assert len(plan([tmp_path / "a.parquet"], unit_bytes=1).units) == 15
    assert everything(tmp_path / "a.parquet", unit_bytes=1)[0] == whole


def test_parquet_of_many_types(tmp_path):
    moment = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    table = pa.table(
        {
            "id": pa.array([1, 2, 3]),
            "text": pa.array(["một", None, "ba"]).dictionary_encode(),
            "published": pa.array([moment] * 3, pa.timestamp("s", tz="UTC")),
            "author": pa.array([["An", "Bình"], None, []], pa.large_list(pa.large_string())),
            "title": pa.array([{"vi": "Một"}] * 3),
            "other": pa.array([[1], [2], [3]]),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    found, skipped = everything(tmp_path / "a.parquet")
    assert [(row["id"], row["text"]) for row in found] == [("1", "một"), ("3", "ba")]
    assert datetime.fromisoformat(found[0]["published"]) == moment
    assert [(row["author"], row["title"]) for row in found] == [("An, Bình", None), (None, None)]
    assert list(skipped) == ["a.parquet:2"]


def test_a_column_that_is_there_twice_is_named(tmp_path):
    table = pa.table([pa.array(["x"])] * 2, names=["text", "text"])
    parquet.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("id,text,text\n1,x,y\n")
    for name in ("a.parquet", "b.csv"):
        assert "several columns 'text'" in everything(tmp_path / name)[1][name]


def test_a_quotation_mark_that_is_not_closed_is_told(tmp_path):
    rows = 'id,text\n1,"một\nhai"\n2,"ba\n3,bốn\n4,năm\n'
    (tmp_path / "a.csv").write_text(rows)
    found, skipped = everything(tmp_path / "a.csv")
    assert [(row["id"], row["text"]) for row in found] == [
        ("1", "một\nhai"),
        ("2", rows[rows.index("ba") :]),
    ]
    assert list(skipped) == ["a.csv:3"]
    assert "not closed" in skipped["a.csv:3"]
    (tmp_path / "b.csv").write_text('id,text\n1,cao 5" thôi\n2,hai\n')
    assert not everything(tmp_path / "b.csv")[1]


def test_csv_with_line_ends_of_old_macs(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"id,text\r1,x\r2,y\r")
    found, skipped = everything(tmp_path / "a.csv")
    assert [(row["id"], row["text"]) for row in found] == [("1", "x"), ("2", "y")]
    assert not skipped


def test_parquet_that_is_none_or_has_no_text(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and more")
    parquet.write_table(pa.table({"body": ["x"]}), tmp_path / "b.parquet")
    parquet.write_table(pa.table({"text": [["x"]]}), tmp_path / "c.parquet")
    assert [item.id for item in plan([tmp_path]).skipped] == ["a.parquet"]
    assert "there are 'body'" in everything(tmp_path / "b.parquet")[1]["b.parquet"]
    assert "no plain text" in everything(tmp_path / "c.parquet")[1]["c.parquet"]
