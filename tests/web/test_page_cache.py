"""Pages are given again as long as nothing they depend on is another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from p4c_graph.errors import Busy
from p4c_graph.settings import load
from p4c_graph.web.app import create_app
from p4c_graph.web.service import Service

pytestmark = pytest.mark.slow


@asynccontextmanager
async def asking(store: Path, **settings: str) -> AsyncIterator[tuple[httpx.AsyncClient, Service]]:
    """A client of an application in this process, once it answers queries."""
    app = create_app(load(store=store, **settings))
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        while True:
            try:
                service.pool  # noqa: B018  raises until it is there
                break
            except Busy:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)  # what pages read once is read ahead
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            yield client, service


def queries(service: Service) -> int:
    """How many queries pages have asked until now."""
    return int(service.pool.status()["lanes"]["pages"]["answered"])


HTML = {"Accept": "text/html"}


def test_a_page_is_made_once_for_each_language_address_and_format(small_store: Path) -> None:
    async def story() -> None:
        async with asking(small_store) as (client, service):
            first = await client.get("/practices", headers=HTML)
            practice = first.text.split('href="/doc/practice/')[1].split('"')[0]
            address = f"/doc/practice/{practice}"
            made = await client.get(address, headers=HTML)
            before = queries(service)
            again = await client.get(address, headers=HTML)
            assert queries(service) == before, "the second time nothing is asked"
            assert again.content == made.content
            changing = ("date", "server-timing", "x-request-id")
            assert [h for h in again.headers.items() if h[0] not in changing] == [
                h for h in made.headers.items() if h[0] not in changing]
            french = await client.get(f"/fr{address}", headers=HTML)
            spoken = await client.get(address, headers=HTML | {"Accept-Language": "fr"})
            assert "fr" == french.headers["content-language"] == spoken.headers["content-language"]
            assert (await client.get(address, headers={"Accept": "text/turtle"})).headers["content-type"].startswith(
                "text/turtle")
            assert (await client.get(f"{address}?lang=fr", headers=HTML)).headers["content-language"] == "fr"
            same = await client.get(address, headers=HTML | {"If-None-Match": made.headers["etag"]})
            assert (same.status_code, same.content) == (304, b"")
            assert same.headers["etag"] == made.headers["etag"]
            assert (await client.head(address, headers=HTML)).content == b""
            metrics = (await client.get("/metrics")).text
            assert 'route="/doc/{name:path}",status="304"' in metrics.replace('method="GET",', "")

    asyncio.run(story())


def test_what_is_wrong_and_what_runs_a_query_of_the_visitor_is_not_kept(small_store: Path) -> None:
    async def story() -> None:
        async with asking(small_store) as (client, _):
            for _ in range(2):
                assert (await client.get("/doc/practice/none", headers=HTML)).status_code == 404
            query = {"query": "SELECT (RAND() AS ?r) {}"}
            pages = [await client.get("/sparql", params=query, headers=HTML) for _ in range(2)]
            assert {page.status_code for page in pages} == {200}, "on a graph without the examples of the questions too"
            assert pages[0].text != pages[1].text

    asyncio.run(story())


def test_without_room_every_page_is_made_anew(small_store: Path) -> None:
    async def story() -> None:
        async with asking(small_store, cache_bytes="0") as (client, service):
            asked = []
            for _ in range(2):
                before = queries(service)
                assert (await client.get("/doc/criterion/C1", headers=HTML)).status_code in (200, 404)
                asked.append(queries(service) - before)
            assert asked[0] == asked[1] > 0

    asyncio.run(story())
