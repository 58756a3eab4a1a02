"""What only a file can get wrong: runs and merges, several connections, damage, refusal."""

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from tests.privileges import folder_of_anybody, unprivileged

from syndicate.errors import ConfigError, IndexFormatError, StoreError
from syndicate.store import change, checkpoints, database, mapped, merging, open_store
from syndicate.store.contract import NEWEST, Asked, Record
from syndicate.store.salvage import salvage
from syndicate.store.sqlite import SqliteStore


@pytest.fixture
def small_runs(monkeypatch):
    """Write a run for every 40 documents, and merge them a sliver at a time."""
    monkeypatch.setattr(merging, "FLUSH", 800)
    monkeypatch.setattr(merging, "_SLICE", 60)


def grow(stores, batches, rng, oracle):
    """Put and remove through alternating connections; keep a plain copy of what is held."""
    number = stores[0].read(lambda view: view.state["doc"])
    for turn in range(batches):
        store = stores[turn % len(stores)]
        rows = rng.integers(0, 1 << 64, (10, 20), dtype=np.uint64)
        if number > 30:
            rows[::3, :15] = oracle[int(rng.choice(sorted(oracle)))][:15]
        records = [Record(f"d{number + 1 + i}", float(number), b"body") for i in range(10)]
        store.write(lambda change, records=records, rows=rows: change.put(records, list(rows)))
        for row in rows:
            number += 1
            oracle[number] = row
        if turn % 5 == 4:
            gone = [int(doc) for doc in rng.choice(sorted(oracle), 8, replace=False)]
            assert store.write(lambda change, gone=gone: change.remove(gone)) == 8
            for doc in gone:
                del oracle[doc]


def agrees(store, oracle, keys):
    """Whether a lookup gives what a plain search of what is held gives."""
    postings = store.read(lambda view: view.find(keys))
    got = {
        (key, doc)
        for key, doc in zip(postings.key.tolist(), postings.doc.tolist(), strict=True)
        if doc in oracle
    }
    wanted = {
        (place, doc)
        for doc, row in oracle.items()
        for place in np.flatnonzero(np.isin(keys, row)).tolist()
    }
    return got == wanted


def test_lookups_agree_with_a_plain_search_through_all_merges(tmp_path, small_runs):
    rng = np.random.default_rng(5)
    stores = [SqliteStore(tmp_path / "seen.db") for _ in range(2)]
    oracle = {}
    for turn in range(12):
        grow(stores, 10, rng, oracle)
        if turn % 3 == 1:  # what is in the log alone is read by SQLite, what is not in place
            stores[0]._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        probes = [oracle[doc] for doc in rng.choice(sorted(oracle), 12, replace=False)]
        probes.append(rng.integers(0, 1 << 64, 40, dtype=np.uint64))
        if turn % 4 == 3:  # more than are asked of memory at once, some of them twice
            some = rng.choice(sorted(oracle), 250, replace=False)
            probes.append(np.concatenate([oracle[doc] for doc in some]))
        for store in stores:
            assert all(agrees(store, oracle, keys) for keys in probes)
            assert list(store.check()) == []
    stats = stores[0].stats()
    assert stats["runs"] < 16
    assert all(store.stats()["pages_read_in_place"] > 100 for store in stores)
    stores[0].compact()
    assert all(agrees(store, oracle, keys) for store in stores for keys in probes)
    assert stores[1].stats()["removed_in_runs"] == 0
    assert stores[1].stats()["runs"] == 1
    for store in stores:
        store.close()


