"""``syndicate compare`` and ``syndicate explain``: two texts side by side."""

from __future__ import annotations

import enum
import json
import sys
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final

import typer

from syndicate.cli.sides import print_sides, safe
from syndicate.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from syndicate.config import Config
    from syndicate.model import Credit, Document
    from syndicate.pipeline.compare import Comparison, Explanation

app = typer.Typer()

_ONE: Final = "A file, or the id of a document of --among."
_AMONG: Final = "Where to look for ids: a folder, file or pattern; may be given several times."
_STRIP: Final = "Compare texts as they are, with captions, bylines and site furniture."
_SIZE: Final = "Tokens to a shingle."
_WHOLE: Final = "See the pair as dedupe --whole does."


_MEASURED: Final = {
    "tokens": "words",
    "shared": "words in runs that both hold",
    "passages": "runs that only small edits part are one",
    "longest": "shared words of the longest passage",
    "spanned": "words from run to run, edits included",
    "moved": "passages in another order",
    "first": "where the shared text begins",
    "last": "where it ends",
    "bulk": "where a seventh of it is reached",
    "own": "longest stretch without it",
    "edits": "in passages",
    "slots": "places where facts stand for other facts",
    "facts_changed": "facts there that differ",
    "facts_shared": "facts in runs",
    "facts": "words with a number, or the key of an answer",
}
"""What the quantities are, as `docs/relations.md` has them."""


