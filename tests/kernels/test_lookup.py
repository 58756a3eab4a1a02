"""Reading a table of SQLite's where it lies: SQLite itself is the oracle."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from syndicate.kernels.btree import find_row


def table(path, rows, page_size=1024):
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA page_size = {page_size}")
    db.execute("CREATE TABLE other (a, b)")
    db.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    db.executemany("INSERT INTO page VALUES (?, ?)", rows)
    db.executemany("INSERT INTO other VALUES (?, ?)", [(i, "x" * 50) for i in range(300)])
    db.commit()
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'page'").fetchone()[0]
    db.close()
    return np.frombuffer(Path(path).read_bytes(), np.uint8), root


@pytest.fixture
def rows():
    rng = np.random.default_rng(3)
    ids = np.unique(np.r_[rng.integers(0, 1 << 40, 2000), rng.integers(0, 500, 200)]).tolist()
    return {number: rng.bytes(int(rng.integers(16, 700))) for number in ids}


def test_every_row_is_found_where_sqlite_put_it(tmp_path, rows):
    file, root = table(tmp_path / "a.db", rows.items())
    for number, data in rows.items():
        start, length = find_row(file, 1024, root, number)
        assert file[start : start + length].tobytes() == data


def test_rows_that_are_not_there_are_not_found(tmp_path, rows):
    file, root = table(tmp_path / "a.db", rows.items())
    missing = [number + 1 for number in rows if number + 1 not in rows]
    assert all(find_row(file, 1024, root, number)[1] == 0 for number in missing)
    assert find_row(file, 1024, root, 1 << 50)[1] == 0


def test_rows_that_overflow_are_left_to_sqlite(tmp_path):
    rows = {1: b"a" * 100, 2: b"b" * 5000, 3: b"c" * 100}
    file, root = table(tmp_path / "a.db", rows.items())
    assert [find_row(file, 1024, root, number)[1] for number in rows] == [100, 0, 100]


def test_garbage_ends_and_stays_inside_the_file(tmp_path, rows):
    file, root = table(tmp_path / "a.db", rows.items())
    rng = np.random.default_rng(4)
    some = list(rows)[::40]
    for _ in range(200):
        torn = file.copy()
        for _ in range(20):
            at = int(rng.integers(0, len(torn) - 64))
            torn[at : at + 32] = rng.integers(0, 256, 32)
        cut = torn[: int(rng.integers(0, len(torn)))]
        for part in (torn, cut):
            for number in some:
                start, length = find_row(part, 1024, root, number)
                assert 0 <= start <= start + length <= len(part)


def test_a_page_that_points_at_itself_is_left(tmp_path, rows):
    file, root = table(tmp_path / "a.db", rows.items())
    looped = file.copy()
    base = (root - 1) * 1024
    assert looped[base] == 5  # an interior page
    looped[base + 8 : base + 12] = list(root.to_bytes(4, "big"))
    assert find_row(looped, 1024, root, 1 << 50)[1] == 0
