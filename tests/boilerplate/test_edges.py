"""Long lines of which the ends alone are read: the result is that of the whole line."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import BODY, batch, texts_of

from syndicate.boilerplate import SiteTemplates, edges
from syndicate.boilerplate.lines import as_bytes

SITE = "glued.example"
HEAD = "Đã lưu bài này, xem lại ở mục của bạn"
TAIL = "Nguồn: [Đường dẫn] Chép đường dẫn tại đây"
VIETNAMESE = " ".join(BODY).split()
SCRIPTS = {
    "vietnamese": VIETNAMESE,
    "unmarked": ["river", "council", "harvest", "village", "market", "teacher", "bridge"],
    "russian": ["правительство", "сельскохозяйственный", "утро", "хозяйство", "область"],
    "chinese": ["今天上午", "农民", "开始收割", "水稻", "合作社"],
    "signs": ["-", "—", "•", "(", "...", "a"],
}


def page(words, seed, length, *, glued=True):
    body = " ".join(random.Random(seed).choices(words, k=length)) + "."
    return f"{HEAD} {body} {TAIL}" if glued else body


@pytest.fixture(scope="module")
def templates():
    learned = SiteTemplates()
    for seed in range(12):
        learned.learn(SITE, page(VIETNAMESE, seed, 300))
    return learned


def stripped(templates, texts, ends):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edges, "ENDS", ends)
        sites = [SITE] * len(texts)
        return texts_of(batch(texts, None, sites, templates=templates))


WHOLE = (1 << 30,)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("length", [30, 150, 400, 2000])
def test_reading_the_ends_alone_changes_nothing(templates, script, length):
    texts = [page(SCRIPTS[script], seed, length) for seed in range(20, 24)]
    found = stripped(templates, texts, edges.ENDS)
    assert found == stripped(templates, texts, WHOLE)
    kept = any(HEAD in text or TAIL in text for text in found)
    assert kept == (length == 30 and script == "signs")  # where too few words would be left


@given(st.data())
def test_whatever_stands_in_the_middle(templates, data):
    piece = st.sampled_from(
        [HEAD, TAIL, "(TTXVN) - ", "./.", "\n", "\r", "\u0301", "a" * 700, " ", "農" * 300, "\0"]
    )
    prose = st.builds(
        page, st.sampled_from(list(SCRIPTS.values())), st.integers(0, 99),
        st.integers(1, 300), glued=st.booleans(),
    )  # fmt: skip
    text = " ".join(data.draw(st.lists(piece | prose, min_size=1, max_size=8)))
    assert stripped(templates, [text], (64, 640)) == stripped(templates, [text], WHOLE)


def ends_of(text):
    """Read the ends of one text."""
    data = np.frombuffer(text.encode() + bytes(2), np.uint8)
    return edges.read_ends(as_bytes(data), np.array([0, len(data) - 2]))


def test_the_middle_of_a_long_line_is_left_out():
    text = page(VIETNAMESE, 1, 2000).encode()
    ends = ends_of(text.decode())
    read = ends.lines.data[: ends.offsets[1]].tobytes()
    assert len(read) < 1400 < len(text)
    assert len(ends.lines) == 1
    first = np.array([0])
    for word, find in (("Chép", bytes.rindex), ("Đã", bytes.index)):
        place = find(read, word.encode())
        there = int(ends.original(first, np.array([place]))[0])
        assert there == find(text, word.encode())


def test_marks_in_the_middle_alone_are_seen():
    plain = page(SCRIPTS["unmarked"], 1, 400, glued=False)
    assert not ends_of(f"{plain} Đồng Tháp {plain}").left_out.any()
    assert ends_of(f"{plain} {plain}").left_out.all()
