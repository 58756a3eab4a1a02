"""Text made to be slow, huge or broken."""

import itertools
import time

import pytest
from tests.boilerplate.pages import BODY, TITLE, batch, texts_of

from syndicate.boilerplate import SiteTemplates, strip

PIECES = {
    "short lines": "a\n",
    "empty lines": "\n",
    "one line": "từ ",
    "one word": "x",
    "dots": ".",
    "brackets": "(Ảnh: ",
    "nested": "(((((Ảnh: (Ảnh: ",
    "credits in credits": "(Ảnh: (Ảnh: A) B) từ ",
    "credits that join": ". Ảnh: (Ảnh: A) AFP từ ",
    "credits": "- Ảnh: Anh - Ảnh: AFP từ ",
    "titles": TITLE + " - 1\n",
    "numbers": "1 2 3 - 4\n",
    "markers": "Tin liên quan\nXem thêm:\nChia sẻ\n",
    "lead-ins": "(Dân trí) - (TTO) - ",
    "end marks": "./.",
    "dates": "12/03/2024 thứ ba\n",
    "marks": "\u0301",
    "links": "https://a.example ",
    "arrows": ">> ",
    "emoji": "🙂\n",
    "wide": "关键词：",
    "nul": "\0",
    "surrogates": "\ud800",
    "returns": "\r",
}


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    """Compile first: that takes its time once."""
    strip("một dòng\n" * 20_000)


def seconds(text):
    start = time.process_time()
    result = strip(text)
    elapsed = time.process_time() - start
    assert strip(result.text).text == result.text
    return elapsed


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_time_grows_with_the_text_and_no_faster(piece):
    strip(piece)
    some = max(seconds(piece * (100_000 // len(piece))), 0.01)
    more = seconds(piece * (1_600_000 // len(piece)))
    assert more < 16 * 8 * some


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_what_is_taken_out_is_read_in_linear_time_too(piece):
    for around in ("Tin liên quan\nChia sẻ\n{}", "TTO - {} " + BODY[0], "Nguồn: {}", "By {}"):
        text = "\n".join(BODY) + "\n" + around
        some = max(seconds(text.format(piece * (5_000 // len(piece)))), 0.01)
        more = seconds(text.format(piece * (80_000 // len(piece))))
        assert more < 16 * 8 * some


@pytest.mark.slow
def test_a_million_short_lines_and_a_line_of_two_hundred_megabytes():
    start = time.perf_counter()
    strip("dòng ngắn\n" * 1_000_000)
    strip("một dòng rất dài " * 10_000_000)
    assert time.perf_counter() - start < 120


def test_lead_ins_without_end_leave_the_text_whole():
    text = "(Dân trí) - " * 40 + BODY[0]
    once = strip(text).text
    assert strip(once).text == once
    assert BODY[0] in once


def test_broken_utf8_in_a_batch_harms_only_itself():
    import numpy as np

    from syndicate.boilerplate import strip_batch

    good = ("\n".join(BODY) + "\nTin liên quan\nA b\nC d\n").encode()
    rows = [good, b"\xff\xfe\xc3\n\xe1\xbb", good, b"\xf0\x9f\x98", good]
    offsets = np.cumsum([0, *map(len, rows)])
    result = strip_batch(np.frombuffer(b"".join(rows), np.uint8), offsets)
    kept, offsets = result.joined()
    data = kept.tobytes()
    parts = [data[a:b] for a, b in itertools.pairwise(offsets)]
    assert parts[0] == parts[2] == parts[4] == ("\n".join(BODY) + "\n").encode()
    assert parts[1] == rows[1]


def test_nothing_of_one_text_bears_on_another():
    texts = ["\n".join(BODY), "Chia sẻ", "", "\n".join([TITLE, *BODY, "Tin liên quan", "A", "B"])]
    assert texts_of(batch(texts)) == [strip(text).text for text in texts]
    assert texts_of(batch(texts[::-1])) == [strip(text).text for text in texts[::-1]]


def test_nothing_at_all():
    assert strip("").text == ""
    assert strip(" \n\t\n").text == " \n\t\n"
    assert texts_of(batch([])) == []
    SiteTemplates().learn("a", "")
