"""syndicate and its peers side by side: JSONL in, clusters out, on one core.

    python benchmarks/peers.py                            all peers, 20,000 documents, 3 rounds
    python benchmarks/peers.py -n 5000 --peers datasketch,daft --rounds 1
    python benchmarks/peers.py --corpus synthetic         written articles of known clusters

Every tool runs in a process of its own, on one core where the system can pin it, rounds
interleaved, each in another order; ours after a first run that fills numba's cache. All look for
word 5-grams with 128 slots and a threshold of .7. syndicate compares every candidate exactly and
reads a relation off every match, which the others do not; "parts too" also looks for partial
reprints, "as shipped" also strips boilerplate and tells all that is worth telling. Each tool, ours
too, has its own virtual environment with nothing but what it needs, made when first asked for
under ``benchmarks/.environments``; a peer that will not install is skipped, and said so. Real
articles are used where they lie beside the project, made ones otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import agreement
import corpus
import measure

SCRIPTS = measure.HERE / "peers"
THRESHOLD = 0.7
OURS = "syndicate"
MODES = {OURS: "whole", "syndicate, parts too": "parts", "syndicate, as shipped": "shipped"}
NEEDS = {
    OURS: ["--editable", str(measure.ROOT)],
    "daft": ["daft==0.7.26", "pyarrow", "numpy", "orjson"],
    "gaoya": ["gaoya==0.2.2", "orjson"],
    "rensa": ["rensa==0.5.0", "orjson"],
    "fastsketchlsh": ["FastSketchLSH==1.0.1", "orjson"],
    "datasketch": ["datasketch==2.0.0", "xxhash", "orjson"],
    "text_dedup": ["text-dedup==0.4.0", "orjson"],
    "datatrove": ["datatrove==0.10.1", "xxhash", "orjson"],
}
COLUMNS = {
    "tool": "", "documents_per_s": ",.0f", "cpu_s": ".2f", "wall_s": ".2f", "start_cpu_s": ".2f",
    "times": ".1f", "times_beyond": ".1f", "peak_MB": ".0f", "precision": ".4f", "recall": ".4f",
    "f1": ".4f", "ari": ".4f", "exact_recall": ".4f", "exact_precision": ".4f", "clusters": ",d",
}  # fmt: skip
MEANING = """
documents_per_s: documents by all CPU seconds of the process, start and imports included.
start_cpu_s: those of runs over 200 documents, one a round. times, times_beyond: the tool's CPU
seconds by those of syndicate in the same round, all of them and those beyond the start. precision,
recall, f1, ari: pairs of one cluster against the known clusters. exact_recall: pairs of Jaccard
.7 or more, by comparing everything word for word, that are in one cluster. exact_precision: pairs
of one cluster of which the shorter text is at least .7 in the other.
"""


def environment(name: str, folder: Path) -> Path:
    """Give the interpreter of a tool's environment, made on demand.

    Raises
    ------
    RuntimeError
        If it will not install.
    """
    home = folder / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = home / "ready"
    if ready.exists():
        return python
    print(f"making the environment of {name} ...", file=sys.stderr)
    for call in (
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", *NEEDS[name]],
    ):
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise RuntimeError(said)
    ready.touch()
    return python


def commands(names: list[str], folder: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Give the command of each tool, and why some have none."""
    ours = [str(environment(OURS, folder)), str(SCRIPTS / "run_syndicate.py")]
    found, missing = {name: [*ours, "SOURCE", "TARGET", mode] for name, mode in MODES.items()}, {}
    for name in names:
        try:
            python = str(environment(name, folder))
            found[name] = [python, str(SCRIPTS / f"run_{name}.py"), "SOURCE", "TARGET"]
        except RuntimeError as error:
            missing[name] = str(error)
            print(f"skipped {name}: {error}")
    return found, missing


