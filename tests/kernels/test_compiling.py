"""Compiling once for several processes, and again once any kernel's source is another."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import syndicate

PROGRAM = """
import sys
import numpy as np
from syndicate.kernels import sets
from syndicate.match.verify import distinct
print("ready", flush=True)
sys.stdin.read()
sets.DISTINCT.hurry()
distinct(np.array([1, 2], np.uint64), np.array([0, 2]))
print(sum(sets.distinct.stats.cache_misses.values()))
"""


KERNEL = """
from syndicate.kernels._jit import kernel
from syndicate.kernels.part import part

@kernel
def whole() -> int:
    return part()
"""
PART = """
from syndicate.kernels._jit import helper

@helper
def part():
    return {}
"""
CALL = """
from syndicate.kernels._jit import is_kept
from syndicate.kernels.whole import whole
print(is_kept(whole), whole(), sum(whole.stats.cache_hits.values()))
"""


def test_a_kernel_is_compiled_again_when_what_it_calls_of_another_module_changes(tmp_path):
    package = tmp_path / "syndicate"
    kernels = package / "kernels"
    source = Path(syndicate.__file__).parent
    shutil.copytree(source / "kernels", kernels, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    (kernels / "whole.py").write_text(KERNEL)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)

    def called(value):
        (kernels / "part.py").write_text(PART.format(value))
        command = [sys.executable, "-B", "-c", CALL]
        return subprocess.check_output(command, env=environment, text=True).split()

    assert called(1) == ["False", "1", "0"]
    assert called(1) == ["True", "1", "1"]
    assert called(2) == ["False", "2", "0"]
    assert called(2) == ["True", "2", "1"]


def test_of_processes_that_need_a_kernel_at_once_one_compiles(tmp_path):
    pytest.importorskip("fcntl", reason="without file locks each process compiles for itself")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.close()
    compiled = [int(process.stdout.read()) for process in processes]
    for process in processes:
        assert process.wait() == 0
        process.stdout.close()
    assert sum(compiled) == 1


MODULE = """
from syndicate.kernels._jit import kernel

@kernel
def inner(n):
    return n + 1

@kernel
def outer(n):
    return inner(n) * 2
"""

CALLS = """
import kernels_of_this_test as made
print(made.{name}(20), *(lib._shared_module is not None for lib in
      (compiled.library for compiled in made.inner.overloads.values())))
"""


def test_a_kernel_from_the_cache_keeps_its_source_only_once_another_is_compiled_from_it(tmp_path):
    (tmp_path / "kernels_of_this_test.py").write_text(MODULE)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", CALLS.format(name=name)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for name in ("inner", "inner", "outer", "outer")
    ]
    assert said[1:3] == [["21", "False"], ["42", "True"]]
    assert [said[0][0], said[3][0]] == ["21", "42"]


STRINGS = """
from numba.core import event
compiled = set()

class Listener(event.Listener):
    def on_start(self, started):
        compiled.add(started.data["dispatcher"].py_func.__module__)

    def on_end(self, ended):
        pass

event.register("numba:compile", Listener())
from syndicate.cli.warm import compile_kernels
compile_kernels()
print(*compiled)
"""


def test_no_error_message_is_compiled_into_the_kernels_of_a_first_run(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", STRINGS]
    compiled = subprocess.check_output(command, env=environment, text=True).split()
    assert "syndicate.kernels.tokens" in compiled
    assert "numba.cpython.unicode" not in compiled  # seconds, for strings that no kernel has
