"""Compiling ahead in a second process."""

import os
import subprocess
import sys

from syndicate.pipeline import warm


def test_the_second_process_compiles_what_is_not_kept_yet(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    monkeypatch.setattr(warm.align, "align_pairs", type("Kernel", (), {"_cache": None}))
    warm.begin()
    assert started == []
    kept = type("Cache", (), {"cache_path": str(tmp_path)})
    monkeypatch.setattr(warm.align, "align_pairs", type("Kernel", (), {"_cache": kept}))
    warm.begin()
    assert started == [[sys.executable, "-m", "syndicate.pipeline.warm"]]
    (tmp_path / "align.align_pairs-1.py311.nbi").touch()
    warm.begin()
    assert len(started) == 1


def test_what_it_runs_leaves_kernels_behind(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "syndicate.pipeline.warm"]
    subprocess.run(command, env=environment, check=True)
    kernels = {path.name.split("-")[0] for path in tmp_path.glob("*/*.nbi")}
    assert {"align.align_pairs", "sets.shared", "tokens.shingle_texts"} <= kernels


def test_it_compiles_in_this_process_too():
    warm.compile_later_kernels()
