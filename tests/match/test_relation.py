import numpy as np
import pytest
from tests.match.deciding import decided
from tests.match.pairs import meaning_of, table_of
from tests.match.stories import BRIDGE, FLOOD, LAW, SCHOOL, gold, lottery

from syndicate.kernels import relate as kernels
from syndicate.kernels._jit import _interpreted
from syndicate.match.align import EvidenceTable
from syndicate.match.relation import (
    LIMITS,
    RELATIONS,
    ROUNDUP,
    RULES,
    Context,
    relate,
    scores,
    tells,
)
from syndicate.match.roundup import roundups
from syndicate.match.verify import Overlap
from syndicate.model import Relation

LINES = BRIDGE.split("\n")
OWN = "Bạn đọc của chúng tôi gửi ảnh chụp từ sáng sớm khi sương còn phủ kín mặt sông."
FIRST = ["73-3", "482915", "07731", "66150", "29804", "11873", "90412", "38855", "14", "2,3 tỷ"]
SECOND = ["19-5", "205586", "91846", "30027", "75519", "62234", "48860", "10097", "31", "5,8 tỷ"]


def relation_of(a, b, **known):
    return RELATIONS[meaning_of(a, b, **known)[0]]


def test_the_same_words_are_exact():
    assert relation_of(BRIDGE, BRIDGE, same_text=True) is Relation.EXACT


@pytest.mark.parametrize(
    "copy",
    [
        "(Bản tin) - " + BRIDGE + "\n" + OWN,
        BRIDGE.replace("hàng nghìn", "rất nhiều").replace("hàng trăm", "đông đảo"),
        "\n".join([OWN, *LINES[:4], OWN.upper(), *LINES[4:]]),
        "\n".join(LINES[4:] + LINES[:4]),
        "\n".join(LINES[1:]),
    ],
    ids=["lead-in and note", "words changed", "own lines between", "halves swapped", "lead cut"],
)
def test_most_of_both_texts_is_a_reprint(copy):
    assert relation_of(BRIDGE, copy) is Relation.REPRINT
    assert relation_of(copy, BRIDGE) is Relation.REPRINT


def test_words_changed_in_place_all_over_leave_a_reprint():
    words = BRIDGE.split()
    changed = " ".join("khác" if at % 8 == 3 else word for at, word in enumerate(words))
    assert meaning_of(BRIDGE, changed)[2].share_short < 0.9
    assert relation_of(BRIDGE, changed) is Relation.REPRINT


def test_a_common_beginning_before_something_else_is_an_excerpt():
    head, other = "\n".join(LINES[:3]), "\n".join([SCHOOL, FLOOD])
    rest = "\n".join(other.split("\n")[:5])
    for copy in (head + "\n" + rest, "(Bản tin) - " + head + "\n" + rest):
        _, rule, found = meaning_of(BRIDGE, copy)
        assert found.share_short < 0.5
        assert RULES[rule].relation is Relation.EXCERPT
        assert "both begin with the same text" in found.reason(rule)
    assert relation_of(BRIDGE, OWN * 3 + "\n" + head + "\n" + rest) is Relation.OVERLAP


def test_the_head_of_a_text_is_an_excerpt():
    assert relation_of("\n".join(LINES[:3]), BRIDGE) is Relation.EXCERPT
    assert relation_of(BRIDGE, "\n".join(LINES[:3])) is Relation.EXCERPT


def test_lines_taken_here_and_there_are_an_excerpt():
    assert relation_of(BRIDGE, "\n".join([LINES[1], LINES[3], LINES[6]])) is Relation.EXCERPT


def test_a_page_that_holds_a_story_amid_others_is_an_embedding():
    page = "\n".join([FLOOD, SCHOOL, LAW, BRIDGE])
    assert relation_of(BRIDGE, page) is Relation.EMBEDDING