def test_common_keys_are_passed_over_where_they_are_of_no_use(tmp_path, small_runs):
    rng = np.random.default_rng(8)
    common = np.array([1 << 60, 3 << 60], np.uint64)
    stores = [SqliteStore(tmp_path / "seen.db") for _ in range(2)]
    for turn in range(30):
        rows = rng.integers(0, 1 << 64, (10, 20), dtype=np.uint64)
        rows[:, :2] = common
        records = [Record(f"d{turn}-{i}", 1.0, b"body") for i in range(10)]
        stores[0].write(lambda change, records=records, rows=rows: change.put(records, list(rows)))
    stores[0].compact()
    one = rng.integers(0, 1 << 64, 20, dtype=np.uint64)
    one[:2] = common
    stores[0].write(lambda change: change.put([Record("last", 1.0, b"body")], [one]))
    for store in (*stores, SqliteStore(tmp_path / "seen.db")):
        asked = Asked("d3-3", one, 1, 2, None)
        looked = store.read(lambda view, asked=asked: view.look(asked))
        counts = np.bincount(looked.postings.key, minlength=20)
        assert looked.number == 34
        assert counts.tolist() == [NEWEST, 0, *[1] * 18]
        store.close()


def test_closing_one_store_leaves_the_locks_of_another(tmp_path):
    """POSIX drops all locks of a process on a file with the first descriptor that is closed."""
    store = SqliteStore(tmp_path / "seen.db")
    SqliteStore(tmp_path / "seen.db").close()
    script = (
        "import sys; from pathlib import Path; from syndicate.store.sqlite import SqliteStore\n"
        "SqliteStore(Path(sys.argv[1])).claim()"
    )
    call = [sys.executable, "-c", script, str(store.path)]
    refused = subprocess.run(call, capture_output=True, text=True, check=False)
    assert "StoreError" in refused.stderr
    store.close()
    subprocess.run(call, check=True)


def test_what_another_process_replaces_many_times_hides_no_other(tmp_path):
    """And takes no room: what is held in memory of removed documents is read anew in time."""
    writer, reader = (SqliteStore(tmp_path / "a.db") for _ in range(2))
    key = np.arange(50, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)

    def replace(change):
        change.remove(change.numbers(["live"]))
        change.put([Record("live", 0.0, b"")], [key])

    writer.write(lambda change: change.put([Record("old", 0.0, b"")], [key]))
    for _ in range(3 * NEWEST):
        writer.write(replace)
        docs = reader.read(lambda view: view.find(key[7:8])).doc.tolist()
        assert {1, reader.read(lambda view: view.last())} <= set(docs)
        assert len(docs) < NEWEST / 2
    writer.close()
    reader.close()


def test_runs_of_expired_documents_are_dropped(tmp_path, small_runs):
    rng = np.random.default_rng(6)
    store = SqliteStore(tmp_path / "seen.db")
    oracle = {}
    for _ in range(30):
        grow([store], 4, rng, oracle)
        gone = store.read(lambda view: view.before(max(oracle) - 100, 1000))
        store.write(lambda change, gone=gone: change.remove(gone))
        for doc in gone:
            oracle.pop(doc)
    assert store.stats()["postings"] < 12_000
    probe = oracle[max(oracle)]
    assert agrees(store, oracle, probe)
    store.close()


def test_compacting_misses_nothing_that_another_writes_meanwhile(tmp_path, small_runs):
    rng = np.random.default_rng(12)
    stores = [SqliteStore(tmp_path / "seen.db") for _ in range(2)]
    oracle = {}
    grow(stores[:1], 20, rng, oracle)
    write = stores[0]._write

    def between(work):
        grow(stores[1:], 9, rng, oracle)
        return write(work)

    stores[0]._write = between
    stores[0].compact()
    stores[0]._write = write
    for turn in range(3):
        rows = [oracle[doc] for doc in rng.choice(sorted(oracle), 60, replace=False)]
        assert all(agrees(store, oracle, row) for store in stores for row in rows)
        grow(stores[turn % 2 :], 10, rng, oracle)
    for store in stores:
        assert list(store.check()) == []
        store.close()


