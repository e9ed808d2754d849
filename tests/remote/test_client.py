"""A SPARQL server that is down, slow, broken or lying: one clear error, in time, and no credentials in it."""

from __future__ import annotations

import asyncio
import base64
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from p4c_graph import settings
from p4c_graph.errors import Busy, InputError, OverLimit, P4CError, StoreProblem, SyntaxProblem
from p4c_graph.store.client import Raw, SparqlClient
from p4c_graph.store.formats import Form
from p4c_graph.store.guard import check_query
from p4c_graph.store.remote import Remote, read_answer

from .misbehaving import JSON, TABLE, Answer, Misbehaving, answers, drips, hangs, head, misbehaving, sends
from .servers import free_port

NT = "application/n-triples"
TRIPLE = b"<http://e/a> <http://e/b> <http://e/c> .\n"
CHUNKED = head("200 OK", f"Content-Type: {JSON}", "Transfer-Encoding: chunked")


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as found:
        yield found


def ask(server: Misbehaving, form: Form = "SELECT", timeout: float = 5, most: int = 1000, **given: Any) -> Raw:
    async def go() -> Raw:
        client = SparqlClient(settings.load(sparql_url=server.url, **given), connections=2)
        try:
            text = "SELECT ?n {}" if form == "SELECT" else "CONSTRUCT WHERE { ?s ?p ?o }"
            raw = await client.query(text, form, timeout=timeout, most=most)
            read_answer(raw, check_query(text))
            return raw
        finally:
            await client.close()

    return asyncio.run(asyncio.wait_for(go(), 10))


def test_a_whole_answer_is_given(server: Misbehaving) -> None:
    server.answer = answers("200 OK", TABLE)
    assert ask(server).body == TABLE
    assert b"Accept: application/sparql-results+json" in server.requests[0]
    assert server.requests[0].endswith(b"query=SELECT+%3Fn+%7B%7D")


CASES: list[tuple[str, Answer, type[P4CError], str]] = [
    ("says nothing", hangs, OverLimit, r"longer than 0\.6 seconds \(setting query_timeout\)"),
    ("drips its headers", drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), OverLimit, "longer than"),
    ("drips its body", drips(CHUNKED, b"1\r\n \r\n"), OverLimit, "longer than"),
    ("stops in the middle", sends(head("200 OK", f"Content-Type: {JSON}", "Content-Length: 900") + TABLE[:40]),
     StoreProblem, "broke off its answer"),
    ("stops within a chunk", sends(CHUNKED + b"ff\r\n" + TABLE[:40]), StoreProblem, "broke off its answer"),
    ("ends a cut answer properly", answers("200 OK", TABLE[:-20]), StoreProblem, "cut or damaged"),
    ("writes its error into the answer", answers("200 OK", TABLE[:50] + b"Timeout: cancelled"),
     StoreProblem, "cut or damaged"),
    ("ends a cut answer by hanging up", sends(head("200 OK", f"Content-Type: {JSON}") + TABLE[:-20]),
     StoreProblem, "cut or damaged"),
    ("hangs up", sends(), StoreProblem, "broke off its answer"),
    ("speaks another protocol", sends(b"SSH-2.0-OpenSSH_9.2\r\n"), StoreProblem, "broke off its answer"),
    ("answers with a page", answers("200 OK", b"<html>", type="text/html"),
     StoreProblem, r"answers with text/html where application/sparql-results\+json was asked for"),
    ("answers without a type", sends(head("200 OK", "Content-Length: 1") + b"1"), StoreProblem, "no Content-Type"),
    ("answers with XML", answers("200 OK", b"<sparql/>", type="application/sparql-results+xml"),
     StoreProblem, "answers with"),
    ("sends too much", answers("200 OK", b" " * 2000),
     OverLimit, r"larger than 1000 bytes \(setting max_result_bytes\)"),
    ("never stops sending", drips(CHUNKED, b"400\r\n" + b" " * 1024 + b"\r\n", pause=0), OverLimit, "larger than 1000"),
    ("sends another kind of answer", answers("200 OK", b'{"no": "table"}'), StoreProblem, "cut or damaged"),
    ("cuts rows (Virtuoso)", answers("200 OK", TABLE, "X-SPARQL-MaxRows: 10000"), OverLimit, "no more than 10000 rows"),
    ("cuts time (Virtuoso)", answers("200 OK", TABLE, "X-SQL-State: S1TAT", "X-SQL-Message: anytime"),
     OverLimit, "own time limit and gave a part"),
    ("does not understand the query", answers("400 Bad Request", b"\n  line 1: expected }\nmore", type="text/plain"),
     SyntaxProblem, "does not accept the query: line 1: expected }$"),
    ("wants credentials", answers("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"'),
     StoreProblem, r"does not let us in \(401\); check P4C_SPARQL_USER"),
    ("forbids", answers("403 Forbidden"), StoreProblem, r"does not let us in \(403\)"),
    ("is not there", answers("404 Not Found", b"<h1>no</h1>", type="text/html"), StoreProblem, "answers 404; is that"),
    ("is elsewhere", answers("301 Moved Permanently", b"", "Location: http://127.0.0.1:1/"),
     StoreProblem, "answers 301"),
    ("gives up", answers("504 Gateway Timeout"), OverLimit, r"own time limit \(504\)"),
    ("has too many guests", answers("429 Too Many", b"slow down", "Retry-After: 7", type="text/plain"),
     Busy, r"no room now \(429\): slow down"),
    ("is closed for now", answers("503 Service Unavailable"), Busy, "no room now"),
    ("finds the query too long", answers("413 Too Large"), InputError, "longer than the SPARQL server"),
    ("fails", answers("500 Oops", b"Virtuoso 22012 Error SR084: Division by 0.\nat x", type="text/plain"),
     StoreProblem, r"failed \(500\): Virtuoso 22012 Error SR084: Division by 0\.$"),
    ("fails with a page", answers("500 Oops", b"<html>Traceback</html>", type="text/html"),
     StoreProblem, r"failed \(500\)\.$"),
]


