"""The one way to answer: what was negotiated is said in the headers of every answer, errors too.

A route asks ``accepted`` for its format (and ``spoken`` for its language, where that matters) and hands its body to
``answer``. What was negotiated is kept with the request, so that a 304, a redirect or an error that comes later
varies on the same headers. HEAD, OPTIONS, CORS, compression: ``middleware.py``.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from werkzeug.http import parse_etags

from p4c_graph.errors import (
    Busy,
    Forbidden,
    InputError,
    InvalidData,
    NoSnapshot,
    OverLimit,
    P4CError,
    Rejected,
    StoreProblem,
    Unauthorized,
    UnknownName,
    Withdrawn,
)
from p4c_graph.languages import LANGUAGES
from p4c_graph.validation.render import as_dict
from p4c_graph.web.negotiation import (
    Negotiable,
    NotAcceptable,
    NotSupported,
    Offered,
    negotiate,
    negotiate_language,
)

PROBLEM = "application/problem+json"
STATUS: tuple[tuple[type[P4CError], HTTPStatus], ...] = (
    (NotAcceptable, HTTPStatus.NOT_ACCEPTABLE),
    (NotSupported, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (UnknownName, HTTPStatus.NOT_FOUND),
    (Unauthorized, HTTPStatus.UNAUTHORIZED),
    (Withdrawn, HTTPStatus.GONE),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (InputError, HTTPStatus.BAD_REQUEST),
    (InvalidData, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Rejected, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (OverLimit, HTTPStatus.SERVICE_UNAVAILABLE),
    (NoSnapshot, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreProblem, HTTPStatus.BAD_GATEWAY),
)
"""Error → HTTP status, the most special first."""
_SIZES = ("max_result_bytes", "max_result_rows", "max_body_bytes", "max_write_bytes")
"""Limits that trying again does not get over: 413, not 503."""
_LONGEST_ADDRESS = 500
"""Longer addresses are not repeated in headers."""
_NO_CHOICE = re.compile(rb"(?:(?!(?:format|lang)=)[\w.\-]+=[\w\-.~%!$'()*+;:@/?]*(?:&(?=\w)|\Z))*")
"""Parameters that can stand in a header as they are, and choose neither format nor language."""
_PIECE = 1 << 18


@dataclass
class Negotiated:
    """What was negotiated on one request, as far as it has come."""

    offers: Sequence[Negotiable] = ()
    language: str | None = None
    vary: list[str] = field(default_factory=lambda: ["Accept"])


def negotiated(request: Request) -> Negotiated:
    """What was negotiated on this request until now."""
    state = request.scope.setdefault("state", {})
    if "negotiated" not in state:
        state["negotiated"] = Negotiated()
    found: Negotiated = state["negotiated"]
    return found


def accepted(request: Request, offers: Sequence[Offered], wanted: str | None = None) -> Offered:
    """The format a request gets: ``?format=`` (or ``wanted``), else the Accept header. Raises NotAcceptable."""
    negotiated(request).offers = offers
    accept = ", ".join(request.headers.getlist("accept")) or None
    if wanted is None and b"format" in request.scope["query_string"]:
        wanted = request.query_params.get("format")
    return negotiate(accept, wanted, offers)


def spoken(request: Request) -> str:
    """The language a request gets: ``?lang=``, else Accept-Language.

    Where a part of the path named the language (``state.language``), it is that. Raises InputError.
    """
    if named := getattr(request.state, "language", None):
        return str(named)
    found = negotiated(request)
    if found.language is None:
        found.vary.append("Accept-Language")
        header = ", ".join(request.headers.getlist("accept-language")) or None
        found.language = LANGUAGES[0]  # said of an error, too
        found.language = negotiate_language(header, request.query_params.get("lang"))
    return found.language


def answer(
    request: Request, body: bytes | bytearray, offer: Negotiable, *, headers: dict[str, str] | None = None,
    etag: str | None = None,
) -> Response:
    """A 200 with ETag, Vary, its own address and those of the other formats, or 304 where the client has this body.

    ``etag`` is what ``tag`` gave for this body, where that is known already.
    """
    etag = etag or tag(body, offer)
    found = negotiated(request)
    sent = {"ETag": f'"{etag}"', "Vary": ", ".join(found.vary), "Cache-Control": "no-cache"}
    sent.update(_addresses(request, offer))
    if found.language:
        sent["Content-Language"] = found.language
    sent.update(headers or {})
    if request.method == "GET" and parse_etags(request.headers.get("if-none-match")).contains_weak(etag):
        return Response(status_code=304, headers=sent)
    return Pieces(body, headers={**sent, "Content-Type": offer.content_type})


def tag(body: bytes | bytearray, offer: Negotiable) -> str:
    """What stands in the ETag of a body in a format: equal for equal bytes only."""
    return hashlib.sha256(offer.media_type.encode() + body).hexdigest()[:32]


def redirect(request: Request, address: str, status: HTTPStatus = HTTPStatus.SEE_OTHER) -> Response:
    """Sends the client elsewhere; says on what the choice depended."""
    headers = {"Location": address, "Vary": ", ".join(negotiated(request).vary)}
    return Response(status_code=status.value, headers=headers)


class Pieces(Response):
    """A body that is sent piece by piece, so that a large one does not hold up other requests (compression is slow)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends headers and body."""
        if len(self.body) <= _PIECE:
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for start in range(0, len(self.body), _PIECE):
            piece = bytes(self.body[start : start + _PIECE])
            await send({"type": "http.response.body", "body": piece, "more_body": start + _PIECE < len(self.body)})
            await asyncio.sleep(0)


def _addresses(request: Request, chosen: Negotiable) -> dict[str, str]:
    """Content-Location and links to the other formats and languages, each by parameters alone."""
    found = negotiated(request)
    if request.method != "GET" or len(found.offers) < 2 or len(request.scope["query_string"]) > 3 * _LONGEST_ADDRESS:
        return {}
    path, kept = quote(request.scope["path"], safe="/:@!$&()*+,;=-._~"), _without_choices(request.scope["query_string"])
    if len(path) + len(kept) > _LONGEST_ADDRESS:
        return {}
    start = f"{path}?{kept}&format=" if kept else f"{path}?format="

    def address(offer: Negotiable, language: str | None) -> str:
        return f"{start}{offer.name}&lang={language}" if language else start + offer.name

    links = [
        f'<{address(offer, found.language)}>; rel="alternate"; type="{offer.media_type}"'
        for offer in found.offers if offer.name != chosen.name
    ] + [
        f'<{address(chosen, language)}>; rel="alternate"; hreflang="{language}"'
        for language in LANGUAGES if found.language and language != found.language
    ]
    return {"Content-Location": address(chosen, found.language), "Link": ", ".join(links)}


def _without_choices(query: bytes) -> str:
    """The parameters of an address without those that choose a format or language."""
    if _NO_CHOICE.fullmatch(query):
        return query.decode("ascii")
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(name, value) for name, value in given if name not in ("format", "lang")])


def json_bytes(value: Any) -> bytes:
    """JSON, a little indented, since people read it too."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


