"""Measures of matches and clusters, with intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of some cases, with the interval that its true value probably lies in.

    Examples
    --------
    >>> rate = Rate(97, 100)
    >>> round(rate.value, 2), round(rate.low, 3), round(rate.high, 3)
    (0.97, 0.915, 0.99)
    """

    hits: int
    cases: int

    @property
    def value(self) -> float:
        """Hits by cases; 0 where there are no cases."""
        return self.hits / self.cases if self.cases else 0.0

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self._wilson(-1)

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self._wilson(1)

    def _wilson(self, sign: int) -> float:
        """One end of the score interval of Wilson (1927)."""
        if not self.cases:
            return 0.0 if sign < 0 else 1.0
        z, n = 1.959964, self.cases
        middle = self.value + z * z / (2 * n)
        spread = z * math.sqrt((self.value * (1 - self.value) + z * z / (4 * n)) / n)
        return min(1.0, max(0.0, (middle + sign * spread) / (1 + z * z / n)))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two clusterings of the same documents agree.

    Parameters
    ----------
    precision, recall
        Of pairs of documents in one cluster.
    bcubed_precision, bcubed_recall
        The same averaged over documents (Bagga and Baldwin 1998).
    rand
        Rand index adjusted for chance (Hubert and Arabie 1985).
    """

    precision: float
    recall: float
    bcubed_precision: float
    bcubed_recall: float
    rand: float


def compare_clusterings(found: Mapping[str, str], true: Mapping[str, str]) -> Agreement:
    """Compare two clusterings.

    Parameters
    ----------
    found, true
        The name of each document's cluster; both know the same documents.

    Raises
    ------
    ValueError
        If they do not.

    Examples
    --------
    >>> compare_clusterings({"a": "1", "b": "1"}, {"a": "x", "b": "y"}).precision
    0.0
    """
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - slow to import
    from sklearn.metrics.cluster import pair_confusion_matrix  # noqa: PLC0415

    if found.keys() != true.keys():
        odd = sorted(found.keys() ^ true.keys())[0]
        message = f"both clusterings must know the same documents; only one knows {odd!r}"
        raise ValueError(message)
    names = sorted(found)
    ours, theirs = [found[name] for name in names], [true[name] for name in names]
    (_, only_ours), (only_theirs, both) = pair_confusion_matrix(theirs, ours).tolist()
    inside, ours_sizes, theirs_sizes = (
        Counter(zip(ours, theirs, strict=True)),
        *(Counter(side) for side in (ours, theirs)),
    )
    return Agreement(
        precision=both / (both + only_ours) if both + only_ours else 1.0,
        recall=both / (both + only_theirs) if both + only_theirs else 1.0,
        bcubed_precision=sum(n * n / ours_sizes[a] for (a, _), n in inside.items()) / len(names),
        bcubed_recall=sum(n * n / theirs_sizes[b] for (_, b), n in inside.items()) / len(names),
        rand=float(adjusted_rand_score(theirs, ours)),
    )


def best_threshold(right: Iterable[float], wrong: Iterable[float]) -> float:
    """Suggest the threshold that tells right scores from wrong ones best.

    Parameters
    ----------
    right, wrong
        Scores of pairs that belong together, and of pairs that do not.

    Returns
    -------
    float
        In the middle of the gap where the F1 measure is highest; 0 without scores.

    Examples
    --------
    >>> best_threshold([0.9, 0.8], [0.2, 0.4])
    0.6
    """
    good, bad = np.sort(np.fromiter(right, float)), np.sort(np.fromiter(wrong, float))
    edges = np.unique(np.concatenate([[0.0], good, bad, [1.0]]))
    cuts = [round((low + high) / 2, 6) for low, high in pairwise(edges.tolist())]

    def f1(cut: float) -> float:
        kept, mistaken = (values >= cut for values in (good, bad))
        hits = int(kept.sum())
        return 2 * hits / max(hits + int(mistaken.sum()) + len(good), 1)

    return max(cuts, key=f1, default=0.0) if len(good) else 0.0
