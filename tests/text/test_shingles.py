"""Folding and shingling against plain Python, on any Unicode text."""

import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.oracles import plain_words, shingle_hashes, table_tokens, word_hash

from syndicate.kernels.tokens import KEPT, LIMIT, SEPARATOR, SLOW, SYMBOLS
from syndicate.text.fold import ANSWERS, CAPITAL, LETTER, fold_table
from syndicate.text.shingles import encode, find_tokens, shingle

any_text = st.text(
    st.characters(exclude_categories=("Cs",))
    | st.sampled_from(
        "aAấđĐ  ,-中か゛が\u3099ก็่ำ각\u0301\u0300\u0654\u064e\u0623\0\U0001f600\u200d"
    ),
    max_size=80,
)
latin = st.text(st.sampled_from("aAbấỆđĐơ \n,.-ßéИй0９ﬁ½Ωά\u0301\u0323\u00ad"), max_size=80)


def shingles_of(texts, size=5, key=0):
    made = shingle(*encode(texts), size, key=key)
    return [
        made.shingles[start:end].tolist()
        for start, end in zip(made.bounds[:-1], made.bounds[1:], strict=True)
    ], made


@settings(max_examples=400, deadline=None)
@given(st.lists(any_text, max_size=5), st.integers(1, 7))
def test_shingles_are_those_of_the_oracle(texts, size):
    table = fold_table()
    expected = [
        shingle_hashes(table_tokens(text, table.entries, table.pieces), size) for text in texts
    ]
    assert shingles_of(texts, size)[0] == expected


@settings(max_examples=300, deadline=None)
@given(latin)
def test_words_fold_as_unicode_says(text):
    expected = shingle_hashes([word_hash(word) for word in plain_words(text)], 1)
    assert shingles_of([text], 1)[0] == [expected]


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_composed_and_decomposed_text_agree(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    hashes, made = shingles_of([text, *forms], 2)
    assert hashes[0] == hashes[1] == hashes[2]
    assert (made.digests == made.digests[0]).all()


@settings(max_examples=300, deadline=None)
@given(any_text)
@example("ा0 ा 0")  # a vowel sign that no letter carries
def test_found_tokens_are_the_hashed_ones(text):
    data, offsets = encode([text])
    found = find_tokens(data)
    made = shingle(data, offsets, 1)
    assert len(found.starts) == made.counts[0]
    assert found.flags.tolist() == made.flags.tolist()
    words = [
        data[start:end].tobytes().decode()
        for start, end in zip(found.starts, found.ends, strict=True)
    ]
    for word, expected in zip(words, shingles_of([text], 1)[0][0], strict=True):
        assert shingles_of([word], 1)[0][0] == [expected]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa bình", "hoà bình"),
        ("Đường ĐƯỜNG", "đường duong"),
        ("Việt Nam", "VIỆT NAM"),
        ("ﬁn straße", "fin STRASSE"),
        ("٣٤ ３４", "34 34"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_forms_of_one_word_are_equal(one, other):
    assert shingles_of([one], 1)[0] == shingles_of([other], 1)[0]


@pytest.mark.parametrize(
    ("text", "count"), [("東京都で発表", 6), ("ข่าว", 3), ("a1 東 b", 3), ("가나 다", 2)]
)
def test_letters_of_scripts_without_spaces_are_tokens(text, count):
    assert shingle(*encode([text]), 5).counts.tolist() == [count]


def test_marks_that_carry_meaning_stay():
    assert shingles_of(["का"], 1)[0] != shingles_of(["क"], 1)[0]
    assert shingles_of(["が"], 1)[0] != shingles_of(["か"], 1)[0]


def test_a_short_text_has_one_shingle_and_an_empty_one_none():
    hashes, made = shingles_of(["", "một", "một hai ba", "--- !"], 5)
    assert [len(each) for each in hashes] == [0, 1, 1, 0]
    assert made.counts.tolist() == [0, 1, 3, 0]


def test_flags_tell_digits_and_capitals():
    made = shingle(*encode(["Hà Nội 28/7, covid19 A12 東٣"]), 5)
    letter = [bool(flag & LETTER) for flag in made.flags]
    capital = [bool(flag & (CAPITAL | ANSWERS)) for flag in made.flags]
    digits = [[d for d in range(10) if flag >> d & 1] for flag in made.flags]
    assert letter == [True, True, False, False, True, False, True, False]
    assert capital == [True, True, False, False, False, True, False, False]
    assert digits == [[], [], [2, 8], [7], [1, 9], [1, 2], [], [3]]


def test_a_key_changes_every_hash_but_not_the_tokens():
    plain, made = shingles_of(["một hai ba bốn năm sáu"], 1)
    keyed, keyed_made = shingles_of(["một hai ba bốn năm sáu"], 1, key=0xFEEDFACE)
    assert not set(plain[0]) & set(keyed[0])
    assert made.counts.tolist() == keyed_made.counts.tolist()


def test_lone_surrogates_are_replaced():
    assert shingle(*encode(["a \ud800 b"]), 1).counts.tolist() == [2]


def test_whatever_is_in_a_token_has_a_trait_and_nothing_else_has():
    table = fold_table()
    inside = (table.entries & KEPT != 0) | (table.entries & SLOW != 0)
    assert len(table.entries) == len(table.traits) == LIMIT
    assert (table.traits[table.entries & KEPT != 0] > 0).all()
    assert not table.traits[~inside].any()
    assert (table.entries[SYMBOLS.start : SYMBOLS.stop] == SEPARATOR).all()


def test_emoji_part_words_as_spaces_do():
    assert shingles_of(["một😀hai 🇻🇳ba"], 1)[0] == shingles_of(["một hai ba"], 1)[0]


@pytest.mark.parametrize("letters", [1, 3, 4, 5, 7, 8, 9, 12, 13, 40])
def test_words_of_any_length_are_told_apart(letters):
    words = [
        "a" * letters,
        "a" * (letters - 1) + "b",
        "b" + "a" * (letters - 1),
        "a" * (letters + 1),
    ]
    hashes = {tuple(shingles_of([word], 1)[0][0]) for word in words}
    assert len(hashes) == len(set(words))


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the table is of Unicode 14")
def test_the_shipped_table_is_what_the_tool_writes(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend("tools")
    import make_fold_table

    shipped = dict(np.load(make_fold_table.TARGET))
    monkeypatch.setattr(make_fold_table, "TARGET", tmp_path / "fold.npz")
    make_fold_table.main()
    written = dict(np.load(tmp_path / "fold.npz"))
    assert all((shipped[name] == written[name]).all() for name in shipped)
    sys.modules.pop("make_fold_table")


@pytest.mark.parametrize("pair", [("𐖶𓌝𐓣𓂚", "𐖶𗌝𔓣𗂚"), ("ౚᆤނƀބ౻ಥቋ", "ౚᆤނↀބⱻಥ㉋")])
def test_under_no_key_do_words_collide_that_were_made_to_cancel_out(pair):
    for key in (0, *range(1, 1 << 16, 257)):
        one, other = shingles_of(pair, 1, key)[0]
        assert one != other
