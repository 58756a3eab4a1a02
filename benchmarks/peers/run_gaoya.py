"""gaoya: a string index that tokenises, sketches and checks estimates itself."""

import os

os.environ["RAYON_NUM_THREADS"] = "1"

import common
from gaoya.minhash import MinHashStringIndex

source, target = common.arguments()
clock = common.Clock()
ids, texts = common.read(source)
clock.lap("read")
index = MinHashStringIndex(
    hash_size=32,
    jaccard_threshold=common.THRESHOLD,
    num_bands=common.BANDS,
    band_size=common.ROWS,
    analyzer="word",
    lowercase=True,
    ngram_range=(common.SIZE, common.SIZE),
    id_container="smallvec",
)
index.par_bulk_insert_docs(list(range(len(ids))), texts)
clock.lap("insert")
forest = common.Forest(len(ids))
for number, others in enumerate(index.par_bulk_query(texts)):
    for other in others:
        if other < number:
            forest.join(number, other)
clock.lap("query")
common.write(target, ids, forest.labels())
clock.lap("write")
clock.finish()
