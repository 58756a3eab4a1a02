"""Raw text to signatures: the kernels against C and against datasketch.

    python benchmarks/kernels.py                    10,000 documents, 5 rounds
    python benchmarks/kernels.py -n 3000 --rounds 3 --floors

The text lies in an Arrow string column, where reading leaves it. The C reference
(``sketch_reference.c``, compiled by gcc when there is one) makes the same signatures, bit for
bit, from the same buffers; whether they are equal is checked. datasketch is timed on text, with
word 5-grams made in plain Python; on ready shingles, hashing them by xxh32; and on the very
shingle hashes that the kernels make, where it has nothing left to do but sketch. Each is done by
``MinHash.bulk``, its fastest way, for texts that are all at hand; and the first two also by a
``MinHash`` and its ``update_batch`` for each text, as one does for texts that come one by one;
and *by shingle* with ``update``, as its own introduction does.
Rounds are interleaved, on one core; the kernels come from numba's cache, in a second process.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import xxhash
from datasketch import MinHash

import corpus
import measure
from syndicate.sketch.minhash import permutations, signatures
from syndicate.text.fold import fold_table
from syndicate.text.shingles import Spans, shingle, shingle_spans

SIZE, SLOTS = 5, 128
CHUNK = 2000
OURS = "kernels, from text"
OTHER_SHINGLES = (
    "datasketch by shingle, from shingles",
    *(
        f"datasketch{way}, from {what}"
        for way in ("", " by text")
        for what in ("text", "shingles")
    ),
)
"""What hashes 5-grams in another way, so that its signatures differ."""


def column(source: Path) -> pa.Array:
    """Read texts into one Arrow column."""
    with source.open("rb") as lines:
        return pa.array([json.loads(line)["text"] for line in lines], pa.large_string())


def buffers(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Give a column's bytes and offsets without copying the bytes."""
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, np.uint8), bounds


def ours(texts: pa.Array):
    """Give the function that sketches with the kernels, by chunks as the pipeline does."""

    def sketch() -> np.ndarray:
        parts = []
        for start in range(0, len(texts), CHUNK):
            some = Spans.of(*buffers(texts.slice(start, CHUNK)))
            made = shingle_spans(some, SIZE, flags=False)
            parts.append(signatures(made.shingles, made.bounds, SLOTS))
        return np.concatenate(parts)

    return sketch


def ours_from_hashes(texts: pa.Array):
    """Give the function that sketches ready shingle hashes, and these."""

    made = shingle(*buffers(texts), SIZE)
    return made, lambda: signatures(made.shingles, made.bounds, SLOTS)


