"""Root reads and writes what it likes: tests of what is refused put that off for a while."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534


@contextmanager
def folder_of_anybody() -> Iterator[Path]:
    """Give a folder that a process without privileges can reach and use."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() == 0:
            os.chown(name, _NOBODY, _NOBODY)
        yield Path(name)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody in particular, if this is root."""
    root = os.geteuid() == 0
    if root:
        os.setresuid(_NOBODY, _NOBODY, 0)
    try:
        yield
    finally:
        if root:
            os.setresuid(0, 0, 0)
