"""The general page of a resource: in the words of the page's language."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.document import describe
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.steps import run
from p4c_graph.web.views.document import DocumentPage, document_page

BASE = "https://w3id.org/pooling4clusters/"
DATA = """
PREFIX p4c: <https://w3id.org/pooling4clusters/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
BASE <https://w3id.org/pooling4clusters/>
GRAPH <graph/a/verified> {
  <id/need/one> a p4c:Need ; rdfs:label "A need"@en, "Un besoin"@fr ; dct:description "Much"@en, "Beaucoup"@fr ;
    skos:note "First said in 2010, then again and again at every meeting since."@en , "Only in English"@en ;
    p4c:required false ; p4c:weight 0.035 ; dct:subject "SMEs" ; dct:source <id/source/a> .
  <id/condition/x-1> a p4c:TransferCondition ; dct:description "Little paper" .
  <id/question/why> a sh:SPARQLExecutable ; rdfs:label "Why?"@en ; sh:select "SELECT *\\nWHERE {}" .
}
GRAPH <graph/ontology> {
  p4c:TransferCondition rdfs:label "Transfer condition"@en, "Condition de transfert"@fr .
  p4c:required rdfs:label "required"@en, "indispensable"@fr .
}
"""


@pytest.fixture(scope="module")
def dataset() -> Embedded:
    quads = list(ox.parse(DATA, ox.RdfFormat.TRIG))
    quads += [ox.Quad(ox.NamedNode(f"{BASE}id/observation/{n}"), ox.NamedNode(f"{BASE}ontology#on"),
                      ox.NamedNode(f"{BASE}id/need/one"), ox.NamedNode(f"{BASE}graph/a/verified")) for n in range(60)]
    return Embedded.in_memory([*quads, *(ox.Quad(*quad.triple) for quad in quads)])


def page(dataset: Embedded, name: str, language: str) -> DocumentPage:
    found = run(describe([f"{BASE}id/{name}"], most=50), dataset)
    return document_page(found, Addresses(BASE, "https://p4c.example.org"), language)


def shown(of: DocumentPage) -> dict[str, list[str]]:
    return {row.label: [str(value.text) for value in row.values] for row in of.outgoing}


def test_texts_and_properties_are_in_the_language_of_the_page(dataset: Embedded) -> None:
    found = page(dataset, "need/one", "fr")
    assert (found.title, found.code) == ("Un besoin", "")
    said = shown(found)
    assert said["Description"] == ["Beaucoup"]
    assert said["Nom"] == ["A need"]
    assert said["indispensable"] == ["non"]
    assert said["Sujet"] == ["SMEs"]
    assert "0,035" in [text for texts in said.values() for text in texts]
    assert [value.language for row in found.outgoing if row.label == "Remarque" for value in (
        v.text for v in row.values)] == ["en", "en"]
    assert shown(page(dataset, "need/one", "en"))["required"] == ["no"]


def test_sentences_stand_one_below_the_other(dataset: Embedded) -> None:
    rows = {row.label: row for row in page(dataset, "need/one", "en").outgoing}
    assert rows["Note"].is_list
    assert not rows["Subject"].is_list


def test_what_has_no_name_is_called_by_its_class(dataset: Embedded) -> None:
    found = page(dataset, "condition/x-1", "fr")
    assert (found.title, found.code) == ("Condition de transfert", "x-1")


def test_many_values_are_folded_and_those_left_out_counted(dataset: Embedded) -> None:
    row, = page(dataset, "need/one", "en").incoming
    assert row.is_folded
    assert (len(row.values), row.omitted) == (50, 10)


def test_a_question_can_be_asked_and_its_query_keeps_its_lines(dataset: Embedded) -> None:
    found = page(dataset, "question/why", "en")
    assert found.question == "why"
    assert [row.label for row in found.outgoing if any(value.is_block for value in row.values)] == ["Query"]
    assert page(dataset, "need/one", "en").question is None
