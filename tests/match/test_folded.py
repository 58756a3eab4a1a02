"""Texts without the phrases that many documents share."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from syndicate.match.folded import Folded
from syndicate.match.verify import LeftOut
from syndicate.text.shingles import encode, shingle

WORDS = st.lists(st.sampled_from(["mưa", "gió", "bão", "12", "lũ"]), max_size=14)


def folded(texts, size=3):
    return Folded.of(shingle(*encode([" ".join(text) for text in texts]), size))


@given(texts=st.lists(WORDS, min_size=1, max_size=5), stock=WORDS)
def test_shingles_of_stock_go_with_the_tokens_that_begin_them(texts, stock):
    whole = folded(texts)
    hashes = np.unique(folded([stock]).shingles)
    left = whole.without(LeftOut.of(hashes))
    for text in range(len(texts)):
        rows = whole.shingles[whole.bounds[text] : whole.bounds[text + 1]].tolist()
        traits = whole.traits[whole.token_bounds[text] : whole.token_bounds[text + 1]].tolist()
        gone = {place for place, row in enumerate(rows) if row in set(hashes.tolist())}
        start, end = left.bounds[text : text + 2]
        assert left.shingles[start:end].tolist() == [
            row for place, row in enumerate(rows) if place not in gone
        ]
        start, end = left.token_bounds[text : text + 2]
        assert left.traits[start:end].tolist() == [
            trait for place, trait in enumerate(traits) if place not in gone
        ]


def test_nothing_is_copied_where_there_is_no_stock():
    whole = folded([["mưa", "gió", "bão", "lũ"]])
    assert whole.without(LeftOut.of(folded([["12"] * 3]).shingles)) is whole
