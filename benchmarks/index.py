"""The crawler's index, measured: seen() at growing sizes, beside datasketch and rensa.

    python benchmarks/corpus.py 1010000 /tmp/articles.jsonl
    python benchmarks/index.py /tmp/articles.jsonl --sizes 10000 100000 1000000

Articles are remembered by add_many up to each size; then pages that follow in the file, three in
ten of them near-duplicates, are asked of by seen(), from raw text to verdict. Each engine runs
in a process of its own. ``--check`` runs a small size and holds ratios to floors.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

PAGES = 2000
"""Asked at each size."""
WARM = 50
FLOORS = {"seen_vs_datasketch": 0.2, "adds_a_second": 1000.0, "kB_an_article": 8.0}
"""Held by ``--check`` on 3,000 articles, where a file has not paid for its tables yet; the rate is
low on purpose, for slow machines. The aim is 3.0, 3,000 and 4.0 at a million."""


def articles(path):
    """Read articles."""
    import orjson

    with path.open("rb") as file:
        yield from map(orjson.loads, file)


def memory():
    """Private memory of this process in MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1000 for line in status.splitlines() if "RssAnon" in line)


def quantiles(times):
    """Name the latencies that are reported, in milliseconds."""
    p50, p95, p99 = (round(value * 1e3, 2) for value in np.percentile(times, [50, 95, 99]))
    return {"p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "per_s": round(len(times) / sum(times))}


def ours(path, sizes, strip, place):
    """Measure syndicate's index."""
    from syndicate.config import Config
    from syndicate.index import Index

    given = articles(path)
    held = 0
    config = Config(strip=strip)
    file = Path(place) if "://" not in place and place != "memory:" else None
    index = Index.open(place, config=config)
    for size in sizes:
        begun = time.process_time()  # others may hold the machine
        index.add_many(islice(given, size - held))
        adding = (size - held) / (time.process_time() - begun)
        begun = time.perf_counter()
        if file:
            index.close()
            index = Index.open(place)
        opening = time.perf_counter() - begun
        pages = list(islice(given, PAGES + WARM))
        begun = time.perf_counter()
        index.seen(pages[0])
        first = time.perf_counter() - begun
        times, known = ask(index.seen, pages[1:])
        held = size + len(pages)
        row = {"engine": name_of(place, strip), "articles": size, **quantiles(times)}
        row |= {"adds_a_second": round(adding), "opening_ms": round(opening * 1e3, 1)}
        row |= {"first_ms": round(first * 1e3), "known": known, "private_MB": round(memory())}
        if file:
            row["kB_an_article"] = round(on_disk(file) / held / 1e3, 2)
        if place.startswith("redis"):
            used = index.stats()["bytes"]
            row["kB_an_article"] = round(used / held / 1e3, 2)
        print(json.dumps(row), flush=True)
    index.close()


def name_of(place, strip):
    """Name a row."""
    kind = place.partition(":")[0] if ":" in place else "sqlite"
    return f"syndicate, {kind}, strip {strip}"


def on_disk(file):
    """Bytes of a file and its log."""
    ends = [file, file.with_name(file.name + "-wal")]
    return sum(path.stat().st_blocks * 512 for path in ends if path.exists())


def ask(seen, pages):
    """Time pages one by one, after some to warm up."""
    times, known = [], 0
    for page in pages:
        begun = time.perf_counter()
        verdict = seen(page)
        times.append(time.perf_counter() - begun)
        known += bool(verdict if isinstance(verdict, list) else verdict.known)
    return times[WARM:], known


def words(text):
    """Shingle as a user of a sketch library does: five words to a shingle."""
    tokens = text.lower().split()
    return {" ".join(tokens[i : i + 5]).encode() for i in range(max(1, len(tokens) - 4))}


def datasketch(path, sizes, url):
    """Measure datasketch's MinHashLSH: query, then insert."""
    from datasketch import MinHash, MinHashLSH

    storage = None
    if url:
        host, _, port = url.partition(":")
        storage = {"type": "redis", "redis": {"host": host, "port": int(port)}}
    lsh = MinHashLSH(threshold=0.5, num_perm=128, storage_config=storage)

    def seen(page):
        sketch = MinHash(num_perm=128, scheme="affine32")
        sketch.update_batch(list(words(page["text"])))
        found = lsh.query(sketch)
        lsh.insert(page["id"], sketch)
        return list(found)

    compete(path, sizes, f"datasketch MinHashLSH, {'redis' if url else 'memory'}", seen)


def rensa(path, sizes, _url):
    """Measure rensa's R-MinHash with its LSH: query, then insert."""
    from rensa import RMinHash, RMinHashLSH

    lsh = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    number = 0

    def seen(page):
        nonlocal number
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update([word.decode() for word in words(page["text"])])
        found = lsh.query(sketch)
        lsh.insert(number, sketch)
        number += 1
        return list(found)

    compete(path, sizes, "rensa R-MinHash, memory", seen)


def compete(path, sizes, name, seen):
    """Fill a peer's index by its own calls, and time the pages that follow."""
    given = articles(path)
    held = 0
    for size in sizes:
        begun = time.perf_counter()
        for page in islice(given, size - held):
            seen(page)
        adding = (size - held) / (time.perf_counter() - begun)
        pages = list(islice(given, PAGES + WARM))
        times, known = ask(seen, pages)
        held = size + len(pages)
        row = {"engine": name, "articles": size, **quantiles(times)}
        row |= {"adds_a_second": round(adding), "known": known, "private_MB": round(memory())}
        print(json.dumps(row), flush=True)


ENGINES = {
    "sqlite": lambda path, sizes, folder: ours(path, sizes, "rules", f"{folder}/seen.db"),
    "sqlite-unstripped": lambda path, sizes, folder: ours(path, sizes, "none", f"{folder}/a.db"),
    "memory": lambda path, sizes, _: ours(path, sizes, "rules", "memory:"),
    "redis": lambda path, sizes, folder: with_redis(
        folder, lambda place: ours(path, sizes, "rules", f"redis://{place}/0?prefix=bench:")
    ),
    "datasketch": lambda path, sizes, _: datasketch(path, sizes, ""),
    "datasketch-redis": lambda path, sizes, folder: with_redis(
        folder, lambda place: datasketch(path, sizes, place)
    ),
    "rensa": lambda path, sizes, _: rensa(path, sizes, ""),
}


def with_redis(folder, work):
    """Run with a Redis server of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    call = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen([*call, "--dir", str(folder)], stdout=subprocess.DEVNULL) as server:
        time.sleep(1)
        try:
            work(f"127.0.0.1:{port}")
        finally:
            server.terminate()


def run(name, path, sizes):
    """Measure one engine in a process and folder of its own; give its rows."""
    with tempfile.TemporaryDirectory(prefix="index-") as folder:
        call = [sys.executable, __file__, str(path), "--child", folder, "--engine", name]
        call += ["--sizes", *map(str, sizes)]
        done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(path):
    """Hold ratios at a small size to their floors."""
    run("sqlite", path, [100])  # compiles
    (mine,) = run("sqlite", path, [3000])
    (peer,) = run("datasketch", path, [3000])
    ratios = {
        "seen_vs_datasketch": mine["per_s"] / peer["per_s"],
        "adds_a_second": mine["adds_a_second"],
        "kB_an_article": mine["kB_an_article"],
    }
    failed = [
        f"{name} is {ratios[name]:.2f}, the floor is {floor}"
        for name, floor in FLOORS.items()
        if (ratios[name] > floor if name == "kB_an_article" else ratios[name] < floor)
    ]
    print(json.dumps({name: round(value, 2) for name, value in ratios.items()}))
    sys.exit("\n".join(failed) or 0)


def main():
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--child", type=Path)
    options = parser.parse_args()
    if options.child:
        ENGINES[options.engine[0]](options.path, options.sizes, options.child)
    elif options.check:
        check(options.path)
    else:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for name in options.engine or ENGINES:
            for row in run(name, options.path, options.sizes):
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
