"""Two texts side by side on a terminal, paragraph beside paragraph."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from syndicate.match.passages import Piece
    from syndicate.pipeline.compare import Comparison

_STYLES: Final = {"shared": "green", "edited": "yellow", "new": "bold red"}
_OPENING: Final = 5
"""Words by which two paragraphs are known to begin alike."""
_PARAGRAPH: Final = re.compile(r"[^\n]*\S[^\n]*\n?")


def print_sides(console: Console, comparison: Comparison) -> None:
    """Print both texts with what they share, what is edited, new and taken out."""
    from rich import box  # noqa: PLC0415 - slow to import
    from rich.table import Table  # noqa: PLC0415

    table = Table(expand=True, show_lines=False, box=box.HEAVY_HEAD)
    table.add_column(safe(comparison.match.a), ratio=1, overflow="fold")
    table.add_column(safe(comparison.match.b), ratio=1, overflow="fold")
    a, b = comparison.a.original, comparison.b.original
    cuts = [(0, 0), *_beside(a, b), (len(a), len(b))]
    for start, end in pairwise(cuts):
        table.add_row(
            _coloured(a, comparison.anatomy.a, start[0], end[0]),
            _coloured(b, comparison.anatomy.b, start[1], end[1]),
        )
    console.print(table)
    console.print("[green]shared[/] [yellow]edited[/] [bold red]new[/] [dim]taken out[/]")


def _beside(a: str, b: str) -> Iterator[tuple[int, int]]:
    """Tell where paragraphs start that begin alike, in the order of both texts."""
    places: dict[tuple[str, ...], int] = {}
    for paragraph in _PARAGRAPH.finditer(b):
        places.setdefault(_opening(paragraph[0]), paragraph.start())
    reached = 0
    for paragraph in _PARAGRAPH.finditer(a):
        place = places.get(_opening(paragraph[0]), -1)
        if place >= reached and (place or paragraph.start()):
            yield paragraph.start(), place
            reached = place + 1


def _opening(paragraph: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", paragraph.casefold(), re.UNICODE)[:_OPENING])


def _coloured(text: str, pieces: tuple[Piece, ...], start: int, end: int) -> Text:
    """Colour a part of a text; where colours do not show, brackets name what is not shared."""
    from rich.text import Text  # noqa: PLC0415 - slow to import

    shown = Text()
    place = start
    for piece in pieces:
        first, last = max(piece.start, start), min(piece.end, end)
        if first >= last:
            continue
        shown.append(safe(text[place:first]))
        words = safe(text[first:last])
        if piece.kind == "shared":
            shown.append(words, _STYLES["shared"])
        else:
            shown.append(f"[{piece.kind}: ", "dim")
            shown.append(words, _STYLES.get(piece.kind, "dim"))
            shown.append("]", "dim")
        place = last
    shown.append(safe(text[place:end]))
    shown.rstrip()
    return shown


def safe(text: str) -> str:
    """Leave out what would steer a terminal."""
    from syndicate.report.table import shown  # noqa: PLC0415 - likewise

    return "\n".join(shown(line) for line in text.splitlines(keepends=False)) + (
        "\n" if text.endswith("\n") else ""
    )
