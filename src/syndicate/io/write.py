"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import orjson

from syndicate.errors import StoreError
from syndicate.io.encoding import mend
from syndicate.io.find import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a file to write; it takes the place of ``path`` when the block ends without error.

    What is no regular file, such as a pipe, is written to as it is.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        with _draft(path.resolve()) as stream:
            yield stream
    except OSError as error:
        message = f"cannot write {path}: {reason(error)}"
        raise StoreError(message) from error


@contextmanager
def _draft(path: Path) -> Iterator[TextIO]:
    """Write beside the file, then put the new one in its place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Give the mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_records(records: Iterable[Mapping[str, str]], stream: TextIO) -> None:
    """Write records as JSON lines."""
    for record in records:
        stream.write(json_line(record) + "\n")


def json_line(record: Mapping[str, str]) -> str:
    """Give a record as one line of JSON."""
    return orjson.dumps(record).decode()


def completed(line: str, record: Mapping[str, str]) -> str:
    """Give a line of JSON as it is, but with those fields of a record that it lacks.

    One that is nested too deeply for Python, or has a number of too many digits, stays as it is.

    Raises
    ------
    StoreError
        If it is not the line that the record was read from.
    """
    try:
        held = json.loads(line)
    except json.JSONDecodeError:
        held = None
    except (RecursionError, ValueError):
        return line
    text = held.get("text") if isinstance(held, dict) else None
    changed = isinstance(text, str) and text != "" and mend(text) != record["text"]
    if changed or not isinstance(held, dict):
        message = f"the file of {record['id']} changed after it was read; run again"
        raise StoreError(message)
    lacking = {name: value for name, value in record.items() if held.get(name) in (None, "")}
    if not lacking:
        return line
    if held and not lacking.keys() & held.keys():
        return f"{line.rstrip().removesuffix('}').rstrip()}, {json_line(lacking)[1:]}"
    return mend(json.dumps(held | lacking, ensure_ascii=False))
