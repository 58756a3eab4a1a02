"""All parts together, numbered by id so that no result depends on the order of input."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from syndicate import io
from syndicate.io.columns import array_of, number_column, one_array, string_column
from syndicate.io.spool import Rows
from syndicate.match.context import UNDATED, moment
from syndicate.match.folded import Folded
from syndicate.match.relation import Context
from syndicate.model import Skipped
from syndicate.pipeline.places import Places
from syndicate.pipeline.texts import site_column
from syndicate.sketch import sample
from syndicate.text.shingles import Spans, shingle_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from syndicate.pipeline.part import Part


_RECORDS_AT_ONCE = 1024
_NOTHING = np.empty(0, np.int64)


class Corpus:
    """The documents of a run.

    A document's *number* is its place among all ids in ascending order; of documents with
    the same id one is kept, the one with the smallest digest.

    Parameters
    ----------
    parts
        In input order.
    skipped
        Inputs that never reached a part.
    units, sizes
        Of the input, and how many documents each has; none if it came as values.

    Attributes
    ----------
    places
        ndarray of int64, shape (n,): the place in the input of each number.
    counts
        ndarray of int32, shape (n,): tokens.
    digests
        ndarray of uint64, shape (n, 2).
    skipped
        Of all parts, and the documents dropped for their id.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        skipped: tuple[Skipped, ...] = (),
        units: Sequence[io.Unit] = (),
        sizes: Sequence[int] = (),
    ) -> None:
        self._parts = tuple(parts)
        self._starts = np.cumsum([0, *(len(part) for part in parts)])
        tables = [part.texts.records for part in parts if len(part)]
        self._records = (
            pa.concat_tables(tables) if tables else io.SCHEMA.empty_table().drop_columns(["text"])
        )
        digests = np.concatenate([np.empty((0, 2), np.uint64), *(part.digests for part in parts)])
        order, repeats, kept = _by_id(self._records.column("id"), digests)
        self.places: NDArray[np.int64] = order
        self.digests: NDArray[np.uint64] = digests[order]
        counts = np.concatenate([np.empty(0, np.int32), *(part.counts for part in parts)])
        self.counts: NDArray[np.int32] = counts[order]
        found = (item for part in parts for item in part.texts.skipped)
        numbers = np.concatenate([_NOTHING, *(part.texts.numbers for part in parts)])
        self._read_at = Places(units, sizes, numbers)
        refused = self._refused(repeats, kept)
        self._kept = _together([part.kept for part in parts])
        self.skipped = tuple(
            sorted((*skipped, *found, *refused), key=lambda item: (item.id, item.error))
        )

    def __len__(self) -> int:
        return len(self.places)

    def _refused(self, repeats: NDArray[np.int64], kept: NDArray[np.int64]) -> Iterator[Skipped]:
        """Report documents whose id another one has, which was kept, by file and line."""
        ids = self._records.column("id").take(number_column(repeats)).to_pylist()
        places = np.unique(np.concatenate([repeats, kept]))
        labels = dict(zip(places.tolist(), self._read_at.label(places), strict=True))
        for name, repeat, other in zip(ids, repeats.tolist(), kept.tolist(), strict=True):
            where = labels.get(other) or "another document of this id"
            yield Skipped(labels.get(repeat) or name, f"duplicate id {name!r}: {where} was kept")

    @property
    def folder(self) -> Path | None:
        """Where rows wait; None if all are in memory."""
        paths = (part.keys.items for part in self._parts)
        return next((path.parent for path in paths if isinstance(path, Path)), None)

    def ids(self, numbers: NDArray[np.int64]) -> list[str]:
        """Ids of some documents."""
        names: list[str] = self.column("id", numbers).to_pylist()
        return names

    def column(self, name: str, numbers: NDArray[np.int64]) -> pa.ChunkedArray:
        """One column of the records of some documents."""
        return self._records.column(name).take(number_column(self.places[numbers]))

    def titles(self, numbers: NDArray[np.int64]) -> list[str | None]:
        """Titles of some documents."""
        if not self._titled[self.places[numbers]].any():
            return [None] * len(numbers)
        titles: list[str | None] = self.column("title", numbers).to_pylist()
        return titles

    @cached_property
    def _titled(self) -> NDArray[np.bool_]:
        """Which documents have a title, by place."""
        return np.asarray(array_of(self._records.column("title").is_valid()))

    @cached_property
    def times(self) -> NDArray[np.int64]:
        """Publication times by number, in microseconds; `UNDATED` if missing or unreadable."""
        values = one_array(self._records.column("published")).dictionary_encode()
        known = np.array([moment(value) for value in values.dictionary.to_pylist()] + [UNDATED])
        return np.asarray(known[_codes(values)][self.places])

    def unread_dates(self) -> tuple[int, str]:
        """Count the documents whose publication time cannot be read, and give one as it stands."""
        stated = array_of(self._records.column("published").is_valid())[self.places]
        unread = np.flatnonzero(stated & (self.times == UNDATED))
        first = self.column("published", unread[:1]).to_pylist()
        return len(unread), first[0] if first else ""

    @cached_property
    def _sites(self) -> NDArray[np.int64]:
        """A number for the site of each document, -1 if it has none."""
        return self._encoded(site_column(self._records))

    @cached_property
    def _urls(self) -> NDArray[np.int64]:
        """A number for the URL of each document, -1 if it has none."""
        return self._encoded(self._records.column("url"))

    def _encoded(self, column: pa.ChunkedArray) -> NDArray[np.int64]:
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(column))
        return _codes(one_array(folded).dictionary_encode())[self.places]

    def source_ranks(self, wanted: Sequence[str]) -> NDArray[np.int64]:
        """Give the place of each document's source or site in a list; its length if in none."""
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(site_column(self._records)))
        names = string_column([name.strip().lower() for name in wanted])
        places = pc.index_in(folded, value_set=names)
        ranks = array_of(places, fill=len(wanted)).astype(np.int64)
        return np.asarray(ranks[self.places])

    def context(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Context:
        """Give what is known of pairs beside their words."""
        same = (self.digests[left] == self.digests[right]).all(axis=1)
        site = (self._sites[left] == self._sites[right]) & (self._sites[left] >= 0)
        url = (self._urls[left] == self._urls[right]) & (self._urls[left] >= 0)
        dated = (self.times[left] != UNDATED) & (self.times[right] != UNDATED)
        later = np.where(dated, np.sign(self.times[right] - self.times[left]), 0)
        return Context(same, site, url, later.astype(np.int8))

    def in_order(self, without: set[str]) -> NDArray[np.int64]:
        """Give the numbers of all documents but some in the order of the input."""
        ids = self.column("id", np.arange(len(self)))
        gone = array_of(pc.is_in(ids, value_set=string_column(sorted(without))))
        kept = np.flatnonzero(~gone)
        return np.asarray(kept[np.argsort(self.places[kept], kind="stable")])

    def documents(self, numbers: NDArray[np.int64]) -> Iterator[dict[str, str]]:
        """Give some documents as records.

        Yields
        ------
        dict
            The fields that have a value.
        """
        for chunk in np.array_split(numbers, max(1, len(numbers) // _RECORDS_AT_ONCE)):
            records = self._records.take(number_column(self.places[chunk])).to_pylist()
            for record, text in zip(records, self.texts(chunk), strict=True):
                fields = {"id": record["id"], "text": text.tobytes().decode(), **record}
                yield {name: value for name, value in fields.items() if value is not None}

    def as_read(self, numbers: NDArray[np.int64]) -> Iterator[str | None]:
        """Give some documents, in the order of the input, as `Places.as_read` does."""
        return self._read_at.as_read(self.places[numbers])

    def keys(self, bands: range, numbers: NDArray[np.int64]) -> Iterator[NDArray[np.uint64]]:
        """Keys of some documents in some consecutive bands, band after band."""
        keys = np.empty((len(bands), self._starts[-1]), np.uint64)
        for part, start in zip(self._parts, self._starts[:-1], strict=True):
            if len(part):
                held, _ = part.keys.span(bands.start, bands.stop)
                keys[:, start : start + len(part)] = held.reshape(len(bands), len(part))
        places = self.places[numbers]
        return (row[places] for row in keys)

    def samples(
        self, of: NDArray[np.bool_], low: int, high: int
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Hash-sampled shingles of some documents, within a range of hashes.

        Parameters
        ----------
        of : ndarray of bool, shape (n,)
            Which documents.
        low, high
            Hashes from ``low`` to below ``high``.

        Returns
        -------
        hashes : ndarray of uint64
        numbers : ndarray of uint32
        """
        numbers = np.full(self._starts[-1], len(self), np.uint32)
        numbers[self.places[of]] = np.flatnonzero(of)
        hashes, owners = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
        shelves = sample.shelves_within(low, high)
        for part, start in zip(self._parts, self._starts[:-1], strict=True):
            if not len(part.samples):
                continue
            found, _ = part.samples.span(*shelves)
            owner = numbers[start + part.owners.span(*shelves)[0]]
            chosen = (found >= low) & (found < high) & (owner < len(self))
            hashes.append(found[chosen])
            owners.append(owner[chosen])
        return np.concatenate(hashes), np.concatenate(owners)

    @property
    def sampled(self) -> int:
        """How many hash-sampled shingles there are in all."""
        return sum(int(part.samples.bounds[-1]) for part in self._parts)

    def sizes(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell how many bytes stripping left of some documents."""
        _, _, lengths, bounds = self._left(self.places[numbers])
        return np.diff(np.concatenate([[0], np.cumsum(lengths)])[bounds])

    def spans(self, numbers: NDArray[np.int64]) -> Spans:
        """Give what stripping left of some documents, wherever in memory it is."""
        places = self.places[numbers]
        owner, starts, lengths, bounds = self._left(places)
        begun, held = self._begun(places)
        return Spans(begun[owner] + starts.astype(np.uint64), lengths, bounds, held)

    def _left(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Give the spans that stripping left of the texts at some places.

        Returns
        -------
        owner, starts, lengths : ndarray of int64, shape (spans,)
            Which of the texts each is of, where in it it starts, and its bytes.
        bounds : ndarray of int64, shape (texts + 1,)
            Where those of each text start and the last end.
        """
        kept, cuts = self._kept.gather(places)
        pieces = np.diff(cuts) // 2
        cut = pieces > 0
        pieces[~cut] = 1
        owner = np.repeat(np.arange(len(places)), pieces)
        starts, ends = np.zeros(len(owner), np.int64), self._lengths[places][owner]
        of_cut = cut[owner]
        starts[of_cut], ends[of_cut] = kept[::2], kept[1::2]
        return owner, starts, ends - starts, np.concatenate([[0], np.cumsum(pieces)])

    def folded(self, numbers: NDArray[np.int64], size: int) -> Folded:
        """Fold and shingle that, ``size`` tokens to a shingle."""
        return Folded.of(shingle_spans(self.spans(numbers), size))

    def texts(self, numbers: NDArray[np.int64]) -> list[NDArray[np.uint8]]:
        """Fetch the texts of some documents in UTF-8."""
        found = [np.empty(0, np.uint8)] * len(numbers)
        for rows, of_part, wanted in self._texts(self.places[numbers]):
            for place, text in zip(wanted.tolist(), rows.take(of_part), strict=True):
                found[place] = text
        return found

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        """The bytes of each text, by place."""
        return np.concatenate([_NOTHING, *(np.diff(p.texts.rows.bounds) for p in self._parts)])

    @cached_property
    def _in_memory(self) -> tuple[NDArray[np.uint64], tuple[NDArray[np.uint8], ...]] | None:
        """Where each text begins, by place, and the arrays that hold them; None if files do."""
        begun, arrays = [_NOTHING.astype(np.uint64)], []
        for part in self._parts:
            rows = part.texts.rows
            if isinstance(rows.items, Path):
                return None
            begun.append(rows.bounds[:-1].astype(np.uint64) + np.uint64(rows.items.ctypes.data))
            arrays.append(rows.items)
        return np.concatenate(begun), tuple(arrays)

    def _begun(
        self, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint64], tuple[NDArray[np.uint8], ...]]:
        """Bring some texts to memory; tell where each begins, and which arrays hold them."""
        if self._in_memory is not None:
            begun, held = self._in_memory
            return begun[places], held
        begun, arrays = np.empty(len(places), np.uint64), []
        for rows, of_part, wanted in self._texts(places):
            items, firsts = rows.at_hand(of_part)
            begun[wanted] = firsts.astype(np.uint64) + np.uint64(items.ctypes.data)
            arrays.append(items)
        return begun, tuple(arrays)

    def _texts(
        self, places: NDArray[np.int64]
    ) -> Iterator[tuple[Rows, NDArray[np.int64], NDArray[np.int64]]]:
        """Tell, part by part, which of its texts are at some places, and which of these."""
        order = np.argsort(places, kind="stable")
        cuts = np.searchsorted(places[order], self._starts)
        for owner in np.flatnonzero(np.diff(cuts)):
            wanted = order[cuts[owner] : cuts[owner + 1]]
            yield self._parts[owner].texts.rows, places[wanted] - self._starts[owner], wanted


def _together(rows: list[Rows]) -> Rows:
    """Lay rows that are in memory end to end."""
    lengths = [np.diff(some.bounds) for some in rows]
    bounds = np.concatenate([[0], np.cumsum(np.concatenate([_NOTHING, *lengths]))])
    items = [np.empty(0, np.int32), *(some.span(0, len(some))[0] for some in rows)]
    return Rows(bounds, np.concatenate(items), np.int32)


def _codes(column: pa.DictionaryArray) -> NDArray[np.int64]:
    """Codes of a dictionary column, -1 for missing values."""
    return array_of(column.indices, fill=-1).astype(np.int64)


def _by_id(
    ids: pa.ChunkedArray, digests: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Order documents by id.

    Returns
    -------
    tuple
        Places in order of id, places of documents whose id another one has, and the place of
        that other one of each.
    """
    if len(ids) == 0:
        none = np.empty(0, np.int64)
        return none, none, none
    low, high = map(number_column, digests.T)
    table = pa.table({"id": ids, "low": low, "high": high})
    keys = [(name, "ascending") for name in ("id", "low", "high")]
    order = array_of(pc.sort_indices(table, sort_keys=keys)).astype(np.int64)
    ordered = one_array(ids).take(number_column(order))
    repeated = np.zeros(len(order), bool)
    repeated[1:] = array_of(pc.equal(ordered[1:], ordered[:-1]))
    leader = order[~repeated][np.cumsum(~repeated) - 1]
    return order[~repeated], order[repeated], leader[repeated]
