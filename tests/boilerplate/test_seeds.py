"""The five real articles beside the project."""

import pathlib
import re

import pytest

from syndicate.boilerplate import strip

SEEDS = pathlib.Path(__file__).parents[3] / "shared" / "seeds"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not SEEDS.exists(), reason="the corpus is not here"),
]


def seed(number):
    return next(SEEDS.glob(f"{number:03}_*.txt")).read_text(encoding="utf-8")


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def test_the_footer_of_003_goes_and_its_last_sentence_stays():
    text = strip(seed(3)).text
    assert text.rstrip().endswith("ở các tỉnh Tây Nguyên giai đoạn 2018-2024.")
    for gone in ("Cùng chủ đề", "ảnh 1", "Nguồn:", "Powered by", "Các đại biểu giao lưu với"):
        assert gone not in text
    assert "Một nữ đại biểu người dân tộc Ê Đê" not in text
    assert "Sáng 8/8, tại thành phố Buôn Ma Thuột" in text
    assert len(text) > 8500


def test_001_loses_its_page_and_keeps_its_lead():
    text = strip(seed(1)).text
    for gone in ("- 1", "(Ảnh:", "Hải Nam\n", "(Dân trí)"):
        assert gone not in text
    assert "Theo Bộ Công an, gần 70.000 nguồn tin" in text


def test_the_reprint_is_found_and_the_others_are_not():
    sets = [shingles(strip(seed(number)).text) for number in range(5)]
    for a in range(5):
        for b in range(a + 1, 5):
            shared = len(sets[a] & sets[b])
            jaccard = shared / len(sets[a] | sets[b])
            if (a, b) == (0, 1):
                assert jaccard >= 0.95
                assert shared / min(len(sets[a]), len(sets[b])) >= 0.99
            else:
                assert jaccard < 0.1
