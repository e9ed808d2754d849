"""The pool, with real processes. Time limits are short; each test starts and ends its own pool."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from store_support import Listener

from p4c_graph import settings
from p4c_graph.errors import Busy, Forbidden, InputError, OverLimit, P4CError, StoreProblem, SyntaxProblem
from p4c_graph.store.pool import QueryJob, QueryPool
from p4c_graph.store.processes import WorkerProcess

Make = Callable[..., Path]

COUNT = QueryJob("SELECT (COUNT(*) AS ?n) { ?s <http://example.org/in> ?o }")
NAMES = QueryJob("SELECT (MIN(?o) AS ?first) (COUNT(*) AS ?n) { ?s <http://example.org/in> ?o }")
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@asynccontextmanager
async def serving(snapshot: Path, **overrides: Any) -> AsyncIterator[QueryPool]:
    pool = QueryPool(settings.load(**{"query_timeout": 5.0, **overrides}))
    await pool.start(snapshot)
    try:
        yield pool
    finally:
        await pool.close()


def workers(pool: QueryPool) -> list[WorkerProcess]:
    return list(pool._current().workers.values())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.01)


def run(test: Awaitable[None]) -> None:
    asyncio.run(asyncio.wait_for(test, 30))  # type: ignore[arg-type]


def test_queries_are_answered_in_the_format_asked_for(make_snapshot: Make) -> None:
    async def go() -> None:
        snapshot = make_snapshot("one", rows=10)
        async with serving(snapshot) as pool:
            found = await pool.query(COUNT)
            assert (found.form, found.format.name, found.snapshot) == ("SELECT", "json", snapshot)
            assert 0 < found.seconds < 5
            assert found.answer().rows() == [{"n": 10}]
            for text, format, start in (
                (COUNT.text, "csv", b"n\r\n10"), ("ASK {}", "xml", b"<?xml"), ("ASK {}", "tsv", b"true"),
                ("DESCRIBE <http://example.org/a>", None, b"<http://example.org/a>"),
                ("CONSTRUCT WHERE { ?s p4c:x ?o }", "jsonld", b'{\n  "@context"'),
            ):
                found = await pool.query(QueryJob(text, format), lane="pages", client="someone")
                assert found.body.startswith(start)

    run(go())


def test_the_dataset_of_the_protocol_reaches_the_workers(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one")) as pool:
            graphs = ("http://example.org/g1", "http://example.org/g2")
            job = QueryJob("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=graphs)
            assert (await pool.query(job)).answer().rows() == [{"n": 2}]

    run(go())


def test_many_queries_at_once_each_get_their_own_answer(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one"), query_queue=200) as pool:
            async def ask(number: int) -> None:
                text = f"SELECT ({number} AS ?n) {{}}" + " " * (number * 997)
                found = await pool.query(QueryJob(text), lane="visitors" if number % 3 else "pages")
                assert found.answer().rows() == [{"n": number}]

            await asyncio.gather(*(ask(number) for number in range(150)))
            status = pool.status()
            assert sum(lane["answered"] for lane in status["lanes"].values()) == 150

    run(go())


def test_a_runaway_query_is_killed_at_its_limit_while_others_answer(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), query_timeout=0.6) as pool:
            started = time.monotonic()
            runaway = asyncio.create_task(pool.query(QueryJob(RUNAWAY), client="a"))
            pids = {worker.pid for worker in workers(pool)}
            await asyncio.sleep(0.05)
            answered = 0
            while not runaway.done():
                for lane in ("visitors", "pages"):
                    await pool.query(COUNT, lane=lane, client="b")  # type: ignore[arg-type]
                    answered += 1
                await asyncio.sleep(0)
            assert answered > 20
            with pytest.raises(OverLimit, match=r"longer than 0\.6 seconds") as caught:
                await runaway
            assert caught.value.limit == "query_timeout"
            assert 0.6 <= time.monotonic() - started < 2.0
            await until(lambda: len(pids - {worker.pid for worker in workers(pool)}) == 1)
            await until(lambda: len(pool.lanes["visitors"].idle) == 2)
            assert not any(alive(pid) for pid in pids - {worker.pid for worker in workers(pool)})

    run(go())


def test_a_job_may_have_a_shorter_limit_but_no_longer_one(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), query_timeout=0.4) as pool:
            for timeout, seconds in ((0.1, "0.1"), (9.0, "0.4")):
                with pytest.raises(OverLimit, match=f"{seconds} seconds"):
                    await pool.query(QueryJob(RUNAWAY, timeout=timeout))

    run(go())


def test_runaway_queries_of_one_client_leave_room_for_others(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), query_timeout=1.5) as pool:
            greedy = [asyncio.create_task(pool.query(QueryJob(RUNAWAY), client="greedy")) for _ in range(6)]
            await asyncio.sleep(0.05)
            assert not pool.lanes["visitors"].idle
            started = time.monotonic()
            assert (await pool.query(COUNT, client="modest")).answer().rows() == [{"n": 1000}]
            assert time.monotonic() - started < 1.3, "it did not wait for a deadline"
            for task in greedy:
                task.cancel()
            await asyncio.gather(*greedy, return_exceptions=True)

    run(go())


def test_there_is_room_for_so_many_queries_and_no_more(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), query_timeout=0.5, query_queue=4) as pool:
            tasks = [asyncio.create_task(pool.query(QueryJob(RUNAWAY), client=str(i))) for i in range(6)]
            await asyncio.sleep(0.05)
            with pytest.raises(Busy, match="2 workers are busy and 4 queries wait"):
                await pool.query(COUNT)
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} <= {OverLimit, Busy}

    run(go())


def test_mistakes_come_back_as_what_they_are(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one")) as pool:
            cases: list[tuple[QueryJob, type[P4CError], str]] = [
                (QueryJob("ASK {\n ?s foo:x ?o }"), SyntaxProblem, "^line 2: the prefix foo: is not declared"),
                (QueryJob("SELECT * { ?s ?p"), SyntaxProblem, "^line 1"),
                (QueryJob("ASK { SERVICE <u:x> {} }"), Forbidden, "SERVICE"),
                (QueryJob("INSERT DATA {}"), Forbidden, "update"),
                (QueryJob("SELECT (<u:f>(1) AS ?x) {}"), InputError, "custom function"),
                (QueryJob("ASK {}", "ttl"), InputError, "no format 'ttl'"),
                (QueryJob("ASK {}", default_graphs=("no iri",)), InputError, "IRI"),
                (QueryJob("ASK { ?s ?p '\ud800' }"), InputError, "surrogate"),
                (QueryJob("ASK" + "{" * 5000 + "}" * 5000), InputError, "nested"),
            ]
            for job, kind, words in cases:
                with pytest.raises(kind, match=words) as caught:
                    await pool.query(job)
                assert "Traceback" not in str(caught.value)
            with pytest.raises(SyntaxProblem) as caught:
                await pool.query(cases[0][0])
            assert caught.value.line == 2
            assert len(pool.lanes["visitors"].idle) == 2, "no worker was lost"

    run(go())


def test_a_result_that_is_too_large_is_refused_and_the_worker_lives(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), max_result_bytes=100_000) as pool:
            pids = {worker.pid for worker in workers(pool)}
            job = QueryJob("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "csv")
            with pytest.raises(OverLimit, match="larger than 100000 bytes") as caught:
                await pool.query(job)
            assert caught.value.limit == "max_result_bytes"
            with pytest.raises(OverLimit, match="larger than 10 bytes"):
                await pool.query(QueryJob(COUNT.text, max_bytes=10))
            large = await pool.query(QueryJob("SELECT ?s ?o { ?s <http://example.org/in> ?o }", "csv"))
            assert 30_000 < len(large.body) < 100_000
            assert {worker.pid for worker in workers(pool)} == pids

    run(go())


def test_a_result_of_many_megabytes_arrives_whole(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), query_timeout=20.0) as pool:
            pairs = "?s <http://example.org/in> ?o . ?t <http://example.org/in> ?p"
            found = await pool.query(QueryJob(f"SELECT ?o ?p {{ {pairs} }} LIMIT 400000", "csv"))
            assert len(found.body) > 5_000_000
            assert found.body.count(b"\r\n") == 400_001

    run(go())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is bounded on Linux")
def test_a_query_that_takes_too_much_memory_ends_alone(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000), worker_memory_bytes=30_000_000) as pool:
            greedy = pool.query(QueryJob("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"))
            with pytest.raises(OverLimit) as caught:
                await greedy
            assert caught.value.limit == "worker_memory_bytes"
            assert (await pool.query(COUNT)).answer().rows() == [{"n": 1000}]
            await until(lambda: len(pool.lanes["visitors"].idle) == 2)

    run(go())


def test_a_worker_killed_from_outside_is_replaced(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000)) as pool:
            before = {worker.pid for worker in workers(pool)}
            for pid in before:
                os.kill(pid, signal.SIGKILL)
            await until(lambda: len({worker.pid for worker in workers(pool)} - before) == 3)
            await until(lambda: len(pool.lanes["visitors"].idle) == 2)
            running = asyncio.create_task(pool.query(QueryJob(RUNAWAY)))
            await until(lambda: bool(pool.lanes["visitors"].running))
            (worker,) = pool.lanes["visitors"].running
            assert isinstance(worker, WorkerProcess)
            os.kill(worker.pid, signal.SIGSEGV)
            with pytest.raises(StoreProblem, match="nested too deeply"):
                await running
            assert (await pool.query(COUNT)).answer().rows() == [{"n": 1000}]

    run(go())


def test_the_query_of_someone_who_has_left_is_ended(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000)) as pool:
            task = asyncio.create_task(pool.query(QueryJob(RUNAWAY)))
            await until(lambda: bool(pool.lanes["visitors"].running))
            (worker,) = pool.lanes["visitors"].running
            assert isinstance(worker, WorkerProcess)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: not alive(worker.pid))
            await until(lambda: len(pool.lanes["visitors"].idle) == 2)

    run(go())


def test_switching_under_load_answers_from_one_snapshot_or_the_other(make_snapshot: Make) -> None:
    async def go() -> None:
        snapshots = [make_snapshot("a", rows=10), make_snapshot("b", rows=20)]
        expected = dict(zip(snapshots, ([{"first": "a 0", "n": 10}], [{"first": "b 0", "n": 20}]), strict=True))
        async with serving(snapshots[0], query_queue=100) as pool:
            stop = False
            seen = []

            async def load() -> None:
                while not stop:
                    found = await pool.query(NAMES)
                    assert found.answer().rows() == expected[found.snapshot]
                    seen.append(found.snapshot)

            tasks = [asyncio.create_task(load()) for _ in range(4)]
            for target in (snapshots[1], snapshots[0], snapshots[1]):
                await asyncio.sleep(0.05)
                old = pool._current()
                pids = [old.pid, *(worker.pid for worker in old.workers.values())]
                await pool.switch(target)
                found = await pool.query(NAMES)
                assert found.snapshot == pool.snapshot == target
                await until(lambda pids=pids: not any(alive(pid) for pid in pids))  # type: ignore[misc]
            stop = True
            await asyncio.gather(*tasks)
            assert set(seen) == set(snapshots)

    run(go())


def test_a_query_under_way_ends_on_the_snapshot_it_began_with(make_snapshot: Make) -> None:
    async def go() -> None:
        old, new = make_snapshot("old", rows=150), make_snapshot("new", rows=1)
        async with serving(old, query_timeout=20.0) as pool:
            text = "SELECT (COUNT(*) AS ?n) { ?a <http://example.org/in> ?b . ?c ?d ?e . ?f ?g ?h }"
            task = asyncio.create_task(pool.query(QueryJob(text)))
            await until(lambda: bool(pool.lanes["visitors"].running))
            loader = pool._current()
            await pool.switch(new)
            if not task.done():
                assert alive(loader.pid)
            found = await task
            assert found.snapshot == old
            assert found.answer().rows() == [{"n": 150 * 152 * 152}]
            await until(lambda: not alive(loader.pid))

    run(go())


def test_a_snapshot_that_cannot_be_loaded_leaves_the_old_one(make_snapshot: Make, tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(make_snapshot("good", rows=3)) as pool:
            with pytest.raises(StoreProblem, match="could not be read"):
                await pool.switch(tmp_path / "missing")
            assert (await pool.query(COUNT)).answer().rows() == [{"n": 3}]

    run(go())


def test_a_pool_that_cannot_start_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        pool = QueryPool(settings.load())
        with pytest.raises(StoreProblem, match="not started"):
            await pool.query(COUNT)
        with pytest.raises(StoreProblem, match="could not be read"):
            await pool.start(tmp_path / "missing")
        await pool.close()
        with pytest.raises(StoreProblem, match="closed"):
            await pool.start(tmp_path)

    run(go())


def test_a_loader_that_dies_is_started_again(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one", rows=1000)) as pool:
            running = asyncio.create_task(pool.query(QueryJob(RUNAWAY)))
            await until(lambda: bool(pool.lanes["visitors"].running))
            loader = pool._current()
            pids = [worker.pid for worker in loader.workers.values()]
            os.kill(loader.pid, signal.SIGKILL)
            with pytest.raises(StoreProblem, match="started again"):
                await running
            assert (await pool.query(COUNT)).answer().rows() == [{"n": 1000}], "it waited for the new one"
            assert pool._current() is not loader
            await until(lambda: not any(alive(pid) for pid in pids))

    run(go())


def test_a_graph_over_the_memory_limit_is_served_from_disk(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("large", rows=1000), memory_statements=500, query_timeout=0.5) as pool:
            assert not pool.status()["in_memory"]
            assert (await pool.query(COUNT)).answer().rows() == [{"n": 1000}]
            with pytest.raises(OverLimit):
                await pool.query(QueryJob(RUNAWAY))
            assert (await pool.query(COUNT)).answer().rows() == [{"n": 1000}]

    run(go())


def test_the_status_tells_what_goes_on(make_snapshot: Make) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one"), query_workers=1) as pool:
            await pool.query(COUNT)
            status = pool.status()
            assert status["snapshot"] == "one"
            assert status["in_memory"]
            assert status["lanes"]["visitors"] == {
                "workers": 1, "idle": 1, "running": 0, "waiting": 0,
                "answered": 1, "timed_out": 0, "refused": 0, "failed": 0,
            }
        assert pool.status()["snapshot"] is None

    run(go())


def test_closing_ends_all_processes_even_busy_ones(make_snapshot: Make) -> None:
    async def go() -> None:
        pool = QueryPool(settings.load())
        await pool.start(make_snapshot("one", rows=1000))
        pids = [pool._current().pid, *(worker.pid for worker in workers(pool))]
        running = [asyncio.create_task(pool.query(QueryJob(RUNAWAY))) for _ in range(4)]
        await asyncio.sleep(0.05)
        await pool.close()
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            assert isinstance(outcome, StoreProblem)
        await until(lambda: not any(alive(pid) for pid in pids))
        with pytest.raises(StoreProblem, match="not started, or closed"):
            await pool.query(COUNT)
        await pool.close()

    run(go())


def test_no_trick_reaches_the_network(make_snapshot: Make, listener: Listener) -> None:
    async def go() -> None:
        async with serving(make_snapshot("one")) as pool:
            iri = f"<{listener.iri}>"
            for text in (
                f"ASK {{ SERVICE {iri} {{}} }}",
                f"ASK {{ SERVICE SILENT {iri} {{ ?s ?p ?o }} }}",
                f"PREFIX e: {iri} ASK {{1SERVICEe:{{}}}}",
                f"ASK {{ ?s ?p e:a.b.SERVICE{iri}{{}} }}",
                f"LOAD {iri}",
                f"SELECT * FROM {iri} {{ ?s ?p ?o }}",
                f"SELECT * FROM NAMED {iri} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
                f"SELECT * FROM {iri} FROM <u:x> {{ ?s ?p ?o }}",
                f"DESCRIBE {iri}",
                f"ASK {{ GRAPH {iri} {{ ?s ?p ?o }} }}",
                f"ASK {{ FILTER({iri}(1)) }}",
            ):
                with suppress(InputError):
                    await pool.query(QueryJob(text))
            await pool.query(QueryJob("ASK {}", default_graphs=(listener.iri,), named_graphs=(listener.iri,)))

    run(go())
    assert not listener.calls
