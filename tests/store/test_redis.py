"""What only a server can get wrong."""

import numpy as np

from syndicate.store import open_store
from syndicate.store.contract import Record


def test_a_removed_document_leaves_nothing_on_the_server(redis_url):
    """Nobody compacts a server: what expires must not fill it."""
    store = open_store(redis_url)
    rng = np.random.default_rng(4)
    rows = rng.integers(0, 1 << 64, (40, 30), dtype=np.uint64)
    rows[:, :5] = rows[0, :5]
    records = [Record(f"d{n}", 1.0, b"body", cluster=n % 3) for n in range(40)]
    store.write(lambda change: change.put(records, list(rows)))
    held = set(store._redis.scan_iter("*"))
    assert len(held) > 40 * 25
    store.write(lambda change: change.remove(list(range(1, 40))))
    assert store.read(lambda view: view.find(rows[3])).doc.tolist() == [40] * 5
    store.write(lambda change: change.remove([40]))
    prefix = redis_url.partition("prefix=")[2].encode()
    assert [key for key in store._redis.scan_iter("*") if key.startswith(prefix)] == [
        prefix + b"n"
    ]
    store.close()
