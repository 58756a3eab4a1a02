"""Reading and sketching the whole input, in this process or in several."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
import weakref
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate import io
from syndicate.config import SCHEME
from syndicate.errors import IndexFormatError, StoreError
from syndicate.pipeline.part import Part, PartWriter, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from syndicate.config import Config

    Progress = Callable[[str, int, int], None]

_MANIFEST = "manifest.json"
_FORMAT = 1


def sketch_batches(
    batches: Iterable[io.Batch], config: Config, folder: Path | None = None
) -> Part:
    """Sketch batches into one part, waiting in memory or in a folder."""
    writer = PartWriter(config, folder)
    for batch in batches:
        writer.add(batch.records, batch.skipped)
    return writer.finish()


def sketch_units(
    units: Sequence[io.Unit],
    config: Config,
    *,
    work: Path | None,
    workers: int,
    progress: Progress,
) -> list[Part]:
    """Sketch units of input; parts come in the order of the units.

    Parameters
    ----------
    work
        Folder for parts, which is also where an interrupted run is taken up again; None
        keeps everything in memory, which takes one process.
    workers
        Processes to use.
    """
    if work is None:
        parts = []
        for number, unit in enumerate(units):
            progress("read", number, len(units))
            parts += [sketch_batches([batch], config) for batch in io.read(unit)]
        return parts
    waiting = [number for number in range(len(units)) if not _folder(work, number).exists()]
    if workers == 1 or len(waiting) <= 1:
        for done, number in enumerate(waiting):
            progress("read", len(units) - len(waiting) + done, len(units))
            _sketch_unit(units[number], config, work, number)
    else:
        _sketch_in_processes(units, waiting, config, work, workers, progress)
    return [load(_folder(work, number)) for number in range(len(units))]


def _sketch_in_processes(
    units: Sequence[io.Unit],
    waiting: list[int],
    config: Config,
    work: Path,
    workers: int,
    progress: Progress,
) -> None:
    """Share units among processes; the first failure ends the run, named."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(waiting)), mp_context=context)
    try:
        pending = {
            pool.submit(_sketch_unit, units[number], config, work, number) for number in waiting
        }
        while pending:
            progress("read", len(units) - len(pending), len(units))
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
    except BrokenProcessPool as error:
        held = [units[number] for number in waiting if _draft(work, number).exists()]
        message = (
            f"a worker process died, killed or out of memory, while reading one of: "
            f"{'; '.join(map(str, held)) or 'nothing yet'}. Run again, with fewer --workers "
            f"or more memory; with --work, what was finished is kept"
        )
        raise StoreError(message) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _sketch_unit(unit: io.Unit, config: Config, work: Path, number: int) -> None:
    """Sketch a unit into its folder, which exists under its name only once complete."""
    draft = _draft(work, number)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    sketch_batches(io.read(unit), config, draft)
    draft.rename(_folder(work, number))


def _folder(work: Path, number: int) -> Path:
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
                f"{work} holds the work of another run: its {name} differ; "
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
