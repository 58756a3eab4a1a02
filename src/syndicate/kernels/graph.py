"""Graphs, as lists of neighbours."""

from __future__ import annotations

import numpy as np

from syndicate.kernels._jit import I64, Patient, kernel


@kernel
def breadth_first(firsts: I64, neighbours: I64, roots: I64, order: I64, root_of: I64) -> None:
    """Visit all nodes, near ones soon after each other.

    Parameters
    ----------
    firsts : ndarray of int64, shape (n + 1,)
        Where each node's neighbours start and the last end.
    neighbours : ndarray of int64
        Visited in this order.
    roots : ndarray of int64, shape (n,)
        All nodes, in the order in which each begins a search unless one met it before.
    order : ndarray of int64, shape (n,)
        Filled: the nodes as they were met.
    root_of : ndarray of int64, shape (n,)
        Filled: the node from which each was met.
    """
    met = np.zeros(len(order), np.bool_)
    end = 0
    at = 0
    for root in roots:
        if not met[root]:
            met[root] = True
            root_of[root] = root
            order[end] = root
            end += 1
        while at < end:
            node = order[at]
            at += 1
            for place in range(firsts[node], firsts[node + 1]):
                other = neighbours[place]
                if not met[other]:
                    met[other] = True
                    root_of[other] = root
                    order[end] = other
                    end += 1


BREADTH_FIRST = Patient(breadth_first, 20_000)
"""The kernel, without waiting for the compiler where there are few edges."""
