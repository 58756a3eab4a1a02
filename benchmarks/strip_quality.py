"""How well and how fast pages are stripped.

    python benchmarks/strip_quality.py            # all that the data beside the project allows
    python benchmarks/strip_quality.py --made     # pages made here alone

What the made pages give is checked with floors, and that of all real texts none changes when
it is stripped again and none is emptied.

Real data is read from ``../shared/data``; where it is absent only the made pages are
measured. F1 is that of the article-extraction-benchmark: 4-grams of words with their counts,
precision and recall averaged over the pages.
"""

from __future__ import annotations

import argparse
import collections
import functools
import hashlib
import itertools
import json
import pathlib
import random
import re
import sys
import tarfile
import time

import numpy as np

import measure
import strip_corpus
import strip_markup
from syndicate.boilerplate import SiteTemplates, strip, strip_batch
from syndicate.boilerplate.api import kept_spans
from syndicate.boilerplate.learned import Learned
from syndicate.boilerplate.lines import as_bytes, read

DATA = pathlib.Path(__file__).parents[2] / "shared" / "data"
WORD = re.compile(r"\w+")
CREDIT = re.compile(
    r"(?i)((ảnh|nguồn|đồ ho[aạ]|photo|video|clip|hình|minh ho[aạ])[^.:]{0,25}:[^:]{1,60}$"
    r"|[-–(.] *ảnh (chụp|tư liệu|minh|cắt|do|từ|internet|vgp|ctv|nvcc|công an)[^.]{0,40}[.)]*$"
    r"|^ảnh (chụp màn|tư liệu|minh|cắt|internet)[^.]{0,20}[.]?$)"
)
BYLINE = re.compile(
    r"^(([A-ZĐÀ-Ỹ][^ ]*|-|[/(]|Theo)[ )./]*){1,8}$"
    r"|^([A-ZĐÀ-Ỹ][^ ]*[ –-]*){0,6}\(?(?i:tổng hợp|ghi|dịch|thực hiện)\)?$"
    r"|(?i:^Theo|^\W*xem |^Nguồn|^Thiết kế:|^\W*(video|clip|hotline))"
)
FURNITURE_24H = (
    "Lưu bài viết thành công", "Tin bài đã lưu", "Bạn có thể xem lại", "[Link nguồn]",
)  # fmt: skip
SEED = 20240501


def column(texts):
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)])
    return as_bytes(np.frombuffer(b"".join(encoded), np.uint8)), offsets


def stripped(texts, sites=None, templates=None):
    result = strip_batch(*column(texts), None, sites, templates=templates)
    kept, offsets = result.joined()
    data, bounds = kept.tobytes(), itertools.pairwise(offsets)
    return [data[a:b].decode("utf-8", "surrogatepass") for a, b in bounds]


def learned(texts, sites):
    templates = SiteTemplates()
    templates.learn_batch(*column(texts), sites)
    return templates


def grams(text):
    words = WORD.findall(text)
    return collections.Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def f1(golds, texts):
    precisions, recalls = [], []
    for gold, text in zip(golds, texts, strict=True):
        true, given = grams(gold), grams(text)
        both = sum((true & given).values())
        precisions.append(both / max(1, sum(given.values())))
        recalls.append(both / max(1, sum(true.values())))
    p, r = np.mean(precisions), np.mean(recalls)
    return float(2 * p * r / (p + r))


