"""Texts as the kernels take them."""

import numpy as np

from syndicate.boilerplate.lines import PAD, as_bytes


def column(texts):
    """Give the bytes of texts, some more, and where each starts and the last ends."""
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)])
    return as_bytes(np.frombuffer(b"".join(encoded) + bytes(PAD), np.uint8)), offsets