class Format(enum.StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    JSON = "json"


One = Annotated[str, typer.Argument(metavar="A", help=_ONE, show_default=False)]
Other = Annotated[str, typer.Argument(metavar="B", help=_ONE, show_default=False)]
Among = Annotated[
    list[str] | None, typer.Option("--among", metavar="PATH", help=_AMONG, show_default=False)
]
NoStrip = Annotated[bool, typer.Option("--no-strip", help=_STRIP)]
Size = Annotated[int, typer.Option("--shingle-size", metavar="N", help=_SIZE)]
Whole = Annotated[bool, typer.Option("--whole", help=_WHOLE, show_default=False)]
Written = Annotated[Format, typer.Option("--format", "-f", metavar="FORMAT", help="text or json.")]


@app.command(no_args_is_help=True, short_help="Show two texts side by side, and what they share.")
def compare(
    a: One,
    b: Other,
    *,
    among: Among = None,
    no_strip: NoStrip = False,
    shingle_size: Size = 5,
    format_: Written = Format.TEXT,
) -> None:
    """Show two texts side by side, with what they share and what is new.

    \b
      syndicate compare one.txt other.txt
      syndicate compare 17 23 --among crawl.jsonl
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.pipeline.compare import examine  # noqa: PLC0415 - keeps --help quick

    one, two = _documents(a, b, among)
    comparison = examine(one, two, config=_config(strip=not no_strip, shingle_size=shingle_size))
    if format_ is Format.JSON:
        _write_json(_plain(comparison))
        return
    console = _console()
    _print_summary(console, comparison)
    _print_credits(console, comparison)
    print_sides(console, comparison)


@app.command(no_args_is_help=True, short_help="Say why two texts are a match or not.")
def explain(
    a: One,
    b: Other,
    *,
    among: Among = None,
    no_strip: NoStrip = False,
    shingle_size: Size = 5,
    whole: Whole = False,
    format_: Written = Format.TEXT,
) -> None:
    """Say why two texts are a match or not, and which setting would change that.

    Furniture that dedupe would learn of their sites is not known here.

    \b
      syndicate explain one.txt other.txt
      syndicate explain 17 23 --among crawl.jsonl --format json
    """  # noqa: D301 - the backspace is for the layout of --help
    from syndicate.pipeline.compare import explain as explained  # noqa: PLC0415 - likewise

    one, two = _documents(a, b, among)
    config = _config(strip=not no_strip, shingle_size=shingle_size)
    if whole:
        config = replace(config, find="whole")
    found = explained(one, two, config=config)
    if format_ is Format.JSON:
        _write_json(_plain(found.comparison) | _reasons(found))
        return
    console = _console()
    _print_summary(console, found.comparison)
    _print_credits(console, found.comparison)
    options = "--no-strip" if no_strip else "--no-sites"
    _print_reasons(console, found, f"dedupe {options} --whole" if whole else f"dedupe {options}")


def _config(*, strip: bool, shingle_size: int) -> Config:
    from syndicate.config import Config, SketchConfig  # noqa: PLC0415 - likewise

    sketch = SketchConfig(shingle_size=shingle_size)
    return Config(strip="rules" if strip else "none", sketch=sketch)


def _documents(a: str, b: str, among: list[str] | None) -> tuple[Document, Document]:
    """Read two files, or find two ids.

    Raises
    ------
    DocumentError
        If a file cannot be read or does not hold one document, or an id is nowhere.
    """
    if among:
        found: dict[str, Document] = {}
        for document in _read(among, {a, b}):
            if found.setdefault(document.id, document).text != document.text:
                message = (
                    f"several documents have the id {document.id!r}, of which dedupe keeps one; "
                    "give each its own"
                )
                raise DocumentError(message, path=document.id)
        missing = [name for name in (a, b) if name not in found]
        if missing:
            message = (
                f"no document {missing[0]!r} in {', '.join(among)}; ids are as dedupe has them"
            )
            raise DocumentError(message, path=missing[0])
        return found[a], found[b]
    one, other = _only(a), _only(b)
    if one.id == other.id:  # files of one name in two folders
        return replace(one, id=a), replace(other, id=b)
    return one, other


def _only(path: str) -> Document:
    found = list(islice(_read([path], None), 2))
    if len(found) == 1:
        return found[0]
    told = f"several documents: give the id of one, and --among {path}" if found else "no document"
    message = f"{path} holds {told}"
    raise DocumentError(message, path=path)


def _read(paths: list[str], wanted: set[str] | None) -> Iterable[Document]:
    """Read documents; what cannot be read is told once nothing else was found."""
    from syndicate import io  # noqa: PLC0415 - keeps --help quick
    from syndicate.model import Document  # noqa: PLC0415

    plan = io.plan(paths)
    trouble = list(plan.skipped)
    found = False
    for unit in plan.units:
        for batch in io.read(unit):
            trouble += batch.skipped
            for record in batch.records.to_pylist():
                if wanted is None or record["id"] in wanted:
                    found = True
                    yield Document(**record)
    if trouble and not found:
        message = f"{trouble[0].id}: {trouble[0].error}"
        raise DocumentError(message, path=trouble[0].id)


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - slow to import

    return Console(file=sys.stdout, highlight=False)


def _print_summary(console: Console, comparison: Comparison) -> None:
    match = comparison.match
    console.print(f"[bold]{comparison.summary}[/bold]", soft_wrap=True)
    if comparison.shares:
        console.print(f"{match.relation}: {match.reason}", soft_wrap=True, markup=False)
    console.print(
        f"Jaccard {match.jaccard:.3f}, {match.containment_a:.3f} of A in B, "
        f"{match.containment_b:.3f} of B in A, {match.shared} shared shingles"
    )


def _print_credits(console: Console, comparison: Comparison) -> None:
    names = (comparison.match.a, comparison.match.b)
    for name, found in zip(names, comparison.credits, strict=True):
        for credit in found:
            console.print(
                f"{safe(name)} carries the {credit.how} {safe(credit.name)}", markup=False
            )


def _print_reasons(console: Console, found: Explanation, command: str) -> None:
    verdict = "would report" if found.reported else "would not report"
    console.print(f"{command} {verdict} this pair; score {found.comparison.score:.3f}")
    for tier in found.tiers:
        verdict = "finds this pair" if tier.finds else "misses this pair"
        console.print(
            f"{tier.name}: {verdict}: {tier.seen} "
            f"(finds such a pair with probability {tier.chance:.3f})",
            soft_wrap=True,
        )
    measures = _measures(found.comparison) if found.comparison.shares else {}
    for line in _measured(measures):
        console.print(f"  {line}", markup=False)
    for flip in found.flips:
        console.print(f"with {flip.setting}: {flip.verdict}", soft_wrap=True, markup=False)
    if not found.flips:
        console.print("no single setting changes this")


def _measures(comparison: Comparison) -> dict[str, int]:
    evidence = comparison.evidence
    return evidence._asdict()


def _measured(values: dict[str, int]) -> Iterable[str]:
    """Write what was measured, the two texts' values of one quantity side by side."""
    for name, value in values.items():
        quantity = name.removesuffix("_a")
        gloss = f" ({_MEASURED[quantity]})" if quantity in _MEASURED else ""
        if name.endswith("_a"):
            yield f"{quantity}: {value} in A, {values[quantity + '_b']} in B{gloss}"
        elif not name.endswith("_b"):
            yield f"{name}: {value}{gloss}"


def _plain(comparison: Comparison) -> dict[str, object]:
    """Give a comparison as JSON takes it."""
    match = comparison.match
    return {
        "a": match.a,
        "b": match.b,
        "relation": match.relation.value,
        "reason": match.reason,
        "summary": comparison.summary,
        "jaccard": match.jaccard,
        "containment_a": match.containment_a,
        "containment_b": match.containment_b,
        "shared": match.shared,
        "passages": [
            {name: getattr(passage, name) for name in passage.__slots__}
            for passage in match.passages
        ],
        "credits_a": [_credit(credit) for credit in comparison.credits[0]],
        "credits_b": [_credit(credit) for credit in comparison.credits[1]],
        "pieces_a": [piece._asdict() for piece in comparison.anatomy.a],
        "pieces_b": [piece._asdict() for piece in comparison.anatomy.b],
    }


def _credit(credit: Credit) -> dict[str, object]:
    return {name: getattr(credit, name) for name in credit.__slots__}


def _reasons(found: Explanation) -> dict[str, object]:
    return {
        "score": found.comparison.score,
        "reported": found.reported,
        "evidence": _measures(found.comparison),
        "tiers": [tier._asdict() for tier in found.tiers],
        "flips": [flip._asdict() for flip in found.flips],
    }


def _write_json(value: dict[str, object]) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
