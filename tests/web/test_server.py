"""The server, as programs and browsers meet it."""

from __future__ import annotations

import csv
import io
import threading
import time

import httpx
import pyoxigraph as ox
import pytest

pytestmark = pytest.mark.slow
CATALOGUE = "SELECT ?p WHERE { ?c a p4c:Catalogue ; prov:hadMember ?p }"
CROSS_JOIN = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a"


def test_match_answers_with_components_intervals_and_sources(client: httpx.Client) -> None:
    found = client.get("/match", params={"region": "FRL0", "limit": 5}).json()
    assert found["region"] == {"id": "https://w3id.org/pooling4clusters/id/region/FRL0", "code": "FRL0",
                               "label": found["region"]["label"]}
    assert len(found["results"]) == 5
    first = found["results"][0]
    assert set(first["components"]) == {"context", "evidence", "conditions", "relevance", "capacity", "merit"}
    assert first["low"] <= first["expected"] <= first["high"]
    assert any(reason["source"] for row in found["results"] for reason in row["because"])


@pytest.mark.parametrize("name", ["FRL0", "FR82", "Provence-Alpes-Côte d'Azur"])
def test_code_former_code_and_name_find_the_same_region(client: httpx.Client, name: str) -> None:
    assert client.get("/match", params={"region": name, "limit": 1}).json()["region"]["code"] == "FRL0"


def test_match_is_given_as_csv_turtle_and_page(client: httpx.Client) -> None:
    rows = csv.DictReader(io.StringIO(client.get("/match?region=EE00", headers={"Accept": "text/csv"}).text))
    assert len(list(rows)) == 10
    turtle = client.get("/match?region=EE00&format=ttl")
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert list(ox.parse(turtle.content, ox.RdfFormat.TURTLE))
    page = client.get("/match?region=EE00", headers={"Accept": "text/html"})
    assert "Tartu" in page.text
    assert "unknown" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_weights_in_the_address_change_the_answer(client: httpx.Client) -> None:
    found = client.get("/match?region=FRL0&merit=5&limit=1").json()
    assert found["weights"]["merit"] > 0.8


