"""Repair, upgrade, export: an index made anew."""

import dataclasses
import random
import sqlite3
import subprocess
import sys

import orjson
import pytest
from tests.index.conftest import PLAIN
from tests.index.stories import story

from syndicate.config import Config, SketchConfig
from syndicate.errors import IndexFormatError, StoreError, SyndicateError
from syndicate.index import Index, export, repair, upgrade
from syndicate.model import Document


def filled(path, documents=150, **options):
    with Index.open(path, config=PLAIN, **options) as index:
        index.add_many(Document(f"{i}", story(i), source="a") for i in range(documents))
        index.compact()


def rewrite(path, **changes):
    """Change what a file says about itself."""
    db = sqlite3.connect(path)
    found = orjson.loads(db.execute("SELECT header FROM state").fetchone()[0])
    db.execute("UPDATE state SET header = ?", (orjson.dumps(found | changes),))
    db.commit()
    db.close()


def test_a_damaged_record_is_named_and_all_others_are_saved(tmp_path):
    path = tmp_path / "seen.db"
    filled(path)
    db = sqlite3.connect(path)
    db.execute("UPDATE record SET body = CAST(body || x'00' AS BLOB) WHERE doc = 7")
    db.commit()
    db.close()
    with Index.open(path) as index:
        assert index.check() == [
            "document 7 is damaged: its checksum does not fit; try `index repair`"
        ]
        with pytest.raises(StoreError, match="document 7 is damaged"):
            index.get("6")
    made = repair(path)
    assert (made.documents, made.lost, made.old.name) == (149, 1, "seen.db.damaged")
    with Index.open(path) as index:
        assert index.check() == []
        assert index.config == PLAIN
        assert index.get("6") is None
        assert index.query(Document("q", story(8))).of == "8"
    with pytest.raises(StoreError, match="damaged is in the way"):
        repair(path)


def _damage(path, found):
    """Use a damaged file in every way; give the lines of `check`, None if it cannot be opened."""
    lines = None
    try:
        with Index.open(path) as index:
            lines = index.check()
            index.query(Document("q", story(3)))
            list(index)
    except SyndicateError as error:
        found.append(str(error))
    try:
        repair(path)
    except SyndicateError as error:
        found.append(str(error))
    return lines


@pytest.mark.parametrize("flips", [1, 3, 30])
def test_flipped_bits_are_errors_of_ours_whatever_they_make_of_a_column(tmp_path, flips):
    filled(tmp_path / "whole.db", documents=30)
    whole = (tmp_path / "whole.db").read_bytes()
    rng = random.Random(flips)
    found = []
    for number in range(40):
        data = bytearray(whole)
        for _ in range(flips):
            data[rng.randrange(100, len(data))] ^= 1 << rng.randrange(8)
        path = tmp_path / f"{number}.db"
        path.write_bytes(data)
        _damage(path, found)
    assert found or flips == 1


def test_a_record_whose_columns_changed_their_types_is_lost_alone(tmp_path):
    """The types of a record's columns stand before them."""
    with Index.open(tmp_path / "whole.db", config=PLAIN) as index:
        index.add_many(Document(f"doc-{i:04d}", story(i)) for i in range(30))
    whole = (tmp_path / "whole.db").read_bytes()
    at = whole.find(b"doc-0025")
    for place in (14, 12, 10):
        for bit in range(8):
            path = tmp_path / f"{place}-{bit}.db"
            data = bytearray(whole)
            data[at - place] ^= 1 << bit
            path.write_bytes(data)
            _damage(path, [])
            with Index.open(path) as index:
                assert len(index) >= 29
                assert index.check() == []


def test_a_changed_id_is_named(tmp_path):
    path = tmp_path / "seen.db"
    with Index.open(path, config=PLAIN) as index:
        index.add_many(Document(f"doc-{i:04d}", story(i)) for i in range(30))
    data = bytearray(path.read_bytes())
    data[data.find(b"doc-0025")] ^= 1
    path.write_bytes(data)
    with Index.open(path) as index:
        assert index.check() == ["document 26 is not found by its id, 'eoc-0025'"]


