"""Two texts read as the pipeline reads them."""

import numpy as np

from syndicate.match.align import evidence
from syndicate.match.reasons import Evidence
from syndicate.match.relation import Context, relate
from syndicate.text.shingles import encode, shingle


class Shares(Evidence):
    """Evidence of two texts, and parts of the shorter and the longer of them."""

    @property
    def short_first(self):
        return self.tokens_a <= self.tokens_b

    @property
    def share_short(self):
        return self.shared / min(self.tokens_a, self.tokens_b)

    @property
    def share_long(self):
        return self.shared / max(self.tokens_a, self.tokens_b)

    @property
    def span_short(self):
        spanned = self.spanned_a if self.short_first else self.spanned_b
        return spanned / min(self.tokens_a, self.tokens_b)

    @property
    def span_long(self):
        spanned = self.spanned_b if self.short_first else self.spanned_a
        return spanned / max(self.tokens_a, self.tokens_b)


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
    return codes[0], rules[0], Shares(*np.stack(table)[:, 0].tolist())
