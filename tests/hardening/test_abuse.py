"""Requests that are made to break something: paths that climb, headers that split, clients that dawdle."""

from __future__ import annotations

import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from servers import serving, start

pytestmark = pytest.mark.slow


def raw(address: str, request: bytes, *, wait: float = 10.0) -> bytes:
    """What the server answers to these bytes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=wait) as channel:
        channel.sendall(request)
        answer = b""
        try:
            while piece := channel.recv(65536):
                answer += piece
        except TimeoutError:
            pass
        return answer


@pytest.mark.parametrize("path", [
    "/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fetc%2fpasswd",
    "/static//etc/passwd", "/static/%5c..%5c..%5cetc%5cpasswd", "/doc/../../../../etc/passwd.ttl", "/dumps/../current",
    "/dumps/..%2f..%2ftokens.json", "/dumps/%2e%2e/tokens.json", "/doc/practice/..%2f..%2f..%2ftokens.json",
    "/ontology/../../tokens.json", "/static/\u0000", "/static/style.css%00.png", "/id/practice/%00",
])
def test_no_path_leads_out_of_the_site(server: str, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    status = int(answer.split(b" ", 2)[1])
    assert status in (303, 307, 308, 400, 404), answer[:300]
    assert b"root:" not in answer
    assert b"sha256" not in answer.split(b"\r\n\r\n", 1)[-1][:2000].replace(b"sha256:", b"")


@pytest.mark.parametrize("path", [
    "/id/practice/x%0d%0aSet-Cookie:%20a=b", "/doc/practice/x%0d%0aSet-Cookie:%20a=b/",
    "/queries/x%0d%0aSet-Cookie:a=b",
    "/match?region=x%0d%0aSet-Cookie:%20a=b", "/sparql?query=ASK%7B%7D&format=x%0d%0aSet-Cookie:%20a=b",
    "/practices?q=%0d%0aSet-Cookie:%20a=b", "/fr/practices/%0d%0aSet-Cookie:%20a=b/",
])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_no_address_splits_a_header(server: str, path: str, accept: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nConnection: close\r\n\r\n".encode())
    head = answer.split(b"\r\n\r\n", 1)[0]
    assert not re.search(rb"^set-cookie:", head, re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@x", "[::1", ""])
def test_the_host_header_is_nowhere_in_an_answer(server: str, host: str) -> None:
    for path in ("/", "/dataset", "/sitemap.xml", "/id/practice/trainings", "/practices/", "/sparql"):
        answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert b"evil" not in answer


def test_clients_that_dawdle_keep_nobody_waiting(server: str) -> None:
    parts = urlsplit(server)
    slow = [socket.create_connection((parts.hostname, parts.port)) for _ in range(100)]
    try:
        for i, channel in enumerate(slow):  # half of them never end their head, the others never send their body
            channel.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
                            + (b"Content-Length: 100\r\n\r\nASK" if i % 2 else b"X-Slow:"))
        for _ in range(5):
            assert httpx.get(f"{server}/health", timeout=10).status_code == 200
            assert httpx.get(f"{server}/sparql", params={"query": "ASK {}"}, timeout=10).json()["boolean"]
    finally:
        for channel in slow:
            channel.close()


def test_a_server_that_is_told_to_stop_answers_what_is_under_way(small_store: Path) -> None:
    process, address = start(small_store, P4C_QUERY_TIMEOUT="3")
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . FILTER(STR(?c) = STR(?f)) } "
    answers: list[int] = []

    def ask() -> None:
        answers.append(httpx.get(f"{address}/sparql", params={"query": slow}, timeout=60).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    process.terminate()
    asking.join(60)
    assert process.wait(40) in (0, -15)
    assert answers == [200] or answers == [503]


def test_the_same_port_serves_again_at_once(small_store: Path) -> None:
    with serving(small_store) as address:
        port = urlsplit(address).port
    with serving(small_store, port=port) as again:
        assert httpx.get(f"{again}/health").status_code == 200
