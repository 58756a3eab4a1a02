"""Folding of code points and shingling of texts: the first steps from text to numbers."""
