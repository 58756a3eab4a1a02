"""Memory that stays with the process."""

import gc
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
    with heap.undisturbed():
        if not heap.keep_freed():
            pytest.skip("not GNU's C library")
        faults(1)
        kept = faults()
    assert kept < faults() / 2


def test_other_libraries_are_left_alone(monkeypatch):
    monkeypatch.setattr(heap, "_library", object)
    with heap.undisturbed():
        assert not heap.keep_freed()


def test_garbage_is_looked_for_seldom_and_then_as_before():
    before = gc.get_threshold()
    with heap.undisturbed():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
    gc.set_threshold(0)
    try:
        with heap.undisturbed():
            assert gc.get_threshold()[0] == 0, "who turned it off wants it off"
    finally:
        gc.set_threshold(*before)


def test_runs_that_overlap_leave_everything_as_it_was():
    before = gc.get_threshold()
    one, other = heap.undisturbed(), heap.undisturbed()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert gc.get_threshold()[0] > before[0], "the other still goes on"
    other.__exit__(None, None, None)
    assert gc.get_threshold() == before
