"""What holds for every route without its doing: HEAD, OPTIONS, CORS, compression, and how long the answer took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
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
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers":
        "Content-Location, ETag, Link, Location, P4C-Omitted, P4C-Snapshot, Retry-After, Server-Timing, "
        "WWW-Authenticate",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def add_to(app: FastAPI) -> None:
    """Puts the rules around an application; what is added later stands outside of them."""
    for media_type in (*(format.media_type for format in FORMATS), PROBLEM):
        add_compress_type(media_type)
    app.add_middleware(CompressMiddleware, minimum_size=SMALLEST_COMPRESSED)
    app.add_middleware(HttpRules, routes=app.router.routes)


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
        held = Headers(scope=scope).get("if-none-match", "")

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(message, time.perf_counter() - started, held)
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
            await self.app({**scope, "method": "GET"} if method == "HEAD" else scope, receive, said)

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


def _complete(message: Message, seconds: float, held: str) -> None:
    """Adds what every answer says, and makes its ETag tell the compressed body from the plain one."""
    headers = MutableHeaders(raw=message["headers"])
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    timing = f"total;dur={seconds * 1000:.1f}"
    headers["Server-Timing"] = f"{headers['Server-Timing']}, {timing}" if "Server-Timing" in headers else timing
    if message["status"] in (200, 304) and "Accept-Encoding" not in headers.get("Vary", ""):
        headers.add_vary_header("Accept-Encoding")
    etag = headers.get("ETag", "")
    if etag.startswith('"') and ("Content-Encoding" in headers or (message["status"] == 304 and f"W/{etag}" in held)):
        headers["ETag"] = f"W/{etag}"
