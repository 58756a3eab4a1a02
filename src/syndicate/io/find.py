"""From the paths that were given to the files they mean."""

from __future__ import annotations

import errno
import glob
import itertools
import os
import stat
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from syndicate.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN: Final = "-"

_PACKED: Final = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
PAGES: Final = frozenset((".html", ".htm", ".xhtml"))
_READ_IN_FOLDERS: Final = PAGES | frozenset(
    (".txt", ".md", ".jsonl", ".ndjson", ".csv", ".parquet")
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    Attributes
    ----------
    path
        Where it is; ``-`` is standard input.
    label
        The id of its document, or what stands before the line number in the ids of its
        documents.
    size
        Bytes on disk.
    """

    path: str
    label: str
    size: int = 0

    @property
    def packing(self) -> str | None:
        """How the file is compressed, by its name."""
        return _PACKED.get(_suffix(self.path))

    @property
    def suffix(self) -> str:
        """The suffix of the file, in small letters, without that of its compression."""
        last = _suffix(self.path)
        return _suffix(self.path[: -len(last)]) if last in _PACKED else last


def _spelled(name: str) -> str:
    """Write out the bytes of a file's name that are not UTF-8, so that two names stay two."""
    return name.encode("utf-8", "backslashreplace").decode()


def _suffix(path: str) -> str:
    """Give what a name ends in; pathlib takes ten times as long, which many files feel."""
    _, dot, last = path.rpartition(".")
    return f".{last.lower()}" if dot and last.isalnum() else ""


@dataclass(slots=True)
class Found:
    """Files in the order of the arguments and, in a folder, by name."""

    sources: list[Source] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    ignored: int = 0
    _seen: set[Path] = field(default_factory=set)

    def add(self, path: Path, label: str) -> None:
        """Add a file, unless another path led to it before."""
        try:
            real = path.resolve(strict=True) if path.is_symlink() else _real(path)
            status = path.stat()
        except (OSError, RuntimeError) as error:  # RuntimeError is pathlib's loop of links
            self.skip(label, _link_fault(error) if path.is_symlink() else reason(error))
            return
        if not stat.S_ISREG(status.st_mode):
            self.skip(label, "not a regular file; to read a pipe, send it in and give -")
        elif real not in self._seen:
            self._seen.add(real)
            self.sources.append(Source(str(path), _spelled(label), status.st_size))

    def skip(self, name: str, why: str) -> None:
        """Note what cannot be read."""
        self.skipped.append(Skipped(_spelled(name), why))

    def __len__(self) -> int:
        return len(self.sources) + len(self.skipped)


def _real(path: Path) -> Path:
    """Resolve a path that is no link itself."""
    return _real_folder(path.parent) / path.name


@lru_cache(maxsize=16)
def _real_folder(folder: Path) -> Path:
    return folder.resolve()


def find(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """Find the files that paths mean: files, folders, patterns, and ``-``, standard input.

    A file is labelled by its path relative to the argument, with forward slashes; where two
    arguments hold files of one label, these get the path as it was given.
    """
    found = Found()
    for path in paths:
        _find_one(os.fspath(path), found)
    labels = Counter(source.label for source in found.sources)
    found.sources = [
        replace(source, label=_spelled(Path(source.path).as_posix()))
        if labels[source.label] > 1
        else source
        for source in found.sources
    ]
    return found


def _find_one(given: str, found: Found) -> None:
    path = Path(given)
    try:
        if given == STDIN:
            if not any(source.path == STDIN for source in found.sources):
                found.sources.append(Source(STDIN, "stdin"))
        elif path.is_dir():
            _add_folder(path, given, found)
        elif path.exists() or path.is_symlink():
            found.add(path, path.name)
        elif glob.has_magic(given):
            _add_pattern(given, found)
        else:
            found.skip(given, "no such file or folder")
    except OSError as error:
        found.skip(given, reason(error))


def _add_pattern(given: str, found: Found) -> None:
    """Follow a pattern; files are labelled relative to the part that is no pattern."""
    fixed = itertools.takewhile(lambda part: not glob.has_magic(part), Path(given).parts)
    base = Path(*fixed)
    met = False
    for match in sorted(glob.glob(given, recursive=True)):  # noqa: PTH207 - may be absolute
        path = Path(match)
        if not path.is_dir():
            met = True
            found.add(path, path.relative_to(base).as_posix())
    if not met:
        found.skip(given, "no file matches this pattern")


def _add_folder(root: Path, given: str, found: Found) -> None:
    """Add the files of known kinds in a folder and those below it, by name."""
    before, start, met = len(found), len(found.sources), False
    for folder in _folders(root, found):
        for entry in _entries(folder, root, found):
            if _is_folder(entry):
                continue
            path = Path(entry.path)
            if is_read_in_folders(path):
                met = True
                found.add(path, path.relative_to(root).as_posix())
            else:
                found.ignored += 1
    found.sources[start:] = sorted(found.sources[start:], key=lambda source: source.label)
    if not met and len(found) == before:
        kinds = ", ".join(sorted(_READ_IN_FOLDERS))
        found.skip(given, f"there is nothing to read in this folder: no {kinds}")


def is_read_in_folders(path: Path) -> bool:
    """Tell whether a file of this name is read where a folder is given."""
    return Source(str(path), "").suffix in _READ_IN_FOLDERS


def _folders(root: Path, found: Found) -> Iterator[Path]:
    """Yield a folder and those below it, each once: real ones first, links after them."""
    real_ones, links = [root], list[Path]()
    visited = set[Path]()
    while real_ones or links:
        folder = real_ones.pop() if real_ones else links.pop()
        real = folder.resolve()
        if real in visited:
            if real in folder.parent.resolve().parents or real == folder.parent.resolve():
                label = folder.relative_to(root).as_posix()
                found.skip(label, "a loop: this link leads to a folder that it lies in")
            continue
        visited.add(real)
        yield folder
        for entry in _entries(folder, root, Found()):
            if _is_folder(entry):
                (links if entry.is_symlink() else real_ones).append(Path(entry.path))


def _entries(folder: Path, root: Path, found: Found) -> list[os.DirEntry[str]]:
    """List a folder by name, without what is hidden."""
    try:
        with os.scandir(folder) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        found.skip(
            folder.relative_to(root).as_posix() if folder != root else str(root), reason(error)
        )
        return []
    return sorted(shown, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell a folder, or a link to one as far as that can be told."""
    try:
        return Path(entry.path).is_dir() if entry.is_symlink() else entry.is_dir()
    except OSError:
        return False


def _link_fault(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "a link to a file that is not there"
    is_loop = isinstance(error, RuntimeError) or getattr(error, "errno", 0) == errno.ELOOP
    return "a loop of links" if is_loop else reason(error)


def reason(error: Exception) -> str:
    """Say what the operating system or the library said, in one line."""
    said = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split())