def test_a_story_amid_own_sentences_is_embedded_whole_or_in_a_page_much_longer():
    part = "\n".join([SCHOOL.split("\n")[0], *LINES[1:5]])
    shared = "\n".join(LINES[1:5])
    article = "\n".join([FLOOD, shared])
    page = "\n".join([FLOOD, shared, SCHOOL, LAW])
    assert relation_of(shared, article) is Relation.EMBEDDING
    assert meaning_of(part, article)[2].span_short < 0.9
    assert relation_of(part, article) is Relation.EXCERPT
    assert relation_of(part, page) is Relation.EMBEDDING


def test_a_name_that_stands_elsewhere_does_not_tell_where_a_story_lies():
    office = "the Office for Roads and Waterways"
    story = "\n".join([OWN, *LINES[1:5], f"So said {office}."])
    page = "\n".join([f"For long {office} kept quiet.", FLOOD, *LINES[1:5], SCHOOL, LAW])
    _, rule, found = meaning_of(story, page)
    assert found.passages == 2
    assert min(found.first_b, found.bulk_b) >= len(FLOOD.split())
    assert RULES[rule].relation is Relation.EMBEDDING


def test_three_fifths_of_a_text_in_many_pieces_are_an_excerpt():
    words, own = BRIDGE.split(), FLOOD.split()
    pieces = [words[12 * n : 12 * n + 12] for n in range(8)]
    short = [word for n, some in enumerate(pieces) for word in [*some, *own[6 * n : 6 * n + 6]]]
    other = (SCHOOL + " " + LAW).split() * 3
    long = [
        word for n, some in enumerate(pieces) for word in [*some, *other[34 * n : 34 * n + 34]]
    ]
    found = meaning_of(" ".join(short), " ".join(long))[2]
    assert 0.6 <= found.share_short < 0.7
    assert found.share_long < 0.4
    assert relation_of(" ".join(short), " ".join(long)) is Relation.EXCERPT


def test_a_heading_and_a_line_of_furniture_are_no_page_around_a_story():
    bare = " ".join(LINES[1].split()[:18])
    furniture = " ".join([*bare.split()[:26], "Bảng xếp hạng cập nhật sau mỗi vòng đấu"])
    assert relation_of(furniture, "\n".join([FLOOD, bare, SCHOOL])) is Relation.OVERLAP


def test_two_facts_in_two_places_make_no_form_of_a_text_with_few():
    words = (BRIDGE + " " + FLOOD).split()
    one, two = (
        " ".join([*words[:30], f"{n}", *words[30:60], f"{n + 1}", *words[60:90], own])
        for n, own in ((41, SCHOOL), (58, LAW))
    )
    found = meaning_of(one, two)[2]
    assert (found.slots, found.facts_changed) == (2, 2)
    assert relation_of(one, two) is not Relation.TEMPLATE


def test_the_next_fire_told_in_the_same_phrases_is_no_reprint():
    """Long runs, with as many own words between them as in the other text."""
    words = BRIDGE.split()
    one, two = (
        " ".join(
            word
            for n in range(5)
            for word in [*words[15 * n : 15 * n + 15], *own[22 * n : 22 * n + 22]]
        )
        for own in ((FLOOD + " " + LAW).split(), (SCHOOL + " " + FLOOD).split()[::-1])
    )
    found = meaning_of(one, two)[2]
    assert found.spanned_a == found.spanned_b > 0.7 * found.tokens_a
    assert relation_of(one, two) is Relation.OVERLAP


def test_times_tell_excerpt_from_embedding():
    page = "\n".join([FLOOD, BRIDGE, SCHOOL, LAW])
    assert relation_of(BRIDGE, page, later=np.int8(1)) is Relation.EMBEDDING
    assert relation_of(BRIDGE, page, later=np.int8(-1)) is Relation.EXCERPT
    assert relation_of(page, BRIDGE, later=np.int8(1)) is Relation.EXCERPT


def test_a_later_version_of_one_site_is_an_update():
    later = BRIDGE + "\n" + OWN
    assert relation_of(BRIDGE, later, same_site=True, later=np.int8(1)) is Relation.UPDATE
    assert relation_of(BRIDGE, later, same_url=True) is Relation.UPDATE
    assert relation_of(BRIDGE, later, same_site=True) is Relation.REPRINT


