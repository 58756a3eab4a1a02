"""Where the stages meet: `dedupe`."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate import io
from syndicate.config import Config
from syndicate.errors import ConfigError
from syndicate.pipeline.corpus import Corpus
from syndicate.pipeline.grouping import group
from syndicate.pipeline.matcher import Matcher
from syndicate.pipeline.result import Result
from syndicate.pipeline.scan import claim, scan, sketch_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Progress = Callable[[str, int, int], None]

__all__ = ["Result", "dedupe", "dedupe_paths"]

IN_MEMORY = 256 << 20
"""Bytes of text up to which nothing is put on disk."""
_EXPANSION = 4
"""Bytes held for each byte of text: the text, its shingles, flags and keys."""
_PART = 64 << 20


def _silent(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


def dedupe(documents: Iterable[Any], *, config: Config | None = None) -> Result:
    """Group reprints.

    Parameters
    ----------
    documents
        `Document` values, mappings with at least ``text``, ``(id, text)`` pairs, or anything
        that speaks the Arrow C stream protocol (pyarrow, polars, pandas, DuckDB) and has a
        ``text`` column.
    config
        Settings; the defaults if not given.

    Returns
    -------
    Result
        With ``clusters``, ``matches``, ``skipped``.

    Examples
    --------
    >>> story = "The mayor opened the new bridge across the river on Monday morning"
    >>> result = dedupe([("a", story), ("b", story + " (AP)"), ("c", "Rain is expected")])
    >>> [(cluster.canonical, cluster.members[0].id) for cluster in result.clusters]
    [('b', 'a')]
    """
    config = config or Config()
    folder = _Scratch()
    parts = []
    held = 0
    for number, some in enumerate(_gathered(io.from_documents(documents), _PART)):
        held += sum(batch.records.nbytes for batch in some)
        if held > IN_MEMORY:
            parts.append(sketch_batches(some, config, folder.part(number)))
        else:
            parts += [sketch_batches([batch], config) for batch in some]
    return _result(Corpus(parts), config, _silent, folder)


def dedupe_paths(
    paths: Sequence[str],
    *,
    config: Config | None = None,
    workers: int | None = None,
    work: Path | None = None,
    progress: Callable[[str, int, int], None] = _silent,
) -> Result:
    """Group reprints among files.

    Parameters
    ----------
    paths
        Folders, files, globs, or ``-`` for JSONL on standard input.
    config
        Settings; the defaults if not given.
    workers
        Processes that read and sketch; by default as many as there are processors when the
        input is large, else one. Does not change the result.
    work
        Folder in which finished steps are kept, to go on from after an interruption.
    progress
        Called with a stage, how much of it is done, and how much there is.
    """
    config = config or Config()
    folder = _Scratch()
    stdin = folder.path() / "stdin.jsonl" if "-" in paths else None
    plan = io.plan(paths, stdin=stdin)
    large = plan.bytes > IN_MEMORY
    workers = workers or (os.cpu_count() or 1 if large else 1)
    if work is None and (large or workers > 1):
        work = folder.path()
    if work is not None:
        claim(work, plan.units, config)
    parts = scan(plan.units, config, work=work, workers=workers, progress=progress)
    return _result(Corpus(parts, plan.skipped), config, progress, folder)


def _result(corpus: Corpus, config: Config, progress: Progress, folder: _Scratch) -> Result:
    """Match, cluster and put into words."""
    matcher = Matcher(corpus, config, progress)
    found = matcher.find()

    def at(threshold: float) -> Result:
        if threshold < config.threshold:
            message = (
                f"threshold must be at least {config.threshold}, with which the matches were "
                f"found, got {threshold}; run dedupe again for less"
            )
            raise ConfigError(message)
        chosen = replace(config, threshold=threshold)
        clusters, matches = group(corpus, Matcher(corpus, chosen, progress), found)
        return Result(
            documents=len(corpus),
            clusters=clusters,
            matches=matches,
            skipped=corpus.skipped,
            settings=asdict(chosen),
            notes=tuple(matcher.notes),
            corpus=corpus,
            recluster=at,
        )

    weakref.finalize(corpus, folder.remove)
    return at(config.threshold)


def _gathered(batches: Iterable[io.Batch], size: int) -> Iterator[list[io.Batch]]:
    """Gather batches to about this many bytes."""
    held: list[io.Batch] = []
    total = 0
    for batch in batches:
        held.append(batch)
        total += batch.records.nbytes
        if total >= size:
            yield held
            held, total = [], 0
    if held:
        yield held


class _Scratch:
    """A temporary folder, made when first asked for."""

    def __init__(self) -> None:
        self._path: Path | None = None

    def path(self) -> Path:
        """Make the folder; it goes when the interpreter does, at the latest."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="syndicate-"))
            weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        return self._path

    def part(self, number: int) -> Path:
        """Make a folder for one part."""
        folder = self.path() / f"part-{number:06d}"
        folder.mkdir()
        return folder

    def remove(self) -> None:
        """Remove it with all that is in it."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
