"""``syndicate serve``: the crawler's index over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syndicate.cli.index import (
    Place,
    Power,
    SecretFile,
    Strip,
    Ttl,
    Within,
    compile_ahead,
    opened,
    read_secret,
)
from syndicate.errors import ConfigError

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
    strip: Strip = True,
    power: Power = False,
) -> None:
    """Answer over HTTP what index seen, query and stats do; /openapi.json describes it."""
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        from syndicate.cli.service import application  # noqa: PLC0415
    except ImportError as error:
        message = 'serve needs the extra: pip install "syndicate-news[serve]"'
        raise ConfigError(message) from error
    token = read_secret(token_file)
    if host not in _LOCAL and not token:
        message = f"listening on {host} needs --token-file, so that not everybody can write"
        raise ConfigError(message)
    compile_ahead()
    with opened(
        place, ttl=ttl, within=within, secret_file=secret_file, strip=strip, power=power
    ) as held:
        local = host in _LOCAL
        uvicorn.run(
            application(held, token=token, local=local),
            host=host,
            port=port,
            log_level="warning",
            timeout_keep_alive=30,
            limit_concurrency=256,
        )
