"""What each outlet printed: originals, copies, and who names the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syndicate.origin.names import load_names

if TYPE_CHECKING:
    from syndicate.model import Copy, Document


@dataclass(frozen=True, slots=True)
class OutletReport:
    """What one outlet printed among the traced documents.

    Parameters
    ----------
    outlet
        Its name; empty for documents without a source.
    documents
        All of its documents that were looked at.
    originals
        Those that others copied and that copied nobody.
    copies
        Those that copied.
    credited, uncredited
        Copies that name their source, and those that do not.
    """

    outlet: str
    documents: int
    originals: int
    copies: int
    credited: int
    uncredited: int


def outlet_reports(
    documents: Mapping[str, Document], copies: Sequence[Copy]
) -> tuple[OutletReport, ...]:
    """Count originals and copies of each outlet.

    Parameters
    ----------
    documents
        By id, as for `trace`.
    copies
        What `trace` gave.

    Returns
    -------
    tuple of OutletReport
        Those with most documents first.
    """
    names = load_names().also(document.source for document in documents.values())
    copied = {copy.copy: copy for copy in copies}
    sources = {copy.source for copy in copies if not copy.virtual}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for name, document in documents.items():
        outlet = names.named(document.source) or names.of_url(document.url)
        row = counts[outlet.name if outlet else ""]
        row[0] += 1
        row[1] += name in sources and name not in copied
        row[2] += name in copied
        row[3] += name in copied and _credits(copied[name])
    reports = (
        OutletReport(outlet, n, originals, made, named, made - named)
        for outlet, (n, originals, made, named) in counts.items()
    )
    return tuple(sorted(reports, key=lambda report: (-report.documents, report.outlet)))


def _credits(copy: Copy) -> bool:
    """Whether the copy itself names its source."""
    return any(" the credit " in text or " links to " in text for text in copy.evidence)
