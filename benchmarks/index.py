"""The crawler's index, measured: seen() at growing sizes, beside datasketch and rensa.

    python benchmarks/corpus.py 1010000 /tmp/articles.jsonl
    python benchmarks/index.py /tmp/articles.jsonl --sizes 10000 100000 1000000

Articles are remembered by add_many up to each size; then pages that follow in the file, three in
ten of them near-duplicates, are asked of by seen(), from raw text to verdict, and as many again
by seen_many() (``many_``). Each engine runs in a process of its own.
Times are given by the clock, in processor time of that process (``cpu``), which others on the
machine disturb less, and of the thread that asks (``thread``), without what an index does beside;
what a Redis server does is in the first alone.
``--writers 4`` lets four processes at once send pages to a file or a server. ``--check`` runs a
small size and holds ratios to floors.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

PAGES = 2000
"""Asked at each size, by seen() and again by seen_many(), unless ``--pages`` says otherwise."""
WARM = 50
SLOW = 500
"""Asked of datasketch shingle by shingle."""
BATCH = 256
CHECKED = 3000
"""Articles remembered by ``--check``."""
FLOORS = {
    "seen_vs_datasketch_by_shingle": 4.0,
    "seen_vs_datasketch": 0.7,
    "many_vs_datasketch": 1.4,  # the lowest of two kinds of machine was 1.7
    "adds_vs_datasketch": 4.0,
    "kB_an_article": 4.0,
}
GOALS = {"many_vs_datasketch": 3.0, "many_vs_datasketch_by_clock": 3.0}
"""What ``--check`` holds, and what it tells of as aimed at, on 3,000 articles, where most footers
of the made articles are still rare enough to be matches, ten a page. Rates are compared with
datasketch's in the same run: of their own they say more of the machine's hour than of the code.
They are those of processor time, for seen_many() by the clock too: it uses a second core.
datasketch is fed in its fastest way, of which three times is the goal, or as its introduction does
it (``by_shingle``), of which more than that is held."""


def again(path):
    """Begin a command that runs a part of this one."""
    return [sys.executable, __file__, str(path), "--pages", str(PAGES)]


def articles(path, start=0):
    """Read articles."""
    import orjson

    with path.open("rb") as file:
        yield from map(orjson.loads, islice(file, start, None))


def memory():
    """Private memory of this process in MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1000 for line in status.splitlines() if "RssAnon" in line)


def quantiles(times, kind=""):
    """Name the latencies that are reported, in milliseconds."""
    named = zip(("p50", "p95", "p99"), np.percentile(times, [50, 95, 99]), strict=True)
    return {f"{kind}{name}_ms": round(float(value) * 1e3, 2) for name, value in named}


def ours(path, sizes, strip, place, writers=0):
    """Measure syndicate's index."""
    from syndicate.config import Config
    from syndicate.index import Index

    given = articles(path)
    held = 0
    config = Config(strip=strip)
    file = Path(place) if "://" not in place and place != "memory:" else None
    index = Index.open(place, config=config)
    for size in sizes:
        held += index.add_many(islice(given, min(BATCH, size - held)))  # loads what is compiled
        begun = time.process_time()
        adding = index.add_many(islice(given, size - held)) / (time.process_time() - begun)
        row = {"engine": name_of(place, strip), "articles": size}
        row["adds_a_cpu_second"] = round(adding)
        if file:  # in a process that has done nothing else
            index.close()
            call = [*again(path), "--place", place, "--ask", str(size)]
            row |= json.loads(subprocess.run(call, stdout=subprocess.PIPE, check=True).stdout)
            index = Index.open(place)
        else:
            row |= asked(path, index, size)
        next(islice(given, 2 * PAGES + 2 * WARM, None))
        held = size + 1 + 2 * PAGES + 2 * WARM
        used = on_disk(file) if file else index.stats().get("bytes")
        if used:
            row["kB_an_article"] = round(used / held / 1e3, 2)
        if writers and place != "memory:":
            row |= together(path, held, place, writers)
            next(islice(given, writers * PAGES - 1, None))
            held += writers * PAGES
        print(json.dumps(row), flush=True)
    index.close()


def asked(path, index, start):
    """Ask an index of pages; give latencies and memory."""
    pages = articles(path, start)
    page = next(pages)
    begun = time.perf_counter()
    index.seen(page)
    first = time.perf_counter() - begun
    row = {"first_ms": round(first * 1e3), **ask(index.seen, islice(pages, PAGES + WARM))}
    row["private_MB"] = round(before := memory())
    warm, given = list(islice(pages, WARM)), list(islice(pages, PAGES))
    own = memory() - before
    list(index.seen_many(warm))
    row |= timed(lambda pages: sum(told.known for told in index.seen_many(pages)), given)
    return row | {"many_private_MB": round(memory() - own)}


