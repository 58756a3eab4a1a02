"""The table of postings in memory, beside a dictionary of lists."""

import numpy as np
import pytest

from syndicate.kernels.postings import erase, insert, lookup


def held(keys, slots):
    """Give what the table says of each key, ascending."""
    key, doc = np.empty(1000, np.int64), np.empty(1000, np.uint32)
    count = lookup(keys, *slots, key, doc)
    return [sorted(doc[:count][key[:count] == place].tolist()) for place in range(len(keys))]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_erased_might_never_have_been_there(seed):
    """Keys that begin alike lie in one stretch of slots, across the end of the table too."""
    rng = np.random.default_rng(seed)
    slots = np.zeros(256, np.uint64), np.zeros(256, np.uint32)
    all_keys = rng.integers(0, 1 << 58, 24, np.uint64) << np.uint64(6) | np.uint64(250)
    all_keys[12:] += rng.integers(0, 12, 12, np.uint64)
    oracle, owned = {key: set() for key in all_keys.tolist()}, {}
    for doc in range(1, 300):
        keys = rng.choice(all_keys, 4, replace=False)
        insert(keys, np.full(4, doc, np.uint32), 101, *slots)
        owned[doc] = keys
        for key in keys.tolist():
            oracle[key].add(doc)
        while len(owned) > 40 or (owned and rng.random() < 0.2):
            gone = int(rng.choice(list(owned)))
            keys = owned.pop(gone)
            assert erase(keys, gone, *slots) == 4
            assert erase(keys, gone, *slots) == 0
            for key in keys.tolist():
                oracle[key].remove(gone)
        assert held(all_keys, slots) == [sorted(oracle[key]) for key in all_keys.tolist()]
        assert np.count_nonzero(slots[1]) == 4 * len(owned)