def test_half_a_text_in_the_same_paper_is_no_update():
    half = "\n".join([*LINES[:3], *SCHOOL.split("\n")[:4]])
    later = "\n".join([*LINES[:3], FLOOD, LAW])
    assert relation_of(half, later, same_site=True, later=np.int8(1)) is not Relation.UPDATE


def test_an_excerpt_in_the_same_paper_is_no_update():
    brief = "\n".join(LINES[:3])
    assert relation_of(BRIDGE, brief, same_site=True, later=np.int8(1)) is Relation.EXCERPT


def test_lottery_results_of_two_days_are_one_form():
    assert relation_of(lottery(FIRST[0], FIRST[1:]), lottery(SECOND[0], SECOND[1:])) is (
        Relation.TEMPLATE
    )


def test_gold_prices_of_two_days_are_one_form():
    monday = gold(
        "4/6", ["36,42 triệu", "36,61 triệu", "34,9", "1.279", "1.266", "900.000"], "tăng"
    )
    friday = gold(
        "8/6", ["36,18 triệu", "36,35 triệu", "34,2", "1.251", "1.263", "1,1 triệu"], "giảm"
    )
    assert relation_of(monday, friday) is Relation.TEMPLATE


def test_two_prints_of_one_lottery_report_are_a_reprint():
    report = lottery(FIRST[0], FIRST[1:])
    assert relation_of(report, "(Bản tin) - " + report + " Minh An") is Relation.REPRINT
    assert relation_of(report, report.replace("tùy thân", "tuỳ thân, ảnh thẻ")) is Relation.REPRINT


def test_exam_keys_that_differ_in_nothing_but_answers_are_one_form():
    questions = " ".join(f"câu {n} chọn phương án {'ABCD'[n % 4]}" for n in range(1, 30))
    others = " ".join(f"câu {n} chọn phương án {'ABCD'[n * n % 4]}" for n in range(1, 30))
    assert relation_of(questions, others) is Relation.TEMPLATE


def key(answers):
    listed = " ".join(f"{n}.{answer}" for n, answer in enumerate(answers, 1))
    return (
        f"{LAW} Thí sinh đối chiếu với bảng sau: {listed}. Hội đồng thi công bố sau khi chấm xong."
    )


def test_the_key_of_another_exam_is_one_form_though_its_letters_are_the_same():
    answers = [("ABCD" * 3 + "DCBA" * 3 + "BDAC" * 4)[n % 40] for n in range(50)]
    others = [("BADC" * 4 + "CDAB" * 3 + "ACBD" * 3)[n % 40] for n in range(50)]
    _, rule, found = meaning_of(key(answers), key(others))
    assert found.slots >= 25
    assert RULES[rule].relation is Relation.TEMPLATE
    assert relation_of(key(answers), "(Bản tin) - " + key(answers)) is Relation.REPRINT


def test_crumbs_that_lie_all_over_a_short_text_are_an_overlap():
    told, own = BRIDGE.split(), iter((FLOOD + " " + SCHOOL + " " + LAW).split() * 3)
    crumbs = [told[6 * n : 6 * n + 6] for n in range(12)]
    one = " ".join(" ".join([*crumb, *(next(own) for _ in range(5))]) for crumb in crumbs)
    two = " ".join(" ".join([*crumb, *(next(own) for _ in range(9))]) for crumb in crumbs)
    two += " " + " ".join(next(own) for _ in range(120))
    _, _, found = meaning_of(one, two)
    assert found.share_short >= 0.5
    assert found.span_short >= 0.7
    assert relation_of(one, two) is Relation.OVERLAP


def test_one_quoted_law_is_an_overlap():
    one = FLOOD + "\n" + LAW
    two = SCHOOL + "\n" + LAW
    assert relation_of(one, two) is Relation.OVERLAP


