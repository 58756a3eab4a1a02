"""When something was published, as people and programs write it."""

from datetime import UTC, datetime

import pytest

from syndicate import dedupe
from syndicate.times import published_time

WRITTEN = [
    "2026-03-12T08:00:00+07:00",
    "2026-03-12T01:00:00Z",
    "2026-03-12 01:00:00",
    "Thu, 12 Mar 2026 08:00:00 +0700",
    "Thu, 12 Mar 2026 01:00:00 GMT",
    " 1773277200 ",
    "1773277200.0",
    "1773277200000",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_time_is_the_same_in_all_its_forms(written):
    assert published_time(written) == datetime(2026, 3, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-03-12", "20260312"])
def test_a_day_is_its_midnight(written):
    assert published_time(written) == datetime(2026, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "yesterday",
        "12/03/2026",
        "1",
        "9" * 13,
        "9" * 400,
        "Thu, 32 Mar 2026 08:00:00 GMT",
    ],
)
def test_what_is_no_time_is_none(written):
    found = published_time(written)
    assert found is None or found.year > 2200


def test_documents_are_ordered_by_it_whatever_its_form():
    text = "Sáng nay, huyện đảo Hòn Mây khánh thành trạm điện mặt trời đầu tiên, cấp điện cho dân."
    documents = [{"id": str(n), "text": text, "published": when} for n, when in enumerate(WRITTEN)]
    first = {"id": "z", "text": text, "published": "Thu, 12 Mar 2026 00:59:59 GMT"}
    result = dedupe([*documents, first])
    assert result.clusters[0].canonical == "z"
    assert not result.notes
