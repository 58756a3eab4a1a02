"""Compiling once where several processes need a kernel at the same time."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("fcntl", reason="without file locks each process compiles for itself")

PROGRAM = """
import sys
import numpy as np
from syndicate.kernels import sets
from syndicate.match.verify import distinct
print("ready", flush=True)
sys.stdin.read()
distinct(np.array([1, 2], np.uint64), np.array([0, 2]))
print(sum(sets.distinct.stats.cache_misses.values()))
"""


def test_of_processes_that_need_a_kernel_at_once_one_compiles(tmp_path):
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
