"""A table to read on a terminal."""

from __future__ import annotations

import re
from contextlib import contextmanager
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Final, TextIO

from syndicate.model import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console
    from rich.table import Table

    from syndicate.model import Cluster, Match
    from syndicate.report.contract import Reported

_CLUSTERS: Final = 1000
_MEMBERS: Final = 100
_APART: Final = 10
_UNSHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BLANKS: Final = re.compile(" +$", re.MULTILINE)
_COLOURS: Final = {"canonical": "bold", "update": "yellow", "excerpt": "cyan", "embedding": "cyan"}


@contextmanager
def printing(stream: TextIO) -> Iterator[Console]:
    """Give a console to print tables on; elsewhere than on a terminal no line ends in blanks."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    made = Console(file=stream, highlight=False)
    if made.is_terminal:
        yield made
        return
    with made.capture() as printed:
        yield made
    stream.write(_BLANKS.sub("", printed.get()))


def write_table(result: Reported, stream: TextIO) -> None:
    """Write the clusters, then the matches that join no cluster.

    On a terminal it is as wide as that, elsewhere 80 columns; long ids go on in the next
    line and are never cut. Of many clusters and of many members the first are shown, of many
    matches that join no cluster the closest.
    """
    with printing(stream) as out:
        _print(result, out)


def _print(result: Reported, out: Console) -> None:
    if result.clusters:
        out.print(_clusters(islice(result.clusters, _CLUSTERS)))
    if len(result.clusters) > _CLUSTERS:
        more = count(len(result.clusters) - _CLUSTERS, "more cluster")
        out.print(f"and {more}: --format json lists all clusters")
    closest, apart = _closest(result.matches)
    if closest:
        if result.clusters:
            out.print()
        out.print(_apart(closest))
    if apart > _APART:
        more = count(apart - _APART, "more pair")
        out.print(f"and {more} like these: --format json lists all matches")
    if not result.documents:
        out.print("no document was read")
    elif not result.matches:
        out.print("no document shares enough text with another")


def totals(result: Reported) -> str:
    """Say in a line what was found."""
    copies = sum(len(cluster.members) for cluster in result.clusters)
    share = f" ({in_percent(copies / result.documents)} of all)" if copies else ""
    parts = [
        count(result.documents, "document"),
        count(len(result.clusters), "cluster"),
        count(copies, "copy", "copies") + share,
    ]
    if result.skipped:
        parts.append(f"{len(result.skipped):,} skipped")
    return ", ".join(parts)


def count(number: int, one: str, many: str | None = None) -> str:
    """Give a number with its noun: ``1 cluster``, ``2 clusters``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def in_percent(part: float) -> str:
    """Write a part of one."""
    return f"{percent(part)} %"


def shown(text: str) -> str:
    """Make a text harmless to a terminal: control characters become U+FFFD."""
    return _UNSHOWN.sub("\ufffd", text)


def _clusters(clusters: Iterable[Cluster]) -> Table:
    table = _table("document", "relation", "jaccard", "containment")
    for cluster in clusters:
        _add(table, cluster.canonical, "canonical", "", "")
        for member in cluster.members[:_MEMBERS]:
            numbers = in_percent(member.jaccard), in_percent(member.containment)
            _add(table, f"  {member.id}", member.relation.value, *numbers)
        if len(cluster.members) > _MEMBERS:
            more = count(len(cluster.members) - _MEMBERS, "more copy", "more copies")
            _add(table, f"  and {more}", "", "", "")
        table.add_section()
    return table


def _closest(matches: Iterable[Match]) -> tuple[list[Match], int]:
    """Choose the closest of the matches that join no cluster, and count these."""
    seen = 0

    def others() -> Iterator[Match]:
        nonlocal seen
        for match in matches:
            if not match.relation.joins:
                seen += 1
                yield match

    chosen = nsmallest(_APART, others(), lambda match: (-match.containment, match.a, match.b))
    return chosen, seen


def _apart(matches: Iterable[Match]) -> Table:
    table = _table("alike, but no copies", "relation", "jaccard", "containment")
    for match in matches:
        _add(table, match.a, "", "", "")
        numbers = in_percent(match.jaccard), in_percent(match.containment)
        _add(table, f"  {match.b}", match.relation.value, *numbers)
        table.add_section()
    return table


def _table(first: str, second: str, *numbers: str) -> Table:
    from rich import box  # noqa: PLC0415 - slow to import
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True)
    table.add_column(first, overflow="fold", ratio=1)
    table.add_column(second, no_wrap=True, min_width=len("canonical"))
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _add(table: Table, name: str, relation: str, *numbers: str) -> None:
    from rich.text import Text  # noqa: PLC0415 - slow to import

    colour = _COLOURS.get(relation, "")
    table.add_row(Text(shown(name), style=colour), Text(relation, style=colour), *numbers)
