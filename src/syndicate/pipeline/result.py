"""What `syndicate.dedupe` gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from syndicate.io.write import completed, json_line
from syndicate.model import Cluster, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from syndicate.model import Copy
    from syndicate.origin import OutletReport
    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.matches import Matches


_STOOD_FOR = 0.5


@dataclass(frozen=True, kw_only=True)
class Result:
    """Clusters of reprints, the matches behind them, and all that was left out.

    Attributes
    ----------
    documents
        How many were compared.
    clusters
        Each of two documents or more, in order of the canonical's id.
    matches
        Verified pairs in order of their ids, a sequence of `Match`. Of texts that are exactly
        alike the one with the smallest id stands for all; each other is matched with it alone.
    skipped
        Inputs that could not be read, and why.
    settings
        All that may change a result.
    notes
        Whatever was limited, in words.
    stock
        ndarray of uint64, ascending: shingles of phrases that so many documents share that
        they were not counted.
    """

    documents: int
    clusters: tuple[Cluster, ...]
    matches: Matches
    skipped: tuple[Skipped, ...]
    settings: dict[str, Any]
    notes: tuple[str, ...] = ()
    stock: NDArray[np.uint64] = field(repr=False, compare=False)
    corpus: Corpus = field(repr=False, compare=False)
    recluster: Callable[[float], Result] = field(repr=False, compare=False)

    @property
    def duplicates(self) -> int:
        """How many documents another one stands for."""
        return sum(len(cluster.members) for cluster in self.clusters)

    def with_threshold(self, threshold: float) -> Result:
        """Cluster again with a higher threshold, without comparing any text again.

        Raises
        ------
        ConfigError
            If the threshold is below the one that the matches were found with.
        """
        return self.recluster(threshold)

    def survivors(self) -> Iterator[dict[str, str]]:
        """Give, in input order, all documents most of whose text no other stands for.

        These are the canonical one of each cluster, all that are in none, and members of which
        the canonical one holds less than half: pages that bring a story amid others.

        Yields
        ------
        dict
            The document's fields that have a value.
        """
        return self.corpus.documents(self._surviving())

    def survivor_lines(self) -> Iterator[str]:
        """Give `survivors` as JSON lines, as they stood in the files that were read.

        A line of JSON is given as it was, and a row of a table with all its columns. Fields that
        it did not have, such as its id or the text of its page, are added. Values, and files
        that are documents each, are given as in `survivors`.

        Raises
        ------
        StoreError
            If a file changed after it was read.
        """
        numbers = self._surviving()
        known, stood = self.corpus.documents(numbers), self.corpus.as_read(numbers)
        for record, original in zip(known, stood, strict=True):
            if original is None:
                yield json_line(record)
            else:
                yield completed(original, record)

    def _surviving(self) -> NDArray[np.int64]:
        members = (member for cluster in self.clusters for member in cluster.members)
        gone = {member.id for member in members if member.contained >= _STOOD_FOR}
        return self.corpus.in_order(without=gone)

    def copies(self) -> tuple[Copy, ...]:
        """Tell who copied whom, with evidence; see `syndicate.origin.trace`."""
        from syndicate.pipeline.provenance import copies  # noqa: PLC0415 - on request

        return copies(self)

    def outlets(self) -> tuple[OutletReport, ...]:
        """Count originals, copies and credits of each outlet."""
        from syndicate.pipeline.provenance import outlets  # noqa: PLC0415 - on request

        return outlets(self)

    def to_json(self) -> str:
        """Give the JSON object that ``dedupe --format json`` writes."""
        from syndicate.report.json import to_json  # noqa: PLC0415 - a report is made on request

        return to_json(self)

    def to_arrow(self) -> pa.Table:
        """Give the matches as an Arrow table, one row each."""
        return self.matches.to_arrow()
