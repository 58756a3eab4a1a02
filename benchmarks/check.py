"""The quick form of the benchmarks, for every change: fails if a floor is missed.

    python benchmarks/check.py

Made articles only, of known clusters, so that it says the same everywhere; ratios of what runs
side by side in this one go, and quality. The floors are in ``floors.json``: on a small and busy
machine, thus below what ``docs/performance.md`` shows. They may be raised, never lowered
without a reason in the changelog.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import corpus
import kernels
import measure
import peers
import scaling

DOCUMENTS = 4000
ROUNDS = 3


def sketching(work: Path) -> dict[str, float]:
    """Give the speed of sketching, by C and by datasketch."""
    source, _ = corpus.pick(DOCUMENTS // 2, work, "synthetic")
    said = kernels.run(source, rounds=2 * ROUNDS + 1, few=200)
    return kernels.ratios(said["seconds"])


def end_to_end(work: Path) -> dict[str, float]:
    """Give speed beyond the start, by datasketch in this very environment, and quality."""
    source, gold = corpus.pick(DOCUMENTS, work, "synthetic")
    script = str(peers.SCRIPTS / "run_datasketch.py")
    calls = peers.commands([], work)[0]
    calls["datasketch"] = [sys.executable, script, "SOURCE", "TARGET"]
    runs, starts = peers.compete(calls, source, ROUNDS, work)
    judge = peers.judging(source, gold, 1000)
    rows = {row["tool"]: row for row in peers.rows(runs, starts, DOCUMENTS, judge, work)}
    ours, shipped = rows[peers.OURS], rows["syndicate, as shipped"]
    return {
        "datasketch": rows["datasketch"]["times_beyond"],
        "as shipped by datasketch": rows["datasketch"]["times_beyond"] / shipped["times_beyond"],
        "precision": ours["precision"],
        "recall": ours["recall"],
        "ari": ours["ari"],
        "exact recall": ours["exact_recall"],
        "precision as shipped": shipped["precision"],
        "recall as shipped": shipped["recall"],
    }


def growth() -> dict[str, float]:
    """Give what four times the documents cost beyond the start, and what a crowd costs."""
    options = SimpleNamespace(memory=2.0, settings={}, crowd="")

    def cost(n: int, crowd: str = "") -> float:
        options.crowd = crowd
        return min(scaling.measured(n, 1, options)["cpu_s"] for _ in range(2))

    start, few, many = cost(200), cost(DOCUMENTS), cost(4 * DOCUMENTS)
    crowded = {crowd: cost(DOCUMENTS, crowd) - start for crowd in ("same", "alike")}
    return {
        "linear": 1 / math.log((many - start) / (few - start), 4),
        "one page": (few - start) / crowded["same"],
        "pages alike": (few - start) / crowded["alike"],
    }


def main() -> None:
    """Measure, print, and compare with the floors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the numbers there")
    options = parser.parse_args()
    begun = time.perf_counter()
    report = measure.head("check", corpus=corpus.digest(), documents=DOCUMENTS)
    work = measure.cache()
    floors = measure.floors("check")
    if report["corpus"] != floors["corpus"]:
        sys.exit(f"corpus {report['corpus']}, but the floors were set on {floors['corpus']}")
    groups = {"sketching": sketching(work), "end to end": end_to_end(work), "growth": growth()}
    rows = [
        {"what": f"{group}: {name}", "measured": value, "floor": floors[group].get(name)}
        for group, found in groups.items()
        for name, value in found.items()
    ]
    measure.show(rows, {"what": "", "measured": ".3f", "floor": ".3f"})
    print(f"\n{time.perf_counter() - begun:.0f} s")
    measure.write(report | {"rows": rows}, options.json)
    missed = [row["what"] for row in rows if row["floor"] and not row["measured"] >= row["floor"]]
    if missed:
        sys.exit("floors missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
