"""UTF-8 told from what is not, against Python's own decoder."""

import codecs
import contextlib
import io
import re
import unicodedata
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syndicate.errors import DocumentError
from syndicate.io import encoding
from syndicate.io.encoding import DAMAGE, Marked, Recoded, decode, is_utf8, mend
from syndicate.kernels.utf8 import well_formed

NEWS = "Sáng nay, tỉnh Đắk Lắk họp bàn việc sửa đường. "


ARTICLE = NEWS + (
    "Ông Nguyễn Văn Hòa, giám đốc sở giao thông, cho biết mặt đường hỏng nhiều đoạn sau mùa "
    "mưa, xe tải phải đi vòng hơn hai mươi cây số. Người dân hai xã mong việc sửa chữa xong "
    "trước Tết để học sinh đến trường được an toàn."
)


TONES = "\u0300\u0301\u0303\u0309\u0323"


def tones_apart(text):
    """Write tones as combining marks, as windows-1258 has them."""
    apart = ""
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        base = "".join(mark for mark in marks if mark not in TONES)
        apart += unicodedata.normalize("NFC", base) + "".join(m for m in marks if m in TONES)
    return apart


def decodes(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


NEARLY_UTF8 = st.lists(
    st.text(max_size=3).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=2)
    | st.sampled_from([b"\xc0\x80", b"\xe0\x9f\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"])
).map(b"".join)


@pytest.fixture
def compiled_always(monkeypatch):
    monkeypatch.setattr(encoding, "_COMPILED_FROM", 3)


@pytest.mark.usefixtures("compiled_always")
@given(NEARLY_UTF8)
@example(b"")
@example("é".encode()[:1])
@example(b"abc" + "ạ".encode()[:2])
@example("😀".encode())
@example(b"\x80abc")
@example(b"a\x80bc")
def test_compiled_check_agrees_with_python(data):
    assert is_utf8(data) == decodes(data)
    assert is_utf8(b"abc" + data) == decodes(data)
    assert is_utf8(data * 40) == decodes(data * 40)


@given(st.integers(0, 0xFF), st.integers(0, 0xFF), st.integers(0, 0xFF), st.integers(0, 0xFF))
def test_kernel_agrees_on_any_four_bytes(a, b, c, d):
    data = bytes([a, b, c, d])
    assert bool(well_formed(np.frombuffer(b"...." + data + b"...", np.uint8))) == decodes(data)


@given(st.text(alphabet=st.characters()))
def test_mended_text_is_utf8_of_the_same_length(text):
    assert len(mend(text).encode().decode()) == len(text)


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1258"]
)
def test_vietnamese_in_any_encoding(codec):
    text = tones_apart(ARTICLE) if codec == "cp1258" else ARTICLE
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    assert decode(marks.get(codec, b"") + text.encode(codec)) == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Сегодня в Москве состоялась встреча министров. "),
        ("shift_jis", "これは日本語の新聞記事です。東京で開かれた会議。"),
        ("gb18030", "这是一个关于北京会议的新闻报道。"),
    ],
)
def test_legacy_encodings_are_detected(codec, text):
    assert decode((text * 9).encode(codec)) == text * 9


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        (
            "cp1252",
            "Le maire a inauguré mardi le pont sur la rivière, après trois années de travaux."
            " « C'est une étape pour les habitants », a-t-il déclaré à la presse, très émue.",
        ),
        (
            "cp1252",
            "Il sindaco ha inaugurato martedì il ponte sul fiume. «È una giornata importante "
            "per la città», ha detto. Perché la libertà sia di tutti, servirà più tempo.",
        ),
        (
            "cp1252",
            "El alcalde inauguró el martes el puente sobre el río. «Es un día muy importante "
            "para los niños», señaló. ¿Qué pasará mañana con los peatones del barrio?",
        ),
        (
            "cp1252",
            "O presidente da câmara inaugurou na terça-feira a nova ponte sobre o rio, após "
            "três anos de obras. «É um dia muito importante para a população», afirmou. A "
            "oposição criticou o custo, próximo dos quarenta milhões de euros, "
            "e lamentou que não haja ciclovias.",
        ),
        (
            "cp1252",
            "Borgmästaren invigde på tisdagen den nya bron över älven efter tre års arbete. "
            "Även vägarna till bron ska förbättras före sommaren, enligt kommunen.",
        ),
        (
            "cp1250",
            "Starosta v úterý otevřel nový most přes řeku po třech letech stavby. Pro "
            "obyvatele je to důležitý den, řekl. Příjezdové cesty mají být zlepšeny ještě "
            "před létem.",
        ),
        (
            "cp1254",
            "Belediye başkanı salı günü nehrin üzerindeki yeni köprüyü açtı. Bağlantı yolları"
            " yaza kadar iyileştirilecek, bisiklet yollarının unutulduğunu belirtti.",
        ),
    ],
)
def test_letters_of_a_few_lines_are_those_of_their_language(codec, text):
    assert decode(text.encode(codec)) == text


def test_damaged_utf8_is_refused_by_line_not_taken_for_another_encoding():
    data = (NEWS * 3 + "\n" + NEWS).encode() + b"\xff" + NEWS.encode()
    with pytest.raises(DocumentError, match=r"line 2: byte 0xff at offset \d+ is not UTF-8"):
        decode(data)


@pytest.mark.parametrize("data", [b"\x7fELF\x00\x01", b"text" + b" " * 70_000 + b"\0"])
def test_binary_is_refused(data):
    with pytest.raises(DocumentError, match="not text: a zero byte at offset"):
        decode(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data):
    with contextlib.suppress(DocumentError):
        decode(data).encode()


def read_through(stream, size):
    with stream:
        return b"".join(iter(lambda: stream.read(size), b""))


@given(NEARLY_UTF8, st.integers(1, 9), st.integers(1, 50))
def test_marked_stream_is_utf8_and_changes_only_damage(data, chunk, size):
    with mock.patch.object(encoding, "_CHUNK", chunk):
        stream = Marked(io.BytesIO(data))
        read = read_through(stream, size)
    assert stream.damaged != decodes(data)
    wanted = re.sub("[\ud800-\udfff]", DAMAGE, data.decode("utf-8", "surrogateescape"))
    assert read == wanted.encode()


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.sampled_from(["utf-16", "utf-32"]),
    st.integers(1, 50),
)
def test_recoded_stream_is_the_text_in_utf8(text, codec, size):
    stream = Recoded(io.BytesIO(text.encode(codec)), codec)
    assert read_through(stream, size).decode() == text


@given(st.binary(max_size=60), st.sampled_from(["utf-16", "utf-32", "cp1258"]))
def test_recoded_stream_of_anything_is_utf8(data, codec):
    mark = "\ufeff".encode(codec) if codec.startswith("utf") else b""
    read_through(Recoded(io.BytesIO(mark + data), codec), 16).decode()
