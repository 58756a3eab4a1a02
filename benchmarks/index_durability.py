"""Does the index keep its word? Writers killed at random moments, and writers racing.

    python benchmarks/index_durability.py --kills 100 --pages 10000

Four writers send pages to one file, half of them by seen() and half by seen_many(); one in five
is an earlier page again, as it was or with another text. One of them at a time is killed with
SIGKILL and replaced; after each kill everything that was acknowledged is looked for, and the file
is opened anew; at the end no page may stand in an older version than was acknowledged. Before
that four such processes race through the same pages, each sent twice: each must be told new once.
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
import random, sys
from collections import Counter, deque
from syndicate.index import Index
place, worker, start, count = sys.argv[1], *map(int, sys.argv[2:])
def text(page, version):
    rng = random.Random(page)
    return " ".join(str(rng.randrange(5000)) + "x" for _ in range(200)) + f" v{version}" * version
sent = deque()
def page(number, turn, version):
    sent.append(version)
    return {"id": f"{worker}-{number}-{turn}", "text": text(number, version)}
def pages():
    rng, versions = random.Random(start), Counter()
    for number in range(start, start + count):
        yield page(number, 0, 0)
        if count < 10**9:
            yield page(number, 1, 0)
        elif number % 4 == 0:
            again = rng.randint(start, number)
            versions[again] += rng.randrange(2)
            yield page(again, 0, versions[again])
with Index.open(place) as index:
    told = index.seen_many(pages()) if worker % 2 else map(index.seen, pages())
    for verdict in told:
        print(verdict.id, verdict.status, sent.popleft(), flush=True)
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
                names = [name for name, _, _ in told(out)][checked[number] :]
                checked[number] += len(names)
                lost += len({*names} - index.known(names))
        replace(slot)
    for writer in writers.values():
        writer.kill()
        writer.wait()
    with Index.open(place) as index:
        damage = index.check()
        latest = {name: version for out in outs.values() for name, _, version in told(out)}
        lost += sum(version_of(index.get(name)) < int(known) for name, known in latest.items())
    return {"kills": kills, "acknowledged": sum(checked.values()), "lost": lost,
            "damage": damage, "slowest_opening_ms": round(slowest * 1e3, 1)}  # fmt: skip


def version_of(page):
    """Give the version of a page's text; -1 of a page that is not there."""
    last = page.text.rpartition(" ")[2] if page else "v-1"
    return int(last[1:]) if last[0] == "v" else 0


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
        name.split("-")[1] for out in outs for name, status, _ in told(out) if status == "new"
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
