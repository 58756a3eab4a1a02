"""Reading and sketching the whole input, in this process or in several."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
import weakref
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow.compute as pc

from syndicate import io
from syndicate.boilerplate import SiteTemplates
from syndicate.config import SCHEME
from syndicate.errors import IndexFormatError, StoreError
from syndicate.pipeline import worker
from syndicate.pipeline.part import Part, load, sketch
from syndicate.pipeline.texts import load_texts, read_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from syndicate.config import Config
    from syndicate.pipeline.texts import Texts

    Progress = Callable[[str, int, int], None]

_MANIFEST = "manifest.json"
_FORMAT = 5
_SITES = "sites.json"
_AHEAD = 2
"""Units that each other process has at once, so that it need not wait for this one."""
_TOP_FOLDER = r"^(?P<top>[^/]+)/"


def sketch_batches(batches: Iterable[io.Batch], config: Config) -> Part:
    """Sketch batches into one part in memory, with nothing learned of sites."""
    return sketch(read_texts(batches), config)


def sketch_in_memory(
    groups: Iterable[tuple[Sequence[io.Batch], Path | None]], config: Config
) -> tuple[list[Part], SiteTemplates | None]:
    """Read and sketch all; where sites are learned of, once all is read.

    Parameters
    ----------
    groups
        Batches, and the folder in which they wait, or None for memory.
    config
        The settings of the run.

    Returns
    -------
    parts
        One for each group.
    templates
        What was learned, if anything.
    """
    learned = SiteTemplates() if config.strip == "sites" else None
    read: Iterable[tuple[Texts, Path | None]] = (
        (read_texts(some, folder, learn=learned), folder) for some, folder in groups
    )
    if learned is not None:
        read = list(read)
    templates = learned if learned and learned.sites else None
    parts = [sketch(texts, config, templates=templates, folder=folder) for texts, folder in read]
    return parts, templates


def sketch_units(
    units: Sequence[io.Unit], config: Config, *, work: Path, workers: int, progress: Progress
) -> tuple[list[Part], SiteTemplates | None]:
    """Sketch units of input, in a folder where an interrupted run is taken up again.

    Parameters
    ----------
    units
        Of the input; parts come in their order.
    config
        The settings of the run.
    work
        The folder, ours by `claim`.
    workers
        Processes to use.
    progress
        Told how many units are done.

    Returns
    -------
    parts
        One for each unit.
    templates
        What was learned of sites, if anything.
    """
    numbers = range(len(units))
    templates = None
    with _Steps(units, work, workers, progress) as steps:
        if config.strip == "sites":
            steps.run("read", _read_unit, _texts_folder, ())
            templates = _merged(work, len(units))
            steps.run("sketch", _sketch_texts, _part_folder, (config,))
        else:
            steps.run("read", _read_and_sketch, _part_folder, (config,))
    loaded = [load(load_texts(_texts_folder(work, n)), _part_folder(work, n)) for n in numbers]
    return loaded, templates


class _Steps:
    """Runs functions over all units, where their result is not there yet.

    This process works on units as the others do, so that nobody waits while those start.
    """

    def __init__(
        self, units: Sequence[io.Unit], work: Path, workers: int, progress: Progress
    ) -> None:
        self._units = units
        self._work = work
        self._others = min(workers, len(units)) - 1
        self._progress = progress
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=error is not None, cancel_futures=True)

    def run(
        self,
        stage: str,
        step: Callable[..., None],
        result: Callable[[Path, int], Path],
        settings: tuple[object, ...],
    ) -> None:
        """Run a step over all units; the first failure ends it, named."""
        total = len(self._units)
        waiting = deque(n for n in range(total) if not result(self._work, n).exists())
        pending: set[Future[None]] = set()
        try:
            while waiting or pending:
                self._progress(stage, total - len(waiting) - len(pending), total)
                while len(waiting) > 1 and len(pending) < self._others * _AHEAD:
                    pending.add(self._submit(step, waiting.popleft(), settings))
                if waiting:
                    number = waiting.popleft()
                    step(self._units[number], self._work, number, *settings)
                patience = 0 if waiting else None
                done, pending = wait(pending, timeout=patience, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        except BrokenProcessPool as error:
            raise StoreError(self._obituary()) from error

    def _submit(
        self, step: Callable[..., None], number: int, settings: tuple[object, ...]
    ) -> Future[None]:
        """Give a unit to another process."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self._others, mp_context=context, initializer=worker.begin
            )
        with worker.starting():
            return self._pool.submit(step, self._units[number], self._work, number, *settings)

    def _obituary(self) -> str:
        drafts = (n for n in range(len(self._units)) if _draft(self._work, n).exists())
        held = "; ".join(str(self._units[n]) for n in drafts) or "nothing yet"
        return (
            f"a worker process died, killed or out of memory, while it worked on one of: {held}. "
            f"Run again, with fewer --workers or more memory; with --work, what was finished is "
            f"kept"
        )


