"""Pages that are sent again, as most that a crawler fetches are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syndicate.index.sketching import Sketched
    from syndicate.store.contract import View


def unchanged(pages: Sequence[Sketched], numbers: Sequence[int], view: View) -> set[int]:
    """Give the numbers of those documents that some pages are the same as in every byte.

    ``numbers`` are those of the documents under the pages' ids, 0 where there is none. A document
    that its text no longer finds, since too many copies of it came later, is left out.
    """
    known = {number: page for number, page in zip(numbers, pages, strict=True) if number}
    bodies = bodies_of(list(known), view)
    same = {number for number, body in bodies.items() if body == known[number].body}
    keys = [known[number].keys[:1] for number in sorted(same)]
    found = view.find(np.concatenate([np.empty(0, np.uint64), *keys])).doc.tolist()
    return same.intersection(found) | {one for one in same if not known[one].tokens}


def bodies_of(numbers: Sequence[int], view: View) -> dict[int, bytes]:
    """Read what documents were given as, by their numbers; 0 is none."""
    known = [number for number in numbers if number]
    return {record.doc: record.body for record in view.fetch(known)} if known else {}
