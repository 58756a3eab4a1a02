"""The first run: a second process compiles the later kernels while this one reads.

Compiled kernels are kept beside the package. Until they are, half of the first run would be
spent waiting for one processor while another has nothing to do.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from syndicate.boilerplate.lines import as_bytes
from syndicate.kernels import align, lines, signs
from syndicate.match.align import evidence
from syndicate.match.verify import distinct, overlap
from syndicate.sketch import lsh, minhash
from syndicate.text.shingles import encode, shingle


def begin() -> None:
    """Start compiling in a second process, unless that was done before or is in vain."""
    kept = getattr(align.align_pairs, "_cache", None)
    folder = getattr(kept, "cache_path", None)
    if folder is None or any(Path(folder).glob("align.align_pairs-*.nbi")):
        return
    subprocess.Popen(
        [sys.executable, "-m", "syndicate.pipeline.warm"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def compile_later_kernels() -> None:
    """Call what the later stages call, on no lines and a few words.

    Lines are described first, for that is what the other process needs first: it is then still
    compiling how they are read.
    """
    many, one, hashes = np.empty((0, 0), np.int64), np.empty(0, np.int64), np.empty(0, np.uint64)
    modes, pairs = np.empty(0, np.uint16), np.empty(0, bool)
    tokens = hashes, np.empty((0, lines.TOKEN_COLUMNS), np.uint32)
    columns = np.empty((lines.LINE_COLUMNS, 0), np.uint64)
    text = as_bytes(np.empty(0, np.uint8))
    signs.describe(text, columns, *tokens, modes, modes, pairs, hashes, one, many, hashes, many)
    words = " ".join(f"w{number}" for number in range(40))
    made = shingle(*encode([words, words + " 1", words + " 2"]), 5)
    starts = np.concatenate([[0], np.cumsum(made.counts, dtype=np.int64)])
    left, right = np.array([0, 0]), np.array([1, 2])
    evidence(made.shingles, made.bounds, made.flags, starts, left, right, size=5)
    overlap(made.shingles, made.bounds, distinct(made.shingles, made.bounds), left, right)
    lsh.band_keys(minhash.signatures(made.shingles, made.bounds, 128), lsh.Bands(42, 3))


if __name__ == "__main__":
    compile_later_kernels()
