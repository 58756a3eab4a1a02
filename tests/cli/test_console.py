"""What is said on standard error."""

from types import SimpleNamespace

from syndicate.cli import console
from syndicate.model import Skipped


def test_large_inputs_are_announced(capsys):
    console.announce(3 << 30, SimpleNamespace(seconds=130.0, memory=500 << 20, disk=7 << 30))
    console.announce(300 << 20, SimpleNamespace(seconds=12.4, memory=900 << 20, disk=0))
    console.announce(5000, SimpleNamespace(seconds=1.0, memory=300 << 20, disk=0))
    assert capsys.readouterr().err.splitlines() == [
        "3.0 GB to read: about 2 minutes, 500 MB of memory, 7.0 GB of disk",
        "300 MB to read: about 12 s, 900 MB of memory",
    ]


def test_notes_and_skipped_inputs_are_said_without_control_characters(capsys):
    console.report(SimpleNamespace(skipped=(Skipped("a\x1b[2J", "not text"),), notes=("limited",)))
    assert capsys.readouterr().err == "skipped a\ufffd[2J: not text\nnote: limited\n"
