"""What shared text means, measured on real articles: ``python benchmarks/relations.py [N]``.

Prints, one block each: planted reprints by kind, pairs of different events, reports by one
form, the cost beside the bands alone, passages, and who copied whom. Needs the corpora beside
the project.
"""

import json
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

import zstandard

from syndicate import Config, dedupe
from syndicate.evaluation import assess, plant
from syndicate.model import Document, Match, Relation
from syndicate.origin import trace
from syndicate.pipeline.compare import examine

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DAILY = re.compile(
    r"giá vàng|xổ số|vietlott|thời tiết|tỷ giá|tỉ giá|dự báo|vn-index|giá (xăng|đô|usd)",
    re.IGNORECASE,
)
DATED = re.compile(r"\d{1,2}[/.-]\d{1,2}")
OUTLETS = ("Dân trí", "VnExpress", "Infonet", "Tuổi Trẻ", "Báo Bờ Nam", "Tin Miền Đông")
TRACES = {
    "credit": "{text}\nNguồn: {outlet}",
    "link": "{text}\nNguồn: {url}",
    "byline": "{text}\nTheo {outlet}",
    "dateline": "({outlet}) - {text}",
    "nothing": "{text}",
}


def read(name, limit=None):
    with zstandard.open(DATA / f"vi_{name}_dev.jsonl.zst", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == limit:
                return
            record = json.loads(line)
            yield Document(
                id=record["id"],
                text=record["text"],
                title=record.get("title"),
                url=record.get("url"),
                published=record.get("date"),
            )


def planted(count):
    documents = list(read("vietnews", count))
    plants = plant(documents, count=200, seed=11)
    started = time.perf_counter()
    result = dedupe([*documents, *(one.document for one in plants)])
    seconds = time.perf_counter() - started
    print(f"\nplanted in {len(documents):,} articles, {seconds:.1f} s")
    assessment = assess(result.matches, plants)
    for kind in assessment.kinds:
        print(
            f"  {kind.kind:26} found {kind.found.value:.3f} ({kind.found.low:.3f})"
            f"  called right {kind.right.value:.3f}"
        )
    print(f"  precision {assessment.precision.value:.4f} of {assessment.precision.cases}")


def events(name):
    documents = list(read(name))
    matches = [match for match in dedupe(documents).matches if match.relation.joins]
    across = [m for m in matches if m.a.split("/")[0] != m.b.split("/")[0]]
    thin = [m for m in matches if m.containment < 0.3]
    print(f"\n{name}: {len(matches)} joining, {len(across)} of different events, {len(thin)} thin")
    for match in (*across, *thin):
        print(f"  {match.a} {match.b} {match.relation} {match.containment:.2f} {match.reason}")


def forms():
    documents = {document.id: document for document in read("baomoi")}
    daily = Counter()
    for match in dedupe(list(documents.values())).matches:
        one, two = (documents[name].title or "" for name in (match.a, match.b))
        days = [set(DATED.findall(title)) for title in (one, two)]
        same_form = DAILY.search(one) and DAILY.search(two)
        apart = days[0] and days[1] and not days[0] & days[1]
        if same_form and apart and match.containment >= 0.25:
            daily[match.relation.value] += 1
    print(f"\nreports of different days, a quarter shared: {dict(daily)}")


def cost(count):
    """Compare the CPU time of everything with that of the bands alone, in turns."""
    documents = list(read("vietnews", count))
    seconds = {"all": [], "whole": []}
    for _ in range(4):  # the first round compiles
        for find, times in seconds.items():
            started = time.process_time()
            dedupe(documents, config=Config(find=find))
            times.append(time.process_time() - started)
    everything, bands = (min(times[1:]) for times in seconds.values())
    print(
        f"\ncost: {everything:.2f} CPU s, bands alone {bands:.2f}, ratio {everything / bands:.2f}"
    )


def passages(count):
    draw = random.Random(3)
    documents = list(read("vietnews", 4000))
    shared = total = 0
    started = time.perf_counter()
    for number in range(count):
        source, other = draw.sample(documents, 2)
        lines = source.text.split("\n")
        kept = [line for line in lines if draw.random() < 0.7] or lines
        seen = examine(
            source, Document(id=str(number), text="\n".join([*other.text.split("\n")[:3], *kept]))
        )
        total += sum(len(line.split()) for line in kept)
        shared += sum(passage.words for passage in seen.match.passages)
    each = (time.perf_counter() - started) / count * 1e3
    print(f"\npassages: {shared / total:.3f} of the words kept, {each:.0f} ms a pair")


def direction(count):
    draw = random.Random(4)
    documents = list(read("vietnews", 2000))
    print("\nwho copied whom")
    for how, form in TRACES.items():
        for times in ((None, None), ("2024-05-01T08:00:00+07:00", "2024-05-01T05:00:00+00:00")):
            outcome = Counter()
            for number in range(count):
                outcome[_one(draw, draw.choice(documents).text, form, times, number)] += 1
            print(f"  {how:9} {'with times' if times[0] else '':10} {dict(outcome)}")


def _one(draw, text, form, times, number):
    """Trace one pair whose copy comes from another outlet."""
    first, second = draw.sample(OUTLETS, 2)
    a, b = draw.sample(["x", "y"], 2)
    url = f"https://{number}.example/tin/{number}"
    marked = form.format(text=text, outlet=first, url=url)
    pair = {
        a: Document(id=a, text=text, source=first, url=url, published=times[0]),
        b: Document(id=b, text=marked, source=second, published=times[1]),
    }
    edges = trace(pair, [Match("x", "y", Relation.REPRINT, 0.9, 0.9, 0.9, 100)])
    held = [(edge.source, edge.copy) for edge in edges if not edge.virtual]
    return ("right" if held == [(a, b)] else "wrong") if held else "unknown"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    planted(count)
    events("vims")
    events("vmds")
    forms()
    cost(count)
    passages(200)
    direction(300)


if __name__ == "__main__":
    main()
