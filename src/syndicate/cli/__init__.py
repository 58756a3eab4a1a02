"""The command line.

`COMMANDS` says which module holds each command. A module has an ``app``, a `typer.Typer`
with its commands in it; it imports what is heavy inside the functions that run, so that
``--help`` is there at once. Only the module of the command that was asked for is imported.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from syndicate.cli.ending import Ending
from syndicate.errors import ConfigError, SyndicateError

COMMANDS: Final = {
    "dedupe": "syndicate.cli.dedupe",
    "strip": "syndicate.cli.strip",
    "compare": "syndicate.cli.compare",
    "explain": "syndicate.cli.compare",
    "report": "syndicate.cli.report",
    "sites": "syndicate.cli.sites",
    "index": "syndicate.cli.index",
    "serve": "syndicate.cli.serve",
    "bench": "syndicate.cli.bench",
}
"""The module of each command, in the order that ``--help`` lists them."""

_OBJECTS = 50_000
"""New objects after which Python looks for garbage: imports make more, and leave none."""
_CLOSED = 1
_USAGE = 2
_FAILED = 3
_INTERRUPTED = 130
_NO_MEMORY = (
    "the system gave no more memory than this process has; end other programs or raise its limit "
    "(libraries alone take 1.6 GB of address space), and give dedupe less with --memory"
)


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    _open_closed()
    ending = Ending()
    _write_utf8()
    gc.set_threshold(_OBJECTS)
    try:
        try:
            _app(sys.argv[1:])()
        finally:
            sys.stdout.flush()  # while it can still be told that a disk is full
    except ConfigError as error:
        _leave(error, _USAGE)
    except SyndicateError as error:
        _leave(error, _FAILED)
    except MemoryError:
        _leave(_NO_MEMORY, _FAILED)
    except KeyboardInterrupt:  # when the command had just returned
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        _forget_output()
        sys.exit(_CLOSED)
    except OSError as error:
        from syndicate.io.find import reason  # noqa: PLC0415 - for this alone

        _forget_output()
        said = reason(error)
        _leave(f"{error.filename}: {said}" if error.filename else said, _FAILED)
    except Exception:  # noqa: BLE001 - a fault of ours; Python's status of 1 would say "done"
        traceback.print_exc()
        sys.exit(_FAILED)
    finally:
        ending.close()
    sys.exit(0)


def _open_closed() -> None:
    """Open what was closed when the command was run, or the next file would take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - stays open


def _write_utf8() -> None:
    """Write UTF-8 whatever the locale says, and never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def _forget_output() -> None:
    """Let what could not be written go, or Python would try again on its way out."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(error: SyndicateError | str, status: int) -> NoReturn:
    sys.stderr.write(f"syndicate: {error}\n")
    sys.exit(status)


def _app(arguments: list[str]) -> typer.Typer:
    """Put together the commands that these arguments need: one, or all for ``--help``."""
    app = typer.Typer(
        name="syndicate",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    wanted = arguments[0] if arguments else ""
    modules = [COMMANDS[wanted]] if wanted in COMMANDS else dict.fromkeys(COMMANDS.values())
    for module in modules:
        app.add_typer(importlib.import_module(module).app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - for this option alone

        typer.echo(f"syndicate {version('syndicate-news')}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say it, and exit."),
    ] = False,
) -> None:
    """Find reprinted and syndicated news, and say why.

    Begin with: syndicate dedupe FOLDER
    """
