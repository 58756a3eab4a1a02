"""Work in threads, which compiled code lets run at once."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")


def in_threads(workers: int, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Work on items in so many threads; results come in order.

    No more items are begun than there are threads, and one more. One worker, or one item, needs
    no thread.
    """
    rest = iter(items)
    begun = list(islice(rest, 2))
    items = chain(begun, rest)
    if workers == 1 or len(begun) == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[R]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
