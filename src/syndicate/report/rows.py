"""Clusters for a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from syndicate.report.contract import Reported

HEADER: Final = ("cluster", "id", "relation", "jaccard", "containment")


def write_csv(result: Reported, stream: TextIO) -> None:
    """Write the clusters of a result, a row a document, the canonical one first."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    for cluster in result.clusters:
        writer.writerow((cluster.id, cluster.canonical, "canonical", 1.0, 1.0))
        writer.writerows(
            (
                cluster.id,
                member.id,
                member.relation.value,
                round(member.jaccard, 4),
                round(member.containment, 4),
            )
            for member in cluster.members
        )
