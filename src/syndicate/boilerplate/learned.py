"""What was learned of sites, as sorted tables that whole columns of texts are looked up in."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
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


_EMPTY = Table(_NONE, np.zeros(0), np.zeros(1 << 16, np.bool_))


@dataclass(frozen=True, slots=True)
class Compiled:
    """The learned lines and runs of all sites, and the sites that have runs."""

    lines: Table
    runs: Table
    glued: frozenset[str]


class Learned:
    """What was learned of the sites of a column of texts.

    Attributes
    ----------
    sites : ndarray of uint64
        Hash of each text's site.
    glued : ndarray of int64
        The texts whose sites have learned runs, ascending.
    """

    def __init__(self, sites: Sequence[str | None] | None, compiled: Compiled | None) -> None:
        self._compiled = compiled if sites is not None else None
        self.sites = site_keys(sites) if sites else _NONE
        self.glued = np.zeros(0, np.int64)
        if self._compiled is not None and self._compiled.glued:
            glued = self._compiled.glued
            docs = [doc for doc, site in enumerate(sites or ()) if site in glued]
            self.glued = np.array(docs, np.int64)

    def subset(self, docs: Ints) -> Learned:
        """Give what was learned of the sites of some of the texts."""
        some = Learned(None, None)
        if self._compiled is None:
            return some
        some._compiled, some.sites = self._compiled, self.sites[docs]
        some.glued = np.flatnonzero(np.isin(docs, self.glued))
        return some

    def lines(self, forms: Keys, docs: Ints) -> Shares:
        """Give the part of their sites' articles with which lines stood, 0 for the rest."""
        if self._compiled is None:
            return np.zeros(len(forms))
        return self._compiled.lines.look_up(forms ^ self.sites[docs])

    @property
    def table(self) -> Table:
        """What was learned of lines, to be looked up under each text's site."""
        return self._compiled.lines if self._compiled is not None else _EMPTY

    @property
    def runs(self) -> Table | None:
        """What was learned of runs, to be looked up under each text's site."""
        return self._compiled.runs if self._compiled is not None else None


def site_keys(sites: Sequence[str | None]) -> Keys:
    """Hash site names; 0 where there is none."""
    keys = {site: _site_key(site) for site in set(sites)}
    return mix(np.array([keys[site] for site in sites], np.uint64))


def _site_key(site: str | None) -> int:
    if not site:
        return 0
    encoded = str(site).encode("utf-8", "replace")
    return (zlib.crc32(encoded) << 32) | zlib.adler32(encoded[::-1]) or 1
