"""Texts that the screen lets pass are texts from which judging takes nothing."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import BODY, TITLE, batch

from syndicate.boilerplate import SiteTemplates, stripping

SITE = "example.org"
ADVERT = "Đặt báo giấy cả năm để nhận quà tặng của tòa soạn"
SIGNS = [
    "Tin liên quan", "Chia sẻ", "Nguồn: TTXVN", "Trần Bình", "12/03/2024 10:30", ADVERT,
    TITLE, TITLE + " - 1", TITLE + " ảnh 2", ">> " + BODY[2], BODY[0], BODY[1][:-1] + "...",
    "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh).", "https://example.org/a",
    "Bản quyền thuộc báo",
]  # fmt: skip
HEADING, DATE = "Giá lúa tại đồng bằng tăng trong tuần qua", "12/03/2024 10:30"
TEASERS = "\n".join(f"{HEADING} thứ {n}\n{n} {BODY[n][:-1]}..." for n in range(1, 4))
DATES = "\n".join([DATE, HEADING] * 3)
MENU = "\n".join(
    f"mục {name}" for name in ["mây", "gió", "sông", "biển", "đồi", "rừng", "suối", "ao", "hồ"]
)


@pytest.fixture(scope="module")
def templates():
    learned = SiteTemplates()
    for number, line in enumerate(BODY):
        learned.learn(SITE, f"{line} Bài thứ {number}.\n{ADVERT}")
    return learned


def both(templates, texts, titles):
    """Strip with the screen, and without it."""
    sites = [SITE] * len(texts)
    screened = batch(texts, titles, sites, templates=templates)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripping, "telling", lambda _lines, _features, live, *_: live)
        judged = batch(texts, titles, sites, templates=templates)
    return screened.spans.tolist(), judged.spans.tolist()


@given(st.data())
def test_what_passes_the_screen_loses_nothing(templates, data):
    sign = st.lists(st.sampled_from(SIGNS), max_size=2)
    page = st.tuples(sign, st.lists(st.sampled_from(BODY), max_size=5), sign)
    texts = data.draw(st.lists(page.map(lambda parts: "\n".join(chain(*parts))), max_size=4))
    titles = [data.draw(st.none() | st.just(TITLE)) for _ in texts]
    screened, judged = both(templates, texts, titles)
    assert screened == judged


@pytest.mark.parametrize("sign", [*SIGNS, TEASERS, DATES, MENU])
@pytest.mark.parametrize("place", [0, 1, 5])
def test_each_sign_by_itself(templates, sign, place):
    lines = [*BODY[:place], sign, *BODY[place:]]
    screened, judged = both(templates, ["\n".join(lines)], [TITLE])
    assert screened == judged


def test_clean_text_is_not_judged(templates, monkeypatch):
    def judge(_lines, _features, live, *_):
        assert not len(live)
        return live

    monkeypatch.setattr(stripping, "judge", judge)
    batch(["\n".join(BODY)], [TITLE], [SITE], templates=templates)
