"""What was learned of sites, as sorted tables that whole columns of texts are looked up in."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from syndicate.boilerplate.pages import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Shares = NDArray[np.float64]


_LOW16 = np.uint64(0xFFFF)
_NONE = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Table:
    """Hashes, ascending, and with which part of their site's articles each stood.

    Of a line that is the title of one article the part is negative: there alone it is none of
    the site's furniture. ``seen`` tells by the low 16 bits which hashes there may be.
    """

    keys: Keys
    shares: Shares
    seen: NDArray[np.bool_]

    @classmethod
    def build(cls, sites: Mapping[str, Mapping[int, float]]) -> Table:
        """Gather the hashes of all sites, each mixed with its site."""
        parts = [np.zeros(0, np.uint64)]
        shares = [np.zeros(0)]
        for name, found in sites.items():
            parts.append(np.array(list(found), np.uint64) ^ site_keys([name]))
            shares.append(np.array(list(found.values()), np.float64))
        keys = np.concatenate(parts)
        order = np.argsort(keys)
        seen = np.zeros(1 << 16, np.bool_)
        seen[keys & _LOW16] = True
        return cls(keys[order], np.concatenate(shares)[order], seen)

    def look_up(self, keys: Keys) -> Shares:
        """Give the shares of hashes, 0 where they are unknown."""
        found = np.zeros(len(keys))
        maybe = np.flatnonzero(self.seen[keys & _LOW16])
        if len(maybe):
            some = keys[maybe]
            at = np.minimum(np.searchsorted(self.keys, some), len(self.keys) - 1)
            found[maybe] = np.where(self.keys[at] == some, self.shares[at], 0.0)
        return found


@dataclass(frozen=True, slots=True)
class Compiled:
    """The learned lines and runs of all sites, and the sites that have runs."""

    lines: Table
    runs: Table
    glued: frozenset[str]


class Learned:
    """What was learned of the sites of a column of texts."""

    def __init__(self, sites: Sequence[str | None] | None, compiled: Compiled | None) -> None:
        self._compiled = compiled if sites is not None else None
        self._sites = site_keys(sites) if sites else _NONE
        self.glued: tuple[int, ...] = ()
        if self._compiled is not None:
            glued = self._compiled.glued
            self.glued = tuple(doc for doc, site in enumerate(sites or ()) if site in glued)

    def subset(self, docs: Sequence[int]) -> Learned:
        """Give what was learned of the sites of some of the texts."""
        some = Learned(None, None)
        if self._compiled is None:
            return some
        some._compiled, some._sites = self._compiled, self._sites[np.array(docs, np.int64)]
        glued = set(self.glued)
        some.glued = tuple(i for i, doc in enumerate(docs) if doc in glued)
        return some

    def lines(self, forms: Keys, docs: Ints) -> Shares:
        """Give the part of their sites' articles with which lines stood, 0 for the rest."""
        if self._compiled is None:
            return np.zeros(len(forms))
        return self._compiled.lines.look_up(forms ^ self._sites[docs])

    def runs(self, runs: Keys, docs: Ints) -> Shares:
        """Give the part of their sites' articles that have runs; 0 is no run."""
        if self._compiled is None:
            return np.zeros(len(runs))
        shares = self._compiled.runs.look_up(runs ^ self._sites[docs])
        return np.where(runs != 0, shares, 0.0)


def site_keys(sites: Iterable[str | None]) -> Keys:
    """Hash site names; 0 where there is none."""
    cache: dict[str | None, int] = {None: 0, "": 0}
    out = []
    for site in sites:
        if site not in cache:
            encoded = str(site).encode()
            cache[site] = (zlib.crc32(encoded) << 32) | zlib.adler32(encoded[::-1]) or 1
        out.append(cache[site])
    return mix(np.array(out, np.uint64))
