"""Readers: from files and values to batches of columns.

`plan` finds what is to be read and cuts it into units, `read` reads a unit, and
`from_documents` takes what is in memory. What cannot be read is reported in
``Batch.skipped`` and never stops the rest.
"""

from __future__ import annotations

from syndicate.io.batch import SCHEMA, Batch
from syndicate.io.documents import from_documents
from syndicate.io.plan import Plan, Unit, plan
from syndicate.io.read import read

__all__ = ["SCHEMA", "Batch", "Plan", "Unit", "from_documents", "plan", "read"]
