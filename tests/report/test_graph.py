import csv
import io
import xml.etree.ElementTree as ET

import pytest

from syndicate.errors import ConfigError
from syndicate.model import Copy, Document
from syndicate.report.graph import graph_writer, write_edges, write_graphml, write_mermaid

COPIES = (
    Copy("a", "b", 0.95, ("b carries the credit 'A & <B>'",)),
    Copy("TTXVN", "a", 0.9, ("a carries the dateline 'TTXVN'",), virtual=True),
)
DOCUMENTS = {
    "a": Document(
        id="a",
        text="x",
        title='Cầu "mới" [1]',
        source="Tin <Đảo>",
        url="https://x.example/?a=1&b=2",
    ),
    "b": Document(id="b", text="y", published="2024-01-01"),
}


def written(writer, copies=COPIES):
    stream = io.StringIO()
    writer(copies, DOCUMENTS, stream)
    return stream.getvalue()


def test_graphml_is_read_back():
    root = ET.fromstring(written(write_graphml))
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    nodes = {node.get("id"): node for node in root.findall(".//g:node", space)}
    assert set(nodes) == {"a", "b", "source:TTXVN"}
    data = {item.get("key"): item.text for item in nodes["a"]}
    assert data["title"] == 'Cầu "mới" [1]'
    assert data["url"] == "https://x.example/?a=1&b=2"
    edges = {(e.get("source"), e.get("target")) for e in root.findall(".//g:edge", space)}
    assert edges == {("a", "b"), ("source:TTXVN", "a")}


def test_graphml_takes_any_characters():
    bad = (Copy("a\x00\x1b", "b\ud800", 0.5, ("\x07",)),)
    ET.fromstring(written(write_graphml, bad).encode("utf-8", "replace"))


def test_edges_are_rows():
    rows = list(csv.DictReader(io.StringIO(written(write_edges))))
    assert [(row["source"], row["copy"], row["virtual"]) for row in rows] == [
        ("a", "b", "false"),
        ("TTXVN", "a", "true"),
    ]


def test_mermaid_labels_hold_nothing_that_means_something():
    lines = written(write_mermaid).splitlines()
    assert lines[0] == "flowchart LR"
    assert '  n0["Tin  Đảo : Cầu  mới   1 "]' in lines
    assert '  n2(["TTXVN"])' in lines
    assert "  n2 -->|0.90| n0" in lines


def test_the_ending_chooses(tmp_path):
    assert graph_writer(tmp_path / "x.GraphML") is write_graphml
    with pytest.raises(ConfigError, match=r"ends in \.graphml, \.csv, \.mmd; got 'x\.gexf'"):
        graph_writer(tmp_path / "x.gexf")
