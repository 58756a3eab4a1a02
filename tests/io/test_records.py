"""Records are given again as they stand, by the numbers that reading gave their documents."""

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from syndicate.io import labels, plan, read, records


def again(path, **options):
    """Give the ids of documents as they were read, what they are called and how they stand."""
    ids, names, found = [], [], []
    for unit in plan([str(path)], **options).units:
        batches = list(read(unit, batch_bytes=300))
        numbers = np.array([n for batch in batches for n in batch.numbers], np.int64)
        ids += [name for batch in batches for name in batch.records.column("id").to_pylist()]
        names += labels(unit, numbers)
        found += list(records(unit, numbers))
    return ids, names, found


LINES = [
    '{"text": "một", "label": 1.0, "tags": [{"a": null}]}',
    "",
    '  {"label": "\\u1ea1", "text": "hai"}\t',
    "broken",
    '{"text": " "}',
    '{"text": "ba\\ud800", "n": 123456789012345678901234567890}',
    '{"text": "' + "dài " * 200 + '"}',
    '{"id": 7, "text": "bốn"}',
]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("unit_bytes", [1 << 20, 64, 7])
@pytest.mark.parametrize("closed", [True, False])
def test_lines(tmp_path, ending, unit_bytes, closed):
    path = tmp_path / "a.jsonl"
    path.write_text(ending.join(LINES) + ending * closed, encoding="utf-8", newline="")
    ids, names, found = again(path, unit_bytes=unit_bytes)
    at = [1, 3, 6, 7, 8]
    assert names == [f"a.jsonl:{number}" for number in at]
    assert ids == [*names[:-1], "7"]
    assert found == [LINES[number - 1].strip() for number in at]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_lines_that_are_packed_and_encoded_otherwise(tmp_path, codec):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(LINES).encode(codec)))
    assert again(path)[2] == [LINES[number].strip() for number in (0, 2, 5, 6, 7)]


def test_a_csv_has_all_its_columns(tmp_path):
    story = "Sáng nay ở Đà Nẵng trời mưa to"
    rows = [
        "label,text,more,more",
        f"x,{story},,1",
        "too,few",
        f'y,"{story}\nhai",2,3',
        "z,,4,5",
        f"v,~{story},6,7",
        f"~w,{story},8,9",
    ]
    (tmp_path / "a.csv").write_bytes("\n".join(rows).encode().replace(b"~", b"\xff"))
    _, names, found = again(tmp_path / "a.csv")
    assert names == ["a.csv:2", "a.csv:4", "a.csv:7"]
    assert [json.loads(line) for line in found] == [
        {"label": "x", "text": story, "more": "1"},
        {"label": "y", "text": f"{story}\nhai", "more": "3"},
        {"label": "\ufffdw", "text": story, "more": "9"},
    ]


def test_a_parquet_has_all_its_columns(tmp_path):
    table = pa.table(
        {
            "text": ["một", None, "hai", "ba"],
            "n": pa.array([1, 2, 3, None], pa.uint64()),
            "day": [date(2024, 5, number) for number in (1, 2, 3, 4)],
            "at": pa.array([1, 1, 1_714_528_800_000_000_001, 1], pa.timestamp("ns")),
            "zoned": [datetime(2024, 5, 1, 7, tzinfo=UTC)] * 4,
            "nested": [[{"a": 1}], None, [], [{"a": None}]],
            "price": [Decimal("1.50")] * 4,
            "raw": [b"caf\xe9"] * 4,
            "wrong": pa.array([b"\xff", b"a", b"b", b"c"]).view(pa.string()),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    _, names, found = again(tmp_path / "a.parquet", unit_bytes=1)
    assert names == ["a.parquet:1", "a.parquet:3", "a.parquet:4"]
    rows = [json.loads(line) for line in found]
    assert [row["text"] for row in rows] == ["một", "hai", "ba"]
    assert [row["n"] for row in rows] == [1, 3, None]
    assert rows[1]["at"].startswith("2024-05-01")
    assert rows[1]["at"].endswith("000000001")
    assert rows[0] | {"at": ""} == {
        "text": "một",
        "n": 1,
        "day": "2024-05-01",
        "at": "",
        "zoned": "2024-05-01T07:00:00+00:00",
        "nested": [{"a": 1}],
        "price": "1.50",
        "raw": "caf\ufffd",
        "wrong": "\ufffd",
    }


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pa.array([1 << 60, 0], pa.timestamp("ms")), None),
        (pa.array(["a", "b"], pa.string_view()), "a"),
        (pa.array([b"\xff", b"b"]).view(pa.string()).dictionary_encode(), None),
        (pa.array([[1, 1_714_528_800_000_000_001], []], pa.list_(pa.timestamp("ns"))), None),
        (pa.ListArray.from_arrays([0, 1, 1], pa.array([b"\xff"]).view(pa.string())), ["\ufffd"]),
    ],
)
def test_no_column_costs_the_others(tmp_path, column, wanted):
    table = pa.table({"text": ["một", "hai"], "odd": column})
    parquet.write_table(table, tmp_path / "a.parquet")
    first, second = map(json.loads, again(tmp_path / "a.parquet")[2])
    assert (first["text"], second["text"]) == ("một", "hai")
    assert wanted is None or first["odd"] == wanted


def test_a_csv_header_of_several_lines(tmp_path):
    (tmp_path / "a.csv").write_text('text,"a\nb"\nmột,x\n', encoding="utf-8")
    assert [json.loads(line) for line in again(tmp_path / "a.csv")[2]] == [
        {"text": "một", "a\nb": "x"}
    ]


def test_files_are_documents_each(tmp_path):
    (tmp_path / "a.txt").write_text("một", encoding="utf-8")
    (tmp_path / "b.txt").write_text(" ", encoding="utf-8")
    (tmp_path / "c.txt").write_text("ba", encoding="utf-8")
    assert again(tmp_path) == (["a.txt", "c.txt"], ["a.txt", "c.txt"], [None, None])


def test_a_file_that_lost_records_gives_fewer(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(LINES), encoding="utf-8")
    (unit,) = plan([str(path)]).units
    (batch,) = read(unit)
    path.write_text("\n".join(LINES[:3]), encoding="utf-8")
    assert len(list(records(unit, batch.numbers))) == 2
