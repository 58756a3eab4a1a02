"""One page alone: the compiled first look gives what the other way gives."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boilerplate.pages import ADVERT, BODY, SITE, TITLE, batch
from tests.boilerplate.test_judging import SIGNS

from syndicate.boilerplate.api import kept_spans
from syndicate.kernels import _jit, onepage


def looked(enough, *given, **settings):
    """Strip one page; whether it is looked at by the kernel depends on ``enough``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_jit, "is_kept", lambda _: False)
        patch.setattr(onepage, "LOOK", _jit.Patient(onepage.look, enough))
        return kept_spans(*given, **settings)


LINES = st.lists(st.sampled_from([*SIGNS, *BODY, "", " ", "(Dân trí) - " + BODY[2], "./."]))


@given(
    LINES,
    st.sampled_from([None, "", TITLE, f" {TITLE}\n", "x"]),
    st.sampled_from(["\n", " ", "\r\n"]),
)
def test_the_first_look_misses_nothing(templates, lines, title, end):
    text = end.join(lines)
    for settings in ({}, {"site": SITE, "templates": templates}):
        given_ = text.encode(), title
        found = looked(-1, *given_, **settings)
        assert found == looked(1 << 30, *given_, **settings)
        sites = [SITE] if settings else None
        spans = batch([text], [title], sites, templates=settings.get("templates")).spans
        assert _joined(found) == _joined(spans.tolist())


def _joined(spans):
    """Give the bytes that are kept."""
    return set(chain.from_iterable(range(a, b) for a, b in spans))


def test_nothing_goes_from_a_clean_page_and_something_from_others(templates):
    clean = "\n".join(BODY).encode()
    assert looked(-1, clean) == [(0, len(clean))]
    assert looked(-1, b"") == []
    for line in ("Tin liên quan", ADVERT, "(TTO) - " + BODY[0], "Trần Bình"):
        page = "\n".join([TITLE, line, *BODY]).encode()
        known = looked(-1, page, None, SITE, templates=templates)
        assert known != [(0, len(page))], line


def test_it_waits_until_compiling_pays(monkeypatch):
    monkeypatch.setattr(_jit, "is_kept", lambda _: False)
    patient = _jit.Patient(onepage.look, 2)
    assert [patient.waits(1) for _ in range(4)] == [True, True, False, False]
    monkeypatch.setattr(_jit, "is_kept", lambda _: True)
    assert not _jit.Patient(onepage.look, 2).waits(1)
