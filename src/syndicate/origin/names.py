"""Names of outlets and agencies: tables by language, and the sources of the corpus itself."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from syndicate.model import host_of

SHORT = 4
"""Letters of a form up to which it is read as written only."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One that publishes.

    Parameters
    ----------
    name
        As it is called in results.
    agency
        Whether it writes for others to print.
    """

    name: str
    agency: bool = False


@dataclass(frozen=True)
class Names:
    """All that outlets go by.

    Parameters
    ----------
    forms
        Outlets by their forms, folded by `key`.
    domains
        Outlets by domain.
    words
        The words around credits, by use: source, by, filler, photo, own.
    written
        All forms as written.
    """

    forms: dict[str, Outlet]
    domains: dict[str, Outlet]
    words: dict[str, tuple[str, ...]]
    written: frozenset[str]

    def of_url(self, url: str | None) -> Outlet | None:
        """Tell whose a URL is: a known outlet, or one named by the host."""
        host = host_of(url)
        if host is None:
            return None
        parts = host.split(".")
        for at in range(len(parts) - 1):
            known = self.domains.get(".".join(parts[at:]))
            if known:
                return known
        return Outlet(host)

    def named(self, name: str | None) -> Outlet | None:
        """Tell whom a name means; an unknown name means an outlet of that name."""
        if not name or not key(name):
            return None
        known = self.forms.get(key(name))
        if known:
            return known
        if re.fullmatch(r"[\w-]+(\.[\w-]+)+", name.strip()):
            return self.of_url("//" + name.strip())
        return Outlet(name.strip())

    def also(self, sources: Iterable[str | None]) -> Names:
        """Know these sources as well."""
        more = {source.strip() for source in sources if source and key(source)}
        fresh = sorted(name for name in more if key(name) not in self.forms)
        forms = {key(name): self.named(name) or Outlet(name) for name in fresh}
        return Names(self.forms | forms, self.domains, self.words, self.written | frozenset(fresh))

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """Match any form as written, or in another case if it is long enough to be safe."""
        forms = sorted(self.written, key=lambda form: (-len(form), form))
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelled, forms))})(?!\w)")


def _spelled(form: str) -> str:
    escaped = re.escape(form).replace(r"\ ", r"\s+")
    return escaped if len(form) <= SHORT else f"(?i:{escaped})"


def key(name: str) -> str:
    """Fold a name: ``Dân Trí`` and ``dantri`` are one."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return "".join(character for character in decomposed if character.isalnum())


@functools.cache
def load_names() -> Names:
    """Read the tables that come with the package."""
    forms: dict[str, Outlet] = {}
    domains: dict[str, Outlet] = {}
    words: dict[str, tuple[str, ...]] = {}
    written: set[str] = set()
    folder = resources.files("syndicate.origin").joinpath("outlets")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for kind in ("agency", "outlet"):
            for entry in table.get(kind, ()):
                outlet = Outlet(entry["forms"][0], kind == "agency")
                written.update(entry["forms"])
                forms |= {key(form): outlet for form in entry["forms"]}
                for domain in entry["domains"]:
                    domains.setdefault(domain, outlet)
        for use, some in table["words"].items():
            words[use] = (*words.get(use, ()), *some)
    return Names(forms, domains, words, frozenset(written))
