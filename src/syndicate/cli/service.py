"""The HTTP service: small, bounded, and described by OpenAPI."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import anyio.to_thread
import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from syndicate.errors import DocumentError, SyndicateError
from syndicate.index.parts import document_of
from syndicate.index.sketching import encoded
from syndicate.index.wire import verdict_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from syndicate.index import Index
    from syndicate.model import Verdict

    _Record = dict[str, object]

MOST_BYTES: Final = 16 << 20
"""Of a request."""
MOST_PAGES: Final = 256
"""Of a list."""
READ_SECONDS: Final = 30.0
"""In which a request must have arrived."""
WORK_SECONDS: Final = 60.0
"""In which it must be answered."""
_AT_ONCE = 4

_TEXT = {"type": "string"}
_OPTIONAL = {"type": ["string", "null"]}
_WHOLE = {"minimum": -(1 << 63), "maximum": (1 << 64) - 1}
"""Beyond them a number is read as one with a fraction, which names nothing exactly."""


def _filled(name: str) -> dict[str, Any]:
    """Describe an object with a text of one letter at least under a name."""
    return {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}


_DOCUMENT: Final[dict[str, Any]] = {
    "type": "object",
    "allOf": [
        {"anyOf": [{"required": ["id"]}, _filled("url")]},
        {"anyOf": [{"required": ["text"]}, _filled("html")]},
    ],
    "properties": {
        "id": {"type": ["string", "integer"], "minLength": 1, **_WHOLE},
        "text": _TEXT,
        "html": {**_OPTIONAL, "description": "A page, read where there is no text"},
        "url": {**_OPTIONAL, "description": "Names the document where there is no id"},
        **dict.fromkeys(("title", "source", "published", "author"), _OPTIONAL),
    },
}
_MATCH: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "relation": _TEXT,
        "jaccard": {"type": "number"},
        "contained": {"type": "number"},
        "contains": {"type": "number"},
        "shared": {"type": "integer"},
        "reason": _TEXT,
    },
}
_VERDICT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "status", "of", "cluster", "matches", "notes"],
    "properties": {
        "id": _TEXT,
        "status": _TEXT,
        "of": _OPTIONAL,
        "cluster": _TEXT,
        "matches": {"type": "array", "items": _MATCH},
        "notes": {"type": "array", "items": _TEXT},
    },
}
_DOCUMENTS: Final[dict[str, Any]] = {
    "anyOf": [_DOCUMENT, {"type": "array", "maxItems": MOST_PAGES, "items": _DOCUMENT}]
}
_VERDICTS: Final[dict[str, Any]] = {"anyOf": [_VERDICT, {"type": "array", "items": _VERDICT}]}
_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": _TEXT},
}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _errors(*codes: int) -> dict[str, Any]:
    meanings = {
        400: "No document",
        401: "No token, or another",
        403: "Asked by a page of another site",
        408: "Came too slowly",
        413: "Too large",
        503: "Cannot answer now",
    }
    return {str(code): {"description": meanings[code], **_content(_ERROR)} for code in codes}


def _asks(summary: str, given: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "post": {
            "summary": summary,
            "requestBody": {"required": True, **_content(given)},
            "responses": {
                "200": {"description": "What the page is", **_content(answer)},
                **_errors(400, 401, 403, 408, 413, 503),
            },
        }
    }


def _gives(summary: str, *codes: int) -> dict[str, Any]:
    answer = {"200": {"description": "The answer", **_content({"type": "object"})}}
    return {"get": {"summary": summary, "responses": {**answer, **_errors(*codes)}}}


def description(*, guarded: bool) -> dict[str, Any]:
    """Describe the service.

    Parameters
    ----------
    guarded
        Whether it asks for a token.
    """
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "syndicate", "version": "1"},
        "paths": {
            "/seen": _asks(
                "Say what a page is, or each of a list, and remember it", _DOCUMENTS, _VERDICTS
            ),
            "/query": _asks("Say what a page is", _DOCUMENT, _VERDICT),
            "/stats": _gives("Say how much is held", 401, 403, 503),
            "/healthz": _gives("Say whether it answers", 503),
        },
    }
    if guarded:
        scheme = {"token": {"type": "http", "scheme": "bearer"}}
        found["components"] = {"securitySchemes": scheme}
        found["security"] = [{"token": []}]
    return found


def application(index: Index, *, token: str | None, local: bool) -> Starlette:
    """Build the service around an open index.

    Parameters
    ----------
    index
        Whose owner closes it.
    token
        Asked for with everything but ``/healthz``; None for none.
    local
        Whether only this machine is served: then names other than its own are refused. So are,
        without a token, the requests that a browser sends for pages of other sites.
    """
    service = _Service(index, token)
    hosts = ["127.0.0.1", "localhost", "[::1]"] if local else ["*"]
    return Starlette(
        routes=[
            Route("/seen", service.seen, methods=["POST"]),
            Route("/query", service.query, methods=["POST"]),
            Route("/stats", service.stats, methods=["GET"]),
            Route("/healthz", service.health, methods=["GET"]),
            Route("/openapi.json", service.describe, methods=["GET"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)],
        exception_handlers={HTTPException: _refuse},
    )


async def _refuse(_request: Request, error: Exception) -> Response:
    """Answer what is asked of no path, or in no way that it knows, as all else is answered."""
    if not isinstance(error, HTTPException):
        raise error
    paths = "POST /seen and /query, GET /stats, /healthz and /openapi.json"
    message = f"{error.detail}: it answers {paths}"
    return _json({"error": message}, error.status_code, dict(error.headers or {}))


class _RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Service:
    """The requests, each answered by a thread, few at a time."""

    def __init__(self, index: Index, token: str | None) -> None:
        self._index = index
        self._token = token
        self._limiter: anyio.CapacityLimiter | None = None

    async def seen(self, request: Request) -> Response:
        """Answer ``POST /seen``."""

        async def work() -> object:
            self._admit(request)
            given = _read(await _body(request))
            if not isinstance(given, list):
                return await self._told(self._index.seen, _checked(given))
            records = _all_checked(given)
            return await self._run(lambda: self._all_seen(records))

        return await _answer(work)

    async def query(self, request: Request) -> Response:
        """Answer ``POST /query``."""

        async def work() -> object:
            self._admit(request)
            return await self._told(self._index.query, _checked(_read(await _body(request))))

        return await _answer(work)

    async def _told(self, ask: Callable[[_Record], Verdict], record: _Record) -> object:
        return await self._run(lambda: verdict_record(ask(record)))

    def _all_seen(self, records: list[_Record]) -> list[dict[str, object]]:
        """Ask of a list, if all of it can be remembered."""
        documents = [document_of(record, self._index.config.extractor) for record in records]
        for document in documents:
            encoded(document)
        return [*map(verdict_record, self._index.seen_many(documents))]

    async def stats(self, request: Request) -> Response:
        """Answer ``GET /stats``."""

        async def work() -> object:
            self._admit(request)
            return await self._run(self._index.stats)

        return await _answer(work)

    async def health(self, _request: Request) -> Response:
        """Answer ``GET /healthz``."""

        async def work() -> object:
            return {"documents": await self._run(lambda: len(self._index))}

        return await _answer(work)

    async def describe(self, _request: Request) -> Response:
        """Answer ``GET /openapi.json``."""
        return _json(description(guarded=self._token is not None))

    def _admit(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {self._token}".encode()
        if self._token is not None and not hmac.compare_digest(given, wanted):
            raise _RefusedError(401, "give the token: Authorization: Bearer …")
        origin = request.headers.get("origin")
        host = request.headers.get("host")
        if self._token is None and origin is not None and urlsplit(origin).netloc != host:
            raise _RefusedError(403, f"a page of {origin} may not ask; only a token allows that")

    async def _run(self, work: Callable[[], object]) -> object:
        self._limiter = self._limiter or anyio.CapacityLimiter(_AT_ONCE)
        async with asyncio.timeout(WORK_SECONDS):
            return await anyio.to_thread.run_sync(
                work, limiter=self._limiter, abandon_on_cancel=True
            )


async def _answer(work: Callable[[], Any]) -> Response:
    """Answer, or say why not."""
    try:
        return _json(await work())
    except _RefusedError as error:
        headers = {"www-authenticate": "Bearer"} if error.status == 401 else {}  # noqa: PLR2004
        return _json({"error": str(error)}, error.status, headers)
    except DocumentError as error:
        return _json({"error": str(error)}, 400)
    except SyndicateError as error:
        return _json({"error": str(error)}, 503)
    except TimeoutError:
        return _json({"error": f"no answer within {WORK_SECONDS:.0f} seconds; try again"}, 503)


async def _body(request: Request) -> bytes:
    """Read a request's body, no more of it than allowed, and no longer."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise _RefusedError(413, f"at most {MOST_BYTES} bytes are read")
                parts.append(part)
    except TimeoutError as error:
        message = f"the request must arrive within {READ_SECONDS:.0f} seconds"
        raise _RefusedError(408, message) from error
    except ClientDisconnect as error:
        raise _RefusedError(400, "the client hung up") from error
    return b"".join(parts)


