"""syndicate finds reprinted and syndicated news, and says why.

>>> import syndicate
>>> story = "Sáng nay, hội nghị về chuyển đổi số khai mạc tại Hà Nội với 300 đại biểu."
>>> syndicate.compare(story, story + " (TTXVN)").relation
<Relation.REPRINT: 'reprint'>

What is heavy is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from syndicate.config import Config, SketchConfig
from syndicate.errors import (
    ConfigError,
    DocumentError,
    IndexFormatError,
    StoreError,
    SyndicateError,
)
from syndicate.model import (
    Cluster,
    Copy,
    Credit,
    Document,
    Field,
    Match,
    Member,
    Passage,
    Relation,
    Removal,
    Skipped,
    Stripped,
    Verdict,
)

if TYPE_CHECKING:
    from syndicate.boilerplate import SiteTemplates, strip
    from syndicate.index import Index
    from syndicate.pipeline import Result, dedupe, dedupe_paths
    from syndicate.pipeline.compare import compare

__all__ = [
    "Cluster",
    "Config",
    "ConfigError",
    "Copy",
    "Credit",
    "Document",
    "DocumentError",
    "Field",
    "Index",
    "IndexFormatError",
    "Match",
    "Member",
    "Passage",
    "Relation",
    "Removal",
    "Result",
    "SiteTemplates",
    "SketchConfig",
    "Skipped",
    "StoreError",
    "Stripped",
    "SyndicateError",
    "Verdict",
    "compare",
    "dedupe",
    "dedupe_paths",
    "strip",
]

_LAZY = {
    "Index": "syndicate.index",
    "Result": "syndicate.pipeline",
    "compare": "syndicate.pipeline.compare",
    "dedupe": "syndicate.pipeline",
    "dedupe_paths": "syndicate.pipeline",
    "SiteTemplates": "syndicate.boilerplate",
    "strip": "syndicate.boilerplate",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _LAZY:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those not imported yet."""
    return __all__
