"""A cache of whole pages: each is what the snapshot, its address and the headers that are negotiated make it.

So a crowd that looks at the same pages costs one of each. Answers for programs are not kept here: those of queries have
their own place (``sparql.py``), the others are made in milliseconds, or say how the server is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.http import parse_etags

from p4c_graph.errors import P4CError
from p4c_graph.web.cache import Cache
from p4c_graph.web.service import Service

_NEGOTIATED = frozenset({b"accept", b"accept-language"})
Key = tuple[str, str, str, bytes, tuple[tuple[bytes, bytes], ...]]
"""Snapshot, mount, path, query string, headers."""


@dataclass(frozen=True)
class KeptPage:
    """A page as it was sent, and the route it came from."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    route: Any

    @property
    def etag(self) -> str:
        """Its tag, without quotes."""
        return dict(self.headers)[b"etag"].decode("latin-1").strip('"')


class PageCache:
    """Gives pages again as long as their snapshot is served, within the setting ``cache_bytes``."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app, self.service = app, service
        self.cache: Cache[KeptPage] = Cache(service.settings.cache_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with what was kept, or passes the request on and keeps what it gets."""
        key = self._key(scope)
        if key is None:
            await self.app(scope, receive, send)
        elif found := self.cache.get(key):
            scope["route"] = found.route
            await _again(found, scope)(scope, receive, send)
        else:
            await self._first_time(key, scope, receive, send)

    def _key(self, scope: Scope) -> Key | None:
        """All that a page depends on; None where nothing is kept or there is nothing to serve."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        asked = tuple(pair for pair in scope["headers"] if pair[0] in _NEGOTIATED)
        try:
            self.service.pool  # noqa: B018  raises where queries are not answered, which pages are to say too
            snapshot = self.service.graph.snapshot.id
        except P4CError:
            return None
        return snapshot, scope.get("root_path", ""), scope["path"], scope["query_string"], asked

    async def _first_time(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        started: Message = {}
        pieces: list[bytes] = []

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Copied: what stands around this adds headers of its own to each answer.
                started.update(message, headers=list(message["headers"]))
            elif _is_page(started):
                pieces.append(message.get("body", b""))
                if not message.get("more_body") and key == self._key(scope):
                    page = KeptPage(started["headers"], b"".join(pieces), scope.get("route"))
                    self.cache.put(key, page, len(page.body) + _size(key) + sum(map(len, dict(page.headers).values())))
            await send(message)

        await self.app(scope, receive, said)


def _is_page(started: Message) -> bool:
    """Whether this is the start of a page that can be given again: it has a tag."""
    headers = dict(started["headers"])
    return bool(started["status"] == 200 and b"etag" in headers and headers[b"content-type"].startswith(b"text/html"))


def _size(key: Key) -> int:
    return len(key[2]) + len(key[3]) + sum(len(value) for _, value in key[4])


def _again(page: KeptPage, scope: Scope) -> Response:
    """The page, or 304 where the client has it."""
    held = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
    fresh = parse_etags(held).contains_weak(page.etag)
    response = Response(b"" if fresh else page.body, status_code=304 if fresh else 200)
    besides = {b"content-type", b"content-length"} if fresh else set()
    response.raw_headers = [pair for pair in page.headers if pair[0] not in besides]
    return response
