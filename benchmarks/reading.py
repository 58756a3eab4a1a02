"""Read matches of real articles one by one, blind: ``python benchmarks/reading.py --help``.

``draw FOLDER`` draws matches, stratified by relation over all corpora beside the project, and
writes them there in random order without saying what they were called: ``pairs.txt``, to be
read, and ``key.jsonl``, to be left alone. Somebody writes ``judged.txt``, a line each::

    17 overlap                     the number, and what the pair is
    18 reprint excerpt             where either would do
    19 overlap - one quote shared  anything after a dash is a note

``tell FOLDER`` puts both together: how many were called right, by relation, and which were not.
``retell FOLDER`` does it with what the pairs are called today; a pair that is not told any more
counts unless it was read as an overlap.
"""

import argparse
import json
import random
import textwrap
from collections import defaultdict
from pathlib import Path

from relations import read
from syndicate import Relation, dedupe
from syndicate.evaluation import Rate
from syndicate.pipeline.compare import examine

CORPORA = ("baomoi", "vims", "vmds", "24h", "vietnews")
SHARES = {
    Relation.OVERLAP: 80,
    Relation.REPRINT: 60,
    Relation.EXCERPT: 55,
    Relation.EMBEDDING: 45,
    Relation.TEMPLATE: 50,
    Relation.ROUNDUP: 10,
}
"""How many of 300 are drawn of each relation; exact copies need no reader."""
SHOWN = {"shared": 6, "edited": 6, "new": 14}
"""Words of a stretch that are shown."""
STRETCHES = 12
"""Stretches of a text that are shown."""


def matches():
    """Give every corpus with its documents and matches."""
    for name in CORPORA:
        documents = {document.id: document for document in read(name)}
        yield name, documents, dedupe(list(documents.values())).matches


def draw(folder, count, seed):
    pick = random.Random(seed)
    held = defaultdict(lambda: defaultdict(list))
    for name, documents, found in matches():
        for match in found:
            pair = documents[match.a], documents[match.b]
            held[match.relation][name].append((name, match.relation, *pair))
    drawn = []
    for relation, share in SHARES.items():
        drawn += spread(held[relation], round(share * count / sum(SHARES.values())), pick)
    pick.shuffle(drawn)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pairs.txt").open("w") as pairs, (folder / "key.jsonl").open("w") as key:
        for number, (name, relation, a, b) in enumerate(drawn, 1):
            pairs.write(shown(number, a, b))
            total = sum(map(len, held[relation].values()))
            row = {"corpus": name, "a": a.id, "b": b.id, "relation": relation, "of": total}
            key.write(json.dumps(row) + "\n")
    print(f"{len(drawn)} pairs in {folder}")


def spread(lists, count, pick):
    """Draw from all lists about equally; short ones give what they have."""
    drawn = []
    for place, some in enumerate(sorted(lists.values(), key=len)):
        drawn += pick.sample(some, min(len(some), (count - len(drawn)) // (len(lists) - place)))
    return drawn


def shown(number, a, b):
    """Write a pair for a reader: shared passages by number, and what either has of its own."""
    seen = examine(a, b)
    shared = sum(passage.words for passage in seen.match.passages)
    lines = [f"\n#{number} {shared} words in {len(seen.match.passages)} passages"]
    for side, document, pieces in (("A", a, seen.anatomy.a), ("B", b, seen.anatomy.b)):
        words = len(document.text.split())
        lines.append(f"{side} {words} words {document.title or ''!r} {document.published or ''}")
        said = list(stretches(document.text, pieces))
        if len(said) > STRETCHES:
            half = STRETCHES // 2
            said[half:-half] = [f"({len(said) - 2 * half} more)"]
        lines.append(textwrap.fill(" ".join(said), 200))
    return "\n".join(lines) + "\n"


def stretches(text, pieces):
    """Give the stretches of a text: ``=1 ...=`` shared, ``<...>`` edited, ``[...]`` its own."""
    for piece in pieces:
        words = text[piece.start : piece.end].split()
        half = SHOWN.get(piece.kind, SHOWN["new"]) // 2
        if len(words) > 2 * half + 2:
            words = [*words[:half], f"..{len(words) - 2 * half}..", *words[-half:]]
        said = " ".join(words)
        if piece.kind == "shared":
            yield f"={piece.passage} {said}="
        elif piece.kind == "edited":
            yield f"<{said}>"
        else:
            yield f"[{'' if piece.kind == 'new' else piece.kind + ': '}{said}]"


def judged(folder):
    """Read what somebody made of the pairs."""
    for line in (folder / "judged.txt").read_text().splitlines():
        if line.strip():
            number, *said = line.partition(" - ")[0].split()
            yield int(number), {Relation(name) for name in said}


def tell(folder, now=None):
    """Count what was called right, and list what was not."""
    key = [json.loads(line) for line in (folder / "key.jsonl").open()]
    counts = defaultdict(list)
    for number, accepted in judged(folder):
        row = key[number - 1]
        called = row["relation"] if now is None else now.get((row["a"], row["b"]), "not told")
        if called == "not told" and Relation.OVERLAP in accepted:
            continue
        counts[called].append(called in accepted)
        if called not in accepted:
            wanted = " or ".join(sorted(accepted))
            print(f"  {number:4} {row['corpus']:9} called {called}, read as {wanted}")
    for called, right in sorted(counts.items()):
        rate = Rate(sum(right), len(right))
        print(f"{called:10} {rate.hits:4} of {rate.cases:4} right, at least {rate.low:.3f}")
    everything = [one for right in counts.values() for one in right]
    rate = Rate(sum(everything), len(everything))
    print(f"{'all':10} {rate.hits:4} of {rate.cases:4}: {rate.value:.3f} ({rate.low:.3f})")


def retell(folder):
    called = {}
    for _, _, found in matches():
        called |= {(match.a, match.b): match.relation for match in found}
    tell(folder, called)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("draw", "tell", "retell"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.what == "draw":
        draw(options.folder, options.count, options.seed)
    else:
        {"tell": tell, "retell": retell}[options.what](options.folder)


if __name__ == "__main__":
    main()
