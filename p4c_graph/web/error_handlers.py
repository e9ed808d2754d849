"""The answer to a request that failed: problem details for programs, a page for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from p4c_graph.errors import InputError, P4CError, Withdrawn, expected
from p4c_graph.web import middleware
from p4c_graph.web.documents import addresses_of
from p4c_graph.web.negotiation import HTML, NotAcceptable, Offer, negotiate
from p4c_graph.web.pages import page
from p4c_graph.web.responses import PROBLEM, problem, problem_response

_PROBLEM = Offer("problem", PROBLEM, ("application/json",))


def add_to(app: FastAPI) -> None:
    """Makes every error of the application an answer that helps."""
    app.add_exception_handler(P4CError, error_answer)
    app.add_exception_handler(RequestValidationError, _invalid_parameter)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def error_answer(request: Request, error: Exception) -> Response:
    """What a request gets that ended in one of the project's errors."""
    assert isinstance(error, P4CError)
    return _for_people(request, problem(request, error), str(error), error.french, error)


async def _invalid_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name, given = str(first["loc"][-1]), first.get("input")
    english, french = expected(first)
    return await error_answer(request, InputError(
        f"{name} is {given!r}; expected {english}", parameter=name,
        french=f"{name} vaut « {given} » ; attendu : {french}."))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status, headers = HTTPStatus(error.status_code), dict(error.headers or {})
    detail = f"{request.method} {request.url.path}: {status.phrase}"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(middleware.allowed(request.app.router.routes, request.scope))
        detail += f"; expected {headers['Allow']}"
    french = f"Il n'y a pas de page à l'adresse {request.url.path}." if status is HTTPStatus.NOT_FOUND else None
    return _for_people(request, problem_response(request, status, detail, None, headers), detail, french)


async def _unexpected(request: Request, error: Exception) -> Response:
    # The server logs the traceback; a visitor gets none of it.
    detail = f"The server failed on this request; it is logged as {getattr(request.state, 'request_id', '')}."
    return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _for_people(
    request: Request, answer: Response, detail: str, french: str | None, error: P4CError | None = None,
) -> Response:
    """The same answer as a page where a page was asked for; else the answer itself."""
    try:
        wanted = "html" if request.query_params.get("format") == "html" else None
        if negotiate(request.headers.get("accept"), wanted, (_PROBLEM, HTML)) is not HTML:
            return answer
    except NotAcceptable:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name not in ("content-type", "content-length")}
    return page(
        request, "error.html", headers=kept, status=HTTPStatus(answer.status_code),
        status_code=answer.status_code, detail=detail, french=french,
        again=request.method == "GET" and "retry-after" in kept,
        parameter=getattr(error, "parameter", None), suggestions=_suggestions(request, error),
        replacements=_replacements(request, error))


def _replacements(request: Request, error: P4CError | None) -> list[str]:
    """The paths of the documents of what took the place of a withdrawn resource."""
    if not isinstance(error, Withdrawn):
        return []
    addresses = addresses_of(request.app.state.service)
    return [path for iri in error.replaced_by if (path := addresses.path(iri))]


def _suggestions(request: Request, error: P4CError | None) -> list[tuple[str, str | None]]:
    """What was perhaps meant, each with the address that asks for it."""
    found = [*getattr(error, "near", ()), *getattr(error, "candidates", ())]
    parameter: Any = getattr(error, "parameter", None)
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if parameter not in dict(pairs):
        return [(text, None) for text in found]
    path = request.url.path
    return [
        (text, f"{path}?{urlencode([(k, text.split(' (')[0] if k == parameter else v) for k, v in pairs])}")
        for text in found
    ]
