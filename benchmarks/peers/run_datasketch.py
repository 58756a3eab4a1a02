"""datasketch 2: sketches in bulk, an insertion session, one query a document."""

import common
import xxhash
from datasketch import MinHash, MinHashLSH

source, target = common.arguments()
clock = common.Clock()
ids, texts = common.read(source)
clock.lap("read")
join = b" ".join
sketches = []
for start in range(0, len(texts), common.CHUNK):
    chunk = texts[start : start + common.CHUNK]
    sets = [
        common.shingles([word.encode() for word in common.words(text)], join) for text in chunk
    ]
    clock.lap("shingles")
    sketches += MinHash.bulk(sets, num_perm=common.SLOTS, hashfunc=xxhash.xxh32_intdigest)
    clock.lap("sketch")
index = MinHashLSH(num_perm=common.SLOTS, params=(common.BANDS, common.ROWS))
with index.insertion_session() as session:
    for number, sketch in enumerate(sketches):
        session.insert(number, sketch, check_duplication=False)
clock.lap("insert")
forest = common.Forest(len(ids))
for number, sketch in enumerate(sketches):
    for other in index.query(sketch):
        forest.join(number, other)
clock.lap("query")
common.write(target, ids, forest.labels())
clock.lap("write")
clock.finish()
