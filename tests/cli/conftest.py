"""The real command, run as a user runs it."""

import subprocess
import sys

import pytest


@pytest.fixture
def run(tmp_path):
    """Run ``python -m syndicate`` in an empty folder."""

    def command(*arguments, stdin="", cwd=None, env=None):
        return subprocess.run(
            [sys.executable, "-m", "syndicate", *map(str, arguments)],
            input=stdin,
            cwd=cwd or tmp_path,
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return command
