"""One contract, three stores."""

import threading

import numpy as np
import pytest

from syndicate.errors import StoreError
from syndicate.store.contract import NEWEST, Asked, Record


def keys(*values):
    return np.array(values, np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def record(name, at=1.0, body=b"text", cluster=0):
    return Record(name, at, body, cluster)


def put(store, *pairs):
    store.write(lambda change: change.put([r for r, _ in pairs], [k for _, k in pairs]))


def found(store, sought):
    postings = store.read(lambda view: view.find(sought))
    return sorted(zip(postings.key.tolist(), postings.doc.tolist(), strict=True))


def asked(name, *values, rare=0, put=None):
    return Asked(name, keys(*values), rare, 2, put)


def names(store):
    return [r.id for r in store.read(lambda view: view.page(0, 1000))]


def test_a_new_store_is_empty(store):
    assert store.header() is None
    assert store.read(lambda view: view.size()) == 0
    assert found(store, keys(1, 2, 3)) == []
    assert names(store) == []
    assert store.read(lambda view: view.numbers(["a"])) == [0]


def test_what_was_put_is_found_by_key_id_and_number(store):
    put(store, (record("a", body=b"\0one"), keys(1, 2)), (record("ừ", body=b"two"), keys(2, 3)))
    assert found(store, keys(1, 2, 3, 4)) == [(0, 1), (1, 1), (1, 2), (2, 2)]
    assert store.read(lambda view: view.numbers(["ừ", "x", "a"])) == [2, 0, 1]
    first, second = store.read(lambda view: view.fetch([2, 9, 1, 1]))
    assert (first.doc, first.id, first.body) == (1, "a", b"\0one")
    assert (second.doc, second.id, second.body) == (2, "ừ", b"two")
    assert store.read(lambda view: view.size()) == 2


def test_look_gives_number_and_postings_at_once(store):
    put(store, (record("a"), keys(1, 2)))
    number, postings, stored = store.read(lambda view: view.look(asked("a", 2, 7)))
    assert not stored
    assert number == 1
    assert (postings.key.tolist(), postings.doc.tolist()) == ([0], [1])
    assert store.read(lambda view: view.look(asked("b", 7))).number == 0


def test_several_pages_are_looked_up_at_once(store):
    put(store, (record("a"), keys(1, 2)), (record("b"), keys(2, 3)))
    numbers, postings, common = store.read(
        lambda view: view.look_all(["b", "x", "a"], keys(2, 9, 1), 3)
    )
    assert numbers == [2, 0, 1]
    pairs = sorted(zip(postings.key.tolist(), postings.doc.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 2), (2, 1)]
    assert common.tolist() == [False] * 3


def test_the_last_number_is_where_put_goes_on(store):
    for name in "abc":
        last = store.read(lambda view: view.last())
        given = store.write(lambda change, name=name: change.put([record(name)], [keys(1)]))
        assert last is None or given == [last + 1]
    store.write(lambda change: change.remove([3]))
    assert store.read(lambda view: view.last()) in (3, None)


def test_heads_are_the_first_bytes(store):
    put(store, (record("a", body=b"first words"), keys(1)), (record("b", body=b"xy"), keys(2)))
    put(store, (record("c" * 300, body=b"behind a long id"), keys(3)))
    wanted = {1: b"first", 2: b"xy", 3: b"behin"}
    assert store.read(lambda view: view.heads([2, 1, 7, 3], 5)) == wanted
    fetched = store.read(lambda view: (view.fetch([1, 3]), view.heads([2, 1, 7, 3], 5)))
    assert fetched[1] == wanted
    assert store.read(lambda view: view.heads([], 5)) == {}


def test_a_record_is_put_at_once_only_where_nothing_is_like_it(store):
    put(store, (record("a"), keys(1, 2, 3)))

    def offered(name, *values, rare):
        def work(change):
            looked = change.look(asked(name, *values, rare=rare, put=record(name)))
            if not looked.stored:
                change.put([record(name)], [keys(*values)])
            return looked

        return store.write(work)

    for name, *values in (("b", 1, 9), ("c", 8, 2, 3)):
        looked = offered(name, *values, rare=1)
        assert not looked.stored
        assert looked.postings.doc.tolist()
    assert not store.read(lambda view: view.look(asked("a", 30, rare=1, put=None))).stored
    looked = offered("d", 20, 3, 21, rare=1)
    assert looked.number == 0
    assert sorted(names(store)) == ["a", "b", "c", "d"]
    assert found(store, keys(20)) == [(0, 4)]


def test_every_key_of_many_documents_is_found(store):
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 1 << 64, (300, 20), dtype=np.uint64)
    put(store, *((record(f"d{i}"), row) for i, row in enumerate(rows)))
    for i in (0, 17, 299):
        assert found(store, rows[i]) == [(place, i + 1) for place in range(20)]
    assert found(store, rng.integers(0, 1 << 64, 500, dtype=np.uint64)) == []