def timed(count, pages):
    """Time pages asked of together, or as a peer takes them; ``count`` counts the known ones."""
    begun, spent = time.perf_counter(), time.process_time()
    known = count(pages)
    took, cpu = time.perf_counter() - begun, time.process_time() - spent
    rates = {"many_per_s": round(len(pages) / took), "many_per_cpu_s": round(len(pages) / cpu)}
    return rates | {"many_known": known}


def reopened(path, place, start):
    """Open an index and ask it; print the row."""
    from syndicate.index import Index

    begun = time.perf_counter()
    with Index.open(place) as index:
        opening = time.perf_counter() - begun
        print(json.dumps({"opening_ms": round(opening * 1e3, 1), **asked(path, index, start)}))


def together(path, held, place, writers):
    """Let processes send pages at once, each its own ones; time them all."""
    call = [*again(path), "--place", place, "--writers", str(writers)]
    starts = [held + number * PAGES for number in range(writers)]
    started = [
        subprocess.Popen(
            [*call, "--send", str(start)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for start in starts
    ]
    for process in started:  # each says when it is ready
        process.stdout.readline()
    begun = time.perf_counter()
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    times = [float(line) for process in started for line in process.stdout]
    took = time.perf_counter() - begun
    for process in started:
        process.wait()
    return {"writers": writers, "together_per_s": round(len(times) / took)} | quantiles(
        times, "together_"
    )


def send(path, place, start):
    """Send pages to an index when told to, and print how long each took."""
    from syndicate.index import Index

    pages = list(islice(articles(path, start), PAGES))
    with Index.open(place) as index:
        for page in pages[:WARM]:
            index.query(page)
        print("ready", flush=True)
        sys.stdin.readline()
        times = []
        for page in pages:
            begun = time.perf_counter()
            index.seen(page)
            times.append(time.perf_counter() - begun)
    print("\n".join(map(str, times)))


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
    times, cpu, own, known = [], [], [], 0
    for page in pages:
        begun, spent, asked = time.perf_counter(), time.process_time(), time.thread_time()
        verdict = seen(page)
        own.append(time.thread_time() - asked)
        times.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - spent)
        known += bool(verdict if isinstance(verdict, list) else verdict.known)
    times, cpu, own = times[WARM:], cpu[WARM:], own[WARM:]
    rates = {"per_s": round(len(times) / sum(times)), "per_cpu_s": round(len(cpu) / sum(cpu))}
    latencies = quantiles(times) | quantiles(cpu, "cpu_") | quantiles(own, "thread_")
    return latencies | rates | {"known": known}


def words(text):
    """Shingle as a user of a sketch library does: five words to a shingle."""
    tokens = text.lower().split()
    return {" ".join(tokens[i : i + 5]).encode() for i in range(max(1, len(tokens) - 4))}


def datasketch(path, sizes, url):
    """Measure datasketch's MinHashLSH: query, then insert.

    A text's shingles are given it all at once, its fastest way; and in the end one by one, as its
    introduction does (``by_shingle_``), which makes the same sketch.
    """
    from datasketch import MinHash, MinHashLSH

    storage = None
    if url:
        host, _, port = url.partition(":")
        storage = {"type": "redis", "redis": {"host": host, "port": int(port)}}
    lsh = MinHashLSH(threshold=0.5, num_perm=128, storage_config=storage)

    def sketched(text):
        sketch = MinHash(num_perm=128, scheme="affine32")
        sketch.update_batch(list(words(text)))
        return sketch

    def sketched_by_shingle(text):
        sketch = MinHash(num_perm=128, scheme="affine32")
        for word in words(text):
            sketch.update(word)
        return sketch

    def seen(page, sketched=sketched):
        sketch = sketched(page["text"])
        found = lsh.query(sketch)
        lsh.insert(page["id"], sketch)
        return list(found)

    name = f"datasketch MinHashLSH, {'redis' if url else 'memory'}"
    compete(path, sizes, name, seen, partial(seen, sketched=sketched_by_shingle))


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


def compete(path, sizes, name, seen, by_shingle=None):
    """Fill a peer's index by its own calls, and time the pages that follow."""
    given = articles(path)
    held = 0
    for size in sizes:
        begun = time.process_time()
        for page in islice(given, size - held):
            seen(page)
        adding = (size - held) / (time.process_time() - begun)
        seen(next(given))  # from here on the same pages as `asked` takes
        row = {"engine": name, "articles": size, **ask(seen, islice(given, PAGES + WARM))}
        for page in islice(given, WARM):
            seen(page)
        row |= timed(lambda pages: sum(map(bool, map(seen, pages))), list(islice(given, PAGES)))
        held = size + 1 + 2 * (PAGES + WARM)
        row |= {"adds_a_cpu_second": round(adding), "private_MB": round(memory())}
        if by_shingle:
            pages = list(islice(given, SLOW))
            more = timed(lambda pages: sum(map(bool, map(by_shingle, pages))), pages)
            row |= {f"by_shingle_{name}": more[f"many_{name}"] for name in ("per_s", "per_cpu_s")}
            held += SLOW
        print(json.dumps(row), flush=True)


ENGINES = {
    "sqlite": lambda path, sizes, folder, writers: ours(
        path, sizes, "rules", f"{folder}/seen.db", writers
    ),
    "sqlite-unstripped": lambda path, sizes, folder, _: ours(
        path, sizes, "none", f"{folder}/a.db"
    ),
    "memory": lambda path, sizes, _folder, _writers: ours(path, sizes, "rules", "memory:"),
    "redis": lambda path, sizes, folder, writers: with_redis(
        folder,
        lambda place: ours(path, sizes, "rules", f"redis://{place}/0?prefix=bench:", writers),
    ),
    "datasketch": lambda path, sizes, _folder, _writers: datasketch(path, sizes, ""),
    "datasketch-redis": lambda path, sizes, folder, _: with_redis(
        folder, lambda place: datasketch(path, sizes, place)
    ),
    "rensa": lambda path, sizes, _folder, _writers: rensa(path, sizes, ""),
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


def run(name, path, sizes, writers=0):
    """Measure one engine in a process and folder of its own; give its rows one by one."""
    with tempfile.TemporaryDirectory(prefix="index-") as folder:
        call = [*again(path), "--child", folder, "--engine", name]
        call += ["--writers", str(writers), "--sizes", *map(str, sizes)]
        with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as child:
            yield from map(json.loads, child.stdout)
        if child.returncode:
            sys.exit(f"{name} failed")


def best(rows, column):
    """Give the largest value: what else the machine did only takes away."""
    return max(row[column] for row in rows)


def check(path):
    """Hold ratios at a small size to their floors, the better of two runs taken in turns."""
    require(path, [CHECKED])
    list(run("sqlite", path, [BATCH]))  # compiles
    rows = {"sqlite": [], "datasketch": []}
    for name in ("sqlite", "datasketch") * 2:
        rows[name] += run(name, path, [CHECKED])
    ratios = {
        name: best(rows["sqlite"], column) / best(rows["datasketch"], other)
        for name, column, other in (
            ("seen_vs_datasketch_by_shingle", "per_cpu_s", "by_shingle_per_cpu_s"),
            ("seen_vs_datasketch", "per_cpu_s", "per_cpu_s"),
            ("many_vs_datasketch", "many_per_cpu_s", "many_per_cpu_s"),
            ("many_vs_datasketch_by_clock", "many_per_s", "many_per_s"),
            ("adds_vs_datasketch", "adds_a_cpu_second", "adds_a_cpu_second"),
        )
    }
    ratios |= {
        "kB_an_article": rows["sqlite"][0]["kB_an_article"],
    }
    failed = [
        f"{name} is {ratios[name]:.2f}, the floor is {floor}"
        for name, floor in FLOORS.items()
        if (ratios[name] > floor if name == "kB_an_article" else ratios[name] < floor)
    ]
    print(json.dumps({name: round(value, 2) for name, value in ratios.items()}))
    for name, goal in GOALS.items():
        print(f"{name}: {ratios[name]:.2f}, the goal is {goal}")
    sys.exit("\n".join(failed) or 0)


def require(path, sizes, writers=0):
    """End if a file has too few articles, or sizes lie too near to each other."""
    asked = 1 + 2 * WARM + SLOW + PAGES * (2 + writers)
    if any(size < before + asked for before, size in pairwise(sizes)):
        sys.exit(f"--sizes needs {asked:,} articles or more between one and the next")
    with path.open("rb") as file:
        held = sum(1 for _ in islice(file, max(sizes) + asked))
    if held < max(sizes) + asked:
        sys.exit(f"{path} holds {held:,} articles, {max(sizes) + asked:,} are needed: see --help")


def main():
    """Measure what is asked for."""
    global PAGES  # noqa: PLW0603 - of this run and of those that it starts
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--writers", type=int, default=0)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ask", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--send", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--place", help=argparse.SUPPRESS)
    options = parser.parse_args()
    PAGES = options.pages
    if options.child:
        work = ENGINES[options.engine[0]]
        work(options.path, options.sizes, options.child, options.writers)
    elif options.ask is not None:
        reopened(options.path, options.place, options.ask)
    elif options.send is not None:
        send(options.path, options.place, options.send)
    elif options.check:
        check(options.path)
    else:
        require(options.path, options.sizes, options.writers)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for name in options.engine or ENGINES:
            if name == "rensa" and importlib.util.find_spec(name) is None:
                print("rensa is not installed here: left out", file=sys.stderr)
                continue
            for row in run(name, options.path, options.sizes, options.writers):
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
