"""One unit of input, stripped and sketched: what the later stages need of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from syndicate.boilerplate import strip_batch
from syndicate.io.spool import Rows, RowWriter
from syndicate.pipeline.texts import Texts, sites
from syndicate.sketch import lsh, minhash
from syndicate.sketch.sample import sample, shelve
from syndicate.text.shingles import Spans, shingle_spans

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from syndicate.boilerplate import SiteTemplates
    from syndicate.config import Config

_HEAVY = {
    "kept": np.int32,
    "samples": np.uint64,
    "owners": np.uint32,
    "keys": np.uint64,
}
_ARRAYS = ("counts", "digests")
_AT_ONCE = 2 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """The documents of one unit, row by row.

    Attributes
    ----------
    texts
        As they were read.
    kept
        Spans of bytes, start and end in turn, that stripping left of each text; nothing where
        it left all. Shingles are made anew of what is compared, which is sooner done than
        keeping those of all.
    samples, owners
        Row s holds the hash-sampled shingles of shelf s, and the document of each; no rows where
        only whole copies are looked for.
    keys
        Row b holds band b's key of every document.
    counts
        ndarray of int32, shape (n,): tokens of each stripped text.
    digests
        ndarray of uint64, shape (n, 2).
    """

    texts: Texts
    kept: Rows
    samples: Rows
    owners: Rows
    keys: Rows
    counts: NDArray[np.int32]
    digests: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.counts)


def sketch(
    texts: Texts,
    config: Config,
    *,
    templates: SiteTemplates | None = None,
    folder: Path | None = None,
) -> Part:
    """Strip, fold, shingle and sketch texts.

    Parameters
    ----------
    texts
        In memory or in a folder.
    config
        The settings of the run.
    templates
        What was learned of sites.
    folder
        Where rows wait and `load` finds the part again; None keeps them in memory.
    """
    sketches = _Sketches(config, folder)
    for records, data, offsets in texts.chunks(_AT_ONCE):
        sketches.add(_stripped(records, data, offsets, config, templates))
    rows, arrays = sketches.finish()
    if folder is not None:
        bounds: dict[str, Any] = {name: held.bounds for name, held in rows.items()}
        np.savez(folder / "arrays.npz", **arrays, **bounds)
    return Part(texts, **rows, **arrays)


class _Stripped(NamedTuple):
    """Some texts without their clutter.

    Attributes
    ----------
    texts
        What is left.
    kept, kept_bounds
        Rows as `Part` holds them.
    """

    texts: Spans
    kept: NDArray[np.int32]
    kept_bounds: NDArray[np.int64]


class _Sketches:
    """Collects what is computed of the texts of a part."""

    def __init__(self, config: Config, folder: Path | None) -> None:
        self._config = config.sketch
        self._find = config.find
        self._cut = lsh.bands_of(config)
        self._rows = {
            name: RowWriter(dtype, folder and folder / f"{name}.bin")
            for name, dtype in _HEAVY.items()
        }
        none = np.empty(0, np.int32)
        self._arrays: list[dict[str, NDArray[Any]]] = [
            {"counts": none, "digests": np.empty((0, 2), np.uint64)}
        ]
        self._keys = [np.empty((self._cut.bands, 0), np.uint64)]
        self._sampled = [(np.empty(0, np.uint64), np.empty(0, np.uint32))]
        self._documents = 0

    def add(self, stripped: _Stripped) -> None:
        """Fold, shingle and sketch some texts."""
        self._rows["kept"].append(stripped.kept, stripped.kept_bounds)
        made = shingle_spans(stripped.texts, self._config.shingle_size, flags=False)
        sketches = minhash.signatures(made.shingles, made.bounds, self._config.num_perm)
        self._keys.append(lsh.band_keys(sketches, self._cut))
        if self._find == "all":
            hashes, bounds = sample(made.shingles, made.bounds)
            numbers = np.arange(self._documents, self._documents + len(made.counts))
            self._sampled.append((hashes, np.repeat(numbers.astype(np.uint32), np.diff(bounds))))
        self._documents += len(made.counts)
        self._arrays.append({"counts": made.counts, "digests": made.digests})

    def finish(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give the rows and the arrays of a `Part`, by name."""
        keys = np.concatenate(self._keys, axis=1)
        bands, documents = keys.shape
        self._rows["keys"].append(keys.ravel(), np.arange(bands + 1) * documents)
        if self._find == "all":
            hashes, owners = map(np.concatenate, zip(*self._sampled, strict=True))
            hashes, owners, bounds = shelve(hashes, owners)
            self._rows["samples"].append(hashes, bounds)
            self._rows["owners"].append(owners, bounds)
        rows = {name: writer.finish() for name, writer in self._rows.items()}
        return rows, {name: np.concatenate([a[name] for a in self._arrays]) for name in _ARRAYS}


def _stripped(
    records: pa.Table,
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    config: Config,
    templates: SiteTemplates | None,
) -> _Stripped:
    """Strip as the settings say."""
    if config.strip == "none":
        none = np.empty(0, np.int32), np.zeros_like(offsets)
        return _Stripped(Spans.of(data, offsets), *none)
    held = records.column("title")
    titles = held.to_pylist() if held.null_count < len(held) else None
    of = sites(records) if templates is not None else None
    stripped = strip_batch(data, offsets, titles, sites=of, templates=templates)
    places, pieces = stripped.places, np.diff(stripped.span_offsets)
    lengths = places[:, 1] - places[:, 0]
    addresses = places[:, 0].astype(np.uint64) + np.uint64(data.ctypes.data)
    texts = Spans(addresses, lengths, stripped.span_offsets, (data,))
    changed = texts.sizes < np.diff(offsets)
    some = np.repeat(changed, pieces)
    bounds = np.zeros_like(offsets)
    np.cumsum(2 * pieces * changed, out=bounds[1:])
    return _Stripped(texts, stripped.spans[some].astype(np.int32).ravel(), bounds)


def load(texts: Texts, folder: Path) -> Part:
    """Give a part that `sketch` left in a folder; rows stay on disk, but for the spans kept.

    These are read with every text, and have a hundredth of its bytes.
    """
    with np.load(folder / "arrays.npz") as arrays:
        rows: dict[str, Any] = {
            name: Rows(arrays[name], folder / f"{name}.bin", dtype)
            for name, dtype in _HEAVY.items()
        }
        rows["kept"] = rows["kept"].loaded()
        columns: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    return Part(texts, **rows, **columns)
