"""Choosing what a page is compared with: dictionaries are the oracle."""

import itertools

import numpy as np
import pytest

from syndicate.kernels.candidates import choose, choose_each, firsts, gather
from syndicate.kernels.keys import SAMPLE, sampled_shingle

MASK = (1 << 64) - 1
THINNED = (2, 4)
CAP = 9


def scramble(value):
    """SplitMix64, as Steele, Lea and Flood (2014) print it."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)


def test_a_shingle_is_read_back_from_its_key():
    rng = np.random.default_rng(1)
    for shingle in rng.integers(0, 1 << 61, 500).tolist():
        assert sampled_shingle(np.uint64(scramble(shingle ^ int(SAMPLE)))) == shingle


def plainly(shingles, postings, first, shared, uncounted):
    """Choose as the kernel does; give the chosen, and the keys passed over."""
    holders = {k: {d for j, d in postings if j == k} for k, _ in postings}

    def over(k):
        size = 1 + len(holders[k] - set(uncounted))
        bits = (shingles[k] >> 60 & 1, shingles[k] >> 59 & 1)
        return any(size > limit and bit for limit, bit in zip(THINNED, bits, strict=True))

    def tells(k):
        return k == 0 or (k < first and len(holders[k]) <= CAP)

    used = [(k, d) for k, d in postings if k < first or len(holders[k]) <= CAP]
    passed = {k for k, _ in used if k >= first and over(k)}
    held = {}
    for k, d in used:
        held.setdefault(d, []).append(k)
    chosen, doubted = [], []
    for d, ks in held.items():
        if any(map(tells, ks)) or sum(k not in passed for k in ks) >= shared:
            chosen.append(d)
        elif len(ks) >= shared:
            doubted.append(d)
    of_doubt = {k for k in passed if holders[k] & set(doubted)}
    crowd = sorted(set().union(*(holders[k] for k in of_doubt)))
    return sorted(chosen, key=lambda d: (-len(held[d]), d)), crowd


def drawn(rng):
    """Keys of a page, and who holds them."""
    shingles = rng.integers(0, 1 << 61, 12).tolist()
    n = int(rng.integers(0, 90))
    pairs = {(int(rng.integers(0, 12)), int(rng.integers(1, 15))) for _ in range(n)}
    return shingles, sorted(pairs, key=lambda _: rng.random())


def asked(shingles, postings, uncounted, spare):
    keys = np.array([scramble(value ^ int(SAMPLE)) for value in shingles], np.uint64)
    key, doc = (np.array([pair[side] for pair in postings], np.int64) for side in (0, 1))
    out, crowd = np.empty(len(key), np.int64), np.empty(len(key), np.int64)
    limits = 4, CAP, np.array(THINNED), 2
    counts = choose(keys, key, doc, *limits, np.array(uncounted, np.int64), spare, out, crowd)
    return out[: counts[0]].tolist(), crowd[: counts[1]].tolist()


def test_documents_are_chosen_by_rare_bands_or_enough_keys():
    rng, told = np.random.default_rng(5), 0
    for _ in range(400):
        shingles, postings = drawn(rng)
        uncounted = sorted(set(rng.integers(1, 15, 3).tolist()))
        for without in ([], uncounted):
            chosen, crowd = plainly(shingles, postings, 4, 2, without)
            assert asked(shingles, postings, without, 99) == (chosen, crowd)
            told += bool(crowd)
    assert told > 50


def test_the_holders_listed_first_are_enough_to_tell_that_they_are_many():
    """If they are different texts, the shingle is passed over with or without the others."""
    rng = np.random.default_rng(6)
    for _ in range(200):
        shingles, postings = drawn(rng)
        chosen, few = asked(shingles, postings, [], 0)
        every = asked(shingles, postings, [], 99)[1]
        assert set(few) <= set(every)
        others = sorted(set(every) - set(few))
        assert asked(shingles, postings, others, 0)[0] == chosen


def test_many_pages_are_chosen_for_as_one_is():
    rng = np.random.default_rng(8)
    for count in (0, 1, 2, 9):
        drawings = [drawn(rng) for _ in range(count)]
        made = [
            np.array([scramble(v ^ int(SAMPLE)) for v in one], np.uint64) for one, _ in drawings
        ]
        pairs = [pair for _, postings in drawings for pair in postings]
        keys = np.concatenate([*made, np.empty(0, np.uint64)])
        key, doc = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
        starts = np.cumsum([0, *map(len, made)])
        edges = np.cumsum([0, *(len(postings) for _, postings in drawings)])
        ends = np.empty((3, count + 1), np.int64)
        rows = np.empty((3, len(key)), np.int64)
        limits = 4, CAP, np.array(THINNED), 2, 1
        choose_each(keys, starts, key, doc, edges, *limits, ends, *rows)
        cuts = [itertools.pairwise(row) for row in ends.tolist()]
        for (shingles, postings), *found in zip(drawings, *cuts, strict=True):
            chosen, same, crowd = (
                row[begin:end].tolist() for row, (begin, end) in zip(rows, found, strict=True)
            )
            assert (chosen, crowd) == asked(shingles, postings, [], 1)
            assert same == sorted({d for k, d in postings if k == 0})


def test_the_first_of_each_text_is_found():
    rng = np.random.default_rng(9)
    for count in (0, 1, 7, 60):
        words = rng.integers(0, 3, (count, 2)).astype(np.uint64) << np.uint64(60)
        there = rng.random(count) < 0.8
        out = np.empty(count, np.int64)
        firsts(words, there, out)
        held = {}
        for place, (text, is_there) in enumerate(zip(words.tolist(), there, strict=True)):
            if is_there:
                held.setdefault(tuple(text), place)
            assert out[place] == (held[tuple(text)] if is_there else -1)


def followed(pages, stored, common, numbers, newest):
    """Give each page's postings as `gather` does."""
    out = []
    for place, page in enumerate(pages):
        found = set()
        for at, key in enumerate(page):
            given = zip(numbers[:place], pages[:place], strict=True)
            before = {number for number, other in given if number and key in other}
            held = sorted(before | stored.get(key, set()))[-newest:]
            found |= {(at, doc) for doc in held if key not in common}
        out.append(found)
    return out


