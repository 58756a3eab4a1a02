"""FastSketchLSH: native sketches and LSH on arrays."""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import common
import numpy as np
from FastSketchLSH import LSH, FastSimilaritySketch

source, target = common.arguments()
clock = common.Clock()
ids, texts = common.read(source)
clock.lap("read")
sketcher = FastSimilaritySketch(common.SLOTS, 42)
sketches = []
for start in range(0, len(texts), common.CHUNK):
    sets = [common.shingles(common.words(text)) for text in texts[start : start + common.CHUNK]]
    clock.lap("shingles")
    sketches.append(np.asarray(sketcher.batch(sets, num_threads=1)))
    clock.lap("sketch")
matrix = np.vstack(sketches)
index = LSH(common.SLOTS, common.BANDS, num_threads=1)
index.insert(matrix)
clock.lap("insert")
others, bounds = map(np.asarray, index.query(matrix, format="csr"))
clock.lap("query")
numbers = np.repeat(np.arange(len(ids)), np.diff(bounds).astype(np.int64))
before = others.astype(np.int64) < numbers
forest = common.Forest(len(ids))
for number, other in zip(numbers[before].tolist(), others[before].tolist()):
    forest.join(number, int(other))
common.write(target, ids, forest.labels())
clock.lap("write")
clock.finish()
