"""The server: one FastAPI application over one store folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from p4c_graph import __version__
from p4c_graph.errors import P4CError
from p4c_graph.settings import Settings, load
from p4c_graph.web import (
    about,
    changes,
    context,
    datasets,
    documents,
    graphs,
    health,
    home,
    lists,
    match,
    middleware,
    ontology,
    queries,
    rankings,
    sparql,
    submissions,
    update,
)
from p4c_graph.web.language import LanguagePrefix
from p4c_graph.web.responses import problem, problem_response
from p4c_graph.web.service import Service

DESCRIPTION = (
    "Good practices in cluster policy as a knowledge graph: which practices suit a region, why, and how sure we are. "
    "Errors are problem details (RFC 9457)."
)

PARTS = (
    home,
    match,
    queries,
    health,
    documents,
    ontology,
    datasets,
    changes,
    context,
    lists,
    rankings,
    about,
    update,
    graphs,
    submissions,
)
"""The modules whose routes the application has."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; it opens the current snapshot when it starts."""
    service = Service(settings or load())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title="p4c_graph", version=__version__, description=DESCRIPTION, lifespan=lifespan,
        docs_url=None, redoc_url=None, redirect_slashes=False,
    )
    app.state.service = service
    app.add_exception_handler(P4CError, _p4c_error)
    app.add_exception_handler(RequestValidationError, _invalid_parameter)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    for part in PARTS:
        app.include_router(part.router)
    sparql.add_routes(app)
    queries.add_descriptions(app)
    app.mount("/static", StaticFiles(directory=str(files("p4c_graph.web") / "static")), name="static")
    middleware.add_to(app)
    app.add_middleware(LanguagePrefix)
    return app


async def _p4c_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, P4CError)
    return problem(request, error)


async def _invalid_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = str(first["loc"][-1])
    detail = f"{name}: {first['msg']} (got {first.get('input')!r})"
    return problem_response(request, HTTPStatus.BAD_REQUEST, detail, {"parameter": name})


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status, headers = HTTPStatus(error.status_code), dict(error.headers or {})
    detail = f"{request.method} {request.url.path}: {status.phrase}"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(middleware.allowed(request.app.router.routes, request.scope))
        detail += f"; expected {headers['Allow']}"
    return problem_response(request, status, detail, None, headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    # The server logs the traceback; a visitor gets none of it.
    detail = "The server failed on this request; it has been logged."
    return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
