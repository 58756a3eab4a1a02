"""text-dedup: its own command, one process, xxh3; clusters from what --debug leaves."""

import os
import pickle
import subprocess
import sys
import tempfile

import common

source, target = common.arguments()
clock = common.Clock()
with tempfile.TemporaryDirectory() as folder:
    options = {
        "path": "json",
        "data_files": os.path.abspath(source),
        "split": "train",
        "cache_dir": f"{folder}/cache",
        "output": f"{folder}/out",
        "column": "text",
        "idx_column": "id",
        "batch_size": 10000,
        "ngram": common.SIZE,
        "num_perm": common.SLOTS,
        "b": common.BANDS,
        "r": common.ROWS,
        "hash_func": "xxh3",
        "hash_bits": 32,
        "min_length": 5,
        "num_proc": 1,
    }
    call = [sys.executable, "-m", "text_dedup.minhash", "--debug"]
    for name, value in options.items():
        call += [f"--{name}", str(value)]
    offline = {"HF_HOME": f"{folder}/home", "HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
    subprocess.run(call, check=True, env=os.environ | offline, stdout=subprocess.DEVNULL)
    with open(f"{folder}/out/uf.pkl", "rb") as stored:
        forest = pickle.load(stored)  # noqa: S301 - written by the call above
    ids, _ = common.read(source)
    parent = getattr(forest, "parent", forest)
    keys = ids if parent and isinstance(next(iter(parent)), str) else range(len(ids))

    def root(x):
        while parent.get(x, x) != x:
            x = parent[x]
        return x

    common.write(target, ids, [root(key) for key in keys])
clock.finish()
