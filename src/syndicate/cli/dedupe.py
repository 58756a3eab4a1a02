"""``syndicate dedupe``: group the reprints among files."""

from __future__ import annotations

import enum
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TextIO

import typer

from syndicate.cli import console, outputs
from syndicate.cli.strip import Extractor, Pages

if TYPE_CHECKING:
    from syndicate.config import Config
    from syndicate.pipeline import Result
    from syndicate.report.graph import Writer

app = typer.Typer()

_SKIPPED: Final = 1


_PATHS: Final = (
    "Folders, files, patterns such as 'news/*.jsonl', or - for JSON lines on standard input."
)
_THRESHOLD: Final = (
    "Least similarity of a match, 0 to 1: Jaccard for whole copies, containment where one text "
    "holds a part of the other. At 0, how the shared text lies decides alone."
)
_WHOLE: Final = "Look for whole copies only, not for excerpts and quotes: faster."
_CANONICAL: Final = (
    "Which document stands for its cluster: earliest, longest, first, or source:LIST, the "
    "earliest of the first of these sources that has one."
)
_STRIP: Final = "Compare texts as they are, with captions, bylines and site furniture."
_SITES: Final = "Strip by rules alone, without learning the furniture of the input's sites."
_FORMAT: Final = (
    "table to read; json for all there is; jsonl, a cluster a line; csv, a document a row."
)
_OUTPUT: Final = "Write the result there, whole or not at all, instead of standard output."
_KEEP: Final = (
    "Write what is worth keeping there, as JSON lines in the order of the input, with all their "
    "fields: the canonical document of each cluster, all that are in none, and pages most of "
    "whose text is their own."
)
_GRAPH: Final = "Write who copied whom there: .graphml, .csv or .mmd (Mermaid)."
_WORKERS: Final = "Processes that read; by default one, and all there are for large inputs."
_MEMORY: Final = "Memory to stay within, such as 2GB; by default a quarter of what is free."
_WORK: Final = "Keep finished steps there, to go on from when a run was interrupted."


def _bytes(size: str) -> int:
    """Read a size such as 2GB, 500 MB or 1.5g."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", size, re.IGNORECASE)
    if not found:
        message = f"{size!r} is no size; write it like 2GB or 500MB"
        raise typer.BadParameter(message)
    return int(float(found[1]) * 1024 ** " kmgt".index(found[2].lower() or " "))


class Format(enum.StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@app.command(no_args_is_help=True)
def dedupe(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help=_PATHS, show_default=False),
    ],
    *,
    threshold: Annotated[
        float,
        typer.Option("--threshold", "-t", metavar="PART", help=_THRESHOLD),
    ] = 0.0,
    whole: Annotated[bool, typer.Option("--whole", help=_WHOLE)] = False,
    canonical: Annotated[str, typer.Option(metavar="WHICH", help=_CANONICAL)] = "earliest",
    no_strip: Annotated[bool, typer.Option("--no-strip", help=_STRIP)] = False,
    no_sites: Annotated[bool, typer.Option("--no-sites", help=_SITES)] = False,
    extractor: Pages = Extractor.TRAFILATURA,
    format_: Annotated[
        Format, typer.Option("--format", "-f", metavar="FORMAT", help=_FORMAT)
    ] = Format.TABLE,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help=_OUTPUT, show_default=False),
    ] = outputs.STDOUT,
    keep: Annotated[Path | None, typer.Option("--keep", metavar="FILE", help=_KEEP)] = None,
    graph: Annotated[Path | None, typer.Option("--graph", metavar="FILE", help=_GRAPH)] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", metavar="N", min=1, help=_WORKERS)
    ] = None,
    memory: Annotated[
        int | None, typer.Option("--memory", metavar="SIZE", parser=_bytes, help=_MEMORY)
    ] = None,
    work: Annotated[Path | None, typer.Option("--work", metavar="FOLDER", help=_WORK)] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors beside the result.")
    ] = False,
) -> None:
    """Group the reprints among articles.

    Reads .txt, .md, .html, .jsonl, .ndjson, .csv and .parquet, all but the last also packed
    as .gz, .zst or .bz2. A record needs a text; it may have id, url, title, source, published and
    author.

    \b
      syndicate dedupe news/
      syndicate dedupe 'crawl/*.jsonl' --keep unique.jsonl
      zcat crawl.jsonl.gz | syndicate dedupe - --format json --output groups.json

    Exit status: 0 done, 1 done but some inputs were skipped, 2 wrong usage, 3 failed, 130
    interrupted.
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.config import Config  # noqa: PLC0415 - keeps --help quick
    from syndicate.report import WRITERS, totals  # noqa: PLC0415
    from syndicate.report.graph import graph_writer  # noqa: PLC0415

    config = Config(
        threshold=threshold,
        find="whole" if whole else "all",
        canonical=canonical,
        strip="none" if no_strip else "rules" if no_sites else "sites",
        extractor=extractor.value,
    )
    draw = graph_writer(graph) if graph else None
    outputs.check({"--output": output, "--keep": keep, "--graph": graph}, paths)
    started = time.perf_counter()
    limits = {"memory": memory, "workers": workers, "work": work}
    with (
        outputs.opened(output) as results,
        outputs.opened(keep) as kept,
        outputs.opened(graph) as edges,
    ):
        result = _run(paths, config, limits, quiet=quiet)
        if kept:
            kept.writelines(line + "\n" for line in result.survivor_lines())
        if draw and edges:
            _write_graph(result, draw, edges)
        if results:
            WRITERS[format_](result, results)
    console.report(result)
    if not quiet:
        console.say(f"{totals(result)}, in {time.perf_counter() - started:.1f} s")
    raise typer.Exit(_SKIPPED if result.skipped else 0)


def _run(paths: list[str], config: Config, limits: dict[str, Any], *, quiet: bool) -> Result:
    """Do the work, and say on standard error how far it is."""
    from syndicate.cli import warm  # noqa: PLC0415 - imports numba

    warm.begin()
    from syndicate.pipeline import dedupe_paths  # noqa: PLC0415 - slow to import
    from syndicate.pipeline.heap import share_heap  # noqa: PLC0415

    share_heap()
    announce = None if quiet else console.announce
    try:
        with console.progress(quiet=quiet) as told:
            return dedupe_paths(paths, config=config, progress=told, announce=announce, **limits)
    except KeyboardInterrupt:
        if limits["work"]:
            console.say(f"interrupted; the same command goes on from what {limits['work']} holds")
        raise


def _write_graph(result: Result, draw: Writer, stream: TextIO) -> None:
    from syndicate.pipeline.provenance import copies, matched  # noqa: PLC0415 - slow to import

    documents = matched(result)
    draw(copies(result, documents), documents, stream)
