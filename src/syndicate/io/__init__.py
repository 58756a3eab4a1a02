"""Readers: from files and values to batches of columns.

`plan` finds what is to be read and cuts it into units, `read` reads a unit, `labels` and
`records` name and give again what was read, and `from_documents` takes what is in memory.
What cannot be read is reported in ``Batch.skipped`` and never stops the rest.
"""

from __future__ import annotations

from syndicate.io.batch import SCHEMA, Batch
from syndicate.io.documents import from_documents
from syndicate.io.plan import Plan, Unit, plan
from syndicate.io.read import read
from syndicate.io.records import labels, records

__all__ = [
    "SCHEMA",
    "Batch",
    "Plan",
    "Unit",
    "from_documents",
    "labels",
    "plan",
    "read",
    "records",
]
