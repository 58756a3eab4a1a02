"""What a run says of itself before it begins."""

import json
import random

import pytest
from tests.pipeline.newswire import article

from syndicate.config import Config
from syndicate.io import plan
from syndicate.pipeline import dedupe_paths, pace
from syndicate.pipeline.budget import Budget, Pace


@pytest.fixture
def news(tmp_path):
    rng = random.Random(2)
    lines = [json.dumps({"id": str(n), "text": article(rng)}) + "\n" for n in range(300)]
    (tmp_path / "news.jsonl").write_text("".join(lines))
    return tmp_path / "news.jsonl"


def test_the_pace_is_that_of_reading_and_sketching_the_input(news, monkeypatch):
    units = plan([str(news)]).units
    sketch, now = pace.sketch, [0.0]

    def slow(texts, config, **rest):
        now[0] += 0.2 if config.strip == "none" else 0.4
        return sketch(texts, config, **rest)

    monkeypatch.setattr(pace, "sketch", slow)
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    found = pace.measured(units, Config())
    assert found.reading == pytest.approx(2 * found.matching)
    assert pace.measured(units, Config(find="whole")).matching < found.matching / 2


def test_of_pages_the_text_alone_counts(tmp_path):
    """Which is little of them; and few are read twice, for that takes long."""
    rng = random.Random(3)
    for number in range(60):
        body = f"<p>{article(rng)}</p><script>{'x' * 200_000}</script>"
        (tmp_path / f"{number:02d}.html").write_text(f"<html><body>{body}</body></html>")
    (unit,) = plan([str(tmp_path)]).units
    assert len(pace._few(unit).sources) == 21
    found = pace.measured([unit], Config())
    assert found.text < 0.03
    size = sum(source.size for source in unit.sources)
    estimate = Budget(8 << 30, 1).estimate(size, found)
    assert estimate.seconds < 1 + 2 * size * found.text * (found.reading + 4 * found.matching)


def test_input_without_text_has_the_usual_pace(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    assert pace.measured(plan([str(tmp_path / "empty.jsonl")]).units, Config()) == Pace()
    assert pace.measured((), Config()) == Pace()


def test_large_input_is_timed_before_it_is_announced(news, monkeypatch):
    told = []
    monkeypatch.setattr("syndicate.pipeline._WORTH_TIMING", 1)
    monkeypatch.setattr("syndicate.pipeline.measured", lambda *_: Pace(1.0, 0.0))
    dedupe_paths([str(news)], workers=1, announce=lambda *what: told.append(what))
    ((size, estimate),) = told
    assert estimate.seconds == pytest.approx(1 + size)


def test_what_waits_on_disk_needs_less_memory_and_some_disk():
    within, beyond = Budget(8 << 30, 1).estimate(1 << 30), Budget(2 << 30, 1).estimate(1 << 30)
    assert within.disk == 0
    assert beyond.disk > 1 << 30
    assert beyond.memory < within.memory
    assert Budget(500 << 20, 2).estimate(1 << 32).memory == 500 << 20
