"""Time and memory from ten thousand documents to a million, crowds, and two workers.

    python benchmarks/scaling.py                    10k to 1M, one process, 2 GB
    python benchmarks/scaling.py --most 100000      a quick look
    python benchmarks/scaling.py --crowd same       a fifth of all documents is one page
    python benchmarks/scaling.py --crowd alike      ... one page with a few words of each its own
    python benchmarks/scaling.py --workers 1,2 --goals                all of it, held to goals

Made articles of known clusters, written once into a temporary folder (3.3 GB for a million),
and the settings as shipped. work_cpu_s and work_s leave the start of the process out, which
deals with a thousand other documents first: start_s. The exponent is the slope of the
logarithm of work_cpu_s over that of documents; 1 is linear. What the run foretold of itself
stands beside what came true, and is held to its goal where the command would say it. Results of
any number of workers must be the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

import agreement
import corpus
import measure
from syndicate.cli.console import WORTH_SAYING

STEP = math.sqrt(10)
CROWD = 0.2
WARM = 1000
MOST_EXPONENT, LEAST_TIMES, MOST_OFF = 1.1, 1.7, 1.5
"""The goals: growth, two workers against one, and what a run foretells of its time."""
COLUMNS = {
    "documents": ",d", "workers": "d", "cpu_s": ".1f", "wall_s": ".1f", "work_cpu_s": ".1f",
    "start_s": ".1f", "work_s": ".1f", "foretold_s": ".1f", "documents_per_s": ",.0f",
    "peak_MB": ".0f", "private_MB": ".0f", "foretold_MB": ".0f", "matches": ",d",
    "precision": ".4f", "recall": ".4f", "ari": ".4f",
}  # fmt: skip


def child(options: argparse.Namespace) -> None:
    """Run in this process."""
    started = time.perf_counter()
    from syndicate.config import Config
    from syndicate.pipeline import dedupe_paths

    foretold = {}

    def announce(_size, estimate) -> None:
        foretold["foretold_s"] = estimate.seconds
        foretold["foretold_MB"] = estimate.memory / 2**20

    steps: dict[str, float] = {}
    last = ["start", time.perf_counter()]

    def progress(step: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        steps[last[0]] = steps.get(last[0], 0.0) + now - last[1]
        last[:] = [step, now]

    config = Config(**options.settings)
    dedupe_paths([str(options.warm)], config=config, workers=1)  # imports, and loads all kernels
    begun, cpu = time.perf_counter(), _cpu()
    start = begun - started
    last[1] = begun
    result = dedupe_paths(
        [str(options.child)],
        config=config,
        memory=int(options.memory * 2**30),
        workers=int(options.workers),
        progress=progress,
        announce=announce,
    )
    work, work_cpu = time.perf_counter() - begun, _cpu() - cpu
    progress("end", 0, 0)
    lines = []
    for number, cluster in enumerate(result.clusters):
        names = [cluster.canonical, *(member.id for member in cluster.members)]
        lines += [f"{name}\t{number}\n" for name in names]
    text = "".join(lines)
    options.labels.write_text(text, encoding="utf-8")
    print(
        json.dumps(
            {
                "start_s": start,
                "work_s": work,
                "work_cpu_s": work_cpu,
                "matches": len(result.matches),
                "digest": hashlib.blake2b(text.encode(), digest_size=8).hexdigest(),
                "steps": {step: round(spent, 2) for step, spent in steps.items()},
                "notes": result.notes,
            }
            | foretold
        )
    )


def _cpu() -> float:
    """Give the CPU seconds of this process and of those that it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def measured(n: int, workers: int, options: argparse.Namespace) -> dict:
    """Run once over n documents and give a row."""
    folder = measure.cache()
    name = f"{options.crowd or 'synthetic'}-{n}"
    source, labels = folder / f"{name}.jsonl", folder / f"{name}-{os.getpid()}.tsv"
    warm, _ = corpus.pick(WARM, folder, "synthetic")
    part = CROWD if options.crowd else 0.0
    gold = np.load(corpus.make(n, source, crowd=options.crowd, part=part))
    call = [sys.executable, __file__, "--child", str(source), "--labels", str(labels)]
    call += ["--warm", str(warm)]
    call += ["--workers", str(workers), "--memory", str(options.memory)]
    call += ["--settings", json.dumps(options.settings)]
    run = measure.run(call, cores=workers)
    row = {
        "documents": n,
        "workers": workers,
        "cpu_s": run.cpu,
        "wall_s": run.wall,
        "documents_per_s": n / run.wall,
        "peak_MB": run.peak,
        "private_MB": run.private,
    }
    found = agreement.labels(labels, n)
    labels.unlink()
    return row | run.said | agreement.against_gold(found, gold)


