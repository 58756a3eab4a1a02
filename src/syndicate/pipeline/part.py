"""One unit of input, read, stripped and sketched: what the later stages need of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from syndicate.boilerplate import strip_batch
from syndicate.io.spool import Rows, RowWriter
from syndicate.match.verify import distinct
from syndicate.model import Skipped
from syndicate.sketch import lsh, minhash
from syndicate.sketch.sample import sample
from syndicate.text.shingles import shingle

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from syndicate.config import Config

_HEAVY = {
    "texts": np.uint8,
    "shingles": np.uint64,
    "flags": np.uint16,
    "samples": np.uint64,
    "keys": np.uint64,
}
_ARRAYS = ("counts", "sizes", "digests")


@dataclass(frozen=True, slots=True)
class Part:
    """The documents of one unit, row by row.

    Attributes
    ----------
    records
        All columns but the text.
    texts
        Original texts, UTF-8.
    shingles, flags
        Shingle hashes and token traits of the stripped texts.
    samples
        Hash-sampled shingles.
    keys
        Row b holds band b's key of every document.
    counts
        ndarray of int32, shape (n,): tokens of each stripped text.
    sizes
        ndarray of int32, shape (n,): distinct shingles of each.
    digests
        ndarray of uint64, shape (n, 2).
    skipped
        Inputs of the unit that could not be read.
    """

    records: pa.Table
    texts: Rows
    shingles: Rows
    flags: Rows
    samples: Rows
    keys: Rows
    counts: NDArray[np.int32]
    sizes: NDArray[np.int32]
    digests: NDArray[np.uint64]
    skipped: tuple[Skipped, ...]

    def __len__(self) -> int:
        return len(self.counts)


def text_buffers(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Give a large_string column's bytes and offsets without copying the bytes.

    Returns
    -------
    data : ndarray of uint8
    offsets : ndarray of int64, shape (n + 1,)
    """
    _, offset_buffer, data_buffer = column.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[column.offset :][: len(column) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.empty(0, np.uint8)
    return data, offsets


class PartWriter:
    """Sketches record batches and collects what is to be kept of them.

    Parameters
    ----------
    config
        The settings of the run.
    folder
        Where texts and shingles wait; None keeps them in memory.
    """

    def __init__(self, config: Config, folder: Path | None = None) -> None:
        self._config = config
        self._folder = folder
        self._cut = lsh.bands_of(config)
        self._rows = {
            name: RowWriter(dtype, folder and folder / f"{name}.bin")
            for name, dtype in _HEAVY.items()
        }
        self._records: list[pa.RecordBatch] = []
        self._arrays: list[dict[str, NDArray[Any]]] = []
        self._skipped: list[Skipped] = []

    def add(self, records: pa.RecordBatch, skipped: tuple[Skipped, ...]) -> None:
        """Strip, fold, shingle and sketch one batch."""
        self._skipped += skipped
        self._records.append(records.drop_columns(["text"]))
        data, offsets = text_buffers(records.column("text"))
        self._rows["texts"].append(data, offsets)
        if self._config.strip == "rules":
            titles = records.column("title").to_pylist()
            stripped = strip_batch(data, offsets, titles)
            data, offsets = stripped.data, stripped.offsets
        made = shingle(data, offsets, self._config.sketch.shingle_size)
        sketches = minhash.signatures(made.shingles, made.bounds, self._config.sketch.num_perm)
        tokens = np.zeros(len(made.counts) + 1, np.int64)
        np.cumsum(made.counts, out=tokens[1:])
        self._rows["shingles"].append(made.shingles, made.bounds)
        self._rows["flags"].append(made.flags, tokens)
        self._rows["samples"].append(*sample(made.shingles, made.bounds))
        self._arrays.append(
            {
                "counts": made.counts,
                "sizes": distinct(made.shingles, made.bounds),
                "digests": made.digests,
                "keys": lsh.band_keys(sketches, self._cut).T,
            }
        )

    def finish(self) -> Part:
        """Give the part; with a folder, all of it is on disk by then."""
        arrays = self._joined()
        keys = np.ascontiguousarray(arrays.pop("keys").T)
        for band in keys:
            self._rows["keys"].append(band, np.array([0, len(band)], np.int64))
        rows: dict[str, Any] = {name: writer.finish() for name, writer in self._rows.items()}
        records = pa.Table.from_batches(self._records) if self._records else pa.table({})
        part = Part(records, **rows, **arrays, skipped=tuple(self._skipped))
        if self._folder is not None:
            _save(part, self._folder)
        return part

    def _joined(self) -> dict[str, Any]:
        none: dict[str, NDArray[Any]] = {
            "counts": np.empty(0, np.int32),
            "sizes": np.empty(0, np.int32),
            "digests": np.empty((0, 2), np.uint64),
            "keys": np.empty((0, self._cut.bands), np.uint64),
        }
        held = self._arrays or [none]
        return {name: np.concatenate([arrays[name] for arrays in held]) for name in none}


def _save(part: Part, folder: Path) -> None:
    """Write what `load` needs beside the row files."""
    path = str(folder / "records.arrow")
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, part.records.schema) as writer:
        writer.write_table(part.records)
    bounds = {name: getattr(part, name).bounds for name in _HEAVY}
    arrays = {name: getattr(part, name) for name in _ARRAYS}
    np.savez(folder / "arrays.npz", **arrays, **bounds)
    skipped = [[item.id, item.error] for item in part.skipped]
    (folder / "skipped.json").write_text(json.dumps(skipped), encoding="utf-8")


def load(folder: Path) -> Part:
    """Read a part that a `PartWriter` left in a folder; rows stay on disk."""
    with pa.OSFile(str(folder / "records.arrow"), "rb") as source:
        records = pa.ipc.open_file(source).read_all()
    with np.load(folder / "arrays.npz") as arrays:
        rows: dict[str, Any] = {
            name: Rows(arrays[name], folder / f"{name}.bin", dtype)
            for name, dtype in _HEAVY.items()
        }
        columns: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    stored = json.loads((folder / "skipped.json").read_text(encoding="utf-8"))
    skipped = tuple(Skipped(*item) for item in stored)
    return Part(records, **rows, **columns, skipped=skipped)
