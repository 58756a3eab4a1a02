"""Signals end a command even where a library swallows the exception."""

import os
import signal
import subprocess
import sys

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
