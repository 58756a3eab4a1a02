"""``syndicate serve``: the crawler's index over HTTP."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from syndicate.cli import console
from syndicate.cli.index import (
    NoStrip,
    Place,
    Power,
    SecretFile,
    Ttl,
    Within,
    compile_ahead,
    opened,
    read_secret,
)
from syndicate.errors import ConfigError, StoreError

app = typer.Typer()

_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


@app.command(
    no_args_is_help=True, short_help="Answer over HTTP what index seen, query and stats do."
)
def serve(
    place: Place,
    *,
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535)] = 8765,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; elsewhere takes a token.")
    ] = "127.0.0.1",
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ask for the token in this file."),
    ] = None,
    ttl: Ttl = None,
    within: Within = None,
    secret_file: SecretFile = None,
    no_strip: NoStrip = False,
    power: Power = False,
) -> None:
    """Answer over HTTP what index seen, query and stats do; /openapi.json describes it."""
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        from syndicate.cli.service import Impatient, application  # noqa: PLC0415
    except ImportError as error:
        message = f"serve needs the extra: pip install '.[serve]' in the project ({error})"
        raise ConfigError(message) from error
    token = read_secret(token_file)
    if token == "":
        message = f"the token file {token_file} is empty; write a token into it"
        raise ConfigError(message)
    if host not in _LOCAL and not token:
        message = f"listening on {host} needs --token-file, so that not everybody can write"
        raise ConfigError(message)
    compile_ahead()
    with opened(
        place, ttl=ttl, within=within, secret_file=secret_file, strip=not no_strip, power=power
    ) as held:
        local = host in _LOCAL
        settings = uvicorn.Config(
            application(held, token=token, local=local),
            http=Impatient,
            log_level="warning",
            timeout_keep_alive=30,
            limit_concurrency=256,
        )
        with _listening(host, port) as heard:
            shown = f"[{host}]" if ":" in host else host
            console.say(f"http://{shown}:{heard.getsockname()[1]} answers; Ctrl-C ends it")
            uvicorn.Server(settings).run(sockets=[heard])


def _listening(host: str, port: int) -> socket.socket:
    """Listen, or say why not."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        what = os.strerror(error.errno).lower() if error.errno else error
        message = f"cannot listen on {host} port {port}: {what}"
        raise StoreError(message) from error
