"""Sketches go to datasketch and come back."""

import datasketch
import numpy as np
import pytest
from tests.pipeline.newswire import newsroom

from syndicate.errors import ConfigError
from syndicate.integrations.datasketch import from_datasketch, minhashes
from syndicate.text.shingles import encode, shingle


def test_they_are_what_datasketch_makes_itself():
    texts = [text for _, text in newsroom(originals=4)]
    made = shingle(*encode(texts), 5)
    for ours, start, end in zip(minhashes(texts), made.bounds[:-1], made.bounds[1:], strict=True):
        theirs = datasketch.MinHash(128, hashfunc=lambda value: value >> 32)
        theirs.update_batch(made.shingles[start:end].tolist())
        assert ours == theirs


def test_its_index_finds_our_copies():
    documents = newsroom(originals=9)
    sketches = dict(
        zip([i for i, _ in documents], minhashes([t for _, t in documents]), strict=True)
    )
    index = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
    for name, sketch in sketches.items():
        index.insert(name, sketch)
    assert sorted(index.query(sketches["003-0"])) == ["003-0", "003-1", "003-2", "003-3"]
    assert index.query(sketches["004-0"]) == ["004-0"]


def test_they_come_back_as_they_were():
    sketches = minhashes(["một hai ba bốn năm", "", "sáu bảy tám chín mười"])
    assert from_datasketch(sketches).tolist() == [s.hashvalues.tolist() for s in sketches]
    assert from_datasketch(sketches).dtype == np.uint32


@pytest.mark.parametrize("other", [{"seed": 2}, {"scheme": "affine64"}, {"scheme": "legacy"}])
def test_foreign_sketches_are_refused(other):
    with pytest.raises(ConfigError, match="sketch the texts again"):
        from_datasketch([datasketch.MinHash(128, **other)])
