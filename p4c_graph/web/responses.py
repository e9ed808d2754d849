"""Answers: bodies with a strong ETag, 304, and errors as problem details (RFC 9457)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from werkzeug.http import parse_etags

from p4c_graph.errors import (
    Busy,
    Forbidden,
    InputError,
    InvalidData,
    NoSnapshot,
    OverLimit,
    P4CError,
    StoreProblem,
    UnknownName,
)
from p4c_graph.web.negotiation import Negotiable, NotAcceptable

PROBLEM = "application/problem+json"
STATUS: tuple[tuple[type[P4CError], HTTPStatus], ...] = (
    (NotAcceptable, HTTPStatus.NOT_ACCEPTABLE),
    (UnknownName, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (InputError, HTTPStatus.BAD_REQUEST),
    (InvalidData, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (OverLimit, HTTPStatus.SERVICE_UNAVAILABLE),
    (NoSnapshot, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreProblem, HTTPStatus.BAD_GATEWAY),
)
"""Error → HTTP status, the most special first."""
BASE_HEADERS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


def answer(request: Request, body: bytes, offer: Negotiable, *, headers: dict[str, str] | None = None) -> Response:
    """A 200 with ETag and Vary, or 304 where the client has just this body."""
    etag = f'"{hashlib.sha256(offer.media_type.encode() + body).hexdigest()[:32]}"'
    sent = {**BASE_HEADERS, "ETag": etag, "Vary": "Accept", "Cache-Control": "no-cache", **(headers or {})}
    if parse_etags(request.headers.get("if-none-match")).contains_weak(etag.strip('"')):
        return Response(status_code=304, headers=sent)
    return Response(body, headers={**sent, "Content-Type": offer.content_type})


def json_bytes(value: Any) -> bytes:
    """JSON, indented a little, for people read it too."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def status_of(error: P4CError) -> HTTPStatus:
    """The HTTP status an error means."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: P4CError) -> Response:
    """An error as problem details: type, title, status, detail, and what helps to go on."""
    more: dict[str, Any] = {}
    headers = {}
    for name in ("parameter", "near", "candidates", "available", "line", "limit"):
        if (value := getattr(error, name, None)) not in (None, []):
            more[name] = value
    if isinstance(error, Busy | NoSnapshot):
        headers["Retry-After"] = str(getattr(error, "retry_after", 5))
    return problem_response(status_of(error), str(error), more, headers)


def problem_response(
    status: HTTPStatus, detail: str, more: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> Response:
    """Problem details of a status and a sentence."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **(more or {})}
    return Response(
        orjson.dumps(body, option=orjson.OPT_INDENT_2), status_code=status.value, media_type=PROBLEM,
        headers={**BASE_HEADERS, "Vary": "Accept", **(headers or {})},
    )
