"""Documents kept ready are those that the store holds, whatever was removed meanwhile."""

import pytest
from tests.index.stories import story

from syndicate.config import Config
from syndicate.index import Index, known
from syndicate.index.known import Shelf
from syndicate.index.sketching import Sketcher
from syndicate.model import Document

PLAIN = Config(strip="none")


def test_a_removed_document_matches_no_more(place):
    with Index.open(place, config=PLAIN) as index:
        text = story(1, 200)
        index.seen(Document("a", text))
        assert index.seen(Document("b", text + " and more")).of == "a"
        index.remove("a")
        again = index.query(Document("c", text))
        assert [match.b for match in again.matches] == ["b"]


def test_what_another_index_object_removes_is_noticed(tmp_path):
    path = tmp_path / "seen.db"
    with Index.open(path, config=PLAIN) as one, Index.open(path) as other:
        text = story(2, 200)
        one.seen(Document("a", text))
        assert one.query(Document("b", text)).of == "a"
        other.remove("a")
        other.seen(Document("c", text))
        assert [match.b for match in one.query(Document("b", text)).matches] == ["c"]


def test_a_page_in_the_place_of_its_earlier_version_is_what_matches(place):
    with Index.open(place, config=PLAIN) as index:
        index.seen(Document("a", story(3, 200)))
        index.seen(Document("a", story(4, 200)))
        assert index.query(Document("b", story(3, 200))).status == "new"
        assert index.query(Document("b", story(4, 200))).of == "a"


def test_a_page_that_was_not_written_is_not_known(tmp_path, monkeypatch):
    with Index.open(tmp_path / "seen.db", config=PLAIN) as index:
        index.seen(Document("a", story(5, 200)))
        change = type(index._store.read(lambda view: view))
        with monkeypatch.context() as patch:
            patch.setattr(change, "end", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                index.seen(Document("b", story(6, 200)))
        index.seen(Document("c", story(7, 200)))  # has the number that b had
        assert index.query(Document("d", story(6, 200))).status == "new"
        assert index.query(Document("d", story(7, 200))).of == "c"


class Counting:
    """A view that counts what is read of it."""

    def __init__(self, view):
        self.view, self.read = view, []

    def fetch(self, docs):
        self.read += docs
        return self.view.fetch(docs)

    def removals(self):
        return self.view.removals()

    def last(self):
        return self.view.last()


def test_only_what_is_not_kept_is_read_and_the_room_is_held():
    with Index.open("memory:", config=PLAIN) as index:
        index.add_many(Document(str(n), story(n, 100)) for n in range(1, 9))
        view = index._store.read(Counting)
        one = Shelf(Sketcher(PLAIN)).fetch([1], view)[0]
        shelf = Shelf(Sketcher(PLAIN), room=3 * one.size + known._EACH)
        view.read.clear()
        assert [other.doc for other in shelf.fetch([3, 1, 99, 2], view)] == [3, 1, 2]
        assert shelf.fetch([1, 3], view)[0].id == "1"
        assert view.read == [3, 1, 99, 2]
        shelf.fetch([4], view)  # in the place of 2, which was not used for longest
        shelf.fetch([1, 3, 2], view)
        assert view.read == [3, 1, 99, 2, 4, 2]
