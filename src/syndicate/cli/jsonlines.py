"""Documents in and answers out, as JSON lines, for programs in any language."""

from __future__ import annotations

import codecs
import json
import sys
from datetime import UTC, datetime
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from syndicate.cli.strip import Extractor
from syndicate.errors import ConfigError, DocumentError
from syndicate.times import published_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syndicate.model import Document

_LINE: Final = 16 << 20
_AT_ONCE: Final = 1 << 20


def stamped(
    paths: list[str] | None, failed: list[DocumentError]
) -> Iterator[tuple[Document, float]]:
    """Read exported lines with their times; without one, now."""
    from syndicate.index.parts import document_of  # noqa: PLC0415

    now = datetime.now(UTC).timestamp()
    for number, line in enumerate(_lines(paths), 1):
        name = f"line {number}"
        try:
            record = _record(line, name)
            document = document_of(record)
            yield document, _moment(record.get("remembered"), now, name)
        except DocumentError as error:
            failed.append(DocumentError(str(error), path=error.path or name))


def _lines(paths: list[str] | None) -> Iterator[bytes]:
    from syndicate.io.find import Source  # noqa: PLC0415
    from syndicate.io.streams import opened  # noqa: PLC0415

    for path in paths or ["-"]:
        if path == "-":
            yield from chain.from_iterable(_lines_at_hand(_stdin()))
        else:
            with opened(Source(path, path, Path(path).stat().st_size)) as file:
                yield from chain.from_iterable(_lines_at_hand(file))


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        message = "standard input is closed; name a file, or send documents in"
        raise ConfigError(message)
    return sys.stdin.buffer


def _moment(value: object, now: float, name: str) -> float:
    """Read when something was remembered, as times of publication are read."""
    if not value:
        return now
    moment = published_time(str(value))
    if moment is None:
        message = f"{name}: remembered must be a time such as 2026-03-12T08:00:00Z, got {value!r}"
        raise DocumentError(message, path=name)
    return moment.timestamp()


def _record(line: bytes, name: str) -> dict[str, Any]:
    import orjson  # noqa: PLC0415

    if len(line) > _LINE:
        message = f"{name} has more than {_LINE} bytes, and no more are read; split it"
        raise DocumentError(message, path=name)
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            found = json.loads(
                line.removeprefix(codecs.BOM_UTF8)
            )  # takes half of a surrogate pair too
        except (ValueError, RecursionError):
            message = f"{name} is not JSON: {error}"
            raise DocumentError(message, path=name) from error
    if isinstance(found, dict) and isinstance(found.get("id"), float):
        found = json.loads(line, parse_int=str)  # all its digits, however many
    if not isinstance(found, dict):
        message = f"{name} must be a JSON object, got {type(found).__name__}"
        raise DocumentError(message, path=name)
    return found


def _documents(
    paths: list[str], extractor: Extractor, *, named: bool
) -> Iterator[Document | DocumentError]:
    """Read documents; what cannot be read comes as the error it is."""
    from syndicate import io  # noqa: PLC0415

    plan = io.plan(paths, extractor=extractor.value)
    yield from (DocumentError(item.error, path=item.id) for item in plan.skipped)
    for unit in plan.units:
        for batch in io.read(unit):
            lines = io.labels(unit, batch.numbers) if unit.kind != "files" else repeat(None)
            for record, line in zip(batch.records.to_pylist(), lines, strict=False):
                nameless = named and record["id"] == line
                yield _checked(record | {"id": None, "url": None} if nameless else record, line)
            yield from (DocumentError(item.error, path=item.id) for item in batch.skipped)


def _checked(record: dict[str, Any], line: str | None) -> Document | DocumentError:
    from syndicate.index.parts import document_of  # noqa: PLC0415

    try:
        return document_of(record)
    except DocumentError as error:
        return DocumentError(str(error), path=str(record["id"] or line))


def at_hand(
    paths: list[str] | None,
    size: int,
    extractor: Extractor = Extractor.TRAFILATURA,
    *,
    named: bool = True,
) -> Iterator[list[Document | DocumentError]]:
    """Read documents: of files so many at a time, of standard input as many as are there.

    Nobody who waits for an answer is kept. What cannot be read comes as the error it is; also
    what has neither id nor url, where it must be ``named``: by its line it would take the place
    of that line of the day before.
    """
    if not paths or paths == ["-"]:
        yield from _from_stdin(extractor, named=named)
        return
    given = _documents(paths, extractor, named=named)
    while batch := list(islice(given, size)):
        yield batch


def _from_stdin(extractor: Extractor, *, named: bool) -> Iterator[list[Document | DocumentError]]:
    number = 0
    for lines in _lines_at_hand(_stdin()):
        numbered = list(enumerate(lines, number + 1))
        number += len(lines)
        yield [
            _from_line(line, place, extractor, named=named)
            for place, line in numbered
            if line.strip()
        ]


def _from_line(
    line: bytes, number: int, extractor: Extractor, *, named: bool
) -> Document | DocumentError:
    from syndicate.index.parts import document_of  # noqa: PLC0415

    name = f"-:{number}"
    try:
        record = _record(line, f"line {number}")
    except DocumentError as error:
        return DocumentError(str(error), path=name)
    try:
        return document_of(record, extractor.value, "" if named else name)
    except DocumentError as error:
        return DocumentError(str(error), path=error.path or name)


def _lines_at_hand(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Read the whole lines that are there, waiting only where there is none.

    Of a line that is too long no more is held than shows that.
    """
    begun: list[bytes] = []
    left = _LINE + 1
    while data := stream.read1(_AT_ONCE):  # type: ignore[attr-defined] # buffered streams have it
        first, *more = data.split(b"\n")
        begun.append(first[:left])
        left -= len(begun[-1])
        if more:
            yield [b"".join(begun), *more[:-1]]
            begun, left = [more[-1]], _LINE + 1 - len(more[-1])
    if rest := b"".join(begun):
        yield [rest]


def write(record: dict[str, Any]) -> None:
    """Write a JSON line, and let the reader have it at once."""
    import orjson  # noqa: PLC0415

    sys.stdout.write(orjson.dumps(record).decode() + "\n")
    sys.stdout.flush()
