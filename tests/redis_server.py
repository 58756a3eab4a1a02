"""A real Redis server for tests, on a free port of this machine."""

import shutil
import socket
import subprocess
import tempfile
import time
import uuid

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def redis_server():
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        call = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with subprocess.Popen(call, stdout=subprocess.DEVNULL) as server:
            _wait(port)
            yield port
            server.terminate()


def _wait(port):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(port)


@pytest.fixture
def redis_url(redis_server):
    return f"redis://127.0.0.1:{redis_server}/0?prefix=test-{uuid.uuid4().hex}:"
