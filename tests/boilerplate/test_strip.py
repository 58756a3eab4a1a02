"""What stripping promises of every text, and what the rules take out of a page."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import BODY, TITLE, article, batch, texts_of

from syndicate.boilerplate import kept_spans, strip

LINES = st.sampled_from([
    *BODY, TITLE, TITLE + " - 1", TITLE + " ảnh 2", "Tin liên quan", "Xem thêm:", "Trần Bình",
    "(Dân trí) - " + BODY[0], "Ảnh: TTXVN", "12/03/2024 10:30", "Chia sẻ", BODY[1][:60] + "...",
    "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh).", "https://example.org/a", BODY[2] + "/.",
    "关键词：农业", "今天上午，农民们在田里忙着收割水稻，预计本月底全部完成。", "", "  ", "A",
])  # fmt: skip
PAGES = st.lists(LINES | st.text(max_size=80), max_size=25).map("\n".join)


@given(PAGES)
def test_kept_and_removed_give_the_original(page):
    result = strip(page)
    pieces = sorted([*result.kept, *((r.start, r.end) for r in result.removals)])
    assert "".join(page[a:b] for a, b in pieces) == page
    assert "".join(page[a:b] for a, b in result.kept) == result.text
    assert all(r.start < r.end for r in result.removals)


@given(PAGES)
def test_stripping_twice_is_stripping_once(page):
    once = strip(page).text
    assert strip(once).text == once


@given(PAGES)
def test_a_text_is_never_emptied(page):
    assert bool(strip(page).text.strip()) == bool(page.strip())


@given(st.lists(st.tuples(PAGES, st.none() | LINES), max_size=5))
def test_a_batch_decides_as_one_text_alone_does(rows):
    texts = [text for text, _ in rows]
    titles = [title for _, title in rows]
    result = batch(texts, titles)
    alone = [strip(text, title=title) for text, title in rows]
    assert texts_of(result) == [one.text for one in alone]
    for i, one in enumerate(alone):
        raw = one.original.encode("utf-8", "surrogatepass")
        spans = result.spans[result.span_offsets[i] : result.span_offsets[i + 1]]
        kept = b"".join(raw[a:b] for a, b in spans.tolist())
        assert kept == one.text.encode("utf-8", "surrogatepass")
        assert kept_spans(raw, titles[i]) == [tuple(span) for span in spans.tolist()]


@given(PAGES)
def test_composed_and_decomposed_marks_are_the_same(page):
    composed = unicodedata.normalize("NFC", page)
    decomposed = unicodedata.normalize("NFD", page)
    if "\u0345" in decomposed or any("\u1100" <= c <= "\u11ff" for c in decomposed):
        return  # Korean syllables in pieces and the iota below are read as they are
    a = strip(composed)
    b = strip(decomposed)
    assert [r.kind for r in a.removals] == [r.kind for r in b.removals]


def test_a_clean_text_stays_whole():
    text = article(TITLE, "", *BODY)
    assert strip(text).text == text


def removed(text, **options):
    return [(r.kind, text[r.start : r.end].strip()) for r in strip(text, **options).removals]


def test_a_footer_goes_from_its_heading_on():
    footer = ["Tin liên quan", "Giá lúa hôm nay", "Lũ về sớm ở miền Tây", "Chia sẻ"]
    text = article(*BODY, *footer)
    assert strip(text).text == article(*BODY)
    assert [line for _, line in removed(text)] == footer


@pytest.mark.parametrize("times", [3, 12])
@pytest.mark.parametrize("form", ["• {}!", "| {}! |", "{}! (12/03 10:30)", "{}! (12)"])
def test_a_long_list_of_links_goes_though_its_rows_read_like_sentences(form, times):
    links = [form.format(" ".join(line.split()[:12])) for line in BODY * times]
    links = [f"{link[:-1]}{n}{link[-1]}" for n, link in enumerate(links)]
    text = article(TITLE, *BODY, "Tin liên quan", *links, "Chia sẻ")
    assert strip(text).text == article(TITLE, *BODY)


def test_rows_of_a_list_stay_in_a_clean_text():
    rows = [f"• {' '.join(line.split()[:12])}." for line in BODY]
    text = article(TITLE, *BODY[:3], *rows, *BODY[3:])
    assert strip(text).text == text


def test_the_title_stays_above_a_date_that_reads_like_a_heading():
    menu = ["Trang chủ", "Thời sự", "Kinh tế", "Văn hóa", "Thể thao", "Sức khỏe", "Đời sống", "Xe"]
    dated = "Đăng ngày thứ ba bởi tòa soạn lúc 10:30:15"
    text = article(*menu, "Đăng nhập", TITLE, dated, "Chia sẻ", *BODY)
    assert TITLE in strip(text).text.split("\n")


def test_a_menu_longer_than_the_article_goes():
    menu = [f"mục thứ {word} của trang" for word in BODY[0].split() + BODY[1].split()] * 3
    footer = ["Tin liên quan", "Giá lúa hôm nay", "Lũ về sớm ở miền Tây", "Chia sẻ"]
    text = article(*menu, TITLE, *BODY[:2], *footer)
    assert strip(text).text == article(TITLE, *BODY[:2])


def test_image_texts_go_with_their_captions():
    text = article(
        TITLE, BODY[0], TITLE + " - 1", "Người dân ra đồng từ sáng sớm.", BODY[1],
        TITLE + " - 2", "Máy gặt làm việc suốt ngày.", *BODY[2:],
    )  # fmt: skip
    assert strip(text).text == article(*BODY)
    kinds = [kind for kind, _ in removed(text)]
    assert kinds == ["title-repeat", *["image-alt", "caption"] * 2]


def test_where_captions_carry_credits_a_line_without_one_is_no_caption():
    text = article(
        TITLE, BODY[0], TITLE + " - 1", "Người dân ra đồng (Ảnh: Minh Anh).", BODY[1],
        TITLE + " - 2", *BODY[2:],
    )  # fmt: skip
    assert strip(text).text == article(*BODY)


def test_photo_credits_in_many_forms():
    for credit in (
        "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh).",
        "Quang cảnh đồng lúa sáng nay. Ảnh: Minh Anh",
        "Quang cảnh đồng lúa sáng nay - Ảnh: MINH ANH.",
        "Quang cảnh đồng lúa sáng nay - Ảnh chụp màn hình",
        "Quang cảnh đồng lúa sáng nay. (Ảnh: Minh Anh/TTXVN)",
        "Ảnh minh họa",
        "Ảnh: Nhân vật cung cấp",
        "Farmers at work this morning. Photo: Anna Bell",
        "Farmers at work this morning (Photo by Anna Bell)",
        "Bauern bei der Arbeit. Foto: dpa",
        "Крестьяне на поле. Фото: Анна Белл",
    ):
        text = article(BODY[0], BODY[1], credit, *BODY[2:])
        assert strip(text).text == article(*BODY), credit


@pytest.mark.parametrize(
    "caption",
    [
        "Ông Trần Bình (trái) và bà Lê Thị Lúa trên đồng.",
        "Bà Lê Thị Lúa (thứ hai từ trái sang) cùng bà con trong xã.",
        "Quang cảnh đồng lúa xã Bình Minh.",
        "Chủ tịch Trần Văn Bình.",
        "Chủ tịch Trần Văn Bình phát biểu trước bà con xã Bình Minh.",
        "Bà Lê Thị Lúa tại ruộng nhà hôm 12/3.",
        "Người lái máy gặt bị bắt tại cơ quan điều tra.",
        "Anna Bell (left) and her father at the market.",
    ],
)
def test_lines_that_say_what_a_picture_shows_go(caption):
    text = article(TITLE, *BODY[:2], caption, *BODY[2:])
    assert strip(text).text == article(TITLE, *BODY)
    assert removed(text) == [("caption", caption)]


@pytest.mark.parametrize(
    "lines",
    [
        ["Chủ tịch Trần Văn Bình.", "Thủ tướng Lê Văn Lúa.", "Bà Nguyễn Thị Gặt."],
        ["Ông Bình nói phải chờ."],
        ["Chủ tịch Trần Văn Bình phát biểu: “Bà con cứ yên tâm gặt lúa."],
        ["Đến 21h30 ngày 28/7, Trần Văn Bình ra đầu thú tại cơ quan công an."],
        ["Có 10 luật sư bào chữa cho 8 bị cáo tại phiên tòa."],
        ["Ông Trần Bình."],
        ["Chủ tịch Trần Văn B."],
        ["Chủ tịch Trần Văn Bình tải phân về cho bà con trong xã."],
        ["Chủ tịch: Trần Văn Bình tại xã Bình Minh nói với bà con như vậy."],
        ["Chủ tịch xã tại huyện này là người làng."],
        ["Người lái máy gặt có mặt tại cơ quan điều tra từ sáng."],
        ["Bà con đi về phía bên trái con kênh (trái với lệ cũ) từ sáng sớm."],
    ],
)
def test_lists_of_people_and_sentences_with_such_words_stay(lines):
    kept = article(TITLE, *BODY[:2], *lines, *BODY[2:])
    if lines == ["Ông Trần Bình."]:
        kept = article(*BODY, *lines)
    assert strip(kept).text == kept


CREDITED = "Bà con xã Bình Minh gặt lúa hè thu sáng nay, sớm hơn mọi năm mười ngày, vì nắng nóng "
CREDITED += "kéo dài suốt cả tháng qua (Ảnh: Minh Anh)."


def test_a_long_credited_line_opens_a_text_from_which_nothing_else_goes():
    for above in ([], [TITLE]):
        text = article(*above, CREDITED, *BODY)
        assert strip(text).text == text


def test_a_credited_line_goes_where_it_is_short_or_below_prose_or_more_goes():
    short = "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh)."
    for lines in (
        [TITLE, short, *BODY],
        [TITLE, BODY[0], CREDITED, *BODY[1:]],
        [TITLE, CREDITED, *BODY, "Nguồn: TTXVN"],
    ):
        wanted = [line for line in lines if line in (TITLE, *BODY)]
        assert strip(article(*lines)).text == article(*wanted)


def test_a_short_text_keeps_the_credited_line_that_is_a_tenth_of_it():
    text = article(TITLE, "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh).", *BODY[:3])
    assert strip(text).text == text


def test_source_code_stays():
    code = [
        "def gat(lua) {",
        "    return lua.map((bong) => {",
        "        dem(bong);",
        "    });",
        "}",
    ]
    text = article(TITLE, *BODY, "Tin liên quan", *code, "Chia sẻ")
    assert strip(text).text == text
    assert strip(article(TITLE, *BODY, "Tin liên quan", *code[:1], "Chia sẻ")).text == article(
        TITLE, *BODY
    )


def test_the_end_of_a_sentence_is_no_head_of_a_section():
    text = article(*BODY[:2], "Ông Bình nói với bà con, và nhiều người", "bình luận.", *BODY[2:])
    assert strip(text).text == text


def test_sentences_about_pictures_and_englishmen_stay():
    for line in (
        "Ông nói bức ảnh đó được chụp từ năm ngoái.",
        "Trận đấu giữa Pháp và Anh kết thúc với tỉ số hòa.",
        "Nhiều người chia sẻ tin mới nhất về vụ mùa trên mạng xã hội.",
        "Mời bạn xem thêm ảnh:",
        "Trở lại làng sau mười năm, ông ngỡ ngàng trước những ngôi nhà mới.",
        "Nguồn: nước cho ruộng lấy từ con kênh mới đào hồi đầu năm ngoái, theo lời ông Bình kể.",
    ):
        text = article(BODY[0], line, *BODY[1:])
        assert strip(text).text == text, line


def test_byline_and_lead_in_go():
    text = article(TITLE, "", "Trần Bình", "", "(Dân trí) - " + BODY[0], *BODY[1:])
    assert strip(text).text == article(TITLE, "", BODY[0], *BODY[1:])
    assert [kind for kind, _ in removed(text)] == ["byline", "lead-in"]


@pytest.mark.parametrize(
    "line",
    [
        "Mộc Miên (Tổng hợp)", "H.Y (tổng hợp)", "Hoàng Thuỳ thực hiện", "Võ Hải ghi", "PV",
        "Đ.Nam", "PV/VOV.VN", "Khánh Lynh - Văn Việt - Trọng Giáp", "Thiết kế: Nguyễn Yến",
        "Theo Dân trí", "Theo Chinhphu.vn", "Theo báo Lao Động", "Theo Cổng Thông tin điện tử",
        "(avec AFP)", "con información de EFE", "com informações da Lusa",
    ],
)  # fmt: skip
def test_a_last_line_that_names_who_wrote_it_goes(line):
    assert strip(article(*BODY, line)).text == article(*BODY)
    assert strip("\n".join([*BODY[:2], BODY[2] + "...", line])).text.endswith("...\n")


@pytest.mark.parametrize(
    "line",
    [
        "Theo ông Nam, lúa chín sớm.", "theo lời người dân trong vùng", "NỘI DUNG TƯ VẤN:",
        "Kinh phí phòng chống dịch", "Giá Vàng 24", "Tương Lai Của Cây Lúa Miền Tây",
        "Minh Anh, người ghi", "Bình. Minh. Tổng hợp", "avec du pain",
    ],
)  # fmt: skip
def test_a_last_line_that_only_reads_like_one_stays(line):
    assert strip(article(*BODY, line)).text == article(*BODY, line)


ONE_LINE = " ".join(BODY)


@pytest.mark.parametrize(
    "tail",
    [
        "Minh Anh", "MINH ANH", "Minh Anh - Lan Hạ", "Minh Anh (TTXVN)", "(Vietnam+)",
        "Theo Dân trí", "Lan Hạ (Theo AFP)", "Hải Hà (tổng hợp)", "PV/VOV.VN", "(Nguồn Sina)",
    ],
)  # fmt: skip
def test_who_wrote_it_goes_from_the_end_of_a_text_of_one_line(tail):
    assert removed(f"{ONE_LINE} {tail}") == [("byline", tail)]
    assert removed(f"{ONE_LINE}/. {tail}") == [("end-mark", f"/. {tail}")]


def test_what_follows_the_end_mark_goes_though_it_is_no_name():
    assert removed(f"{ONE_LINE}/. Xem thêm: >>>") == [("end-mark", "/. Xem thêm: >>>")]
    assert removed(f"{ONE_LINE}/. Ông Bình nói về vụ lúa năm nay.") == []


@pytest.mark.parametrize(
    "tail",
    [
        "Ông gặp bà ở TP. Hồ Chí Minh", "Họ hỏi GS. Trần Văn Nam", "Hiện trường vụ việc",
        "Ông về quê năm 1987. Rồi ông đi", "Minh Anh, 34", "Bình", "Ông đến Hà Nội",
    ],
)  # fmt: skip
def test_words_at_the_end_of_one_line_that_are_no_signature_stay(tail):
    assert removed(f"{ONE_LINE} {tail}") == []


@pytest.mark.parametrize("end", ["ở Việt Nam", "của EU", "tại Mỹ", "với ông Trump", "ở Đà Nẵng"])
def test_who_wrote_it_goes_after_a_name_that_ends_the_last_sentence(end):
    assert removed(f"{ONE_LINE[:-1]} {end}. Minh Anh") == [("byline", "Minh Anh")]


@pytest.mark.parametrize("end", ["ở TP", "gặp ThS", "ở Q", "học ĐH", "met Mr", "đến H"])
def test_a_word_cut_short_ends_no_sentence(end):
    assert removed(f"{ONE_LINE[:-1]} {end}. Minh Anh") == []


def test_a_name_stays_at_the_end_of_a_short_line():
    text = "\n".join([*BODY[:2], BODY[2] + " Minh Anh"])
    assert strip(text).text == text


def test_who_wrote_it_stays_in_the_midst_of_a_text():
    text = "\n".join([*BODY[:2], "Mộc Miên (Tổng hợp)", *BODY[2:]])
    assert strip(text).text == text


def test_lead_ins_of_agencies():
    for mark in ("TTO - ", "(NLĐO)- ", "HÀ NỘI (TTXVN) – ", "NEW YORK (AP) — ", "(Reuters) - "):
        text = article(mark + BODY[0], *BODY[1:])
        assert strip(text).text == article(*BODY), mark


@pytest.mark.parametrize("mark", ["(SN 1981) – ", "(5 tuổi) - ", "(34) — "])
def test_an_age_or_a_year_of_birth_is_no_lead_in(mark):
    text = article(mark + BODY[0], *BODY[1:])
    assert strip(text).text == text


@pytest.mark.parametrize(
    "line", ["Xem thêm >> Giá lúa hôm nay ra sao", "Xem thêm > > > Giá lúa mới"]
)
def test_a_line_that_points_elsewhere_goes(line):
    assert removed(article(*BODY[:2], line, *BODY[2:])) == [("related-links", line)]


def test_the_sign_after_the_end_goes():
    text = "\n".join([*BODY[:-1], BODY[-1] + "/."])
    assert strip(text).text == "\n".join(BODY)
    assert removed(text) == [("end-mark", "/.")]


def test_a_given_title_is_taken_out_where_it_repeats():
    text = article(TITLE, *BODY)
    assert strip(text, title=TITLE).text == article(*BODY)
    assert strip(
        text, title="  nông dân BÌNH MINH vào vụ gặt sau những ngày mưa "
    ).text == article(*BODY)


def test_reasons_name_the_marker():
    text = article(*BODY, "Tin liên quan", "Giá lúa hôm nay", "Lũ về sớm")
    assert "'Tin liên quan'" in strip(text).removals[0].reason


def test_a_removed_line_takes_its_line_break_along():
    assert strip("\r\n".join([*BODY, "Chia sẻ"])).text == "\r\n".join([*BODY, ""])
