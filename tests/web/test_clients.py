"""Clients as people use them, against a running server: SPARQLWrapper, rdflib's SPARQLStore, Comunica."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.namespace import RDFS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from requirement import missing
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper

pytestmark = [
    pytest.mark.slow,
    # What these clients leave undone is not ours.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning",
                               "ignore::pytest.PytestUnraisableExceptionWarning"),
]
P4C = rdflib.Namespace("https://w3id.org/pooling4clusters/ontology#")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
PREFIXES = f"PREFIX p4c: <{P4C}> PREFIX prov: <{PROV}> PREFIX rdfs: <{RDFS}> "
CATALOGUE = PREFIXES + "SELECT ?p { ?c a p4c:Catalogue ; prov:hadMember ?p } ORDER BY ?p"
LABELS = PREFIXES + "CONSTRUCT { ?p rdfs:label ?l } { ?c a p4c:Catalogue ; prov:hadMember ?p . ?p rdfs:label ?l }"
COMUNICA = Path(__file__).parent / "comunica"


@pytest.fixture
def endpoint(server: str) -> str:
    return f"{server}/sparql"


def wrapped(endpoint: str, query: str, format: str, method: str = GET, mode: str = URLENCODED) -> Any:
    client = Wrapper(endpoint)
    client.setQuery(query)
    client.setReturnFormat(format)
    client.setMethod(method)
    client.setRequestMethod(mode)
    return client.queryAndConvert()


@pytest.mark.parametrize(("method", "mode"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_sparqlwrapper_reads_tables_in_every_format(endpoint: str, method: str, mode: str) -> None:
    found = wrapped(endpoint, CATALOGUE, JSON, method, mode)
    assert len(found["results"]["bindings"]) == 15
    assert len(wrapped(endpoint, CATALOGUE, XML, method, mode).getElementsByTagName("result")) == 15
    for format in (CSV, TSV):
        assert wrapped(endpoint, CATALOGUE, format, method, mode).decode().count("/id/practice/") == 15


@pytest.mark.parametrize("format", [TURTLE, N3, RDFXML, XML])
def test_sparqlwrapper_reads_graphs(endpoint: str, format: str) -> None:
    found = wrapped(endpoint, LABELS, format)
    graph = rdflib.Graph().parse(data=found, format=format) if isinstance(found, bytes) else found
    assert len(set(graph.subjects())) == 15


def test_sparqlwrapper_is_given_json_ld(endpoint: str) -> None:
    client = Wrapper(endpoint)
    client.setQuery(LABELS)
    client.setReturnFormat(JSONLD)
    found = client.query().response.read()
    assert len(json.loads(found)["@graph"]) == 15


def test_sparqlwrapper_tells_a_mistake_and_a_timeout_from_each_other(endpoint: str) -> None:
    from SPARQLWrapper.SPARQLExceptions import EndPointInternalError, QueryBadFormed

    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapped(endpoint, "SELECT", JSON)
    with pytest.raises(Exception, match=r"503|unavailable|query_timeout") as timed_out:
        wrapped(endpoint, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a", JSON)
    assert not isinstance(timed_out.value, QueryBadFormed | EndPointInternalError)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_the_endpoint_as_a_graph(endpoint: str, method: str, format: str) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint, method=method, returnFormat=format))
    rows = list(graph.query(CATALOGUE))
    assert len(rows) == 15
    assert all(isinstance(row[0], rdflib.URIRef) for row in rows)  # type: ignore[index]


def test_rdflib_asks_and_matches(endpoint: str) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint))
    catalogue = graph.value(predicate=rdflib.RDF.type, object=P4C.Catalogue)
    practices = list(graph.objects(catalogue, PROV.hadMember))
    assert len(practices) == 15
    assert (catalogue, PROV.hadMember, practices[0]) in graph
    assert graph.query(PREFIXES + "ASK { ?c a p4c:Catalogue }").askAnswer
    described = graph.query(LABELS).graph
    assert described is not None
    assert len(set(described.subjects())) == 15


@pytest.fixture(scope="session")
def comunica() -> Path:
    """Comunica's command, installed once into a folder that git ignores; skipped where npm is not there."""
    command = COMUNICA / "node_modules" / ".bin" / "comunica-sparql"
    if command.exists():
        return command
    npm = shutil.which("npm")
    if not npm:
        missing("npm", "npm is not installed: Comunica is not tried")
    with (COMUNICA / "package.json").open() as lock:  # two test processes, one installation
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not command.exists():
            options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run([npm, "install", *options], cwd=COMUNICA, capture_output=True, text=True, timeout=400)
            if done.returncode:
                missing("npm", "npm cannot install here: Comunica is not tried")
    return command


def test_comunica_answers_select_construct_and_ask(comunica: Path, endpoint: str) -> None:
    def ask(query: str, *more: str) -> str:
        done = subprocess.run(["node", str(comunica), f"sparql@{endpoint}", query, *more], capture_output=True,
                              text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert len(json.loads(ask(CATALOGUE))) == 15
    assert ask(PREFIXES + "ASK { ?c a p4c:Catalogue }").strip() == "true"
    graph = rdflib.Graph().parse(data=ask(LABELS, "-t", "text/turtle"), format="turtle")
    assert len(set(graph.subjects())) == 15
