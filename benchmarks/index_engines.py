"""Which engine should hold the crawler's index? Postings of a real shape, one after the other.

Each engine remembers articles of 118 keys of 64 bits (42 bands, one digest, 75 sampled
shingles) and a record of 1.8 kB, in transactions of 1,000; then pages are looked up, a third of
them near copies. Each runs in a process of its own and stops at a time limit.

    python benchmarks/index_engines.py --articles 1000000 --seconds 300
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

BATCH = 1000
KEYS = 118
RECORD = 1800
LOOKUPS = 2000


def batch(number):
    """Give the keys of a thousand articles; every third shares 80 % with an earlier one."""
    keys = np.random.default_rng(number).integers(0, 1 << 64, (BATCH, KEYS), dtype=np.uint64)
    if number:
        pick = np.random.default_rng(1_000_000_007 + number)
        earlier = np.random.default_rng(int(pick.integers(number))).integers(
            0, 1 << 64, (BATCH, KEYS), dtype=np.uint64
        )
        keys[::3, : int(KEYS * 0.8)] = earlier[::3, : int(KEYS * 0.8)]
    return keys


class SqliteRows:
    """A B-tree row for each posting."""

    def __init__(self, folder):
        import sqlite3

        self.path = folder / "rows.db"
        begun = time.perf_counter()
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("PRAGMA cache_size = -64000")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS posting"
            " (key INTEGER, doc INTEGER, PRIMARY KEY (key, doc)) WITHOUT ROWID"
        )
        self.db.execute("CREATE TABLE IF NOT EXISTS record (doc INTEGER PRIMARY KEY, body BLOB)")
        self.opening = time.perf_counter() - begun

    def insert(self, first, keys, bodies):
        self.db.execute("BEGIN")
        self.db.executemany("INSERT INTO record VALUES (?, ?)", enumerate(bodies, first))
        docs = np.repeat(np.arange(first, first + len(keys)), KEYS).tolist()
        rows = zip(keys.ravel().astype(np.int64).tolist(), docs, strict=True)
        self.db.executemany("INSERT INTO posting VALUES (?, ?)", rows)
        self.db.execute("COMMIT")

    def lookup(self, keys):
        marks = ",".join("?" * len(keys))
        sought = keys.astype(np.int64).tolist()
        rows = self.db.execute(f"SELECT doc FROM posting WHERE key IN ({marks})", sought)
        return fetch_most([row[0] for row in rows], self._record)

    def _record(self, doc):
        return self.db.execute("SELECT body FROM record WHERE doc = ?", (doc,)).fetchone()[0]

    def close(self):
        self.db.close()


class SqliteRuns:
    """What syndicate does: packed postings in sorted runs, merged a slice at a time."""

    def __init__(self, folder):
        from syndicate.store.sqlite import SqliteStore

        self.path = folder / "runs.db"
        begun = time.perf_counter()
        self.store = SqliteStore(self.path)
        self.opening = time.perf_counter() - begun

    def insert(self, first, keys, bodies):
        from syndicate.store.contract import Record

        records = [
            Record(f"https://a.example/{first + i}", first + i, body)
            for i, body in enumerate(bodies)
        ]
        self.store.write(lambda change: change.put(records, list(keys)))

    def lookup(self, keys):
        def work(view):
            docs = view.find(keys).doc.tolist()
            return fetch_most(docs, lambda doc: view.fetch([doc])[0].body)

        return self.store.read(work)

    def close(self):
        self.store.close()


class Lmdb:
    """LMDB, a duplicate-sorted entry for each posting."""

    def __init__(self, folder):
        import lmdb

        self.path = folder / "lmdb.db"
        begun = time.perf_counter()
        self.env = lmdb.open(
            str(self.path), subdir=False, map_size=1 << 36, max_dbs=2, sync=False
        )  # as WAL with NORMAL: no disk flush for each commit
        self.postings = self.env.open_db(b"posting", dupsort=True, dupfixed=True)
        self.records = self.env.open_db(b"record")
        self.opening = time.perf_counter() - begun

    def insert(self, first, keys, bodies):
        with self.env.begin(write=True) as change:
            for doc, body in enumerate(bodies, first):
                change.put(doc.to_bytes(4, "big"), body, db=self.records, append=True)
            flat = keys.ravel()
            order = np.argsort(flat)
            data = flat[order].astype(">u8").tobytes()
            docs = (order // KEYS + first).astype(">u4").tobytes()
            items = [(data[8 * i : 8 * i + 8], docs[4 * i : 4 * i + 4]) for i in range(len(flat))]
            change.cursor(self.postings).putmulti(items)

    def lookup(self, keys):
        with self.env.begin() as view:
            data = keys.astype(">u8").tobytes()
            sought = [data[i : i + 8] for i in range(0, len(data), 8)]
            found = view.cursor(self.postings).getmulti(sought, dupdata=True, dupfixed_bytes=4)
            docs = [int.from_bytes(doc, "big") for _, doc in found]
            return fetch_most(docs, lambda doc: view.get(doc.to_bytes(4, "big"), db=self.records))

    def close(self):
        self.env.sync(force=True)
        self.env.close()


class Rocks:
    """RocksDB (rocksdict), an entry for each posting."""

    def __init__(self, folder):
        from rocksdict import Options, Rdict

        options = Options(raw_mode=True)
        options.create_if_missing(True)  # noqa: FBT003 - takes no name
        options.increase_parallelism(2)
        self.path = folder / "rocks"
        begun = time.perf_counter()
        self.db = Rdict(str(self.path), options)
        self.opening = time.perf_counter() - begun

    def insert(self, first, keys, bodies):
        from rocksdict import WriteBatch

        change = WriteBatch(raw_mode=True)
        for doc, body in enumerate(bodies, first):
            change.put(b"r" + doc.to_bytes(4, "big"), body)
        data = keys.ravel().astype(">u8").tobytes()
        for i in range(keys.size):
            doc = (first + i // KEYS).to_bytes(4, "big")
            change.put(b"p" + data[8 * i : 8 * i + 8] + doc, b"")
        self.db.write(change)

    def lookup(self, keys):
        docs = []
        walk = self.db.iter()
        for key in keys.astype(">u8"):
            start = b"p" + key.tobytes()
            walk.seek(start)
            while walk.valid() and walk.key().startswith(start):
                docs.append(int.from_bytes(walk.key()[-4:], "big"))
                walk.next()
        return fetch_most(docs, lambda doc: self.db[b"r" + doc.to_bytes(4, "big")])

    def close(self):
        self.db.close()


def fetch_most(docs, record):
    """Read the records of the five documents that share most keys."""
    numbers, counts = np.unique(np.array(docs, np.int64), return_counts=True)
    best = numbers[np.argsort(-counts)[:5]]
    return [len(record(int(doc))) for doc in best]


ENGINES = {"sqlite-rows": SqliteRows, "sqlite-runs": SqliteRuns, "lmdb": Lmdb, "rocksdb": Rocks}


def measure(name, articles, seconds, folder):
    """Run one engine in this process."""
    noise = os.urandom(1 << 20)
    engine = ENGINES[name](folder)
    keys = batch(0)
    begun = time.perf_counter()
    done, spent, slowest = 0, 0.0, 0.0
    while done < articles and time.perf_counter() - begun < seconds:
        keys = batch(done // BATCH)
        places = [997 * (done + i) % 1_000_000 for i in range(BATCH)]
        bodies = [noise[place : place + RECORD] for place in places]
        start = time.perf_counter()
        engine.insert(done + 1, keys, bodies)
        step = time.perf_counter() - start
        spent, slowest, done = spent + step, max(slowest, step), done + BATCH
    engine.close()
    engine = ENGINES[name](folder)
    times = []
    lookups = batch(done // BATCH)
    for round_ in range(LOOKUPS // 500):
        for row in np.concatenate([batch(done // BATCH + 7 + round_)[:250], lookups[:250]]):
            start = time.perf_counter()
            engine.lookup(row)
            times.append(time.perf_counter() - start)
    status = Path("/proc/self/status").read_text()
    anonymous = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    engine.close()
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_blocks * 512 for path in files)
    first, p50, p99 = times[0], *np.percentile(times[1:], [50, 99])
    return {
        "engine": name, "articles": done, "insert_per_s": round(done / spent),
        "slowest_batch_ms": round(slowest * 1e3), "lookup_p50_ms": round(p50 * 1e3, 2),
        "lookup_p99_ms": round(p99 * 1e3, 2), "first_lookup_ms": round(first * 1e3, 1),
        "opening_ms": round(engine.opening * 1e3, 1),
        "kB_per_article": round(size / done / 1e3, 2),
        "private_MB": round(int(anonymous.split()[1]) / 1e3), "files": len(files),
    }  # fmt: skip


def main():
    """Measure each engine in its own process and folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--child", type=Path)
    options = parser.parse_args()
    if options.child:
        result = measure(options.engine[0], options.articles, options.seconds, options.child)
        print(json.dumps(result))
        return
    for name in options.engine or ENGINES:
        folder = Path(tempfile.mkdtemp(prefix="engines-"))
        call = [
            sys.executable,
            __file__,
            "--child",
            str(folder),
            "--engine",
            name,
            "--articles",
            str(options.articles),
            "--seconds",
            str(options.seconds),
        ]
        subprocess.run(call, check=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
