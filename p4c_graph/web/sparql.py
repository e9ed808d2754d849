"""``/sparql``: the query operations of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from p4c_graph.errors import InputError
from p4c_graph.store import formats
from p4c_graph.store.formats import Form
from p4c_graph.store.guard import check_query
from p4c_graph.store.pool import QueryJob
from p4c_graph.web.cache import Answered
from p4c_graph.web.description import OFFERS, service_description
from p4c_graph.web.responses import accepted, answer, problem_response, tag
from p4c_graph.web.service import Service

QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID"})
"""Functions whose value is another each time."""
_KNOWN = ("query", "default-graph-uri", "named-graph-uri", "format")


def add_routes(app: FastAPI) -> None:
    """Adds the endpoint: one plain route, since the protocol names its own parameters and media types."""
    for path in ("/sparql", "/sparql/"):  # clients write both, and few follow a redirect of a POST
        app.add_route(path, sparql, methods=["GET", "POST"], include_in_schema=False)
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        document["paths"].setdefault("/sparql", _OPENAPI)
        return document

    app.openapi = described  # type: ignore[method-assign]


async def sparql(request: Request) -> Response:
    """The answer of a query, in the format negotiated for its form; without a query, the service description."""
    service: Service = request.app.state.service
    parameters = _parameters(request.scope["query_string"])
    if request.method == "POST":
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type not in (QUERY, FORM):
            detail = f"POST takes {QUERY} or {FORM}, not {media_type or 'a body without Content-Type'}"
            return problem_response(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
        body = await _body(request, service.settings.max_body_bytes)
        if body is None:
            detail = f"The body is longer than {service.settings.max_body_bytes} bytes (setting max_body_bytes)"
            return problem_response(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, {"limit": "max_body_bytes"})
        if media_type == FORM:
            for name, values in _parameters(body).items():
                parameters[name] += values
        else:
            parameters["query"].append(_text(body))
    elif not parameters.keys() - {"format"}:
        offer = accepted(request, OFFERS, _wanted(parameters))
        body = service_description(service.graph.snapshot, service.settings.public_url, offer)
        return answer(request, body, offer)
    text = _one(parameters, "query")
    info = check_query(text)
    form: Form = info.form  # type: ignore[assignment]
    offer = accepted(request, formats.for_form(form), _wanted(parameters))
    job = QueryJob(
        text, offer.name, _graphs(parameters, "default-graph-uri"), _graphs(parameters, "named-graph-uri"))
    pool, hit = service.pool, ";desc=cached"
    snapshot = pool.snapshot.name
    found = service.answers.get((snapshot, job))
    if found is None:
        result = await pool.query(job, client=request.client.host if request.client else None)
        snapshot, hit = result.snapshot.name, ""
        found = Answered(result.body, result.seconds, tag(result.body, offer))
        if not info.keywords & _CHANGING:
            service.answers.put((snapshot, job), found)
    headers = {"P4C-Snapshot": snapshot, "Server-Timing": f"query;dur={found.seconds * 1000:.1f}{hit}"}
    return answer(request, found.body, offer, headers=headers, etag=found.etag)


async def _body(request: Request, most: int) -> bytes | None:
    """The request's body, or None where it is longer than allowed; no more than that is ever held."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the query is not UTF-8 (byte {error.start})", parameter="query") from None


def _parameters(encoded: bytes) -> dict[str, list[str]]:
    """Name → values of a query string or form. Raises InputError on what the endpoint does not have."""
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError(f"the parameters cannot be read: {error}", parameter="query") from None
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if name not in _KNOWN:
            raise InputError(f"there is no parameter {name!r}; expected {', '.join(_KNOWN)}", parameter=name)
        found[name].append(value)
    return found


def _one(parameters: dict[str, list[str]], name: str) -> str:
    values = parameters.get(name, [])
    if len(values) != 1:
        raise InputError(f"{name} is given {len(values)} times; expected exactly one", parameter=name)
    return values[0]


def _wanted(parameters: dict[str, list[str]]) -> str | None:
    return _one(parameters, "format") if parameters.get("format") else None


def _graphs(parameters: dict[str, list[str]], name: str) -> tuple[str, ...] | None:
    return tuple(parameters[name]) if parameters.get(name) else None


_PARAMETER = {"in": "query", "schema": {"type": "string"}}
_ANSWERS = {
    "200": {
        "description": "The answer",
        "content": {format.media_type: {} for format in formats.FORMATS},
    },
    "400": {"description": "The query or a parameter is wrong", "content": {"application/problem+json": {}}},
    "503": {"description": "Over the time limit, or no room", "content": {"application/problem+json": {}}},
}
_OPENAPI: dict[str, Any] = {
    "get": {
        "summary": "SPARQL 1.1 query",
        "parameters": [
            {"name": "query", "required": True, **_PARAMETER},
            {"name": "default-graph-uri", **_PARAMETER}, {"name": "named-graph-uri", **_PARAMETER},
            {"name": "format", **_PARAMETER},
        ],
        "responses": _ANSWERS,
    },
    "post": {
        "summary": "SPARQL 1.1 query",
        "requestBody": {"required": True, "content": {
            QUERY: {"schema": {"type": "string"}},
            FORM: {"schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}},
        }},
        "responses": _ANSWERS,
    },
}
