"""What only a server can get wrong."""

import numpy as np

from syndicate.store import open_store
from syndicate.store.contract import Asked, Record


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


def test_a_document_that_is_sent_again_meanwhile_does_not_expire(redis_url):
    one, other = open_store(redis_url), open_store(redis_url)
    keys = np.arange(3, dtype=np.uint64)
    one.write(
        lambda change: change.put([Record("a", 1.0, b""), Record("b", 1.0, b"")], [keys] * 2)
    )

    def expire(change):
        docs = change.before(5.0, 9)
        other.write(lambda change: change.stamp([1], 9.0))
        return change.remove(docs)

    one.write(expire)
    assert [record.id for record in one.read(lambda view: view.page(0, 9))] == ["a"]
    one.close()
    other.close()


def test_a_page_that_was_put_is_not_put_again_because_others_expired_too(redis_url):
    """It would find itself, and be told that it was known."""
    one, other = open_store(redis_url), open_store(redis_url)
    keys = np.arange(3, dtype=np.uint64)
    one.write(lambda change: change.put([Record("old", 1.0, b"")], [keys]))
    told = []

    def seen(change):
        asked = Asked("new", keys + np.uint64(1 << 60), 0, 2, Record("new", 7.0, b""))
        told.append(change.look(asked).stored)
        docs = change.before(5.0, 9)
        change.remove(docs)
        other.write(lambda change: change.remove(docs))

    one.write(seen)
    assert told == [True]
    assert [record.id for record in one.read(lambda view: view.page(0, 9))] == ["new"]
    one.close()
    other.close()
