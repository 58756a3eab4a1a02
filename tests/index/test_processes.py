"""Real processes on one index: nobody is told ``new`` twice, nothing acknowledged is lost."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest
from tests.index.conftest import PLAIN
from tests.index.stories import story

from syndicate.index import Index
from syndicate.model import Document

RACER = """
import json, sys
sys.path[:0] = json.loads(sys.argv[4])
from syndicate.index import Index
from tests.index.stories import story
place, worker, pages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with Index.open(place) as index:
    print("ready", flush=True)
    sys.stdin.readline()
    order = list(range(pages))
    if worker % 2:
        order.reverse()
    for page in order:
        verdict = index.seen({"id": f"{page}-{worker}", "text": story(page)})
        print(page, verdict.status, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("place", ["memory:", "seen.db"])
def test_a_process_forked_while_a_thread_writes_can_go_on(tmp_path, monkeypatch, place):
    """It inherits locks that nobody lets go there, ours and those of SQLite."""
    monkeypatch.chdir(tmp_path)
    with Index.open(place, config=PLAIN) as index:
        stop = threading.Event()

        def write():
            for number in itertools.count():
                if stop.is_set():
                    break
                index.seen(Document(f"{number % 50}", story(number % 70)))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for turn in range(12):
                child = os.fork()
                if not child:
                    signal.alarm(20)  # it ends itself where it hangs
                    os._exit(
                        index.seen(Document(f"child {turn}", story(90))).id != f"child {turn}"
                    )
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        finally:
            stop.set()
            writer.join()
        if place != "memory:":
            assert {f"child {turn}" in index for turn in range(12)} == {True}
            assert index.check() == []


def start(place, worker, pages, program=RACER):
    import json

    call = [sys.executable, "-c", program, place, str(worker), str(pages), json.dumps(sys.path)]
    return subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_of_four_racing_processes_exactly_one_is_told_new(kind, tmp_path, request):
    place = str(tmp_path / "seen.db") if kind == "sqlite" else request.getfixturevalue("redis_url")
    pages = 150
    Index.open(place, config=PLAIN).close()
    racers = [start(place, worker, pages) for worker in range(4)]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    lines = [line for racer in racers for line in racer.communicate(timeout=120)[0].splitlines()]
    assert all(racer.returncode == 0 for racer in racers)
    told = Counter(tuple(line.split()) for line in lines)
    assert told == {
        **{(str(page), "new"): 1 for page in range(pages)},
        **{(str(page), "exact"): 3 for page in range(pages)},
    }
    with Index.open(place) as index:
        assert len(index) == 4 * pages
        assert index.check() == []


def test_what_was_acknowledged_survives_kill_9(tmp_path):
    """Four writers killed at random moments; each page they were told of is found again."""
    place = str(tmp_path / "seen.db")
    rng = np.random.default_rng(3)
    Index.open(place, config=PLAIN).close()
    for round_ in range(3):
        writers = [start(place, 2 * (10 * round_ + i), 10**6) for i in range(4)]
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.stdin.write("go\n")
            writer.stdin.flush()
        firsts = [writer.stdout.readline().split()[0] for writer in writers]
        time.sleep(float(rng.uniform(0.05, 1.0)))
        told = {}
        for number, writer in enumerate(writers):
            writer.kill()
            lines = writer.stdout.read().split("\n")[:-1]
            later = [line.split()[0] for line in lines]
            told[2 * (10 * round_ + number)] = [firsts[number], *later]
            writer.stdin.close()
            writer.stdout.close()
            writer.wait()
        begun = time.perf_counter()
        with Index.open(place) as index:
            assert time.perf_counter() - begun < 1
            assert index.check() == []
            for worker, pages in told.items():
                names = [f"{page}-{worker}" for page in pages]
                assert all(index._store.read(lambda view, names=names: view.numbers(names)))
                for page in pages[:3]:
                    again = index.query(Document("q", story(int(page))))
                    assert again.status == "exact"
    with Index.open(place) as index:
        assert len(index) > 100
