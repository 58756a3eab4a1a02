"""rensa: R-MinHash of token sets in bulk, LSH with bulk insertion and query, no verification."""

import os

os.environ["RAYON_NUM_THREADS"] = "1"

import common
from rensa import RMinHash, RMinHashLSH

source, target = common.arguments()
clock = common.Clock()
ids, texts = common.read(source)
clock.lap("read")
sketches = []
for start in range(0, len(texts), common.CHUNK):
    sets = [common.shingles(common.words(text)) for text in texts[start : start + common.CHUNK]]
    clock.lap("shingles")
    sketches += RMinHash.from_token_sets(sets, common.SLOTS, 42)
    clock.lap("sketch")
index = RMinHashLSH(common.THRESHOLD, common.SLOTS, common.BANDS)
index.insert_many(sketches)
clock.lap("insert")
forest = common.Forest(len(ids))
for number, others in enumerate(index.query_all(sketches)):
    for other in others:
        if other < number:
            forest.join(number, other)
clock.lap("query")
common.write(target, ids, forest.labels())
clock.lap("write")
clock.finish()
