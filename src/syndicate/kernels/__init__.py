"""The hot loops and nothing else: compiled by numba, arrays in, arrays out.

Nobody but this package imports numba. Arithmetic on unsigned integers wraps modulo 2**64
(or 2**32) throughout, and is meant to.
"""
