"""What a round leaves and what all rounds take out, against plain Python."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from tests.kernels.columns import column

from syndicate.boilerplate import load_markers
from syndicate.boilerplate.characters import character_table
from syndicate.boilerplate.lines import read
from syndicate.boilerplate.rules import Rule
from syndicate.kernels._jit import _interpreted
from syndicate.kernels.settle import CUT_COLUMNS, MARK, REMOVED_ROWS, collect, mark
from syndicate.kernels.signs import ENDED, LED, LISTED

BODY = "Bà con xã Bình Minh gặt xong lúa hè thu sớm hơn mọi năm mười ngày./."
NAMES = ["TTO", "Dân trí", "TTXVN", "AP", "Nhà báo"]
PLAIN = _interpreted(mark, MARK.others)
OUTLETS, STAMPS = {"tto", "dân trí", "ttxvn", "ap"}, {"date 0 0", "date 0 0 0"}
MARKS = st.lists(
    st.sampled_from(
        [*NAMES, "date 2024-08", "date ", "2024-08", "(", ")", "[", "]", " ", "\u00a0", "-", "–",
         "—", ":", "：", "）", "HÀ NỘI", ",", "xa"]
    ),
    max_size=9,
).map("".join)  # fmt: skip
AFTER = re.compile(r"[\s)\]\u00a0）]*[-:\u2010-\u2015][\s\u00a0\u2010-\u2015-]*")


def marked(lines, signs, drop):
    """Give what `mark` fills, and see that plain Python fills the same."""
    compiled, plain = (_marked(way, lines, signs, drop) for way in (mark, PLAIN))
    assert compiled == plain
    return compiled


def _marked(mark, lines, signs, drop):
    """Call the kernel on a first round; give what goes, which texts change, and the cuts."""
    markers = load_markers()
    texts = int(lines.doc[-1]) + 1 if len(lines) else 0
    gone, changed = np.full(len(lines), -1), np.empty(texts, bool)
    cuts = np.empty((len(lines), CUT_COLUMNS), np.int64)
    with np.errstate(over="ignore"):  # hashes wrap around
        count = mark(
            lines.data, lines.columns, lines.hashes, lines.facts, character_table(), markers.seen,
            markers.beginnings, markers.bounds, markers.table, np.array(signs, np.int64),
            np.arange(len(lines)), np.array(drop, np.int64), gone, changed, cuts,
        )  # fmt: skip
    return gone.tolist(), changed.tolist(), cuts[:count].tolist()


def words_of(line):
    """Give the words of a line as (first, past) of characters."""
    return [match.span() for match in re.finditer(r"\w+", line)]


def text_after(line, words, token):
    """Give where the text begins after the mark that ends before a word, or None."""
    if token >= len(words):
        return None
    past = words[token - 1][1]
    found = AFTER.match(line[past : words[token][0]])
    return past + found.end() if found else None


def lead_in(line):
    """Give where the text of a line begins after an outlet's mark, or None."""
    words = words_of(line)
    folded = [re.sub(r"\d+", "0", line[a:b].lower()) for a, b in words]
    opened = [b > 0 and set("([") & set(line[a:b]) for a, b in gaps(words)]
    for token in range(min(8, len(words) - 1)):
        if token and not opened[token]:
            continue
        for size in (4, 3, 2, 1):
            name = " ".join(folded[token : token + size])
            if len(folded) < token + size or name not in OUTLETS | STAMPS:
                continue
            if name in STAMPS and token + size < len(words):
                return words[token + size][0]
            return text_after(line, words, token + size)
    if not opened or not opened[0] or len(words) < 2:
        return None
    for token in range(1, min(5, len(words))):
        gap = line[words[token - 1][1] : words[token][0]]
        if set(")]）") & set(gap):
            dashed = re.search(r"[-\u2010-\u2015]", gap)
            return text_after(line, words, token) if dashed else None
        if set(":：") & set(gap):
            return None
    return None


def gaps(words):
    """Give what stands before each word as (first, past) of characters."""
    return [(past, first) for (_, past), (first, _) in zip([(0, 0), *words], words, strict=False)]


def test_the_names_of_this_test_are_markers():
    forms = {entry.form for entry in load_markers().entries if entry.section == "lead-in"}
    folded = {" ".join(re.findall(r"\w+", re.sub(r"\d+", "0", form.lower()))) for form in forms}
    assert folded >= OUTLETS | STAMPS
    assert "nhà báo" not in folded


@example("(TTO) - ")
@example("TTO：")
@example("date 2024-08 - ")
@example("date 2024-08-15 ")
@example("HÀ NỘI (TTXVN) – ")
@example("(xa) - ")
@example("(xa: TTO) - ")
@example("[HÀ NỘI, AP] — ")
@given(MARKS)
def test_lead_ins_of_one_line(before):
    line = (before + BODY).strip(" \u00a0")
    lines = read(*column([line]))
    _, changed, cuts = marked(lines, [LED], [0])
    expected = lead_in(line)
    if expected is None:
        assert cuts == []
    else:
        expected = len(line[:expected].encode())
        assert cuts == [[0, expected, lines.stop[0]]]
    assert changed == [expected is not None]


