"""The quick form of the benchmarks, for every change: fails if a floor is missed.

    python benchmarks/check.py

Made articles only, of known clusters, so that it says the same everywhere; ratios of what runs
side by side in this one go, and quality. The floors are in ``floors.json``: on a small and busy
machine, thus below what ``docs/performance.md`` shows. They may be raised, never lowered
without a reason in the changelog.
"""

from __future__ import annotations

import argparse
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
MANY = 16_000
ROUNDS = 3
CASES = ((DOCUMENTS, {}), (MANY, {}), (DOCUMENTS, {}, "same"), (DOCUMENTS, {}, "alike"))


def sketching(work: Path) -> dict[str, float]:
    """Give the speed of sketching, by C and by datasketch."""
    source, _ = corpus.pick(DOCUMENTS // 2, work, "synthetic")
    said = kernels.run(source, rounds=2 * ROUNDS + 1, few=200)
    return kernels.ratios(said["seconds"])


def ours(n: int, settings: dict, crowd: str = "") -> dict:
    """Give a row of our own."""
    options = SimpleNamespace(memory=2.0, settings=settings, crowd=crowd)
    return scaling.measured(n, 1, options)


def end_to_end(work: Path) -> dict[str, float]:
    """Give speed by datasketch in this very environment, starts left out, and quality."""
    source, _ = corpus.pick(DOCUMENTS, work, "synthetic")
    script = str(peers.SCRIPTS / "run_datasketch.py")
    call = [sys.executable, script, str(source), str(work / "datasketch.tsv")]
    whole, shipped, theirs = [], [], []
    for _ in range(ROUNDS):
        whole.append(ours(DOCUMENTS, {"strip": "none", "find": "whole", "threshold": 0.7}))
        shipped.append(ours(DOCUMENTS, {}))
        theirs.append(measure.run(call, cores=1).said["work_cpu"])
    return {
        "datasketch": kernels.ratio(theirs, [row["work_cpu_s"] for row in whole]),
        "datasketch, as shipped": kernels.ratio(theirs, [row["work_cpu_s"] for row in shipped]),
        "precision": whole[0]["precision"],
        "recall": whole[0]["recall"],
        "precision, as shipped": shipped[0]["precision"],
        "recall, as shipped": shipped[0]["recall"],
        "ari, as shipped": shipped[0]["ari"],
    }


def growth() -> dict[str, float]:
    """Give what so many times the documents cost, and what a crowd costs, by the same number."""
    rounds = [[ours(*case)["work_cpu_s"] for case in CASES] for _ in range(ROUNDS)]
    few, many, same, alike = (min(column) for column in zip(*rounds, strict=True))
    return {
        "linear": (MANY / DOCUMENTS) / (many / few),
        "one page": few / same,
        "pages alike": few / alike,
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
