"""Compiling ahead in a second process."""

import os
import subprocess
import sys

from syndicate.cli import warm
from syndicate.cli.index import compile_ahead
from syndicate.kernels import _jit, align, pages


def test_the_second_process_compiles_what_is_not_kept_yet(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    monkeypatch.setattr(align, "align_pairs", type("Kernel", (), {"_cache": None}))
    warm.begin()
    assert started == []
    kept = type("Cache", (), {"cache_path": str(tmp_path)})
    monkeypatch.setattr(align, "align_pairs", type("Kernel", (), {"_cache": kept}))
    monkeypatch.setattr(_jit, "is_kept", lambda _: False)
    warm.begin()
    assert started == [[sys.executable, "-m", "syndicate.cli.warm"]]
    monkeypatch.setattr(_jit, "is_kept", lambda _: True)
    warm.begin()
    assert len(started) == 1


def test_of_an_index_too(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    kept = type("Cache", (), {"cache_path": str(tmp_path)})
    monkeypatch.setattr(pages, "read_pairs", type("Kernel", (), {"_cache": kept}))
    for is_kept in (True, False):
        monkeypatch.setattr(_jit, "is_kept", lambda _, answer=is_kept: answer)
        compile_ahead()
    assert started == [[sys.executable, "-m", "syndicate.index.rehearsal"]]


def test_what_it_compiles_is_what_a_run_uses(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "syndicate.cli.warm"]
    subprocess.run(command, env=environment, check=True)
    before = {path.name for path in tmp_path.glob("*/*.nbc")}
    ready = {name.split("-")[0] for name in before}
    assert {
        "align.align_pairs",
        "align.changed_facts",
        "lines.read_lines",
        "measure.measure",
        "sets.shared",
        "signs.describe",
        "tokens.shingle_texts",
    } <= ready
    command = [sys.executable, "-m", "syndicate", "dedupe", "examples/newsroom"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    made = {path.name for path in tmp_path.glob("*/*.nbc")} - before
    assert "signatures.signatures" in {name.split("-")[0] for name in made}
    assert not {name for name in made if name.split("-")[0] in ready}


def test_it_compiles_in_this_process_too():
    warm.compile_kernels()
