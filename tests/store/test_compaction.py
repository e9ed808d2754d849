"""Graphs as JSON-LD with the project's context."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from p4c_graph.errors import InputError
from p4c_graph.intake.jsonld import prepared
from p4c_graph.store import jsonld
from p4c_graph.store.embedded import Embedded

GRAPHS = {
    "nothing": "",
    "terms of the context": 'ex:a a p4c:Practice, p4c:GoodPractice ; rdfs:label "A"@en, "A"@fr ; dct:source ex:s .',
    "typed and untyped literals": 'ex:a rdfs:label "x", 1, 1.50, 2e0, true, "2011-01-31"^^xsd:date, "x"^^ex:odd .',
    "numbers and dates with a type in the context": 'ex:a p4c:expected 0.5 ; dct:date "2011-01-31"^^xsd:date, "2011" .',
    "terms that are not in the context": "ex:a ex:b ex:c ; skos:topConceptOf ex:d ; rdf:type ex:Thing .",
    "a type that is a literal": 'ex:a a "odd" .',
    "blank nodes and a list": "ex:a ex:b [ ex:c ( 1 2 ) ] .",
    "characters": r'ex:a rdfs:label "\" \\ \n \u0000 é 𝄞 </script>" .',
    "schemes": "ex:a p4c:theme <https://w3id.org/pooling4clusters/scheme/theme/financing> .",
}


def graph(turtle: str) -> ox.Dataset:
    answer = Embedded.in_memory().query(f"PREFIX ex: <https://ex.example/> CONSTRUCT {{ {turtle} }} WHERE {{}}")
    return ox.Dataset(ox.Quad(*triple) for triple in answer.triples())


@pytest.mark.parametrize("turtle", GRAPHS.values(), ids=GRAPHS)
def test_a_compacted_graph_says_what_the_graph_says(turtle: str) -> None:
    asked = graph(turtle)
    written = jsonld.write(quad.triple for quad in asked) or b""
    assert json.loads(written)["@context"] == jsonld.CONTEXT_IRI
    read = ox.Dataset(ox.parse(prepared(written, "answer"), ox.RdfFormat.JSON_LD))
    for dataset in (asked, read):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert read == asked


def test_names_are_those_of_the_context() -> None:
    written = json.loads(jsonld.write(quad.triple for quad in graph(GRAPHS["terms of the context"])) or b"")
    assert written["@graph"] == [{
        "id": "https://ex.example/a", "type": ["GoodPractice", "Practice"], "source": "https://ex.example/s",
        "label": [{"@language": "en", "@value": "A"}, {"@language": "fr", "@value": "A"}],
    }]


def test_equal_graphs_give_equal_bytes() -> None:
    triples = [quad.triple for quad in graph("ex:a ex:b 1, 2 . ex:c ex:d ex:e . ex:a a p4c:Practice .")]
    assert jsonld.write(triples) == jsonld.write(triples[::-1]) == jsonld.write(triples * 2)


def test_a_large_graph_is_written_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    triples = [quad.triple for quad in graph("ex:a ex:b 1, 2, 3 .")]
    monkeypatch.setattr(jsonld, "MOST_COMPACTED", 3)
    assert "@context" in json.loads(jsonld.write(triples) or b"")
    monkeypatch.setattr(jsonld, "MOST_COMPACTED", 2)
    written = jsonld.write(triples) or b""
    assert json.loads(written)[0]["@id"] == "https://ex.example/a"
    assert {quad.triple for quad in ox.parse(written, ox.RdfFormat.JSON_LD)} == set(triples)


def test_a_statement_about_a_statement_is_refused_with_what_to_do() -> None:
    node = ox.NamedNode("https://ex.example/a")
    with pytest.raises(InputError, match="ask for another format"):
        jsonld.write([ox.Triple(node, node, ox.Triple(node, node, node))])
