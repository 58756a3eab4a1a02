"""Where the time of a run goes.

    python benchmarks/stages.py                     20,000 documents, as shipped
    python benchmarks/stages.py --settings '{"strip": "none", "find": "whole", "threshold": 0.7}'

A thread looks every millisecond at what the run is doing and charges it with the CPU time
since the last look, so that nothing in the package has to be named here and nothing is slowed
down. What is counted for a function is what it does itself, in kernels, numpy and pyarrow
included. The second process is the one that is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import corpus
import measure

IMPORTING, LOADING = "start: importing", "start: loading kernels"
LOOK = 0.001


class Sampler(threading.Thread):
    """Charges CPU time of the main thread to the functions of a package."""

    def __init__(self, package: str) -> None:
        super().__init__(daemon=True)
        self.package = package
        self.main = threading.main_thread().ident
        self.over = threading.Event()
        self.spent: Counter[str] = Counter()
        self.clock = time.perf_counter
        if hasattr(time, "pthread_getcpuclockid"):
            clock = time.pthread_getcpuclockid(self.main)
            self.clock = lambda: time.clock_gettime(clock)

    def run(self) -> None:
        last = self.clock()
        while not self.over.wait(LOOK):
            now = self.clock()
            self.spent[self.doing()] += now - last
            last = now

    def doing(self) -> str:
        """Name the innermost function of the package that is running."""
        frame = sys._current_frames().get(self.main)  # noqa: SLF001 - there is no other way
        label = ""
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            if name == f"{self.package}.kernels._jit":  # that only calls the kernel for another
                frame = frame.f_back
                continue
            if name.split(".")[0] == self.package:
                return label or f"{name.partition('.')[2]}: {frame.f_code.co_name}"
            if name.startswith("importlib") or "importlib" in frame.f_code.co_filename:
                label = IMPORTING
            elif name.startswith(("numba", "llvmlite")):
                label = label or LOADING
            frame = frame.f_back
        return label or "start: importing"


def child(options: argparse.Namespace) -> None:
    """Run in this process."""
    sampler = Sampler("syndicate")
    begun = time.process_time()
    sampler.start()
    from syndicate.config import Config
    from syndicate.pipeline import dedupe_paths

    result = dedupe_paths(
        [str(options.child)],
        config=Config(**options.settings),
        workers=1,
    )
    sampler.over.set()
    sampler.join()
    spent = dict(sampler.spent)
    matches = len(result.matches)
    cpu = time.process_time() - begun
    print(json.dumps({"spent": spent, "cpu": cpu, "matches": matches}))


def rows(spent: dict[str, float], documents: int, characters: int, least: float) -> list[dict]:
    """Put rooms, and the functions in them that cost most, into a table."""
    rooms: Counter[str] = Counter()
    for name, seconds in spent.items():
        rooms[_room(name)] += seconds
    total = sum(rooms.values())
    table = []
    for room, seconds in rooms.most_common():
        inside = [(room, seconds)]
        functions = [item for item in spent.items() if _room(item[0]) == room]
        functions.sort(key=lambda item: -item[1])
        inside += [(f"  {name}", own) for name, own in functions if own >= least * total]
        table += [
            {
                "stage": name,
                "cpu_s": own,
                "part": own / total,
                "us_per_document": own / documents * 1e6,
                "ns_per_character": own / characters * 1e9,
            }
            for name, own in inside
        ]
    return table


def _room(name: str) -> str:
    return name.partition(":")[0].partition(".")[0]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", "--documents", type=int, default=20_000)
    parser.add_argument("--corpus", choices=("real", "synthetic"), help="default: real if there")
    parser.add_argument(
        "--settings", type=json.loads, default={}, help='such as {"strip": "none"}'
    )
    parser.add_argument("--least", type=float, default=0.01, help="part worth a line of its own")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options)
        return
    n = options.documents
    source, gold = corpus.pick(n, measure.cache(), options.corpus)
    report = measure.head(
        "stages",
        documents=n,
        corpus="synthetic" if gold else "real",
        settings=options.settings or "as shipped",
    )
    with source.open(encoding="utf-8") as lines:
        characters = sum(len(json.loads(line)["text"]) for line in lines)
    call = [sys.executable, __file__, "--child", str(source)]
    call += ["--settings", json.dumps(options.settings)]
    measure.run(call, cores=1)
    run = measure.run(call, cores=1)
    table = rows(run.said["spent"], n, characters, options.least)
    columns = {"stage": "", "cpu_s": ".3f", "part": ".1%", "us_per_document": ".1f"}
    measure.show(table, columns | {"ns_per_character": ".2f"})
    print(
        f"\nprocess: {run.cpu:.2f} s CPU, {run.wall:.2f} s, {run.peak:.0f} MB, "
        f"{n / run.cpu:,.0f} documents a second; {run.said['matches']:,} matches"
    )
    whole = {"cpu_s": run.cpu, "wall_s": run.wall, "peak_MB": run.peak}
    measure.write(report | {"rows": table, "process": whole}, options.json)


if __name__ == "__main__":
    main()
