"""Where texts come from: credits, who copied whom, and what each outlet printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from syndicate.origin.credits import find_credits
from syndicate.origin.names import load_names
from syndicate.origin.tally import OutletReport, outlet_reports
from syndicate.origin.trace import trace

if TYPE_CHECKING:
    from syndicate.model import Credit

__all__ = ["OutletReport", "credits_of", "outlet_reports", "trace"]


def credits_of(text: str, *, sources: Iterable[str | None] = ()) -> tuple[Credit, ...]:
    """Find the datelines, credits and mentions of a text.

    Parameters
    ----------
    text
        An original, not stripped.
    sources
        Names of outlets to know beside those of the tables.

    Examples
    --------
    >>> [(credit.name, credit.how) for credit in credits_of("Rain fell. (Reuters)")]
    [('Reuters', 'credit')]
    """
    return find_credits(text, load_names().also(sources))