class Impatient(H11Protocol):
    """Closes connections on which no request came in time: only so many can be open."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._limit = self.loop.call_later(READ_SECONDS, self._close_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._limit.cancel()
        super().connection_lost(exc)

    def _close_idle(self) -> None:
        if self.cycle is None:
            self.transport.close()


def _read(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _RefusedError(400, f"the body is not JSON: {error}") from error


def _all_checked(records: list[object]) -> list[_Record]:
    if len(records) > MOST_PAGES:
        message = f"a list holds at most {MOST_PAGES} documents, got {len(records)}; send fewer"
        raise _RefusedError(400, message)
    return [_checked(one, f"document {n} of the list: ") for n, one in enumerate(records)]


def _checked(record: object, which: str = "") -> _Record:
    """Hold a record to the description."""
    if not isinstance(record, dict):
        message = f"{which or 'the body '}must be a JSON object with an id or url and a text"
        raise _RefusedError(400, message)
    if "id" not in record and "url" not in record:
        raise _RefusedError(400, f"{which or 'the body '}needs an id, or a url in its place")
    key = "id" if "id" in record else "url"
    needed = {key, "text" if "text" in record or "html" not in record else "html"}
    for name in _DOCUMENT["properties"]:
        value = record.get(name)
        if name == "id" and type(value) is int:
            continue
        if not isinstance(value, str) and (value is not None or name in needed):
            message = f"{which}{name} must be a string, got {type(value).__name__}"
            raise _RefusedError(400, message)
    if record[key] == "":
        raise _RefusedError(400, f"{which}{key} must not be empty")
    return record


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = orjson.dumps(content)
    return Response(body, status, headers, media_type="application/json")
