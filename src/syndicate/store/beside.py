"""Work that goes on beside other work, one task at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Beside:
    """A thread that nobody waits for, and that does not keep the process alive."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether the last task is under way."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, work: Callable[..., None], *given: object) -> None:
        """Begin a task."""
        self._thread = threading.Thread(target=work, args=given, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait until the task is done; harmless if there is none."""
        if self._thread is not None:
            self._thread.join()
