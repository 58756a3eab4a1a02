"""Rows brought together for comparison."""

import random

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import reverse_cuthill_mckee
from tests.pipeline.newswire import newsroom

from syndicate import io
from syndicate.config import Config
from syndicate.match.verify import NONE, LeftOut
from syndicate.pipeline.corpus import Corpus
from syndicate.pipeline.gather import cuthill_mckee, gathered
from syndicate.pipeline.scan import sketch_in_memory

SIZE = Config().sketch.shingle_size


@pytest.fixture(params=["disk", "memory"])
def corpus(request, tmp_path):
    documents = newsroom(seed=5, originals=40)
    random.Random(5).shuffle(documents)
    groups = []
    for number in range(3):
        folder = None
        if request.param == "disk":
            folder = tmp_path / f"part-{number}"
            folder.mkdir()
        groups.append((list(io.from_documents(documents[number::3])), folder))
    return Corpus(sketch_in_memory(groups, Config())[0])


@pytest.mark.parametrize("most", [4000, 20_000, 60_000, 1 << 30])
@pytest.mark.parametrize("graph", ["random", "star"])
def test_every_pair_comes_once_with_its_rows(corpus, tmp_path, most, graph):
    rng = np.random.default_rng(most)
    n = len(corpus)
    one, other = rng.integers(0, n, (2, 3 * n))
    if graph == "star":
        one = np.zeros_like(one)
    codes = np.unique((np.minimum(one, other) * n + np.maximum(one, other))[one != other])
    found = []
    for block, left, right in gathered(
        corpus, codes // n, codes % n, size=SIZE, stock=NONE, most=most
    ):
        found += (left * n + right).tolist()
        assert (np.diff(left * n + right) > 0).all()
        for side in (left, right):
            rows = block.folded.some(block.find(side), NONE)
            pairs = zip(rows, corpus.folded(side, SIZE), strict=True)
            assert all(np.array_equal(mine, theirs) for mine, theirs in pairs)
    assert sorted(found) == codes.tolist()
    assert not list(tmp_path.rglob("gathered-*"))


def test_stories_do_not_cross_blocks(corpus):
    n = len(corpus)
    numbers = np.random.default_rng(0).permutation(n // 2 * 2).reshape(2, -1)
    left, right = numbers.min(axis=0), numbers.max(axis=0)
    lots = list(gathered(corpus, left, right, size=SIZE, stock=NONE, most=60_000))
    assert 1 < len(lots) <= 2 * corpus.counts.sum() * 10 / 60_000 + 2


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_are_put_close(seed):
    """As close as scipy puts them, from which ties may differ a little."""
    rng = np.random.default_rng(seed)
    n = 400
    one = rng.integers(0, n, 700)
    other = (one + rng.integers(1, 6, 700)) % n
    names = rng.permutation(n)  # of a ring, with some nodes left out
    one, other = names[one], names[other]
    order = cuthill_mckee(one, other, n)
    assert sorted(order.tolist()) == list(range(n))
    graph = coo_array((np.ones(700, np.int8), (one, other)), shape=(n, n)).tocsr()
    theirs = reverse_cuthill_mckee(graph + graph.T, symmetric_mode=True)

    def far(found):
        place = np.argsort(found)
        return np.abs(place[one] - place[other]).max()

    assert far(order) <= 1.3 * far(theirs)


def test_stock_does_not_count(corpus):
    whole = corpus.folded(np.array([0]), SIZE).shingles
    stock = np.unique(whole[:7])
    pair = np.array([0]), np.array([1])
    (lot,) = gathered(corpus, *pair, size=SIZE, stock=LeftOut.of(stock), most=1 << 30)
    assert lot.block.sizes[lot.block.find(np.array([0]))[0]] == len(
        set(whole.tolist()) - set(stock.tolist())
    )
    rows = lot.block.folded.some(lot.block.find(np.array([0])), NONE)
    assert rows.shingles.tolist() == whole.tolist()
