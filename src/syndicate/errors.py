"""Everything syndicate raises on purpose.

::

    SyndicateError
    ├── ConfigError (ValueError)      a setting that cannot work
    ├── DocumentError (ValueError)    an input that cannot be read; carries ``.path``
    ├── IndexFormatError              a stored file of another format, scheme or setting
    └── StoreError                    storage that failed: full, locked, read-only, damaged
"""

from __future__ import annotations


class SyndicateError(Exception):
    """The root of every error that syndicate raises on purpose."""


class ConfigError(SyndicateError, ValueError):
    """A setting that cannot work: the message gives name, rule, value and remedy."""


class DocumentError(SyndicateError, ValueError):
    """An input that cannot be read as a document.

    Parameters
    ----------
    message
        What is wrong and what would be right.
    path
        The file, or ``file:line``, at fault; empty for documents passed in memory.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return _document_error, (str(self), self.path)


def _document_error(message: str, path: str) -> DocumentError:
    """Rebuild the error on the other side of a process boundary."""
    return DocumentError(message, path=path)


class IndexFormatError(SyndicateError):
    """Something stored that this version, scheme or setting cannot read."""


class StoreError(SyndicateError):
    """Storage failed: full, locked, read-only, missing or damaged."""
