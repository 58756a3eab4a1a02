"""Reports by one form, made here: what lotteries, exchanges and weather services print each day.

`reports` writes one of each form a day, with figures and comments of that day; `reprint` does
to one what another paper does. In a form, ``[12-90]`` is a number of that day, ``[up|down]`` a
choice, ``[day]`` the date, ``[25 words]`` a comment, and ``[line]`` ends the heading.
"""

import random
import re
import unicodedata
from datetime import date, timedelta

import corpus

SKY = (
    "có mây, ngày nắng, đêm có mưa rào và dông vài nơi|nhiều mây, có mưa, mưa vừa, có nơi mưa to|"
    "mây thay đổi, ngày nắng nóng, chiều tối có mưa rào|ít mây, đêm không mưa, sáng sớm sương mù"
)
WIND = "Gió nhẹ|Gió Tây Nam cấp 2-3|Gió Đông Bắc cấp 3-4|Gió Đông đến Đông Nam cấp 2-3"
WEATHER = f"""[{SKY}]. [{WIND}]. Độ ẩm từ [45-75] đến [80-99]%. Nhiệt độ thấp nhất
 từ [11-19] - [20-23] độ C, cao nhất từ [24-29] - [30-37] độ C."""
REGIONS = (
    "Phía Tây Bắc Bộ", "Phía Đông Bắc Bộ", "Khu vực Thanh Hóa đến Huế", "Đà Nẵng đến Bình Thuận",
    "Khu vực Tây Nguyên", "Khu vực Nam Bộ", "Thủ đô Hà Nội", "Thành phố Hồ Chí Minh",
)  # fmt: skip
SESSION = """dừng lại ở mức [400-990],[10-99] điểm, [tăng|giảm] [0-9],[10-99]
 điểm. Tổng khối lượng giao dịch đạt [30-220],[10-99] triệu đơn vị, trị giá
 [500-4000],[10-99] tỷ đồng. Toàn sàn có [50-190] mã tăng, [40-160] mã giảm và [40-120] mã
 đứng giá. [20 words]"""

