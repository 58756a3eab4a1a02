"""JSON lines against the standard library, whichever way a block is read."""

import bz2
import gzip
import io
import json
import random
import re

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from syndicate.io import plan, read
from syndicate.io.batch import MAX_DOCUMENT, SCHEMA
from syndicate.io.blocks import cut
from syndicate.io.lines import LineReader

TEXT = st.text(min_size=1).filter(lambda text: text.strip())
VALUE = st.none() | st.text() | st.integers() | st.booleans() | st.lists(st.text(), max_size=2)
RECORD = st.fixed_dictionaries(
    {"text": TEXT},
    optional={
        "id": st.text() | st.integers(),
        "url": VALUE,
        "title": VALUE,
        "source": st.none() | st.text() | st.dictionaries(st.text(), st.integers(), max_size=1),
        "published": st.none() | st.text() | st.integers() | st.floats(allow_nan=False),
        "author": VALUE,
        "other": st.recursive(VALUE, lambda inner: st.lists(inner, max_size=2), max_leaves=3),
    },
)


def batches(data, size=1 << 16, name="f"):
    reader = LineReader(name, lambda: 0)
    return [reader.batch(block) for block in cut(io.BytesIO(data), None, size)]


def rows(found):
    return [row for batch in found for row in batch.records.to_pylist()]


def skipped(found):
    return [(item.id, item.error) for batch in found for item in batch.skipped]


def mended(text):
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


def plain(value):
    if isinstance(value, list):
        value = ", ".join(value)
    if value is None or value == "" or isinstance(value, bool | dict):
        return None
    return mended(str(value))


def expected(line, number):
    """What DESIGN.md says of one line, by the standard library alone."""
    record = json.loads(line)
    row = {name: plain(record.get(name)) for name in SCHEMA.names if name != "text"}
    row["id"] = row["id"] or row["url"] or f"f:{number}"
    return row | {"text": mended(record["text"])}


@given(st.lists(RECORD, max_size=8), st.booleans(), st.integers(1, 400))
def test_reads_what_the_standard_library_reads(records, escaped, size):
    lines = [json.dumps(record, ensure_ascii=escaped) for record in records]
    data = "\n".join(lines).encode("utf-8", "replace")
    wanted = [expected(line, number) for number, line in enumerate(data.split(b"\n"), 1) if line]
    found = batches(data, size)
    assert rows(found) == [{name: row[name] for name in SCHEMA.names} for row in wanted]
    assert not skipped(found)


@given(st.binary(max_size=300), st.integers(1, 64))
def test_any_bytes_are_read_or_reported_and_never_crash(data, size):
    found = batches(data, size)
    for batch in found:
        batch.records.validate(full=True)
    lines = sum(1 for line in data.split(b"\n") if line.strip(b" \t\r\n"))
    assert sum(len(batch.records) + len(batch.skipped) for batch in found) == lines


@given(st.lists(RECORD, min_size=1, max_size=6), st.integers(0, 6), st.integers(1, 400))
def test_a_bad_line_changes_no_other(records, place, size):
    lines = [json.dumps(record).encode() for record in records]
    lines.insert(place, b'{"text": "cut off')
    place = lines.index(b'{"text": "cut off')
    found = batches(b"\n".join(lines), size)
    assert [name for name, _ in skipped(found)] == [f"f:{place + 1}"]
    assert [row["text"] for row in rows(found)] == [mended(record["text"]) for record in records]


BAD = {
    b"hello": "not JSON: Expecting value at column 1",
    b'{"id": "a"}': "no string 'text' or 'html'; rename the field that holds the article",
    b'{"text": null}': "no string 'text' or 'html'; rename the field that holds the article",
    b'{"text": 7}': "no string 'text' or 'html'; rename the field that holds the article",
    b'{"text": " \\n"}': "the text is empty",
    b'{"text": ""}': "the text is empty",
    b"[1, 2]": "one JSON object a line is needed, got list",
    b'{"text": "a\xff"}': "byte 0xff at column 12 is not UTF-8",
    b'{"text": "a"} {"text": "b"}': "not JSON: Extra data at column 15",
    b'{"text": "a': "not JSON: Unterminated string starting at column 10",
    b'{"text": "a",': "not JSON: Expecting property name enclosed in double quotes at column 14",
    b"[" * 100_000: "not JSON that can be read: it is nested too deeply",
}