def test_removed_documents_are_gone_and_their_ids_free(store):
    put(store, (record("a"), keys(1)), (record("b"), keys(1)))
    assert store.write(lambda change: change.remove([1, 1, 7])) == 1
    assert names(store) == ["b"]
    assert store.read(lambda view: view.numbers(["a", "b"])) == [0, 2]
    put(store, (record("a"), keys(5)))
    assert store.read(lambda view: view.numbers(["a"])) == [3]
    assert store.read(lambda view: view.size()) == 2


def test_a_document_is_replaced_in_one_change(store):
    put(store, (record("a", body=b"old"), keys(1)))

    def replace(change):
        change.remove(change.numbers(["a"]))
        change.put([record("a", body=b"new")], [keys(2)])

    store.write(replace)
    assert [r.body for r in store.read(lambda view: view.page(0, 9))] == [b"new"]


def test_compact_leaves_what_is_held(store):
    rng = np.random.default_rng(2)
    rows = rng.integers(0, 1 << 64, (50, 20), dtype=np.uint64)
    put(store, *((record(f"d{i}"), row) for i, row in enumerate(rows)))
    store.write(lambda change: change.remove(list(range(1, 41))))
    store.compact()
    assert found(store, rows[:40].ravel()) == []
    assert found(store, rows[45]) == [(place, 46) for place in range(20)]
    assert len(names(store)) == 10


def test_a_failed_change_leaves_nothing(store):
    put(store, (record("a"), keys(1)))

    def fail(change):
        change.remove([1])
        change.put([record("b")], [keys(2)])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fail)
    assert names(store) == ["a"]
    put(store, (record("c"), keys(3)))
    held = {r.doc: r.id for r in store.read(lambda view: view.page(0, 9))}
    assert [held[doc] for _, doc in found(store, keys(1, 2, 3)) if doc in held] == ["a", "c"]


def test_of_a_flooded_key_the_newest_are_kept(store):
    for start in range(0, 250, 50):
        put(store, *((record(f"d{i}"), keys(7)) for i in range(start, start + 50)))
    docs = [doc for _, doc in found(store, keys(7))]
    assert set(docs) >= set(range(250 - NEWEST + 1, 251))


def test_a_document_replaced_many_times_hides_no_other(store):
    """As the page of a running story, which a crawler fetches every hour."""
    put(store, (record("old"), keys(7)), (record("live"), keys(7, 8)))

    def replace(change):
        change.remove(change.numbers(["live"]))
        change.put([record("live")], [keys(7, 8)])

    for _ in range(NEWEST + 20):
        store.write(replace)
    (last,) = store.read(lambda view: view.numbers(["live"]))
    assert {(0, 1), (0, last), (1, last)} <= set(found(store, keys(7, 8)))


def test_pages_follow_one_another(store):
    put(store, *((record(f"d{i}"), keys(i)) for i in range(10)))
    store.write(lambda change: change.remove([4]))
    assert [r.doc for r in store.read(lambda view: view.page(2, 3))] == [3, 5, 6]
    assert [r.doc for r in store.read(lambda view: view.page(9, 3))] == [10]
    assert store.read(lambda view: view.page(10, 3)) == []


