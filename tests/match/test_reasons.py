"""Reasons name the numbers of their own pair; plain arithmetic is the oracle."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.match.pairs import Shares, table_of
from tests.match.stories import BRIDGE, FLOOD

from syndicate.match.align import EvidenceTable
from syndicate.match.reasons import Evidence, reasons
from syndicate.match.relation import RULES
from syndicate.model import percent

NUMBERS = st.integers(0, 400)
ROWS = st.lists(st.tuples(*[NUMBERS] * len(Evidence._fields)), min_size=1, max_size=9)


def written(row, rule):
    """Fill a reason in by hand."""
    seen = Shares(*row)
    values = seen._asdict() | {
        "facts": seen.facts_changed + seen.facts_shared,
        "facts_least": min(seen.facts_a, seen.facts_b),
    }
    for name in ("share_short", "share_long", "span_short", "span_long"):
        values[name] = percent(getattr(seen, name))
    return RULES[rule].reason.format(**values)


@given(ROWS, st.data())
def test_each_pair_has_its_own_numbers(rows, data):
    rows = [(max(row[0], 1), max(row[1], 1), *row[2:]) for row in rows]
    places = st.integers(0, len(RULES) - 1)
    rules = data.draw(st.lists(places, min_size=len(rows), max_size=len(rows)))
    table = EvidenceTable(*np.array(rows).T)
    wanted = [written(row, rule) for row, rule in zip(rows, rules, strict=True)]
    assert reasons(np.array(rules), table) == wanted
    assert [Evidence(*row).reason(k) for row, k in zip(rows, rules, strict=True)] == wanted


def test_a_text_without_words_shares_nothing():
    (reason,) = reasons(np.array([12]), EvidenceTable(*np.zeros((len(Evidence._fields), 1), int)))
    assert re.findall(r"\d+", reason) == ["0", "0"]


def test_only_all_of_a_text_is_a_hundred_percent():
    row = Evidence(*np.stack(table_of(BRIDGE, FLOOD))[:, 0].tolist())
    nearly = row._replace(tokens_a=1000, tokens_b=1000, shared=999)
    assert "99% of the shorter" in nearly.reason(5)
    assert "100% of the shorter" in nearly._replace(shared=1000).reason(5)
