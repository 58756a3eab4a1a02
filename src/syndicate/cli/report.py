"""``syndicate report``: one HTML page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from syndicate.cli import console, outputs

app = typer.Typer()

_PATHS: Final = (
    "Folders, files, patterns such as 'news/*.jsonl', or - for JSON lines on standard input."
)
_SHOWN: Final = "Members shown side by side with their canonical document."


@app.command(
    no_args_is_help=True,
    short_help="Write an HTML page: clusters, who copied whom, shared passages.",
)
def report(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help=_PATHS, show_default=False)
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")
    ],
    graph: Annotated[
        Path | None,
        typer.Option(
            "--graph", metavar="FILE", help="Who copied whom: .graphml, .csv or .mmd (Mermaid)."
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option("--threshold", "-t", metavar="PART", help="Least similarity.")
    ] = 0.0,
    sides: Annotated[int, typer.Option(metavar="N", min=0, help=_SHOWN)] = 200,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Of the page.")] = "Reprints",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Write an HTML page: clusters, who copied whom, shared passages side by side.

    The page is one file that needs no network.

    \b
      syndicate report news/ --output report.html
      syndicate report crawl.jsonl -o report.html --graph copies.graphml
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.config import Config  # noqa: PLC0415 - keeps --help quick
    from syndicate.pipeline import dedupe_paths  # noqa: PLC0415
    from syndicate.pipeline.provenance import tell  # noqa: PLC0415
    from syndicate.report.graph import graph_writer  # noqa: PLC0415
    from syndicate.report.html import write_html  # noqa: PLC0415

    write_graph = graph_writer(graph) if graph else None
    outputs.check({"--output": output, "--graph": graph}, paths)
    config = Config(threshold=threshold)
    with outputs.opened(output) as page, outputs.opened(graph) as edges:
        with console.progress(quiet=quiet) as progress:
            result = dedupe_paths(paths, config=config, progress=progress)
        story = tell(result, config, sides=sides, title=title)
        if page:
            write_html(result, story, page)
        if write_graph and edges:
            write_graph(story.copies, story.documents, edges)
    console.report(result)
    raise typer.Exit(1 if result.skipped else 0)
