"""What shared text means: measured on real articles, or on made ones with floors.

    python benchmarks/relations.py [N]       # N real articles, and all the sets beside the project
    python benchmarks/relations.py --made    # text made here alone, checked with floors

Prints, one block each: planted reprints by kind, pairs of different events, reports by one
form and reprints of them, passages, the cost beside the bands alone, and who copied whom.
"""

import argparse
import bisect
import json
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import zstandard
from rapidfuzz.distance import Levenshtein

import corpus
import measure
import reports
from syndicate import Config, dedupe
from syndicate.evaluation import assess, plant
from syndicate.model import Document, Match, Relation
from syndicate.origin import trace
from syndicate.pipeline.compare import examine

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DAILY = {
    "gold": r"giá vàng",
    "lottery": r"xổ số|vietlott",
    "weather": r"thời tiết",
    "storms": r"bão số|áp thấp",
    "others": r"t[ỷỉ] giá|vn-index|giá xăng",
}
"""Titles of reports that come every day."""
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


def made(count):
    """Write articles, each of another story; every fifth states figures all over."""
    plan = corpus.Plan(range(count), [0] * count)
    for number, version in zip(*plan, strict=True):
        text = corpus.document(number, version, corpus.SEED)
        if number % 5 == 0:
            text = figures(random.Random(number), text)
        yield Document(id=f"made/{number:05d}", text=text)


def figures(pick, text):
    """Put a number in the place of every twentieth word or so."""
    return re.sub(
        r"\S+",
        lambda word: str(pick.randrange(1, 5000)) if pick.random() < 0.05 else word.group(),
        text,
    )


def planted(documents, count):
    plants = plant(documents, count=count, seed=11)
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
        yield f"{kind.kind}: found", kind.found.value
        yield f"{kind.kind}: right", kind.right.value
    print(f"  precision {assessment.precision.value:.4f} of {assessment.precision.cases}")
    yield "joined rightly", assessment.precision.value


def events(name):
    documents = list(read(name))
    matches = [match for match in dedupe(documents).matches if match.relation.joins]
    across = [m for m in matches if m.a.split("/")[0] != m.b.split("/")[0]]
    thin = [m for m in matches if m.containment < 0.3]
    print(f"\n{name}: {len(matches)} joining, {len(across)} of different events, {len(thin)} thin")
    for match in (*across, *thin):
        print(f"  {match.a} {match.b} {match.relation} {match.containment:.2f} {match.reason}")


def forms():
    """Count what pairs of real reports of different days are called, and reprint such reports."""
    for name in ("baomoi", "vietnews"):
        documents = {document.id: document for document in read(name)}
        found = dedupe(list(documents.values())).matches
        daily = {
            kind: Counter(
                match.relation.value
                for match in found
                if match.containment >= 0.25
                and of_days_apart(kind, *(documents[one].title for one in (match.a, match.b)))
            )
            for kind in DAILY
        }
        print(f"\n{name}: reports of different days, a quarter shared")
        for kind, called in daily.items():
            print(
                f"  {kind:8} {called['template']:5} of {called.total():5} template; {dict(called)}"
            )
        reprinted(
            {
                one.id: one.text
                for one in documents.values()
                if any(re.search(form, one.title or "", re.IGNORECASE) for form in DAILY.values())
                and len(one.text.split()) > 100
            },
            300,
        )


def of_days_apart(kind, *titles):
    """Say whether titles are of one kind of report, and name different days."""
    if not all(title and re.search(DAILY[kind], title, re.IGNORECASE) for title in titles):
        return False
    one, two = (set(DATED.findall(title)) for title in titles)
    return bool(one and two and not one & two)


def reprinted(texts, count):
    """Reprint some of these reports amid all of them; give the part called so."""
    pick = random.Random(6)
    chosen = pick.sample(sorted(texts), min(count, len(texts)))
    copies = {f"copy/{name}": reports.reprint(pick, texts[name]) for name in chosen}
    matches = dedupe([*texts.items(), *copies.items()]).matches
    met = {frozenset((match.a, match.b)): match.relation for match in matches}
    called = Counter(met.get(frozenset((name, f"copy/{name}"))) for name in chosen)
    right = sum(n for relation, n in called.items() if relation and relation.joins)
    print(f"  reprints of {len(chosen)} such reports: {dict(called)}")
    return right / len(chosen)


def made_forms(days):
    """Tell reports of one form from each other, and reprints of each."""
    texts = dict(reports.reports(days))
    called = {form: Counter() for form in reports.FORMS}
    for match in dedupe(texts.items()).matches:
        form = match.a.split("/")[0]
        called[form if form == match.b.split("/")[0] else "mixed"][match.relation.value] += 1
    pairs = days * (days - 1) // 2
    print(f"\nmade reports of {days} days, {pairs} pairs of each form")
    for form, relations in called.items():
        print(f"  {form:10} {dict(relations)}")
        if relations:
            yield f"{form}: apart", relations["template"] / relations.total()
    yield "reports: reprinted", reprinted(texts, len(texts))


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