def test_a_closing_background_is_an_overlap_even_if_it_is_half_of_a_text():
    background = "\n".join(LINES[4:])
    one = "\n".join([*FLOOD.split("\n")[:4], background])
    two = "\n".join([SCHOOL, FLOOD.split("\n")[4], LAW, background])
    code, rule, evidence = meaning_of(one, two)
    assert evidence.share_short >= 0.5
    assert RELATIONS[code] is Relation.OVERLAP
    assert "background" in evidence.reason(rule)


def test_a_stock_phrase_at_the_head_does_not_hide_that_it_is_background():
    background = "\n".join(LINES[4:])
    phrase = "Theo thông tin từ cơ quan chức năng địa phương"
    one = "\n".join([phrase, *FLOOD.split("\n")[:4], background])
    two = "\n".join([phrase, SCHOOL, FLOOD.split("\n")[4], LAW, background])
    assert relation_of(one, two) is Relation.OVERLAP


def test_police_text_between_own_sentences_is_a_reprint():
    police = LINES[:5]
    one = "\n".join([OWN, police[0], police[1], SCHOOL.split("\n")[0], *police[2:]])
    two = "\n".join(
        [police[0], LAW.split("\n")[0], police[1], police[2], FLOOD.split("\n")[0], *police[3:]]
    )
    assert relation_of(one, two) is Relation.REPRINT


def test_two_texts_of_one_source_with_own_sentences_are_a_reprint_whichever_is_longer():
    told = " ".join(LINES[:6]).split()
    edited = " ".join("khác" if at % 14 == 9 else word for at, word in enumerate(told))
    one = " ".join([*told, *SCHOOL.split()[:40]])
    two = " ".join([LAW.split("\n")[0], edited, *FLOOD.split()[:50]])
    _, _, found = meaning_of(one, two)
    assert found.span_short >= 0.7
    assert 0.5 <= found.share_short < 0.75
    assert found.share_long >= 0.4
    assert relation_of(one, two) is Relation.REPRINT
    assert relation_of(two, one) is Relation.REPRINT


def test_formulas_with_one_other_fact_are_no_form():
    places, own = BRIDGE.split(), iter((FLOOD + LAW + SCHOOL).split())
    formulas = [
        f"bị can {n} ở số {n + 60} {' '.join(places[5 * n : 5 * n + 5])}" for n in range(10)
    ]

    def text(formulas, order):
        return " ".join(f"{formulas[n]} {' '.join(next(own) for _ in range(7))}" for n in order)

    one = text(formulas, range(10))
    other = [*formulas[:-1], formulas[-1].replace("số 69", "số 37")]
    two = text(other, (3, 1, 4, 9, 0, 5, 2, 6, 8, 7))
    _, _, found = meaning_of(one, two)
    assert found.passages >= 8
    assert found.moved >= 3
    assert found.facts_shared >= 8
    assert found.slots == 1
    assert relation_of(one, two) is Relation.REPRINT


def test_facts_exchanged_in_less_than_a_fifth_of_both_texts_are_no_form():
    line = (
        "tỷ giá trung tâm sáng nay là {} đồng mỗi đô la, cao hơn {} đồng, "
        "giá bán ra tại ngân hàng là {} đồng mỗi đô la Mỹ."
    )
    one = "\n".join([line.format("23.115", "5", "23.410"), FLOOD, SCHOOL])
    two = "\n".join([line.format("22.980", "7", "22.673"), BRIDGE, LAW])
    _, _, found = meaning_of(one, two)
    assert found.slots >= 3
    assert found.share_short < 0.2
    assert relation_of(one, two) is Relation.OVERLAP


def test_no_more_than_all_of_a_text_is_spanned():
    words, others = BRIDGE.split(), FLOOD.split()
    one = " ".join(words[:26])
    two = " ".join([*words[:10], *others[:6], *words[16:26], *others[6:10], *words[10:16]])
    found = meaning_of(one, two)[2]
    assert found.moved == 1
    assert found.spanned_a == found.tokens_a