@pytest.mark.parametrize("renewed", [0, 5])
def test_removed_documents_are_not_kept_in_mind_for_ever(
    tmp_path, small_runs, monkeypatch, renewed
):
    """Pages that are fetched again take new numbers, however long that goes on."""
    monkeypatch.setattr(change, "_MOST_DEAD", 100)
    rng = np.random.default_rng(8)
    stores = [SqliteStore(tmp_path / "seen.db") for _ in range(2)]
    rows = rng.integers(0, 1 << 64, (60, 20), dtype=np.uint64)

    def replace(change, some):
        names = [f"d{number}" for number in some]
        change.remove([number for number in change.numbers(names) if number])
        change.put([Record(name, 0.0, b"") for name in names], [rows[number] for number in some])

    everything = list(range(len(rows)))
    stores[0].write(lambda change: replace(change, everything))
    dead = []
    for turn in range(200):
        some = everything[renewed:][turn * 10 % 50 :][:10]
        stores[turn % 2].write(lambda change, some=some: replace(change, some))
        dead.append(stores[0].stats()["removed_in_runs"])
    assert max(dead) < 400
    assert stores[1].stats()["postings"] < 10_000
    numbers = stores[1].read(lambda view: view.numbers([f"d{n}" for n in everything]))
    held = dict(zip(numbers, rows, strict=True))
    for doc in (min(held), max(held)):
        assert agrees(stores[1], held, held[doc])
    assert list(stores[0].check()) == []
    for store in stores:
        store.close()


