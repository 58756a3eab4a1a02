"""Memory that stays with the process."""

import resource
import sys

import pytest

from syndicate.pipeline import heap


def faults(rounds=10):
    """Count the pages that a system gives for some large arrays, made and freed many times."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(rounds):
        arrays = [bytearray(8 << 20) for _ in range(6)]
        del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(sys.platform != "linux", reason="counts the pages that Linux gives")
def test_freed_memory_is_used_again():
    with heap.freed_kept():
        if not heap.keep_freed():
            pytest.skip("not GNU's C library")
        faults(1)
        kept = faults()
    assert kept < faults() / 2


def test_other_libraries_are_left_alone(monkeypatch):
    monkeypatch.setattr(heap, "_library", object)
    with heap.freed_kept():
        assert not heap.keep_freed()
