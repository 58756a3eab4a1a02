"""``syndicate index``: the crawler's index for programs in any language, over JSON lines."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from syndicate.cli import console
from syndicate.cli.jsonlines import at_hand, stamped, write
from syndicate.cli.strip import Extractor, Pages
from syndicate.errors import ConfigError, DocumentError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from syndicate.index import Index
    from syndicate.model import Document, Verdict

app = typer.Typer()
index = typer.Typer(
    name="index",
    no_args_is_help=True,
    help="Remember articles, and say of each page whether it is new.",
)
app.add_typer(index)

_FAILED: Final = 1
_BATCH: Final = 1024  # documents of files read at once

Place = Annotated[
    str,
    typer.Argument(
        metavar="DB",
        help="A file, or redis://HOST/0?prefix=NAME:, or memory:.",
        show_default=False,
    ),
]
Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Files, folders or patterns; - or nothing for JSON lines on standard input.",
        show_default=False,
    ),
]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", show_default=False)]
Ttl = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="Forget what is older, such as 14d.")
]
Within = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="Match only what is as near in time as 72h.")
]
SecretFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Key all hashes with the secret in this file."),
]
NoStrip = Annotated[
    bool, typer.Option("--no-strip", help="Of a new index: compare texts as they are.")
]
Power = Annotated[
    bool,
    typer.Option(
        "--power-safe", help="Flush the disk for each document, to survive a loss of power."
    ),
]


def read_secret(path: Path | None) -> str | None:
    """Read a secret from a file, without the line break at its end."""
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"the secret file {path} cannot be read: {error}"
        raise ConfigError(message) from error


def opened(
    place: str,
    *,
    ttl: str | None = None,
    within: str | None = None,
    secret_file: Path | None = None,
    strip: bool = True,
    power: bool = False,
) -> Index:
    """Open an index as the options say; ``--no-strip`` is for new ones."""
    from syndicate.config import Config  # noqa: PLC0415 - keeps --help quick
    from syndicate.index import Index  # noqa: PLC0415

    return Index.open(
        place,
        config=None if strip else Config(strip="none"),
        ttl=ttl,
        within=within,
        secret=read_secret(secret_file),
        durability="power" if power else "process",
    )


def compile_ahead() -> None:
    """Let a second process compile half of what the first page needs: once an installation."""
    from syndicate.cli import warm  # noqa: PLC0415 - imports numba

    warm.begin_index()


def _existing(place: str, secret_file: Path | None = None) -> Index:
    """Open an index that must be there: to read a file must not make it."""
    if "://" not in place:
        _must_exist(place)
    return opened(place, secret_file=secret_file)


@index.command(short_help="Say whether each page was there before, and remember it.")
def seen(
    place: Place,
    paths: Paths = None,
    *,
    ttl: Ttl = None,
    within: Within = None,
    secret_file: SecretFile = None,
    no_strip: NoStrip = False,
    power: Power = False,
    extractor: Pages = Extractor.TRAFILATURA,
) -> None:
    """Say of each page whether its text was there before, and remember it.

    Writes a JSON line for each page: id, status, of, cluster, matches, notes; or id and error.
    """
    compile_ahead()
    with opened(
        place, ttl=ttl, within=within, secret_file=secret_file, strip=not no_strip, power=power
    ) as held:
        _answer(at_hand(paths, _BATCH, extractor), held.seen_many)


@index.command(short_help="Say whether each page was there before, and remember nothing.")
def query(
    place: Place,
    paths: Paths = None,
    *,
    ttl: Ttl = None,
    within: Within = None,
    secret_file: SecretFile = None,
    extractor: Pages = Extractor.TRAFILATURA,
) -> None:
    """Say of each page whether its text was there before, and remember nothing."""
    _existing(place, secret_file).close()
    with opened(place, ttl=ttl, within=within, secret_file=secret_file) as held:
        _answer(at_hand(paths, 1, extractor, named=False), partial(map, held.query))


def _answer(
    given: Iterable[list[Document | DocumentError]],
    ask: Callable[[list[Document]], Iterator[Verdict]],
) -> None:
    """Write a verdict for each page, flushed at once."""
    from syndicate.index.wire import verdict_record  # noqa: PLC0415

    failed = False
    for batch in given:
        told = _told([item for item in batch if not isinstance(item, DocumentError)], ask)
        for item in batch:
            answer = item if isinstance(item, DocumentError) else next(told)
            if isinstance(answer, DocumentError):
                failed = True
                write({"id": answer.path, "error": str(answer)})
            else:
                write(verdict_record(answer))
    raise typer.Exit(_FAILED if failed else 0)


def _told(
    documents: list[Document], ask: Callable[[list[Document]], Iterator[Verdict]]
) -> Iterator[Verdict | DocumentError]:
    """Give what is said of each document; one that is refused does not end it."""
    done = 0
    while done < len(documents):
        try:
            for verdict in ask(documents[done:]):
                done += 1
                yield verdict
        except DocumentError as error:
            done += 1
            yield error


@index.command(short_help="Remember documents without comparing them: several times faster.")
def add(
    place: Place,
    paths: Paths = None,
    *,
    ttl: Ttl = None,
    secret_file: SecretFile = None,
    no_strip: NoStrip = False,
    power: Power = False,
    extractor: Pages = Extractor.TRAFILATURA,
) -> None:
    """Remember documents without comparing them; several times faster than seen.

    Writes a JSON line for each: id and status, added, or replaced where its id was known; or id
    and error.
    """
    failed = False
    compile_ahead()
    with opened(place, ttl=ttl, secret_file=secret_file, strip=not no_strip, power=power) as held:
        for batch in at_hand(paths, _BATCH, extractor):
            good = [item for item in batch if not isinstance(item, DocumentError)]
            known = held.known(item.id for item in good)
            held.add_many(good)
            for item in batch:
                if isinstance(item, DocumentError):
                    failed = True
                    write({"id": item.path, "error": str(item)})
                else:
                    write({"id": item.id, "status": "replaced" if item.id in known else "added"})
                    known.add(item.id)
    raise typer.Exit(_FAILED if failed else 0)


@index.command()
def get(place: Place, ids: Ids, *, secret_file: SecretFile = None) -> None:
    """Write remembered documents, a JSON line each."""
    from syndicate.index.wire import document_record  # noqa: PLC0415

    missing = False
    with _existing(place, secret_file) as held:
        for key in ids:
            found = held.get(key)
            missing = missing or found is None
            known = None if found is None else document_record(found)
            write(known or {"id": key, "error": "not known"})
    raise typer.Exit(_FAILED if missing else 0)


@index.command()
def remove(place: Place, ids: Ids, *, secret_file: SecretFile = None) -> None:
    """Forget documents."""
    with _existing(place, secret_file) as held:
        write({"removed": held.remove_many(ids)})


@index.command()
def expire(
    place: Place,
    *,
    before: Annotated[
        str, typer.Option(metavar="WHEN", help="A date, or a length of time ago such as 14d.")
    ],
    secret_file: SecretFile = None,
) -> None:
    """Forget documents remembered before a moment."""
    with _existing(place, secret_file) as held:
        write({"removed": held.expire(before=before)})


@index.command()
def stats(place: Place, *, secret_file: SecretFile = None) -> None:
    """Say how much it holds, with which settings, and how large it is."""
    with _existing(place, secret_file) as held:
        write(held.stats())


@index.command()
def check(place: Place, *, secret_file: SecretFile = None) -> None:
    """Look for damage; a line each. Exit status 1 if there is any."""
    with _existing(place, secret_file) as held:
        found = held.check()
    for line in found:
        write({"damage": line})
    raise typer.Exit(_FAILED if found else 0)


@index.command(short_help="Make a damaged file anew from what can be read of it.")
def repair(place: Place, *, secret_file: SecretFile = None) -> None:
    """Make a file anew from what can be read of it; nobody else may have it open."""
    from syndicate.index import repair as make  # noqa: PLC0415

    made = make(place, secret=read_secret(secret_file))
    write({"documents": made.documents, "lost": made.lost, "old": str(made.old)})


@index.command()
def upgrade(place: Place, *, secret_file: SecretFile = None) -> None:
    """Sketch a file anew by this version; nobody else may have it open."""
    from syndicate.index import upgrade as make  # noqa: PLC0415

    made = make(place, secret=read_secret(secret_file))
    write({"documents": made.documents, "old": str(made.old)})


@index.command()
def compact(place: Place, *, secret_file: SecretFile = None) -> None:
    """Give back the room of what was removed."""
    with _existing(place, secret_file) as held:
        held.compact()
        write(held.stats())


@index.command()
def backup(
    place: Place,
    copy: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    *,
    secret_file: SecretFile = None,
) -> None:
    """Copy a file while others use it."""
    with _existing(place, secret_file) as held:
        held.backup(copy)
    write({"copy": str(copy), "bytes": copy.stat().st_size})


@index.command(
    name="export", short_help="Write all documents, a JSON line each, with their times."
)
def export_(place: Place) -> None:
    """Write all documents, a JSON line each, with the time at which they were remembered."""
    from syndicate.index import export  # noqa: PLC0415
    from syndicate.index.wire import document_record  # noqa: PLC0415

    if "://" not in place:
        _must_exist(place)
    for document, at in export(place):
        when = datetime.fromtimestamp(at, UTC).isoformat()
        write({**document_record(document), "remembered": when})


def _must_exist(place: str) -> None:
    path = Path(place)
    log = Path(place + "-wal")
    if path.is_dir():
        message = f"{place} is a folder; name the file of an index"
    elif not path.is_file():
        message = f"there is no index at {place}; `index add` makes one"
    elif path.stat().st_size == 0 and not log.is_file():
        message = f"{place} is empty; `index add` makes an index of it"
    else:
        return
    raise StoreError(message)


@index.command(name="import")
def import_(
    place: Place,
    paths: Paths = None,
    *,
    secret_file: SecretFile = None,
    no_strip: NoStrip = False,
) -> None:
    """Add exported documents whose ids are not known, with their times."""
    failed: list[DocumentError] = []
    with opened(place, secret_file=secret_file, strip=not no_strip) as held:
        added = held.restore(stamped(paths, failed))
    for error in failed:
        console.say(f"skipped {error.path}: {error}")
    write({"added": added})
    raise typer.Exit(_FAILED if failed else 0)
