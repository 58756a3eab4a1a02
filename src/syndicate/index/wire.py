"""What an index says, as JSON: on the command line and over HTTP alike."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from syndicate.model import Document

if TYPE_CHECKING:
    from syndicate.model import Verdict


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as a JSON object.

    Examples
    --------
    >>> from syndicate.model import Verdict
    >>> verdict_record(Verdict("a", "new", cluster="a"))["status"]
    'new'
    """
    return {
        "id": verdict.id,
        "status": verdict.status,
        "of": verdict.of,
        "cluster": verdict.cluster,
        "matches": [
            {
                "id": match.b,
                "relation": str(match.relation),
                "jaccard": round(match.jaccard, 4),
                "contained": round(match.containment_a, 4),
                "contains": round(match.containment_b, 4),
                "shared": match.shared,
                "reason": match.reason,
            }
            for match in verdict.matches
        ],
        "notes": list(verdict.notes),
    }


def document_record(document: Document) -> dict[str, str]:
    """Give a document as a JSON object without the fields it does not have."""
    values = {field.name: getattr(document, field.name) for field in fields(Document)}
    return {name: value for name, value in values.items() if value is not None}
