"""From a result to who copied whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from syndicate.model import OPTIONAL_FIELDS, Document
from syndicate.origin import OutletReport, outlet_reports, trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syndicate.model import Copy
    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.result import Result


def fetch(corpus: Corpus, names: Iterable[str]) -> dict[str, Document]:
    """Fetch documents by id, with their original texts; unknown ids are left out."""
    everyone = corpus.column("id", np.arange(len(corpus)))
    chosen = pc.is_in(everyone, value_set=pa.array(sorted(set(names)), pa.string()))
    numbers = np.flatnonzero(chosen.to_numpy())
    texts = corpus.rows("texts", numbers)
    fields = {name: corpus.column(name, numbers).to_pylist() for name in OPTIONAL_FIELDS}
    return {
        name: Document(
            id=name,
            text=texts[row].tobytes().decode(),
            **{field: values[row] for field, values in fields.items()},
        )
        for row, name in enumerate(corpus.ids(numbers))
    }


def matched(result: Result) -> dict[str, Document]:
    """Fetch all documents that a match is about."""
    return fetch(result.corpus, (name for match in result.matches for name in (match.a, match.b)))


def copies(result: Result, documents: Mapping[str, Document] | None = None) -> tuple[Copy, ...]:
    """Tell who copied whom.

    Parameters
    ----------
    result
        Of `syndicate.dedupe`.
    documents
        What `matched` gave, if it was called already.
    """
    return trace(matched(result) if documents is None else documents, result.matches)


def outlets(
    result: Result, documents: Mapping[str, Document] | None = None
) -> tuple[OutletReport, ...]:
    """Count originals, copies and credits of each outlet; parameters as for `copies`."""
    known = matched(result) if documents is None else documents
    return outlet_reports(known, trace(known, result.matches))