@pytest.mark.parametrize("room", [0, 5000])
def test_pages_know_of_those_before_them(room):
    rng = np.random.default_rng(7)
    for _ in range(100):
        pages = [
            sorted({int(key) for key in rng.integers(1, 20, rng.integers(0, 8))})
            for _ in range(rng.integers(1, 9))
        ]
        stored = {key: set(rng.integers(1, 40, 6).tolist()) for key in range(1, 12)}
        common = {key for key in range(1, 20) if rng.random() < 0.1 and key not in stored}
        keys = np.array([key for page in pages for key in page], np.uint64)
        starts = np.cumsum([0, *map(len, pages)])
        held = [(at, doc) for at, key in enumerate(keys.tolist()) for doc in stored.get(key, ())]
        key, doc = (np.array([pair[side] for pair in held], np.int64) for side in (0, 1))
        left_out = np.isin(keys, np.array(sorted(common), np.uint64))
        edges = np.empty(len(starts), np.int64)
        fresh = rng.random(len(pages)) < 0.8
        numbers = (39 + np.cumsum(fresh)) * fresh
        given = keys, starts, key, doc, left_out, numbers, 4, edges
        used = gather(*given, np.empty(room, np.int64), np.empty(room, np.int64))
        out_key, out_doc = np.empty(used, np.int64), np.empty(used, np.int64)
        assert gather(*given, out_key, out_doc) == used
        found = [
            set(zip(out_key[a:b].tolist(), out_doc[a:b].tolist(), strict=True))
            for a, b in itertools.pairwise(edges)
        ]
        assert found == followed(pages, stored, common, numbers.tolist(), 4)
