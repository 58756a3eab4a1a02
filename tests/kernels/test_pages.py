"""One page's sketch agrees with what a column of texts gives; shared hashes with Python's sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.config import Config
from syndicate.index.sketching import Sketcher
from syndicate.kernels import pages
from syndicate.model import Document

TEXTS = ["", "một", "hai ba bốn năm sáu bảy", "mot hai " * 40, "字 字 字 b c d e f g h i"]


@pytest.mark.parametrize("find", ["whole", "all"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_page_alone_is_sketched_as_in_a_column(text, find):
    sketcher = Sketcher(Config(strip="none", find="whole" if find == "whole" else Config().find))
    document = Document("a", text)
    other = Document("b", "nothing of the kind " * 30)
    alone, (_, column) = sketcher.page(document), sketcher.sketch([other, document])
    for name in ("shingles", "flags", "keys"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(column, name))
    assert (alone.digest, alone.tokens, alone.body) == (
        column.digest,
        column.tokens,
        column.body,
    )
    assert alone.distinct == len(set(alone.shingles.tolist()))


HASHES = st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=60)


def where(sets):
    """Lay sets anywhere; give the arrays, where they are and how long."""
    arrays = [np.array(one, np.uint64) for one in sets]
    addresses = np.array([array.ctypes.data for array in arrays], np.uint64)
    return arrays, addresses, np.array([len(array) for array in arrays], np.int64)


@given(st.lists(st.tuples(HASHES, st.lists(HASHES, max_size=5)), max_size=4))
def test_shared_hashes_are_those_of_sets(given):
    _own, *placed = where([page for page, _ in given])
    others, *told = where([other for _, others in given for other in others])
    bounds = np.cumsum([0, *(len(others) for _, others in given)])
    out = np.empty(len(others), np.int32)
    pages.shared(*placed, bounds, *told, out)
    assert out.tolist() == [
        len(set(page) & set(other)) for page, others in given for other in others
    ]
