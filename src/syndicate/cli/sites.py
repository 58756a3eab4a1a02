"""``syndicate sites``: what pages of a site have in common, learned, merged, shown, applied."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from syndicate.cli.strip import Extractor, Format, Pages, Paths, finish, read_documents
from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syndicate.boilerplate import SiteTemplates
    from syndicate.model import Document, Skipped

app = typer.Typer()
_sites = typer.Typer(
    name="sites",
    no_args_is_help=True,
    help="Learn, show and apply what the pages of a site have in common.",
)
app.add_typer(_sites)

_OUTPUT: Final = "File to write; if it exists, it learns on."
_FORGET: Final = "Forget pages learned more than so many days ago."
_FILE: Final = "A file that `sites learn` wrote."
_FILES: Final = "Files that `sites learn` wrote."
_MERGED: Final = "File to write."
_ONE: Final = "Show this site alone."

Learned = Annotated[Path, typer.Argument(metavar="FILE", help=_FILE, show_default=False)]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help=_OUTPUT, show_default=False)
]
Merged = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help=_MERGED, show_default=False)
]
Several = Annotated[list[Path], typer.Argument(metavar="FILE...", help=_FILES, show_default=False)]
Written = Annotated[
    Format, typer.Option("--format", "-f", metavar="FORMAT", help="text, or one object of JSON.")
]
Forget = Annotated[
    int | None, typer.Option("--forget", metavar="DAYS", help=_FORGET, show_default=False, min=0)
]
Site = Annotated[str | None, typer.Option("--site", metavar="NAME", help=_ONE, show_default=False)]


@_sites.command(no_args_is_help=True)
def learn(
    paths: Paths,
    *,
    output: Output,
    forget: Forget = None,
    extractor: Pages = Extractor.TRAFILATURA,
) -> None:
    """Learn the furniture of sites from their pages.

    A document's site is its `source`, else the host of its `url`, else its folder.
    About eight pages of a site are needed.

    \b
      syndicate sites learn crawl.jsonl --output sites.json
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.boilerplate import SiteTemplates  # noqa: PLC0415 - keeps --help quick
    from syndicate.cli.console import say  # noqa: PLC0415

    _check(output)
    templates = SiteTemplates.load(output) if output.exists() else SiteTemplates()
    trouble: list[Skipped] = []
    documents = read_documents(paths, trouble, extractor)
    count = _learn(templates, documents, _today())
    if count:
        _keep(templates, output, forget)
        say(f"{_counted(count, 'page')} read; {_known(templates)}")
    finish(trouble, count)
    if not count:
        message = (
            "nothing was learned: a page needs a `source`, a `url`, or a folder of its site"
            " inside the folder given"
        )
        raise ConfigError(message)


@_sites.command(no_args_is_help=True, short_help="Put together what several files have learned.")
def merge(files: Several, *, output: Merged, forget: Forget = None) -> None:
    """Put together what several files have learned; their order does not matter.

    \b
      syndicate sites merge monday.json tuesday.json --output sites.json
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.boilerplate import SiteTemplates  # noqa: PLC0415 - keeps --help quick
    from syndicate.cli.console import say  # noqa: PLC0415

    _check(output)
    templates = SiteTemplates()
    for file in files:
        templates.merge(SiteTemplates.load(file))
    _keep(templates, output, forget)
    say(f"{_counted(len(files), 'file')} merged; {_known(templates)}")


_GLUED: Final = "words that begin or end the pages"
"""What is learned of pages whose line breaks were lost: kept as hashes, so not shown."""


def _check(output: Path) -> None:
    """Tell before anything is read that a file cannot be written."""
    if not output.parent.is_dir():
        message = f"--output must be in a folder that exists, got {output}"
        raise ConfigError(message)


def _today() -> int:
    """Give the days since 1970."""
    return (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days


def _keep(templates: SiteTemplates, output: Path, forget: int | None) -> None:
    """Write what was learned, but for what is to be forgotten."""
    if forget is not None:
        templates.forget(_today() - forget)
    templates.save(output)


def _known(templates: SiteTemplates) -> str:
    """Say how much is known."""
    lines = sum(len(templates.furniture(site)) for site in templates.sites)
    told = f"{_counted(len(templates.sites), 'site')}, {_counted(lines, 'line')} of furniture"
    glued = len(templates.compiled.glued)
    return f"{told}, and {_GLUED} of {_counted(glued, 'site')}" if glued else told


def _counted(number: int, noun: str) -> str:
    """Say how many there are."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _learn(templates: SiteTemplates, documents: Iterable[Document], day: int) -> int:
    """Learn from all documents that have a site; give how many there were."""
    from syndicate.boilerplate import site_of  # noqa: PLC0415 - keeps --help quick

    count = 0
    for document in documents:
        site = site_of(document)
        if site:
            count += 1
            templates.learn(site, document.text, day=day)
    return count


@_sites.command(
    no_args_is_help=True, short_help="Show the lines learned, and how often each stood."
)
def show(file: Learned, *, site: Site = None, format_: Written = Format.TEXT) -> None:
    """Show the lines learned, and with how many different articles each stood.

    \b
      syndicate sites show sites.json --site example.org
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.boilerplate import SiteTemplates  # noqa: PLC0415 - keeps --help quick
    from syndicate.report.table import shown  # noqa: PLC0415

    templates = SiteTemplates.load(file)
    chosen = [name for name in templates.sites if site in (None, name)]
    if site is not None and not chosen:
        known = _counted(len(templates.sites), "site")
        message = f"--site must be one of the {known} in {file}, got {site!r}"
        raise ConfigError(message)
    if format_ is Format.JSON:
        found = {
            name: [{"line": f.line, "articles": f.articles} for f in templates.furniture(name)]
            for name in chosen
        }
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    for name in chosen:
        glued = f", and {_GLUED}" if name in templates.compiled.glued else ""
        sys.stdout.write(f"{shown(name)}: {_counted(templates.pages(name), 'page')}{glued}\n")
        for furniture in templates.furniture(name):
            sys.stdout.write(f"{furniture.articles:>6}  {shown(furniture.line)}\n")


@_sites.command(no_args_is_help=True)
def apply(file: Learned, paths: Paths, *, extractor: Pages = Extractor.TRAFILATURA) -> None:
    """Strip documents by what was learned; JSON lines on standard output.

    \b
      syndicate sites apply sites.json crawl.jsonl > clean.jsonl
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.cli.strip import strip  # noqa: PLC0415 - keeps --help quick

    strip(paths, sites=file, extractor=extractor, format_=Format.JSON)
