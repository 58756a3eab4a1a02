"""The longest marker at a token, against a search in plain Python."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.kernels.columns import column

from syndicate.boilerplate.characters import character_table
from syndicate.boilerplate.lines import read
from syndicate.boilerplate.markers import Mode, load_markers
from syndicate.kernels.markers import longest

FORMS = {
    "whole": ["xqa", "xqa xqb", "xqb xqb xqc"],
    "starts": ["xqa xqb xqc:", "xqb", "xqb xqc xqa xqa"],
    "within": ["xqc xqa", "xqc xqa xqb xqc", "xqb xqa"],
}
MODES = {"whole": Mode.WHOLE, "starts": Mode.STARTS, "within": Mode.WITHIN}


@pytest.fixture(scope="module")
def markers(tmp_path_factory):
    path = tmp_path_factory.mktemp("markers") / "own.toml"
    lists = "\n".join(f"{place} = {forms!r}" for place, forms in FORMS.items())
    path.write_text(f"[furniture]\n{lists}\n")
    return load_markers().extended(path)


def find(lines, first, mode, markers):
    """Give the longest marker of a mode that starts at a token of the only line, or -1."""
    tokens = lines.data, lines.columns, lines.hashes, lines.facts, character_table()
    known = markers.beginnings, markers.bounds, markers.table
    return longest(*tokens, 0, first, int(mode), *known)


def expected(words, colons, first, places):
    """Give the longest form of these places, and where it may stand, that starts here."""
    best = None
    for place in places:
        for form in FORMS[place]:
            tokens = form.rstrip(":").split()
            past = first + len(tokens)
            fits = words[first:past] == tokens
            fits &= place != "whole" or len(words) == len(tokens)
            fits &= len(words) <= limit(place, form, len(tokens))
            fits &= not form.endswith(":") or (past <= len(words) and colons[past - 1])
            if fits and (best is None or len(tokens) > len(best.rstrip(":").split())):
                best = form
    return best


def limit(place, form, tokens):
    if place == "whole":
        return 1 << 30
    if place == "within":
        return 25
    if tokens <= 2 and not form.endswith(":"):
        return 8
    return 25 if tokens <= 3 else 40


WORDS = st.lists(st.tuples(st.sampled_from(["xqa", "xqb", "xqc"]), st.booleans()), min_size=1)


@example([("xqa", False), ("xqb", False), ("xqc", False)], "starts")
@example([("xqa", False), ("xqb", False), ("xqc", True)], "starts")
@example([("xqa", True), ("xqb", False), ("xqc", False), ("xqa", True)], "starts")
@given(WORDS, st.sampled_from([*MODES]))
def test_the_longest_marker_that_fits(markers, pairs, place):
    words, colons = [word for word, _ in pairs], [colon for _, colon in pairs]
    text = "".join(word + (": " if colon else " ") for word, colon in pairs)
    lines = read(*column([text]))
    first = np.arange(1 if place == "starts" else len(words))  # a line has one start
    for at in first.tolist():
        entry = find(lines, at, MODES[place], markers)
        form = expected(words, colons, at, [place])
        assert (markers.entries[entry].form if entry >= 0 else None) == form
