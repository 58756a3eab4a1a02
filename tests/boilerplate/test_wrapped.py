"""Lines that were wrapped at a width are pieces of paragraphs, not lines of a page."""

import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate import strip
from syndicate.boilerplate.api import kept_spans, strip_batch
from syndicate.boilerplate.lines import column
from syndicate.boilerplate.wrapped import unwrapped, wrapped_texts

PARAGRAPHS = [
    "Sáng nay, huyện đảo Hòn Mây khánh thành trạm điện mặt trời đầu tiên, cấp điện cho hơn "
    "bốn trăm hộ dân trước nay chỉ có điện sáu giờ mỗi ngày. Công trình gồm hai nghìn tấm pin"
    " đặt trên mái chợ, trường học và nhà văn hóa, do ngân sách tỉnh và người dân cùng góp "
    "vốn trong ba năm.",
    "Ông Lê Văn Thảo, chủ tịch huyện, nói từ nay trạm xá có thể giữ vắc xin lạnh suốt ngày "
    "đêm, còn ngư dân không phải chở đá từ đất liền ra mỗi chuyến biển. Bà con mong có thêm "
    "tàu chở khách.",
    "Theo kế hoạch, đến cuối năm sau ba xã còn lại cũng sẽ có điện, khi đường dây ngầm qua eo"
    " biển được kéo xong. Một nhóm kỹ sư của trường đại học trong tỉnh sẽ ở lại đảo để dạy "
    "nghề cho thanh niên, và một lớp đầu tiên đã có mười hai người ghi tên, theo lời thầy "
    "hiệu trưởng.",
]
TOP, END = ["Chia sẻ", "Thứ hai, 12/5/2025"], ["Tin liên quan", "Cầu mới qua sông", "Xem thêm"]


def wrapped(width, gap="\n"):
    return gap.join(textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS)


@pytest.mark.parametrize("width", [55, 60, 72, 80, 100])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("furniture", [False, True])
def test_a_wrapped_article_keeps_its_words(width, gap, furniture):
    text = wrapped(width, gap)
    page = "\n".join([*TOP, text, *END]) if furniture else text
    left = strip(page)
    assert left.text.split() == text.split()
    assert bool(left.removals) == furniture
    assert strip(left.text).text == left.text
    (start, stop), *more = kept_spans(page.encode())
    assert not more
    assert page.encode()[start:stop].decode().split() == text.split()


def test_line_ends_of_windows():
    page = "\r\n".join([*TOP, *wrapped(72).split("\n"), *END])
    assert strip(page).text.split() == wrapped(72).split()


def test_texts_of_a_column_are_told_apart():
    texts = [wrapped(72), "\n".join(PARAGRAPHS * 3), "", "\n".join([*TOP, wrapped(60), *END])]
    data, offsets = column([text.encode() for text in texts])
    assert wrapped_texts(data, offsets) == [0, 3]
    batch = strip_batch(data, offsets)
    kept, edges = batch.joined()
    for number, text in enumerate(texts):
        alone = kept[edges[number] : edges[number + 1]].tobytes().decode()
        assert alone == strip(text).text


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(PARAGRAPHS * 4),
        "\n".join(sentence for p in PARAGRAPHS for sentence in p.split(". ")),
        "\n".join(
            f"Ngày {n}/5: mưa rào, nhiệt độ từ {n + 12} đến {n + 20} độ" for n in range(1, 20)
        ),
        "\n".join(["Trăm năm trong cõi người ta", "Chữ tài chữ mệnh khéo là ghét nhau"] * 9),
        wrapped(72)[:300],
    ],
)
def test_lines_that_end_where_their_authors_ended_them_stay(text):
    data, offsets = column([text.encode()])
    assert wrapped_texts(data, offsets) == []
    assert unwrapped(data).tobytes().decode() == text


@given(st.text(), st.text())
def test_only_line_breaks_of_wrapped_lines_become_spaces(before, after):
    text = "\n".join([before, wrapped(60), after]).encode("utf-8", "surrogatepass")
    joined = unwrapped(np.frombuffer(text, np.uint8)).tobytes()
    changed = {(a, b) for a, b in zip(text, joined, strict=True) if a != b}
    assert changed <= {(ord("\n"), ord(" "))}
