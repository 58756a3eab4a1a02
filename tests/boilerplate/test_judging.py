"""Describing and judging by compiled kernels and by the same code as plain Python."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import BODY, TITLE, batch

from syndicate.boilerplate import SiteTemplates, features, rules
from syndicate.kernels import _jit, glued, lines, settle, signs
from syndicate.kernels import credits as credit_kernels
from syndicate.kernels import judge as kernels

SITE = "example.org"
ADVERT = "Đặt báo giấy cả năm để nhận quà tặng của tòa soạn"
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


@pytest.fixture(scope="module")
def templates():
    learned = SiteTemplates()
    for number, line in enumerate(BODY):
        learned.learn(SITE, f"{line} Bài thứ {number}.\n{ADVERT}")
    return learned


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


def test_kernels_number_rules_and_signs_as_their_callers_do():
    known = {rule.name: rule.value for rule in rules.Rule}
    known["BARE_LINK"] = known.pop("LINK")
    for module in (kernels, settle, glued):
        for name in set(known) & set(vars(module)):
            assert known[name] == getattr(module, name), name
    for name in (
        "CREDIT",
        "DATED",
        "PICTURED",
        "POINTED",
        "LED",
        "ENDED",
        "CLOSING",
        "SHOWING",
        "CODE",
        "LISTED",
    ):
        assert getattr(features, name) == getattr(signs, name), name
