"""Describing and judging by compiled kernels and by the same code as plain Python."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import ADVERT, BODY, SITE, TITLE, batch

from syndicate.boilerplate import SiteTemplates, edges, features, intext, markers, rules
from syndicate.boilerplate import lines as readers
from syndicate.boilerplate import templates as sites
from syndicate.kernels import _jit, glued, lines, onepage, settle, signs
from syndicate.kernels import credits as credit_kernels
from syndicate.kernels import judge as kernels
from syndicate.kernels import markers as table

SIGNS = [
    "Tin liên quan", "Chia sẻ", "Nguồn: TTXVN", "Trần Bình", "12/03/2024 10:30", ADVERT,
    TITLE, TITLE + " - 1", TITLE + " ảnh 2", ">> " + BODY[2], BODY[0], BODY[1][:-1] + "...",
    "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh).", "https://example.org/a",
    "Bản quyền thuộc báo", "Ông Trần Văn Bình (trái) trên đồng.", "Quang cảnh đồng lúa.",
    "Chủ tịch Trần Văn Bình.", "(Dân trí) - " + BODY[2], BODY[3] + "./.",
    "Bà Lê Thị Lúa tại ruộng nhà.", "Bị bắt tại cơ quan điều tra.",
    "• " + BODY[2], "• Giá lúa tăng!", "gat(lua);", "dem(bong, () => {", "}",
    " ".join(BODY[:4]) + " (Ảnh: Minh Anh) Ảnh: TTXVN " + " ".join(BODY),
]  # fmt: skip
HEADING, DATE = "Giá lúa tại đồng bằng tăng trong tuần qua", "12/03/2024 10:30"
TEASERS = "\n".join(f"{HEADING} thứ {n}\n{n} {BODY[n][:-1]}..." for n in range(1, 4))
DATES = "\n".join([DATE, HEADING] * 3)
MENU = "\n".join(
    f"mục {name}" for name in ["mây", "gió", "sông", "biển", "đồi", "rừng", "suối", "ao", "hồ"]
)
PATIENTS = [
    (lines, "READ_LINES"), (kernels, "PATIENT"), (signs, "DESCRIBE"), (settle, "MARK"),
    (settle, "COLLECT"), (credit_kernels, "CREDIT_SIGNS"), (glued, "TAKE_ENDS"),
    (glued, "COUNT_GAPS"), (glued, "LEARNED_RUNS"),
]  # fmt: skip


def both(templates, texts, titles):
    """Strip with the compiled kernels, and with plain Python."""
    spans = []
    for enough in (-1, 1 << 30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_jit, "is_kept", lambda _: False)
            for module, name in PATIENTS:
                one = getattr(module, name)
                patch.setattr(module, name, _jit.Patient(one.kernel, enough, *one.others))
            result = batch(texts, titles, [SITE] * len(texts), templates=templates)
            plain = [getattr(module, name).plain(0) for module, name in PATIENTS]
            assert [way is None for way in plain] == [enough < 0] * len(PATIENTS)
        spans.append(result.spans.tolist())
    return spans


@given(st.data())
def test_plain_and_compiled_judge_alike(templates, data):
    sign = st.lists(st.sampled_from(SIGNS), max_size=2)
    page = st.tuples(sign, st.lists(st.sampled_from(BODY), max_size=5), sign)
    texts = data.draw(st.lists(page.map(lambda parts: "\n".join(chain(*parts))), max_size=4))
    titles = [data.draw(st.none() | st.just(TITLE)) for _ in texts]
    compiled, plain = both(templates, texts, titles)
    assert compiled == plain


def test_glued_pages_too():
    """Their ends and their runs; what is glued stands at the head, at the tail and inside."""
    head, tail = (
        "Đã lưu bài này, xem lại ở mục của bạn",
        "Nguồn: [Đường dẫn] Chép tại đây, bạn nhé",
    )
    learned = SiteTemplates()
    prose = [" ".join(BODY[i:] + BODY[:i]) for i in range(len(BODY))]
    for number in range(12):
        learned.learn(SITE, f"{head} Bài {number}. {prose[number % len(prose)]} {number} {tail}")
    credit = " (Ảnh: (Ảnh: A) B) "
    texts = [f"{head} {credit.join(prose)} {tail}", f"{prose[0]} {head} {tail} {prose[1]}", "x"]
    compiled, plain = both(learned, texts, [None] * 3)
    assert compiled == plain
    assert len(compiled) == 1 + len(prose) + 1


@pytest.mark.parametrize("sign", [*SIGNS, TEASERS, DATES, MENU])
@pytest.mark.parametrize("place", [0, 1, 5])
def test_each_sign_by_itself(templates, sign, place):
    text = "\n".join([*BODY[:place], sign, *BODY[place:]])
    compiled, plain = both(templates, [text], [TITLE])
    assert compiled == plain


def test_plain_python_gives_way_once_compiling_pays(monkeypatch):
    monkeypatch.setattr(_jit, "is_kept", lambda _: False)
    patient = _jit.Patient(kernels.judge, 10)
    assert [patient.plain(4) is not None for _ in range(4)] == [True, True, False, False]


def test_what_was_compiled_before_is_used(monkeypatch):
    monkeypatch.setattr(_jit, "is_kept", lambda _: True)
    assert _jit.Patient(kernels.judge, 10).plain(4) is None


def test_kernels_number_rules_as_their_callers_do():
    known = {rule.name: rule.value for rule in rules.Rule}
    known["BARE_LINK"] = known.pop("LINK")
    for module in (kernels, settle, glued):
        for name in set(known) & set(vars(module)):
            assert known[name] == getattr(module, name), name


def test_what_two_modules_must_say_alike():
    """What is read without numba, or is another thing elsewhere, and the kernel's own."""
    names = "SENTENCE", "ELLIPSIS", "QUOTED", "NAMELIKE", "HEAD", "PAD"
    assert [getattr(readers, n) for n in names] == [getattr(lines, n) for n in names]
    assert (readers._SEED, readers._GROW) == (lines.SEED, lines.GROW)
    assert (features._MARKER, features._SORT, features._SIGNS) == (
        signs.MARKER, signs.SORT, signs.SIGNS,
    )  # fmt: skip
    assert intext.LONG == onepage.LONG
    assert sites._SURE_PART == kernels._MOST_PAGES
    assert edges._WORDS == signs._CAPTION_WORDS


def test_markers_stand_where_the_kernel_looks_for_them():
    named = {"HEAD": "HEADS"}
    for mode in markers.Mode:
        assert mode == getattr(table, named.get(mode.name, mode.name)), mode
    for name, section in {"SECTION": "section-head", "SOURCE": "credit"}.items():
        assert markers.TYPES[getattr(kernels, name)] == section
    for name in ("READ_MORE", "FURNITURE", "LEGAL", "BYLINE"):
        assert markers.TYPES[getattr(kernels, name)] == name.lower().replace("_", "-")