def rows(name):
    import zstandard

    with zstandard.open(DATA / f"{name}.jsonl.zst", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@functools.cache
def html(name):
    """Pages of a set with their gold and what each extractor makes of them."""
    import trafilatura
    import zstandard
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    with (
        zstandard.open(DATA / "html_dev.tar.zst", "rb") as packed,
        tarfile.open(fileobj=packed, mode="r|") as tar,
    ):
        files = {
            member.name: tar.extractfile(member).read()
            for member in tar
            if member.isfile() and name in member.name
        }
    root = next(path for path in files if path.endswith(f"{name}/gold.jsonl"))[
        : -len("gold.jsonl")
    ]
    found = []
    for line in files[root + "gold.jsonl"].decode().split("\n"):
        if not line:
            continue
        row = json.loads(line)
        raw = files[root + row["file"]]
        page = HTMLTree.parse(raw.decode(detect_encoding(raw), "replace"))
        found.append({
            "id": row["id"],
            "raw": raw,
            "gold": row.get("text") or "\n".join(row.get("paragraphs") or ()),
            "trafilatura": trafilatura.extract(raw, include_comments=False) or "",
            "resiliparse": extract_plain_text(page, main_content=True, alt_texts=False),
            "all text": extract_plain_text(page, main_content=False, alt_texts=False),
        })  # fmt: skip
    return found


EXTRACTORS = ("trafilatura", "resiliparse", "all text")


def extraction():
    """article-extraction-benchmark: F1 as extracted, and after the rules."""
    pages = html("html_scrapinghub")
    gold = [page["gold"] for page in pages]
    for kind in EXTRACTORS:
        texts = [page[kind] for page in pages]
        yield f"F1 {kind}, raw", f1(gold, texts)
        yield f"F1 {kind}, rules", f1(gold, stripped(texts))


def clean():
    """Words lost on clean gold texts, and those that the page's HTML marks as nothing else.

    Gold texts hold captions, bylines and links; `strip_markup` tells them by the page's markup.
    """
    for name in ("html_scrapinghub", "html_daniel"):
        pages = html(name)
        gold = [page["gold"] for page in pages]
        before = [len(WORD.findall(text)) for text in gold]
        after = [len(WORD.findall(text)) for text in stripped(gold)]
        lost = [(b - a) / max(1, b) for a, b in zip(after, before, strict=True)]
        yield f"{name}: words lost", 1 - sum(after) / sum(before)
        yield f"{name}: texts that lose over 10 %", sum(part > 0.1 for part in lost)
        unmarked = [_unmarked(page) if some else 0 for page, some in zip(pages, lost, strict=True)]
        parts = [n / max(1, b) for n, b in zip(unmarked, before, strict=True)]
        yield f"{name}: unmarked words lost", sum(unmarked) / sum(before)
        yield f"{name}: texts that lose over 10 % unmarked", sum(part > 0.1 for part in parts)


def _unmarked(page):
    """Count the words that a gold text loses and its page does not mark as caption or the like."""
    markup = strip_markup.Markup(page["raw"])
    if markup.scripts(page["gold"]):  # no article, but the source of a page
        return 0
    removals = strip(page["gold"]).removals
    lines = [line for r in removals for line in page["gold"][r.start : r.end].split("\n")]
    return sum(len(WORD.findall(line)) for line in lines if not markup.marks(line))


def _daniel():
    pages = html("html_daniel")
    hosts = [page["id"].split("_")[1] for page in pages]
    count = collections.Counter(hosts)
    return [(page, host) for page, host in zip(pages, hosts, strict=True) if count[host] >= 8]


def learning():
    """DAnIEL: learned on half of each site, applied to the other half."""
    chosen = _daniel()
    side = [int(hashlib.md5(p["id"].encode()).hexdigest(), 16) % 2 for p, _ in chosen]
    gold = [page["gold"] for page, _ in chosen]
    for kind in EXTRACTORS:
        texts, hosts = [p[kind] for p, _ in chosen], [h for _, h in chosen]
        out = list(texts)
        for half in (0, 1):
            here = [i for i, s in enumerate(side) if s == half]
            there = [i for i, s in enumerate(side) if s != half]
            templates = learned([texts[i] for i in here], [hosts[i] for i in here])
            clean_ = stripped([texts[i] for i in there], [hosts[i] for i in there], templates)
            for i, text in zip(there, clean_, strict=True):
                out[i] = text
        yield f"F1 {kind}, raw", f1(gold, texts)
        yield f"F1 {kind}, rules", f1(gold, stripped(texts))
        yield f"F1 {kind}, rules and templates", f1(gold, out)


def reprints():
    """DAnIEL: learned with twelve copies of every tenth article among the pages.

    A line is flagged if it was learned and goes. One that the article holds once, such as
    its title, is real once: of the links to it on its own page all go.
    """
    chosen = _daniel()
    rng = random.Random(SEED)
    for kind in EXTRACTORS:
        texts, hosts = [p[kind] for p, _ in chosen], [h for _, h in chosen]
        again = [i for i in range(len(chosen)) for _ in range(13 if rng.random() < 0.1 else 1)]
        templates = learned([texts[i] for i in again], [hosts[i] for i in again])
        data, offsets = column(texts)
        lines = read(data, offsets)
        found = Learned(hosts, templates.compiled).lines(lines.form, lines.doc) != 0
        found &= ~_kept(
            strip_batch(data, offsets, None, hosts, templates=templates), lines, offsets
        )
        tally = collections.Counter()
        for doc, text, copies, gone in _distinct(lines, found):
            words = len(WORD.findall(text))
            gold = chosen[doc][0]["gold"]
            true = grams(gold)
            real = sum(g in true for g in grams(text)) > 0.6 * len(grams(text))
            if words < 4:
                real = text in gold
            once = min(copies, max(1, gold.count(text))) if real else 0
            lost = max(0, once - (copies - gone))
            tally["real"] += words * once
            tally["flagged"] += words * lost
            tally["junk"] += words * (copies - once)
            tally["caught"] += words * (gone - lost)
        yield f"{kind}: real text flagged", tally["flagged"] / tally["real"]
        yield f"{kind}: junk caught", tally["caught"] / tally["junk"]


def _distinct(lines, found):
    """Give each different line of each text: how often it stands there, how often it goes."""
    tally = {}
    for line, doc in enumerate(lines.doc.tolist()):
        text = lines.data[lines.start[line] : lines.stop[line]].tobytes().decode().strip()
        one = tally.setdefault((doc, text), [0, 0])
        one[0] += 1
        one[1] += int(found[line])
    for (doc, text), (copies, gone) in tally.items():
        yield doc, text, copies, gone


def _kept(result, lines, offsets):
    """Tell of each line whether its last byte is kept."""
    kept = np.zeros(len(lines), bool)
    last = lines.stop - 1
    docs = np.searchsorted(lines.doc, np.arange(len(result.span_offsets)))
    for doc, (low, high) in enumerate(itertools.pairwise(result.span_offsets.tolist())):
        here = slice(docs[doc], docs[doc + 1])
        for a, b in result.spans[low:high].tolist():
            kept[here] |= (last[here] >= offsets[doc] + a) & (last[here] < offsets[doc] + b)
    return kept


def captions():
    """vi_vietnews: captions put back between the lines of their articles.

    Lines of the body that the set itself lists as captions, of whatever article, are told apart:
    they are no article text wrongly removed.
    """
    rng = random.Random(SEED)
    listed = {_bare(c) for row in rows("vi_vietnews_dev") for c in row["captions"]}
    texts = []
    for number, row in enumerate(rows("vi_vietnews_dev")):
        lines = [(line, False) for line in row["text"].split("\n") if line.strip()]
        if number % 5 or not row["captions"] or len(lines) < 4:
            continue
        for caption in row["captions"]:
            if caption.strip():
                place = rng.randint(1, len(lines))
                lines.insert(place, (" ".join(caption.split()), True))
        texts.append(lines)
    tally = collections.Counter()
    for lines, out in zip(
        texts, stripped(["\n".join(t for t, _ in x) for x in texts]), strict=True
    ):
        left = collections.Counter(out.split("\n"))
        for line, is_caption in lines:
            kept = left[line] > 0
            left[line] -= kept
            kind = "credited" if CREDIT.search(line) else "plain"
            if not is_caption:
                own = "listed" if _bare(line) in listed else "body"
                kind = "byline" if BYLINE.search(line) else own
            tally[kind, kept] += 1
    for kind, name in (
        ("credited", "captions with a credit removed"),
        ("plain", "captions without removed"),
        ("body", "body lines wrongly removed (bylines apart)"),
        ("listed", "body lines that are listed as captions removed"),
        ("byline", "bylines and pointers removed"),
    ):
        yield name, tally[kind, False] / (tally[kind, False] + tally[kind, True])


def _bare(line):
    """Fold what differs between two ways to give a caption."""
    return " ".join(line.split()).strip(" .").lower()


def glued():
    """vi_24h: pages that still hold furniture, learned on all, and on the other half."""
    texts = [row["text"] for row in rows("vi_24h_dev")]
    for name, train, test in (("all", texts, texts), ("half", texts[::2], texts[1::2])):
        templates = learned(train, ["24h"] * len(train))
        out = stripped(test, ["24h"] * len(test), templates)
        holding = sum(any(mark in text for mark in FURNITURE_24H) for text in out)
        yield f"pages with furniture, learned on {name}", holding / len(test)


def promises():
    """All real texts: how many change when they are stripped again, or are left without a word.

    Pages of a site are stripped with what was learned of it, too.
    """
    sets = [
        (
            [page[kind] for page in html(name)],
            [page["id"].split("_")[-2:][0] for page in html(name)],
        )
        for name in ("html_scrapinghub", "html_daniel")
        for kind in ("gold", *EXTRACTORS)
    ]
    for name in ("vi_24h_dev", "vi_vims_dev", "vi_vmds_dev", "vi_baomoi_dev", "vi_vietnews_dev"):
        texts = ["\n".join([row["text"], *row.get("captions", ())]) for row in rows(name)]
        sets.append((texts, [name] * len(texts)))
    unlike = emptied = 0
    for texts, sites in sets:
        for templates in (None, learned(texts, sites)):
            once = stripped(texts, sites, templates)
            twice = stripped(once, sites, templates)
            unlike += sum(a != b for a, b in zip(once, twice, strict=True))
            pairs = zip(texts, once, strict=True)
            emptied += sum(bool(a.strip()) > bool(b.strip()) for a, b in pairs)
    yield "texts", sum(len(texts) for texts, _ in sets)
    yield "texts that change when stripped again", unlike
    yield "texts left without a word", emptied


def speed():
    """Million characters a second on one core, and articles a second."""
    sets = {}
    for name in ("vi_vietnews_dev", "vi_24h_dev"):
        some = [row for _, row in zip(range(8000), rows(name), strict=False)]
        texts = ["\n".join([r["text"], *r.get("captions", ())[:2]]) for r in some]
        sets[name] = texts, [name] * len(texts)
    for kind in EXTRACTORS:
        hosts = [page["id"].split("_")[1] for page in html("html_daniel")]
        sets[f"DAnIEL, {kind}"] = [page[kind] for page in html("html_daniel")], hosts
    for name, (texts, sites) in sets.items():
        templates = learned(texts, sites)
        _ = templates.compiled
        data, offsets = column(texts)
        best = float("inf")
        for _ in range(5):
            start = time.process_time()
            strip_batch(data, offsets, None, sites, templates=templates)
            best = min(best, time.process_time() - start)
        yield f"{name}: million characters a second", sum(map(len, texts)) / best / 1e6
        yield f"{name}: articles a second", len(texts) / best
    pages = sets["vi_vietnews_dev"][0][:400]
    encoded = [page.encode() for page in pages]
    yield "one page by itself, what goes: microseconds", _alone(kept_spans, encoded)
    yield "one page by itself, stripped: microseconds", _alone(strip, pages)


def _alone(function, pages):
    """Microseconds a page takes where each is given by itself, once all is compiled."""
    best = float("inf")
    for _ in range(8):
        start = time.process_time()
        for page in pages:
            function(page)
        best = min(best, time.process_time() - start)
    return best / len(pages) * 1e6


def made():
    """Pages made here: words of the article lost, words of the page left."""
    pages = strip_corpus.pages()
    texts, sites = [page.text for page in pages], [page.site for page in pages]
    templates = learned(texts, sites)
    often = collections.Counter(
        (page.site, line) for page in pages for line in {line for line, _ in page.lines}
    )
    per_site = collections.Counter(sites)
    counted = [
        "\n".join(
            line for line, _ in page.lines
            if often[page.site, line] < max(3, 0.08 * min(64, per_site[page.site]))
        )
        for page in pages
    ]  # fmt: skip
    for name, out in (
        ("counting pages", counted),
        ("rules", stripped(texts)),
        ("rules and templates", stripped(texts, sites, templates)),
    ):
        tally = collections.Counter()
        for page, text in zip(pages, out, strict=True):
            left = collections.Counter(text.split("\n"))
            for line, real in page.lines:
                kept = left[line] > 0
                left[line] -= kept
                tally[real, kept] += len(line.split())
        yield f"{name}: article kept", tally[True, True] / sum(tally[True, k] for k in (0, 1))
        yield f"{name}: page caught", tally[False, False] / sum(tally[False, k] for k in (0, 1))


REAL = {
    "clean texts": clean,
    "article-extraction-benchmark": extraction,
    "DAnIEL": learning,
    "DAnIEL with reprints": reprints,
    "captions": captions,
    "glued pages": glued,
    "promises": promises,
    "speed": speed,
}


FLOORS = {"made pages": "strip", "promises": "strip promises"}
"""Parts whose figures are checked, and where their floors stand."""


def check(said, floors):
    """Compare figures with their floors."""
    wrong = [
        f"{name}: {said[name]:.4f} < {low}"
        for name, low in floors["at least"].items()
        if said[name] < low
    ]
    wrong += [
        f"{name}: {said[name]:.4f} > {top}"
        for name, top in floors["at most"].items()
        if said[name] > top
    ]
    if wrong:
        sys.exit("strip quality fell:\n" + "\n".join(wrong))


def main() -> None:
    """Measure and print; fail if a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--made", action="store_true", help="only the pages made here")
    parser.add_argument("--only", choices=REAL, help="only this of the real data")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures here")
    options = parser.parse_args()
    parts = {options.only: REAL[options.only]} if options.only else {"made pages": made}
    if not options.made and not options.only and DATA.exists():
        parts |= REAL
    report = {}
    for name, part in parts.items():
        print(f"\n{name}: {part.__doc__.splitlines()[0]}")
        report[name] = {}
        for what, value in part():
            report[name][what] = value
            print(f"  {what:<48} {value:12.4f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    for name in FLOORS.keys() & report.keys():
        check(report[name], measure.floors(FLOORS[name]))


if __name__ == "__main__":
    main()
