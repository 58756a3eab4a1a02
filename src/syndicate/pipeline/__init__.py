"""Where the stages meet: `dedupe`."""

from __future__ import annotations

import weakref
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from syndicate import io
from syndicate.config import SOURCE, Config
from syndicate.errors import ConfigError
from syndicate.pipeline.budget import Budget, Estimate, text_size
from syndicate.pipeline.corpus import Corpus
from syndicate.pipeline.grouping import group
from syndicate.pipeline.heap import undisturbed
from syndicate.pipeline.matcher import Matcher
from syndicate.pipeline.pace import measured
from syndicate.pipeline.result import Result
from syndicate.pipeline.scan import (
    Scratch,
    claim,
    sketch_in_memory,
    sketch_units,
    with_folders,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from syndicate.boilerplate import SiteTemplates

    Progress = Callable[[str, int, int], None]

__all__ = ["Estimate", "Result", "dedupe", "dedupe_paths"]

_UNIT = 16 << 20
"""Bytes of input that a worker takes at a time."""
_PART = 64 << 20
"""Bytes of documents that are put on disk together."""
_TOGETHER = 2 << 20
"""Bytes of documents that are put together in memory: less than are read at a time, for what was
read together need not be copied."""
_WORTH_TIMING = 64 << 20
"""Bytes of input from which some of it is timed first, to say what all of it will take."""


def _silent(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


@undisturbed()
def dedupe(
    documents: Iterable[Any], *, config: Config | None = None, memory: int | None = None
) -> Result:
    """Group reprints.

    Parameters
    ----------
    documents
        `Document` values, mappings with at least ``text``, ``(id, text)`` pairs, or anything
        that speaks the Arrow C stream protocol (pyarrow, polars, pandas, DuckDB) and has a
        ``text`` column.
    config
        Settings; the defaults if not given.
    memory
        Bytes to stay within; what needs more waits on disk. By default a quarter of what is
        free. Does not change the result.

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
    budget = Budget.of(0, memory=memory, workers=1)
    folder = Scratch()
    groups = _placed(io.from_documents(documents, config.extractor), budget, folder)
    parts, templates = sketch_in_memory(groups, config)
    return _result(Corpus(parts), config, budget, _silent, folder, templates)


@undisturbed()
def dedupe_paths(
    paths: str | Sequence[str],
    *,
    config: Config | None = None,
    memory: int | None = None,
    workers: int | None = None,
    work: Path | None = None,
    progress: Progress = _silent,
    announce: Callable[[int, Estimate], None] | None = None,
) -> Result:
    """Group reprints among files.

    Parameters
    ----------
    paths
        Folders, files, globs, or ``-`` for JSONL on standard input; one or several.
    config
        Settings; the defaults if not given.
    memory
        Bytes to stay within; what needs more waits on disk. By default a quarter of what is
        free.
    workers
        Processes that read and sketch; by default as many as there are processors when the
        input is large, else one. Neither changes the result.
    work
        Folder in which finished steps are kept, to go on from after an interruption.
    progress
        Called with a stage, how much of it is done, and how much there is.
    announce
        Called before the work with the bytes of input and what they will take.

    Raises
    ------
    ConfigError, StoreError, IndexFormatError
        If memory or disk do not suffice, or the work folder is another run's.
    """
    paths = [paths] if isinstance(paths, str) else paths
    config = config or Config()
    folder = Scratch()
    stdin = folder.path() / "stdin.jsonl" if "-" in paths else None
    plan = io.plan(paths, unit_bytes=_UNIT, stdin=stdin, extractor=config.extractor)
    size = text_size(plan.units)
    budget = Budget.of(size, memory=memory, workers=workers)
    if work is None and (size > budget.in_memory or budget.workers > 1):
        work = folder.path() / "work"
    if work is not None:
        claim(work, plan.units, config)
        budget.check_disk(size, work)
    if announce:
        pace = measured(plan.units, config) if size >= _WORTH_TIMING else None
        announce(size, budget.estimate(size, pace))
    if work is None:
        sizes = [0] * len(plan.units)
        groups = _placed(_read(plan.units, sizes, progress), budget, folder)
        parts, templates = sketch_in_memory(groups, config)
    else:
        parts, templates = sketch_units(
            plan.units, config, work=work, workers=budget.workers, progress=progress
        )
        sizes = [len(part) for part in parts]
    corpus = Corpus(parts, plan.skipped, plan.units, sizes)
    return _result(corpus, config, budget, progress, folder, templates)


def _read(units: Sequence[io.Unit], sizes: list[int], progress: Progress) -> Iterator[io.Batch]:
    """Read units one after the other, and count the documents of each."""
    for number, unit in enumerate(units):
        progress("read", number, len(units))
        for batch in with_folders(unit):
            sizes[number] += len(batch.records)
            yield batch


def _result(
    corpus: Corpus,
    config: Config,
    budget: Budget,
    progress: Progress,
    folder: Scratch,
    templates: SiteTemplates | None,
) -> Result:
    """Match, cluster and put into words."""
    matcher = Matcher(corpus, config, budget, progress)
    taught = [site for site in templates.sites if templates.furniture(site)] if templates else []
    if taught:
        matcher.notes.append(f"furniture was learned from the pages of {_named(taught)}")
    unread, date = corpus.unread_dates()
    if unread:
        matcher.notes.append(
            f"the dates of {unread} documents could not be read, such as {date[:40]!r}; write "
            "them as 2026-03-12 or 2026-03-12T08:00:00+07:00 (ISO 8601)"
        )
    if absent := _absent(corpus, config.canonical):
        matcher.notes.append(f"no document is from {_named(absent)}, which `canonical` names")
    found = matcher.find()

    def at(threshold: float) -> Result:
        if threshold < config.threshold:
            message = (
                f"threshold must be at least {config.threshold}, with which the matches were "
                f"found, got {threshold}; run dedupe again for less"
            )
            raise ConfigError(message)
        chosen = replace(config, threshold=threshold)
        judge = Matcher(corpus, chosen, budget, progress, found.stock)
        clusters, matches = group(corpus, judge, found)
        return Result(
            documents=len(corpus),
            clusters=clusters,
            matches=matches,
            skipped=corpus.skipped,
            settings=asdict(chosen),
            notes=(*matcher.notes, *judge.notes),
            stock=found.stock.hashes,
            corpus=corpus,
            recluster=at,
        )

    weakref.finalize(corpus, folder.remove)
    return at(config.threshold)


def _absent(corpus: Corpus, canonical: str) -> list[str]:
    """Give the sources that are to be canonical, and that no document is from."""
    if not canonical.startswith(SOURCE):
        return []
    listed = canonical.removeprefix(SOURCE).split(",")
    names = [name.strip() for name in listed if name.strip()]
    held = set(corpus.source_ranks(names).tolist())
    known = {names[rank].lower() for rank in held if rank < len(names)}
    return [name for name in names if name.lower() not in known]


def _named(sites: list[str]) -> str:
    """Say how many sites there are, and name the first."""
    others = len(sites) - 1
    return f"{sites[0]} and {others} other site{'s' * (others > 1)}" if others else sites[0]


def _placed(
    batches: Iterable[io.Batch], budget: Budget, scratch: Scratch
) -> Iterator[tuple[list[io.Batch], Path | None]]:
    """Let batches wait in memory while there is room, then in folders, many at a time."""
    held = size = number = 0
    waiting: list[io.Batch] = []
    for batch in batches:
        waiting.append(batch)
        size += batch.records.nbytes
        stays = held + size <= budget.in_memory
        if size >= (_TOGETHER if stays else _PART):
            yield waiting, None if stays else scratch.part(number)
            held, size, waiting, number = held + size, 0, [], number + 1
    if waiting:
        yield waiting, None if held + size <= budget.in_memory else scratch.part(number)