def compete(
    calls: dict[str, list[str]], source: Path, rounds: int, work: Path
) -> tuple[dict[str, list[measure.Run]], dict[str, float]]:
    """Run every tool some times, in turns; give its runs, and the cost of one over 200 texts.

    Each round has an order of its own: who runs after a tool that needed much memory pays for it
    where a host has taken back what that tool freed.
    """
    runs: dict[str, list[measure.Run]] = {name: [] for name in calls}
    starts: dict[str, list[float]] = {name: [] for name in calls}
    few = work / "few.jsonl"
    with source.open("rb") as lines:
        few.write_bytes(b"".join(line for line, _ in zip(lines, range(200), strict=False)))

    def run(name: str, given: Path) -> measure.Run:
        words = {"SOURCE": str(given), "TARGET": str(work / f"{name}.tsv")}
        return measure.run([words.get(word, word) for word in calls[name]], cores=1)

    for number in range(rounds + 1):  # the first fills caches of all kinds
        for name in random.Random(number).sample(list(calls), len(calls)):
            try:
                start, whole = run(name, few), run(name, source)
            except RuntimeError as error:
                print(f"skipped {name}: {error}")
                del calls[name], runs[name]
                continue
            if number:
                starts[name].append(start.cpu)
                runs[name].append(whole)
                print(f"round {number}: {name} {whole.cpu:.2f} s", file=sys.stderr)
    return runs, {name: statistics.median(starts[name]) for name in runs}


def rows(runs: dict, starts: dict[str, float], n: int, judge, work: Path) -> list[dict]:
    """Put numbers into a table."""
    made = []
    for name, tries in runs.items():
        middle = measure.median(tries)
        found = agreement.labels(work / f"{name}.tsv", n)
        whole, ours = ([run.cpu for run in runs[tool]] for tool in (name, OURS))
        beyond = (
            [cpu - starts[tool] for cpu in spent] for tool, spent in ((name, whole), (OURS, ours))
        )
        row = {
            "tool": name,
            "documents_per_s": n / middle.cpu,
            "cpu_s": middle.cpu,
            "wall_s": middle.wall,
            "start_cpu_s": starts[name],
            "times": _ratio(whole, ours),
            "times_beyond": _ratio(*beyond),
            "peak_MB": middle.peak,
            "clusters": int((np.unique(found, return_counts=True)[1] > 1).sum()),
            "steps": middle.said["steps"],
        }
        made.append(row | judge(found))
    return sorted(made, key=lambda row: row["cpu_s"])


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(theirs, ours, strict=True))


def judging(source: Path, gold: Path | None, sample: int):
    """Give the function that measures quality."""
    with source.open("rb") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    truth = agreement.exact(texts, sample=sample)
    known = np.load(gold) if gold else None

    def judge(found: np.ndarray) -> dict[str, float]:
        quality = truth.judge(found, THRESHOLD)
        return quality | (agreement.against_gold(found, known) if known is not None else {})

    return judge


def missed(table: list[dict], kind: str) -> list[str]:
    """Compare with the floors."""
    by_name = {row["tool"]: row for row in table}
    found = []
    for name, floor in measure.floors("peers")["times"].items():
        if name in by_name and by_name[name]["times"] < floor:
            found.append(f"{name}: {by_name[name]['times']:.1f} times, floor {floor}")
    for key, floor in measure.floors("peers")["quality"][kind].items():
        if by_name[OURS][key] < floor:
            found.append(f"{OURS} {key}: {by_name[OURS][key]:.4f}, floor {floor}")
    return found


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", "--documents", type=int, default=20_000)
    parser.add_argument("--corpus", choices=("real", "synthetic"), help="default: real if there")
    parser.add_argument("--rounds", type=int, default=3)
    peers = ",".join(name for name in NEEDS if name != OURS)
    parser.add_argument("--peers", default=peers, help="comma-separated")
    parser.add_argument("--sample", type=int, default=5_000, help="documents compared with all")
    parser.add_argument("--environments", type=Path, default=measure.HERE / ".environments")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--floors", action="store_true", help="fail if one is missed")
    options = parser.parse_args()
    n = options.documents
    source, gold = corpus.pick(n, measure.cache(), options.corpus)
    kind = "synthetic" if gold else "real"
    report = measure.head("peers", documents=n, corpus=kind, rounds=options.rounds, cores=1)
    calls, skipped = commands([x for x in options.peers.split(",") if x], options.environments)
    judge = judging(source, gold, options.sample)
    with tempfile.TemporaryDirectory() as folder:
        runs, starts = compete(calls, source, options.rounds, Path(folder))
        table = rows(runs, starts, n, judge, Path(folder))
    shown = {key: form for key, form in COLUMNS.items() if any(key in row for row in table)}
    measure.show(table, shown)
    print(MEANING)
    print("CPU seconds by step:")
    for row in table:
        print(f"  {row['tool']}: " + ", ".join(f"{k} {v:.2f}" for k, v in row["steps"].items()))
    measure.write(report | {"skipped": skipped, "rows": table}, options.json)
    if options.floors and (failures := missed(table, kind)):
        sys.exit("floors missed: " + "; ".join(failures))


if __name__ == "__main__":
    main()
