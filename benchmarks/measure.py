"""What every benchmark here shares: the machine, processes measured from outside, tables."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent
FLOORS = HERE / "floors.json"


def machine() -> dict[str, str]:
    """Say what this is measured on."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": f"{name}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": f"{psutil.getloadavg()[0]:.1f}",
    } | versions("syndicate-news", "numpy", "numba", "pyarrow", "datasketch")


def versions(*names: str) -> dict[str, str]:
    """Give the versions of what is installed here."""
    found = {}
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


class Run(NamedTuple):
    """A process, measured from outside.

    Attributes
    ----------
    wall, cpu
        Seconds; ``cpu`` of it and all its children.
    peak, private
        Megabytes: most of it and its children together, and that without mapped files.
    said
        The last line of its standard output, as JSON.
    """

    wall: float
    cpu: float
    peak: float
    private: float
    said: dict


@contextlib.contextmanager
def pinned(cores: int):
    """Let this process and those that it starts have only some cores, where that works."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-cores:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class _Watch(threading.Thread):
    """Looks now and then at how much memory a process and its children have."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.peak = self.private = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            peak = private = 0
            with contextlib.suppress(psutil.Error):
                for process in (self.process, *self.process.children(recursive=True)):
                    held = process.memory_info()
                    peak += held.rss
                    private += held.rss - getattr(held, "shared", 0)
            self.peak, self.private = max(self.peak, peak), max(self.private, private)


def run(command: list[str], *, cores: int | None = None, env: dict | None = None) -> Run:
    """Run a command and measure it.

    Raises
    ------
    RuntimeError
        With the end of what it said, if it fails.
    """
    limits = pinned(cores) if cores else contextlib.nullcontext()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        with limits:  # of the command, not of what watches it
            started = subprocess.Popen(command, stdout=out, stderr=err, env=env)
        with started as child:
            watch = _Watch(child.pid)
            watch.start()
            status = child.wait()
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        watch.over.set()
        watch.join()
        out.seek(0)
        said = out.read().decode().strip().splitlines()
        if status:
            err.seek(0)
            message = f"{command} failed: {err.read().decode()[-2000:]}"
            raise RuntimeError(message)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = json.loads(said[-1]) if said and said[-1].startswith("{") else {}
    return Run(wall, cpu, watch.peak / 2**20, watch.private / 2**20, last)


def median(runs: list[Run]) -> Run:
    """Take the median of each number of some runs, and what the first one said."""
    numbers = (
        statistics.median(column) for column in zip(*(one[:4] for one in runs), strict=True)
    )
    return Run(*numbers, runs[0].said)


def show(rows: list[dict], columns: dict[str, str]) -> None:
    """Print rows as a Markdown table.

    Parameters
    ----------
    columns
        From a key of the rows to how it is formatted, such as ``",.0f"``.
    """
    cells = [[_cell(row.get(key), form) for key, form in columns.items()] for row in rows]
    widths = [max(map(len, column)) for column in zip(list(columns), *cells, strict=True)]
    lines = [list(columns), ["-" * width for width in widths], *cells]
    for number, line in enumerate(lines):
        padded = [
            text.ljust(width) if place == 0 or number == 1 else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("| " + " | ".join(padded) + " |")


def _cell(value, form: str) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else format(value, form)


def head(name: str, **what) -> dict:
    """Print what is measured, on what, and give it as the beginning of a report."""
    report = {"benchmark": name, "command": " ".join(["python", *sys.argv]), **what}
    report["machine"] = machine()
    print(f"# {name}: " + ", ".join(f"{key} {value}" for key, value in what.items()))
    print("# " + ", ".join(f"{key} {value}" for key, value in report["machine"].items()) + "\n")
    return report


def write(report: dict, path: Path | None) -> None:
    """Write a report as JSON, if it is wanted."""
    if path:
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def floors(key: str) -> dict:
    """Read the floors of one benchmark."""
    found: dict = json.loads(FLOORS.read_text(encoding="utf-8"))[key]
    return found


def cache() -> Path:
    """Give the folder where corpora wait for the next run."""
    folder = Path(tempfile.gettempdir()) / "syndicate-benchmarks"
    folder.mkdir(exist_ok=True)
    return folder
