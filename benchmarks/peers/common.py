"""What the scripts of the peers share; each runs alone, in its own virtual environment.

    python NAME.py INPUT.jsonl CLUSTERS.tsv

Reads records of id and text, writes a line ``id TAB cluster`` for each, and says as JSON on its
last line how long each step took. Peers without a tokeniser of their own get word 5-grams of
lower-cased text by the quickest plain Python.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time

import orjson

THRESHOLD = 0.7
SLOTS, BANDS, ROWS = 128, 16, 8
SIZE = 5
CHUNK = 2000

_words = re.compile(r"\w+").findall


def words(text):
    return _words(text.lower())


def shingles(tokens, join=" ".join):
    if len(tokens) < SIZE:
        return [join(tokens)]
    return list(map(join, zip(*(tokens[i:] for i in range(SIZE)))))


class Clock:
    """CPU seconds by step."""

    def __init__(self):
        self.steps = {}
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        self._last = self.cpu

    def lap(self, step):
        now = time.process_time()
        self.steps[step] = self.steps.get(step, 0.0) + now - self._last
        self._last = now

    def finish(self, **more):
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        report = {
            "work_wall": time.perf_counter() - self.wall,
            "work_cpu": time.process_time() - self.cpu + children.ru_utime + children.ru_stime,
            "steps": {step: round(spent, 3) for step, spent in self.steps.items()},
        }
        print(json.dumps(report | more))


def read(path):
    ids, texts = [], []
    with open(path, "rb") as source:
        for line in source:
            record = orjson.loads(line)
            ids.append(record["id"])
            texts.append(record["text"])
    return ids, texts


def arguments():
    return sys.argv[1], sys.argv[2]


class Forest:
    """Union-find."""

    def __init__(self, n):
        self.parent = list(range(n))

    def find(self, x):
        parent = self.parent
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)

    def labels(self):
        return [self.find(x) for x in range(len(self.parent))]


def write(path, ids, labels):
    with open(path, "w", encoding="utf-8") as sink:
        sink.writelines(f"{name}\t{label}\n" for name, label in zip(ids, labels))