@given(st.lists(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=7)))
def test_which_lines_are_cut(texts):
    """Each line has a lead-in or an end mark that counts or not, and goes or stays."""
    lines = read(*column(["\n".join([f"TTO - {BODY}"] * len(text)) for text in texts]))
    rows = [row for text in texts for row in text]
    signs = [LED * led | ENDED * ended for led, ended, _ in rows]
    gone, changed, cuts = marked(lines, signs, [7 * goes for _, _, goes in rows])
    assert gone == [7 * goes for _, _, goes in rows]
    expected, line, changes = [], 0, []
    for text in texts:
        stay = [i for i, (_, _, goes) in enumerate(text) if not goes]
        before = len(expected)
        for i in stay:
            led = text[i][0] and i in stay[:4]
            ended = text[i][1] and i == stay[-1]
            if led or ended:
                start, stop = lines.start[line + i], lines.stop[line + i]
                expected.append([line + i, start + 6 * led, stop - 2 * ended])
        line += len(text)
        changes.append(len(stay) < len(text) or len(expected) > before)
    assert cuts == expected
    assert changed == changes[: len(changed)]


LINE = st.tuples(
    st.sampled_from(
        ["Bảy từ không có dấu chấm câu", BODY, BODY + " " + BODY, "Ngắn...", "• " + BODY,
         "• " + BODY + " " + BODY]
    ),
    st.sampled_from([0, 0, 0, Rule.PHOTO, Rule.COMMENTS, Rule.SITE]),
    st.integers(0, 3),
)  # fmt: skip
ROWS = [("• " + BODY, Rule.AFTER_BODY, 0)] * 12


@example([([(BODY, 0, 0), (BODY, 0, 0), *ROWS], False)])
@given(st.lists(st.tuples(st.lists(LINE, max_size=5), st.booleans()), max_size=4))
def test_what_is_taken_out(texts):
    """Lines that were cut lost their first or last word, or both, as ``cut`` says."""
    cut = [[_cut(text, how) for text, _, how in rows] for rows, _ in texts]
    data, offsets = column(["\n".join(full for full, _ in rows) for rows in cut])
    lines = read(data, offsets)
    was = lines.columns.copy()
    rules = [rule for rows, _ in texts for _, rule, _ in rows]
    again = [i for i, (_, how) in enumerate(x for rows in cut for x in rows) if how]
    hows = [how for rows in cut for _, how in rows]
    signs = [LISTED * ("•" in full) for rows in cut for full, _ in rows]
    for i in again:
        lines.start[i] += 5 * (hows[i] & 1)
        lines.stop[i] -= 5 * (hows[i] >> 1)
        lines.words[i] -= (hows[i] & 1) + (hows[i] >> 1)
        lines.flags[i] = 0
    room = np.empty((REMOVED_ROWS, 2 * len(lines) + 1), np.int64)
    bounds = np.empty(len(offsets), np.int64)
    unsettled = np.array([rests for _, rests in texts], bool)
    count = collect(
        data, lines.columns, np.array(signs, np.int64), np.arange(len(lines)), unsettled,
        offsets, np.array(again, np.int64), np.ascontiguousarray(was[:, again]),
        np.array(rules, np.int64), room, bounds,
    )  # fmt: skip
    expected, edges, line = [], [0], 0
    for doc, (rows, restless) in enumerate(texts):
        if not restless and _enough(cut[doc], [rule for _, rule, _ in rows]):
            for i, (_, rule, how) in enumerate(rows, line):
                last = i + 1 == line + len(rows)
                following = offsets[doc + 1] if last else lines.begin[i + 1]
                if rule:
                    expected.append([lines.begin[i], following, rule, i])
                    continue
                if how & 1:
                    expected.append([lines.begin[i], lines.start[i], Rule.LEAD_IN, -1])
                if how >> 1:
                    expected.append(
                        [lines.stop[i], lines.stop[i] + 5, _tail_rule(cut[doc], i - line), -1]
                    )
        edges.append(len(expected))
        line += len(rows)
    assert room[:, :count].T.tolist() == expected
    assert bounds.tolist() == edges


def _cut(text, how):
    """Give a line before it was cut: ``how`` says at which ends; each cut takes five bytes."""
    tail = "/aaaa" if len(text) % 2 else " aaaa"
    return ("aaaa " if how & 1 else "") + text + (tail if how >> 1 else ""), how


def _tail_rule(rows, place):
    """Give the rule by which a line's tail goes, whose line is one of a text's."""
    return Rule.END_MARK if "/aaaa" in rows[place][0] else Rule.NAME


def _enough(lines, rules):
    """Tell whether enough of a text is left: half, or 30 words, and a fourth of its prose.

    A row of a list that has fewer than 25 words is no prose.
    """
    kept = total = prose = 0
    for (full, how), rule in zip(lines, rules, strict=True):
        words = len(re.findall(r"\w+", full))
        left = words - (how & 1) - (how >> 1)
        total += words - left if rule == Rule.COMMENTS else words
        kept += left if rule == 0 else 0
        ends = full.endswith(".") and not full.endswith("...") and words >= 8
        ends &= "•" not in full or words >= 25
        prose += left if ends and rule not in (Rule.COMMENTS, Rule.SITE) else 0
    return kept > 0 and kept >= min(30, total / 2) and 4 * kept >= prose
