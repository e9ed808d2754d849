"""Answers kept to be given again."""

from __future__ import annotations

import httpx
import pytest

from p4c_graph.store.pool import QueryJob
from p4c_graph.web.cache import Cache


def key(text: str, format: str = "json", snapshot: str = "000001-x") -> tuple[str, QueryJob]:
    return snapshot, QueryJob(text, format)


def held(most_bytes: int) -> Cache[bytes]:
    return Cache(most_bytes)


def test_an_answer_is_found_by_snapshot_query_and_format_only() -> None:
    cache = held(10_000)
    cache.put(key("ASK {}"), b"yes", len(b"yes"))
    assert cache.get(key("ASK {}")) == b"yes"
    for other in (key("ASK { }"), key("ASK {}", "xml"), key("ASK {}", snapshot="000002-x")):
        assert cache.get(other) is None


def test_the_least_recently_asked_goes_first_and_the_bytes_are_bounded() -> None:
    cache = held(100_000)
    for name in "abcd":
        cache.put(key(name), b"x" * 24_000, len(b"x" * 24_000))
    cache.get(key("a"))
    cache.put(key("e"), b"x" * 24_000, len(b"x" * 24_000))
    assert cache.get(key("b")) is None
    assert [bool(cache.get(key(name))) for name in "acde"] == [True] * 4


def test_an_answer_too_large_is_not_kept_and_no_room_keeps_none() -> None:
    cache = held(100_000)
    cache.put(key("a"), b"x" * 26_000, len(b"x" * 26_000))
    assert cache.get(key("a")) is None
    nothing = held(0)
    nothing.put(key("a"), b"x", len(b"x"))
    assert nothing.get(key("a")) is None


def test_replacing_an_answer_does_not_count_it_twice() -> None:
    cache = held(100_000)
    for _ in range(50):
        cache.put(key("a"), b"x" * 20_000, len(b"x" * 20_000))
    cache.put(key("b"), b"y" * 20_000, len(b"y" * 20_000))
    assert cache.get(key("a"))
    assert cache.get(key("b"))


@pytest.mark.slow
def test_the_server_says_when_an_answer_was_kept(client: httpx.Client) -> None:
    query = {"query": "SELECT (COUNT(*) AS ?n) WHERE { ?p a p4c:Practice . ?kept a p4c:Catalogue }"}
    first, second = (client.get("/sparql", params=query) for _ in range(2))
    assert "cached" not in first.headers["server-timing"]
    assert "cached" in second.headers["server-timing"]
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]


@pytest.mark.slow
@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "now()"])
def test_what_is_another_each_time_is_not_kept(client: httpx.Client, function: str) -> None:
    query = {"query": f"SELECT ({function} AS ?value) {{}}"}
    first, second = (client.get("/sparql", params=query) for _ in range(2))
    assert "cached" not in second.headers["server-timing"]
    assert first.content != second.content
