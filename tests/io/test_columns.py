"""Columns made of buffers against those that pyarrow makes."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.io.columns import array_of, mask_column, number_column, string_column

words = st.lists(st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=4))


@given(words, st.sampled_from((pa.string(), pa.large_string())))
def test_strings(values, kind):
    column = string_column(values, kind)
    column.validate(full=True)
    assert column.equals(pa.array(values, kind))


def test_a_lone_surrogate_is_no_string():
    with pytest.raises(UnicodeEncodeError):
        string_column(["\ud800"])


@given(st.lists(st.integers(-(2**31), 2**31 - 1)), st.sampled_from((np.int32, np.int64)))
def test_numbers_there_and_back(values, dtype):
    numbers = np.array(values, dtype)
    column = number_column(numbers[::-1])
    assert column.equals(pa.array(values[::-1], pa.from_numpy_dtype(dtype)))
    assert array_of(column).tolist() == values[::-1]


@given(st.lists(st.booleans()))
def test_truth_values_there_and_back(values):
    column = mask_column(np.array(values, bool))
    assert column.to_pylist() == values
    assert array_of(column).tolist() == values
    assert array_of(column).dtype == bool


def test_null_is_what_is_asked_for():
    assert array_of(pa.array([3, None]), fill=-1).tolist() == [3, -1]
    assert array_of(pa.array([False, None]), fill=1).tolist() == [False, True]
    assert array_of(pa.chunked_array([[1], [None, 2]])).tolist() == [1, 0, 2]


def test_reading_lines_does_not_wait_for_pandas(tmp_path):
    pytest.importorskip("pandas")
    file = tmp_path / "articles.jsonl"
    records = [{"id": n, "text": f"The mayor opened bridge {n} on Monday"} for n in "abc"]
    file.write_text("\n".join(map(json.dumps, records)))
    code = (
        "import sys; from syndicate.pipeline import dedupe_paths; "
        "dedupe_paths([sys.argv[1]]).to_json(); print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