FORMS = {
    "lottery": """Kết quả xổ số điện toán ngày [day] cho thấy bộ số trúng thưởng hôm
 nay là [1-7] - [8-15] - [16-23] - [24-31] - [32-38] - [39-45]. Hệ thống ghi nhận giải độc
 đắc của kỳ quay số thứ [200-900] trị giá [12-90],[0-9] tỷ đồng chưa có người trúng và được
 cộng dồn sang kỳ sau. Cùng ngày có [20-80] giải nhất mỗi giải 10 triệu đồng, [900-2900] giải
 nhì mỗi giải 300.000 đồng và [9000-39000] giải ba mỗi giải 30.000 đồng. Khách hàng có 60
 ngày để làm thủ tục lĩnh thưởng kể từ ngày công bố kết quả, quá thời hạn trên các vé không
 còn giá trị. [25 words]""",
    "exam keys": """Gợi ý đáp án đề thi môn Toán mã đề [101-125] kỳ thi tốt nghiệp. Bài
 thi gồm 50 câu hỏi trắc nghiệm làm trong 90 phút, thí sinh đối chiếu với bảng sau: """
    + " ".join(f"{n}.[A|B|C|D]" for n in range(1, 51))
    + """. Đáp án chính thức do hội đồng thi công bố sau khi chấm xong, thí
 sinh có thể nộp đơn phúc khảo tại trường phổ thông nơi đăng ký dự thi trong vòng mười ngày.""",
    "prices": """Giá vàng hôm nay [day] [tăng|giảm|đi ngang]. Tại thời điểm 9h sáng,
 giá vàng miếng được niêm yết ở mức [36-43],[10-99] triệu đồng mỗi lượng chiều mua vào và
 [36-43],[10-99] triệu đồng chiều bán ra, [tăng|giảm] [1-30]0.000 đồng hai chiều. Vàng nhẫn
 tròn trơn giao dịch quanh mức [34-41],[10-99] triệu đồng. Trên thị trường thế giới, giá giao
 ngay đứng ở mức 1.[150-560],[0-9] USD mỗi ounce. [80 words] Quy đổi theo tỷ giá ngân hàng,
 vàng thế giới tương đương [34-41],[10-99] triệu đồng mỗi lượng, chưa tính thuế và phí gia
 công.""",
    "weather": "Dự báo thời tiết ngày [day]. [40 words] "
    + " ".join(f"{region} {WEATHER}" for region in REGIONS),
    "bulletins": f"""Bản tin thời tiết [day]: [7 words][line]Theo thông tin từ trung tâm dự báo khí
 tượng thủy văn, không khí lạnh đã ảnh hưởng đến hầu hết các tỉnh phía Bắc và một số nơi ở ven
 biển miền Trung. [20 words] Gió trong đất liền mạnh dần lên, vùng ven biển có nơi giật mạnh,
 nhiệt độ giảm nhanh về đêm và sáng sớm, trời chuyển rét, vùng núi có khả năng xảy ra sương
 muối. Khu vực Hà Nội [{SKY}], trời rét. Do ảnh hưởng của không khí lạnh kết hợp với nhiễu động
 trong đới gió Đông trên cao nên các tỉnh ven biển có mưa vừa, mưa to và dông, trong cơn dông đề
 phòng lốc, sét và gió giật mạnh. [45 words] Trên biển, sóng cao từ [2-3] đến [4-6] mét, biển động.
 Các địa phương cần chủ động phòng tránh, hướng dẫn bà con che chắn chuồng trại và giữ ấm cho
 gia súc.""",
    "storms": """Hồi [0-23] giờ ngày [day], vị trí tâm bão ở vào khoảng [11-21],[0-9]
 độ Vĩ Bắc, [108-118],[0-9] độ Kinh Đông, trên [Bắc Biển Đông|vịnh Bắc Bộ|Giữa Biển Đông],
 cách bờ [9-60]0 km. Sức gió mạnh nhất ở vùng gần tâm bão mạnh cấp [8-12], giật cấp [13-15].
 [45 words] Dự báo trong [12|24] giờ tới, bão di chuyển theo hướng [Tây|Bắc|Tây Tây Bắc] mỗi
 giờ đi được [8-26] km. Đến [0-23] giờ ngày mai, vị trí tâm bão ở vào khoảng [11-21],[0-9] độ
 Vĩ Bắc, [108-118],[0-9] độ Kinh Đông. Vùng nguy hiểm có gió mạnh từ cấp [6-9] trở lên, sóng
 biển cao từ [3-6] đến [7-11] m, cấp độ rủi ro thiên tai cấp 3.""",
    "market": "Kết thúc phiên giao dịch ngày [day]. "
    + " ".join(f"Chỉ số {board} {SESSION}" for board in ("VN-Index", "HNX-Index", "VN30-Index")),
}
_BLANK = re.compile(r"\[([^]]+)\]")
_NUMBERS = re.compile(r"(\d+)-(\d+)")


def own(pick, words):
    """Write a comment of so many words."""
    lang = corpus.language(0)
    return corpus.write(lang, [corpus.prose(lang, pick.getrandbits(40), words)]).strip()


def fill(form, pick, day):
    """Fill a form in."""

    def one(match):
        said = match[1]
        if said == "day":
            return f"{day:%d/%m}"
        if said == "line":
            return "\n"
        if said.endswith(" words"):
            return own(pick, int(said.removesuffix(" words")))
        numbers = _NUMBERS.fullmatch(said)
        return (
            str(pick.randint(*map(int, numbers.groups())))
            if numbers
            else pick.choice(said.split("|"))
        )

    return _BLANK.sub(one, form.replace("\n", ""))


def reports(days, seed=5):
    """Write a report of each form for each day: ids ``form/day`` and texts."""
    pick = random.Random(seed)
    for number in range(days):
        day = date(2024, 3, 1) + timedelta(days=number)
        for name, form in FORMS.items():
            yield f"{name}/{number}", fill(form, pick, day)


def reprint(pick, text):
    """Print a report again: a lead-in, a word here and there, tones lost or not, a credit."""
    words = text.split()
    for _ in range(len(words) // 60):
        at = pick.randrange(len(words))
        if not any(character.isdigit() for character in words[at]):
            words[at] = pick.choice(("được", "của", "những"))
    text = " ".join(words)
    if pick.random() < 0.3:
        plain = unicodedata.normalize("NFD", text)
        text = "".join(character for character in plain if not unicodedata.combining(character))
    return f"(Bản tin Miền Đông) - {text}\n{own(pick, 12)}\nNguồn: Nhật báo Bờ Nam"
