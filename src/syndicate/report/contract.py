"""What a report needs to know of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syndicate.model import Cluster, Match, Skipped


class Reported(Protocol):
    """The part of `syndicate.pipeline.Result` that reports read."""

    @property
    def documents(self) -> int:
        """How many were compared."""
        ...

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """Groups of two or more."""
        ...

    @property
    def matches(self) -> Sequence[Match]:
        """Verified pairs."""
        ...

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Inputs that could not be read."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that may change a result."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Whatever was limited, in words."""
        ...
