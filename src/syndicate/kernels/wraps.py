"""The width at which the lines of a text were wrapped."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, U8, Patient, kernel

NARROW, WIDE = 50, 120
"""Letters of the narrowest and the widest lines that are looked for."""
_NEWLINE, _SPACE = np.uint8(ord("\n")), np.uint8(ord(" "))
_TRAILING, _LEADING = np.uint8(0x80), np.uint8(0xC0)


@kernel
def wrap_votes(data: U8, votes: I64) -> int:
    """Count the lines that have no room for the first word of the next, by width.

    Parameters
    ----------
    data : ndarray of uint8
        A text in UTF-8.
    votes : ndarray of int64, shape (WIDE + 2,)
        Zeros; filled with how many lines would be full at each width.

    Returns
    -------
    int
        Lines no longer than `WIDE` that are followed by another, neither of them blank.
    """
    pairs = before = letters = length = first = 0
    begun = ended = False  # of the first word
    for i in range(len(data) + 1):
        if i == len(data) or data[i] == _NEWLINE:
            if 0 < before <= WIDE and first > 0:
                pairs += 1
                if before + first >= NARROW:
                    votes[max(before, NARROW)] += 1
                    votes[min(before + first, WIDE) + 1] -= 1
            before = length
            letters = length = first = 0
            begun = ended = False
        elif data[i] <= _SPACE:
            letters += 1
            ended = begun
        elif data[i] < _TRAILING or data[i] >= _LEADING:
            letters += 1
            length = letters
            begun = True
            first += not ended
    for width in range(1, len(votes)):
        votes[width] += votes[width - 1]
    return pairs


WRAP_VOTES = Patient(wrap_votes, 300_000)
"""The kernel, for bytes."""
