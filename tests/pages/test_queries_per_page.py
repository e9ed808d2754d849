"""What a page costs: at most five queries, and little time, uncached, on the real data."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from kinds import PAGES

from p4c_graph.settings import load
from p4c_graph.web.app import create_app

pytestmark = pytest.mark.slow
ABOUT_THINGS = (
    "practice", "practice with results", "region", "region with needs", "territory", "small region", "agency",
    "field test", "source", "anything else", "class", "property",
)
MOST_QUERIES, MOST_CPU_SECONDS = 5, 0.15
"""The time is three times the target: the cores of a test run are shared, and the client runs in the same process."""


@pytest.fixture(scope="module")
def costs(real_store: Path) -> dict[str, tuple[int, float]]:
    """Page → queries, and the median of the processor seconds of this process, the first visit left out."""
    return asyncio.run(_measured(real_store))


async def _measured(store: Path) -> dict[str, tuple[int, float]]:
    app = create_app(load(store=store))
    found: dict[str, tuple[int, float]] = {}
    async with app.router.lifespan_context(app):
        pool = await _ready(app)
        asked, plain = [], pool.query

        async def counted(*given: Any, **named: Any) -> Any:
            asked.append(given)
            return await plain(*given, **named)

        pool.query = counted
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            for name in ABOUT_THINGS:
                spent = []
                for _ in range(6):
                    asked.clear()
                    started = time.process_time()
                    answer = await client.get(PAGES[name], headers={"Accept": "text/html"})
                    spent.append(time.process_time() - started)
                    assert answer.status_code == 200, answer.text
                found[name] = (len(asked), statistics.median(spent[1:]))
    return found


async def _ready(app: Any) -> Any:
    for _ in range(1200):
        if app.state.service._pool is not None:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    return app.state.service.pool


@pytest.mark.parametrize("name", ABOUT_THINGS)
def test_a_page_about_a_thing_takes_at_most_five_queries(costs: dict[str, tuple[int, float]], name: str) -> None:
    assert costs[name][0] <= MOST_QUERIES


@pytest.mark.parametrize("name", ABOUT_THINGS)
def test_a_page_about_a_thing_is_quick(costs: dict[str, tuple[int, float]], name: str) -> None:
    assert costs[name][1] < MOST_CPU_SECONDS
