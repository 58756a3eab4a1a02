"""Rows brought together for comparison."""

import random

import numpy as np
import pytest
from tests.pipeline.newswire import newsroom

from syndicate import io
from syndicate.config import Config
from syndicate.match.verify import NONE, LeftOut
from syndicate.pipeline.corpus import Corpus
from syndicate.pipeline.gather import gathered
from syndicate.pipeline.scan import sketch_in_memory

SIZE = Config().sketch.shingle_size


@pytest.fixture
def corpus(tmp_path):
    documents = newsroom(seed=5, originals=40)
    random.Random(5).shuffle(documents)
    groups = []
    for number in range(3):
        folder = tmp_path / f"part-{number}"
        folder.mkdir()
        groups.append((list(io.from_documents(documents[number::3])), folder))
    return Corpus(sketch_in_memory(groups, Config())[0])


@pytest.mark.parametrize("most", [4000, 20_000, 60_000, 1 << 30])
@pytest.mark.parametrize("graph", ["random", "star"])
def test_every_pair_comes_once_with_its_rows(corpus, most, graph):
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
            pairs = zip(block.take(side), corpus.folded(side, SIZE), strict=True)
            assert all(np.array_equal(mine, theirs) for mine, theirs in pairs)
    assert sorted(found) == codes.tolist()
    assert not list(corpus.folder.glob("gathered-*"))


def test_stories_do_not_cross_blocks(corpus):
    n = len(corpus)
    numbers = np.random.default_rng(0).permutation(n // 2 * 2).reshape(2, -1)
    left, right = numbers.min(axis=0), numbers.max(axis=0)
    lots = list(gathered(corpus, left, right, size=SIZE, stock=NONE, most=60_000))
    assert 1 < len(lots) <= 2 * corpus.counts.sum() * 10 / 60_000 + 2


def test_what_is_in_memory_comes_in_one_block():
    batches = [(list(io.from_documents(newsroom())), None)]
    corpus = Corpus(sketch_in_memory(batches, Config())[0])
    (lot,) = gathered(corpus, np.array([1, 0]), np.array([2, 2]), size=SIZE, stock=NONE, most=1)
    assert lot.left.tolist() == [0, 1]
    assert [rows.tolist() for rows in lot.block.take(np.arange(3))] == [
        rows.tolist() for rows in corpus.folded(np.arange(3), SIZE)
    ]


def test_stock_does_not_count(corpus):
    whole = corpus.folded(np.array([0]), SIZE).shingles
    stock = np.unique(whole[:7])
    pair = np.array([0]), np.array([1])
    (lot,) = gathered(corpus, *pair, size=SIZE, stock=LeftOut.of(stock), most=1 << 30)
    assert lot.block.sizes[lot.block.place[0]] == len(set(whole.tolist()) - set(stock.tolist()))
    assert lot.block.take(np.array([0])).shingles.tolist() == whole.tolist()
