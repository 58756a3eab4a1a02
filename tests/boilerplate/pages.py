"""Texts written for these tests, and ways to strip them in a batch."""

import itertools

import numpy as np

from syndicate.boilerplate import strip_batch

BODY = [
    "Sáng nay, hàng trăm người dân xã Bình Minh đã xuống đồng gặt lúa sau nhiều ngày mưa lớn.",
    "Theo ông Trần Văn Bình, chủ tịch xã, năng suất vụ này đạt gần bảy tấn một héc-ta.",
    "Bà con cho biết giá lúa tăng nhẹ so với năm ngoái, thương lái đến tận ruộng thu mua.",
    "Dự kiến việc gặt sẽ xong trước cuối tháng để kịp gieo sạ vụ sau theo lịch thời vụ.",
    "Ngành nông nghiệp khuyên người dân không đốt rơm rạ và giữ lại làm thức ăn cho trâu bò.",
]
SITE = "example.org"
ADVERT = "Đặt báo giấy cả năm để nhận quà tặng của tòa soạn"
TITLE = "Nông dân Bình Minh vào vụ gặt sau những ngày mưa"


def article(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def batch(texts, titles=None, sites=None, **options):
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    data = np.frombuffer(b"".join(encoded), np.uint8)
    return strip_batch(data, offsets, titles, sites, **options)


def texts_of(stripped):
    kept, offsets = stripped.joined()
    data = kept.tobytes()
    return [data[a:b].decode("utf-8", "surrogatepass") for a, b in itertools.pairwise(offsets)]
