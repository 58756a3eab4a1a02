"""The public names."""

import subprocess
import sys

import pytest

import syndicate


def test_all_is_sorted_complete_and_importable():
    assert syndicate.__all__ == sorted(
        syndicate.__all__, key=lambda name: (name[0].islower(), name)
    )
    for name in syndicate.__all__:
        assert getattr(syndicate, name).__doc__
    assert dir(syndicate) == syndicate.__all__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = syndicate.nothing


def test_importing_brings_nothing_heavy():
    heavy = {"numpy", "numba", "pyarrow", "scipy", "typer", "rich"}
    code = "import sys, syndicate; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not heavy & set(loaded)
