"""Documents of resources, over a small graph."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from p4c_graph.errors import UnknownName, Withdrawn
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.document import Document, describe, existence
from p4c_graph.publish.writing import document_json, document_quads, write_document
from p4c_graph.store import formats
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.steps import run

BASE = "https://w3id.org/pooling4clusters/"
ADDRESSES = Addresses(BASE, "https://p4c.example.org")
DATA = """
PREFIX p4c: <https://w3id.org/pooling4clusters/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
BASE <https://w3id.org/pooling4clusters/>
GRAPH <graph/a/verified> {
  <id/practice/one> a p4c:Practice ; rdfs:label "One"@en, "Un"@fr ; p4c:staff 3 ;
    p4c:provider <id/organisation/agency> .
  <id/organisation/agency> rdfs:label "Agency" .
  <id/practice/café> rdfs:label "Café" .
}
GRAPH <graph/a/inferred> { <id/practice/one> a p4c:Practice . <id/application/x> p4c:takenFrom <id/practice/one> }
GRAPH <graph/b/verified> {
  <id/suitability/1> p4c:onPractice <id/practice/one> . <id/suitability/2> p4c:onPractice <id/practice/one> .
  <id/suitability/3> p4c:onPractice <id/practice/one> .
}
GRAPH <graph/provenance> {
  <graph/a/verified> dct:source <id/source/a> . <id/source/a> dct:title "Source A" .
  <id/practice/gone> prov:invalidatedAtTime "2026-01-02T03:04:05Z" ; dct:isReplacedBy <id/practice/two> .
  <id/practice/old> owl:deprecated true ; rdfs:label "Old" .
}
"""


@pytest.fixture(scope="module")
def dataset() -> Embedded:
    quads = list(ox.parse(DATA, ox.RdfFormat.TRIG))
    return Embedded.in_memory([*quads, *(ox.Quad(*quad.triple) for quad in quads)])


def document(dataset: Embedded, name: str = "practice/one", most: int = 100) -> Document:
    return run(describe([f"{BASE}id/{name}"], most=most), dataset)


def test_it_holds_what_is_said_of_a_resource_and_what_refers_to_it(dataset: Embedded) -> None:
    found = document(dataset)
    assert len(found.outgoing) == 5
    assert [s.other.value for s in found.incoming] == [  # type: ignore[union-attr]
        f"{BASE}id/suitability/{n}" for n in (1, 2, 3)] + [f"{BASE}id/application/x"]
    assert found.label(language="fr") == "Un"
    assert found.label(f"{BASE}id/organisation/agency") == "Agency"
    assert found.label(f"{BASE}id/suitability/1") == "1"


def test_a_statement_names_the_graphs_it_stands_in(dataset: Embedded) -> None:
    (kind,) = [s for s in document(dataset).outgoing if s.property.endswith("#type")]
    assert kind.graphs == (f"{BASE}graph/a/inferred", f"{BASE}graph/a/verified")


def test_the_sources_of_its_graphs_are_in_it(dataset: Embedded) -> None:
    found = document(dataset)
    shown = document_json(found, ADDRESSES)["graphs"]
    assert shown[1]["id"] == f"{BASE}graph/a/verified"
    assert shown[1]["source"]["label"] == {"": "Source A"}
    assert shown[1]["source"]["document"] == "https://p4c.example.org/doc/source/a"


def test_what_is_beyond_the_limit_is_counted_and_announced(dataset: Embedded) -> None:
    found = document(dataset, most=2)
    name = "https://w3id.org/pooling4clusters/ontology#onPractice"
    assert found.omitted == {name: 1}
    assert [s.other.value for s in found.incoming if s.property == name] == [  # type: ignore[union-attr]
        f"{BASE}id/suitability/{n}" for n in (1, 2)]
    written = write_document(found, ADDRESSES, formats.by_name("ttl")).decode()
    assert "Left out: 1 of 3 statements that refer to this by p4c:onPractice." in written
    assert [group["total"] for group in document_json(found, ADDRESSES)["incoming"]] == [3, 1]


def test_quads_stand_in_the_graphs_of_the_store(dataset: Embedded) -> None:
    quads = set(document_quads(document(dataset), ADDRESSES))
    resource = ox.NamedNode(f"{BASE}id/practice/one")
    stored = {quad for quad in dataset.store if resource in quad.triple and quad.graph_name != ox.DefaultGraph()}
    about = ox.NamedNode("https://p4c.example.org/doc/practice/one")
    assert {quad for quad in quads if quad.graph_name != about} == {
        quad for quad in stored if not quad.graph_name.value.endswith("provenance")}  # type: ignore[union-attr]


def test_it_takes_at_most_five_queries(dataset: Embedded) -> None:
    steps, asked = describe([f"{BASE}id/practice/one"], most=2), 0
    text = next(steps)
    while True:
        asked += 1
        try:
            text = steps.send(list(dataset.query(text).terms()))
        except StopIteration:
            break
    assert asked <= 5


@pytest.mark.parametrize("format", formats.for_form("CONSTRUCT"), ids=lambda f: f.name)
def test_every_format_says_the_same_and_always_in_the_same_bytes(dataset: Embedded, format: formats.Format) -> None:
    written = write_document(document(dataset), ADDRESSES, format)
    assert written == write_document(document(dataset), ADDRESSES, format)
    triples = set(QueryAnswer.read(written, format, "CONSTRUCT").triples())
    assert triples == {quad.triple for quad in document_quads(document(dataset), ADDRESSES)}


@pytest.mark.parametrize("steps", [lambda iris: describe(iris, most=9), existence], ids=["document", "resource"])
def test_unknown_and_withdrawn_resources_are_refused(dataset: Embedded, steps: object) -> None:
    with pytest.raises(UnknownName):
        run(steps([f"{BASE}id/practice/none"]), dataset)  # type: ignore[operator]
    with pytest.raises(Withdrawn, match="on 2026-01-02") as caught:
        run(steps([f"{BASE}id/practice/gone"]), dataset)  # type: ignore[operator]
    assert caught.value.replaced_by == [f"{BASE}id/practice/two"]
    with pytest.raises(Withdrawn):
        run(steps([f"{BASE}id/practice/old"]), dataset)  # type: ignore[operator]


def test_of_two_readings_of_a_name_the_known_one_is_taken(dataset: Embedded) -> None:
    iris = ADDRESSES.resources("practice/caf%C3%A9")
    assert run(existence(iris[::-1]), dataset) == f"{BASE}id/practice/café"
    assert run(describe(iris[::-1], most=9), dataset).iri == f"{BASE}id/practice/café"
