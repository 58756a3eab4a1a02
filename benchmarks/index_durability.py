"""Does the index keep its word? Writers killed at random moments, and writers racing.

    python benchmarks/index_durability.py --kills 100 --pages 10000

Four writers send pages to one file, half of them by seen() and half by seen_many(). One of them
at a time is killed with SIGKILL and replaced; after each kill everything that was acknowledged is
looked for, and the file is opened anew. Before that four such processes race through the same
pages, each sent twice: each page must be told new once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

WRITERS = 4
WRITER = """
import json, random, sys
from syndicate.index import Index
place, worker, start, count = sys.argv[1], *map(int, sys.argv[2:])
def text(page):
    rng = random.Random(page)
    return " ".join(str(rng.randrange(5000)) + "x" for _ in range(200))
def pages():
    for page in range(start, start + count):
        for turn in range(1 if count == 10**9 else 2):
            yield {"id": f"{worker}-{page}-{turn}", "text": text(page)}
with Index.open(place) as index:
    told = index.seen_many(pages()) if worker % 2 else map(index.seen, pages())
    for verdict in told:
        print(verdict.id, verdict.status, flush=True)
"""


def begin(place, worker, start, count, out):
    """Start a writer whose answers go to a file."""
    call = [sys.executable, "-c", WRITER, str(place), *map(str, (worker, start, count))]
    return subprocess.Popen(call, stdout=out.open("wb"))


def told(out):
    """Read whole lines."""
    return [line.split() for line in out.read_text().split("\n")[:-1]]


def killing(folder, kills):
    """Kill writers; give how many acknowledged pages were lost, and the slowest opening."""
    from syndicate.config import Config
    from syndicate.index import Index

    place = folder / "killed.db"
    Index.open(place, config=Config(strip="none")).close()
    outs, outs_of, writers = {}, {}, {}

    def replace(slot):
        number = len(outs)
        outs[number] = folder / f"{number}.out"
        outs_of[slot] = outs[number]
        writers[slot] = begin(place, number, number * 10**6, 10**9, outs[number])

    for slot in range(WRITERS):
        replace(slot)
    lost, slowest, checked = 0, 0.0, Counter()
    for _ in range(kills):
        slot = random.randrange(WRITERS)
        while not outs_of[slot].stat().st_size:  # still starting
            time.sleep(0.05)
        time.sleep(random.uniform(0.0, 1.0))
        writers[slot].kill()
        writers[slot].wait()
        begun = time.perf_counter()
        with Index.open(place) as index:
            slowest = max(slowest, time.perf_counter() - begun)
            for number, out in outs.items():
                names = [name for name, _ in told(out)][checked[number] :]
                checked[number] += len(names)
                lost += sum(name not in index for name in names)
        replace(slot)
    for writer in writers.values():
        writer.kill()
        writer.wait()
    with Index.open(place) as index:
        damage = index.check()
        names = [name for out in outs.values() for name, _ in told(out)]
        lost += sum(name not in index for name in names)
    return {"kills": kills, "acknowledged": len(names), "lost": lost,
            "damage": damage, "slowest_opening_ms": round(slowest * 1e3, 1)}  # fmt: skip


def racing(folder, pages):
    """Race; give how often pages were told new."""
    from syndicate.config import Config
    from syndicate.index import Index

    place = folder / "raced.db"
    Index.open(place, config=Config(strip="none")).close()
    outs = [folder / f"race{worker}.out" for worker in range(WRITERS)]
    begun = time.perf_counter()
    racers = [begin(place, worker, 0, pages, out) for worker, out in enumerate(outs)]
    for racer in racers:
        racer.wait()
    seconds = time.perf_counter() - begun
    new = Counter(
        name.split("-")[1] for out in outs for name, status in told(out) if status == "new"
    )
    return {"pages": pages, "sent": sum(len(told(out)) for out in outs),
            "told_new_once": sum(count == 1 for count in new.values()),
            "told_new_more_often": sum(count > 1 for count in new.values()),
            "per_s": round(2 * WRITERS * pages / seconds)}  # fmt: skip


def main():
    """Kill and race."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--pages", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="durability-") as name:
        raced = racing(Path(name), options.pages)
        print(json.dumps(raced), flush=True)
        outcome = killing(Path(name), options.kills)
        print(json.dumps(outcome), flush=True)
    once = raced["told_new_once"] == raced["pages"]
    sys.exit(bool(outcome["lost"] or outcome["damage"] or not once))


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    main()
