"""``syndicate strip``: an article without what its page adds."""

from __future__ import annotations

import enum
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from syndicate.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syndicate.model import Document, Skipped, Stripped

app = typer.Typer()

_SKIPPED: Final = 1
_PATHS: Final = "Files, folders or patterns; JSON lines, CSV and Parquet too; - for JSON lines."
_EXPLAIN: Final = "Show the whole text, what goes marked with the reason."
_SITES: Final = "Also take out what `sites learn` found in this file."
_MARKERS: Final = "Your own marker table, in TOML; may be given several times."
_EXTRACTOR: Final = (
    "What takes articles out of web pages: trafilatura, or resiliparse, about ten times as fast."
)
_COLOURS: Final = {
    "caption": "magenta",
    "image-alt": "magenta",
    "byline": "cyan",
    "dateline": "cyan",
    "lead-in": "cyan",
    "credit": "yellow",
    "site-template": "red",
    "related-links": "red",
    "comments": "red",
}


class Extractor(enum.StrEnum):
    """What takes articles out of web pages."""

    TRAFILATURA = "trafilatura"
    RESILIPARSE = "resiliparse"


class Format(enum.StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"


Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help=_PATHS, show_default=False)]
Explain = Annotated[bool, typer.Option("--explain", help=_EXPLAIN, show_default=False)]
Sites = Annotated[
    Path | None, typer.Option("--sites", metavar="FILE", help=_SITES, show_default=False)
]
OwnMarkers = Annotated[
    list[Path] | None,
    typer.Option("--markers", metavar="FILE", help=_MARKERS, show_default=False),
]
Pages = Annotated[Extractor, typer.Option("--extractor", metavar="NAME", help=_EXTRACTOR)]
Written = Annotated[
    Format, typer.Option("--format", "-f", metavar="FORMAT", help="text, or json: one a line.")
]


@app.command(no_args_is_help=True)
def strip(
    paths: Paths,
    *,
    explain: Explain = False,
    sites: Sites = None,
    markers: OwnMarkers = None,
    extractor: Pages = Extractor.TRAFILATURA,
    format_: Written = Format.TEXT,
) -> None:
    """Take out of articles what their page added, and say why.

    \b
      syndicate strip article.txt
      syndicate strip article.txt --explain
      syndicate strip crawl.jsonl --sites sites.json --format json > clean.jsonl
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.boilerplate import SiteTemplates, load_markers, site_of  # noqa: PLC0415
    from syndicate.boilerplate import strip as strip_text  # noqa: PLC0415 - keeps --help quick

    own = load_markers().extended(*markers) if markers else load_markers()
    templates = SiteTemplates.load(sites) if sites else None
    trouble: list[Skipped] = []
    count = 0
    for document in read_documents(paths, trouble, extractor):
        count += 1
        site = site_of(document) if templates else None
        result = strip_text(
            document.text, title=document.title, site=site, templates=templates, markers=own
        )
        _write(document, result, format_, explain=explain, nth=count)
    finish(trouble, count)


def read_documents(
    paths: list[str], trouble: list[Skipped], extractor: Extractor = Extractor.TRAFILATURA
) -> Iterator[Document]:
    """Read all documents; what cannot be read is added to ``trouble``."""
    from syndicate import io  # noqa: PLC0415 - keeps --help quick
    from syndicate.model import Document  # noqa: PLC0415

    plan = io.plan(paths, extractor=extractor.value)
    trouble += plan.skipped
    for unit in plan.units:
        for batch in io.read(unit):
            trouble += batch.skipped
            for record in batch.records.to_pylist():
                yield Document(**record)


def finish(trouble: list[Skipped], count: int) -> None:
    """Say what was skipped, and leave with the status that tells it.

    Raises
    ------
    DocumentError
        If nothing could be read at all.
    """
    from syndicate.cli.console import say  # noqa: PLC0415 - keeps --help quick

    if trouble and not count:
        message = f"{trouble[0].id}: {trouble[0].error}"
        raise DocumentError(message, path=trouble[0].id)
    for item in trouble:
        say(f"skipped {item.id}: {item.error}")
    if trouble:
        raise typer.Exit(_SKIPPED)


def _write(
    document: Document, result: Stripped, format_: Format, *, explain: bool, nth: int
) -> None:
    if format_ is Format.JSON:
        json.dump(_plain(document, result), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    elif explain:
        _explain(document, result)
    else:
        sys.stdout.write("\n" if nth > 1 else "")
        sys.stdout.write(result.text if result.text.endswith("\n") else result.text + "\n")


def _plain(document: Document, result: Stripped) -> dict[str, Any]:
    """Give a result as JSON takes it; all fields of the document stay."""
    known = {name: getattr(document, name) for name in document.__slots__}
    fields = {name: _fields(getattr(result, name)) for name in ("byline", "dateline", "published")}
    removals = [_fields(removal) for removal in result.removals]
    credits_ = [_fields(credit) for credit in result.credits]
    title = {"title": result.title, "title_span": result.title_span}
    stated = {**title, **fields, "credits": credits_, "removals": removals}
    kept = {name: value for name, value in known.items() if value is not None}
    return {**kept, "text": result.text, "stated": stated}


def _fields(value: object) -> dict[str, Any] | None:
    if value is None:
        return None
    return {name: getattr(value, name) for name in getattr(value, "__slots__", ())}


def _explain(document: Document, result: Stripped) -> None:
    """Print the text with what goes marked; brackets say it where colours do not show."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.text import Text  # noqa: PLC0415

    from syndicate.report.table import shown  # noqa: PLC0415

    def safe(text: str) -> str:
        return "\n".join(shown(line.removesuffix("\r")) for line in text.split("\n"))

    out = Text()
    place = 0
    for removal in result.removals:
        out.append(safe(result.original[place : removal.start]))
        raw = result.original[removal.start : removal.end]
        body = raw.rstrip()
        out.append(f"[{removal.kind}: {removal.reason}] ", "dim")
        out.append(safe(body), f"strike {_COLOURS.get(removal.kind, 'red')}")
        out.append(safe(raw[len(body) :]))
        place = removal.end
    out.append(safe(result.original[place:]))
    console = Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(Text(safe(document.id), "bold"))
    console.print(out)