def bulletin(figures, told, own=13):
    """Nine formulas of seven words, each before words and figures of its own."""
    fixed, free = BRIDGE.split(), iter(told.split() * 2)
    return " ".join(
        " ".join([*fixed[7 * n : 7 * n + 7], *(next(free) for _ in range(own)), *some])
        for n, some in enumerate(figures)
    )


def test_short_formulas_between_other_figures_are_one_form():
    monday = bulletin([(f"{n}4-{n}9", f"{n + 60}") for n in range(1, 10)], FLOOD)
    friday = bulletin([(f"{n}2-{n}7", f"{n + 30}") for n in range(1, 10)], SCHOOL, 17)
    _, rule, found = meaning_of(monday, friday)
    assert found.slots == 0
    assert RULES[rule].relation is Relation.TEMPLATE
    assert "full of numbers, few of them the same: 3 of 30" in found.reason(rule)
    assert relation_of(monday, "(Bản tin) - " + monday + " Minh An") is Relation.REPRINT


def test_short_formulas_without_figures_are_no_form():
    plain = [("và", "nay")] * 9
    assert relation_of(bulletin(plain, FLOOD), bulletin(plain, SCHOOL, 17)) is Relation.OVERLAP


def test_a_few_figures_seen_to_be_exchanged_among_many_others_make_a_form():
    first, second = "\n".join(LINES[:3]), "\n".join(LINES[3:6])
    for word in ("khánh", "nối", "rút", "phải", "Chủ", "hộ"):
        second, first = second.replace(word, "đã " + word), first.replace(word, "đã " + word)
    told = "{} hôm ấy là {} và {}; {} ba phiên trước là {} và {} đồng mỗi lượng chiều mua."
    one = told.format("\n".join(LINES[:3]), 41, 52, "\n".join(LINES[3:6]), 63, 74)
    two = told.format(first, 48, 59, second, 67, 78)
    figures = [" ".join(f"{n}{n + k} điểm" for n in range(20, 44)) for k in (3, 6)]
    _, rule, found = meaning_of(f"{one}\n{figures[0]}\n{FLOOD}", f"{two}\n{SCHOOL}\n{figures[1]}")
    assert 2 * found.slots < found.edits
    assert "full of numbers" in found.reason(rule)


def test_a_bulletin_in_pieces_shares_words_but_not_their_figures():
    """Ten sentences of 20 words and four figures, in another order and with other figures."""
    words, own = (BRIDGE + " " + FLOOD).split(), SCHOOL.split()
    monday, friday = (
        [
            " ".join([*words[20 * n : 20 * n + 20], *(f"{n}{k}{day}" for k in range(4)), own[n]])
            for n in range(10)
        ]
        for day in (3, 6)
    )
    order = [4, 0, 8, 2, 6, 9, 5, 1, 7, 3]
    _, rule, found = meaning_of(" ".join(monday), " ".join(friday[n] for n in order))
    assert (found.passages, found.slots) == (10, 0)
    assert "full of numbers, few of them the same: 3 of 43" in found.reason(rule)
    again = " ".join(monday[n] for n in order)
    assert relation_of(" ".join(monday), again) is Relation.REPRINT


def test_a_quoted_paragraph_is_an_overlap():
    host = FLOOD.split("\n")
    assert relation_of(BRIDGE, "\n".join([*host[:2], LINES[2], *host[2:]])) is Relation.OVERLAP


def test_scores_are_jaccard_of_the_whole_and_containment_of_a_part():
    sizes = Overlap(*np.array([[60, 60, 10], [100, 100, 100], [80, 80, 100]], np.int32))
    rules = [rule.relation for rule in RULES]
    places = [rules.index(r) for r in (Relation.REPRINT, Relation.EXCERPT, Relation.OVERLAP)]
    made = scores(np.array(places, np.uint8), sizes)
    assert made == pytest.approx([60 / 120, 60 / 80, 10 / 100])