# ── errors ─────────────────────────────────────────────────────────────────────────────────────────────────────


def status_of(error: P4CError) -> HTTPStatus:
    """The HTTP status an error means."""
    if isinstance(error, OverLimit) and error.limit in _SIZES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return next((status for kind, status in STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(request: Request, error: P4CError) -> Response:
    """An error as problem details: type, title, status, detail, and what helps to go on."""
    more: dict[str, Any] = {}
    headers = {}
    for name in ("parameter", "near", "candidates", "replaced_by", "available", "line", "limit", "problems"):
        if (value := getattr(error, name, None)) not in (None, []):
            more[name] = value
    if isinstance(error, InvalidData):
        more["report"] = as_dict(error.report, _language(request))
    if isinstance(error, Busy | NoSnapshot):
        headers["Retry-After"] = str(getattr(error, "retry_after", 5))
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = error.challenge
    return problem_response(request, status_of(error), str(error), more, headers)


def _language(request: Request) -> str:
    """The language in which to speak of what is wrong, whatever was asked for."""
    try:
        return spoken(request)
    except InputError:
        return LANGUAGES[0]


def problem_response(
    request: Request, status: HTTPStatus, detail: str, more: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Problem details (RFC 9457) of a status and a sentence."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **(more or {})}
    sent = {"Vary": ", ".join(negotiated(request).vary), "Cache-Control": "no-store", **(headers or {})}
    return Response(
        orjson.dumps(body, option=orjson.OPT_INDENT_2), status_code=status.value, media_type=PROBLEM, headers=sent)