@pytest.mark.parametrize(("path", "status", "words"), [
    ("/match", 400, "either a region or a practice"),
    ("/match?region=FRL0&practice=trainings", 400, "either a region or a practice"),
    ("/match?region=Atlantis", 404, "Atlantis"),
    ("/match?region=FRL0&limit=ten", 400, "limit"),
    ("/match?region=FRL0&limit=5000", 400, "limit"),
    ("/match?region=FRL0&order=best", 400, "order"),
    ("/match?region=FRL0&merit=-1", 400, "merit"),
    ("/match?region=FRL0&merit=nan", 400, "merit"),
    ("/match?regoin=FRL0", 400, "there is no parameter 'regoin'"),
    ("/match?region=FRL0&format=xlsx", 406, "json (application/json)"),
    ("/match?practice=no-such-practice-at-all", 404, "practice"),
    ("/regions/XX99/similar", 404, "XX99"),
    ("/regions/FRL0/similar?limit=0", 400, "limit"),
    ("/nowhere", 404, "/nowhere"),
    ("/sparql?default-graph-uri=https%3A%2F%2Fx.example%2F", 400, "query"),
    ("/sparql?query=SELECT%20%2A%20WHERE%20%7B", 400, "line 1"),
    ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400, "2 times"),
    ("/sparql?query=ASK%7B%7D&colour=red", 400, "colour"),
    ("/sparql?query=%FF", 400, "parameters cannot be read"),
    ("/sparql?query=SELECT%20%2A%20%7B%20SERVICE%20%3Chttp%3A%2F%2F127.0.0.1%3A9%3E%20%7B%3Fs%20%3Fp%20%3Fo%7D%7D", 403,
     "SERVICE"),
])
def test_a_wrong_request_is_one_problem_that_names_what_was_expected(
    client: httpx.Client, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["status"] == status
    assert words in body["detail"]


@pytest.mark.parametrize(("accept", "content_type"), [
    (None, "application/sparql-results+json"), ("application/sparql-results+xml", "application/sparql-results+xml"),
    ("text/csv", "text/csv; charset=utf-8"), ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ("application/json", "application/sparql-results+json"),
])
def test_select_comes_in_each_result_format(client: httpx.Client, accept: str | None, content_type: str) -> None:
    headers = {"Accept": accept} if accept else {"Accept": "*/*"}
    answer = client.get("/sparql", params={"query": CATALOGUE}, headers=headers)
    assert answer.headers["content-type"] == content_type
    assert answer.text.count("/id/practice/") == 15


@pytest.mark.parametrize(("accept", "rdf_format"), [
    (None, ox.RdfFormat.TURTLE), ("text/turtle", ox.RdfFormat.TURTLE), ("application/rdf+xml", ox.RdfFormat.RDF_XML),
])
def test_without_a_query_the_endpoint_describes_itself(
    client: httpx.Client, accept: str | None, rdf_format: ox.RdfFormat
) -> None:
    answer = client.get("/sparql", headers={"Accept": accept or "*/*"})
    assert answer.status_code == 200
    sd = "http://www.w3.org/ns/sparql-service-description#"
    said = {(t.predicate.value, t.object.value) for t in ox.parse(answer.content, rdf_format)}
    assert (sd + "feature", sd + "UnionDefaultGraph") in said
    assert (sd + "feature", sd + "BasicFederatedQuery") not in said
    graphs = {value for predicate, value in said if predicate == sd + "name"}
    assert len(graphs) > 400


@pytest.mark.parametrize(("accept", "rdf_format"), [
    ("text/turtle", ox.RdfFormat.TURTLE), ("application/n-triples", ox.RdfFormat.N_TRIPLES),
])
def test_construct_comes_as_a_graph(client: httpx.Client, accept: str, rdf_format: ox.RdfFormat) -> None:
    query = "CONSTRUCT { ?p a p4c:Practice } WHERE { ?c a p4c:Catalogue ; prov:hadMember ?p }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert len(list(ox.parse(answer.content, rdf_format))) == 15


def test_a_query_is_posted_as_form_or_as_itself(client: httpx.Client) -> None:
    form = client.post("/sparql", data={"query": CATALOGUE})
    direct = client.post("/sparql", content=CATALOGUE, headers={"Content-Type": "application/sparql-query"})
    assert form.json()["results"]["bindings"] == direct.json()["results"]["bindings"]
    assert client.post("/sparql", content="x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/sparql", content=b" " * 1_100_000,
                       headers={"Content-Type": "application/sparql-query"}).status_code == 413


def test_the_fifteen_stand_by_service_field_and_the_three_tests_with_kind_and_status(client: httpx.Client) -> None:
    def rows(query: str) -> list[dict[str, str]]:
        answer = client.post("/sparql", data={"query": query}, headers={"Accept": "text/csv"})
        return list(csv.DictReader(io.StringIO(answer.text)))

    fields = rows("SELECT ?field (COUNT(?p) AS ?n) WHERE { ?c a p4c:Catalogue ; prov:hadMember ?p . "
                  "?p p4c:serviceField ?field } GROUP BY ?field")
    assert sorted(int(row["n"]) for row in fields) == [1, 1, 1, 2, 4, 6]
    tests = rows("SELECT ?kind ?status WHERE { ?t p4c:partner <https://w3id.org/pooling4clusters/id/organisation/"
                 "fondation-sophia-antipolis> ; a ?kind ; p4c:applicationStatus ?status "
                 "FILTER(?kind IN (p4c:Implementation, p4c:Workshop)) }")
    assert sorted(row["kind"].rsplit("#")[-1] for row in tests) == ["Implementation", "Implementation", "Workshop"]
    assert {row["status"].rsplit("/", 1)[-1] for row in tests} == {"planned"}


def test_a_statement_in_two_graphs_counts_once(client: httpx.Client) -> None:
    twice = ("SELECT ?s ?p ?o (COUNT(?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } ?s a p4c:Practice } "
             "GROUP BY ?s ?p ?o HAVING (COUNT(?g) > 1) LIMIT 1")
    row = client.get("/sparql", params={"query": twice}).json()["results"]["bindings"][0]
    subject, predicate = row["s"]["value"], row["p"]["value"]
    count = f"SELECT (COUNT(*) AS ?n) WHERE {{ <{subject}> <{predicate}> ?o }}"
    distinct = f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ GRAPH ?g {{ <{subject}> <{predicate}> ?o }} }}"
    values = [client.get("/sparql", params={"query": q}).json()["results"]["bindings"][0]["n"]["value"]
              for q in (count, distinct)]
    assert values[0] == values[1]


def test_an_endless_query_is_ended_while_others_are_answered(client: httpx.Client, server: str) -> None:
    status: list[int] = []
    thread = threading.Thread(target=lambda: status.append(
        httpx.get(f"{server}/sparql", params={"query": CROSS_JOIN}, timeout=20).status_code))
    started = time.monotonic()
    thread.start()
    while thread.is_alive() and time.monotonic() - started < 1.5:
        assert client.get("/health").status_code == 200
        assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
    thread.join()
    assert status == [503]
    assert time.monotonic() - started < 8


def test_a_result_over_its_size_is_refused_not_cut(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "SELECT * WHERE { ?s ?p ?o }"})
    assert answer.status_code == 413
    assert answer.json()["limit"] == "max_result_bytes"


def test_an_answer_carries_an_etag_and_is_not_sent_twice(client: httpx.Client) -> None:
    for path in ("/match?region=MT00&limit=2", "/", "/health", "/regions/MT00/similar"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert "Accept" in first.headers["vary"]


@pytest.mark.parametrize("path", ["/", "/match?region=MT00", "/regions/MT00/similar", "/health", "/health/live"])
def test_head_answers_as_get_without_a_body(client: httpx.Client, path: str) -> None:
    head = client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == client.get(path).headers["etag"]


def test_the_home_page_says_what_is_here(client: httpx.Client) -> None:
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    for words in ("practices", "/match", "/sparql", "openapi.json", "snapshot"):
        assert words in page.text.lower()


def test_the_description_lists_every_route(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/match", "/regions/{code}/similar", "/sparql", "/health", "/health/live"} <= paths.keys()
