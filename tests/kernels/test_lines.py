"""The line kernel against plain Python that imports nothing of ours but the words' places."""

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.kernels.columns import column

from syndicate.boilerplate.characters import hash_tables
from syndicate.boilerplate.lines import read
from syndicate.kernels import _jit
from syndicate.kernels import lines as kernels
from syndicate.kernels.lines import WINDOW

SPACED = st.text(
    st.sampled_from("abzĐđơớéÀ09 .,:;!?…\"'()-–_\n\r\t\u00a0")
    | st.characters(codec="utf-8", max_codepoint=0x52F),
    max_size=300,
)  # fmt: skip


STRADDLING = (
    "“Đến 12:30, xe số 5a 中文字 về ©Bến; xem http://a.vn/b?c=1 ngày 24/10/2024 ภาษา ở Huế…” (tt)"
)


def lines_of(*texts):
    return read(*column(texts)), "".join(texts).encode()


@example([STRADDLING * 30, "", unicodedata.normalize("NFD", STRADDLING)])
@given(st.lists(SPACED, max_size=3))
def test_plain_python_reads_what_the_compiled_kernel_reads(texts):
    read_by = {}
    for enough in (-1, 1 << 30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_jit, "is_kept", lambda _: False)
            patch.setattr(kernels, "READ_LINES", _jit.Patient(kernels.read_lines, enough))
            lines, _ = lines_of(*texts)
            assert (kernels.READ_LINES.plain(0) is None) == (enough < 0)
        columns = lines.columns[:, : len(lines)]
        read_by[enough] = [part.tolist() for part in (columns, lines.hashes, lines.facts)]
    assert read_by[-1] == read_by[1 << 30]


def spoken(line):
    """Words as the kernel should see them: letters, digits and marks, links left out."""
    words, inside = [], False
    for character in re.sub(r"://\S*", " ", line):
        category = unicodedata.category(character)
        if category[0] in "LN" or category in ("Mc", "Me") or character in "©ⓒ":
            if inside and character not in "©ⓒ" and words[-1] not in ("©", "ⓒ"):
                words[-1] += character
            else:
                words.append(character)
            inside = True
        elif category not in ("Mn", "Cf") and character != "\0":
            inside = False
    return words


@given(SPACED)
@example("\0")
@example("0\u04880")
@example("a\n\0\nb\0")
def test_lines_and_their_words(text):
    lines, data = lines_of(text)
    plain = [
        line for line in re.split(r"[\n\r]", text) if spoken(line) or line.strip("\0 \t\u00a0")
    ]
    plain = [line for line in plain if any(not blank(c) for c in line)]
    assert len(lines) == len(plain)
    for i, line in enumerate(plain):
        kept = data[lines.start[i] : lines.stop[i]].decode()
        assert kept in line
        assert lines.tokens[i] == len(spoken(line))


def blank(character):
    category = unicodedata.category(character)
    return category[0] in "ZC" or category == "Mn"


@given(st.lists(st.text("abcxyzđéọ", min_size=1, max_size=8), max_size=200))
def test_the_first_and_the_last_tokens_are_kept_in_place(words):
    line = " ".join(words)
    lines, data = lines_of(line)
    if not words:
        assert len(lines) == 0
        return
    count = len(words)
    kept = [*range(min(count, 64)), *range(max(64, count - 64), count)]
    places = lines.token(np.zeros(len(kept), np.int64), np.array(kept))
    found = [data[a:b].decode() for a, b in lines.facts[places, :2].tolist()]
    assert found == [words[i] for i in kept]


@given(st.text(max_size=200))
def test_equal_lines_have_equal_keys_and_case_does_not_matter(text):
    text = text.replace("\n", " ").replace("\r", " ")
    lines, _ = lines_of(text, text, f"  {text}\t")
    assert len({int(key) for key in lines.key}) <= 1


@given(st.text("abcđéớọ ", max_size=60))
def test_case_and_composition_do_not_matter(text):
    forms = (text, text.upper(), unicodedata.normalize("NFD", text))
    lines, _ = lines_of(*forms)
    assert len(set(lines.key.tolist())) <= 1


def test_numbers_fold_in_forms_and_nowhere_else():
    lines, _ = lines_of("12 bình luận", "345 bình luận", "1.234 bình luận", "bình luận")
    assert len(set(lines.key.tolist())) == 4
    assert len(set(lines.form.tolist())) == 2


def test_a_text_longer_than_a_window_is_read_as_one():
    words = [f"tiếng{i}" for i in range(30_000)]
    lines, _ = lines_of("\n".join(words))
    assert len(lines) == 30_000
    assert set(lines.tokens.tolist()) == {1}
    joined, data = lines_of(" ".join(words))
    assert joined.tokens.tolist() == [30_000]
    assert data[joined.start[0] : joined.stop[0]].decode() == " ".join(words)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_line_reads_alike_wherever_a_window_ends(form):
    line = unicodedata.normalize(form, STRADDLING)
    size = len(line.encode())
    alone, _ = lines_of(line)
    for inside in range(size + 1):
        before = "p" * (WINDOW - 1 - inside) + "\n"
        lines, data = lines_of(before + line)
        assert len(lines) == 2
        for name in (*range(kernels.START), *range(kernels.TOKENS, kernels.LINE_COLUMNS)):
            assert lines.columns[name, 1] == alone.columns[name, 0], (name, inside)
        assert data[lines.start[1] : lines.stop[1]].decode() == line
        first, kept = int(lines.base[1]), int(lines.tokens[1])
        assert lines.hashes[first : first + kept].tolist() == alone.hashes.tolist()
        shift = np.array([len(before), len(before), 0])
        assert (lines.facts[first : first + kept] - shift == alone.facts).all()


def test_letters_that_are_tokens_are_looked_for_wherever_there_are_any():
    alone = np.flatnonzero(hash_tables()[0] & np.uint64(kernels.ALONE))
    high = (alone < kernels._LATIN) | (alone >= kernels._SCRIPTS)
    elsewhere = alone[~((alone >= kernels._LETTERS) & high)]
    assert elsewhere.tolist() == [kernels._COPYRIGHT, kernels._CIRCLED_C]
