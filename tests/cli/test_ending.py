"""Signals end a command even where a library swallows the exception."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SWALLOWS = """
import sys, time
from syndicate.cli.ending import Ending

ending = Ending()
try:
    try:
        print("ready", flush=True)
        time.sleep(60)
    except:
        pass
    print("swallowed", flush=True)
    sys.stdin.read()
finally:
    print("cleaned", flush=True)
    ending.close()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent to a process")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_swallowed_signal_is_sent_again(sent):
    process = subprocess.Popen(
        [sys.executable, "-c", SWALLOWS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(sent)
    process.wait(timeout=30)
    assert process.stdout.read() == "swallowed\ncleaned\n"
    assert process.returncode
    process.stdout.close()
    process.stdin.close()


CALLS_BACK = """
import ctypes, os, signal, sys
from syndicate.cli.ending import Ending

ending = Ending()

@ctypes.CFUNCTYPE(None)
def interrupted():
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(1000))

@ctypes.CFUNCTYPE(None)
def faulty():
    raise ValueError("a fault of its own")

faulty()
interrupted()
sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent to a process")
def test_a_signal_in_a_callback_leaves_no_traceback_but_that_of_its_end():
    process = subprocess.Popen(
        [sys.executable, "-c", CALLS_BACK],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    process.wait(timeout=30)
    said = process.stderr.read()
    assert said.count("Exception ignored") == 1
    assert "a fault of its own" in said
    assert process.returncode
    process.stderr.close()
    process.stdin.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
@pytest.mark.parametrize("asked", [["--version"], ["compare", "a.txt", "a.txt"]])
def test_a_full_disk_under_standard_output_is_an_error_that_says_so(tmp_path, asked):
    (tmp_path / "a.txt").write_text("The mayor opened the new bridge on Monday morning.")
    command = [sys.executable, "-m", "syndicate", *asked]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (3, "syndicate: no space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="closes streams by a shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_is_as_good_as_none(tmp_path, closed):
    (tmp_path / "a.txt").write_text("Snow fell on the hills above the town", encoding="utf-8")
    command = f'exec "$0" -m syndicate dedupe a.txt -o out.json -f json {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b'"documents":1' in (tmp_path / "out.json").read_bytes().replace(b" ", b"")