@pytest.mark.parametrize("head", [range(100), *(range(at, at + 4) for at in range(0, 100, 8))])
def test_a_damaged_head_costs_nothing(tmp_path, head):
    path = tmp_path / "seen.db"
    filled(path, documents=30)
    data = bytearray(path.read_bytes())
    for at in head:
        data[at] ^= 0x5A
    path.write_bytes(data)
    assert repair(path)[:2] == (30, 0)
    with Index.open(path) as index:
        assert index.check() == []


def test_what_is_left_of_a_file_cut_short_is_saved(tmp_path):
    path = tmp_path / "seen.db"
    with Index.open(path, config=PLAIN) as index:
        for i in range(150):
            index.add(Document(f"{i}", story(i), source="a"))
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * 0.6))
    with pytest.raises(StoreError, match="cut short; `index repair`"):
        Index.open(path)
    made = repair(path)
    assert 0 < made.documents < 150
    assert made.lost == 150 - made.documents
    with Index.open(path) as index:
        assert index.check() == []
        for document in index:
            assert document.text == story(int(document.id))


def test_a_file_of_which_nothing_can_be_read_is_told_and_left(tmp_path):
    path = tmp_path / "seen.db"
    filled(path)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096)
    damaged = path.read_bytes()
    with pytest.raises(StoreError, match="restore it from a backup"):
        repair(path)
    assert path.read_bytes() == damaged


def test_what_is_no_index_is_not_repaired(tmp_path):
    (tmp_path / "text.db").write_text("nothing " * 1000)
    with pytest.raises(StoreError, match="not an index"):
        repair(tmp_path / "text.db")
    with pytest.raises(StoreError, match="is no file"):
        repair(tmp_path / "missing.db")


def test_another_programs_file_is_not_repaired(tmp_path):
    path = tmp_path / "app.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE customers (name)")
    db.commit()
    before = path.read_bytes(), path.with_name("app.db-wal").read_bytes()
    db.close()
    with pytest.raises(IndexFormatError, match="not an index"):
        repair(path)
    assert before[1]
    assert [found.name for found in tmp_path.iterdir()] == ["app.db"]


def test_the_log_of_a_damaged_file_is_kept_beside_it(tmp_path):
    path, log = tmp_path / "seen.db", tmp_path / "seen.db-wal"
    with Index.open(path, config=PLAIN) as index:
        index.add_many(Document(f"{i}", story(i)) for i in range(20))
        held = path.read_bytes(), log.read_bytes()
    path.write_bytes(held[0])
    log.write_bytes(held[1])
    made = repair(path)
    assert made.documents == 20
    assert (tmp_path / "seen.db.damaged-wal").read_bytes() == held[1]


def test_documents_are_saved_of_a_file_that_does_not_say_what_it_is(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 20)
    db = sqlite3.connect(path)
    db.execute("UPDATE state SET header = x'7b7b'")
    db.commit()
    db.close()
    with pytest.raises(IndexFormatError, match="does not say what it is"):
        Index.open(path)
    assert repair(path, config=PLAIN).documents == 20
    with Index.open(path) as index:
        assert index.get("7").text == story(7)


def test_neither_repair_nor_upgrade_makes_a_secret_index_public(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 3, secret="thunder")
    for make in (repair, upgrade):
        with pytest.raises(IndexFormatError, match="with a secret"):
            make(path)
    with pytest.raises(IndexFormatError, match="another was given"):
        repair(path, secret="lightning")
    assert repair(path, secret="thunder").documents == 3
    with Index.open(path, secret="thunder") as index:
        assert len(index) == 3


