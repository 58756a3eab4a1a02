"""Signatures against datasketch itself."""

import datasketch
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracles import shingle_hashes, word_hash

from syndicate.sketch.minhash import permutations, signatures
from syndicate.text.shingles import encode, shingle


def datasketch_of(hashes, num_perm=128):
    sketch = datasketch.MinHash(num_perm, seed=1, scheme="affine32", hashfunc=lambda h: h >> 32)
    sketch.update_batch(hashes)
    return sketch.hashvalues


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=4), st.sampled_from([7, 16, 128, 200]))
def test_a_signature_is_a_datasketch_signature(texts, num_perm):
    made = shingle(*encode(texts), 5)
    ours = signatures(made.shingles, made.bounds, num_perm)
    for row, start, end in zip(ours, made.bounds[:-1], made.bounds[1:], strict=True):
        assert (row == datasketch_of(made.shingles[start:end].tolist(), num_perm)).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.randoms())
def test_order_and_repeats_do_not_matter(hashes, random):
    shuffled = hashes + hashes[:10]
    random.shuffle(shuffled)
    items = np.array(hashes + shuffled, np.uint64)
    bounds = np.array([0, len(hashes), len(items)])
    one, other = signatures(items, bounds, 128)
    assert (one == other).all()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=40),
    st.lists(st.integers(0, 2**64 - 1), max_size=40),
)
def test_the_union_is_the_elementwise_minimum(one, other):
    items = np.array(one + other + one + other, np.uint64)
    bounds = np.cumsum([0, len(one), len(other), len(one) + len(other)])
    left, right, union = signatures(items, bounds, 64)
    assert (union == np.minimum(left, right)).all()


def test_an_empty_set_has_the_greatest_signature():
    empty = signatures(np.empty(0, np.uint64), np.zeros(2, np.int64), 128)
    assert (empty == 2**32 - 1).all()


def test_the_permutations_are_those_of_datasketch():
    scale, shift = permutations(128)
    theirs = datasketch.MinHash(128, seed=1, scheme="affine32").permutations
    assert (scale == theirs[0]).all()
    assert (shift == theirs[1]).all()


def test_the_scheme_is_pinned():
    """A change here changes every stored sketch: it needs a new syndicate.config.SCHEME."""
    text = "Sáng 28/7, hội nghị khai mạc tại tỉnh Sơn La với 863 đại biểu"
    made = shingle(*encode([text]), 5)
    folded = "sang 28 7 hoi nghi khai mac tai tinh son la voi 863 dai bieu"
    words = folded.split(" ")
    assert made.shingles.tolist() == shingle_hashes([word_hash(word) for word in words], 5)
    assert signatures(made.shingles, made.bounds, 128)[0, :6].tolist() == PINNED


PINNED = [97224201, 326432293, 298925608, 345926473, 469864993, 28843145]
