import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.model import Document, Match, Relation
from syndicate.origin import outlet_reports, trace

BODY = "Sáng thứ Hai, thành phố khánh thành cây cầu mới bắc qua sông Lam sau bốn năm thi công."


def page(name, text=BODY, **fields):
    return Document(id=name, text=text, **fields)


def match(a, b, relation=Relation.REPRINT, in_a=0.9, in_b=0.9):
    return Match(a, b, relation, 0.9, in_a, in_b, 50)


def traced(*pages, matches=None):
    documents = {document.id: document for document in pages}
    names = sorted(documents)
    pairs = [match(a, b) for a in names for b in names if a < b]
    return trace(documents, matches or pairs)


def edges(copies):
    return [(copy.source, copy.copy) for copy in copies]


def test_without_evidence_we_do_not_know():
    assert traced(page("a"), page("b")) == ()


@pytest.mark.parametrize(
    "text",
    [
        f"(Dân trí) - {BODY}",
        f"{BODY}\nNguồn: Dân trí",
        f"{BODY}\nTheo Dân trí",
        f"{BODY}\nNguồn: https://dantri.com.vn/cau.htm",
        f"{BODY} Ông An trao đổi với phóng viên Dân trí.",
    ],
)
def test_another_outlets_trace_in_a_text_makes_it_the_copy(text):
    original = page("a", source="Dân trí", url="https://dantri.com.vn/cau.htm")
    (copy,) = traced(original, page("b", text, source="Tin Tỉnh"))
    assert (copy.source, copy.copy, copy.virtual) == ("a", "b", False)
    assert copy.confidence > 0.9
    assert copy.evidence


def test_ones_own_dateline_says_nothing():
    own = page("a", f"(Dân trí) - {BODY}", source="Dân trí")
    assert traced(own, page("b", source="Tin Tỉnh")) == ()


def test_a_source_is_known_by_its_url():
    original = page("a", url="https://tin-tinh.example/1")
    (copy,) = traced(original, page("b", f"{BODY}\nNguồn: tin-tinh.example"))
    assert edges([copy]) == [("a", "b")]


def test_a_mention_is_no_credit():
    other = page("b", f"{BODY} VnExpress cũng từng đưa tin về cây cầu.", source="Tin Tỉnh")
    assert traced(page("a", source="VnExpress"), other) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2024-05-01T08:00:00+07:00", "2024-05-01T02:30:00+00:00"),
        ("2024-05-01", "2024-05-02T18:00:00Z"),
        ("2024-05-01T08:00", "2024-05-01T09:00"),
    ],
)
def test_an_earlier_time_is_weak_evidence(first, second):
    (copy,) = traced(page("b", published=first), page("a", published=second))
    assert edges([copy]) == [("b", "a")]
    assert 0.6 < copy.confidence < 0.9


@pytest.mark.parametrize(
    "times",
    [
        ("2024-05-01T08:00Z",) * 2,
        ("2024-05-01", None),
        ("soon", "late"),
        ("2024-05-01", "2024-05-01T10:00:00Z"),
        ("2024-05-01", "2024-05-02T00:00:00Z"),
        ("2024-05-01T20:00:00Z", "2024-05-02"),
    ],
)
def test_equal_missing_broken_and_vague_times_say_nothing(times):
    assert traced(*(page(name, published=t) for name, t in zip("ab", times, strict=True))) == ()


def test_a_credit_outweighs_a_time_that_lies():
    early_copy = page("a", f"{BODY}\nNguồn: Dân trí", source="Tin Tỉnh", published="2024-05-01")
    original = page("b", source="Dân trí", published="2024-05-03")
    assert edges(traced(early_copy, original)) == [("b", "a")]


def test_an_absent_agency_is_a_virtual_source():
    copies = traced(
        page("a", f"{BODY} (TTXVN)", source="Tin Tỉnh"),
        page("b", f"{BODY}\nTheo TTXVN", source="Báo Bờ Nam"),
    )
    assert [(copy.source, copy.copy, copy.virtual) for copy in copies] == [
        ("TTXVN", "a", True),
        ("TTXVN", "b", True),
    ]


def test_a_present_agency_is_no_virtual_source():
    copies = traced(page("a", source="TTXVN"), page("b", f"{BODY} (TTXVN)", source="Tin Tỉnh"))
    assert [(copy.source, copy.copy, copy.virtual) for copy in copies] == [("a", "b", False)]


def test_a_hint_in_the_html_names_the_original():
    copy = page("a", url="https://one.example/x", original="https://two.example/y/")
    assert edges(traced(copy, page("b", url="https://two.example/y"))) == [("b", "a")]


@pytest.mark.parametrize("relation", [Relation.OVERLAP, Relation.TEMPLATE, Relation.UPDATE])
def test_overlaps_forms_and_updates_are_no_copies(relation):
    pages = page("a", published="2024-05-01"), page("b", published="2024-05-02")
    assert traced(*pages, matches=[match("a", "b", relation)]) == ()


def test_a_roundup_is_the_copy_of_what_it_holds():
    pages = [page(name) for name in "abcd"]
    held = [match(name, "d", Relation.ROUNDUP, 1.0, 0.3) for name in "abc"]
    assert edges(traced(*pages, matches=held)) == [("a", "d")]


def test_a_chain_of_credits_is_followed():
    copies = traced(
        page("a", source="Dân trí", published="2024-05-01"),
        page("b", f"{BODY}\nTheo Dân trí", source="Infonet", published="2024-05-02"),
        page("c", f"{BODY}\nTheo Infonet", source="Soha", published="2024-05-03"),
    )
    assert edges(copies) == [("a", "b"), ("b", "c")]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_edges_never_close_a_circle_and_order_does_not_matter(seed):
    draw = random.Random(seed)
    outlets = ["Dân trí", "Infonet", "Soha", "VnExpress", "Zing"]
    pages = [
        page(
            f"p{n}",
            f"{BODY}\nTheo {draw.choice(outlets)}" if draw.random() < 0.7 else BODY,
            source=draw.choice(outlets),
            published=draw.choice([None, f"2024-05-0{draw.randrange(1, 9)}"]),
        )
        for n in range(7)
    ]
    copies = traced(*pages)
    source = {copy.copy: copy.source for copy in copies if not copy.virtual}
    assert len({copy.copy for copy in copies}) == len(copies)
    for start in source:
        seen, at = set(), start
        while at in source:
            assert at not in seen
            seen.add(at)
            at = source[at]
    draw.shuffle(pages)
    assert traced(*pages) == copies


def test_outlets_are_counted():
    pages = [
        page("a", source="Dân trí", published="2024-05-01"),
        page("b", f"{BODY}\nTheo Dân trí", source="Soha", published="2024-05-02"),
        page("c", source="Soha", published="2024-05-03"),
    ]
    copies = traced(*pages)
    reports = {one.outlet: one for one in outlet_reports({p.id: p for p in pages}, copies)}
    assert (reports["Dân trí"].originals, reports["Dân trí"].copies) == (1, 0)
    soha = reports["Soha"]
    assert (soha.documents, soha.copies, soha.credited, soha.uncredited) == (2, 2, 1, 1)
