"""Leaving out stock phrases against plain lists."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from syndicate.match.folded import Folded
from syndicate.match.verify import NONE, LeftOut

SIZE = 3
hashes = st.integers(0, 9).map(lambda n: (n << 60) + n)
texts = st.lists(st.lists(hashes, max_size=8), max_size=5)


def folded(sets):
    """Texts of ``SIZE - 1`` tokens more than shingles, but for those without any."""
    tokens = [len(held) + SIZE - 1 if held else 0 for held in sets]
    return Folded(
        np.array([value for held in sets for value in held], np.uint64),
        np.cumsum([0, *map(len, sets)]),
        np.arange(sum(tokens), dtype=np.uint16),
        np.cumsum([0, *tokens]),
    )


@given(texts, st.sets(hashes, min_size=1))
def test_hashes_go_with_the_tokens_that_begin_them(sets, stock):
    given_ = folded(sets)
    left = given_.without(LeftOut.of(np.array(sorted(stock), np.uint64)))
    rows = [left.shingles[a:b].tolist() for a, b in pairwise(left.bounds)]
    assert rows == [[value for value in held if value not in stock] for held in sets]
    traits = [left.traits[a:b].tolist() for a, b in pairwise(left.token_bounds)]
    expected = []
    for held, (start, end) in zip(sets, pairwise(given_.token_bounds.tolist()), strict=True):
        gone = {start + place for place, value in enumerate(held) if value in stock}
        expected.append([token for token in range(start, end) if token not in gone])
    assert traits == expected


def test_without_stock_nothing_is_copied():
    text = folded([[1, 2]])
    assert text.without(NONE) is text
