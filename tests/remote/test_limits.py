"""What servers cut, each in its own way, is an error: never a part that looks like the whole."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from p4c_graph.errors import Busy, Forbidden, OverLimit, P4CError, StoreProblem, SyntaxProblem
from p4c_graph.store.pool import QueryJob
from p4c_graph.store.push import push
from p4c_graph.store.remote import RemoteSnapshot
from p4c_graph.store.remote_pool import RemotePool
from p4c_graph.store.snapshots import Snapshot

from .servers import MOST_ROWS, Server

pytestmark = pytest.mark.slow
ROWS = QueryJob("SELECT ?a ?b { ?a ?p ?x . ?b ?q ?y }", "csv")
"""Over 20,000 rows."""
GRAPH = QueryJob("CONSTRUCT { ?a ?p ?y } { ?a ?p ?x . ?b ?q ?y }")
RUNAWAY = QueryJob("SELECT (COUNT(*) AS ?n) (SUM(STRLEN(STR(?i))) AS ?m) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l "
                   "FILTER(STRLEN(STR(?c)) + STRLEN(STR(?f)) != STRLEN(STR(?l))) }", "json")


def run(server: Server, test: Callable[[RemotePool], Coroutine[Any, Any, None]], **overrides: Any) -> None:
    async def go() -> None:
        pool = RemotePool(server.configured(**overrides))
        try:
            await pool.look()
            await test(pool)
        finally:
            await pool.close()

    asyncio.run(asyncio.wait_for(go(), 60))


async def outcome(work: Coroutine[Any, Any, Any]) -> P4CError:
    with pytest.raises(P4CError) as refused:
        await work
    return refused.value


def test_answers_come_in_every_format_and_say_from_which_snapshot(holding: Server, snapshot: Snapshot) -> None:
    async def test(pool: RemotePool) -> None:
        practices = "SELECT ?p { ?p a p4c:Practice } ORDER BY ?p LIMIT 1"
        for text, format, start in (
            (practices, "csv", b"p\r\nhttps://w3id.org/pooling4clusters/id/practice/desk"),
            (practices, "tsv", b"?p\n<https://w3id.org/"), (practices, "xml", b"<?xml"),
            ("ASK { ?p a p4c:Practice }", "json", b'{"head":{},"boolean":true}'),
            ("ASK { ?p a p4c:Nothing }", "csv", b"false"),
            ("CONSTRUCT { ?p a p4c:Practice } { ?p a p4c:Practice }", "ttl", b"@prefix p4c: "),
            ("CONSTRUCT { ?p a p4c:Practice } { ?p a p4c:Practice }", "nt", b"<https://w3id.org/"),
            ("DESCRIBE <https://w3id.org/pooling4clusters/id/practice/school>", "nt", b"<https://w3id.org/"),
        ):
            found = await pool.query(QueryJob(text, format), lane="pages")
            assert found.body.startswith(start), (text, found.body[:100])
            assert found.snapshot.name == snapshot.id == pool.status()["snapshot"]
    run(holding, test)


@pytest.mark.parametrize("job", [ROWS, GRAPH], ids=["rows", "graph"])
def test_a_large_answer_is_whole_or_an_error(holding: Server, snapshot: Snapshot, job: QueryJob) -> None:
    everything = snapshot.manifest()["merged"] ** 2
    assert everything > MOST_ROWS

    async def test(pool: RemotePool) -> None:
        if holding.name == "virtuoso":  # it has so many rows, and no more than it may give
            error = await outcome(pool.query(job))
            assert isinstance(error, OverLimit)
            assert re.search("cut the (answer|graph)|own time limit", str(error))
        else:
            with suppress(OverLimit, StoreProblem):  # where it is slow today
                found = await pool.query(job)
                assert job is GRAPH or found.body.count(b"\n") == everything + 1

    run(holding, test, query_timeout=30, max_result_bytes=500_000_000, max_result_rows=10_000_000)


def test_the_server_s_own_time_limit_is_an_error(holding: Server) -> None:
    endless = QueryJob(
        "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?c) = CONCAT(STR(?f), STR(?i))) }", "csv")

    async def test(pool: RemotePool) -> None:
        error = await outcome(pool.query(RUNAWAY if holding.name == "virtuoso" else endless))
        assert re.search("cut or damaged|own time limit|broke off", str(error)), error
        assert "query_timeout" not in str(error)

    run(holding, test, query_timeout=30)


def test_our_time_limit_ends_a_query_and_others_go_on(holding: Server) -> None:
    async def test(pool: RemotePool) -> None:
        started = time.perf_counter()
        slow = asyncio.create_task(outcome(pool.query(RUNAWAY, client="a")))
        await asyncio.sleep(0.1)
        assert (await pool.query(QueryJob("ASK {}", "csv"), client="b")).body == b"true"
        assert str(await slow).startswith("The query ran longer than 2.5 seconds")
        assert time.perf_counter() - started < 8
        assert (await pool.query(QueryJob("ASK {}", "csv"), client="a")).body == b"true"
        assert pool.status()["lanes"]["visitors"]["timed_out"] == 1
    run(holding, test, query_timeout=2.5, query_workers=2)


def test_bytes_and_rows_are_bounded(holding: Server) -> None:
    async def test(pool: RemotePool) -> None:
        job = QueryJob("SELECT ?s { ?s ?p ?o } LIMIT 100", "csv")
        assert (await pool.query(job)).body.count(b"\n") == 101
        for more, limit in (
            (QueryJob(job.text, "csv", max_bytes=300), "max_result_bytes"),
            (QueryJob("SELECT ?s { ?s ?p ?o } LIMIT 200", "csv"), "max_result_rows"),
            (QueryJob("CONSTRUCT { ?s ?p ?o } { { SELECT * { ?s ?p ?o } LIMIT 200 } }", "nt"), "max_result_rows"),
        ):
            error = await outcome(pool.query(more))
            assert isinstance(error, OverLimit)
            assert error.limit == limit
    run(holding, test, max_result_rows=150)


def test_one_client_keeps_to_its_share(holding: Server) -> None:
    async def test(pool: RemotePool) -> None:
        many = [asyncio.create_task(outcome(pool.query(RUNAWAY, client="greedy"))) for _ in range(4)]
        await asyncio.sleep(0.1)
        assert isinstance(await outcome(pool.query(RUNAWAY, client="greedy")), Busy)
        for task in many:
            await task
    run(holding, test, query_timeout=0.5, query_workers=2, query_queue=6)


@pytest.mark.parametrize(("text", "kind"), [
    ("SELECT ?s WHERE {", SyntaxProblem), ("SELECT (sql:user() AS ?u) {}", Forbidden),
    ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", Forbidden), ("CLEAR ALL", Forbidden),
])
def test_wrong_queries_are_the_visitor_s_mistake(holding: Server, text: str, kind: type[P4CError]) -> None:
    async def test(pool: RemotePool) -> None:
        assert type(await outcome(pool.query(QueryJob(text)))) is kind
    run(holding, test)


def test_a_snapshot_that_is_replaced_meanwhile_gives_no_mixed_answer(holding: Server, snapshot: Snapshot) -> None:
    async def test(pool: RemotePool) -> None:
        await asyncio.to_thread(push, holding.configured(), snapshot)
        error = await outcome(pool.query(QueryJob("ASK {}")))
        assert isinstance(error, Busy)
        assert "being replaced" in str(error)
        await pool.look()
        assert (await pool.query(QueryJob("ASK {}", "csv"))).body == b"true"
    run(holding, test)
    assert RemoteSnapshot.current(holding.configured()).id == snapshot.id
