"""Documents in memory, from Python and from Arrow libraries."""

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import DocumentError
from syndicate.io import SCHEMA, from_documents
from syndicate.io.batch import MAX_DOCUMENT
from syndicate.model import Document


def everything(documents):
    found = list(from_documents(documents))
    for batch in found:
        assert batch.records.schema == SCHEMA
        batch.records.validate(full=True)
    rows = [row for batch in found for row in batch.records.to_pylist()]
    return rows, {item.id: item.error for batch in found for item in batch.skipped}


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20))
def test_pairs_mappings_and_documents_are_the_same(pairs):
    as_pairs = everything(pairs)
    assert everything([{"id": name, "text": text} for name, text in pairs]) == as_pairs
    assert everything(Document(name, text) for name, text in pairs) == as_pairs
    assert len(as_pairs[0]) == sum(1 for _, text in pairs if text.strip())


def test_fields_are_kept_and_positions_stand_in_for_ids():
    rows, skipped = everything(
        [
            {"text": "một", "url": "https://vidu.vn/1", "title": "Tin", "tags": ["x"]},
            {"text": "hai"},
            {"text": None, "id": "none"},
            {"text": "ba", "id": 7, "author": ["An", "Bình"], "source": float("nan")},
        ]
    )
    assert [row["id"] for row in rows] == ["https://vidu.vn/1", "1", "7"]
    assert rows[2]["author"] == "An, Bình"
    assert rows[2]["source"] is None
    assert list(skipped) == ["none"]


@pytest.mark.parametrize("documents", ["text", b"text", 7, {"id": "text"}, [7], ["text"], [None]])
def test_what_is_no_document_is_refused(documents):
    with pytest.raises(DocumentError, match="document"):
        list(from_documents(documents))


TEXTS = ["Sáng nay ở Huế", "", None, "trời mưa"]


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.binary(),
    ],
)
def test_arrow_strings_of_every_kind(kind):
    table = pa.table({"id": [1, 2, 3, 4], "text": pa.array(TEXTS).cast(kind)})
    rows, skipped = everything(table)
    assert [(row["id"], row["text"]) for row in rows] == [("1", TEXTS[0]), ("4", TEXTS[3])]
    assert skipped == {"1": "the text is empty", "2": skipped["2"]}


def test_arrow_slices_and_chunks():
    table = pa.table({"text": [f"tin {n}" for n in range(100)]})
    chunked = pa.concat_tables([table.slice(10, 20), table.slice(50, 3)])
    rows, _ = everything(chunked)
    assert [row["text"] for row in rows] == [f"tin {n}" for n in [*range(10, 30), 50, 51, 52]]
    assert [row["id"] for row in rows] == [str(n) for n in range(23)]


def test_large_tables_come_in_slices():
    text = "Trời hôm nay nhiều mây. " * 100
    found = list(from_documents(pa.table({"text": [text] * 5000})))
    assert len(found) > 1
    assert sum(len(batch.records) for batch in found) == 5000


def test_polars():
    frame = pl.DataFrame({"id": ["a", "b"], "text": ["một", "hai"], "n": [1, 2]})
    assert [row["text"] for row in everything(frame)[0]] == ["một", "hai"]


def test_pandas():
    pandas = pytest.importorskip("pandas", "2.2")
    frame = pandas.DataFrame(
        {"text": ["một", None], "published": pandas.to_datetime(["2024", "2025"])}
    )
    rows, skipped = everything(frame)
    assert rows[0]["text"] == "một"
    assert rows[0]["published"].startswith("2024-01-01T")
    assert list(skipped) == ["1"]


def test_duckdb():
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("select 'a' as id, 'một' as text")
    assert everything(relation)[0][0]["text"] == "một"


def test_arrow_bytes_that_are_not_utf8_are_reported():
    raw = pa.array([b"well", b"b\xff", "cắt".encode()[:2], b"\xba\xaft", b"too"], pa.binary())
    damaged = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    rows, skipped = everything(pa.table({"text": damaged}))
    assert [row["text"] for row in rows] == ["well", "too"]
    assert set(skipped) == {"1", "2", "3"}


@pytest.mark.parametrize("source", [pa.table({"body": ["x"]}), pl.Series(["x"])])
def test_tables_without_texts_are_refused(source):
    with pytest.raises(DocumentError, match="column 'text'"):
        list(from_documents(source))


def test_values_come_in_batches_with_their_positions():
    text = "Trời hôm nay nhiều mây. " * 2000
    documents = [{"text": text} if number % 3 else {"title": "none"} for number in range(300)]
    rows, skipped = everything(documents)
    assert [row["id"] for row in rows] == [str(n) for n in range(300) if n % 3]
    assert list(skipped) == [str(n) for n in range(0, 300, 3)]


@pytest.mark.parametrize(
    "wrap", [lambda text: [("a", text)], lambda text: pa.table({"text": [text]})]
)
def test_a_text_longer_than_any_article_is_skipped(wrap):
    rows, skipped = everything(wrap("x" * (MAX_DOCUMENT + 1)))
    assert not rows
    (reason,) = skipped.values()
    assert reason.startswith("more than 32 MB")


def test_a_skipped_id_can_be_written():
    _, skipped = everything([{"id": "a\ud800"}])
    assert list(skipped) == ["a\ufffd"]


def test_lone_surrogates_become_replacement_characters():
    rows, _ = everything([("a\ud800", "x\udfffy")])
    assert (rows[0]["id"], rows[0]["text"]) == ("a\ufffd", "x\ufffdy")


@pytest.mark.parametrize("kind", [pa.string_view(), pa.large_string(), pa.string()])
def test_a_column_of_categories_is_text(kind):
    """polars keeps those of its categories as views."""
    words = pa.array(["một hai", "ba", None], pa.string()).cast(kind)
    column = pa.DictionaryArray.from_arrays(pa.array([1, 0, 2, None], pa.uint32()), words)
    table = pa.table({"text": ["a", "b", "c", "d"], "source": column})
    (batch,) = from_documents(table)
    assert batch.records.column("source").to_pylist() == ["ba", "một hai", None, None]


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("news/", "dedupe_paths"),
        ({"a": "text"}, r"items\(\)"),
        (pl.LazyFrame({"text": ["a"]}), "collect it first"),
        (7, "put it in a list"),
    ],
)
def test_what_is_no_collection_is_refused_with_the_remedy(given, remedy):
    with pytest.raises(DocumentError, match=remedy):
        from_documents(given)
