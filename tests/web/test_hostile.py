"""A thousand random and hostile requests: every answer is honest, none a 500, nothing of the machine leaks."""

from __future__ import annotations

import random
import socket
import string
import time
from urllib.parse import quote, urlsplit

import httpx
import pytest

pytestmark = pytest.mark.slow
FRAGMENTS = [
    "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "*", "?s", "?p", "?o", "{", "}", "(", ")", ".", ";", ",",
    "WHERE", "FILTER", "OPTIONAL", "UNION", "GRAPH", "FROM", "FROM NAMED", "SERVICE", "LOAD",
    "<file:///etc/passwd>", "<http://127.0.0.1:9/>", "<>", "<", ">", '"', "'", '"""', "\\", "\\u0053ERVICE",
    "#", "a", "p4c:Practice", "x:y", "1", "-1e999", "true", "LIMIT", "OFFSET", "999999999999999999999",
    "GROUP BY", "COUNT(*)", "BIND", "AS", "VALUES", "MINUS", "^", "/", "+", "|", "!", "INSERT DATA",
    "DELETE WHERE", "DROP ALL", "\x00", "\x1b[31m", "\ufeff", "\u202e", "é", "𝄞", "\n", "\t", "PREFIX",
    "BASE",
]
LEAKS = ("Traceback", "site-packages", "p4c_graph/", ".py", "/etc/", "root:")
HEADERS = ("Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "If-Match", "Range", "Origin", "Host",
           "X-Forwarded-Host", "Content-Encoding", "Authorization")
PATHS = ("/sparql", "/sparql", "/sparql/", "/sparql/update", "/graphs", "/match", "/compare", "/embed/match", "/search",
         "/queries", "/queries/transfers", "/queries/JUNK", "/regions/%2e%2e/similar", "/regions/JUNK/similar",
         "/id/JUNK", "/id/region/JUNK", "/doc/JUNK", "/doc/practice/JUNK.ttl", "/graph/JUNK", "/scheme/JUNK",
         "/ontology", "/ontology/JUNK", "/ontology.JUNK", "/shapes", "/context.jsonld", "/dataset", "/dumps/JUNK",
         "/dumps/../../current", "/sitemap-JUNK.xml", "/practices", "/practices/JUNK", "/static/../app", "/%00",
         "//JUNK/", "/JUNK", "/en/JUNK", "/fr/match")
"""``JUNK`` is another text each time."""
NAMES = ("query", "query", "update", "graph", "default", "format", "lang", "region", "practice", "limit", "q", "page",
         "default-graph-uri", "named-graph-uri", "using-graph-uri")


def words(chance: random.Random) -> str:
    return " ".join(chance.choices(FRAGMENTS, k=chance.randint(0, 30)))


def junk(chance: random.Random) -> str:
    return "".join(chance.choices(string.printable.strip(), k=chance.randint(0, 60)))


def request_of(chance: random.Random) -> tuple[str, str, dict[str, str], bytes | None]:
    """Method, path, headers and body of one hostile request."""
    method = chance.choice(["GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
    names = chance.choices([*NAMES, junk(chance)], k=chance.randint(0, 4))
    values = [chance.choice([words, junk])(chance) for _ in names]
    parameters = "&".join(f"{quote(n)}={quote(v)}" for n, v in zip(names, values, strict=True))
    path = chance.choice(PATHS).replace("JUNK", quote(junk(chance), safe=""))
    headers = {name: junk(chance) for name in chance.choices(HEADERS, k=chance.randint(0, 2))}
    body = None
    if method in ("POST", "PUT", "PATCH"):
        headers["Content-Type"] = chance.choice([
            "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded",
            "application/json", "application/ld+json", "multipart/form-data", "text/turtle",
            junk(chance),
        ])
        body = chance.choice([words(chance).encode(), parameters.encode(), chance.randbytes(chance.randint(0, 300))])
    return method, f"{path}?{parameters}", headers, body


def test_a_thousand_hostile_requests_get_honest_answers(client: httpx.Client) -> None:
    chance = random.Random(20101231)
    slowest = 0.0
    for _ in range(1000):
        method, path, headers, body = request_of(chance)
        started = time.monotonic()
        answer = client.request(method, path, headers=headers, content=body)
        slowest = max(slowest, time.monotonic() - started)
        assert answer.status_code < 500 or answer.status_code == 503, (method, path, headers, body, answer.text)
        if answer.status_code >= 400:
            sent = path + str(headers) + str(body)
            assert not [leak for leak in LEAKS if leak in answer.text and leak not in sent], answer.text
    assert slowest < 10
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("raw", [
    b"GET /sparql?query=ASK HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /sparql?query=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
])
def test_broken_http_is_refused_and_hurts_nobody(server: str, client: httpx.Client, raw: bytes) -> None:
    address = urlsplit(server)
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=5) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            received = connection.recv(4096)
        except OSError:
            received = b""
    assert b" 500 " not in received[:20]
    assert b"Traceback" not in received
    assert client.get("/health").status_code == 200
