"""A small news crawler."""
