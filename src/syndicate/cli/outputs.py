"""Files that commands write: never an input, and whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STDOUT: Final = Path("-")
_PACKED: Final = frozenset((".gz", ".zst", ".bz2"))


def check(outputs: Mapping[str, Path | None], inputs: Sequence[str]) -> None:
    """Refuse outputs that are input, or would be read as such next time, or that are the same.

    What is named as if it was packed is refused, too: nothing is packed, nor could it be read.

    Parameters
    ----------
    outputs
        By the names of their options.
    inputs
        As they were given.

    Raises
    ------
    ConfigError
        Naming them.
    """
    from syndicate.io.find import is_read_in_folders  # noqa: PLC0415 - keeps --help quick

    given = [path for path in outputs.values() if path]
    real = [path if path == STDOUT else path.resolve() for path in given]
    if repeated := [str(path) for path in real if real.count(path) > 1]:
        *names, last = outputs
        message = f"{', '.join(names)} and {last} need a file each, {repeated[0]} is given twice"
        raise ConfigError(message)
    if packed := [str(path) for path in given if path.suffix.lower() in _PACKED]:
        message = f"{packed[0]} would not be packed as its name says; name it without that suffix"
        raise ConfigError(message)
    for path, source in itertools.product(real, map(Path, inputs)):
        if source.resolve() == path:
            message = f"{source} is an input; write the result to another file"
            raise ConfigError(message)
        if glob.has_magic(str(source)) and path.match(str(source.absolute())):
            message = (
                f"{path.name} matches {source} and would be an input next time; write it elsewhere"
            )
            raise ConfigError(message)
        inside = source.is_dir() and source.resolve() in path.parents
        if inside and is_read_in_folders(path):
            message = (
                f"{path.name} would lie in the input folder {source} and be read as input "
                f"next time; write it elsewhere"
            )
            raise ConfigError(message)


@contextlib.contextmanager
def opened(path: Path | None) -> Iterator[TextIO | None]:
    """Open where something is to be written, if anywhere, before the work begins."""
    from syndicate.io.write import replacing  # noqa: PLC0415 - keeps --help quick

    if path is None:
        yield None
    elif path == STDOUT:
        yield sys.stdout
    else:
        with replacing(path) as stream:
            yield stream
