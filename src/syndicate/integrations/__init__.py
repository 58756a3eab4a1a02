"""Thin adapters to other libraries, each imported only on use and behind its own extra."""
