"""All that is compiled on a first run is compiled before a file is locked."""

import subprocess
import sys

USE = """
import sys
from pathlib import Path
from numba.core.dispatcher import Dispatcher
from syndicate.config import Config
from syndicate.index import Index, rehearsal
from syndicate.kernels import _jit, align, btree, lookup, measure, pages, postings, runs, sets
from syndicate.store import merging

_jit.is_kept = lambda kernel: False
rehearsal.rehearse()
sketching = "sketch_page", "shingle_texts", "signatures", "document_keys"  # before any lock
modules = align, btree, lookup, measure, pages, postings, runs, sets
kernels = {
    f"{module.__name__}.{name}": kernel
    for module in modules
    for name, kernel in vars(module).items()
    if isinstance(kernel, Dispatcher) and name not in sketching
}
compiled = {name: set(kernel.signatures) for name, kernel in kernels.items()}
merging.FLUSH, merging._SLICE = 3000, 300
story = "w".join(map(str, range(900, 1200))).replace("1", " 1")
with Index.open(Path(sys.argv[1]) / "seen.db", config=Config(strip="none")) as index:
    for number in range(120):
        words = " ".join(f"own{number}x{word}" for word in range(90))
        index.seen({"id": str(number), "text": story + words if number % 3 else words})
    assert index.seen({"id": "copy", "text": story + " and more"}).known
    index.compact()
more = {
    name: kernel.signatures
    for name, kernel in kernels.items()
    if set(kernel.signatures) - compiled[name]
}
assert not more, more
"""


def test_nothing_is_compiled_while_a_file_is_locked(tmp_path):
    call = [sys.executable, "-c", USE, str(tmp_path)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_second_process_does_all_of_it_too():
    call = [sys.executable, "-m", "syndicate.index.rehearsal"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
