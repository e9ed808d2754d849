"""Queries and requests that are too much: each ends at its limit, with an answer that says which, and hurts nobody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from p4c_graph.errors import OverLimit
from p4c_graph.web.responses import status_of

pytestmark = pytest.mark.slow
TOO_MUCH = {
    "a cross join": ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a", "json"),
    "a count over a cross join": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "csv"),
    "a runaway property path": (
        "SELECT (COUNT(*) AS ?n) { ?a (p4c:x|!p4c:x|^p4c:x)* ?b . ?b (p4c:x|!p4c:x)* ?c }", "xml"),
    "a huge sort": ("SELECT ?a ?b { ?a ?p ?o . ?b ?q ?r } ORDER BY ?o ?r LIMIT 10", "tsv"),
    "a giant CONSTRUCT": ("CONSTRUCT { ?a ?p ?d } { ?a ?p ?b . ?c ?q ?d }", "ttl"),
    "a giant CONSTRUCT to be compacted": ("CONSTRUCT { ?a ?p ?d } { ?a ?p ?b . ?c ?q ?d }", "jsonld"),
}


@pytest.fixture
def elsewhere(server: str) -> Iterator[list[float]]:
    """How many seconds others waited for their answers while the test ran."""
    waited: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=server, timeout=20) as other:
            while not over.is_set():
                for path in ("/health", "/health/live", "/sparql?query=ASK%7B%7D", "/match?region=FRL0&limit=1"):
                    started = time.monotonic()
                    assert other.get(path).status_code == 200
                    waited.append(time.monotonic() - started)
                time.sleep(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    yield waited
    over.set()
    asking.join()


@pytest.mark.parametrize(("query", "format"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_query_that_never_ends_is_ended_while_others_are_answered(
    client: httpx.Client, elsewhere: list[float], query: str, format: str
) -> None:
    started = time.monotonic()
    answer = client.post("/sparql", data={"query": query, "format": format})
    assert (answer.status_code, answer.json()["limit"]) in (
        (503, "query_timeout"), (503, "worker_memory_bytes"), (413, "max_result_bytes"), (413, "max_result_rows"))
    assert f"setting {answer.json()['limit']}" in answer.json()["detail"]
    assert time.monotonic() - started < 8
    assert len(elsewhere) >= 4
    assert max(elsewhere) < 5


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_a_table_over_its_rows_is_refused_not_cut(client: httpx.Client, format: str) -> None:
    query = "SELECT (1 AS ?x) { ?s ?p ?o } LIMIT "
    whole = client.post("/sparql", data={"query": query + "40000", "format": format})
    assert whole.status_code == 200
    over = client.post("/sparql", data={"query": query + "40001", "format": format})
    assert (over.status_code, over.json()["limit"]) == (413, "max_result_rows")


@pytest.mark.parametrize("format", ["ttl", "jsonld", "rdf", "nt", "trig", "nq"])
def test_a_graph_over_its_statements_is_refused_not_cut(client: httpx.Client, format: str) -> None:
    query = "CONSTRUCT { ?s p4c:x ?o } { ?s ?p ?o } LIMIT "
    assert client.post("/sparql", data={"query": query + "3000", "format": format}).status_code == 200
    over = client.post("/sparql", data={"query": query + "90000", "format": format})
    assert (over.status_code, over.json()["limit"]) in ((413, "max_result_rows"), (413, "max_result_bytes"))


@pytest.mark.parametrize("media_type", ["application/sparql-query", "application/x-www-form-urlencoded"])
def test_a_query_text_of_ten_megabytes_is_refused(
    client: httpx.Client, elsewhere: list[float], media_type: str
) -> None:
    text = b"query=ASK%7B%7D" + b"+" * 10_000_000
    answer = client.post("/sparql", content=text, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["limit"]) == (413, "max_body_bytes")
    assert max(elsewhere, default=0) < 5


def test_a_query_text_just_below_the_limit_is_answered_in_time(client: httpx.Client, elsewhere: list[float]) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {' '.join(map(str, range(20_000)))} }} }}" + "\n" * 850_000
    assert 900_000 < len(query) < 1_000_000
    started = time.monotonic()
    answer = client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "20000"
    assert time.monotonic() - started < 8
    assert max(elsewhere, default=0) < 5


def test_an_address_that_is_too_long_is_refused(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=10) as connection:
        connection.sendall(b"GET /sparql?query=ASK%7B%7D" + b"+" * 10_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_full_server_says_when_to_come_back(client: httpx.Client, server: str) -> None:
    statuses: list[tuple[int, str | None]] = []

    def ask() -> None:
        answer = httpx.post(f"{server}/sparql", data={"query": TOO_MUCH["a cross join"][0]}, timeout=60)
        statuses.append((answer.status_code, answer.headers.get("retry-after")))

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for thread in threads:
        thread.start()
    assert client.get("/health").status_code == 200
    for thread in threads:
        thread.join()
    assert {status for status, _ in statuses} == {503}
    assert [seconds for _, seconds in statuses if seconds], "one client has at most its share"
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


@pytest.mark.parametrize(("limit", "status"), [
    ("max_result_bytes", 413), ("max_result_rows", 413), ("max_body_bytes", 413), ("max_write_bytes", 413),
    ("query_timeout", 503), ("write_timeout", 503), ("worker_memory_bytes", 503),
])
def test_what_trying_again_does_not_help_is_413(limit: str, status: int) -> None:
    assert status_of(OverLimit("too much", limit=limit)) == status
