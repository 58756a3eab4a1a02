"""One HTML page to look at: clusters, who copied whom, shared passages side by side.

The page needs no network and runs no script but its own; texts go into it escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from syndicate.model import percent
from syndicate.report.table import shown, totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syndicate.match.passages import Piece
    from syndicate.model import Cluster, Copy, Document
    from syndicate.origin import OutletReport
    from syndicate.report.contract import Reported


@dataclass(frozen=True, slots=True)
class Pair:
    """A member beside its canonical document.

    Parameters
    ----------
    canonical, member
        Ids.
    texts
        Originals of the canonical document and of the member.
    pieces
        What they are made of.
    summary
        A line.
    """

    canonical: str
    member: str
    texts: tuple[str, str]
    pieces: tuple[Sequence[Piece], Sequence[Piece]]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that the page tells beside the result itself.

    Parameters
    ----------
    documents
        By id, as many as are known.
    pairs
        The members shown side by side.
    copies, outlets
        Who copied whom, and what each outlet printed.
    title
        Of the page.
    """

    documents: Mapping[str, Document]
    pairs: Sequence[Pair]
    copies: Sequence[Copy]
    outlets: Sequence[OutletReport]
    title: str = "Reprints"


def write_html(result: Reported, story: Story, stream: TextIO) -> None:
    """Write the page.

    Parameters
    ----------
    result
        What was found.
    story
        Everything else that is told.
    stream
        UTF-8.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - on request

    loader = PackageLoader("syndicate", "report")
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    sides = {(pair.canonical, pair.member): pair for pair in story.pairs}
    reasons = {frozenset((match.a, match.b)): match.reason for match in result.matches}
    traced = {copy.copy: copy for copy in story.copies}
    members = sum(len(cluster.members) for cluster in result.clusters)
    unshown = members - len(sides)
    stream.writelines(
        page.get_template("page.html.j2").generate(
            title=story.title,
            totals=totals(result),
            settings=sorted(_flat(result.settings)),
            notes=result.notes,
            clusters=[
                _cluster(cluster, story.documents, sides, reasons, traced)
                for cluster in result.clusters
            ],
            unshown=unshown and f"{unshown:,} members are listed without their text.",
            copies=[
                {
                    "told": copy,
                    "sure": percent(copy.confidence),
                    "source": _label(copy.source, story.documents),
                    "name": _label(copy.copy, story.documents),
                }
                for copy in story.copies
            ],
            outlets=story.outlets,
            apart=[match for match in result.matches if not match.relation.joins],
        )
    )


def _flat(settings: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Give settings within settings as well."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            yield name, value


def _cluster(
    cluster: Cluster,
    documents: Mapping[str, Document],
    sides: Mapping[tuple[str, str], Pair],
    reasons: Mapping[frozenset[str], str],
    traced: Mapping[str, Copy],
) -> dict[str, object]:
    """Put a cluster into the words of the template."""
    members = []
    for member in cluster.members:
        pair = sides.get((cluster.canonical, member.id))
        summary = pair.summary if pair else f"{percent(member.containment)}% contained"
        members.append(
            {
                "relation": member.relation.value,
                "page": _page(member.id, documents),
                "summary": summary,
                "reason": reasons.get(frozenset((cluster.canonical, member.id)), ""),
                "origin": _origin(member.id, documents, traced),
                "sides": pair and _sides(pair, documents),
            }
        )
    pages = [
        _page(name, documents) for name in (cluster.canonical, *(m.id for m in cluster.members))
    ]
    return {
        "id": f"c{cluster.id}",
        "head": pages[0],
        "find": " ".join(" ".join(page.values()) for page in pages),
        "origin": _origin(cluster.canonical, documents, traced),
        "members": members,
        "cohesion": percent(cluster.cohesion),
    }


def _page(name: str, documents: Mapping[str, Document]) -> dict[str, str]:
    """Say what a document is."""
    document = documents.get(name)
    label = name
    facts: list[str] = []
    if document:
        label = document.title or name
        facts = [text for text in (document.source, _time(document.published)) if text]
    if label != name:
        facts.append(name)
    return {"id": shown(name), "label": shown(label), "facts": shown(" · ".join(["", *facts]))}


def _time(published: str | None) -> str:
    """Write a time of publication as one reads it, to the minute."""
    day, _, rest = (published or "").partition("T")
    zone = re.search(r"Z|[+-]\d\d:?\d\d$", rest)
    utc = zone and zone[0] in {"Z", "+00:00", "+0000"}
    return " ".join(part for part in (day, rest[:5], "UTC" if utc else zone and zone[0]) if part)


def _label(name: str, documents: Mapping[str, Document]) -> str:
    """Name a document by outlet and title, a source that is not held by itself."""
    document = documents.get(name)
    if document is None:
        return shown(name.removeprefix("source:"))
    parts = (document.source, document.title or name)
    return shown(": ".join(part for part in parts if part))


def _origin(
    name: str, documents: Mapping[str, Document], traced: Mapping[str, Copy]
) -> dict[str, object] | None:
    """Say whom a document was copied from, if that is known."""
    copy = traced.get(name)
    if copy is None:
        return None
    held = documents.get(copy.source)
    source = shown((held and held.source) or _label(copy.source, documents))
    return {
        "source": source,
        "virtual": copy.virtual,
        "confidence": percent(copy.confidence),
        "evidence": [shown(said) for said in copy.evidence],
    }


def _sides(pair: Pair, documents: Mapping[str, Document]) -> list[dict[str, object]]:
    """Give both texts in stretches; what the copy lacks was left out, what it has more is new."""
    names = (_label(pair.canonical, documents), _label(pair.member, documents))
    columns = zip(names, ("left", "new"), pair.texts, pair.pieces, strict=True)
    return [
        {"name": name, "own": own, "pieces": list(_stretches(text, pieces))}
        for name, own, text, pieces in columns
    ]


def _stretches(text: str, pieces: Sequence[Piece]) -> Iterable[tuple[str, int | None, str]]:
    """Cut a text into its pieces and what lies between them."""
    place = 0
    for piece in pieces:
        if piece.start > place:
            yield "plain", None, text[place : piece.start]
        yield piece.kind, piece.passage, text[piece.start : piece.end]
        place = piece.end
    if place < len(text):
        yield "plain", None, text[place:]
