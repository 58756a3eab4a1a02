"""Taking apart what a page adds to an article, and giving back the article."""

from syndicate.boilerplate.api import StrippedBatch, kept_spans, strip, strip_batch
from syndicate.boilerplate.markers import Markers, load_markers
from syndicate.boilerplate.templates import SiteTemplates, site_of

__all__ = [
    "Markers",
    "SiteTemplates",
    "StrippedBatch",
    "kept_spans",
    "load_markers",
    "site_of",
    "strip",
    "strip_batch",
]
