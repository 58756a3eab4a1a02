"""The JSON that other tools rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TextIO

import orjson

if TYPE_CHECKING:
    from syndicate.model import Cluster, Match
    from syndicate.report.contract import Reported

VERSION: Final = 1
"""Of the object; it rises when a field changes its meaning or goes."""

_DIGITS: Final = 4


def to_json(result: Reported) -> str:
    """Give the object that ``dedupe --format json`` writes.

    Notes on what was limited stand under ``notes`` if there are any.
    """
    record = {
        "version": VERSION,
        "settings": result.settings,
        "documents": result.documents,
        "skipped": [{"id": item.id, "error": item.error} for item in result.skipped],
        "clusters": [_cluster(cluster) for cluster in result.clusters],
        "matches": [_match(match) for match in result.matches],
    }
    if result.notes:
        record["notes"] = result.notes
    return orjson.dumps(record, option=orjson.OPT_INDENT_2).decode()


def write_json(result: Reported, stream: TextIO) -> None:
    """Write a result as one JSON object."""
    stream.write(to_json(result) + "\n")


def write_jsonl(result: Reported, stream: TextIO) -> None:
    """Write the clusters of a result, a JSON object a line."""
    for cluster in result.clusters:
        stream.write(orjson.dumps(_cluster(cluster)).decode() + "\n")


def _cluster(cluster: Cluster) -> dict[str, Any]:
    members = [
        {
            "id": member.id,
            "relation": member.relation.value,
            "jaccard": round(member.jaccard, _DIGITS),
            "containment": round(member.containment, _DIGITS),
        }
        for member in cluster.members
    ]
    return {"id": cluster.id, "canonical": cluster.canonical, "members": members}


def _match(match: Match) -> dict[str, Any]:
    return {
        "a": match.a,
        "b": match.b,
        "relation": match.relation.value,
        "jaccard": round(match.jaccard, _DIGITS),
        "containment_a": round(match.containment_a, _DIGITS),
        "containment_b": round(match.containment_b, _DIGITS),
    }
