"""The query processes follow changes without reading the whole snapshot again."""

from __future__ import annotations

import asyncio

import pytest
from test_change import practice, put

from p4c_graph.settings import Settings
from p4c_graph.store.pool import QueryJob, QueryPool
from p4c_graph.store.snapshots import Snapshots

COUNT = QueryJob("SELECT (COUNT(?p) AS ?n) WHERE { ?p a p4c:Practice }", "json")
SLOW = QueryJob("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . FILTER(?c != ?f) }", "json", timeout=3)


async def count(pool: QueryPool) -> int:
    return int(str((await pool.query(COUNT)).answer().tuples()[0][0]))


def loader_pid(pool: QueryPool) -> int:
    return pool._current().pid


def test_a_change_is_applied_to_what_is_in_memory(settings: Settings) -> None:
    async def story() -> None:
        pool = QueryPool(settings)
        await pool.start(Snapshots(settings.store).current().path)
        try:
            pid, before = loader_pid(pool), await count(pool)
            put(settings, practice("ours"))
            put(settings, practice("another"), graph="https://example.org/graph/two")
            current = Snapshots(settings.store).current()
            await pool.switch(current.path)
            assert await count(pool) == before + 2
            assert (await pool.query(COUNT)).snapshot == current.path
            assert loader_pid(pool) == pid
            put(settings, [])
            await pool.switch(Snapshots(settings.store).current().path)
            assert await count(pool) == before + 1
            assert loader_pid(pool) == pid
            assert {lane["workers"] for lane in pool.status()["lanes"].values()} == {2, 1}
        finally:
            await pool.close()

    asyncio.run(story())


def test_a_query_under_way_ends_on_the_snapshot_it_began_on(settings: Settings) -> None:
    async def story() -> None:
        pool = QueryPool(settings)
        first = Snapshots(settings.store).current().path
        await pool.start(first)
        try:
            slow = asyncio.ensure_future(pool.query(SLOW))
            await asyncio.sleep(0.1)
            put(settings, practice("ours"))
            await pool.switch(Snapshots(settings.store).current().path)
            ended = await asyncio.gather(slow, return_exceptions=True)
            if not isinstance(ended[0], BaseException):  # else it was stopped at its time limit, as it may be
                assert ended[0].snapshot == first
            assert await count(pool) == 3
        finally:
            await pool.close()

    asyncio.run(story())


@pytest.mark.parametrize("back", [True, False])
def test_a_snapshot_that_does_not_follow_is_read_whole(settings: Settings, back: bool) -> None:
    async def story() -> None:
        pool = QueryPool(settings)
        snapshots = Snapshots(settings.store)
        put(settings, practice("ours"))
        await pool.start(snapshots.current().path)
        try:
            pid = loader_pid(pool)
            if back:
                snapshots.point_to(snapshots.before_current())
            else:
                put(settings, practice("another"))
                path = snapshots.current().patches()[-1]
                path.write_text("H prev \"000001-nothing\" .\nD broken\n")
            await pool.switch(snapshots.current().path)
            assert loader_pid(pool) != pid
        finally:
            await pool.close()

    if back:
        asyncio.run(story())
    else:
        with pytest.raises(Exception, match="cannot be read"):
            asyncio.run(story())
