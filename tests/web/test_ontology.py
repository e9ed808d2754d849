"""The ontology over HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from p4c_graph.store.jsonld import with_context

pytestmark = pytest.mark.slow
ROOT = "https://w3id.org/pooling4clusters/"


def triples(body: bytes, format: ox.RdfFormat = ox.RdfFormat.TURTLE) -> set[ox.Triple]:
    plain = with_context(body) if format is ox.RdfFormat.JSON_LD else body
    return {quad.triple for quad in ox.parse(plain, format)}


def test_the_ontology_served_is_the_one_of_the_files(client: httpx.Client, root: Path) -> None:
    written = {t for name in ("p4c.ttl", "observations.ttl") for t in triples((root / "ontology" / name).read_bytes())}
    named = {t for t in written if not isinstance(t.subject, ox.BlankNode) and not isinstance(t.object, ox.BlankNode)}
    served = triples(client.get("/ontology").content)
    assert named <= served
    assert len(served) == len(written)


@pytest.mark.parametrize(("ending", "format"), [
    ("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD), ("rdf", ox.RdfFormat.RDF_XML),
    ("nt", ox.RdfFormat.N_TRIPLES),
])
def test_every_format_says_the_same(client: httpx.Client, ending: str, format: ox.RdfFormat) -> None:
    answer = client.get(f"/ontology.{ending}")
    assert triples(answer.content, format) == triples(client.get("/ontology").content)
    assert answer.headers["content-location"] == f"/ontology.{ending}"


@pytest.mark.parametrize(("path", "status"), [
    ("/ontology", 200), ("/ontology/", 200), ("/ontology/0.1.0", 200), ("/ontology/0.1.0.ttl", 200),
    ("/ontology/Practice", 200), ("/ontology/Practice.rdf", 200), ("/ontology/Practice/", 200),
    ("/ontology/9.9.9", 404), ("/ontology/None", 404), ("/ontology/%3E", 404), ("/ontology/%zz", 404),
    ("/ontology.exe", 404), ("/shapes", 200), ("/shapes.jsonld", 200), ("/shapes.exe", 404),
])
@pytest.mark.parametrize("accept", ["text/turtle", "text/html, */*;q=0.1"])
def test_addresses_of_the_ontology(client: httpx.Client, path: str, status: int, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == status, answer.text


def test_the_document_of_a_term_holds_what_uses_it(client: httpx.Client) -> None:
    found = triples(client.get("/ontology/Practice.ttl").content)
    practice, domain = ox.NamedNode(f"{ROOT}ontology#Practice"), ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#domain")
    assert any(t.predicate == domain and t.object == practice for t in found)
    assert {t.object.language for t in found  # type: ignore[union-attr]
            if t.subject == practice and t.predicate.value.endswith("#label")} == {"en", "fr"}


def test_the_shapes_are_those_of_the_files_and_have_no_blank_nodes_of_chance(client: httpx.Client, root: Path) -> None:
    first, second = client.get("/shapes").content, client.get("/shapes").content
    assert first == second
    files = sorted((root / "ontology" / "shapes").glob("*.ttl"))
    assert len(triples(first)) == sum(len(triples(path.read_bytes())) for path in files)
