"""Ends, gaps and learned runs of glued pages, against plain Python."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from tests.kernels.columns import column

from syndicate.boilerplate import pages
from syndicate.boilerplate.learned import Table, site_keys
from syndicate.boilerplate.lines import read
from syndicate.boilerplate.rules import Rule
from syndicate.kernels import glued as kernels

AFTER = re.compile(r"[\s\])}>|.,:;!*/\u00a0\u2010-\u2015\u2026\u201d-]*")
BEFORE = re.compile(r"[\s\[({<|>*:/\u00a0\u2010-\u2015-]*\Z")
SITE = site_keys(["example.org"])


@given(st.lists(st.text("ab \n", max_size=40), max_size=5), st.integers(0, 9))
def test_ends_of_texts(texts, size):
    data, offsets = column(texts)
    out = np.empty(offsets[-1], np.uint8)
    bounds, joins, left_out = (np.empty(len(offsets) - less, np.int64) for less in (0, 1, 1))
    sizes = np.full(len(texts), size)
    kernels.take_ends(data, offsets, sizes, out, bounds, joins, left_out)
    for i, text in enumerate(texts):
        found = out[bounds[i] : bounds[i + 1]].tobytes().decode()
        join, tail = text.rfind(" ", 0, size), text.find(" ", len(text) - size)
        whole = size == 0 or len(text) < 3 * size or "\n" in text or join < 0 or tail < 0
        assert found == (text if whole else text[:join] + text[tail:])
        assert (joins[i], left_out[i]) == ((0, 0) if whole else (join, tail - join))


@given(
    st.text("ab \n\r", max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 1)))
)
def test_gaps_of_spans(text, cuts):
    data, _ = column([text])
    edges = sorted(min(place, len(text)) for place, _ in cuts)
    starts, stops = np.array(edges[:-1], np.int64), np.array(edges[1:], np.int64)
    owner = np.array([who for _, who in cuts][: len(starts)], np.int64)
    out = np.array([5, 7])
    kernels.count_gaps(data, starts, stops, owner, out)
    expected = [5, 7]
    for a, b, who in zip(starts, stops, owner, strict=True):
        expected[who] += len(re.findall("[ \n]", text[a:b]))
    assert out.tolist() == expected


WORDS = [
    "đọc",
    "thêm",
    "tin",
    "bài",
    "(báo)",
    "–",
    "mới;",
    "lưu.",
    "chép",
    "«nguồn",
    "tại\u00a0đây",
]
RUNS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 30), st.sampled_from([0.1, 0.3, 0.5, 0.9])),
    max_size=5,
)  # fmt: skip


@example(40, [(0, 9, 0.9), (20, 14, 0.3), (36, 9, 0.5)], 1, [True])
@example(200, [(60, 20, 0.5), (120, 20, 0.1)], 2, [True])
@given(
    st.integers(1, 200), RUNS, st.integers(0, 9), st.lists(st.booleans(), min_size=1, max_size=4)
)
def test_learned_runs_at_the_edges_of_long_lines(count, runs, seed, few):
    """Runs of words from a place on were learned, each with its share."""
    words = [f"{WORDS[(i * i + seed) % len(WORDS)]}{i}" for i in range(count)]
    texts = [" ".join(words)] * len(few)
    data, offsets = column(texts)
    lines = read(data, offsets)
    keys, _, index = pages.run_keys(lines, np.array([0]))
    known = {}
    for first, length, share in runs:
        for key, place in zip(keys.tolist(), index.tolist(), strict=True):
            if key and first <= place <= first + length - pages.RUN:
                known[key] = share
    table = Table.build({"example.org": known})
    cuts = np.empty((kernels.MOST_CUTS * len(lines), kernels.CUT_COLUMNS), np.int64)
    found = kernels.learned_runs(
        data, lines.columns, lines.hashes, lines.facts, np.array(few), np.repeat(SITE, len(few)),
        table.seen, table.keys, table.shares, np.empty(kernels.MOST_CUTS), cuts, len(lines),
    )  # fmt: skip
    shares = [known.get(key, 0.0) for key in keys.tolist()]
    one = list(_cuts(texts[0], lines, index.tolist(), shares))
    long = lines.words[0] > pages.GLUED_WORDS
    expected = [
        [text, offsets[text] + start, offsets[text] + stop, rule]
        for text, hardly in enumerate(few) if hardly and long
        for start, stop, rule in one
    ]  # fmt: skip
    assert cuts[:found].tolist() == expected


def _cuts(text, lines, index, shares):
    """Give the bytes cut out of a line whose kept tokens begin runs of such shares."""
    covered = [max(shares[max(0, i - pages.RUN + 1) : i + 1]) for i in range(len(shares))]
    sorts = ["most" if share >= 0.5 else "some" if share else "" for share in covered]
    first = 0
    while first < len(index):
        last = first
        while (
            last + 1 < len(index)
            and sorts[last + 1] == sorts[first]
            and index[last + 1] == index[last] + 1
        ):
            last += 1
        yield from _cut(text, lines, index, covered, sorts[first], first, last)
        first = last + 1


def _cut(text, lines, index, covered, sort, first, last):
    """Give what goes of one stretch, if it goes."""
    head = sort == "most" and first == 0
    tail = sort == "most" and not head and last == len(index) - 1
    if sort == "some":
        often = [
            i for i in range(first, last + 1) if 2 * covered[i] >= max(covered[first : last + 1])
        ]
        first, last = often[0], often[-1]
    if not sort or not (head or tail or last - first >= 11):
        return
    raw = text.encode()
    zero = np.array([0])
    start = int(lines.first_byte(lines.token(zero, np.array([index[first]])))[0])
    stop = int(lines.past_byte(lines.token(zero, np.array([index[last]])))[0])
    if tail:
        signs = BEFORE.search(raw[max(0, start - 16) : start].decode(errors="replace"))[0]
        yield start - len(signs.encode()), len(raw), Rule.SITE_TAIL
    else:
        signs = AFTER.match(raw[stop : stop + 16].decode(errors="replace"))[0]
        past = stop + len(signs.encode())
        yield (0, past, Rule.SITE_HEAD) if head else (start, past, Rule.SITE_RUN)


def test_lines_are_long_and_runs_as_long_as_they_are_learned():
    assert kernels.RUN == pages.RUN
    assert (kernels.GLUED_LINES, kernels.GLUED_WORDS) == (pages.GLUED_LINES, pages.GLUED_WORDS)
