"""The JSON that other tools rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TextIO

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syndicate.model import Cluster, Match
    from syndicate.report.contract import Reported

VERSION: Final = 1
"""Of the object; it rises when a field changes its meaning or goes."""

_DIGITS: Final = 4


def to_json(result: Reported) -> str:
    """Give the object that ``dedupe --format json`` writes.

    Notes on what was limited stand under ``notes`` if there are any.
    """
    return "".join(_pieces(result))


def write_json(result: Reported, stream: TextIO) -> None:
    """Write a result as one JSON object, without ever holding all of it."""
    for piece in _pieces(result):
        stream.write(piece)
    stream.write("\n")


def _pieces(result: Reported) -> Iterator[str]:
    """Give the object in pieces: a line for each document skipped, cluster and match."""
    yield f'{{\n"version": {VERSION},\n"settings": {_dumps(result.settings)},\n'
    yield f'"documents": {result.documents}'
    skipped = ({"id": item.id, "error": item.error} for item in result.skipped)
    yield from _list("skipped", skipped)
    yield from _list("clusters", map(_cluster, result.clusters))
    yield from _list("matches", map(_match, result.matches))
    if result.notes:
        yield from _list("notes", result.notes)
    yield "\n}"


def _list(name: str, items: Iterable[object]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for place, item in enumerate(items):
        yield f"{',' if place else ''}\n  {_dumps(item)}"
    yield "]"


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def write_jsonl(result: Reported, stream: TextIO) -> None:
    """Write the clusters of a result, a JSON object a line."""
    for cluster in result.clusters:
        stream.write(_dumps(_cluster(cluster)) + "\n")


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
