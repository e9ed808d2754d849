"""The JSON-LD context covers the ontology and means the same in both engines."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef

BASE = "https://w3id.org/pooling4clusters/"
P4C = BASE + "ontology#"
SAMPLE: dict[str, Any] = {
    "id": "id/practice/x",
    "type": "Practice",
    "label": [{"@value": "Training", "@language": "en"}, {"@value": "Formation", "@language": "fr"}],
    "description": "Training of cluster managers",
    "provider": {
        "id": "id/organisation/o",
        "type": ["DevelopmentAgency", "Organization"],
        "locatedIn": "id/region/SI04",
    },
    "providerUnknown": False,
    "serviceKind": "scheme:service-kind/closed-collective",
    "theme": ["scheme:theme/training", "scheme:theme/skills"],
    "sector": "nace:J",
    "cost": "12500.50",
    "staff": "0.5",
    "timesRepeated": 4,
    "source": "id/source/s",
    "application": [
        {
            "id": "id/application/x-origin",
            "type": "Origin",
            "inRegion": "id/region/SI04",
            "start": "2004",
            "endDate": "2010-12-31",
            "ongoing": False,
            "outcome": "scheme:outcome/positive",
            "result": {
                "id": "id/result/x-1",
                "type": "Result",
                "measure": "managers trained",
                "value": "120",
            },
        }
    ],
    "condition": {
        "id": "id/condition/x-1",
        "type": "TransferCondition",
        "requiresActor": "p4c:ClusterInitiative",
        "importance": 3,
        "required": True,
    },
}


@pytest.fixture(scope="module")
def context(root: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((root / "ontology" / "context.jsonld").read_text("utf-8"))
    assert list(document) == ["@context"]
    return document["@context"]


IGNORE = "ignore:ConjunctiveGraph is deprecated"
"""rdflib's own JSON-LD parser still uses it."""


def by_rdflib(document: dict[str, Any]) -> Graph:
    return Graph().parse(data=json.dumps(document), format="json-ld", publicID=BASE)


def by_pyoxigraph(document: dict[str, Any]) -> Graph:
    quads = ox.parse(json.dumps(document), ox.RdfFormat.JSON_LD, base_iri=BASE)
    lines = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return Graph().parse(data=lines, format="nt")


def full(context: dict[str, Any], name: str) -> str:
    prefix, _, local = name.partition(":")
    return context[prefix] + local


@pytest.mark.filterwarnings(IGNORE)
def test_a_document_means_the_same_in_both_engines(context: dict[str, Any]) -> None:
    document = {"@context": context, **SAMPLE}
    assert set(by_rdflib(document)) == set(by_pyoxigraph(document))


def test_a_document_means_what_it_says(context: dict[str, Any]) -> None:
    graph = by_pyoxigraph({"@context": context, **SAMPLE})
    practice, origin = URIRef(BASE + "id/practice/x"), URIRef(BASE + "id/application/x-origin")
    assert len(graph) == 33
    for statement in [
        (practice, RDF.type, URIRef(P4C + "Practice")),
        (practice, RDFS.label, Literal("Formation", lang="fr")),
        (practice, URIRef(P4C + "theme"), URIRef(BASE + "scheme/theme/training")),
        (practice, URIRef(P4C + "sector"), URIRef("http://data.europa.eu/ux2/nace2/J")),
        (practice, URIRef(P4C + "staff"), Literal("0.5", datatype=XSD.decimal)),
        (practice, URIRef(P4C + "timesRepeated"), Literal(4)),
        (practice, URIRef(P4C + "providerUnknown"), Literal(False)),
        (origin, URIRef(P4C + "start"), Literal("2004", datatype=XSD.gYear)),
        (origin, URIRef(P4C + "end"), Literal("2010-12-31", datatype=XSD.date)),
        (URIRef(BASE + "id/condition/x-1"), URIRef(P4C + "requiresActor"), URIRef(P4C + "ClusterInitiative")),
    ]:
        assert statement in graph


def test_the_context_covers_every_class_and_property(context: dict[str, Any], vocabulary: Graph) -> None:
    for term in vocabulary.subjects(RDF.type, OWL.Class):
        assert context[term.removeprefix(P4C)] == f"p4c:{term.removeprefix(P4C)}"
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
        for term in vocabulary.subjects(RDF.type, kind):
            name = term.removeprefix(P4C)
            entry = context[name] if isinstance(context[name], dict) else {"@id": context[name]}
            assert entry["@id"] == f"p4c:{name}"
            value = vocabulary.value(term, RDFS.range)
            if kind == OWL.ObjectProperty:
                assert entry["@type"] == "@id", name
            elif value is not None and value.startswith(str(XSD)) and value != XSD.string:
                assert full(context, entry["@type"]) == str(value), name


def test_every_entry_of_ours_is_a_term_of_the_ontology(context: dict[str, Any], vocabulary: Graph) -> None:
    names = [entry["@id"] if isinstance(entry, dict) else entry for entry in context.values() if entry != 1.1]
    assert {full(context, name) for name in names if name.startswith("p4c:")} <= {
        str(s) for s in vocabulary.subjects()
    }


@pytest.mark.filterwarnings(IGNORE)
def test_a_name_without_a_meaning_is_dropped_and_not_guessed(context: dict[str, Any]) -> None:
    assert "@vocab" not in context
    document = {"@context": context, "id": "id/practice/x", "type": "Practice", "colour": "blue"}
    assert len(by_rdflib(document)) == len(by_pyoxigraph(document)) == 1


def test_prefixes_agree_with_those_of_the_program(context: dict[str, Any]) -> None:
    namespaces = pytest.importorskip("p4c_graph.namespaces")
    for prefix, iri in context.items():
        if prefix in namespaces.PREFIXES and isinstance(iri, str):
            assert namespaces.PREFIXES[prefix] == iri
