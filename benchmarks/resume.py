"""Killing a run at random moments, and going on with it.

    python benchmarks/resume.py                   100,000 documents, 10 kills, 2 workers
    python benchmarks/resume.py -n 5000 --kills 3

Made articles. A run with `--work` is killed (SIGKILL, its workers with it) at a moment drawn
between its first second and the time that a whole run takes, and run again to its end; ten
times, each in a folder of its own. Fails unless each gives the very bytes of a run that nobody
disturbed. Says how much of the time of a whole run the second half took.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus
import measure


def command(source: Path, out: Path, work: Path | None, workers: int) -> list[str]:
    """Give the command line of a run."""
    call = [sys.executable, "-m", "syndicate", "dedupe", str(source), "--quiet"]
    call += ["--format", "json", "--output", str(out), "--workers", str(workers)]
    return call + (["--work", str(work)] if work else [])


def killed(call: list[str], after: float) -> bool:
    """Run for so many seconds, then kill it; tell whether it was still running."""
    process = subprocess.Popen(call, start_new_session=True)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def main() -> None:
    """Kill and go on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", "--documents", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the numbers there")
    options = parser.parse_args()
    report = measure.head("resume", documents=options.documents, corpus=corpus.digest())
    source = measure.cache() / f"synthetic-{options.documents}.jsonl"
    corpus.make(options.documents, source, crowd="", part=0.0)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        begun = time.perf_counter()
        subprocess.run(command(source, home / "whole.json", None, options.workers), check=True)
        whole = time.perf_counter() - begun
        expected = (home / "whole.json").read_bytes()
        draw = random.Random(options.seed)
        for number in range(options.kills):
            out, work = home / "out.json", home / f"work-{number}"
            call = command(source, out, work, options.workers)
            moment = draw.uniform(1, whole)
            was_running = killed(call, moment)
            begun = time.perf_counter()
            subprocess.run(call, check=True)
            row = {
                "killed_s": moment,
                "was_running": str(was_running),
                "again_s": time.perf_counter() - begun,
                "of_whole": (time.perf_counter() - begun) / whole,
                "same": str(out.read_bytes() == expected),
            }
            rows.append(row)
            out.unlink()
    shown = {"killed_s": ".1f", "was_running": "", "again_s": ".1f", "of_whole": ".2f", "same": ""}
    measure.show(rows, shown)
    measure.write(report | {"whole_s": whole, "rows": rows}, options.json)
    if any(row["same"] != "True" for row in rows):
        sys.exit("a resumed run gave another result")


if __name__ == "__main__":
    main()