def compiled(folder: Path) -> ctypes.CDLL | None:
    """Compile the C reference, if there is a gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    target = folder / "sketch_reference.so"
    source = measure.HERE / "sketch_reference.c"
    flags = ["-O3", "-march=native", "-shared", "-fPIC", "-Wall", "-Wextra"]
    subprocess.run([gcc, *flags, str(source), "-o", str(target)], check=True)
    return ctypes.CDLL(str(target))


def reference(library: ctypes.CDLL, texts: pa.Array, values_first: int):
    """Give the function that sketches in C."""

    data, offsets = buffers(texts)
    table = fold_table()
    scale, shift = permutations(SLOTS)
    longest = int(np.diff(offsets).max()) + 32  # as many as the reference takes at once
    kinds = np.uint16, np.uint16, np.uint32, np.uint64, np.uint32
    room = [np.empty(longest, kind) for kind in kinds]

    def address(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    def sketch() -> np.ndarray:
        out = np.empty((len(texts), SLOTS), np.uint32)
        library.sketch_texts(
            address(data),
            address(offsets),
            ctypes.c_size_t(len(texts)),
            *map(address, (table.entries, table.pieces, table.factors)),
            ctypes.c_size_t(SIZE),
            *map(address, (scale, shift)),
            ctypes.c_size_t(SLOTS),
            ctypes.c_int(values_first),
            *map(address, room),
            address(out),
        )
        return out

    return sketch


def grams(text: str, words=re.compile(r"\w+").findall) -> list[bytes]:
    """Cut a text into word 5-grams by the quickest plain Python."""
    tokens = [word.encode() for word in words(text.lower())]
    if len(tokens) < SIZE:
        return [b" ".join(tokens)]
    return list(map(b" ".join, zip(*(tokens[i:] for i in range(SIZE)), strict=False)))


def datasketch_ways(texts: list[str], shingles: np.ndarray, bounds: np.ndarray) -> dict:
    """Give the functions that sketch with datasketch."""

    ready = [grams(text) for text in texts]
    upper = (shingles >> np.uint64(32)).tolist()
    spans = zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    hashes = [upper[start:end] for start, end in spans]
    options = {"num_perm": SLOTS, "seed": 1, "scheme": "affine32"}

    def bulk(sets, hashfunc):
        return np.array([m.hashvalues for m in MinHash.bulk(sets, hashfunc=hashfunc, **options)])

    def by_shingle(sets):
        made = []
        for items in sets:
            sketch = MinHash(hashfunc=xxhash.xxh32_intdigest, **options)
            for item in items:
                sketch.update(item)
            made.append(sketch.hashvalues)
        return np.array(made)

    def by_text(sets):
        made = []
        for items in sets:
            sketch = MinHash(hashfunc=xxhash.xxh32_intdigest, **options)
            sketch.update_batch(items)
            made.append(sketch.hashvalues)
        return np.array(made)

    return {
        "datasketch by shingle, from shingles": lambda: by_shingle(ready),
        "datasketch by text, from text": lambda: by_text(map(grams, texts)),
        "datasketch by text, from shingles": lambda: by_text(ready),
        "datasketch, from text": lambda: bulk(map(grams, texts), xxhash.xxh32_intdigest),
        "datasketch, from shingles": lambda: bulk(ready, xxhash.xxh32_intdigest),
        "datasketch, from hashes": lambda: bulk(hashes, int),
    }


def timed(function) -> float:
    """Give the CPU seconds of a call, or wall seconds where these are fewer."""
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return min(time.process_time() - cpu, time.perf_counter() - wall)


def child(options: argparse.Namespace) -> None:
    """Measure in this process; the kernels were compiled by an earlier one."""
    texts = column(options.child)
    few = texts.slice(0, options.few)
    made, from_hashes = ours_from_hashes(texts)
    ways = {OURS: ours(texts), "kernels, from hashes": from_hashes}
    library = compiled(measure.cache())
    if library is not None:
        ways["C, by value"] = reference(library, texts, 1)
        ways["C, by slot"] = reference(library, texts, 0)
    counts = dict.fromkeys(ways, len(texts))
    ways |= datasketch_ways(few.to_pylist(), made.shingles, made.bounds[: len(few) + 1])
    expected = ways[OURS]()
    for name, sketch in ways.items():
        got = sketch()
        if name not in OTHER_SHINGLES and (got != expected[: len(got)]).any():
            sys.exit(f"{name}: other signatures than {OURS}")
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, sketch in ways.items():
            seconds[name].append(timed(sketch) / counts.get(name, len(few)))
    characters = sum(map(len, texts.to_pylist())) / len(texts)
    print(json.dumps({"seconds": seconds, "characters": characters}))


def rows(seconds: dict[str, list[float]], characters: float) -> list[dict]:
    """Put numbers into a table."""
    return [
        {
            "way": name,
            "documents_per_s": 1 / statistics.median(spent),
            "ns_per_character": statistics.median(spent) / characters * 1e9,
            "times": ratio(spent, seconds[OURS]),
        }
        for name, spent in seconds.items()
    ]


def ratio(one: list[float], other: list[float]) -> float:
    """Give the median of ratios within rounds."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def ratios(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Give the numbers that have goals and floors."""
    found = {
        "datasketch by shingle": ratio(
            seconds["datasketch by shingle, from shingles"], seconds[OURS]
        ),
        "datasketch by text, from text": ratio(
            seconds["datasketch by text, from text"], seconds[OURS]
        ),
        "datasketch by text, from shingles": ratio(
            seconds["datasketch by text, from shingles"], seconds[OURS]
        ),
        "datasketch from text": ratio(seconds["datasketch, from text"], seconds[OURS]),
        "datasketch from shingles": ratio(seconds["datasketch, from shingles"], seconds[OURS]),
        "datasketch from hashes": ratio(
            seconds["datasketch, from hashes"], seconds["kernels, from hashes"]
        ),
    }
    references = [spent for name, spent in seconds.items() if name.startswith("C, ")]
    if references:
        quicker = min(references, key=statistics.median)
        found["C reference"] = ratio(quicker, seconds[OURS])
    return found


def run(source: Path, *, rounds: int, few: int) -> dict:
    """Measure in a second process."""
    call = [sys.executable, __file__, "--child", str(source), "--few", str(few), "--rounds"]
    measure.run([*call, "1"], cores=1)
    said: dict = measure.run([*call, str(rounds)], cores=1).said
    return said


def missed(found: dict[str, float]) -> list[str]:
    """Compare with the floors."""
    floors = measure.floors("sketch")["times"]
    return [
        f"sketch, {name}: {found[name]:.2f} times the kernels' time, floor {floor}"
        for name, floor in floors.items()
        if name in found and found[name] < floor
    ]


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-n", "--documents", type=int, default=10_000)
    parser.add_argument("--few", type=int, default=1000, help="documents given to datasketch")
    parser.add_argument("--corpus", choices=("real", "synthetic"), help="default: real if there")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--floors", action="store_true", help="fail if one is missed")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options)
        return
    n = options.documents
    source, gold = corpus.pick(n, measure.cache(), options.corpus)
    kind = "synthetic" if gold else "real"
    report = measure.head("kernels", documents=n, corpus=kind, rounds=options.rounds, cores=1)
    said = run(source, rounds=options.rounds, few=options.few)
    table = rows(said["seconds"], said["characters"])
    columns = {"way": "", "documents_per_s": ",.0f", "ns_per_character": ".2f", "times": ".2f"}
    measure.show(table, columns)
    found = ratios(said["seconds"])
    print("\ntimes the kernels' time: " + ", ".join(f"{k} {v:.2f}" for k, v in found.items()))
    measure.write(report | {"rows": table, "times": found}, options.json)
    if options.floors and (failures := missed(found)):
        sys.exit("floors missed: " + "; ".join(failures))


if __name__ == "__main__":
    main()
