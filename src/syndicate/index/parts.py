"""Documents cut into batches, each of which may be judged at once as if one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syndicate.errors import DocumentError
from syndicate.index.sketching import MOST_BYTES, encoded
from syndicate.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syndicate.index.learning import Learner

BATCH = 256
"""Documents sketched and written at once."""
MOST = 128
"""Documents looked up and compared at once, which takes more memory."""
_LETTERS = 2 << 20  # of all their texts, unless one alone has more
_SURE = MOST_BYTES // 4  # letters of a text that cannot be too large


def document_of(given: Document | Mapping[str, object]) -> Document:
    """Give a document, made of a mapping if need be.

    Raises
    ------
    DocumentError
        If it is none, or its id holds half of a surrogate pair.
    """
    document = given if isinstance(given, Document) else Document.from_mapping(given)
    try:
        document.id.encode()
    except UnicodeEncodeError as error:
        message = f"the id {document.id!r} holds half of a surrogate pair; give another id"
        raise DocumentError(message) from error
    return document


def parts(
    documents: Iterable[Document | Mapping[str, object]], learner: Learner | None
) -> Iterator[list[Document]]:
    """Cut documents into batches.

    A batch ends before an id that it holds already, since the later page takes the place of the
    earlier one; and after the page from which furniture is learned that the next is stripped of.

    Raises
    ------
    DocumentError
        At what is no document or too large, once those before it were given.
    """
    part: dict[str, Document] = {}
    letters, left = 0, _left(learner)
    try:
        for given in documents:
            document = document_of(given)
            if len(document.text) > _SURE:
                encoded(document)
            if document.id in part or (part and letters + len(document.text) > _LETTERS):
                yield list(part.values())
                part, letters, left = {}, 0, _left(learner)
            part[document.id] = document
            letters += len(document.text)
            left -= learner is not None and learner.sites([document])[0] is not None
            if len(part) == MOST or left == 0:
                yield list(part.values())
                part, letters, left = {}, 0, _left(learner)
    except Exception:
        if part:
            yield list(part.values())
        raise
    if part:
        yield list(part.values())


def _left(learner: Learner | None) -> int:
    return -1 if learner is None else learner.left(MOST)