def passages(documents, count):
    """Check every passage against both originals, and count the shared words inside them."""
    draw = random.Random(3)
    told = Counter()
    config = Config(strip="none")
    started = time.perf_counter()
    for _ in range(count):
        source, other = draw.sample(documents, 2)
        copy, origins = edited(draw, source.text, other.text)
        match = examine(source, Document(id="copy", text=copy), config=config).match
        told += Counter(wrong_of(source.text, copy, match.passages))
        told["covered"] += covered(source.text, copy, origins, match.passages)
        told["shared"] += sum(origin is not None for origin in origins)
        told["passages"] += len(match.passages)
    each = (time.perf_counter() - started) / count * 1e3
    share = told["covered"] / told["shared"]
    print(
        f"\npassages: {share:.4f} of the shared words covered, {each:.0f} ms a pair, {dict(told)}"
    )
    yield "passages: covered", share
    yield "passages: as they say", 1 - told["wrong"] / told["passages"]


def edited(draw, text, other):
    """Make a copy: lines left out, moved and put in, words changed, left out and put in.

    Give it, and of each of its words the place of the word in the source, or None.
    """
    lines, at = [], 0
    for line in text.split("\n"):
        words = line.split()
        lines.append(list(zip(words, range(at, at + len(words)), strict=True)))
        at += len(words)
    kept = [line for line in lines if draw.random() < 0.7] or lines
    if draw.random() < 0.2:
        cut = draw.randrange(len(kept))
        kept = kept[cut:] + kept[:cut]
    strange = iter(other.split() * 9)
    made = [[(word, None) for word in other.split("\n")[0].split()]]
    for line in kept:
        made.append([])
        for word, origin in line:
            die = draw.random()
            if die < 0.01:
                continue
            made[-1].append((word, origin) if die < 0.98 else (next(strange), None))
            if die > 0.995:
                made[-1] += [(next(strange), None) for _ in range(draw.randrange(1, 9))]
    text = "\n".join(" ".join(word for word, _ in line) for line in made)
    return text, [origin for line in made for _, origin in line]


def wrong_of(one, two, passages):
    """Name what is wrong with passages: unequal beyond their edits, unsorted, overlapping."""
    for passage in passages:
        a = plain_words(one[passage.a_start : passage.a_end])
        b = plain_words(two[passage.b_start : passage.b_end])
        fine = Levenshtein.distance(a, b) <= passage.edits <= len(a) + len(b)
        if not (fine and passage.words <= min(len(a), len(b))):
            yield "wrong"
    for start, end in (("a_start", "a_end"), ("b_start", "b_end")):
        spans = sorted((getattr(one, start), getattr(one, end)) for one in passages)
        yield from ["wrong" for one, two in pairwise(spans) if one[1] > two[0]]
    starts = [passage.a_start for passage in passages]
    yield from ["wrong" for one, two in pairwise(starts) if one > two]


def covered(one, two, origins, passages):
    """Count the words that lie in one passage on both sides."""
    here, there = (
        [(found.start(), found.end()) for found in re.finditer(r"\S+", text)]
        for text in (one, two)
    )
    by_b = sorted(passages, key=lambda passage: passage.b_start)
    starts = [passage.b_start for passage in by_b]
    count = 0
    for (start, end), origin in zip(there, origins, strict=True):
        place = bisect.bisect_right(starts, end - 1) - 1
        if origin is None or place < 0:
            continue
        passage = by_b[place]
        inside = passage.b_start < end and start < passage.b_end
        first, last = here[origin]
        count += inside and passage.a_start < last and first < passage.a_end
    return count


def plain_words(text):
    """Fold words the plain way."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    flat = "".join(character for character in flat if not unicodedata.combining(character))
    return re.findall(r"[^\W_]+", flat)


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


def check(said):
    """Compare what made text gave with the floors."""
    floors = measure.floors("relations")
    wrong = [
        f"{name}: {said[name]:.4f} < {low}" for name, low in floors.items() if said[name] < low
    ]
    if wrong:
        sys.exit("relations fell:\n" + "\n".join(wrong))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--made", action="store_true", help="only text made here, with floors")
    options = parser.parse_args()
    if options.made:
        documents = list(made(1500))
        check(dict([*planted(documents, 25), *passages(documents, 150), *made_forms(12)]))
        return
    documents = list(read("vietnews", options.count))
    dict(planted(documents, 200))
    events("vims")
    events("vmds")
    forms()
    dict(passages(documents, 1000))
    cost(options.count)
    direction(300)


if __name__ == "__main__":
    main()
