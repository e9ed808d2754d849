"""A server without a store folder serves what a SPARQL server holds, and follows what is pushed there."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from small import FEW, small_store

from p4c_graph import KnowledgeGraph

from .servers import Server, free_port

pytestmark = pytest.mark.slow


def p4c_run(p4c: str, server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [p4c, *arguments], env={**os.environ, **server.environment(), "COLUMNS": "160"}, capture_output=True, text=True,
        timeout=300)


@contextmanager
def serving(p4c: str, server: Server, folder: Path) -> Iterator[httpx.Client]:
    port = free_port()
    with subprocess.Popen(
        [p4c, "serve", "--port", str(port), "--store", str(folder)], stderr=subprocess.DEVNULL,
        env={**os.environ, **server.environment(), "P4C_QUERY_TIMEOUT": "5"},
    ) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        try:
            until(client, lambda answer: answer.status_code == 200)
            yield client
        finally:
            process.terminate()


def until(client: httpx.Client, condition: object, seconds: float = 60) -> httpx.Response:
    end = time.monotonic() + seconds
    while True:
        try:
            answer = client.get("/health")
            if condition(answer):  # type: ignore[operator]
                return answer
        except httpx.TransportError:
            pass
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder on the machine that builds: the model, and a small valid graph."""
    return small_store(tmp_path_factory.mktemp("built"), FEW)


def test_build_serve_change_and_roll_back(server: Server, store: Path, p4c: str, tmp_path: Path) -> None:
    pushed = p4c_run(p4c, server, "snapshots", "push", "--store", str(store))
    assert pushed.returncode == 0, pushed.stderr
    here = KnowledgeGraph.open(store)
    first = here.snapshot.id
    assert first in pushed.stdout
    doctor = p4c_run(p4c, server, "doctor", "--store", str(store))
    assert doctor.returncode == 0, doctor.stdout
    assert "SPARQL server" in doctor.stdout
    with serving(p4c, server, tmp_path / "nothing") as client:
        assert client.get("/health").json()["snapshot"] == first
        count = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}
        assert client.get("/sparql", params=count).text == f"n\r\n{here.snapshot.manifest()['merged']}\r\n"
        document = client.get("/doc/practice/trainings.ttl")
        assert document.status_code == 200
        assert '"Trainings"@en' in document.text
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
        assert client.get("/sparql", headers={"Accept": "text/turtle"}).status_code == 200
        refused = client.get("/sparql", params={"query": "SELECT (<bif:now>() AS ?n) {}"})
        assert refused.status_code == 403

        built = p4c_run(p4c, server, "build", "--no-facts", "--store", str(store))
        assert built.returncode == 0, built.stderr
        assert "seconds to push" in built.stdout
        until(client, lambda answer: answer.status_code == 200 and answer.json()["snapshot"] != first)
        back = p4c_run(p4c, server, "snapshots", "rollback", first, "--store", str(store))
        assert back.returncode == 0, back.stderr
        until(client, lambda answer: answer.status_code == 200 and answer.json()["snapshot"] == first)


def test_commands_read_what_the_server_holds(server: Server, store: Path, p4c: str) -> None:
    assert p4c_run(p4c, server, "snapshots", "push", "--store", str(store)).returncode == 0
    text = "SELECT ?p { ?p a p4c:Practice } ORDER BY ?p"
    there = p4c_run(p4c, server, "query", "-e", text, "--format", "csv")
    assert there.stdout.encode() == KnowledgeGraph.open(store).query(text).serialize("csv").replace(b"\r\n", b"\n")


def test_a_server_that_is_not_there_is_told_by_name_of_the_setting(p4c: str, tmp_path: Path) -> None:
    nobody = Server("nobody", {"sparql_url": f"http://127.0.0.1:{free_port()}/sparql", "sparql_password": "secret"})
    for command in (("match", "--region", "FRL0"), ("doctor",)):
        done = p4c_run(p4c, nobody, *command)
        assert done.returncode in (1, 2)
        assert "The SPARQL server (setting sparql_url) cannot be" in done.stderr + done.stdout
        assert "secret" not in done.stderr + done.stdout
