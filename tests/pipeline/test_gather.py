"""Rows brought together for comparison."""

import random

import numpy as np
import pytest
from tests.pipeline.newswire import newsroom

from syndicate import io
from syndicate.config import Config
from syndicate.pipeline.corpus import Corpus
from syndicate.pipeline.gather import Block, gathered
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
    for source, left, right in gathered(corpus, codes // n, codes % n, size=SIZE, most=most):
        assert isinstance(source, Block)
        found += (left * n + right).tolist()
        assert (np.diff(left * n + right) > 0).all()
        for side in (left, right):
            pairs = zip(source.folded(side, SIZE), corpus.folded(side, SIZE), strict=True)
            assert all(np.array_equal(mine, theirs) for mine, theirs in pairs)
    assert sorted(found) == codes.tolist()
    assert not list(corpus.folder.glob("gathered-*"))


def test_stories_do_not_cross_blocks(corpus):
    n = len(corpus)
    numbers = np.random.default_rng(0).permutation(n // 2 * 2).reshape(2, -1)
    left, right = numbers.min(axis=0), numbers.max(axis=0)
    lots = list(gathered(corpus, left, right, size=SIZE, most=60_000))
    assert 1 < len(lots) <= 2 * corpus.counts.sum() * 10 / 60_000 + 2


def test_what_is_in_memory_comes_in_one_block():
    batches = [(list(io.from_documents(newsroom())), None)]
    corpus = Corpus(sketch_in_memory(batches, Config())[0])
    (lot,) = gathered(corpus, np.array([1, 0]), np.array([2, 2]), size=SIZE, most=1)
    assert (
        lot.source.folded(lot.left, SIZE).bounds.tolist()
        == corpus.folded(lot.left, SIZE).bounds.tolist()
    )
    assert lot.left.tolist() == [0, 1]
