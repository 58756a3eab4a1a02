"""A news corpus made of nothing: near-duplicates of known origin, in any number.

Articles are Vietnamese-like and English-like: made-up syllables and words with the frequencies,
sentence and paragraph lengths of news, stock phrases, capitals, numbers, site footers. Three
in ten belong to clusters: an article and versions of it with words changed, paragraphs dropped
and put in, another headline, another site's footer. Every article is a pure function of
(seed, number), by integer arithmetic alone: equal on every machine, made in any order, and
written as a stream.

    python benchmarks/corpus.py 20000 articles.jsonl

writes ``articles.jsonl`` (id, text) and ``articles.gold.npy`` (int32, each row's cluster).
``--same .2`` makes a fifth of the documents one page, ``--alike .2`` one page with a few
words of each its own.
"""

from __future__ import annotations

import argparse
import bisect
import contextlib
import functools
import hashlib
import math
import multiprocessing
import statistics
import sys
import time
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
import zstandard

DATA = Path(__file__).parents[2] / "shared" / "data"
REAL = ("vi_vietnews_dev", "vi_baomoi_dev")
"""Real articles, where somebody has put them beside the project."""
SEED = 20250601
CLUSTERED = 0.3
LARGEST = 20
SITES = 60
PHRASES, PHRASE = 20_000, 6
CHUNK = 2000
TABLE = 1 << 16

PLAIN, TITLE, COMMA, STOP, END, BREAK = range(6)
"""How a word is written: as it is, Capitalised, with a comma, with a full stop, as the end of a
paragraph with and without a full stop."""
FORMS = 6

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_ONSETS = "t th tr c ch nh ng l m n v h đ b s x kh gi ph qu g r d k gh ngh p".split()
_VOWELS = "a ă â e ê i o ô ơ u ư y".split()
_GLIDES = "ai ao au âu ay ây eo êu ia iê iu oa oai oe oi ôi ơi ua uê ui uô ươ ưa ưu yê".split()
_CODAS = ["", "", "n", "ng", "nh", "c", "t", "m", "p", "ch"]
_TONES = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"]
_HEADS = [*"b c d f g h l m n p r s t w st pr tr cl ch gr br".split(), ""]
_CORES = "a e i o u ai ea ee ou oo".split()
_TAILS = ["", "n", "r", "t", "s", "l", "d", "m", "nd", "st", "ng", "rt", "nce", "sp"]
_ENDS = ["", "", "", "s", "ed", "ing", "er", "ly", "tion", "al", "ment"]
_LITTLE = (
    "the of to and a in that is for on was with it as he by at from his be has an are said not "
    "this have but they had which will their or its after who were been more one we would"
).split()


def scramble(x: int) -> int:
    """Spread one integer over 64 bits (SplitMix64: Steele, Lea, Flood 2014)."""
    x = (x + _GOLDEN) & _MASK
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _MASK
    return x ^ (x >> 31)


def draws(key: int, n: int) -> np.ndarray:
    """Give n random numbers of 64 bits for a key."""
    x = np.arange(1, n + 1, dtype=np.uint64)
    x *= np.uint64(_GOLDEN)
    x += np.uint64(key)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def field(numbers: np.ndarray, shift: int, below: int) -> np.ndarray:
    """Cut numbers below a bound out of 16 bits of random ones."""
    cut = (numbers >> np.uint64(shift)) & np.uint64(0xFFFF)
    return ((cut * np.uint64(below)) >> np.uint64(16)).astype(np.int64)


def fractions(key: int, n: int) -> list[float]:
    """Give n random numbers in [0, 1)."""
    return [scramble(key + i) / 2**64 for i in range(n)]


def zipf(n: int, exponent: float, offset: float) -> np.ndarray:
    """Give a table from 16 random bits to ranks below n, frequent ones first."""
    weights = [1 / (rank + offset) ** exponent for rank in range(n)]
    total = math.fsum(weights)
    sums, held = [], 0.0
    for weight in weights:
        held += weight / total
        sums.append(held)
    return np.array(
        [min(bisect.bisect(sums, (i + 0.5) / TABLE), n - 1) for i in range(TABLE)], np.int32
    )