def test_old_documents_come_oldest_first(store):
    put(store, *((record(f"d{i}", at=at), keys(i)) for i, at in enumerate([5.5, 1.25, 9.0, 3.0])))
    assert store.read(lambda view: view.before(5.5, 9)) == [2, 4]
    assert store.read(lambda view: view.before(99, 3)) == [2, 4, 1]
    store.write(lambda change: change.remove([2]))
    assert store.read(lambda view: view.before(99, 1)) == [4]


def test_documents_are_remembered_as_of_another_time(store):
    put(store, *((record(f"d{i}", at=float(i)), keys(i)) for i in range(1, 4)))

    def stamp(change, fails):
        change.remove([2])
        change.stamp([1, 2, 9], 5.5)
        if fails:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(lambda change: stamp(change, fails=True))
    assert store.read(lambda view: view.before(2.0, 9)) == [1]
    store.write(lambda change: stamp(change, fails=False))
    assert store.read(lambda view: view.before(5.5, 9)) == [3]
    assert store.read(lambda view: view.before(6.0, 9)) == [3, 1]
    first, third = store.read(lambda view: view.page(0, 9))
    assert (first.id, first.at, first.body, third.at) == ("d1", 5.5, b"text", 3.0)


def test_clusters_list_their_members(store):
    put(store, (record("a"), keys(1)), (record("b"), keys(2)))
    put(store, (record("c", cluster=1), keys(3)), (record("d", cluster=1), keys(4)))
    assert store.read(lambda view: view.members(1, 9)) == [3, 4]
    assert store.read(lambda view: view.members(1, 1)) == [3]
    assert store.read(lambda view: view.members(0, 9)) == []
    store.write(lambda change: change.remove([3]))
    assert store.read(lambda view: view.members(1, 9)) == [4]


def test_the_header_is_written_once(store):
    assert store.set_header(b"one") == b"one"
    assert store.set_header(b"two") == b"one"
    assert store.header() == b"one"
    store.replace_header(b"three")
    assert store.header() == b"three"


def test_notes_are_kept_by_name(store):
    assert store.note("a") is None
    store.set_note("a", b"one")
    store.set_note("b", b"")
    store.set_note("a", b"two")
    assert (store.note("a"), store.note("b"), store.note("c")) == (b"two", b"", None)


def test_a_healthy_store_has_nothing_to_report(store):
    put(store, (record("a"), keys(1)), (record("b"), keys(2)))
    assert list(store.check()) == []
    assert store.stats()["store"] in {"memory", "sqlite", "redis"}


def test_threads_that_claim_one_key_take_turns(store):
    """Each change puts a document only if its key is free: exactly one wins each key."""
    wins = []

    def claim(worker):
        for key in range(40):

            def work(change, key=key):
                if len(change.find(keys(key)).doc) or change.numbers([f"{key}"])[0]:
                    return False
                change.put([record(f"{key}-{worker}")], [keys(key)])
                return True

            if store.write(work):
                wins.append(key)

    threads = [threading.Thread(target=claim, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == list(range(40))
    assert store.read(lambda view: view.size()) == 40


def test_a_backup_is_a_store_of_its_own_or_refused(store, tmp_path):
    put(store, (record("a"), keys(1)))
    if store.stats()["store"] != "sqlite":
        with pytest.raises(StoreError, match=r"memory cannot|Redis keeps"):
            store.backup(tmp_path / "copy.db")
        return
    store.backup(tmp_path / "copy.db")
    put(store, (record("b"), keys(2)))
    from syndicate.store import open_store

    copy = open_store(tmp_path / "copy.db")
    assert names(copy) == ["a"]
    assert found(copy, keys(1, 2)) == [(0, 1)]
    copy.close()
    with pytest.raises(StoreError, match="exists"):
        store.backup(tmp_path / "copy.db")
    with pytest.raises((StoreError, OSError)):
        store.backup(tmp_path / "missing" / "copy.db")
    assert not list(tmp_path.glob(".*.part*"))
