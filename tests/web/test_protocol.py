"""The query operation of the SPARQL 1.1 Protocol: the cases of the W3C suite, in a table of our own.

Names are those of the suite's manifest (w3c/rdf-tests, sparql11/protocol); its update cases come with the writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest

from p4c_graph import KnowledgeGraph
from p4c_graph.store.formats import by_name
from p4c_graph.web.service_description import service_description

pytestmark = pytest.mark.slow
BASE = "https://w3id.org/pooling4clusters/graph/"
PROVENANCE, SELECTED = BASE + "provenance", BASE + "teaduspark-15-best-practices/verified"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
IN_DEFAULT = "ASK { ?c a p4c:Catalogue }"
SOURCES = "ASK { ?g a p4c:SourceGraph }"
BOTH = "ASK { ?g a p4c:SourceGraph . ?c prov:hadMember ?practice }"
IN_NAMED = "ASK { GRAPH ?g { ?x a p4c:SourceGraph } }"
SPLIT = "ASK { ?c prov:hadMember ?p . GRAPH ?g { ?x a p4c:SourceGraph } }"


def parameters(query: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> str:
    return urlencode([("query", query), *(("default-graph-uri", g) for g in default),
                      *(("named-graph-uri", g) for g in named)])


def get(client: httpx.Client, query: str, *dataset: tuple[str, ...]) -> httpx.Response:
    return client.get("/sparql?" + parameters(query, *dataset))


def post_form(client: httpx.Client, query: str, *dataset: tuple[str, ...]) -> httpx.Response:
    return client.post("/sparql", content=parameters(query, *dataset), headers={"Content-Type": FORM})


def post_direct(client: httpx.Client, query: str, *dataset: tuple[str, ...]) -> httpx.Response:
    rest = parameters("", *dataset).removeprefix("query=").lstrip("&")
    return client.post("/sparql" + (f"?{rest}" if rest else ""), content=query, headers={"Content-Type": DIRECT})


WAYS = {"get": get, "post_form": post_form, "post_direct": post_direct}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("case", "query", "default", "named", "expected"), [
    ("query", "ASK {}", (), (), True),
    ("query_dataset_default_graph", SOURCES, (PROVENANCE,), (), True),
    ("query_dataset_default_graph, what is not in it", IN_DEFAULT, (PROVENANCE,), (), False),
    ("query_dataset_default_graphs", BOTH, (PROVENANCE, SELECTED), (), True),
    ("query_dataset_default_graphs, one lacking", BOTH, (PROVENANCE,), (), False),
    ("query_dataset_named_graphs", IN_NAMED, (), (PROVENANCE,), True),
    ("query_dataset_named_graphs, another one", IN_NAMED, (), (SELECTED,), False),
    ("query_dataset_named_graphs leave the default graph empty", "ASK { ?s ?p ?o }", (), (PROVENANCE,), False),
    ("query_dataset_full", SPLIT, (SELECTED,), (PROVENANCE,), True),
    ("query_dataset_full, turned round", SPLIT, (PROVENANCE,), (SELECTED,), False),
    ("query_multiple_dataset: the protocol wins over FROM",
     f"ASK FROM <{SELECTED}> {{ ?g a p4c:SourceGraph }}", (PROVENANCE,), (), True),
])
def test_the_dataset_of_the_request_is_the_dataset_of_the_query(
    client: httpx.Client, way: Callable[..., httpx.Response], case: str, query: str, default: tuple[str, ...],
    named: tuple[str, ...], expected: bool,
) -> None:
    answer = way(client, query, default, named)
    assert answer.status_code == 200, answer.text
    assert answer.json()["boolean"] is expected


@pytest.mark.parametrize(("case", "method", "path", "content_type", "body", "status"), [
    ("bad_query_method", "PUT", "/sparql?query=ASK%20%7B%7D", None, b"", 405),
    ("bad_query_method, delete", "DELETE", "/sparql?query=ASK%20%7B%7D", None, b"", 405),
    ("bad_multiple_queries", "GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", None, b"", 400),
    ("bad_multiple_queries, form", "POST", "/sparql", FORM, b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", 400),
    ("bad_multiple_queries, address and form", "POST", "/sparql?query=ASK%7B%7D", FORM, b"query=ASK%20%7B%7D", 400),
    ("bad_multiple_queries, address and body", "POST", "/sparql?query=ASK%7B%7D", DIRECT, b"ASK {}", 400),
    ("bad_query_wrong_media_type", "POST", "/sparql", "text/plain", b"ASK {}", 415),
    ("bad_query_missing_form_type", "POST", "/sparql", None, b"query=ASK%20%7B%7D", 415),
    ("bad_query_missing_direct_type", "POST", "/sparql", None, b"ASK {}", 415),
    ("bad_query_non_utf8", "POST", "/sparql", DIRECT + "; charset=UTF-16", "ASK {}".encode("utf-16"), 400),
    ("bad_query_non_utf8, a stray byte", "POST", "/sparql", DIRECT, b"ASK { ?s ?p '\xff' }", 400),
    ("bad_query_syntax", "GET", "/sparql?query=ASK%20%7B", None, b"", 400),
    ("bad_query_syntax, empty", "GET", "/sparql?query=", None, b"", 400),
    ("an update is no query", "GET", "/sparql?query=DELETE%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D", None, b"", 403),
    ("a graph that is no IRI", "GET", "/sparql?query=ASK%7B%7D&default-graph-uri=not%20an%20iri", None, b"", 400),
])
def test_what_the_specification_calls_bad_is_refused(
    client: httpx.Client, case: str, method: str, path: str, content_type: str | None, body: bytes, status: int,
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client.request(method, path, content=body or None, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("case", "query", "accept", "media_type"), [
    ("query_content_type_select", "SELECT (1 AS ?value) {}", "application/sparql-results+xml", None),
    ("query_content_type_select", "SELECT (1 AS ?value) {}", "application/sparql-results+json", None),
    ("query_content_type_select", "SELECT (1 AS ?value) {}", "text/tab-separated-values", None),
    ("query_content_type_select", "SELECT (1 AS ?value) {}", "text/csv", None),
    ("query_content_type_ask", "ASK {}", "application/sparql-results+xml", None),
    ("query_content_type_ask", "ASK {}", "application/sparql-results+json", None),
    ("query_content_type_describe", f"DESCRIBE <{PROVENANCE}>", "application/rdf+xml", None),
    ("query_content_type_describe", f"DESCRIBE <{PROVENANCE}>", "text/turtle", None),
    ("query_content_type_construct", "CONSTRUCT { <s> <p> 1 } {}", "text/turtle", None),
    ("query_content_type_construct", "CONSTRUCT { <s> <p> 1 } {}", "application/n-triples", None),
    ("query_content_type_construct", "CONSTRUCT { <s> <p> 1 } {}", "application/ld+json", None),
    ("query_content_type_construct", "CONSTRUCT { <s> <p> 1 } {}", "application/trig", None),
    ("query_content_type_construct", "CONSTRUCT { <s> <p> 1 } {}", "application/n-quads", None),
    ("the alias", "SELECT (1 AS ?value) {}", "application/json", "application/sparql-results+json"),
])
def test_the_content_type_is_that_of_the_form_and_asked_for(
    client: httpx.Client, case: str, query: str, accept: str, media_type: str | None
) -> None:
    query = "BASE <https://example.org/> " + query
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].split(";")[0] == (media_type or accept)


@pytest.mark.parametrize(("query", "accept"), [
    ("SELECT (1 AS ?value) {}", "text/turtle"), ("ASK {}", "application/n-quads"), ("CONSTRUCT {} {}", "text/csv"),
    ("ASK {}", "*/*;q=0"),
])
def test_a_format_the_form_has_not_is_not_acceptable(client: httpx.Client, query: str, accept: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 406
    assert answer.json()["available"]


def test_options_names_the_methods_and_lets_other_origins_ask(client: httpx.Client) -> None:
    answer = client.options("/sparql", headers={"Origin": "https://portal.example"})
    assert answer.status_code == 204
    assert "POST" in answer.headers["allow"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_head_gives_the_headers_of_get(client: httpx.Client) -> None:
    query = {"query": "ASK {}"}
    got, head = client.get("/sparql", params=query), client.head("/sparql", params=query)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]


def test_ask_and_select_are_valid_in_every_format(client: httpx.Client) -> None:
    for name, reads in (("json", ox.QueryResultsFormat.JSON), ("xml", ox.QueryResultsFormat.XML),
                        ("tsv", ox.QueryResultsFormat.TSV)):
        answer = client.get("/sparql", params={"query": "SELECT (1 AS ?value) {}", "format": name})
        solutions = ox.parse_query_results(answer.content, reads)
        assert isinstance(solutions, ox.QuerySolutions)
        assert [row["value"].value for row in solutions] == ["1"]  # type: ignore[union-attr]
    assert json.loads(client.get("/sparql", params={"query": "ASK {}"}).content)["boolean"] is True


def test_a_graph_as_json_ld_is_in_the_terms_of_our_context_which_is_served(client: httpx.Client) -> None:
    query = ("CONSTRUCT { ?p a p4c:Practice ; rdfs:label ?n } "
             "WHERE { ?c a p4c:Catalogue ; prov:hadMember ?p . ?p rdfs:label ?n }")
    found = client.get("/sparql", params={"query": query}, headers={"Accept": "application/ld+json"}).json()
    assert found["@context"] == "https://w3id.org/pooling4clusters/context.jsonld"
    assert len(found["@graph"]) == 15
    assert found["@graph"][0].keys() == {"id", "type", "label"}
    served = client.get("/context.jsonld")
    assert served.headers["content-type"] == "application/ld+json"
    assert "max-age" in served.headers["cache-control"]
    turtle = client.get("/sparql", params={"query": query, "format": "ttl"}).content
    inlined = json.dumps({**found, **served.json()}).encode()
    assert ({quad.triple for quad in ox.parse(inlined, ox.RdfFormat.JSON_LD)}
            == {quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)})


def test_a_match_as_json_ld_says_what_its_turtle_says(client: httpx.Client) -> None:
    found = client.get("/match?region=FRL0&limit=3", headers={"Accept": "application/ld+json"}).json()
    inlined = json.dumps({**found, **client.get("/context.jsonld").json()}).encode()
    turtle = client.get("/match?region=FRL0&limit=3&format=ttl").content
    assert ({quad.triple for quad in ox.parse(inlined, ox.RdfFormat.JSON_LD)}
            == {quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)})
    assert "Suitability" in {node["type"] for node in found["@graph"] if "type" in node}


def test_the_endpoint_is_there_with_a_slash_at_its_end(client: httpx.Client) -> None:
    assert client.get("/sparql/", params={"query": "ASK {}"}).json()["boolean"] is True
    assert client.post("/sparql/", data={"query": "ASK {}"}).json()["boolean"] is True


def test_the_service_description_tells_the_truth(client: httpx.Client) -> None:
    described = {(t.predicate.value, t.object.value)  # type: ignore[union-attr]
                 for t in ox.parse(client.get("/sparql?format=ttl").content, ox.RdfFormat.TURTLE)}
    sd = "http://www.w3.org/ns/sparql-service-description#"
    formats = {value.rsplit("/", 1)[-1] for name, value in described if name == sd + "resultFormat"}
    asked = {"SPARQL_Results_JSON": "json", "SPARQL_Results_XML": "xml", "SPARQL_Results_CSV": "csv",
             "SPARQL_Results_TSV": "tsv", "Turtle": "ttl", "JSON-LD": "jsonld", "RDF_XML": "rdf", "N-Triples": "nt",
             "TriG": "trig", "N-Quads": "nq"}
    assert formats == asked.keys()
    for name in asked.values():
        query = "SELECT (1 AS ?x) {}" if name in ("json", "xml", "csv", "tsv") else "CONSTRUCT {} {}"
        assert client.get("/sparql", params={"query": query, "format": name}).status_code == 200
    count = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}).json()
    default = next(int(t.object.value)  # type: ignore[union-attr]
                   for t in ox.parse(client.get("/sparql?format=nt").content, ox.RdfFormat.N_TRIPLES)
                   if t.subject.value.endswith("#default-graph") and t.predicate.value.endswith("#triples"))
    assert int(count["results"]["bindings"][0]["n"]["value"]) == default
    graphs = {row["g"]["value"] for row in client.get(
        "/sparql", params={"query": "SELECT ?g { GRAPH ?g {} }"}).json()["results"]["bindings"]}
    assert {value for name, value in described if name == sd + "name"} == graphs
    assert {value for name, value in described if name == sd + "supportedLanguage"} == {sd + "SPARQL11Query"}


def test_updates_are_described_where_somebody_may_make_them(kg: KnowledgeGraph) -> None:
    turtle = by_name("ttl")
    closed, open_ = (service_description(kg.snapshot, "https://p4c.example", turtle, writable=writable).decode()
                     for writable in (False, True))
    assert "sd:SPARQL11Update" not in closed
    assert "sd:endpoint <https://p4c.example/sparql/update>" in open_
    assert "sd:SPARQL11Update" in open_


def test_a_body_of_another_media_type_is_refused_with_those_that_are_read(client: httpx.Client) -> None:
    refused = client.post("/sparql", content=b"ASK {}", headers={"Content-Type": "text/plain"})
    assert refused.status_code == 415
    assert refused.json()["detail"] == f"the body is text/plain; expected {DIRECT} or {FORM}"
