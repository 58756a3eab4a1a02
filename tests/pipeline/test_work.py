"""Work that waits on disk: interrupted, taken up again, refused."""

import gc
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest
from tests.pipeline.newswire import article, noisy

from syndicate.config import Config
from syndicate.errors import ConfigError, IndexFormatError, StoreError
from syndicate.io import plan
from syndicate.pipeline import dedupe_paths
from syndicate.pipeline.budget import LEAST, Budget
from syndicate.pipeline.scan import claim, sketch_units

RUN = """
import sys
from pathlib import Path
from syndicate import pipeline
pipeline._UNIT = 40_000
result = pipeline.dedupe_paths([sys.argv[1]], work=Path(sys.argv[2]), workers=int(sys.argv[3]))
Path(sys.argv[4]).write_text(result.to_json())
"""


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    rng = random.Random(1)
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    with path.open("w") as file:
        for number in range(400):
            text = article(rng)
            for copy, each in enumerate([text, noisy(rng, text)][: 1 + number % 2]):
                file.write(json.dumps({"id": f"{number}-{copy}", "text": each}) + "\n")
    return path


def command(news, work, out, workers):
    return [sys.executable, "-c", RUN, str(news), str(work), str(workers), str(out)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_killed_at_any_moment_is_taken_up_again(news, tmp_path, workers):
    expected = dedupe_paths([str(news)]).to_json()
    work, out = tmp_path / "work", tmp_path / "out.json"
    rng = random.Random(workers)
    for _ in range(5):
        process = subprocess.Popen(command(news, work, out, workers), start_new_session=True)
        time.sleep(rng.uniform(0.3, 2.5))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run(command(news, work, out, workers), check=True)
    assert out.read_text() == expected
    assert not list(work.glob("draft-*")) or workers == 1


@pytest.mark.skipif(os.name != "posix", reason="kills without a word")
def test_workers_do_not_run_the_script_again(news, tmp_path):
    """A script need not hide its work behind the name that it was run by."""
    script, out = tmp_path / "script.py", tmp_path / "out.json"
    script.write_text("print('begun')" + RUN)
    call = [sys.executable, str(script), str(news), str(tmp_path / "work"), "2", str(out)]
    printed = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    assert printed == "begun\n"
    assert out.read_text() == dedupe_paths([str(news)]).to_json()


def test_workers_end_with_a_parent_that_was_killed(news, tmp_path):
    call = command(news, tmp_path / "work", tmp_path / "out.json", 3)  # itself and two more
    process = psutil.Popen(call, stderr=subprocess.DEVNULL)
    workers = []
    deadline = time.monotonic() + 60
    while len(workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
        workers = [child for child in process.children() if "spawn_main" in child.cmdline()[-2]]
    process.kill()
    process.wait()
    assert len(workers) == 2
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


def test_finished_parts_are_not_read_again(news, tmp_path):
    units = plan([str(news)], unit_bytes=40_000).units
    config = Config()
    claim(tmp_path / "work", units, config)
    sketch_units(units, config, work=tmp_path / "work", workers=1, progress=lambda *_: None)
    told = []
    parts, _ = sketch_units(
        units, config, work=tmp_path / "work", workers=1, progress=lambda *what: told.append(what)
    )
    assert told == []
    assert sum(map(len, parts)) == 600


@pytest.mark.parametrize("change", ["settings", "input", "format", "not a work folder", "damaged"])
def test_a_foreign_work_folder_is_refused(news, tmp_path, change):
    work = tmp_path / "work"
    units = plan([str(news)]).units
    if change == "not a work folder":
        work.mkdir()
        (work / "thesis.doc").touch()
        with pytest.raises(IndexFormatError, match="not empty"):
            claim(work, units, Config())
        return
    claim(work, units, Config())
    manifest = work / "manifest.json"
    config = Config()
    if change == "settings":
        config = Config(threshold=0.9)
    elif change == "input":
        os.utime(news, (1, 1))
        units = plan([str(news)]).units
    elif change == "format":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    else:
        manifest.write_text("{")
    with pytest.raises(IndexFormatError, match="damaged" if change == "damaged" else change):
        claim(work, units, config)


def test_a_work_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot use work folder"):
        claim(tmp_path / "file" / "work", (), Config())
    with pytest.raises(StoreError, match="it is a file; name a folder"):
        claim(tmp_path / "file", (), Config())


def test_a_disk_too_small_is_told_before_the_work(news, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    monkeypatch.setattr(Budget, "in_memory", 0)
    with pytest.raises(StoreError, match=r"needs about .* MB .* free"):
        dedupe_paths([str(news)], work=tmp_path / "work", memory=LEAST)
    assert not list((tmp_path / "work").glob("part-*"))


def test_too_little_memory_is_an_error(news):
    with pytest.raises(ConfigError, match="memory must be at least"):
        dedupe_paths([str(news)], memory=1 << 20)


def test_a_worker_that_dies_is_reported_with_what_it_held(news, tmp_path, monkeypatch):
    units = plan([str(news)], unit_bytes=40_000).units
    work = tmp_path / "work"
    claim(work, units, Config())
    monkeypatch.setattr("syndicate.pipeline.scan._read_unit", _die)
    with pytest.raises(StoreError, match="worker process died") as caught:
        sketch_units(units, Config(), work=work, workers=2, progress=lambda *_: None)
    assert "news.jsonl" in str(caught.value)


def _die(_unit, work, number):
    if multiprocessing.parent_process() is None:
        return
    (work / f"draft-{number:06d}").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)


def test_temporary_folders_go_with_the_result(news, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    result = dedupe_paths([str(news)], workers=2)
    assert list(tmp_path.glob("syndicate-*"))
    del result
    gc.collect()
    assert not list(tmp_path.glob("syndicate-*"))
