"""Documents cut into batches, each of which may be judged at once as if one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from syndicate.errors import DocumentError
from syndicate.index.sketching import MOST_BYTES, encoded
from syndicate.model import Document, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syndicate.config import Extractor
    from syndicate.index.learning import Learner

BATCH = 256
"""Documents sketched, looked up and written at once: more would take more memory."""
FIRST = 128
"""Of the first batch, so that its verdicts come soon, and the next is soon sketched beside it."""
_LETTERS = 2 << 20  # of all their texts, unless one alone has more
_SURE = MOST_BYTES // 4  # letters of a text that cannot be too large


def document_of(
    given: Document | Mapping[str, object],
    extractor: Extractor = "trafilatura",
    default_id: str = "",
) -> Document:
    """Give a document, made of a mapping if need be.

    Where ``text`` is missing or empty, the article is taken out of ``html``.

    Parameters
    ----------
    given
        A document, or what is to be one.
    extractor
        What takes articles out of pages.
    default_id
        Used where there is neither ``id`` nor ``url``.

    Raises
    ------
    ConfigError
        If there is a page and the extra ``html`` is not installed.
    DocumentError
        If it is none, is too large, its page holds no article, or its id is empty or holds half
        of a surrogate pair.
    """
    if isinstance(given, Document):
        document = given
    elif not isinstance(given, Mapping):
        message = f"a Document or a mapping with id and text is needed, got {type(given).__name__}"
        raise DocumentError(message)
    elif given.get("html") and not given.get("text"):
        document = _from_page(given, extractor, default_id)
    else:
        document = Document.from_mapping(given, default_id=default_id)
    if len(document.text) > _SURE:
        encoded(document)
    if not document.id:
        message = "a document without an id cannot be remembered; give it an id, or a url"
        raise DocumentError(message)
    try:
        document.id.encode()
    except UnicodeEncodeError as error:
        message = f"the id {document.id!r} holds half of a surrogate pair; give another id"
        raise DocumentError(message) from error
    return document


def _from_page(record: Mapping[str, object], extractor: Extractor, default_id: str) -> Document:
    from syndicate.io.batch import SCHEMA, row  # noqa: PLC0415 - for pages alone

    try:
        fields = dict(zip(SCHEMA.names, row(record, extractor), strict=True))
    except DocumentError as error:
        key = plain(record.get("id")) or plain(record.get("url")) or default_id
        message = f"page {key!r}: {error}"
        raise DocumentError(message, path=key) from error
    return Document.from_mapping(fields, default_id=default_id)


def parts(
    documents: Iterable[Document | Mapping[str, object]],
    learner: Learner | None,
    extractor: Extractor = "trafilatura",
) -> Iterator[list[Document] | None]:
    """Cut documents into batches.

    A batch ends before an id that it holds already, since the later page takes the place of the
    earlier one; and after the page from which furniture is learned that the next is stripped of.
    There None follows it: no more may be taken until all pages before were learned of.

    Raises
    ------
    DocumentError
        At what is no document or too large, once those before it were given.
    """
    part: dict[str, Document] = {}
    letters, left, most = 0, _left(learner), min(FIRST, BATCH)
    try:
        for given in documents:
            document = document_of(given, extractor)
            if document.id in part or (part and letters + len(document.text) > _LETTERS):
                yield list(part.values())
                part, letters = {}, 0
            part[document.id] = document
            letters += len(document.text)
            left -= learner is not None and learner.sites([document])[0] is not None
            if len(part) == most or left == 0:
                yield list(part.values())
                part, letters, most = {}, 0, BATCH
            if left == 0:
                yield None
                left = _left(learner)
    except Exception:
        if part:
            yield list(part.values())
        raise
    if part:
        yield list(part.values())


def _left(learner: Learner | None) -> int:
    return -1 if learner is None else learner.left()
