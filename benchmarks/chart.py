"""Draw docs/performance.svg from what peers.py and scaling.py wrote with --json.

pip install --group charts
python benchmarks/chart.py peers.json scaling.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes

import measure

OURS, THEIRS = "#1b6ca8", "#b8bec4"


def speeds(axes: Axes, report: dict) -> None:
    """Draw a bar for each tool."""
    rows = sorted(report["rows"], key=lambda row: row["documents_per_s"])
    names = [row["tool"].replace("_", "-") for row in rows]
    values = [row["documents_per_s"] for row in rows]
    colors = [OURS if name.startswith("syndicate") else THEIRS for name in names]
    bars = axes.barh(names, values, color=colors)
    axes.bar_label(bars, [f"{value:,.0f}" for value in values], padding=3)
    axes.set_xlim(0, max(values) * 1.2)
    axes.set_title(
        f"Articles per CPU second, start included\n"
        f"{report['documents']:,} {report['corpus']} articles, JSONL to clusters"
    )


def growth(axes: Axes, report: dict) -> None:
    """Draw time and memory over the number of documents."""
    rows = [row for row in report["rows"] if row["workers"] == report["rows"][0]["workers"]]
    documents = [row["documents"] for row in rows]
    seconds = [row["work_cpu_s"] for row in rows]
    axes.loglog(documents, seconds, "o-", color=OURS, label="CPU seconds")
    linear = [seconds[0] * n / documents[0] for n in documents]
    axes.loglog(documents, linear, ":", color="gray", label="linear")
    peaks = [row["peak_MB"] for row in rows]
    axes.loglog(documents, peaks, "s--", color="#c2571a", label="peak MB")
    axes.set_xlabel("documents")
    axes.legend(frameon=False)
    axes.set_title(
        f"Growth, as shipped, one process, {report['memory']}\n"
        f"exponent of time {report['summary']['exponent']:.2f}"
    )


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("peers", type=Path)
    parser.add_argument("scaling", type=Path)
    parser.add_argument("-o", type=Path, default=measure.ROOT / "docs" / "performance.svg")
    options = parser.parse_args()
    mpl.rcParams["svg.hashsalt"] = "syndicate"
    mpl.rcParams["font.size"] = 9
    mpl.use("svg")
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.8))
    speeds(left, json.loads(options.peers.read_text(encoding="utf-8")))
    growth(right, json.loads(options.scaling.read_text(encoding="utf-8")))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(options.o, metadata={"Date": None})


if __name__ == "__main__":
    main()
