"""Working on what comes next in a second thread, while what was made before is in use."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from syndicate.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Made = TypeVar("Made")


def one_ahead(items: Iterable[Item | None], work: Callable[[Item], Made]) -> Iterator[Made]:
    """Give what is made of each item, in order, while the next one is worked on.

    Parameters
    ----------
    items
        Taken in this thread, one more than is given. None between two of them holds back those
        that follow until what was made of those before is done with. Where taking one fails, that
        is raised after what was made of those before.
    work
        Makes something of an item: of one that follows another in a second thread, of the first,
        and of one after a None, in this one.

    Raises
    ------
    StoreError
        In a forked process, which has no second thread, if it was begun before.

    Examples
    --------
    >>> list(one_ahead("abc", str.upper))
    ['A', 'B', 'C']
    """
    ready: list[Made] = []
    process = os.getpid()
    with ThreadPoolExecutor(1, "syndicate-ahead") as aside:  # no thread before it is needed
        try:
            for item in items:
                if item is None:
                    while ready:
                        yield ready.pop()
                elif ready:
                    following = aside.submit(work, item)
                    yield ready.pop()
                    _require(process)
                    ready.append(following.result())
                else:
                    ready.append(work(item))
        except Exception:
            yield from ready
            raise
        yield from ready


def _require(process: int) -> None:
    """Refuse to go on in another process."""
    if os.getpid() != process:
        message = "this was begun before the process was forked; begin anew in the new one"
        raise StoreError(message)
