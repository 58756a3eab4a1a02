"""Photo credits inside texts whose line breaks were lost."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import BODY, batch, texts_of

from syndicate.boilerplate import intext, load_markers, strip
from syndicate.boilerplate.intext import CreditWords, _hashed
from syndicate.kernels import credits as kernels
from syndicate.kernels._jit import _interpreted
from syndicate.kernels.credits import word_hash

BEFORE = " ".join(BODY)
AFTER = " ".join(reversed(BODY))


@pytest.mark.parametrize(
    "credit",
    [
        " (Ảnh: Minh Anh)", " (ảnh: Minh Anh/TTXVN)", " (Ảnh minh họa)", " (Nguồn Reuters)",
        " (Ảnh minh hoạ: Bình Minh)", " Ảnh: Minh Anh.", " Ảnh: TTXVN", " - Ảnh: AFP/TTXVN",
        " ẢNH: MINH ANH.", " Photo: Anna Bell.", " (Photo by Anna Bell)", " Фото: Анна Белл.",
        " (\tẢnh: Minh Anh)", " (\u00a0Ảnh\u00a0minh họa)", "\u00a0- Nguồn\u00a0ảnh\u00a0:\tTTXVN",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_credit_goes_where_it_shows_its_end(credit, form):
    text = unicodedata.normalize(form, f"{BEFORE}{credit} {AFTER}")
    result = strip(text)
    assert result.text == unicodedata.normalize(form, f"{BEFORE} {AFTER}")
    (removal,) = result.removals
    assert removal.kind == "caption"
    assert text[removal.start : removal.end] == unicodedata.normalize(form, credit)
    assert texts_of(batch([text])) == [result.text]


@pytest.mark.parametrize(
    "words",
    [
        " (hình vuông, mỗi cạnh hai mét)", " (nguồn nước ngọt)", " Nguồn: nước từ con kênh mới.",
        " Ảnh: Minh Anh Người dân nói rằng", " (ảnh trước)", " ảnh: AFP", " trong ảnh: Ông Bình.",
        " - Ảnh: DANH TRỌNGLực lượng",
        " (Trần Văn Bình)", " Giá: 500.", " (Ảnh", " Ảnh:", " (Ảnh: )",
    ],
)  # fmt: skip
def test_other_brackets_and_colons_stay(words):
    text = f"{BEFORE[:-1]}{words} {AFTER}"
    assert strip(text).text == text


def test_a_line_that_is_a_caption_goes_as_a_whole():
    caption = " ".join([*BODY[0].split(), *BODY[1].split()])[:-1] + " (Ảnh: Minh Anh)."
    text = "\n".join([*BODY, caption, *BODY[2:4], BODY[0] + " Hết."])
    assert caption not in strip(text).text
    assert "Bình, chủ tịch" not in strip(text).text.split("\n")[5]


@given(
    st.lists(
        st.sampled_from(
            [
                BEFORE, AFTER, " (Ảnh: A)", ". Ảnh: ", "B.", " - Ảnh: AFP ", "(Ảnh", "minh họa)",
                "\n", "Ảnh:", " ", "\ud800", "Tin liên quan\nChia sẻ\n", "(Dân trí) - ",
            ]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_credits_in_any_order(parts):
    text = "".join(parts)
    result = strip(text)
    assert strip(result.text).text == result.text
    assert texts_of(batch(["x", text, BEFORE]))[1] == result.text


@given(st.text(min_size=1, max_size=40))
def test_words_are_hashed_alike(word):
    word = "".join(c for c in word if not c.isspace() and c not in "():")
    encoded = word.encode("utf-8", "ignore")
    data = np.frombuffer(b" " + encoded + b" x", np.uint8)
    data.flags.writeable = False
    assert _interpreted(word_hash)(data, 1, len(data)) == _hashed(encoded)


def test_words_of_credits_are_known_in_all_ways_to_write_them():
    words = load_markers().credits
    assert isinstance(words, CreditWords)
    assert {"ảnh", "photo"} <= words.heads
    for word in ("ảnh", "Ảnh", "ẢNH", unicodedata.normalize("NFD", "Ảnh")):
        assert words.known[_hashed(word.encode())]


PIECES = [
    "(Ảnh: A)", "( Photo by ANNA )", "Ảnh: ", "Photo by: ", " - ", "– ", "”", "…", "!", ". ", "A.",
    "AFP ", ".\u00a0 ", "…\u3000 ", "-\t ", " ", "(", ")", ":", "minh họa", "từ", "?\x1f ",
    "!\u2009 ", "农",
    "Nguồn ảnh : Bình.", "\udc80", "(\tẢnh: A)", "(\u00a0Ảnh minh họa)", "Ảnh\u00a0:\u00a0Bình.",
    ". Ảnh:\tAFP ", "\u2003", "\u3000Ảnh", "\x85", "\u1680", "A\u2003ảnh:", "\x1c", "\u2028",
]  # fmt: skip


def test_a_word_for_picture_may_be_long():
    word = "Фотокорреспондентка"
    words, text = CreditWords.of([word], []), f"Поле. {word}: Анна Белл. Урожай".encode()
    data = np.frombuffer(text, np.uint8)
    found = kernels.credit_signs(data, np.array([0]), np.array([len(text)]), words.known)
    assert found.tolist() == [[0, text.index(b":")]]


@given(st.lists(st.sampled_from(PIECES), max_size=24))
def test_no_sign_of_a_credit_is_passed_over(parts):
    text = "".join(parts).encode("utf-8", "surrogateescape")
    data = np.frombuffer(text, np.uint8)
    words = load_markers().credits
    bounds = np.array([0]), np.array([len(text)])
    found = kernels.credit_signs(data, *bounds, words.known)[:, 1].tolist()
    for at, byte in enumerate(text):
        if byte in b"(:":
            low = max(0, at - intext.REACH)
            credit = intext._credit(text[low : at + intext.REACH], at - low, words)
            assert credit is None or at in found


def test_the_kernel_looks_as_far_and_at_as_many_words():
    assert kernels.REACH == intext.REACH
    assert kernels.HEAD_WORDS == intext._HEAD_WORDS