def test_a_fork_opens_the_file_anew(tmp_path):
    store = SqliteStore(tmp_path / "seen.db")
    keys = np.arange(1, 20, dtype=np.uint64) << np.uint64(40)
    store.write(lambda change: change.put([Record("a", 1.0, b"x")], [keys]))
    child = os.fork()
    if child == 0:
        done = False
        try:
            store.write(lambda change: change.put([Record("b", 1.0, b"x")], [keys]))
            done = len(store.read(lambda view: view.find(keys)).doc) == 2 * len(keys)
        finally:
            os._exit(0 if done else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(store.read(lambda view: view.find(keys)).doc) == 2 * len(keys)
    store.close()


def test_what_was_written_after_a_rollback_is_right(tmp_path, small_runs):
    rng = np.random.default_rng(7)
    store = SqliteStore(tmp_path / "seen.db")
    oracle = {}
    grow([store], 10, rng, oracle)

    def fail(change):
        rows = rng.integers(0, 1 << 64, (60, 20), dtype=np.uint64)
        change.put([Record(f"x{i}", 1.0, b"") for i in range(60)], list(rows))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fail)
    grow([store], 10, rng, oracle)
    assert all(agrees(store, oracle, row) for row in list(oracle.values())[::7])
    store.close()


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="folder does not exist; make it first"):
        SqliteStore(tmp_path / "no" / "seen.db")


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text.db").write_text("no database " * 200)
    with pytest.raises(StoreError, match="not an index"):
        SqliteStore(tmp_path / "text.db")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE a (b)")
    other.close()
    with pytest.raises(IndexFormatError, match="not an index"):
        SqliteStore(tmp_path / "other.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteStore(tmp_path)


def test_a_newer_format_is_refused_with_the_remedy(tmp_path):
    SqliteStore(tmp_path / "seen.db").close()
    db = sqlite3.connect(tmp_path / "seen.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(IndexFormatError, match=r"format 99.*upgrade"):
        SqliteStore(tmp_path / "seen.db")


def filled(path, documents=200):
    store = SqliteStore(path)
    rng = np.random.default_rng(8)
    rows = rng.integers(0, 1 << 64, (documents, 60), dtype=np.uint64)
    bodies = [rng.bytes(900) for _ in range(documents)]
    records = [Record(f"d{i}", 1.0, body) for i, body in enumerate(bodies)]
    store.write(lambda change: change.put(records, list(rows)))
    store.write(lambda change: change.flush())
    store.close()
    return rows


def test_a_file_cut_short_is_refused_and_what_is_left_can_be_read(tmp_path):
    path = tmp_path / "seen.db"
    filled(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(StoreError, match="cut short; `index repair`"):
        SqliteStore(path)


def test_a_flipped_byte_is_noticed_by_check_and_by_whoever_reads_it(tmp_path):
    path = tmp_path / "seen.db"
    rows = filled(path)
    damaged = path.read_bytes()
    body = SqliteStore(path)
    wanted = body.read(lambda view: view.fetch([100]))[0].body
    body.close()
    at = damaged.index(wanted[:40]) + 20
    path.write_bytes(damaged[:at] + bytes([damaged[at] ^ 1]) + damaged[at + 1 :])
    store = SqliteStore(path)
    assert list(store.check()) == [
        "document 100 is damaged: its checksum does not fit; try `index repair`"
    ]
    with pytest.raises(StoreError, match="document 100 is damaged"):
        store.read(lambda view: view.fetch([100]))
    with salvage(path) as wreck:
        assert (wreck.header, wreck.said) == (None, 200)
        saved = [record.doc for record in wreck.records]
    assert saved == [doc for doc in range(1, 201) if doc != 100]
    assert len(store.read(lambda view: view.find(rows[5])).doc) == 60
    store.close()


def test_a_damaged_page_of_postings_is_noticed(tmp_path):
    path = tmp_path / "seen.db"
    rows = filled(path)
    db = sqlite3.connect(path)
    db.execute(
        "UPDATE page SET data = CAST(substr(data, 1, 8) || x'00' || substr(data, 10) AS BLOB)"
    )
    db.commit()
    db.close()
    store = SqliteStore(path)
    assert any("page" in line for line in store.check())
    with pytest.raises(StoreError, match=r"page .* is damaged"):
        store.read(lambda view: view.find(rows[3]))
    store.close()


def test_a_read_only_file_is_named():
    with folder_of_anybody() as folder:
        path = folder / "seen.db"
        filled(path)
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        with unprivileged():
            with pytest.raises(StoreError, match=r"cannot be written|cannot be opened"):
                SqliteStore(path).write(lambda change: change.remove([1]))
            folder.chmod(stat.S_IRWXU)


def test_a_file_in_a_folder_that_may_not_be_written_can_be_read():
    """Until somebody writes it after all."""
    with folder_of_anybody() as folder, contextlib.ExitStack() as stack:
        path = folder / "seen.db"
        rows = filled(path)
        grow([SqliteStore(folder / "other.db")], 3, np.random.default_rng(9), {})  # compiles
        os.chown(path, folder.stat().st_uid, folder.stat().st_gid)
        stack.enter_context(unprivileged())
        path.chmod(stat.S_IRUSR)
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        reader = SqliteStore(path)
        assert set(reader.read(lambda view: view.find(rows[3])).doc) == {4}
        assert reader.read(lambda view: view.size()) == 200
        assert not list(reader.check())
        with pytest.raises(StoreError, match="it cannot be written; check its permissions"):
            reader.write(lambda change: change.remove([4]))
        assert [item.name for item in folder.glob("seen*")] == ["seen.db"]
        folder.chmod(stat.S_IRWXU)
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        writer = SqliteStore(path)
        writer.write(lambda change: change.remove([4]))
        assert reader.read(lambda view: view.size()) == 199
        assert not reader.read(lambda view: view.fetch([4]))
        reader.close()
        writer.close()


def test_a_full_disk_changes_nothing(tmp_path):
    store = SqliteStore(tmp_path / "seen.db")
    store.write(lambda change: change.put([Record("a", 1.0, b"x")], [np.zeros(3, np.uint64)]))
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="disk is full; make room, nothing was changed"):
        store.write(
            lambda change: change.put([Record("b", 1.0, bytes(1 << 20))], [np.zeros(3, np.uint64)])
        )
    assert [r.id for r in store.read(lambda view: view.page(0, 9))] == ["a"]
    store._db.execute("PRAGMA max_page_count = 1000000")
    store.write(lambda change: change.put([Record("b", 1.0, b"x")], [np.zeros(3, np.uint64)]))
    assert list(store.check()) == []
    store.close()


def test_time_in_which_the_process_was_stopped_is_no_waiting(tmp_path, monkeypatch):
    """Four racers were stopped for two minutes; when they went on, three gave up at once."""
    store, other = SqliteStore(tmp_path / "seen.db"), SqliteStore(tmp_path / "seen.db")
    other._db.execute("BEGIN IMMEDIATE")
    naps = []

    def nap(seconds):
        naps.append(seconds)
        if len(naps) == 3:
            other._db.execute("COMMIT")

    clock = SimpleNamespace(monotonic=lambda: 1000.0 * len(naps), sleep=nap)
    monkeypatch.setattr(database, "time", clock)
    one_by_one(store, 0, 1)
    assert len(naps) == 3
    other._db.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(database, "_WAIT", 5.0)
    with pytest.raises(StoreError, match="other writers held it for over"):
        one_by_one(store, 1, 1)
    store.close()
    other.close()


def one_by_one(store, first, count):
    for i in range(first, first + count):
        record = Record(f"d{i}", 1.0, bytes(2000))
        store.write(lambda change, record=record: change.put([record], [np.zeros(3, np.uint64)]))


def test_compacting_a_young_file_makes_it_no_larger(tmp_path):
    """A file of sixty articles was twice as large afterwards: a run has a page for each shard."""
    path = tmp_path / "seen.db"
    store = SqliteStore(path)
    one_by_one(store, 0, 50)
    store.close()
    before = path.stat().st_size
    store = SqliteStore(path)
    store.compact()
    store.close()
    assert path.stat().st_size <= before


def test_the_log_comes_into_the_file_beside_other_work(tmp_path):
    path = tmp_path / "seen.db"
    store = SqliteStore(path)
    before = path.stat().st_size
    one_by_one(store, 0, checkpoints._DUE)
    store._checkpoints.end()
    assert path.stat().st_size > before
    store.close()


def test_a_new_run_comes_into_the_file_at_once(tmp_path, monkeypatch):
    """Until then lookups in it go through the log, page by page."""
    begun = []
    monkeypatch.setattr(checkpoints, "checkpoint", begun.append)
    store = SqliteStore(tmp_path / "seen.db")
    count = checkpoints._DUE * checkpoints._DOCUMENTS * 3 // 4
    records = [Record(f"d{i}", 1.0, b"body") for i in range(count)]
    store.write(lambda change: change.put(records, [np.zeros(3, np.uint64)] * count))
    assert begun == []
    store.flush()
    store._checkpoints.end()
    assert begun == [store.path]
    store.close()


def test_nobody_waits_for_a_slow_disk_until_the_log_is_long(tmp_path, monkeypatch):
    """A seen() once took 48 seconds, in which SQLite brought its log into the file."""
    slow, begun = threading.Event(), []

    def blocked(path):
        begun.append(path)
        slow.wait(60)

    monkeypatch.setattr(checkpoints, "checkpoint", blocked)
    store = SqliteStore(tmp_path / "seen.db")
    one_by_one(store, 0, 3 * checkpoints._DUE)
    assert begun == [store.path]
    assert store.path.stat().st_size < 1 << 20  # all is in the log still
    slow.set()
    store._checkpoints.end()
    one_by_one(store, 3 * checkpoints._DUE, 1)
    store._checkpoints.end()
    assert len(begun) == 2
    store.close()


def test_the_file_is_charted_beside_other_work(tmp_path, small_runs):
    rng, oracle = np.random.default_rng(8), {}
    store = SqliteStore(tmp_path / "seen.db")
    grow([store], 60, rng, oracle)
    store.close()
    store = SqliteStore(tmp_path / "seen.db")
    keys = np.unique(np.concatenate(list(oracle.values())))
    agrees(store, oracle, keys[:1])
    store._mirror._charting._beside.end()
    runs = store._mirror.runs.runs.values()
    held = store._db.execute("SELECT id, length(data) FROM page").fetchall()
    charted = {
        run.run << 32 | int(place): 8 * int(run.places[place] & 0xFFFF)
        for run in runs
        for place in np.flatnonzero(run.places)
    }
    assert charted == dict(held)
    assert agrees(store, oracle, keys)
    store.close()


@pytest.mark.parametrize("ahead", [mapped._AHEAD, 1 << 50])
def test_what_a_file_grows_by_is_seen_at_once_if_the_system_gives_the_room(
    tmp_path, monkeypatch, ahead
):
    monkeypatch.setattr(mapped, "_AHEAD", ahead)
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 4000)
    file = mapped.Mapped.of(path)
    assert file.view(1 << 40).tobytes() == path.read_bytes()
    with path.open("ab") as more:
        more.write(b"more" * 5000)
    held = file.view(1 << 40).tobytes()
    assert path.read_bytes().startswith(held)
    assert held.endswith(b"more") == (ahead < 1 << 50)
    with path.open("ab") as more:
        more.write(bytes(1 << 18))
    assert file.view(1 << 40).tobytes() == path.read_bytes()
    file.close()


WRITER = """
import sys
import numpy as np
from syndicate.store import database, merging
from syndicate.store.contract import NEWEST, Asked, Record
from syndicate.store.sqlite import SqliteStore
merging.FLUSH = 800
merging._SLICE = 60
path, worker = sys.argv[1:]
store = SqliteStore(path)
rng = np.random.default_rng(int(worker))
for i in range(10 ** 6):
    keys = rng.integers(0, 1 << 64, 20, dtype=np.uint64)
    name = f"{worker}-{i}"
    store.write(lambda change: change.put([Record(name, 1.0, keys.tobytes())], [keys]))
    sys.stdout.write(name + "\\n")
    sys.stdout.flush()
"""


def test_nothing_acknowledged_is_lost_when_writers_are_killed(tmp_path):
    """Two writers under merges, killed at random moments; every acknowledged put is found."""
    rng = np.random.default_rng(9)
    path = tmp_path / "seen.db"
    for round_ in range(3):
        call = [sys.executable, "-c", WRITER, str(path)]
        writers = [
            subprocess.Popen([*call, str(10 * round_ + i)], stdout=subprocess.PIPE, text=True)
            for i in range(2)
        ]
        for writer in writers:
            writer.stdout.readline()
        time.sleep(float(rng.uniform(0.1, 0.5)))
        acknowledged = []
        for writer in writers:
            writer.kill()
            acknowledged += writer.stdout.read().split("\n")[:-1]
            writer.stdout.close()
            writer.wait()
        begun = time.perf_counter()
        store = SqliteStore(path)
        assert time.perf_counter() - begun < 1
        assert list(store.check()) == []
        docs = store.read(lambda view, acknowledged=acknowledged: view.numbers(acknowledged))
        assert all(docs)
        held = store.read(lambda view, docs=docs: view.fetch(docs))
        assert len(held) == len(docs) > 0
        for record in held[::50]:
            keys = np.frombuffer(record.body, np.uint64)
            found = store.read(lambda view, keys=keys: view.find(keys))
            assert (found.doc == record.doc).sum() == 20
        store.close()


def test_a_writer_waits_its_turn_and_gives_up_with_a_word(tmp_path, monkeypatch):
    store = SqliteStore(tmp_path / "seen.db")
    other = sqlite3.connect(tmp_path / "seen.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(database, "_WAIT", 0.2)
    with pytest.raises(StoreError, match="other writers held it"):
        store.write(lambda change: change.remove([1]))
    assert store.read(lambda view: view.size()) == 0
    other.execute("COMMIT")
    other.close()
    assert store.write(lambda change: change.remove([1])) == 0
    store.close()


def test_a_durability_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="'process' or 'power', got 'full'"):
        open_store(tmp_path / "seen.db", durability="full")


def test_a_forked_process_that_goes_elsewhere_keeps_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("seen.db")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir("other")
    store._connect()  # as after a fork
    store.set_note("a", b"b")
    store.close()
    assert not list((tmp_path / "other").iterdir())


def test_processes_that_make_one_file_at_once_all_open_it(tmp_path):
    opens = (
        "import sys, time\nfrom syndicate.store import open_store\n"
        "print(flush=True)\nsys.stdin.readline()\n"
        "for n in range(40): open_store(f'{sys.argv[1]}/{n}.db').close()"
    )
    command = [sys.executable, "-c", opens, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    others = [subprocess.Popen(command, text=True, **pipes) for _ in range(3)]
    for other in others:
        other.stdout.readline()
    for other in others:
        other.stdin.write("\n")
        other.stdin.flush()
    assert [other.communicate()[1] for other in others] == [""] * 3
