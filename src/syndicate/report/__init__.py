"""Results for people and for programs: a table, JSON, JSON lines, CSV.

Each writer takes a result and a text stream, and is found by the name of its format in
`WRITERS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TextIO

from syndicate.report.json import write_json, write_jsonl
from syndicate.report.rows import write_csv
from syndicate.report.table import totals, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syndicate.report.contract import Reported

__all__ = ["WRITERS", "totals", "write_csv", "write_json", "write_jsonl", "write_table"]

WRITERS: Final[Mapping[str, Callable[[Reported, TextIO], None]]] = {
    "table": write_table,
    "json": write_json,
    "jsonl": write_jsonl,
    "csv": write_csv,
}
