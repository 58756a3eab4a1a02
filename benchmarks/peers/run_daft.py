"""daft: native normalise and minhash columns; bands and components, which it lacks, by numpy."""

import common
import daft
import numpy as np
from daft import col, functions

source, target = common.arguments()
clock = common.Clock()
folded = functions.normalize(
    col("text"), remove_punct=True, lowercase=True, nfd_unicode=False, white_space=True
)
sketched = functions.minhash(
    folded, num_hashes=common.SLOTS, ngram_size=common.SIZE, seed=42, hash_function="xxhash"
)
table = daft.read_json(source).select(col("id"), sketched.alias("sketch")).to_arrow()
clock.lap("read, shingles, sketch")
ids = table["id"].to_pylist()
sketches = table["sketch"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
sketches = sketches.astype(np.uint64).reshape(len(ids), common.SLOTS)
forest = common.Forest(len(ids))
for band in range(common.BANDS):
    keys = np.zeros(len(ids), np.uint64)
    for row in range(common.ROWS):
        keys = keys * np.uint64(0xD6E8FEB86659FD93) + sketches[:, band * common.ROWS + row]
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    for one, other in zip(order[same].tolist(), order[same + 1].tolist()):
        forest.join(one, other)
clock.lap("bands, components (numpy)")
common.write(target, ids, forest.labels())
clock.lap("write")
clock.finish()
