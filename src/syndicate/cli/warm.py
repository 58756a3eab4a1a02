"""The first run: a second process compiles kernels while this one reads and works without them.

Compiled kernels are kept beside the package. Until they are, half of the first run would be
spent waiting for one processor while another has nothing to do.
"""

from __future__ import annotations

import subprocess
import sys


def begin() -> None:
    """Start compiling in a second process, unless that was done before or is in vain."""
    from syndicate.kernels import align  # noqa: PLC0415 - imports numba

    _begin("syndicate.cli.warm", align.align_pairs)


def begin_index() -> None:
    """Do so for an index: what looks up, compares and writes is compiled from both ends."""
    from syndicate.kernels import pages  # noqa: PLC0415 - imports numba

    _begin("syndicate.index.rehearsal", pages.read_pairs)


def _begin(module: str, last: object) -> None:
    from syndicate.kernels._jit import is_kept  # noqa: PLC0415 - imports numba

    kept = getattr(last, "_cache", None)
    if getattr(kept, "cache_path", None) is None or is_kept(last):
        return
    subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def compile_kernels() -> None:
    """Call kernels on next to nothing: first what any run needs, then what many pages do."""
    from syndicate.text.shingles import encode, shingle  # noqa: PLC0415 - compiles at once

    shingle(*encode([""]), 1)
    _compile_the_others()


def _compile_the_others() -> None:
    import numpy as np  # noqa: PLC0415 - all this would put off the first kernel

    from syndicate.boilerplate.characters import character_table  # noqa: PLC0415
    from syndicate.boilerplate.lines import as_bytes, read  # noqa: PLC0415
    from syndicate.kernels import (  # noqa: PLC0415
        align,
        lines,
        measure,
        relate,
        sets,
        settle,
        signs,
    )
    from syndicate.match import relation  # noqa: PLC0415
    from syndicate.match.align import evidence  # noqa: PLC0415
    from syndicate.match.verify import overlap  # noqa: PLC0415

    shingles, flags = np.arange(120, dtype=np.uint64) % 40, np.zeros(132, np.uint16)
    shingles[50:60] += np.uint64(1000)  # an edit
    bounds, starts = np.arange(0, 121, 40), np.arange(0, 133, 44)
    left, right = np.array([0, 0]), np.array([1, 2])
    for patient in (align.ALIGN_PAIRS, align.COUNT_FACTS, measure.MEASURE):
        patient.hurry()
    table = evidence(shingles, bounds, flags, starts, left, right, size=5)
    many, one, hashes = np.empty((0, 0), np.int64), np.empty(0, np.int64), np.empty(0, np.uint64)
    modes, changed = np.empty(0, np.uint16), np.empty(0, bool)
    screens = np.empty((5, 0), np.uint8)
    tokens = hashes, np.empty((0, lines.TOKEN_COLUMNS), np.uint32)
    columns = np.empty((lines.LINE_COLUMNS, 0), np.uint64)
    text = as_bytes(np.empty(0, np.uint8))
    signs.describe(
        text, columns, *tokens, character_table(), modes, modes, modes, screens, hashes, one, many,
        hashes, many,
    )  # fmt: skip
    settle.mark(
        text, columns, *tokens, character_table(), modes, hashes, one, many, one, one, one, one,
        changed, many,
    )  # fmt: skip
    edges = np.zeros(1, np.int64)
    settle.collect(text, columns, one, one, changed, edges, one, columns, one, many, edges)
    sets.SHARED.hurry()
    overlap(shingles, bounds, np.full(3, 40, np.int32), left, right)
    relate.RELATE.hurry()
    relation.relate(table, relation.Context.unknown(len(left)))
    lines.READ_LINES.hurry()
    read(text, edges)


if __name__ == "__main__":
    compile_kernels()
