"""What is said on standard error: progress, what was skipped, and a line at the end."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from syndicate.report.table import count, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from syndicate.report.contract import Reported

_LISTED: Final = 10
WORTH_SAYING: Final = 10.0
"""Seconds from which on a run says what it will take."""
_MINUTES: Final = 100.0
_STAGES: Final = {
    "read": "Reading",
    "candidates": "Looking for reprints",
    "samples": "Looking for excerpts",
    "verify": "Verifying",
}


def say(message: str) -> None:
    """Write a line on standard error."""
    sys.stderr.write(shown(message) + "\n")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar while the block runs, if standard error is a terminal.

    Yields
    ------
    callable
        To be told the stage, how much of it is done, and how much there is.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=None)
        yield lambda stage, done, total: bar.update(
            task, description=_STAGES.get(stage, stage), completed=done, total=total
        )


class Estimated(Protocol):
    """What a run will take, about: seconds, and bytes of memory and disk."""

    @property
    def seconds(self) -> float:
        """Time."""
        ...

    @property
    def memory(self) -> int:
        """Bytes."""
        ...

    @property
    def disk(self) -> int:
        """Bytes; 0 when all stays in memory."""
        ...


def announce(size: int, estimate: Estimated) -> None:
    """Say what a large input will take, before the work begins."""
    if estimate.seconds >= WORTH_SAYING:
        disk = f", {_megabytes(estimate.disk)} of disk" if estimate.disk else ""
        say(
            f"{_megabytes(size)} to read: about {_duration(estimate.seconds)}, "
            f"{_megabytes(estimate.memory)} of memory{disk}"
        )


def _megabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:,.0f} MB"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _MINUTES else f"{seconds / 60:.0f} minutes"


def report(result: Reported) -> None:
    """Say what was skipped or limited."""
    for item in result.skipped[:_LISTED]:
        say(f"skipped {item.id}: {item.error}")
    if len(result.skipped) > _LISTED:
        more = count(len(result.skipped) - _LISTED, "more input")
        say(f"skipped {more}: the result of --format json lists them all")
    for note in result.notes:
        say(f"note: {note}")