@pytest.mark.parametrize(("answer", "kind", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_server_that(server: Misbehaving, answer: Answer, kind: type[P4CError], message: str) -> None:
    server.answer = answer
    started = time.perf_counter()
    with pytest.raises(kind, match=message) as refused:
        ask(server, timeout=0.6 if "longer than" in message else 5, sparql_user="me", sparql_password="very secret")
    assert type(refused.value) is kind
    assert time.perf_counter() - started < 4
    assert "secret" not in str(refused.value)
    assert str(server.port) not in str(refused.value)


def test_a_busy_server_tells_when_to_come_again(server: Misbehaving) -> None:
    server.answer = answers("503 Service Unavailable", b"", "Retry-After: 7")
    with pytest.raises(Busy) as refused:
        ask(server)
    assert refused.value.retry_after == 7


@pytest.mark.parametrize(("body", "message"), [
    (TRIPLE + TRIPLE[:20], "cut or damaged"),
    (TRIPLE + b"The query has timed out\n", "cut or damaged"),
])
def test_a_graph_that_is_cut_is_recognised(server: Misbehaving, body: bytes, message: str) -> None:
    server.answer = answers("200 OK", body, type=NT)
    with pytest.raises(StoreProblem, match=message):
        ask(server, "CONSTRUCT")


def test_a_graph_of_which_nobody_knows_where_it_ends_is_refused(server: Misbehaving) -> None:
    server.answer = sends(head("200 OK", f"Content-Type: {NT}") + TRIPLE)
    with pytest.raises(StoreProblem, match="does not say where its answer ends"):
        ask(server, "CONSTRUCT")
    server.answer = answers("200 OK", TRIPLE, type=NT)
    assert ask(server, "CONSTRUCT").body == TRIPLE


def test_a_server_that_is_down_is_told_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(StoreProblem, match="cannot be reached"):
        ask(Misbehaving(free_port()))
    assert time.perf_counter() - started < 1


def test_a_server_that_does_not_take_the_connection_is_given_up() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            with pytest.raises(StoreProblem, match=r"within 0\.3 seconds \(setting sparql_connect_timeout\)"):
                ask(Misbehaving(full.getsockname()[1]), timeout=5, sparql_connect_timeout=0.3)
        finally:
            for one in waiting:
                one.close()


def test_a_name_that_nobody_knows_is_told() -> None:
    async def go() -> None:
        client = SparqlClient(settings.load(sparql_url="http://nowhere.invalid/sparql"), connections=1)
        try:
            await client.query("ASK {}", "ASK", timeout=5, most=1000)
        finally:
            await client.close()

    with pytest.raises(StoreProblem, match="cannot be reached"):
        asyncio.run(go())


def test_credentials_are_given_only_when_the_server_asks(server: Misbehaving) -> None:
    expected = b"Basic " + base64.b64encode("zoë:pass:word".encode())

    def challenges(connection: socket.socket) -> None:
        known = b"Authorization: " + expected in server.requests[-1]
        answer = answers("200 OK", TABLE, "Connection: close") if known else answers(
            "401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"', "Connection: close")
        answer(connection)

    server.answer = challenges
    assert ask(server, timeout=5, sparql_user="zoë", sparql_password="pass:word").body == TABLE
    assert [b"Authorization" in request for request in server.requests] == [False, True]


def test_a_token_is_sent_as_it_is(server: Misbehaving) -> None:
    server.answer = answers("200 OK", TABLE)
    ask(server, sparql_token="t0ken")
    assert b"Authorization: Bearer t0ken" in server.requests[0]


def test_a_connection_that_has_gone_meanwhile_is_opened_again(server: Misbehaving) -> None:
    server.answer = answers("200 OK", TABLE)  # and the connection ends, though nobody said so

    async def go() -> None:
        client = SparqlClient(settings.load(sparql_url=server.url), connections=1)
        for _ in range(3):
            assert (await client.query("SELECT ?n {}", "SELECT", timeout=5, most=1000)).body == TABLE
        await client.close()

    asyncio.run(go())


def test_what_the_guard_refuses_is_never_sent(server: Misbehaving) -> None:
    server.answer = answers("200 OK", TABLE)
    remote = Remote(settings.load(sparql_url=server.url))
    for text in (
        "DEFINE get:soft \"soft\" SELECT ?n { ?s ?p ?n }", "SELECT (bif:sys_stat('x') AS ?n) {}",
        "SELECT (sql:user() AS ?n) {}", "SELECT (<bif:sys_stat>('x') AS ?n) {}", "SELECT * { SERVICE <http://e/> {} }",
        "SELECT (<java:java.lang.System.exit>(1) AS ?n) {}", "INSERT DATA { <a:b> <a:b> 1 }",
    ):
        with pytest.raises(InputError):
            remote.query(text)
    assert server.requests == []
    remote.close()


def test_the_project_s_prefixes_are_declared_where_the_query_does_not(server: Misbehaving) -> None:
    server.answer = answers("200 OK", TABLE)
    remote = Remote(settings.load(sparql_url=server.url))
    remote.query("PREFIX dct: <http://e/> SELECT ?n { ?n a p4c:Practice ; dct:title 'rdfs:label' }")
    sent = server.requests[0].decode()
    assert sent.count("PREFIX+p4c%3A") == 1
    assert sent.count("PREFIX+dct%3A") == 1
    assert "PREFIX+rdfs" not in sent
    remote.close()
