"""The server: one FastAPI application over one store folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from p4c_graph import __version__
from p4c_graph.settings import Settings, load
from p4c_graph.web import (
    changes,
    datasets,
    documents,
    error_handlers,
    graphs,
    health,
    home,
    lists,
    match,
    middleware,
    observability,
    ontology,
    queries,
    rankings,
    sparql,
    submissions,
    update,
)
from p4c_graph.web.language import LanguagePrefix
from p4c_graph.web.page_cache import PageCache
from p4c_graph.web.read_ahead import keep_reading_ahead
from p4c_graph.web.remote_service import RemoteService
from p4c_graph.web.service import Service

DESCRIPTION = (
    "Good practices in cluster policy as a knowledge graph: which practices suit a region, why, and how sure we are. "
    "Errors are problem details (RFC 9457)."
)

PARTS = (
    match,
    queries,
    home,
    health,
    observability,
    documents,
    ontology,
    datasets,
    changes,
    lists,
    rankings,
    update,
    graphs,
    submissions,
)
"""The modules whose routes the application has. Routes are tried in order, so those asked most come first."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; it opens the current snapshot when it starts."""
    settings = settings or load()
    service = (RemoteService if settings.sparql_url else Service)(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        warming = asyncio.create_task(keep_reading_ahead(service))
        yield
        warming.cancel()
        await service.stop()
        app.state.metrics.tell()

    app = FastAPI(
        title="p4c_graph", version=__version__, description=DESCRIPTION, lifespan=lifespan,
        docs_url=None, redoc_url=None, redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service
    error_handlers.add_to(app)
    app.add_middleware(PageCache, service=service)
    sparql.add_routes(app)
    for part in PARTS:
        app.include_router(part.router)
    _complete_description(app)
    app.mount("/static", StaticFiles(directory=str(files("p4c_graph.web") / "static")), name="static")
    middleware.add_to(app)
    observability.add_to(app, service)
    app.add_middleware(LanguagePrefix)
    return app


def _complete_description(app: FastAPI) -> None:
    """Adds to the OpenAPI description what FastAPI cannot read from the routes."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        for path, operations in (sparql.OPERATIONS | queries.operations()).items():
            document["paths"].setdefault(path, operations)
        return document

    app.openapi = described  # type: ignore[method-assign]
