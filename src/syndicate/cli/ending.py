"""Ctrl-C and SIGTERM: end in order, so that temporary files go, and end for certain."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_TERMINATED: Final = 128 + signal.SIGTERM
_PATIENCE: Final = 0.5


class _Interrupted(KeyboardInterrupt):
    """Ctrl-C; of a class of ours, so that it can be watched."""


class _Terminated(SystemExit):
    """SIGTERM, likewise."""


def _say_nothing_of_lost_signals(unraisable: sys.UnraisableHookArgs) -> None:
    """Keep quiet where a library's callback swallows the exception: it is raised again."""
    if not isinstance(unraisable.exc_value, (_Interrupted, _Terminated)):
        sys.__unraisablehook__(unraisable)


class Ending:
    """Turns signals into exceptions, and sends a signal again when its exception is lost.

    An exception raised between any two instructions may fall into a callback or a bare
    ``except`` of a library that is being imported, and the run would go on as if nothing had
    been said. As long as the exception unwinds the stack it is alive; once it is gone and the
    command still runs, it was swallowed.
    """

    def __init__(self) -> None:
        self._closed = threading.Event()
        sys.unraisablehook = _say_nothing_of_lost_signals
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._end)

    def close(self) -> None:
        """Say that the command has ended; what follows is not interrupted any more."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._closed.set()

    def _end(self, number: int, _frame: FrameType | None) -> NoReturn:
        """Raise what the signal means."""
        error = _Interrupted() if number == signal.SIGINT else _Terminated(_TERMINATED)
        watched = weakref.ref(error)
        threading.Thread(target=self._watch, args=(number, watched), daemon=True).start()
        try:
            raise error
        finally:
            del error  # or its traceback, which holds this frame, would keep it alive

    def _watch(self, number: int, watched: weakref.ref[BaseException]) -> None:
        """Wait for the end, or for the exception to be lost."""
        while watched() is not None:
            if self._closed.wait(_PATIENCE):
                return
        if not self._closed.wait(_PATIENCE):
            _send(signal.Signals(number))


def _send(number: signal.Signals) -> None:
    """Send a signal to the main thread, which may be waiting for input."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(number)