def test_a_few_words_in_common_are_not_told():
    table = table_of(BRIDGE, BRIDGE, "\n".join(LINES[:3]), FLOOD)
    overlap = next(n for n, rule in enumerate(RULES) if rule.relation is Relation.OVERLAP)
    assert tells(np.full(3, overlap), table).tolist() == [True, True, False]
    assert tells(np.zeros(3, np.uint8), table).all()


class TestRoundups:
    def test_three_stories_at_three_places(self):
        found = roundups(
            np.array([7, 7, 7, 8]),
            np.array([0, 100, 250, 0]),
            np.array([100, 250, 300, 100]),
            np.array([1.0, 0.9, 0.85, 1.0]),
        )
        assert found.tolist() == [True, True, True, False]

    def test_copies_of_one_story_lie_at_one_place(self):
        place = np.array([10, 12, 10]), np.array([110, 110, 105])
        assert not roundups(np.array([7, 7, 7]), *place, np.ones(3)).any()

    def test_a_brief_inside_a_story_has_no_place_of_its_own(self):
        places = np.array([20, 10]), np.array([160, 760])
        assert not roundups(np.array([7, 7]), *places, np.ones(2)).any()

    def test_parts_of_stories_do_not_count(self):
        places = np.array([0, 100]), np.array([100, 200])
        assert not roundups(np.array([7, 7]), *places, np.array([1.0, 0.5])).any()

    def test_nothing_is_no_roundup(self):
        none = np.empty(0, np.int64)
        assert roundups(none, none, none, np.empty(0)).tolist() == []


def _tables(rng):
    """Evidence as texts give it, so far as the rules can tell."""
    pairs = 60_000
    made = {name: rng.integers(0, 30, pairs) for name in EvidenceTable._fields}
    a, b = (rng.integers(0, np.where(rng.random(pairs) < 0.5, 8, 400)) for _ in "ab")
    shared = (np.minimum(a, b) * rng.random(pairs) ** 0.5).astype(int)
    made |= {"tokens_a": a, "tokens_b": b, "shared": shared}
    made["runs"], made["moved"] = rng.integers(0, 20, pairs), rng.integers(0, 6, pairs)
    made["longest"] = (shared * rng.random(pairs)).astype(int)
    made["spanned_a"] = np.minimum(a, shared + rng.integers(0, 60, pairs))
    near = made["spanned_a"] + rng.integers(-2, 3, pairs)
    far = shared + rng.integers(0, 60, pairs)
    made["spanned_b"] = np.minimum(b, np.where(rng.random(pairs) < 0.5, near, far))
    for side in "ab":
        made[f"first_{side}"] = (100 * rng.random(pairs) ** 3).astype(int)
        made[f"last_{side}"] = made[f"first_{side}"] + shared + rng.integers(0, 50, pairs)
        made[f"bulk_{side}"] = made[f"first_{side}"] + rng.integers(0, 100, pairs)
    for name, most in {"edits": 8, "slots": 6, "facts_changed": 9}.items():
        made[name] = rng.integers(0, most, pairs)
    known = Context(
        rng.random(pairs) < 0.02,
        rng.random(pairs) < 0.3,
        rng.random(pairs) < 0.1,
        rng.integers(-1, 2, pairs).astype(np.int8),
    )
    table = EvidenceTable(*(made[name].astype(np.int64) for name in EvidenceTable._fields))
    return table, known


def test_the_rules_agree_with_those_written_array_by_array():
    table, known = _tables(np.random.default_rng(3))
    expected = decided(table, known)
    assert set(expected.tolist()) == set(range(ROUNDUP))
    np.testing.assert_array_equal(relate(table, known)[1], expected)


def test_rules_not_yet_compiled_decide_the_same():
    given = _tables(np.random.default_rng(4))
    table, known = (type(columns)(*(part[:500] for part in columns)) for columns in given)
    plain = _interpreted(kernels.relate)
    out = np.empty(500, np.uint8)
    plain(np.stack(table), *known, LIMITS, out)
    np.testing.assert_array_equal(out, decided(table, known))
