"""Two texts read as the pipeline reads them."""

import numpy as np

from syndicate.match.align import evidence
from syndicate.match.relation import Context, Evidence, relate
from syndicate.text.shingles import encode, shingle


def table_of(*texts, size=5):
    """Evidence of the first text against each other one."""
    made = shingle(*encode(texts), size)
    bounds = np.concatenate(([0], np.cumsum(made.counts, dtype=np.int64)))
    right = np.arange(1, len(texts))
    left = np.zeros_like(right)
    return evidence(made.shingles, made.bounds, made.flags, bounds, left, right, size=size)


def meaning_of(a, b, **known):
    """Relation and evidence of two texts; ``known`` are fields of a Context."""
    table = table_of(a, b)
    context = Context.unknown(1)._replace(**{name: np.array([v]) for name, v in known.items()})
    codes, rules = relate(table, context)
    return codes[0], rules[0], Evidence.row(table, 0)
