"""The crawler's index: `Index.seen` looks a page up and remembers it in one step."""

from syndicate.index.core import Index

__all__ = ["Index"]
