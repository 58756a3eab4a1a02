"""What is written of a result, read back by other tools."""

import csv
import io
import json
from dataclasses import dataclass, field

import pytest

from syndicate.model import Cluster, Match, Member, Relation, Skipped
from syndicate.report import WRITERS, totals


@dataclass
class Result:
    """As much of a result as reports read."""

    documents: int = 5
    clusters: tuple = ()
    matches: tuple = ()
    skipped: tuple = ()
    settings: dict = field(default_factory=lambda: {"threshold": 0.5})
    notes: tuple = ()


LONG = "https://vidu.vn/" + "tin-tuc-" * 20 + "1.html"

RESULT = Result(
    clusters=(
        Cluster(
            "c1",
            "a.txt",
            (
                Member("b.txt", Relation.REPRINT, 0.97, 1.0),
                Member(LONG, Relation.EXCERPT, 0.412345, 0.999),
            ),
        ),
    ),
    matches=(
        Match("a.txt", "b.txt", Relation.REPRINT, 0.97, 0.98, 1.0, 120),
        Match("a.txt", LONG, Relation.EXCERPT, 0.412345, 0.4, 0.999, 90),
        Match("d.txt", "e[red].txt", Relation.TEMPLATE, 0.3, 0.4, 0.35, 40),
    ),
    skipped=(Skipped("x.txt", "not text"),),
)


def written(name, result=RESULT):
    stream = io.StringIO()
    WRITERS[name](result, stream)
    return stream.getvalue()


def test_json_is_the_object_that_other_tools_rely_on():
    assert json.loads(written("json")) == {
        "version": 1,
        "settings": {"threshold": 0.5},
        "documents": 5,
        "skipped": [{"id": "x.txt", "error": "not text"}],
        "clusters": [
            {
                "id": "c1",
                "canonical": "a.txt",
                "members": [
                    {"id": "b.txt", "relation": "reprint", "jaccard": 0.97, "containment": 1.0},
                    {"id": LONG, "relation": "excerpt", "jaccard": 0.4123, "containment": 0.999},
                ],
            }
        ],
        "matches": [
            {
                "a": "a.txt",
                "b": other,
                "relation": relation,
                "jaccard": jaccard,
                "containment_a": in_a,
                "containment_b": in_b,
            }
            if relation != "template"
            else {
                "a": "d.txt",
                "b": "e[red].txt",
                "relation": "template",
                "jaccard": 0.3,
                "containment_a": 0.4,
                "containment_b": 0.35,
            }
            for other, relation, jaccard, in_a, in_b in (
                ("b.txt", "reprint", 0.97, 0.98, 1.0),
                (LONG, "excerpt", 0.4123, 0.4, 0.999),
                ("e[red].txt", "template", 0.3, 0.4, 0.35),
            )
        ],
    }


def test_notes_stand_in_the_json():
    assert json.loads(written("json", Result(notes=("limited",))))["notes"] == ["limited"]


def test_jsonl_is_the_clusters_of_the_json():
    lines = [json.loads(line) for line in written("jsonl").splitlines()]
    assert lines == json.loads(written("json"))["clusters"]


def test_csv_has_a_row_for_each_document_of_a_cluster():
    rows = list(csv.DictReader(io.StringIO(written("csv"))))
    assert [(row["cluster"], row["id"], row["relation"]) for row in rows] == [
        ("c1", "a.txt", "canonical"),
        ("c1", "b.txt", "reprint"),
        ("c1", LONG, "excerpt"),
    ]
    assert float(rows[2]["jaccard"]) == 0.4123


def test_table_fits_80_columns_and_cuts_no_id():
    table = written("table")
    lines = table.splitlines()
    assert max(map(len, lines)) <= 80
    assert LONG in "".join(line[:46].strip() for line in lines)
    assert ["b.txt", "reprint", "97", "%", "100", "%"] in [line.split() for line in lines]
    assert "99 %" in table  # .999 is not all of it


def test_table_shows_what_is_alike_but_no_copy_apart():
    table = written("table")
    below = table[table.index("alike, but no copies") :]
    assert "d.txt" in below
    assert "e[red].txt" in below
    assert "a.txt" not in below


def test_table_shows_the_closest_of_many_pairs():
    pairs = tuple(
        Match("a", f"b{number:02}", Relation.OVERLAP, 0.01, number / 100, 0.01, 9)
        for number in range(13)
    )
    table = written("table", Result(matches=pairs))
    assert [f"b{n:02}" in table for n in range(13)] == [False] * 3 + [True] * 10
    assert table.splitlines()[-1].startswith("and 3 more pairs like these: --format json")


def test_table_shows_the_first_of_many_clusters():
    """Nobody reads thirty thousand on a terminal, and writing them took longer than finding."""
    clusters = tuple(
        Cluster(
            f"c{number}", f"a{number:04}", (Member(f"b{number:04}", Relation.EXACT, 1.0, 1.0),)
        )
        for number in range(1003)
    )
    table = written("table", Result(clusters=clusters, documents=2006))
    assert [f"b{n:04}" in table for n in range(1003)] == [True] * 1000 + [False] * 3
    assert "and 3 more clusters: --format json lists all clusters\n" in table


def test_table_shows_the_first_of_many_members():
    members = tuple(Member(f"b{number:03}", Relation.EXACT, 1.0, 1.0) for number in range(102))
    table = written("table", Result(clusters=(Cluster("c", "a", members),), documents=103))
    assert [f"b{n:03}" in table for n in range(102)] == [True] * 100 + [False] * 2
    assert "  and 2 more copies\n" in table


def test_no_line_of_a_table_in_a_file_ends_in_blanks():
    lines = written("table").splitlines()
    assert "a.txt                                          canonical" in lines
    assert [line for line in lines if line != line.rstrip()] == []


def test_table_of_nothing_says_so():
    assert written("table", Result()) == "no document shares enough text with another\n"
    assert written("table", Result(documents=0)) == "no document was read\n"


def test_table_is_harmless_to_a_terminal():
    nasty = "a\x1b[31m\x07\u202eb\r\n.txt"
    cluster = Cluster("c", nasty, (Member(nasty, Relation.EXACT, 1.0, 1.0),))
    assert not set("\x1b\x07\u202e\r") & set(written("table", Result(clusters=(cluster,))))


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_takes_an_empty_result(name):
    written(name, Result(documents=0))


def test_totals():
    assert totals(RESULT) == "5 documents, 1 cluster, 2 copies (40 % of all), 1 skipped"
    assert totals(Result(documents=0)) == "0 documents, 0 clusters, 0 copies"
    assert totals(Result(documents=12345)) == "12,345 documents, 0 clusters, 0 copies"


def test_json_keeps_every_character():
    name = "Đà Nẵng \U0001f600"
    result = Result(clusters=(Cluster("c", name, ()),))
    assert json.loads(written("json", result))["clusters"][0]["canonical"] == name