@pytest.mark.parametrize("line", BAD)
@pytest.mark.parametrize("company", [b"", b'{"broken'])
def test_bad_lines_are_named_with_their_reason(line, company):
    """The same reason whether Arrow reads the block or its company made it go line by line."""
    found = batches(b'{"id": "x", "text": "well"}\n\n' + line + b"\n" + company)
    assert rows(found)[0]["text"] == "well"
    assert ("f:3", BAD[line]) in skipped(found)


LENIENT = {
    b'{"text": "a\\ud800b"}': "a\ufffdb",
    b'{"text": "a", "n": NaN}': "a",
    b'{"text": "a", "n": 123456789012345678901234567890}': "a",
    b'{"text": "deep", "q": ' + b"[" * 9000 + b"]" * 9000 + b"}": "deep",
    b'\t {"text": "spaces"} \r': "spaces",
    b'{"text": "first", "text": "last"}': "last",
    b'{"te\\u0078t": "escaped key"}': "escaped key",
    b'{"text": "zero \\u0000 inside"}': "zero \0 inside",
}


@pytest.mark.parametrize("line", LENIENT)
@pytest.mark.parametrize("company", [b"", b'{"broken'])
def test_odd_but_readable_lines_are_read_either_way(line, company):
    assert rows(batches(line + b"\n" + company))[0]["text"] == LENIENT[line]


def test_whole_numbers_as_ids_are_exact():
    lines = [b'{"id": 12345678901234567890123, "text": "a"}', b'{"id": 7, "text": "b"}']
    assert [row["id"] for row in rows(batches(b"\n".join(lines)))] == [
        "12345678901234567890123",
        "7",
    ]


def test_line_numbers_are_right_in_every_unit(tmp_path):
    path = tmp_path / "many.jsonl"
    lines = [json.dumps({"text": f"Tin số {number} hôm nay"}) for number in range(1, 200)]
    lines[50] = lines[120] = "broken"
    lines[70] = ""
    path.write_text("\r\n".join(lines), encoding="utf-8")
    for unit_bytes in (1, 100, 1000, 1 << 20):
        found = [
            batch
            for unit in plan([path], unit_bytes=unit_bytes).units
            for batch in read(unit, batch_bytes=300)
        ]
        bad = {51, 71, 121}
        assert [row["id"] for row in rows(found)] == [
            f"many.jsonl:{number}" for number in range(1, 200) if number not in bad
        ]
        assert [name for name, _ in skipped(found)] == ["many.jsonl:51", "many.jsonl:121"]


