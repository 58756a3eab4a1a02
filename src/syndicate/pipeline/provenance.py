"""From a result to who copied whom."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from syndicate.io.columns import array_of, string_column
from syndicate.model import OPTIONAL_FIELDS, Document
from syndicate.origin import OutletReport, outlet_reports, trace
from syndicate.pipeline.compare import examine
from syndicate.report.html import Pair, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from syndicate.config import Config
    from syndicate.model import Copy, Member
    from syndicate.pipeline.corpus import Corpus
    from syndicate.pipeline.result import Result


def fetch(corpus: Corpus, names: Iterable[str]) -> dict[str, Document]:
    """Fetch documents by id, with their original texts; unknown ids are left out."""
    everyone = corpus.column("id", np.arange(len(corpus)))
    chosen = pc.is_in(everyone, value_set=string_column(sorted(set(names))))
    numbers = np.flatnonzero(array_of(chosen))
    texts = corpus.texts(numbers)
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


def tell(result: Result, config: Config, *, sides: int = 200, title: str = "Reprints") -> Story:
    """Gather what an HTML page tells beside the result itself.

    Parameters
    ----------
    result
        Of `syndicate.dedupe`.
    config
        The settings that it was made with.
    sides
        Members to show beside their canonical document, the first ones.
    title
        Of the page.
    """
    documents = matched(result)
    found = copies(result, documents)
    pairs = (
        (cluster.canonical, member) for cluster in result.clusters for member in cluster.members
    )
    return Story(
        documents=documents,
        pairs=[
            _pair(documents[head], documents[member.id], member, config, result.stock)
            for head, member in islice(pairs, sides)
        ],
        copies=found,
        outlets=outlet_reports(documents, found),
        title=title,
    )


def _pair(
    canonical: Document,
    member: Document,
    told: Member,
    config: Config,
    stock: NDArray[np.uint64],
) -> Pair:
    seen = examine(canonical, member, config=config, stock=stock)
    return Pair(
        canonical=canonical.id,
        member=member.id,
        texts=(canonical.text, member.text),
        pieces=(seen.anatomy.a, seen.anatomy.b),
        summary=seen.summed_up(told),
    )
