"""Every attack of the table, on the guard before an engine and over HTTP, beside a listener that must hear nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from attacks import ESCAPED, FETCHING, LOADING, NAMING
from store_support import TWO_GRAPHS, Listener

from p4c_graph.errors import InputError
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.guard import check_update

QUERY = "application/sparql-query"


def aimed(attack: str, listener: Listener, file: str = "") -> str:
    """An attack whose other server is the listener."""
    return f"PREFIX e: <{listener.iri}#> {attack}".replace("u:x", listener.iri).replace("<FILE>", f"<{file}>")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The address of a file whose statements an endpoint would give away that reads what FROM names."""
    (tmp_path / "secret.ttl").write_text("<http://ex/secret> <http://ex/is> 'told' .", "utf-8")
    return (tmp_path / "secret.ttl").as_uri()


def test_the_engine_without_the_guard_would_call(listener: Listener) -> None:
    with suppress(RuntimeError, OSError):
        list(ox.Store().query(f"SELECT * {{ SERVICE <{listener.iri}> {{ ?s ?p ?o }} }}"))
    assert listener.calls


def test_the_table_is_long_enough() -> None:
    assert len({*FETCHING, *LOADING, *ESCAPED, *NAMING}) >= 90


def test_no_attack_on_a_dataset_calls_anybody(listener: Listener, file: str) -> None:
    dataset = Embedded.in_memory(ox.parse(TWO_GRAPHS, ox.RdfFormat.TRIG))
    for attack in (*FETCHING, *LOADING, *ESCAPED):
        with pytest.raises(InputError):
            dataset.query(aimed(attack, listener)).serialize()
        with pytest.raises(InputError):
            check_update(aimed(attack, listener))
    for attack in NAMING:
        assert_empty(dataset.query(aimed(attack, listener, file)).serialize())
    assert not listener.calls


@pytest.mark.slow
def test_no_attack_over_http_makes_the_server_call_anybody(
    client: httpx.Client, listener: Listener, file: str
) -> None:
    for attack in (*FETCHING, *LOADING, *ESCAPED):
        answer = client.post("/sparql", content=aimed(attack, listener), headers={"Content-Type": QUERY})
        assert answer.status_code in (400, 403), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    for attack in NAMING:
        answer = client.get("/sparql", params={"query": aimed(attack, listener, file)})
        assert answer.status_code == 200, answer.text
        assert_empty(answer.content)
    for name in ("default-graph-uri", "named-graph-uri"):
        for graph in (listener.iri, file, "file:///etc/passwd"):
            query = {"query": "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", name: graph}
            assert client.get("/sparql", params=query).json()["boolean"] is False
    assert not listener.calls


def assert_empty(body: bytes) -> None:
    """Nothing was found: no statement, no row with a value from elsewhere, or no."""
    text = body.decode()
    assert "told" not in text
    assert "root:" not in text
    assert '"boolean":true' not in text.replace(" ", "")
    assert text.strip() == "" or text.startswith("{") or "@prefix" in text, text