def test_a_file_that_another_process_has_open_is_not_repaired(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 3)
    holds = "import sys; from syndicate import Index; Index.open(sys.argv[1]); print(); input()"
    command = [sys.executable, "-c", holds, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(StoreError, match="open elsewhere"):
            repair(path)
        other.communicate(b"\n")
    assert repair(path).documents == 3


@pytest.mark.parametrize(("name", "value"), [("scheme", "syndicate/0"), ("format", 99)])
def test_another_scheme_or_format_is_refused_with_the_remedy(tmp_path, name, value):
    path = tmp_path / "seen.db"
    filled(path, 3)
    rewrite(path, **{name: value})
    with pytest.raises(IndexFormatError, match=f"has {name} {value!r}.*`index upgrade`"):
        Index.open(path)


def test_an_older_scheme_is_upgraded(tmp_path):
    path = tmp_path / "seen.db"
    filled(path)
    rewrite(path, scheme="syndicate/0")
    made = upgrade(path)
    assert (made.documents, made.lost) == (150, 0)
    with Index.open(path) as index:
        assert index.query(Document("q", story(8))).of == "8"
        assert index.get("3") == Document("3", story(3), source="a")
    assert made.old.exists()


@pytest.mark.parametrize("way", [upgrade, repair])
def test_clusters_stay_as_they_are(tmp_path, way):
    path = tmp_path / "seen.db"
    with Index.open(path, config=PLAIN) as index:
        for name, kind, end in [
            *[("gone", 0, ""), ("a", 0, ""), ("b", 0, " b"), ("alone", 1, ""), ("c", 2, "")],
            *[("d", 2, " d"), ("e", 3, ""), ("f", 3, " f"), ("c", 2, " later"), ("g", 2, " g")],
        ]:
            index.seen(Document(name, story(kind, 200) + end))
        index.remove_many(["gone", "e"])
        wanted = {one.id: index.cluster(one.id) for one in index}
    assert sorted(set(wanted.values())) == [("a", "b"), ("alone",), ("c", "d", "g"), ("f",)]
    way(path)
    with Index.open(path) as index:
        assert {one.id: index.cluster(one.id) for one in index} == wanted
        assert index.check() == []
        for kind, first in [(0, "a"), (2, "c"), (3, "f")]:
            page = Document(f"new {kind}", story(kind, 200) + " x")
            assert index.seen(page).cluster == first
            assert index.cluster(page.id)[0] == first


def test_upgrade_changes_settings_and_secret(tmp_path):
    path = tmp_path / "seen.db"
    filled(path)
    other = dataclasses.replace(PLAIN, sketch=SketchConfig(shingle_size=4))
    upgrade(path, config=other, secret="s3cret")
    with Index.open(path, secret="s3cret") as index:
        assert index.config == other
        assert len(index) == 150


def test_upgrade_waits_for_nobody(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 3)
    with Index.open(path) as index:
        index.seen(Document("x", story(99)))
        with pytest.raises(StoreError, match="is open elsewhere"):
            upgrade(path)
        assert index.get("x") is not None


def test_records_of_another_format_are_not_read(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 3)
    rewrite(path, format=99)
    with pytest.raises(IndexFormatError, match="export it with version"):
        upgrade(path)
    with pytest.raises(IndexFormatError, match="export it with version"):
        list(export(path))


def test_export_gives_back_everything_with_its_time(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 5)
    rewrite(path, scheme="syndicate/0")
    pairs = list(export(path))
    assert [document.id for document, _ in pairs] == ["0", "1", "2", "3", "4"]
    with Index.open("memory:", config=Config(strip="none")) as index:
        assert index.restore(pairs) == 5
        assert index.restore(pairs) == 0
        assert index.query(Document("q", story(2))).of == "2"


def test_a_header_that_says_nothing_is_refused(tmp_path):
    path = tmp_path / "seen.db"
    filled(path, 3)
    db = sqlite3.connect(path)
    db.execute("UPDATE state SET header = x'00'")
    db.commit()
    db.close()
    with pytest.raises(IndexFormatError, match="does not say what it is"):
        Index.open(path)
