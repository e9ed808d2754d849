"""The library as RDF."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib

from p4c_graph.namespaces import DCT, RDF, RDFS, ROOT, SCHEMA, SH
from p4c_graph.questions import Library, describe
from p4c_graph.terms import Minter

LIBRARY = Library.shipped()
BASE = "https://example.org/base/"


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.extend(ox.Quad(*triple) for triple in describe(LIBRARY, Minter(BASE)))
    return found


def values(store: ox.Store, subject: str, predicate: str) -> list[object]:
    return [quad.object for quad in store.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, None)]


@pytest.mark.parametrize("name", LIBRARY.names())
def test_a_question_is_an_executable_with_names_keywords_query_and_prefixes(name: str, store: ox.Store) -> None:
    question, iri = LIBRARY.get(name), f"{BASE}id/question/{name}"
    assert {node.value for node in values(store, iri, RDF.type)} == {  # type: ignore[attr-defined]
        SH.SPARQLExecutable, SH.SPARQLSelectExecutable}
    for predicate in (RDFS.label, DCT.description):
        assert {text.language for text in values(store, iri, predicate)} == {"en", "fr"}  # type: ignore[attr-defined]
    assert len(values(store, iri, SCHEMA.keywords)) == len(question.head.tags)
    (query,) = values(store, iri, SH["select"])
    assert query.value == question.body.strip()  # type: ignore[attr-defined]
    (prefixes,) = values(store, iri, SH.prefixes)
    declared = {
        (values(store, node.value, SH.prefix)[0].value, values(store, node.value, SH.namespace)[0].value)  # type: ignore[attr-defined]
        for node in values(store, prefixes.value, SH.declare)  # type: ignore[attr-defined]
    }
    assert declared == {(prefix, str(space)) for prefix, space in question.info.prefixes.items()}


@pytest.mark.parametrize("name", LIBRARY.names())
def test_a_parameter_names_its_variable_type_and_whether_it_may_be_left_out(name: str, store: ox.Store) -> None:
    question, iri = LIBRARY.get(name), f"{BASE}id/question/{name}"
    described = {}
    for node in values(store, iri, SH.parameter):
        (path,) = values(store, node.value, SH.path)  # type: ignore[attr-defined]
        (kind,) = values(store, node.value, SH.datatype) + values(store, node.value, SH["class"])  # type: ignore[attr-defined]
        (optional,) = values(store, node.value, SH.optional)  # type: ignore[attr-defined]
        described[path.value.split("#")[1]] = (kind.value, optional.value)  # type: ignore[attr-defined]
    assert described == {
        p.variable: (p.type, "true" if not p.required or p.default is not None else "false")
        for p in question.parameters if p.name != "limit"
    }
    assert set(described) <= question.variables


def test_there_are_no_blank_nodes_and_a_prefix_has_one_namespace(store: ox.Store) -> None:
    assert not any(isinstance(term, ox.BlankNode) for quad in store for term in (quad.subject, quad.object))
    nodes = {quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(SH.namespace), None, None)}
    assert all(len(values(store, node.value, SH.namespace)) == 1 for node in nodes)  # type: ignore[union-attr]
    assert all(node.value.startswith(ROOT + "shapes#prefix-") for node in nodes)  # type: ignore[union-attr]


def test_other_tools_find_the_questions_and_read_their_queries(store: ox.Store) -> None:
    turtle = (store.dump(format=ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph()) or b"").decode()
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    found = list(graph.query("""PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?question ?text WHERE { ?question a sh:SPARQLExecutable ; sh:select ?text } ORDER BY ?question"""))
    assert len(found) == len(LIBRARY)
    from rdflib.plugins.sparql import prepareQuery

    prepareQuery(str(found[0][1]))
