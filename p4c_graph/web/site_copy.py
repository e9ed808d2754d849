"""The static copy of the site: ``p4c publish`` asks the application for every page within its own process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI

from p4c_graph.errors import Busy
from p4c_graph.languages import LANGUAGES
from p4c_graph.progress import Progress
from p4c_graph.publish.changes import affected_paths, changes
from p4c_graph.publish.site import Fetched, Plan, Published, publish
from p4c_graph.publish.sitemap import PAGES, exported_paths, withdrawn_paths
from p4c_graph.settings import Settings
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.store.steps import run_in_pool
from p4c_graph.web.app import create_app
from p4c_graph.web.documents import addresses_of
from p4c_graph.web.service import Service

_PAUSE = 0.05


async def copy_site(
    settings: Settings, folder: Path, *, since: str | None = None, service: str | None = None,
    progress: Progress | None = None,
) -> Published:
    """Writes the site that these settings describe as files, and puts them in place of an earlier copy.

    Raises InputError, UnknownName, StoreProblem, NoSnapshot; then the folder stays as it was.
    """
    before = Snapshots(settings.store).get(since) if since else None
    if not settings.sparql_url:
        Snapshots(settings.store).current()
    async with _running(settings) as (app, served):
        addresses = addresses_of(served)
        documents = await run_in_pool(lambda: exported_paths(addresses), served.pool)
        withdrawn = await run_in_pool(lambda: withdrawn_paths(addresses), served.pool)
        stale = None
        if before:
            changed = await asyncio.to_thread(changes, before, served.graph.snapshot)
            stale = await run_in_pool(lambda: affected_paths(changed, addresses), served.pool)
        plan = Plan(
            served.graph.snapshot.id, settings.public_url.rstrip("/"), LANGUAGES, documents, PAGES, service,
            before.id if before else None, stale, withdrawn,
        )

        async def fetch(address: str, accept: str, language: str) -> Fetched:
            return await _ask(app, plan.root, address, accept, language)

        return await publish(fetch, folder, plan, progress)


@asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[tuple[FastAPI, Service]]:
    """The application, once it can answer queries; its processes end with the block."""
    app = create_app(settings)
    service: Service = app.state.service
    async with app.router.lifespan_context(app):
        while True:
            with suppress(Busy):
                service.pool  # noqa: B018  raises Busy until the query processes are there
                break
            await asyncio.sleep(_PAUSE)
        yield app, service


async def _ask(app: FastAPI, root: str, address: str, accept: str, language: str) -> Fetched:
    """One GET below ``root``."""
    path, _, query = address.partition("?")
    headers = [(b"host", b"localhost"), (b"accept", accept.encode()), (b"accept-language", language.encode())]
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": unquote(root + path), "raw_path": (root + path).encode(), "root_path": root,
        "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 0), "server": ("localhost", 80),
    }
    started: dict[str, Any] = {}
    body = bytearray()

    sent = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not sent:
            await asyncio.Event().wait()  # the client never goes away
        return sent.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    try:
        await app(scope, receive, send)
    except Exception:  # the server raises again what it has answered with 500, for the log
        if not started:
            raise
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in started["headers"]}
    return Fetched(started["status"], told, bytes(body))
