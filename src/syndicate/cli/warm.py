"""The first run: a second process compiles the later kernels while this one reads.

Compiled kernels are kept beside the package. Until they are, half of the first run would be
spent waiting for one processor while another has nothing to do.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from syndicate.boilerplate.characters import character_table
from syndicate.boilerplate.lines import as_bytes, read
from syndicate.kernels import align, lines, measure, relate, sets, settle, signs
from syndicate.kernels._jit import is_kept
from syndicate.match import relation
from syndicate.match.align import evidence
from syndicate.match.verify import overlap
from syndicate.text.shingles import encode, shingle


def begin() -> None:
    """Start compiling in a second process, unless that was done before or is in vain."""
    kept = getattr(align.align_pairs, "_cache", None)
    if getattr(kept, "cache_path", None) is None or is_kept(align.align_pairs):
        return
    subprocess.Popen(
        [sys.executable, "-m", "syndicate.cli.warm"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def compile_later_kernels() -> None:
    """Call what the later stages call, on next to nothing; last what only many pages need.

    Meanwhile the other process compiles what comes before.
    """
    shingle(*encode([""]), 1)
    shingles, flags = np.arange(120, dtype=np.uint64) % 40, np.zeros(132, np.uint16)
    shingles[50:60] += np.uint64(1000)  # an edit
    bounds, starts = np.arange(0, 121, 40), np.arange(0, 133, 44)
    left, right = np.array([0, 0]), np.array([1, 2])
    evidence(shingles, bounds, flags, starts, left, right, size=5)
    many, one, hashes = np.empty((0, 0), np.int64), np.empty(0, np.int64), np.empty(0, np.uint64)
    modes, pairs = np.empty(0, np.uint16), np.empty(0, bool)
    tokens = hashes, np.empty((0, lines.TOKEN_COLUMNS), np.uint32)
    columns = np.empty((lines.LINE_COLUMNS, 0), np.uint64)
    text = as_bytes(np.empty(0, np.uint8))
    measure.MEASURE.hurry()
    table = evidence(shingles, bounds, flags, starts, left, right, size=5)
    signs.describe(
        text, columns, *tokens, character_table(), modes, modes, pairs, hashes, one, many,
        hashes, many,
    )  # fmt: skip
    settle.mark(
        text, columns, *tokens, character_table(), modes, hashes, one, many, one, one, one, one,
        pairs, many,
    )  # fmt: skip
    edges = np.zeros(1, np.int64)
    settle.collect(columns, one, one, pairs, edges, one, columns, one, many, edges)
    sets.SHARED.hurry()
    overlap(shingles, bounds, np.full(3, 40, np.int32), left, right)
    relate.RELATE.hurry()
    relation.relate(table, relation.Context.unknown(len(left)))
    lines.READ_LINES.hurry()
    read(text, edges)


if __name__ == "__main__":
    compile_later_kernels()
