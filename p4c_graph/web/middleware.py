"""What holds for every route without its doing: HEAD, OPTIONS, CORS, compression, and how long the answer took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from p4c_graph.store.formats import FORMATS
from p4c_graph.web.responses import PROBLEM

SMALLEST_COMPRESSED = 1000
"""Bodies of fewer bytes are sent as they are."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ALWAYS = {
    b"access-control-allow-origin": b"*",
    b"access-control-expose-headers":
        b"Content-Location, ETag, Link, Location, P4C-Omitted, P4C-Snapshot, Retry-After, Server-Timing, "
        b"WWW-Authenticate",
    b"x-content-type-options": b"nosniff",
}
_WRITTEN_ANEW = frozenset({b"server-timing", b"vary", b"etag"})
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def add_to(app: FastAPI) -> None:
    """Puts the rules around an application; what is added later stands outside of them."""
    for media_type in (*(format.media_type for format in FORMATS), PROBLEM):
        add_compress_type(media_type)
    app.add_middleware(Compression)
    app.add_middleware(HttpRules, routes=app.router.routes)


class Compression:
    """Compresses for those who ask for it; programs that do not are not held up."""

    def __init__(self, app: ASGIApp) -> None:
        self.plain, self.compressing = app, CompressMiddleware(app, minimum_size=SMALLEST_COMPRESSED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        asked = scope["type"] == "http" and any(name == b"accept-encoding" for name, _ in scope["headers"])
        await (self.compressing if asked else self.plain)(scope, receive, send)


class HttpRules:
    """HEAD is GET without a body; OPTIONS names the methods of a path; any origin may read, without credentials.

    A path with a slash too many leads to the one without.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self.app, self.routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers OPTIONS, passes on the rest."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, method = time.perf_counter(), scope["method"]

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(scope, message, time.perf_counter() - started)
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if method == "OPTIONS" and (methods := allowed(self.routes, scope)):
            listed = ", ".join(methods)
            headers = {"Allow": listed, "Access-Control-Allow-Methods": listed, **_PREFLIGHT}
            await Response(status_code=204, headers=headers)(scope, receive, said)
        elif (path := scope["path"].rstrip("/")) and path != scope["path"] and self._is_another(scope, path):
            await self._without_slash(scope)(scope, receive, said)
        else:
            asked = {**scope, "method": "GET"} if method == "HEAD" else scope
            await self.app(asked, receive, said)
            if "route" in asked:  # for those who count
                scope["route"] = asked["route"]

    def _is_another(self, scope: Scope, path: str) -> bool:
        """Whether only the path without its last slash is there."""
        return not allowed(self.routes, scope) and bool(allowed(self.routes, {**scope, "path": path}))

    def _without_slash(self, scope: Scope) -> Response:
        """Sends the client on, on the same server: the Host header is nothing to build an address from."""
        query = scope["query_string"].decode("latin-1")
        path = quote(scope["path"].rstrip("/"), safe="/:@!$&()*+,;=-._~")
        # Two slashes at the start would name another server.
        return Response(status_code=308, headers={"Location": f"/{path.lstrip('/')}{f'?{query}' if query else ''}"})


def allowed(routes: Sequence[BaseRoute], scope: Scope) -> list[str]:
    """The methods a path answers; none where there is no such path."""
    found = [method for method in _METHODS if any(_answers(route, {**scope, "method": method}) for route in routes)]
    return [*found, *(["HEAD"] if "GET" in found else []), *(["OPTIONS"] if found else [])]


def _answers(route: BaseRoute, scope: Scope) -> bool:
    if isinstance(route, Mount) and scope["method"] != "GET":  # files
        return False
    return route.matches(scope)[0] is Match.FULL


def _complete(scope: Scope, message: Message, seconds: float) -> None:
    """Adds what every answer says, and makes its ETag tell the compressed body from the plain one."""
    # Every request comes by here: one pass over the pairs, where MutableHeaders would search them once a header.
    status, told = message["status"], dict(message["headers"])  # Starlette writes names in lower case
    kept = [pair for pair in message["headers"] if pair[0] not in _WRITTEN_ANEW]
    timing = b"total;dur=%.1f" % (seconds * 1000)
    kept.append((b"server-timing", b"%b, %b" % (given, timing) if (given := told.get(b"server-timing")) else timing))
    vary = told.get(b"vary")
    if status in (200, 304) and b"Accept-Encoding" not in (vary or b""):
        vary = b"%b, Accept-Encoding" % vary if vary else b"Accept-Encoding"
    if vary is not None:
        kept.append((b"vary", vary))
    if (etag := told.get(b"etag")) is not None:
        kept.append((b"etag", b"W/" + etag if _is_weak(scope, status, told, etag) else etag))
    kept += [pair for pair in _ALWAYS.items() if pair[0] not in told]
    message["headers"] = kept


def _is_weak(scope: Scope, status: int, told: dict[bytes, bytes], etag: bytes) -> bool:
    """Whether a client holds, or gets, the compressed body; a strong ETag is the plain one's."""
    if not etag.startswith(b'"'):
        return False
    held = Headers(scope=scope).get("if-none-match", "") if status == 304 else ""
    return b"content-encoding" in told or f"W/{etag.decode('latin-1')}" in held
