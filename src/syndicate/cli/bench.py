"""``syndicate bench``: plant reprints in one's own corpus and count what is found."""

from __future__ import annotations

import enum
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from syndicate.cli import console, outputs
from syndicate.errors import ConfigError
from syndicate.report.table import printing

if TYPE_CHECKING:
    from syndicate.evaluation import Assessment, Rate
    from syndicate.model import Document

app = typer.Typer()

_PATHS: Final = "The corpus: folders, files, patterns, or - for JSON lines on standard input."
_LIMIT: Final = "Documents of the corpus to use, the first ones; all by default."
_COUNT: Final = "Plants of each kind."
_PLANTS: Final = "Write the plants there, as JSON lines."
_STRIP: Final = "Compare texts as they are, with captions, bylines and site furniture."


class Format(enum.StrEnum):
    """How the outcome is written."""

    TABLE = "table"
    JSON = "json"


@app.command(no_args_is_help=True)
def bench(
    corpus: Annotated[
        list[str], typer.Argument(metavar="CORPUS...", help=_PATHS, show_default=False)
    ],
    *,
    count: Annotated[int, typer.Option("--count", "-n", metavar="N", min=1, help=_COUNT)] = 100,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help=_LIMIT, show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Equal seeds make equal plants.")] = 0,
    threshold: Annotated[
        float, typer.Option("--threshold", "-t", metavar="PART", help="Least similarity.")
    ] = 0.0,
    written: Annotated[
        Path | None, typer.Option("--plants", metavar="FILE", help=_PLANTS, show_default=False)
    ] = None,
    no_strip: Annotated[bool, typer.Option("--no-strip", help=_STRIP)] = False,
    format_: Annotated[
        Format, typer.Option("--format", "-f", metavar="FORMAT", help="table or json.")
    ] = Format.TABLE,
) -> None:
    """Plant reprints in your own corpus and count what is found.

    Copies of its documents are abridged, embedded in other text, rewritten, stripped of
    their tones, and so on; the table says how many are found, how many are called what they
    are, and between which bounds the true rates lie (95 %).

    \b
      syndicate bench crawl.jsonl
      syndicate bench news/ --count 500 --seed 7 --format json
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.config import Config  # noqa: PLC0415 - keeps --help quick
    from syndicate.evaluation import assess, plant  # noqa: PLC0415
    from syndicate.evaluation.plants import LEAST_WORDS, NUMBERS  # noqa: PLC0415
    from syndicate.index.wire import document_record  # noqa: PLC0415
    from syndicate.io.write import write_records  # noqa: PLC0415
    from syndicate.pipeline import dedupe  # noqa: PLC0415

    outputs.check({"--plants": written}, corpus)
    documents = _read(corpus, limit)
    plants = plant(documents, count=count, seed=seed)
    with outputs.opened(written) as stream:
        if stream:
            write_records((document_record(one.document) for one in plants), stream)
    config = Config(threshold=threshold, strip="none" if no_strip else "sites")
    started = time.perf_counter()
    result = dedupe([*documents, *(one.document for one in plants)], config=config)
    seconds = time.perf_counter() - started
    assessment = assess(result.matches, plants)
    if format_ is Format.JSON:
        json.dump(_plain(assessment, seconds), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        among = " ".join(f"--among {path}" for path in (*corpus, written or "PLANTS"))
        _print(assessment, f"syndicate explain A B {among}")
        if assessment.borderline and not written:
            console.say("--plants PLANTS writes the plants, so that these pairs can be explained")
        console.say(f"{len(documents) + len(plants):,} documents in {seconds:.1f} s")
        if not any(one.kind == "other facts" for one in plants):
            console.say(
                f"none was planted as other facts: no document of {LEAST_WORDS} words states "
                f"{NUMBERS} numbers to change"
            )
        sources = {name for one in plants for name in one.sources}
        if len(sources) < len(plants):
            console.say(
                f"{len(plants):,} plants share {len(sources):,} sources, and so match each other; "
                "a larger corpus or a smaller --count tells more"
            )


def _read(paths: list[str], limit: int | None) -> list[Document]:
    """Read the corpus.

    Raises
    ------
    ConfigError
        If it holds no document.
    """
    from syndicate import io  # noqa: PLC0415 - keeps --help quick
    from syndicate.model import Document  # noqa: PLC0415

    documents: dict[str, Document] = {}
    plan = io.plan(paths)
    for unit in plan.units:
        for batch in io.read(unit):
            for record in batch.records.to_pylist():
                documents.setdefault(record["id"], Document(**record))
                if len(documents) == limit:
                    return list(documents.values())
    if not documents:
        why = "".join(f"; {item.id}: {item.error}" for item in plan.skipped[:1])
        message = f"no document in {', '.join(paths)}{why}; plants are made of the corpus's own"
        raise ConfigError(message)
    return list(documents.values())


def _print(assessment: Assessment, look: str) -> None:
    from rich.table import Table  # noqa: PLC0415 - slow to import

    table = Table(box=None, pad_edge=False)
    for name in ("plants", "found", "95 %", "called right", "95 %"):
        table.add_column(name, no_wrap=True)
    for kind in assessment.kinds:
        table.add_row(kind.kind, *_cells(kind.found), *_cells(kind.right))
    table.add_row("right among joining", *_cells(assessment.precision), "", "")
    with printing(sys.stdout) as out:
        out.print(table)
        out.print(f"suggested threshold (containment): {assessment.threshold:.2f}")
        if assessment.borderline:
            out.print(
                f"pairs nearest to it, to look at with {look}:", markup=False, soft_wrap=True
            )
        for match in assessment.borderline:
            line = f"  {match.a}  {match.b}  {match.containment:.3f}  {match.relation}"
            out.print(line, markup=False, soft_wrap=True)


def _cells(rate: Rate) -> tuple[str, str]:
    return f"{rate.value:.3f}", f"{rate.low:.3f} - {rate.high:.3f}"


def _plain(assessment: Assessment, seconds: float) -> dict[str, object]:
    """Give an assessment as JSON takes it."""
    return {
        "seconds": round(seconds, 3),
        "kinds": [
            {"kind": kind.kind, "found": _rate(kind.found), "right": _rate(kind.right)}
            for kind in assessment.kinds
        ],
        "precision": _rate(assessment.precision),
        "threshold": assessment.threshold,
        "borderline": [
            {
                "a": match.a,
                "b": match.b,
                "relation": match.relation.value,
                "containment": match.containment,
            }
            for match in assessment.borderline
        ],
    }


def _rate(rate: Rate) -> dict[str, float]:
    return {"hits": rate.hits, "cases": rate.cases, "low": rate.low, "high": rate.high}
