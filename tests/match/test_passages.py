import re
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from tests.match.stories import BRIDGE, FLOOD, SCHOOL

from syndicate.config import Config
from syndicate.model import Document, Relation
from syndicate.pipeline.compare import compare, examine, explain

PLAIN = Config(strip="none")


def words(text):
    """Folded words, the plain way; enough for these stories."""
    flat = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", flat)


def check(a, b, match):
    """Passages are equal up to the edits they list, sorted, and overlap in neither text."""
    assert [p.a_start for p in match.passages] == sorted(p.a_start for p in match.passages)
    for start, end in (("a_start", "a_end"), ("b_start", "b_end")):
        spans = sorted((getattr(p, start), getattr(p, end)) for p in match.passages)
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
    for passage in match.passages:
        one = words(a[passage.a_start : passage.a_end])
        two = words(b[passage.b_start : passage.b_end])
        assert Levenshtein.distance(one, two) <= passage.edits <= len(one) + len(two)
        assert passage.words <= min(len(one), len(two))


def test_a_text_is_one_passage_of_itself():
    match = compare(BRIDGE, BRIDGE)
    (passage,) = match.passages
    assert (passage.a_start, passage.a_end) == (0, len(BRIDGE) - 1)  # the full stop aside
    assert passage.edits == 0
    assert match.relation is Relation.EXACT


def test_passages_go_over_small_edits():
    copy = BRIDGE.replace("hàng nghìn", "rất nhiều")
    (passage,) = compare(BRIDGE, copy).passages
    assert passage.edits == 2
    check(BRIDGE, copy, compare(BRIDGE, copy))


def test_passages_of_moved_parts_are_sorted_by_the_first_text():
    lines = BRIDGE.split("\n")
    moved = "\n".join(lines[4:] + lines[:4])
    match = compare(BRIDGE, moved)
    assert len(match.passages) == 2
    check(BRIDGE, moved, match)


def test_every_word_of_a_copy_amid_other_text_is_covered():
    page = f"{FLOOD}\n{BRIDGE}\n{SCHOOL}"
    comparison = examine(BRIDGE, page, config=PLAIN)
    shared = sum(passage.words for passage in comparison.match.passages)
    assert shared == len(words(BRIDGE))
    kinds = [piece.kind for piece in comparison.anatomy.b]
    assert kinds == ["new", "shared", "new"]


def test_what_stripping_took_out_keeps_its_kind():
    page = f"(Bản tin) - {BRIDGE}\nNguồn: Bản tin Miền Đông\n"
    comparison = examine(BRIDGE, page)
    names = {piece.kind for piece in comparison.anatomy.b}
    assert "shared" in names
    assert names - {"shared", "edited", "new"}, "nothing was labelled as taken out"
    check(BRIDGE, page, comparison.match)


def test_decomposed_text_has_its_own_offsets():
    copy = unicodedata.normalize("NFD", BRIDGE)
    (passage,) = compare(BRIDGE, copy, config=PLAIN).passages
    assert passage.b_end == len(copy) - 1


def test_texts_without_a_word_in_common_have_no_passage():
    match = compare("một hai ba bốn năm sáu", "seven eight nine ten eleven")
    assert match.passages == ()
    assert match.shared == 0


def test_empty_and_hostile_texts_compare():
    for text in ("", "\ud800", "\x00" * 10, "- " * 1000, "漢字" * 50, "a" * 5000):
        compare(text, BRIDGE)
        compare(text, text)


def test_texts_without_words_share_nothing():
    """As `dedupe` has it, which finds no pair of them."""
    for one, two in (("!!!", "!!!"), ("!!!", "???"), ("", "…"), ("", ""), ("!", BRIDGE)):
        match = compare(one, two)
        assert (match.relation, match.shared, match.jaccard) == (Relation.OVERLAP, 0, 0)


def test_a_long_text_is_compared_in_linear_time():
    text = " ".join(f"từ{n % 9973}" for n in range(200_000))
    start = time.perf_counter()
    match = compare(text, text.replace("từ77 ", "khác "), config=PLAIN)
    assert time.perf_counter() - start < 30  # quadratic work would take an hour
    assert match.containment > 0.9


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(BRIDGE.split() + FLOOD.split()), max_size=80),
    st.lists(st.sampled_from(BRIDGE.split()), max_size=80),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_passages_hold_what_they_promise(a, b, start, length):
    piece = BRIDGE.split()[start : start + length]
    one, two = " ".join(a + piece + b), " ".join(b + piece + a)
    check(one, two, compare(one, two, config=PLAIN))


class TestExplain:
    def test_tiers_and_flips_of_a_copy(self):
        found = explain(BRIDGE, BRIDGE + " " + FLOOD.split("\n")[0], config=PLAIN)
        assert [tier.name for tier in found.tiers] == ["bands", "samples"]
        assert all(0 <= tier.chance <= 1 for tier in found.tiers)
        assert found.tiers[0].finds
        assert found.reported
        above = next(flip for flip in found.flips if flip.setting.startswith("threshold"))
        limit = float(above.setting.split()[-1])
        assert 0.5 < limit < 1

    def test_strangers_are_found_by_neither_tier(self):
        found = explain(FLOOD, SCHOOL, config=PLAIN)
        assert not any(tier.finds for tier in found.tiers)
        assert found.comparison.match.relation is Relation.OVERLAP
        assert not found.reported

    def test_documents_keep_their_ids_and_times(self):
        early = Document(id="x", text=BRIDGE, source="Tin Tỉnh", published="2024-01-01")
        late = Document(
            id="x",
            text=BRIDGE + "\n" + SCHOOL.split("\n")[0],
            source="Tin Tỉnh",
            published="2024-01-02",
        )
        match = compare(early, late)
        assert (match.a, match.b) == ("x", "x")
        assert match.relation is Relation.UPDATE


def test_the_summary_counts_what_else_there_is():
    extra = "\n".join(
        [
            "Toàn cảnh cây cầu nhìn từ bờ nam. Ảnh: Minh Khôi",
            BRIDGE,
            "Bà con hai bên bờ sông đi bộ qua cầu trong buổi sáng đầu tiên. Ảnh: Hoài An",
            SCHOOL.split("\n")[2],
        ]
    )
    summary = examine(BRIDGE, extra).summary
    assert summary.startswith("100% ")
    assert ", 2 captions" in summary
    assert ", 1 new passage" in summary


def test_texts_of_three_words_are_shared_where_they_are_the_same():
    found = examine("Hello world today", "Hello, world! Today.", config=PLAIN)
    assert found.summary == "100% exact"
    assert [piece.kind for piece in found.anatomy.b] == ["shared"]


@pytest.mark.parametrize("other", [SCHOOL, "Goodbye moon now", "…"])
def test_the_summary_says_when_nothing_is_shared(other):
    found = examine(FLOOD, other, config=PLAIN)
    assert (found.summary, found.match.relation) == ("nothing shared", Relation.OVERLAP)
