"""How much memory a run may take, and what that means for each stage."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from syndicate.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syndicate.io import Unit

LEAST = 400 << 20
"""Below this not even the libraries fit."""
_PROCESS = 220 << 20
"""What one process takes before it holds any text: interpreter, libraries, kernels."""
_HELD = 2.4
"""Bytes held in memory for each byte of text."""
_UNIT = 120 << 20
"""Bytes that a process takes to read and sketch a unit when the rest waits on disk."""
_KNOWN = 0.3
"""Bytes held for each byte of text that waits on disk: ids, keys, what is compared."""
_STORED = 2.0
"""Bytes put on disk for each byte of text: the text, its keys and samples, and once more the text
if it is compared with another."""
_COMPARED = 0.1
"""Part of the memory that goes to what is compared, where the rest waits on disk."""
_WORTH_SHARING = 96 << 20
"""Input from which several processes read."""
_PACKED = {".gz": 3.5, ".zst": 3.5, ".parquet": 2.5}
"""How much larger a packed file's text is, about."""
_START = 1.0
"""Seconds that a run takes before it reads."""
_MATCHING = 2.2
"""Seconds to match for each second to read and sketch without stripping."""
_ON_DISK = 1.3
"""What putting texts on disk and fetching them again adds to the work, as a factor."""
_SHARED = 0.7
"""What each further process adds to the work of the first."""


def text_size(units: Iterable[Unit]) -> int:
    """Give the bytes of text in some units, about: packed files hold more than their size."""
    return sum(
        int(unit.bytes * _PACKED.get(Path(unit.sources[0].path).suffix.lower(), 1))
        for unit in units
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take, about.

    Attributes
    ----------
    seconds, memory, disk
        Time, and bytes; ``disk`` is 0 when all stays in memory.
    """

    seconds: float
    memory: int
    disk: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for each byte of text on one process.

    Attributes
    ----------
    reading
        To read, strip and sketch.
    matching
        To read and sketch what is matched later, without stripping.
    text
        Bytes of text in each byte of input.
    """

    reading: float = 1.2e-8
    matching: float = 0.5e-8
    text: float = 1.0


@dataclass(frozen=True, slots=True)
class Budget:
    """Memory and processes of a run.

    Parameters
    ----------
    memory
        Bytes for all processes together; all sizes below follow from it.
    workers
        Processes that read and sketch.
    """

    memory: int
    workers: int

    @classmethod
    def of(cls, size: int, *, memory: int | None, workers: int | None) -> Budget:
        """Fill in what the user left open.

        Parameters
        ----------
        size
            Bytes of input.
        memory
            Bytes; a quarter of what is free if not given.
        workers
            Processes; if not given, one for small input, else as many as there are
            processors and as fit in memory.

        Raises
        ------
        ConfigError
            If the memory is less than the libraries need.
        """
        chosen = max(LEAST, psutil.virtual_memory().available // 4) if memory is None else memory
        if chosen < LEAST:
            got = f"{chosen >> 20} MB" if chosen >> 20 else f"{chosen} bytes"
            message = f"memory must be at least {LEAST >> 20} MB, got {got}"
            raise ConfigError(message)
        if workers is not None:
            if workers < 1:
                message = f"workers must be at least 1, got {workers}"
                raise ConfigError(message)
            return cls(chosen, workers)
        fitting = max(1, (chosen - _PROCESS) // (_PROCESS + (64 << 20)))
        wanted = 1 if size < _WORTH_SHARING else os.cpu_count() or 1
        return cls(chosen, int(min(wanted, fitting)))

    @property
    def in_memory(self) -> int:
        """Bytes of text up to which nothing needs the disk."""
        return int((self.memory - _PROCESS) / _HELD)

    @property
    def shingles_at_once(self) -> int:
        """Shingles of pairs compared at a time."""
        return self.memory >> 9

    @property
    def block(self) -> int:
        """Bytes of shingles and traits of a block; two are held at a time."""
        return self.memory >> 4

    @property
    def samples_at_once(self) -> int:
        """Hash-sampled shingles sorted at a time."""
        return self.memory >> 8

    @property
    def meetings_at_once(self) -> int:
        """Meetings of documents counted at a time."""
        return self.memory >> 7

    def estimate(self, size: int, pace: Pace | None = None) -> Estimate:
        """Say what input of this size will take."""
        pace = pace or Pace()
        size = int(size * pace.text)
        alone = size * (pace.reading + _MATCHING * pace.matching)
        on_disk = size > self.in_memory or self.workers > 1
        memory = _PROCESS + size * _HELD
        if on_disk:
            alone *= _ON_DISK
            memory = self.workers * (_PROCESS + _UNIT) + size * _KNOWN + self.memory * _COMPARED
        return Estimate(
            seconds=_START + alone / (1 + _SHARED * (self.workers - 1)),
            memory=int(min(self.memory, memory)),
            disk=int(size * _STORED) if on_disk else 0,
        )

    def check_disk(self, size: int, folder: Path) -> None:
        """Make sure that what must wait has room.

        Raises
        ------
        StoreError
            If the disk of ``folder`` is too small, before any work is done.
        """
        needed = self.estimate(size).disk
        free = shutil.disk_usage(folder).free
        if needed > free:
            message = (
                f"{folder} needs about {needed >> 20} MB for this input and has {free >> 20} MB "
                f"free; choose a folder on another disk with --work, or give more --memory"
            )
            raise StoreError(message)
