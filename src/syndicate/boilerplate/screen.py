"""Which texts need judging at all: those with a line that speaks against itself.

Every rule of `syndicate.boilerplate.segment` starts from one of the signs below, so that a
text without any loses nothing there. Clean texts are the most, and this is all they cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.lines import ELLIPSIS, NAMELIKE, QUOTED, SENTENCE, Lines
from syndicate.boilerplate.page import MENU_LINES, MENU_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syndicate.boilerplate.features import Features

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

_TELLING = ELLIPSIS | NAMELIKE
_ENDED = SENTENCE | QUOTED


def telling(
    lines: Lines, features: Features, live: Ints, titles: Keys, shares: NDArray[np.float64]
) -> Ints:
    """Give those of the live lines whose texts must be judged.

    The parameters are those of `syndicate.boilerplate.segment.judge`.
    """
    doc, key, flags = lines.doc[live], lines.key[live], lines.flags[live]
    told = features.telling[live]
    told |= (flags & _TELLING != 0) | (shares[live] > 0)
    told[1:] |= (key[1:] == key[:-1]) & (doc[1:] == doc[:-1])
    if titles.any():
        told |= key == titles[doc]
    judged = np.zeros(len(titles), np.bool_)
    judged[doc[told]] = True
    short = doc[(lines.words[live] <= MENU_WORDS) & (flags & _ENDED == 0)]
    if len(short) >= MENU_LINES:
        judged |= np.bincount(short, minlength=len(titles)) >= MENU_LINES
    return np.asarray(live[judged[doc]])
