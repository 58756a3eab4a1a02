"""Merging and sealing slices of runs, beside the same in plain Python."""

import numpy as np
import pytest

from syndicate.kernels.postings import SHARD_BITS
from syndicate.kernels.runs import merge_slices, open_pages, seal_pages

LOW = (1 << 32) - 1


def slices(rng, runs, shards, size):
    """Make runs of few keys, so that many postings share one; documents ascend with the runs."""
    made = []
    for run in range(runs):
        parts = []
        for _ in range(shards):
            rests = rng.integers(0, 6, size) * 700_000_001 % (1 << 32)
            docs = rng.choice(size * 3, size, replace=False) + 1 + run * size * 3
            parts.append(
                np.unique((rests.astype(np.uint64) << np.uint64(32)) | docs.astype(np.uint64))
            )
        made.append(parts)
    return made


def merged(made, first, floor, dead, newest):
    runs, shards = len(made), len(made[0])
    data = np.concatenate([part for parts in made for part in parts])
    starts = np.zeros((runs, shards + 1), np.int64)
    at = 0
    for r, parts in enumerate(made):
        for s, part in enumerate(parts):
            starts[r, s] = at
            at += len(part)
        starts[r, shards] = at
    out, edges = np.empty(len(data), np.uint64), np.empty(shards + 1, np.int64)
    common = np.empty(len(data) // newest, np.uint64)
    used, crowded = merge_slices(
        data, starts, first, floor, dead, newest, np.empty(runs, np.int64), out, edges, common
    )
    return out[:used], edges, common[:crowded]


@pytest.mark.parametrize("newest", [3, 7, 1000])
def test_merging_agrees_with_plain_python(newest):
    rng = np.random.default_rng(newest)
    made = slices(rng, 4, 3, 40)
    dead = np.array([45, 50, 260, 300], np.uint64)
    out, edges, common = merged(made, 9, 30, dead, newest)
    wanted_common = []
    for shard in range(3):
        held = {}
        for parts in made:
            for posting in parts[shard].tolist():
                if posting & LOW >= 30 and posting & LOW not in dead:
                    held.setdefault(posting >> 32, []).append(posting)
        wanted = [p for rest in sorted(held) for p in sorted(held[rest])[-newest:]]
        wanted_common += [(9 + shard) << 32 | rest for rest in held if len(held[rest]) >= newest]
        assert out[edges[shard] : edges[shard + 1]].tolist() == wanted
    assert sorted(common.tolist()) == sorted(wanted_common)


def sealed(bits=SHARD_BITS + 3):
    rng = np.random.default_rng(2)
    spread = np.sort(rng.integers(0, 1 << 63, 400, dtype=np.uint64))
    starts = np.array([0, 150, 150, 400], np.int64)
    spread[:150].sort()
    most = 3 << (bits - SHARD_BITS)
    pages, edges = np.empty(most, np.int64), np.empty(most + 1, np.int64)
    out = np.empty(400 + most, np.uint64)
    count = seal_pages(spread, starts, 5, 77, bits, pages, edges, out)
    return spread, pages[:count], edges[: count + 1], out[: edges[count]]


def test_pages_give_back_what_was_sealed_in_order_of_their_ids():
    postings, pages, edges, words = sealed()
    assert (np.diff(pages) > 0).all()
    assert set((pages >> 32).tolist()) == {77}
    out = np.empty(len(words) - len(pages), np.uint64)
    assert open_pages(words, edges, pages, out) == -1
    assert out.tolist() == postings.tolist()


@pytest.mark.parametrize("word", [0, 1, 60, -1])
def test_one_wrong_bit_or_another_id_is_noticed(word):
    _, pages, edges, words = sealed()
    out = np.empty(len(words), np.uint64)
    torn = words.copy()
    torn[word] ^= np.uint64(1 << 40)
    assert (
        open_pages(torn, edges, pages, out)
        == np.searchsorted(edges, word % len(words), "right") - 1
    )
    assert open_pages(words, edges, pages + 1, out) == 0


def test_one_page_a_shard_where_a_run_is_small():
    _, pages, _, _ = sealed(SHARD_BITS)
    assert pages.tolist() == [77 << 32 | 5, 77 << 32 | 7]
