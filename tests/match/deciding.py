"""Relations decided array by array, against which the compiled way is tested."""

from typing import NamedTuple

import numpy as np

from syndicate.match.align import EvidenceTable
from syndicate.match.relation import (
    BACKGROUND,
    BEHIND,
    CHIEFLY,
    COHERENT,
    DENSE,
    EARLY,
    FACTS_CHANGED,
    FACTS_CHANGED_FEW,
    FACTS_CHANGED_LEAST,
    FORMULAS,
    HALF,
    HEAD,
    HELD,
    IN_PLACE,
    LEAD,
    LEAST,
    LED_LONG,
    LED_SHORT,
    MORE,
    MUCH,
    NUMBERS,
    ONE_PIECE,
    PAGE,
    PART,
    REWRITTEN,
    SAME,
    SAME_BETWEEN,
    SCATTERED,
    SEAM,
    SHORT_RUN,
    SLOTS,
    SOME,
    TOLD_PART,
    UNBROKEN,
    WHOLE,
)


class _Measures(NamedTuple):
    """What the rules compare, derived from an `EvidenceTable`."""

    table: EvidenceTable
    share_short: np.ndarray
    share_long: np.ndarray
    span_short: np.ndarray
    span_long: np.ndarray
    facts: np.ndarray
    coherent: np.ndarray
    starts_late: np.ndarray
    joins: np.ndarray
    head: np.ndarray
    pieces: np.ndarray
    page: np.ndarray
    long_later: np.ndarray


def _measures(table, context):
    a_short = table.tokens_a <= table.tokens_b
    sizes = np.maximum(np.stack([table.tokens_a, table.tokens_b]), 1)
    short, long = sizes.min(0), sizes.max(0)
    first_long = np.where(a_short, table.first_b, table.first_a)
    extents = np.stack([table.last_a - table.first_a, table.last_b - table.first_b])
    extents = np.where(a_short, extents, extents[::-1])
    spans = np.stack([table.spanned_a, table.spanned_b])
    span_short, span_long = np.where(a_short, spans, spans[::-1])
    begins = np.stack([table.bulk_a / sizes[0], table.bulk_b / sizes[1]])
    coherent = (table.shared - SEAM * table.runs >= COHERENT * short) & (table.shared >= LEAST)
    share = table.shared / short
    half = (share >= HALF) & ((share >= MORE) | (begins.max(0) <= EARLY))
    turned = (table.moved > 0) & (table.longest < ONE_PIECE * table.shared)
    facts = table.facts_changed / np.maximum(table.facts_changed + table.facts_shared, 1)
    return _Measures(
        table=table,
        share_short=share,
        share_long=table.shared / long,
        span_short=span_short / short,
        span_long=span_long / long,
        facts=facts,
        coherent=coherent,
        starts_late=begins.min(0) > BACKGROUND,
        joins=half & coherent,
        head=first_long <= HEAD * short,
        pieces=(extents[1] > SCATTERED * extents[0]) | turned,
        page=(span_short >= HELD * short) | (long >= PAGE * short),
        long_later=np.where(a_short, context.later, -context.later).astype(np.int8),
    )


def decided(table, context):
    """Give the rule of each pair."""
    m = _measures(table, context)
    in_place = np.abs(table.spanned_a - table.spanned_b) <= IN_PLACE * table.spanned_a
    in_place &= table.shared <= SHORT_RUN * table.runs
    enough = (m.share_short >= HALF) | (in_place & (m.share_short >= REWRITTEN))
    whole = (m.span_short >= PART) & (m.span_long >= WHOLE) & enough
    half = m.joins & ~m.starts_late
    solid = half & (m.share_long < SOME) & (2 * table.longest >= table.shared)
    most = (m.span_short >= PART) & m.joins
    amid = (half | most) & (m.share_long >= SOME) & (m.share_short < CHIEFLY)
    much = half & (m.share_short >= MUCH) & (table.shared >= 2 * LEAST)
    part = (most | solid | much) & ~amid
    excerpt = np.where(m.long_later == 0, m.head | m.pieces | ~m.page, m.long_later < 0)
    version = context.same_url | (context.same_site & (context.later != 0))
    holds = [
        context.same_text,
        _form(m),
        _only_facts(m),
        _formulas(m),
        _figures(m),
        version & (whole | (most & ((m.long_later > 0) | context.same_url))),
        whole,
        part & excerpt,
        part,
        amid,
        _led(m),
        (m.share_short >= HALF) & m.starts_late,
        np.ones(len(m.facts), bool),
    ]
    return np.argmax(np.stack(holds), axis=0).astype(np.uint8)


def _form(m):
    t = m.table
    few = (t.slots == SLOTS - 1) & (m.facts >= FACTS_CHANGED_FEW)
    few &= (t.facts_changed >= SLOTS) | _dense(t)
    mostly = (2 * t.slots >= t.edits) & (m.share_short < 0.8)
    mostly &= few | ((t.slots >= SLOTS) & (m.facts >= FACTS_CHANGED_LEAST))
    several = (t.slots >= SLOTS) & (m.facts >= FACTS_CHANGED)
    return (several | mostly) & (m.share_short >= TOLD_PART)


def _only_facts(m):
    alike = (m.span_short >= 0.95) & (m.span_long >= 0.95)
    return np.asarray(alike & (m.table.slots > 1) & (m.table.slots >= m.table.edits))


def _figures(m):
    t = m.table
    least = np.minimum(t.facts_a, t.facts_b)
    exchanged = (t.slots >= SLOTS - 1) & (t.facts_changed >= SLOTS) & (m.share_short < 0.8)
    exchanged &= t.facts_shared <= SAME * least
    formulas = (t.passages >= FORMULAS) & _short(t)
    formulas &= t.facts_shared <= np.where(t.moved >= SLOTS, SAME, SAME_BETWEEN) * least
    pieces = (t.passages >= FORMULAS) & (t.moved >= SLOTS)
    pieces &= t.facts_shared <= np.minimum(SAME_BETWEEN, BEHIND * m.share_short) * least
    numbers = _dense(t) & (least >= NUMBERS) & (m.share_short >= TOLD_PART)
    return np.asarray(numbers & (exchanged | formulas | pieces))


def _dense(t):
    return np.asarray((t.facts_a >= DENSE * t.tokens_a) & (t.facts_b >= DENSE * t.tokens_b))


def _short(t):
    return np.asarray((t.shared <= SHORT_RUN * t.runs) & (t.longest < 0.3 * t.shared))


def _led(m):
    t = m.table
    whole = (t.spanned_a >= UNBROKEN * t.last_a) | (t.spanned_b >= UNBROKEN * t.last_b)
    unbroken = whole & (t.moved == 0) & (t.slots < SLOTS)
    unbroken &= 3 * t.longest >= t.shared
    much = (m.share_short >= LED_SHORT) & (m.share_long >= LED_LONG)
    return np.asarray(much & unbroken & m.coherent & (np.maximum(t.first_a, t.first_b) <= LEAD))


def _formulas(m):
    t = m.table
    numbers = (t.slots > 1) & (t.facts_shared >= FORMULAS) & (m.share_short >= TOLD_PART)
    return _short(t) & numbers & (t.passages >= FORMULAS) & (t.moved >= SLOTS)
