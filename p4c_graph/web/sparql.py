"""``/sparql``: the query operations of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette._utils import get_route_path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from p4c_graph.errors import P4CError
from p4c_graph.store import formats
from p4c_graph.store.formats import Form, Format
from p4c_graph.store.guard import check_query
from p4c_graph.store.pool import QueryJob
from p4c_graph.store.tokens import Tokens
from p4c_graph.web.cache import Answered
from p4c_graph.web.error_handlers import error_answer
from p4c_graph.web.negotiation import HTML, NotAcceptable, Offer
from p4c_graph.web.requests import FORM, client_of, one, read_operation, read_parameters
from p4c_graph.web.responses import accepted, answer, tag
from p4c_graph.web.service import Service
from p4c_graph.web.service_description import OFFERS, service_description
from p4c_graph.web.sparql_page import console_page

QUERY = "application/sparql-query"
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID"})
"""Functions whose value is another each time."""
_FORMAT = ("format", "output", "results")
"""Other servers call ``format`` by the other names. SPARQLWrapper sends all three, some twice: a name, a media type."""
_CHOICES = frozenset({*_FORMAT, "lang"})
_KNOWN = ("query", "default-graph-uri", "named-graph-uri", *_FORMAT, "lang")
_DESCRIBED: tuple[Format | Offer, ...] = (*OFFERS, HTML)
_SHOWN: tuple[Format | Offer, ...] = (*formats.FORMATS, HTML)


PATHS = ("/sparql", "/sparql/")
"""Clients write both, and few follow a redirect of a POST."""


class Endpoint:
    """Answers queries ahead of the router and what stands around it, which take longer than a small query.

    All else, other methods of the path and errors among it, goes the way of every route.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a query, or passes the request on."""
        if scope["type"] != "http" or get_route_path(scope) not in PATHS or scope["method"] not in ("GET", "POST"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await sparql(request)
        except P4CError as error:
            response = await error_answer(request, error)
        await response(scope, receive, send)


def add_routes(app: FastAPI) -> None:
    """Adds the endpoint: one plain route, since the protocol names its own parameters and media types."""
    for path in PATHS:
        app.add_route(path, sparql, methods=["GET", "POST"], include_in_schema=False)
    app.add_middleware(Endpoint)


async def sparql(request: Request) -> Response:
    """The answer of a query, in the format negotiated for its form; without a query, the service description."""
    service: Service = request.app.state.service
    if request.method == "POST":
        parameters = await read_operation(
            request, "query", QUERY, _KNOWN, service.settings.max_body_bytes, "max_body_bytes")
    elif not (parameters := read_parameters(request.scope["query_string"], _KNOWN)).keys() - _CHOICES:
        return await _description(request, service, parameters)
    text = one(parameters, "query")
    if request.method == "GET" and _wants_page(request, parameters):
        return await console_page(request, service, text)
    return await _answer(request, service, text, parameters)


async def _description(request: Request, service: Service, parameters: dict[str, list[str]]) -> Response:
    offer = accepted(request, _DESCRIBED, _wanted(parameters))
    if not isinstance(offer, Format):
        return await console_page(request, service, None)
    writable = bool(Tokens(service.settings.store).all())
    body = await run_in_threadpool(
        service_description, service.graph.snapshot, service.settings.public_url, offer, writable=writable)
    return answer(request, body, offer)


async def _answer(request: Request, service: Service, text: str, parameters: dict[str, list[str]]) -> Response:
    """The answer of a query: one that is kept, where the snapshot is still the same, else a new one."""
    info = check_query(text)
    form: Form = info.form  # type: ignore[assignment]
    offer = accepted(request, formats.for_form(form), _wanted(parameters))
    job = QueryJob(
        text, offer.name, _graphs(parameters, "default-graph-uri"), _graphs(parameters, "named-graph-uri"))
    pool, hit = service.pool, ";desc=cached"
    snapshot = pool.snapshot.name
    found = service.answers.get((snapshot, job))
    if found is None:
        result = await pool.query(job, client=client_of(request))
        snapshot, hit = result.snapshot.name, ""
        found = Answered(result.body, result.seconds, tag(result.body, offer))
        if not info.keywords & _CHANGING:
            service.answers.put((snapshot, job), found, len(found.body) + job.size)
    headers = {"P4C-Snapshot": snapshot, "Server-Timing": f"query;dur={found.seconds * 1000:.1f}{hit}"}
    return answer(request, found.body, offer, headers=headers, etag=found.etag)


def _wants_page(request: Request, parameters: dict[str, list[str]]) -> bool:
    """Whether the answer is asked for as a page. Whether another format fits is seen once the form of the query is."""
    try:
        return accepted(request, _SHOWN, _wanted(parameters)) is HTML
    except NotAcceptable:
        return False


def _wanted(parameters: dict[str, list[str]]) -> str | None:
    return next((parameters[name][0] for name in _FORMAT if parameters.get(name)), None)


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
_FORM_SCHEMA = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
OPERATIONS: dict[str, Any] = {
    "/sparql": {
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
                QUERY: {"schema": {"type": "string"}}, FORM: {"schema": _FORM_SCHEMA},
            }},
            "responses": _ANSWERS,
        },
    },
}
"""Path → its operations, as OpenAPI describes them."""
