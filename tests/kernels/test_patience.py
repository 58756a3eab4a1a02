"""Kernels give the same as the plain Python that they are until compiling them pays."""

import numpy as np
import pytest

from syndicate.kernels import _jit, align, graph, measure, rows, samples, sets, signatures
from syndicate.kernels.chains import fill
from syndicate.kernels.tokens import mix
from syndicate.match.align import LIMITS
from syndicate.match.verify import LeftOut
from syndicate.sketch.sample import LIMIT


def texts(seed, count=12, words=60):
    """Shingles of texts that share some, with repeats; one text has none."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, words, count)
    lengths[3] = 0
    values = rng.integers(0, 1 << 64, 150, dtype=np.uint64)
    return rng.choice(values, lengths.sum()), np.r_[0, np.cumsum(lengths)]


def counting(seed):
    shingles, bounds = texts(seed)
    stock = LeftOut.of(np.unique(shingles[::9]))
    room = np.zeros(256, np.uint64), np.full(256, -1)
    return (shingles, bounds, *stock, *room, np.zeros(12, np.int32))


def comparing(seed):
    shingles, bounds = texts(seed)
    stock = LeftOut.of(np.unique(shingles[::9]))
    left, right = np.repeat(np.arange(12), 12), np.tile(np.arange(12), 12)
    chains = np.zeros(1024, np.int32), np.zeros(256, np.int32), np.zeros(64 * 260, np.uint8)
    seen = np.full(256, -1)
    room = *chains, seen, np.zeros(257, np.uint32)
    return (shingles, bounds, *stock, left, right, *room, np.zeros(144, np.int32))


def sampling(seed):
    shingles, bounds = texts(seed)
    return shingles, bounds, LIMIT, np.zeros(len(shingles) + 1, np.uint64), np.zeros_like(bounds)


def shelving(seed):
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 1 << 61, 90, dtype=np.uint64)
    owners = rng.integers(0, 9, 90, dtype=np.uint32)
    room = np.zeros(9, np.int64), np.zeros_like(hashes), np.zeros_like(owners)
    return hashes, owners, np.uint64(58), *room


def meeting(seed):
    rng = np.random.default_rng(seed)
    lists = [np.sort(rng.permutation(20)[: rng.integers(2, 6)]) for _ in range(15)]
    bounds = np.r_[0, np.cumsum([len(one) for one in lists])]
    return np.concatenate(lists).astype(np.uint32), bounds, 3, 17, 20, np.zeros(200, np.int64)


def standing(seed):
    documents, bounds, *_ = meeting(seed)
    return documents, bounds, np.zeros(20, np.int64)


def banding(seed):
    sketches = np.random.default_rng(seed).integers(0, 1 << 32, (9, 128), dtype=np.uint32)
    return sketches, 25, 5, np.zeros((25, 9), np.uint64)


def putting(seed):
    rng = np.random.default_rng(seed)
    items = rng.integers(0, 256, 90, dtype=np.uint8)
    items.flags.writeable = False
    return (
        items,
        np.array([70, 5, 30]),
        np.array([90, 5, 41]),
        np.zeros(40, np.uint8),
        np.array([9, 3, 29]),
    )


def aligning(seed):
    """Texts of one story, cut and edited."""
    rng = np.random.default_rng(seed)
    story = rng.integers(0, 1 << 64, 90, dtype=np.uint64)
    pieces = [np.delete(story, rng.integers(0, 90, 9))[start:] for start in (0, 20, 5)]
    bounds = np.r_[0, np.cumsum([len(piece) for piece in pieces])]
    room = [np.zeros(size, kind) for size, kind in (
        (376, np.int32), (90, np.int32), (64 * 94, np.uint8), (99, np.int32), (99, np.int32),
        (300, np.int32), (300, np.int32), (300, np.int32), (4, np.int64),
    )]  # fmt: skip
    return np.concatenate(pieces), bounds, np.array([0, 0, 1]), np.array([1, 2, 2]), 5, *room


def facts(seed):
    traits = np.random.default_rng(seed).integers(0, 1 << 15, 270).astype(np.uint16)
    traits[::3] = 0
    return traits, np.zeros(271, np.int32)


def measuring(seed):
    given = aligning(seed)
    count = align.align_pairs(*given)
    (traits, before), bounds = facts(seed), given[1]
    align.count_facts(traits, before)
    runs = (*(column[:count] for column in given[10:13]), given[13])
    edges = bounds + 4 * np.arange(len(bounds))
    return *runs, traits, before, edges, *given[2:5], LIMITS, np.zeros((3, measure.ROWS), np.int64)


def searching(seed):
    rng = np.random.default_rng(seed)
    degrees = rng.integers(0, 3, 40)
    neighbours = rng.integers(0, 40, degrees.sum())
    order, root_of = np.zeros((2, 40), np.int64)
    return np.r_[0, np.cumsum(degrees)], neighbours, rng.permutation(40), order, root_of


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("kernel", "others", "given"),
    [
        (align.align_pairs, (fill,), aligning),
        (align.count_facts, (), facts),
        (measure.measure, (align.changed_facts,), measuring),
        (graph.breadth_first, (), searching),
        (sets.distinct, (), counting),
        (sets.shared, (fill,), comparing),
        (samples.sampled, (), sampling),
        (samples.shelve, (), shelving),
        (samples.meetings, (), meeting),
        (samples.later, (), standing),
        (signatures.band_keys, (mix,), banding),
        (rows.put, (), putting),
    ],
)
def test_the_same_as_compiled(kernel, others, given, seed, monkeypatch):
    monkeypatch.setattr(_jit, "is_kept", lambda _: False)
    plain = given(seed)
    with np.errstate(over="ignore"):
        _jit.Patient(kernel, 1, *others).plain(1)(*plain)
    compiled = given(seed)
    kernel(*compiled)
    for mine, theirs in zip(plain, compiled, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert any(np.any(mine != before) for mine, before in zip(plain, given(seed), strict=True))
