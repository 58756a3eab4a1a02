"""How good clusters are: against the known ones, and against exact similarity of all pairs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xxhash
from scipy import sparse

SIZE = 5
BLOCK = 1000


def labels(path: Path, n: int) -> np.ndarray:
    """Read lines ``dNUMBER TAB cluster``; documents that are missing are alone."""
    found = np.arange(n) - n
    names: dict[str, int] = {}
    with path.open(encoding="utf-8") as source:
        for line in source:
            name, _, cluster = line.rstrip("\n").partition("\t")
            found[int(name[1:])] = names.setdefault(cluster, len(names))
    return found


def against_gold(found: np.ndarray, gold: np.ndarray) -> dict[str, float]:
    """Compare pairs of one cluster with the true ones (adjusted Rand: Hubert, Arabie 1985)."""
    _, ours = np.unique(found, return_inverse=True)
    _, true = np.unique(gold, return_inverse=True)
    both = _pairs(ours.astype(np.int64) * (true.max() + 1) + true)
    mine, theirs, all_ = _pairs(ours), _pairs(true), len(gold) * (len(gold) - 1) / 2
    precision, recall = both / max(mine, 1), both / max(theirs, 1)
    chance = mine * theirs / all_
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-12),
        "ari": (both - chance) / max((mine + theirs) / 2 - chance, 1e-12),
    }


def _pairs(groups: np.ndarray) -> float:
    sizes = np.unique(groups, return_counts=True)[1].astype(np.float64)
    return float((sizes * (sizes - 1) / 2).sum())


class Exact(NamedTuple):
    """Documents compared with all others, word for word.

    Attributes
    ----------
    sample
        ndarray of int64: the documents that were compared.
    left, right
        ndarray of int64, shape (pairs,): those that share anything much; left in the sample.
    jaccard, containment
        ndarray of float64: of distinct word 5-grams; containment in the shorter text.
    """

    sample: np.ndarray
    left: np.ndarray
    right: np.ndarray
    jaccard: np.ndarray
    containment: np.ndarray

    def judge(self, found: np.ndarray, threshold: float) -> dict[str, float]:
        """Say how many of the similar pairs are in one cluster, and how many others are.

        ``exact_recall`` is over pairs whose Jaccard similarity reaches the threshold;
        ``exact_precision`` over pairs of one cluster: right if the part of the shorter text
        that the other holds reaches it.
        """
        similar = self.jaccard >= threshold
        together = found[self.left] == found[self.right]
        _, group, sizes = np.unique(found, return_inverse=True, return_counts=True)
        reported = int((sizes[group[self.sample]] - 1).sum())
        right = int((together & (self.containment >= threshold)).sum())
        return {
            "exact_pairs": int(similar.sum()),
            "exact_recall": float(together[similar].mean()) if similar.any() else 1.0,
            "exact_precision": right / reported if reported else 1.0,
        }


def exact(texts: list[str], *, sample: int, least: float = 0.3) -> Exact:
    """Compare a sample of documents with all, by plain sets of word 5-grams.

    Parameters
    ----------
    sample
        Documents to compare, evenly spread.
    least
        Containment of the pairs to list.
    """
    sets = sparse.csr_matrix(_matrix(texts))
    sizes = np.asarray(sets.sum(axis=1)).ravel()
    columns = sets.T.tocsr()
    chosen = np.unique(np.linspace(0, len(texts) - 1, min(sample, len(texts))).astype(np.int64))
    parts = []
    for start in range(0, len(chosen), BLOCK):
        some = chosen[start : start + BLOCK]
        shared = (sets[some] @ columns).tocoo()
        left, right = some[shared.row], shared.col.astype(np.int64)
        kept = (left != right) & (shared.data >= least * np.minimum(sizes[left], sizes[right]))
        left, right, common = left[kept], right[kept], shared.data[kept]
        jaccard = common / (sizes[left] + sizes[right] - common)
        parts.append((left, right, jaccard, common / np.minimum(sizes[left], sizes[right])))
    return Exact(chosen, *map(np.concatenate, zip(*parts, strict=True)))


def _matrix(texts: list[str]) -> sparse.csr_matrix:
    """Give the documents by 5-grams matrix of ones."""
    words = re.compile(r"\w+").findall
    rows = []
    for text in texts:
        tokens = words(text.lower())
        starts = range(max(len(tokens) - SIZE + 1, 1))
        grams = [" ".join(tokens[start : start + SIZE]) for start in starts]
        hashes = [xxhash.xxh3_64_intdigest(gram.encode()) for gram in grams]
        rows.append(np.unique(np.array(hashes, np.uint64)))
    bounds = np.cumsum([0, *map(len, rows)])
    _, columns = np.unique(np.concatenate(rows), return_inverse=True)
    return sparse.csr_matrix((np.ones(len(columns), np.int32), columns, bounds))
