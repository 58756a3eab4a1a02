"""Our sketches for datasketch's indexes, and theirs for ours.

>>> from syndicate.integrations.datasketch import minhashes
>>> one, other = minhashes(["Mưa lớn ở miền Trung sáng nay", "mưa lớn ở miền trung SÁNG NAY!"])
>>> one.jaccard(other)
1.0

Needs the extra ``datasketch`` (datasketch 2.0 or later).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from datasketch import MinHash

from syndicate.config import SketchConfig
from syndicate.errors import ConfigError
from syndicate.sketch.minhash import permutations, signatures
from syndicate.text.shingles import encode, shingle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

SEED = 1
SCHEME = "affine32"


def minhashes(texts: Sequence[str], config: SketchConfig | None = None) -> list[MinHash]:
    """Sketch texts as they are, for MinHashLSH, LSHForest, LSHEnsemble and the like.

    Parameters
    ----------
    texts
        Strip them first if they carry boilerplate.
    config
        Shingle size and number of permutations.
    """
    config = config or SketchConfig()
    made = shingle(*encode(texts), config.shingle_size)
    return to_datasketch(signatures(made.shingles, made.bounds, config.num_perm))


def to_datasketch(sketches: NDArray[np.uint32]) -> list[MinHash]:
    """Wrap signatures.

    Parameters
    ----------
    sketches : ndarray of uint32, shape (n, num_perm)

    Returns
    -------
    list of n datasketch.MinHash
        Equal to what datasketch makes of the upper 32 bits of the shingle hashes.
    """
    shared = np.array(permutations(sketches.shape[1]))
    return [
        MinHash(seed=SEED, hashvalues=row, permutations=shared, scheme=SCHEME) for row in sketches
    ]


def from_datasketch(sketches: Iterable[MinHash]) -> NDArray[np.uint32]:
    """Take the signatures out of datasketch's values.

    Returns
    -------
    ndarray of uint32, shape (n, num_perm)

    Raises
    ------
    ConfigError
        If one was made with another seed or scheme, so that slots mean something else.
    """
    rows = []
    for sketch in sketches:
        if sketch.seed != SEED or sketch.scheme != SCHEME:
            message = (
                f"a datasketch MinHash must have seed={SEED} and scheme={SCHEME!r}, got "
                f"seed={sketch.seed} and scheme={sketch.scheme!r}; sketch the texts again"
            )
            raise ConfigError(message)
        rows.append(sketch.hashvalues)
    return np.array(rows, np.uint32)