def exponent(rows: list[dict], key: str) -> float | None:
    """Give the slope of a least-squares line through the logarithms."""
    if len({row["documents"] for row in rows}) < 2:
        return None
    x = [math.log(row["documents"]) for row in rows]
    y = [math.log(row[key]) for row in rows]
    return statistics.linear_regression(x, y).slope


def sizes(least: int, most: int) -> list[int]:
    """Give half-decades from one size to another."""
    steps = round(math.log(most / least, STEP))
    return [*(round(least * STEP**step / 100) * 100 for step in range(steps)), most]


def summary(rows: list[dict]) -> dict:
    """Give the numbers that have goals."""
    one = [row for row in rows if row["workers"] == rows[0]["workers"]]
    found: dict = {
        "exponent": exponent(one, "work_cpu_s"),
        "peak_MB": max(r["peak_MB"] for r in rows),
    }
    last = [row for row in rows if row["documents"] == rows[-1]["documents"]]
    for row in last[1:]:
        found[f"{row['workers']} workers"] = last[0]["work_s"] / row["work_s"]
        if row["digest"] != last[0]["digest"]:
            sys.exit(f"{row['workers']} workers found other clusters than {last[0]['workers']}")
    return found


def verdicts(found: dict, rows: list[dict], memory: float) -> list[str]:
    """Say of each goal that these rows can tell of whether it is met."""
    said = [_verdict("peak of memory in MB", found["peak_MB"], memory * 1024, at_most=True)]
    if found["exponent"] is not None:
        said.append(_verdict("exponent", found["exponent"], MOST_EXPONENT, at_most=True))
    for name, times in found.items():
        if name.endswith("workers"):
            said.append(_verdict(f"{name} against one", times, LEAST_TIMES, at_most=False))
    told = [row for row in rows if row["foretold_s"] >= WORTH_SAYING]
    if told:
        ratios = [row["foretold_s"] / (row["start_s"] + row["work_s"]) for row in told]
        foretold = max(max(ratio, 1 / ratio) for ratio in ratios)
        said.append(_verdict("foretold time is off by", foretold, MOST_OFF, at_most=True))
    return said


def _verdict(name: str, value: float, goal: float, *, at_most: bool) -> str:
    met = value <= goal if at_most else value >= goal
    bound = "at most" if at_most else "at least"
    return f"{'met' if met else 'MISSED'}: {name} {value:.2f}, {bound} {goal:.2f} wanted"


def main() -> None:
    """Run from the least size to the most."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--least", type=int, default=10_000)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--workers", default="1", help="such as 1,2")
    parser.add_argument("--memory", type=float, default=2.0, metavar="GB")
    parser.add_argument(
        "--settings", type=json.loads, default={}, help='such as {"strip": "none"}'
    )
    parser.add_argument("--crowd", choices=("same", "alike"), default="")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--goals", action="store_true", help="fail if one is missed")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--labels", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options)
        return
    report = measure.head(
        "scaling",
        corpus=f"synthetic {corpus.digest()}",
        crowd=options.crowd or "none",
        memory=f"{options.memory} GB",
        settings=options.settings or "as shipped",
    )
    workers = [int(number) for number in options.workers.split(",")]
    measured(1000, workers[0], options)  # fills numba's cache
    rows = []
    for n in sizes(options.least, options.most):
        for count in workers:
            rows.append(measured(n, count, options))
            steps = ", ".join(f"{k} {v}" for k, v in rows[-1]["steps"].items())
            print(f"{n:,} documents, {count} workers: {steps}", file=sys.stderr)
    measure.show(rows, COLUMNS)
    found = summary(rows)
    print("\n" + "\n".join(said := verdicts(found, rows, options.memory)))
    measure.write(report | {"rows": rows, "summary": found}, options.json)
    if options.goals and any(line.startswith("MISSED") for line in said):
        sys.exit("goals missed")


if __name__ == "__main__":
    main()