def with_folders(unit: io.Unit) -> Iterator[io.Batch]:
    """Read a unit; files without a source have their top folder for one."""
    for batch in io.read(unit):
        if unit.kind != "files":
            yield batch
            continue
        records = batch.records
        folders = pc.struct_field(pc.extract_regex(records.column("id"), _TOP_FOLDER), "top")
        sources = pc.coalesce(records.column("source"), folders)
        place = records.schema.get_field_index("source")
        yield replace(batch, records=records.set_column(place, "source", sources))


def _read_unit(unit: io.Unit, work: Path, number: int) -> None:
    """Read a unit into its folder and learn from it."""
    learned = SiteTemplates()
    with _drafted(_draft(work, number), _texts_folder(work, number)) as draft:
        read_texts(with_folders(unit), draft, learn=learned)
        learned.save(draft / _SITES)


def _sketch_texts(_unit: io.Unit, work: Path, number: int, config: Config) -> None:
    """Sketch what `_read_unit` read."""
    texts = load_texts(_texts_folder(work, number))
    learned = SiteTemplates.load(work / _SITES)
    templates = learned if learned.sites else None
    with _drafted(_draft(work, number), _part_folder(work, number)) as draft:
        sketch(texts, config, templates=templates, folder=draft)


def _read_and_sketch(unit: io.Unit, work: Path, number: int, config: Config) -> None:
    """Do both at once, where nothing is to be learned first."""
    folder = _texts_folder(work, number)
    with _drafted(_draft(work, number), folder) as draft:
        read_texts(with_folders(unit), draft)
    with _drafted(_draft(work, number), _part_folder(work, number)) as draft:
        sketch(load_texts(folder), config, folder=draft)


def _merged(work: Path, units: int) -> SiteTemplates | None:
    """Put together what was learned of all units."""
    merged = SiteTemplates()
    for number in range(units):
        merged.merge(SiteTemplates.load(_texts_folder(work, number) / _SITES))
    merged.save(work / _SITES)
    return merged if merged.sites else None


@contextmanager
def _drafted(draft: Path, final: Path) -> Iterator[Path]:
    """Make a folder that bears its name only once it is complete."""
    for leftover in (draft, final):
        shutil.rmtree(leftover, ignore_errors=True)
    draft.mkdir()
    yield draft
    draft.rename(final)


def _texts_folder(work: Path, number: int) -> Path:
    return work / f"texts-{number:06d}"


def _part_folder(work: Path, number: int) -> Path:
    return work / f"part-{number:06d}"


def _draft(work: Path, number: int) -> Path:
    return work / f"draft-{number:06d}"


def claim(work: Path, units: Sequence[io.Unit], config: Config) -> None:
    """Make a work folder ours, or make sure that it is.

    Raises
    ------
    IndexFormatError
        If it holds the work of other input, settings or version.
    StoreError
        If it cannot be written.
    """
    wanted = {
        "format": _FORMAT,
        "scheme": SCHEME,
        "settings": asdict(config),
        "input": [unit.fingerprint() for unit in units],
    }
    manifest = work / _MANIFEST
    if work.exists() and not work.is_dir():
        message = f"cannot use work folder {work}: it is a file; name a folder"
        raise StoreError(message)
    try:
        work.mkdir(parents=True, exist_ok=True)
        if not manifest.exists():
            if any(work.iterdir()):
                message = f"{work} is not empty and not a work folder; choose an empty one"
                raise IndexFormatError(message)
            draft = manifest.with_suffix(".tmp")
            draft.write_text(json.dumps(wanted), encoding="utf-8")
            os.replace(draft, manifest)  # noqa: PTH105 - Path.replace says the same
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"cannot use work folder {work}: {error.strerror}"
        raise StoreError(message) from error
    except ValueError as error:
        message = f"{manifest} is damaged; delete the folder {work} and start again"
        raise IndexFormatError(message) from error
    for name, value in wanted.items():
        if found.get(name) != json.loads(json.dumps(value)):
            message = (
                f"{work} holds the work of another run: other {name}; "
                f"choose another folder or delete it"
            )
            raise IndexFormatError(message)


class Scratch:
    """A temporary folder, made when first asked for and gone with its owner."""

    def __init__(self) -> None:
        self._path: Path | None = None

    def path(self) -> Path:
        """Make the folder; it is removed when the interpreter ends, at the latest."""
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
