"""Crawl two made-up sites twice: ``python examples/scrapy_project/run.py``.

The sites are served on this machine. The first crawl keeps what is new and drops the reprint;
the second finds everything known. Index and items are left in the folder given, or a new one.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import site_server

HERE = Path(__file__).parent


def crawl(folder, port, name):
    """Run ``scrapy crawl`` as from the command line; give the log."""
    call = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"port={port}"]
    call += ["-s", f"SYNDICATE_INDEX={folder / 'seen.db'}", "-O", f"{folder / name}.jsonl"]
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        call,
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stderr


def main():
    """Crawl twice and show what Scrapy counted."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="newsbot-"))
    server = site_server.serve()
    for name in ("first", "second"):
        log = crawl(folder.resolve(), server.server_address[1], name)
        counted = [line.strip(" ,{}") for line in log.splitlines() if "'syndicate/" in line]
        print(f"{name} crawl:", *counted)
    server.shutdown()
    print(f"items and index: {folder}")


if __name__ == "__main__":
    main()
