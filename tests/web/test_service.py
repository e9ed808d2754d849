"""A server follows the current snapshot, and tries again what did not go well."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from small import small_store

from p4c_graph.errors import Busy
from p4c_graph.settings import load
from p4c_graph.web import service
from p4c_graph.web.app import create_app
from p4c_graph.web.service import Service


def test_query_processes_that_do_not_start_are_started_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "_FOLLOW_SECONDS", 0.05)
    monkeypatch.setattr(service, "_REFUSED_SECONDS", 0.1)
    serving = Service(load(store=small_store(tmp_path, "")))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "nowhere"))  # no other Python starts

    async def life() -> None:
        await serving.start()
        async with asyncio.timeout(60):
            while caplog.text.count("cannot be served") < 2:
                await asyncio.sleep(0.05)
            assert not answers(serving)
            monkeypatch.delenv("PYTHONHOME")
            while not answers(serving):
                await asyncio.sleep(0.05)
        await serving.stop()

    asyncio.run(life())


@pytest.mark.parametrize(("path", "told", "again"), [
    ("/en/practices", "The server has just started", "Try again"),
    ("/fr/practices", "Le serveur vient de démarrer", "Réessayer"),
])
def test_who_comes_before_the_graph_is_read_is_asked_to_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, told: str, again: str
) -> None:
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "nowhere"))  # no other Python starts
    app = create_app(load(store=small_store(tmp_path, "")))

    async def visit() -> httpx.Response:
        async with app.router.lifespan_context(app), httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get(path, headers={"Accept": "text/html"})

    page = asyncio.run(visit())
    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert told in page.text
    assert f'href="">{again}</a>' in page.text


def answers(serving: Service) -> bool:
    try:
        return bool(serving.pool)
    except Busy:
        return False
