"""The crawler's index: `Index.seen` looks a page up and remembers it in one step."""

from syndicate.index.core import Index
from syndicate.index.moving import export, repair, upgrade

__all__ = ["Index", "export", "repair", "upgrade"]
