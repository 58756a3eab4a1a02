"""Who copied whom as a graph: GraphML, CSV, Mermaid."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TextIO
from xml.sax.saxutils import escape, quoteattr

from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from syndicate.model import Copy, Document

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEYS: Final = (
    ("title", "node", "string"),
    ("outlet", "node", "string"),
    ("url", "node", "string"),
    ("published", "node", "string"),
    ("virtual", "node", "boolean"),
    ("confidence", "edge", "double"),
    ("evidence", "edge", "string"),
)


def write_graphml(
    copies: Sequence[Copy], documents: Mapping[str, Document], stream: TextIO
) -> None:
    """Write GraphML, as Gephi, Cytoscape, yEd and networkx read it.

    Parameters
    ----------
    copies
        The edges, from source to copy.
    documents
        By id; gives the nodes their titles, outlets, URLs and times.
    stream
        UTF-8.
    """
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for name, target, kind in _KEYS:
        stream.write(
            f'  <key id="{name}" for="{target}" attr.name="{name}" attr.type="{kind}"/>\n'
        )
    stream.write('  <graph edgedefault="directed">\n')
    for name, virtual in _nodes(copies).items():
        stream.write(f"    <node id={_quoted(name)}>\n")
        for field, value in _fields(documents.get(name), virtual=virtual).items():
            stream.write(f'      <data key="{field}">{_text(value)}</data>\n')
        stream.write("    </node>\n")
    for copy in copies:
        stream.write(
            f"    <edge source={_quoted(_name(copy))} target={_quoted(copy.copy)}>\n"
            f'      <data key="confidence">{copy.confidence}</data>\n'
            f'      <data key="evidence">{_text("; ".join(copy.evidence))}</data>\n'
            "    </edge>\n"
        )
    stream.write("  </graph>\n</graphml>\n")


def write_edges(
    copies: Sequence[Copy],
    documents: Mapping[str, Document],  # noqa: ARG001 - one form for all formats
    stream: TextIO,
) -> None:
    """Write CSV, an edge a row; parameters as for `write_graphml`."""
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["source", "copy", "confidence", "virtual", "evidence"])
    for copy in copies:
        evidence = "; ".join(copy.evidence)
        virtual = str(copy.virtual).lower()
        rows.writerow([copy.source, copy.copy, copy.confidence, virtual, evidence])


def write_mermaid(
    copies: Sequence[Copy], documents: Mapping[str, Document], stream: TextIO
) -> None:
    """Write a Mermaid flow chart, as GitHub and many editors draw it; parameters likewise."""
    numbers = {name: f"n{number}" for number, name in enumerate(_nodes(copies))}
    stream.write("flowchart LR\n")
    for name, virtual in _nodes(copies).items():
        label = _label(name, documents.get(name))
        shape = f'(["{label}"])' if virtual else f'["{label}"]'
        stream.write(f"  {numbers[name]}{shape}\n")
    for copy in copies:
        weight = f"{copy.confidence:.2f}"
        stream.write(f"  {numbers[_name(copy)]} -->|{weight}| {numbers[copy.copy]}\n")


Writer = Callable[[Sequence["Copy"], Mapping[str, "Document"], TextIO], None]
_WRITERS: Final[Mapping[str, Writer]] = {
    ".graphml": write_graphml,
    ".csv": write_edges,
    ".mmd": write_mermaid,
}


def graph_writer(path: Path) -> Writer:
    """Choose how to write a graph by the ending of its file.

    Raises
    ------
    ConfigError
        If the ending is unknown.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        message = f"a graph's file ends in {', '.join(_WRITERS)}; got {path.name!r}"
        raise ConfigError(message)
    return writer


def _name(copy: Copy) -> str:
    """Keep an agency apart from a document that has its name as an id."""
    return f"source:{copy.source}" if copy.virtual else copy.source


def _nodes(copies: Sequence[Copy]) -> dict[str, bool]:
    """List the nodes in order, and whether each is virtual."""
    nodes = {_name(copy): copy.virtual for copy in copies}
    nodes |= {copy.copy: False for copy in copies}
    return dict(sorted(nodes.items()))


def _fields(document: Document | None, *, virtual: bool) -> dict[str, str]:
    fields = {"virtual": str(virtual).lower()}
    if document:
        given = {
            "title": document.title,
            "outlet": document.source,
            "url": document.url,
            "published": document.published,
        }
        fields |= {name: value for name, value in given.items() if value}
    return fields


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", value))


def _quoted(value: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", value))


def _label(name: str, document: Document | None) -> str:
    """Say what a node is in a line that Mermaid takes as it is."""
    parts = [name.removeprefix("source:")]
    if document:
        parts = [document.source or "", document.title or document.id]
    text = ": ".join(part for part in parts if part)
    return re.sub(r'["\\<>&#`\n\r\[\]{}|]', " ", text)[:80]
