"""A server follows the current snapshot, and tries again what did not go well."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from small import small_store

from p4c_graph.errors import Busy
from p4c_graph.settings import load
from p4c_graph.web import service
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


def answers(serving: Service) -> bool:
    try:
        return bool(serving.pool)
    except Busy:
        return False
