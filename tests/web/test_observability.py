"""What an operator sees: an id for each request, a line in the log, figures for Prometheus."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from servers import P4C, free_port

pytestmark = pytest.mark.slow


def figures(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """(name, label values in order of label…) → value."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_each_answer_has_an_id_and_keeps_the_one_that_was_given(client: httpx.Client) -> None:
    first, second = (client.get("/health/live").headers["x-request-id"] for _ in range(2))
    assert first != second
    assert client.get("/health/live", headers={"X-Request-ID": "proxy-42"}).headers["x-request-id"] == "proxy-42"
    odd = client.get("/health/live", headers={"X-Request-ID": "a b\"c"}).headers["x-request-id"]
    assert odd != 'a b"c', "nothing odd is repeated"
    assert client.get("/nowhere").headers["x-request-id"]


def test_the_figures_count_requests_queries_and_processes(client: httpx.Client) -> None:
    before = figures(client)
    client.get("/sparql", params={"query": f"ASK {{ <urn:{time.time_ns()}> ?p ?o }}"})
    client.head("/health")
    client.get("/fr/sparql", params={"query": "ASK {}"})
    client.get("/nowhere/at/all")
    after = figures(client)

    def grown(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert grown("p4c_requests_total", "GET", "/sparql", "200") == 2
    assert grown("p4c_requests_total", "HEAD", "/health", "200") == 1
    assert grown("p4c_requests_total", "GET", "(none)", "404") == 1
    assert grown("p4c_queries_total", "visitors", "answered") in (1, 2), "the second may come from the cache"
    assert after["p4c_ready",] == 1
    assert after["process_resident_memory_bytes",] > 10_000_000


def test_addresses_that_are_made_up_do_not_make_the_figures_grow(client: httpx.Client) -> None:
    for n in range(5):
        client.get(f"/made/up/{n}")
        client.request(f"VERB{n}", "/health")
    assert not [key for key in figures(client) if "/made/up" in " ".join(key) or "VERB" in " ".join(key)]


def test_the_log_is_a_line_of_json_a_request_and_holds_no_query(small_store: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen([P4C, "serve", "--port", str(port), "--store", str(small_store)], stderr=output,
                                   env={"PATH": "/usr/bin:/bin", "P4C_LOG_FORMAT": "json"})
        try:
            for _ in range(300):
                try:
                    httpx.get(f"http://127.0.0.1:{port}/match?region=secret", headers={"X-Request-ID": "mine"})
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
        finally:
            process.terminate()
            assert process.wait(20) in (0, -15)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line.get("request_id") == "mine"]
    assert (line["method"], line["path"], line["route"], line["status"]) == ("GET", "/match", "/match", 404)
    assert line["ms"] > 0
    assert "secret" not in log.read_text()
