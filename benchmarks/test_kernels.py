"""The kernels one by one, under pytest-benchmark: ``pytest benchmarks/test_kernels.py``."""

import numpy as np
import pytest
from benchmarks import corpus

from syndicate.match.align import evidence
from syndicate.match.verify import distinct, overlap
from syndicate.sketch import lsh
from syndicate.sketch.minhash import signatures
from syndicate.sketch.sample import sample
from syndicate.text.shingles import encode, shingle

DOCUMENTS = 500
SIZE, SLOTS = 5, 128


@pytest.fixture(scope="module")
def texts():
    made = corpus.plan(DOCUMENTS)
    pairs = zip(made.cluster.tolist(), made.version.tolist(), strict=True)
    return encode([corpus.document(*pair, corpus.SEED) for pair in pairs])


@pytest.fixture(scope="module")
def made(texts):
    return shingle(*texts, SIZE)


@pytest.fixture(scope="module")
def sketches(made):
    return signatures(made.shingles, made.bounds, SLOTS)


@pytest.fixture(scope="module")
def pairs():
    cluster = corpus.plan(DOCUMENTS).cluster
    left, right = np.nonzero(np.triu(cluster[:, None] == cluster, 1))
    assert len(left) > DOCUMENTS / 4
    return left.astype(np.int64), right.astype(np.int64)


def test_text_to_shingles(benchmark, texts):
    made = benchmark(shingle, *texts, SIZE)
    assert made.counts.min() > 100


def test_shingles_to_signatures(benchmark, made):
    sketches = benchmark(signatures, made.shingles, made.bounds, SLOTS)
    assert sketches.shape == (DOCUMENTS, SLOTS)


def test_signatures_to_bands(benchmark, sketches):
    keys = benchmark(lsh.band_keys, sketches, lsh.choose_bands(0.7, SLOTS))
    assert keys.shape[1] == DOCUMENTS


def test_sampling_of_shingles(benchmark, made):
    hashes, _ = benchmark(sample, made.shingles, made.bounds)
    assert 0.05 < len(hashes) / len(made.shingles) < 0.2


def test_distinct_shingles(benchmark, made):
    sizes = benchmark(distinct, made.shingles, made.bounds)
    assert (sizes <= made.counts).all()


def test_overlap_of_pairs(benchmark, made, pairs):
    sizes = distinct(made.shingles, made.bounds)
    found = benchmark(overlap, made.shingles, made.bounds, sizes, *pairs)
    assert found.jaccard.mean() > 0.2


def test_alignment_of_pairs(benchmark, made, pairs):
    tokens = np.r_[0, np.cumsum(made.counts, dtype=np.int64)]
    table = benchmark(evidence, made.shingles, made.bounds, made.flags, tokens, *pairs, size=SIZE)
    assert len(table.tokens_a) == len(pairs[0])