def test_units_may_be_read_in_any_order(tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text("".join(f'{{"text": "tin {n}"}}\n' for n in range(50)), encoding="utf-8")
    units = plan([path], unit_bytes=100).units
    found = [row["id"] for unit in reversed(units) for row in rows(read(unit))]
    assert sorted(found, key=lambda name: int(name.split(":")[1])) == [
        f"many.jsonl:{number}" for number in range(1, 51)
    ]


def test_a_line_longer_than_any_article_is_passed_over(tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "before"}\n{"text": "')
        file.write(b"x" * (MAX_DOCUMENT + 10))
        file.write(b'"}\n{"text": "after"}\n')
    for unit_bytes in (1 << 20, 1 << 30):
        units = plan([path], unit_bytes=unit_bytes).units
        found = [batch for unit in units for batch in read(unit)]
        assert [(row["id"], row["text"]) for row in rows(found)] == [
            ("long.jsonl:1", "before"),
            ("long.jsonl:3", "after"),
        ]
        assert [name for name, _ in skipped(found)] == ["long.jsonl:2"]


LINES = b'{"text": "m\xe1\xbb\x99t"}\n{"id": "x", "text": "hai"}\n'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl.gz", gzip.compress(LINES) + gzip.compress(LINES)),
        ("a.jsonl.zst", zstandard.compress(LINES + LINES)),
        ("a.jsonl.bz2", bz2.compress(LINES + LINES)),
        ("a.ndjson", b"\xef\xbb\xbf" + LINES + LINES),
        ("a.json", (LINES + LINES).decode().encode("utf-16")),
        ("A.JSONL", LINES + LINES),
    ],
)
def test_packed_and_marked_files_are_read(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    (unit,) = plan([tmp_path / name]).units
    assert [(row["id"], row["text"]) for row in rows(read(unit))] == [
        (f"{name}:1", "một"),
        ("x", "hai"),
        (f"{name}:3", "một"),
        ("x", "hai"),
    ]


@pytest.mark.parametrize("name", ["cut.jsonl.gz", "cut.jsonl.zst"])
def test_of_an_archive_that_is_being_written_what_is_there_is_read(tmp_path, name):
    rng = random.Random(1)
    lines = b"".join(b'{"text": "%030x"}\n' % rng.getrandbits(120) for _ in range(30_000))
    packed = gzip.compress(lines) if name.endswith("gz") else zstandard.compress(lines)
    (tmp_path / name).write_bytes(packed[: len(packed) // 2])
    (unit,) = plan([tmp_path / name]).units
    batches = list(read(unit))
    texts = [row["text"].encode() for row in rows(batches)]
    assert 12_000 < len(texts) < 16_000
    assert texts == [line.split(b'"')[3] for line in lines.splitlines()[: len(texts)]]
    assert name in [item for item, _ in skipped(batches)]


@pytest.mark.parametrize("name", ["cut.jsonl.gz", "cut.jsonl.zst"])
def test_a_damaged_archive_is_reported(tmp_path, name):
    packed = gzip.compress(LINES) if name.endswith("gz") else zstandard.compress(LINES * 99)
    (tmp_path / name).write_bytes(packed[:-6])
    (unit,) = plan([tmp_path / name]).units
    assert [item for item, _ in skipped(read(unit))] == [name]


@pytest.mark.parametrize("suffix", ["gz", "zst", "bz2"])
@pytest.mark.parametrize("kind", ["jsonl", "csv", "txt"])
def test_a_file_that_is_not_packed_as_its_name_says_is_reported(tmp_path, kind, suffix):
    (tmp_path / f"a.{kind}.{suffix}").write_bytes(LINES)
    (unit,) = plan([tmp_path / f"a.{kind}.{suffix}"]).units
    ((name, why),) = skipped(read(unit))
    assert name == f"a.{kind}.{suffix}"
    assert re.search("header|frame|magic", why)


def test_a_damaged_byte_and_what_follows_an_archive_are_reported(tmp_path):
    packed = gzip.compress(LINES * 999)
    half = len(packed) // 2
    broken = packed[:half] + bytes([packed[half] ^ 255]) + packed[half + 1 :]
    for name, data in (("a.jsonl.gz", broken), ("b.jsonl.gz", packed + b"more than that")):
        (tmp_path / name).write_bytes(data)
        (unit,) = plan([tmp_path / name]).units
        assert name in [item for item, _ in skipped(read(unit))]


def test_a_number_of_thousands_of_digits_costs_nothing(tmp_path):
    digits = "7" * 5000
    (tmp_path / "a.jsonl").write_text(
        f'{{"text": "một", "n": {digits}}}\n{{"id": {digits}, "text": "hai"}}\nbroken\n'
    )
    (unit,) = plan([tmp_path / "a.jsonl"]).units
    batches = list(read(unit))
    assert [row["id"] for row in rows(batches)] == ["a.jsonl:1", digits]
    assert [item for item, _ in skipped(batches)] == ["a.jsonl:3"]
