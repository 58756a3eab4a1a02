"""Sketches of shingle sets, and the pairs of documents that they propose."""
