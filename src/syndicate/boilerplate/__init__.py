"""Taking apart what a page adds to an article, and giving back the article."""

from syndicate.boilerplate.api import StrippedBatch, strip, strip_batch
from syndicate.boilerplate.markers import Markers, load_markers

__all__ = ["Markers", "StrippedBatch", "load_markers", "strip", "strip_batch"]
