"""The input, cut into units that workers can read apart from each other."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pyarrow as pa
from pyarrow import parquet

from syndicate.errors import DocumentError
from syndicate.io.encoding import SAMPLE, marked
from syndicate.io.find import STDIN, Source, find, reason
from syndicate.model import Skipped

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from syndicate.config import Extractor

Kind = Literal["files", "lines", "csv", "parquet"]

UNIT_BYTES: Final = 64 << 20
_UNIT_FILES: Final = 4096
_PACKED_TO: Final = 4  # times smaller, text usually
_COPIED: Final = 1 << 20
_KINDS: Final[dict[str, Kind]] = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".json": "lines",
    ".csv": "csv",
    ".parquet": "parquet",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the input, small to send to a worker.

    Attributes
    ----------
    kind
        ``files`` are documents each; the others hold many.
    sources
        The files; just one unless they are documents each.
    bytes
        Size of what is read, about: that of the file, or for a packed one several times that.
    start, stop
        Bytes of a file of lines (lines that *start* there are read), or row groups of a
        Parquet file; ``stop`` is None for all there is.
    extractor
        What takes articles out of pages.
    """

    kind: Kind
    sources: tuple[Source, ...]
    bytes: int
    start: int = 0
    stop: int | None = None
    extractor: Extractor = "trafilatura"

    def fingerprint(self) -> list[object]:
        """Give what tells whether this is still the same input, ready for JSON."""
        files = [[source.path, source.label, *_version(source)] for source in self.sources]
        return [self.kind, self.start, self.stop, self.extractor, files]


def _version(source: Source) -> tuple[int, int]:
    """Give size and time of change of a file, zeros if there are none."""
    try:
        status = Path(source.path).stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be read.

    Attributes
    ----------
    units
        In the order of the input: arguments as given, files of a folder by name.
    skipped
        Arguments, folders and files that cannot be read, and why.
    ignored
        How many files in folders are of no kind that is read.
    """

    units: tuple[Unit, ...]
    skipped: tuple[Skipped, ...] = ()
    ignored: int = 0

    @property
    def bytes(self) -> int:
        """Size of all units."""
        return sum(unit.bytes for unit in self.units)


def plan(
    paths: Iterable[str | os.PathLike[str]],
    *,
    unit_bytes: int = UNIT_BYTES,
    stdin: Path | None = None,
    extractor: Extractor = "trafilatura",
) -> Plan:
    """Find what is to be read and cut it into units.

    Parameters
    ----------
    paths
        Files, folders, patterns, and ``-`` for JSON lines on standard input.
    unit_bytes
        Size of a unit, about.
    stdin
        A file that standard input is copied to, to be read in parts and more than once.
        Without it, the unit of ``-`` can be read once, and in this process only.
    extractor
        What takes articles out of pages.

    Returns
    -------
    Plan
        Nothing but standard input and the heads of files has been read yet.
    """
    found = find(paths)
    units: list[Unit] = []
    for kind, group in groupby(found.sources, key=_kind):
        if kind == "files":
            units += _file_units(group, unit_bytes)
            continue
        for source in group:
            try:
                units += _CUTS[kind](_kept(source, stdin), unit_bytes)
            except (OSError, pa.ArrowException) as error:
                found.skip(source.label, reason(error))
    units = [replace(unit, extractor=extractor) for unit in units]
    return Plan(tuple(units), tuple(found.skipped), found.ignored)


def _kept(source: Source, path: Path | None) -> Source:
    """Copy standard input to a file, if that is what the source is and it is wanted."""
    if source.path != STDIN or path is None:
        return source
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, _COPIED)
    return Source(str(path), source.label, path.stat().st_size)


def _kind(source: Source) -> Kind:
    return "lines" if source.path == STDIN else _KINDS.get(source.suffix, "files")


def _file_units(sources: Iterable[Source], unit_bytes: int) -> Iterator[Unit]:
    """Gather files until they make a unit."""
    gathered: list[Source] = []
    size = 0
    for source in sources:
        gathered.append(source)
        size += _unpacked(source)
        if size >= unit_bytes or len(gathered) == _UNIT_FILES:
            yield Unit("files", tuple(gathered), size)
            gathered, size = [], 0
    if gathered:
        yield Unit("files", tuple(gathered), size)


def _line_units(source: Source, unit_bytes: int) -> Iterator[Unit]:
    """Cut a file of lines into ranges of bytes, if what is in it lies there as it is."""
    if source.size <= unit_bytes or source.packing or not _is_utf8(source):
        yield Unit("lines", (source,), _unpacked(source))
        return
    for start in range(0, source.size, unit_bytes):
        stop = min(start + unit_bytes, source.size)
        yield Unit("lines", (source,), stop - start, start, stop)


def _is_utf8(source: Source) -> bool:
    with Path(source.path).open("rb") as file:
        try:
            return marked(file.read(SAMPLE)).startswith("utf-8")
        except DocumentError:
            return False  # for the reader to report


def _csv_units(source: Source, _unit_bytes: int) -> Iterator[Unit]:
    """Leave a CSV whole: from its middle nobody can tell what is inside quotes."""
    yield Unit("csv", (source,), _unpacked(source))


def _unpacked(source: Source) -> int:
    return source.size * (_PACKED_TO if source.packing else 1)


def _parquet_units(source: Source, unit_bytes: int) -> Iterator[Unit]:
    """Gather row groups until they make a unit."""
    with parquet.ParquetFile(source.path) as file:
        groups = [file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)]
    start = size = 0
    for group, group_bytes in enumerate(groups, start=1):
        size += group_bytes
        if size >= unit_bytes or group == len(groups):
            yield Unit("parquet", (source,), size, start, group)
            start, size = group, 0


_CUTS: Final = {"lines": _line_units, "csv": _csv_units, "parquet": _parquet_units}
