"""The widths at which lines are full, against a count in plain Python."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from syndicate.kernels.wraps import NARROW, WIDE, wrap_votes

WORDS = st.text("abcàềđ漢😀", min_size=1, max_size=30)
LINES = st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=12)


def counted(text):
    """Count the full lines at each width, and the pairs of lines."""
    votes, pairs = [0] * (WIDE + 2), 0
    for line, following in itertools.pairwise(text.split("\n")):
        length, words = len(line.rstrip()), following.split()
        if words and 0 < length <= WIDE:
            pairs += 1
            for width in range(NARROW, WIDE + 1):
                votes[width] += length <= width <= length + len(words[0])
    return votes, pairs


@given(LINES, st.sampled_from(["\n", " \n", "\r\n", "\n  "]))
def test_full_lines_are_counted_at_each_width(lines, ending):
    text = ending.join(lines)
    data = np.frombuffer(text.encode(), np.uint8)
    for count in (wrap_votes, wrap_votes.py_func):
        votes = np.zeros(WIDE + 2, np.int64)
        pairs = count(data, votes)
        assert (votes.tolist(), pairs) == counted(text)