def _vietnamese() -> list[str]:
    words = []
    for onset in _ONSETS:
        for rime in [v + c for v in _VOWELS + _GLIDES for c in dict.fromkeys(_CODAS)]:
            for tone in _TONES:
                word = unicodedata.normalize("NFC", onset + rime[0] + tone + rime[1:])
                words.append((len(rime) + scramble(hash_of(word)) / 2**63, word))
    return [word for _, word in sorted(words)][:7000]


def _english() -> list[str]:
    words = set()
    for i in range(25_000):
        pick = fractions(i, 8)
        parts = []
        for syllable in range(1 + int(pick[0] * 2.6)):
            for place, pieces in enumerate((_HEADS, _CORES, _TAILS)):
                parts.append(pieces[int(pick[1 + (3 * syllable + place) % 7] * len(pieces))])
        words.add("".join(parts) + _ENDS[int(pick[7] * len(_ENDS))])
    usual = [(len(word) + scramble(hash_of(word)) / 2**62, word) for word in words - set(_LITTLE)]
    return _LITTLE + [word for _, word in sorted(usual)][:12_000]


def hash_of(word: str) -> int:
    """Give a number for a word that no hash seed changes."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")


class Language(NamedTuple):
    """The words of a language.

    Attributes
    ----------
    forms
        Each word in each form, with the white space after it.
    rank
        From 16 random bits to a word.
    phrases
        ndarray of int64, shape (PHRASES, PHRASE): stock phrases.
    phrase
        From 16 random bits to a phrase.
    """

    forms: list[str]
    rank: np.ndarray
    phrases: np.ndarray
    phrase: np.ndarray


@functools.cache
def language(which: int) -> Language:
    """Make a language: 0 is like Vietnamese, 1 like English."""
    words = (_vietnamese, _english)[which]()
    words += [str(scramble(i) % 3000) for i in range(100)]
    forms = []
    for word in words:
        upper = word[0].upper() + word[1:]
        forms += [f"{word} ", f"{upper} ", f"{word}, ", f"{word}. ", f"{word}.\n", f"{word}\n"]
    rank = zipf(len(words), 1.02, 4.0)
    numbers = draws(scramble(which + 77), PHRASES * PHRASE)
    phrases = rank[field(numbers, 16, TABLE)].astype(np.int64).reshape(PHRASES, PHRASE)
    return Language(forms, rank, phrases * FORMS, zipf(PHRASES, 0.9, 10.0))


@functools.cache
def lengths() -> np.ndarray:
    """Give the words of an article by 10 random bits: log-normal, 200 to 1,200, median 535."""
    normal = statistics.NormalDist(math.log(535), 0.42)
    drawn = [math.exp(normal.inv_cdf((i + 0.5) / 1024)) for i in range(1024)]
    return np.array([min(1200, max(200, int(words))) for words in drawn])


def prose(lang: Language, key: int, n: int) -> np.ndarray:
    """Write n words of sentences and paragraphs, as places in ``lang.forms``."""
    random = draws(key, n + 1)
    first = random[:n]
    words = lang.rank[field(first, 0, TABLE)].astype(np.int64) * FORMS
    count = n // 25
    if count:
        starts = field(first[:count], 32, max(n - PHRASE, 1))
        chosen = lang.phrases[lang.phrase[field(first[count : 2 * count], 32, TABLE)]]
        places = (starts[:, None] + np.arange(PHRASE)).ravel()
        inside = places < n
        words[places[inside]] = chosen.ravel()[inside]
    style = field(first, 16, 100)
    words[style < 6] += TITLE
    words[style >= 95] += COMMA
    stops = np.cumsum(field(random[: n // 10 + 2], 48, 18) + 10) - 1
    stops = stops[stops < n - 1]
    words[np.r_[0, stops + 1]] = words[np.r_[0, stops + 1]] // FORMS * FORMS + TITLE
    breaks = field(random[: len(stops)], 40, 4) == 0
    words[stops] = words[stops] // FORMS * FORMS + np.where(breaks, END, STOP)
    words[n - 1] = words[n - 1] // FORMS * FORMS + END
    return words


def headline(lang: Language, key: int) -> np.ndarray:
    """Write a headline of 7 to 15 words."""
    random = draws(key, 16)
    words = lang.rank[field(random[: 7 + key % 9], 0, TABLE)].astype(np.int64) * FORMS
    words[0] += TITLE
    words[-1] = words[-1] // FORMS * FORMS + BREAK
    return words


def article(lang: Language, key: int) -> list[np.ndarray]:
    """Write a headline and paragraphs."""
    words = prose(lang, key, int(lengths()[key & 1023]))
    ends = np.flatnonzero(words % FORMS == END)[:-1] + 1
    return [headline(lang, scramble(key)), *np.split(words, ends)]


def edit(lang: Language, parts: list[np.ndarray], key: int) -> list[np.ndarray]:
    """Make a version: words changed, another headline, paragraphs dropped and put in."""
    pick = fractions(key, 16)
    rate = 0.0
    for share, low, high in ((0.35, 0, 0.02), (0.25, 0.02, 0.06), (0.10, 0.06, 0.15)):
        pick[0] -= share
        if pick[0] < 0:
            rate = low + pick[1] * (high - low)
            break
    if rate:
        words = np.concatenate(parts)
        numbers = draws(key ^ 1, len(words))
        there = np.flatnonzero(field(numbers, 16, TABLE) < rate * TABLE)
        words[there] = lang.rank[field(numbers[there], 0, TABLE)] * FORMS + words[there] % FORMS
        parts = np.split(words, np.cumsum([len(part) for part in parts])[:-1])
    else:
        parts = list(parts)
    if pick[2] < 0.4:
        parts[0] = headline(lang, key ^ 2)
    for place in pick[3:5] if pick[5] < 0.35 else []:
        if len(parts) > 4:
            del parts[1 + int(place * (len(parts) - 1))]
    for i in range(int(pick[6] * 4)):
        at = 1 + int(pick[7 + i] * len(parts))
        parts.insert(at, prose(lang, key ^ (16 + i), 6 + int(pick[11 + i] * 14)))
    return parts


@functools.cache
def footers() -> list[list[str]]:
    """Write the footers of all sites, a list for each language."""
    keys = [scramble(991 + site) for site in range(SITES)]
    return [
        [write(lang, [prose(lang, key, 8 + key % 90)]) for key in keys]
        for lang in (language(0), language(1))
    ]


def write(lang: Language, parts: list[np.ndarray]) -> str:
    """Put words together."""
    return "".join(map(lang.forms.__getitem__, np.concatenate(parts).tolist()))


class Plan(NamedTuple):
    """Which document of a corpus is which version of which article.

    Attributes
    ----------
    cluster, version
        ndarray of int32, shape (n,): by document number. Version 0 is the original.
    """

    cluster: np.ndarray
    version: np.ndarray


def plan(n: int, seed: int = SEED, crowd: float = 0.0) -> Plan:
    """Lay out a corpus: one crowd, then clusters, then single articles, then shuffle.

    Parameters
    ----------
    n
        Documents.
    seed
        Another seed, another corpus.
    crowd
        The part of all documents that is cluster 0.
    """
    weights = [size**-1.5 for size in range(2, LARGEST + 1)]
    sums = np.cumsum(np.array(weights) / math.fsum(weights))
    numbers = (draws(scramble(seed), n // 4 + 2) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    sizes = np.minimum(np.searchsorted(sums, numbers), LARGEST - 2) + 2
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), CLUSTERED * n * (1 - crowd)))]
    if crowd:
        sizes = np.r_[int(crowd * n), sizes]
    sizes = np.r_[sizes, np.ones(n - sizes.sum(), np.int64)]
    cluster = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    version = (np.arange(n) - np.repeat(np.cumsum(sizes) - sizes, sizes)).astype(np.int32)
    order = np.argsort(draws(scramble(seed + 1), n), kind="stable")
    return Plan(cluster[order], version[order])


def document(cluster: int, version: int, seed: int, crowd: str = "") -> str:
    """Write one version of one article.

    Parameters
    ----------
    crowd
        If cluster 0 is one page: ``"same"`` or ``"alike"``.
    """
    key = scramble(seed * 1_000_003 + cluster)
    which = int(key >> 40) % 5 == 0
    lang = language(which)
    parts = article(lang, key)
    own = scramble(key + version)
    if crowd and cluster == 0:
        if crowd == "alike":
            parts.insert(1, prose(lang, own, 8))
        return write(lang, parts)
    if version:
        parts = edit(lang, parts, own)
    text = write(lang, parts)
    if own % 5 < 3:
        text += footers()[which][int(SITES * ((own >> 20) % 1000 / 1000) ** 2)]
    return text


def lines(start: int, made: Plan, seed: int = SEED, crowd: str = "") -> bytes:
    """Write documents of a corpus as JSONL, numbered from ``start``."""
    pairs = zip(made.cluster.tolist(), made.version.tolist(), strict=True)
    return b"".join(
        orjson.dumps({"id": f"d{number:07d}", "text": document(*pair, seed, crowd)}) + b"\n"
        for number, pair in enumerate(pairs, start)
    )


def digest(n: int = 200, seed: int = SEED) -> str:
    """Name the corpus by a small one, so that floors know what they were set on."""
    return hashlib.blake2b(lines(0, plan(n, seed), seed), digest_size=8).hexdigest()


def _written(work, chunk: tuple[int, Plan]) -> bytes:
    return work(*chunk)


def make(n: int, path: Path, *, seed: int = SEED, crowd: str = "", part: float = 0.0) -> Path:
    """Write a corpus and its gold clusters, unless they are there; give the gold file."""
    gold = path.with_suffix(".gold.npy")
    if not (path.exists() and gold.exists()):
        made = plan(n, seed, part if crowd else 0.0)
        draft = path.with_suffix(".draft")
        starts = range(0, n, CHUNK)
        chunks = [Plan(*(column[at : at + CHUNK] for column in made)) for at in starts]
        work = functools.partial(lines, seed=seed, crowd=crowd)
        with contextlib.ExitStack() as stack:
            run = map
            if n > 4 * CHUNK:
                run = stack.enter_context(multiprocessing.get_context("spawn").Pool()).imap
            sink = stack.enter_context(draft.open("wb"))
            pairs = zip(starts, chunks, strict=True)
            sink.writelines(run(functools.partial(_written, work), pairs))
        np.save(gold, made.cluster)
        draft.rename(path)
    return gold


def real(n: int, path: Path) -> Path | None:
    """Write n real articles as JSONL, unless they are there; None if there are none at all."""
    if path.exists():
        return path
    files = [file for name in REAL if (file := DATA / f"{name}.jsonl.zst").exists()]
    if not files:
        return None
    done = 0
    draft = path.with_suffix(".draft")
    with draft.open("wb") as sink:
        for file in files:
            with zstandard.open(file, "rt", encoding="utf-8") as source:
                for line in source:
                    if done == n:
                        break
                    record = orjson.loads(line)
                    kept = {"id": f"d{done:07d}", "text": record["text"]}
                    sink.write(orjson.dumps(kept) + b"\n")
                    done += 1
    draft.rename(path)
    return path


def pick(n: int, folder: Path, kind: str | None = None) -> tuple[Path, Path | None]:
    """Give n real articles, or made ones with their gold file if there are none.

    Parameters
    ----------
    kind
        ``"synthetic"`` or ``"real"`` to insist.
    """
    if kind != "synthetic":
        path = real(n, folder / f"real-{n}.jsonl")
        if path:
            return path, None
        if kind == "real":
            sys.exit(f"no real articles in {DATA}")
    path = folder / f"synthetic-{n}.jsonl"
    return path, make(n, path)


def main() -> None:
    """Write a corpus."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("n", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    crowd = parser.add_mutually_exclusive_group()
    crowd.add_argument("--same", type=float, metavar="PART")
    crowd.add_argument("--alike", type=float, metavar="PART")
    options = parser.parse_args()
    kind = "same" if options.same else "alike" if options.alike else ""
    begun = time.perf_counter()
    part = options.same or options.alike or 0.0
    gold = make(options.n, options.path, seed=options.seed, crowd=kind, part=part)
    seconds = time.perf_counter() - begun
    size = options.path.stat().st_size
    clusters = np.unique(np.load(gold), return_counts=True)[1]
    pairs = int((clusters.astype(np.int64) * (clusters - 1) // 2).sum())
    print(
        f"{options.n:,} documents, {size / 1e6:.1f} MB, {size / options.n:.0f} bytes each, "
        f"{(clusters > 1).sum():,} clusters, {pairs:,} pairs; "
        f"{options.n / seconds:,.0f} a second; digest: {digest(seed=options.seed)}"
    )


if __name__ == "__main__":
    main()
