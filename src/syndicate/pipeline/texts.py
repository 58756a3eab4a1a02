"""The first half of a part: records and texts as they were read, waiting to be sketched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from syndicate import io
from syndicate.io.spool import Rows, RowWriter
from syndicate.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from syndicate.boilerplate import SiteTemplates

_RECORDS = io.SCHEMA.remove(io.SCHEMA.get_field_index("text"))
_HOST = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?(?P<host>[^/:?#]+)"


@dataclass(frozen=True, slots=True)
class Texts:
    """Documents as they were read, row by row.

    Attributes
    ----------
    records
        All columns but the text.
    numbers
        ndarray of int64, shape (n,): where each was read, as `syndicate.io.Batch` has it.
    rows
        Texts in UTF-8.
    skipped
        Inputs that could not be read.
    """

    records: pa.Table
    numbers: NDArray[np.int64]
    rows: Rows
    skipped: tuple[Skipped, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def chunks(self, size: int) -> Iterator[tuple[pa.Table, NDArray[np.uint8], NDArray[np.int64]]]:
        """Give records, bytes and offsets of about so many bytes of text at a time."""
        bounds = self.rows.bounds
        start = 0
        while start < len(self):
            end = int(np.searchsorted(bounds, bounds[start] + size, side="right")) - 1
            end = max(end, start + 1)
            data, offsets = self.rows.span(start, end)
            yield self.records.slice(start, end - start), data, offsets
            start = end


def read_texts(
    batches: Iterable[io.Batch],
    folder: Path | None = None,
    *,
    learn: SiteTemplates | None = None,
) -> Texts:
    """Collect batches, in memory or in a folder.

    Parameters
    ----------
    batches
        As the readers give them.
    folder
        Where `load_texts` will find them again.
    learn
        Learns from every document that has a site.
    """
    texts = RowWriter(np.uint8, folder and folder / "texts.bin")
    records: list[pa.RecordBatch] = []
    numbers = [np.empty(0, np.int64)]
    skipped: list[Skipped] = []
    for batch in batches:
        data, offsets = text_buffers(batch.records.column("text"))
        texts.append(data, offsets)
        records.append(batch.records.drop_columns(["text"]))
        numbers.append(batch.numbers)
        skipped += batch.skipped
        if learn is not None:
            learn.learn_batch(data, offsets, sites(records[-1]))
    table = pa.Table.from_batches(records, _RECORDS)
    read = Texts(table, np.concatenate(numbers), texts.finish(), tuple(skipped))
    if folder is not None:
        _save(read, folder)
    return read


def _save(texts: Texts, folder: Path) -> None:
    """Write what `load_texts` needs beside the texts."""
    path = str(folder / "records.arrow")
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, _RECORDS) as writer:
        writer.write_table(texts.records)
    np.savez(folder / "texts.npz", bounds=texts.rows.bounds, numbers=texts.numbers)
    skipped = [[item.id, item.error] for item in texts.skipped]
    (folder / "skipped.json").write_text(json.dumps(skipped), encoding="utf-8")


def load_texts(folder: Path) -> Texts:
    """Give what `read_texts` left in a folder; the texts stay there."""
    with pa.OSFile(str(folder / "records.arrow"), "rb") as source:
        records = pa.ipc.open_file(source).read_all()
    with np.load(folder / "texts.npz") as arrays:
        bounds, numbers = arrays["bounds"], arrays["numbers"]
    rows = Rows(bounds, folder / "texts.bin", np.uint8)
    stored = json.loads((folder / "skipped.json").read_text(encoding="utf-8"))
    return Texts(records, numbers, rows, tuple(Skipped(*item) for item in stored))


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


def site_column(records: pa.RecordBatch | pa.Table) -> pa.Array:
    """Tell the site of each document: its source, else the host of its URL, else null."""
    hosts = pc.struct_field(pc.extract_regex(records.column("url"), _HOST), "host")
    return pc.coalesce(records.column("source"), hosts)


def sites(records: pa.RecordBatch | pa.Table) -> list[str | None]:
    """Tell the site of each document in words."""
    names: list[str | None] = site_column(records).to_pylist()
    return names
