"""Writes over HTTP: updates and whole graphs, by administrators; the update cases of the W3C protocol suite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest
from servers import serving

from p4c_graph.pipeline import build
from p4c_graph.settings import load
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.store.tokens import Tokens

pytestmark = pytest.mark.slow
GRAPH = "https://example.org/graph/ours"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-update"
PRACTICE = """<https://w3id.org/pooling4clusters/id/practice/{slug}> a p4c:Practice ;
  <http://www.w3.org/2000/01/rdf-schema#label> "{slug}"@en ; p4c:providerUnknown true ."""
PREFIX = "PREFIX p4c: <https://w3id.org/pooling4clusters/ontology#>\n"
TURTLE = "@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .\n"
UNPROVIDED = PRACTICE.replace(" ; p4c:providerUnknown true", "")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the model alone, with tokens for an administrator and a partner."""
    folder = tmp_path_factory.mktemp("writes") / "store"
    build(load(store=folder), facts=False)
    return folder


@pytest.fixture(scope="module")
def secrets(store: Path) -> dict[str, str]:
    partner = "https://w3id.org/pooling4clusters/id/organisation/bep"
    return {"admin": Tokens(store).create("admin")[1], "partner": Tokens(store).create("partner", partner)[1]}


@pytest.fixture(scope="module")
def address(store: Path, secrets: dict[str, str]) -> Iterator[str]:
    with serving(store, P4C_WRITE_TIMEOUT="60") as found:
        yield found


@pytest.fixture
def admin(address: str, secrets: dict[str, str]) -> Iterator[httpx.Client]:
    """A client with an administrator's token; the store is empty of written graphs."""
    headers = {"Authorization": f"Bearer {secrets['admin']}"}
    with httpx.Client(base_url=address, timeout=60, headers=headers) as found:
        assert found.post("/sparql/update", data={"update": "CLEAR ALL"}).status_code == 200
        yield found


def ask(client: httpx.Client, query: str) -> bool:
    return bool(client.post("/sparql", data={"query": query}).json()["boolean"])


def direct(client: httpx.Client, update: str, **parameters: str | list[str]) -> httpx.Response:
    return client.post("/sparql/update?" + urlencode(parameters, doseq=True), content=update.encode(),
                       headers={"Content-Type": DIRECT})


# ── the update operation ─────────────────────────────────────────────────────────────────────────────────────

DATA1, DATA2 = (f"http://kasei.us/2009/09/sparql/data/data{n}.rdf" for n in (1, 2))
TEST = "http://example.org/protocol-update-dataset-test/"
W3C = """PREFIX dc: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
CLEAR ALL ;
INSERT DATA { GRAPH <data1> { <data1> a foaf:Document } GRAPH <data2> { <data2> a foaf:Document } } ;
""".replace("data1", DATA1).replace("data2", DATA2)
INSERT = f"INSERT {{ GRAPH <{TEST}> {{ ?s a dc:BibliographicResource }} }} "
FROM_DEFAULT = INSERT + "WHERE { ?s a foaf:Document }"
FROM_NAMED = INSERT + "WHERE { GRAPH ?g { ?s a foaf:Document } }"


def became(client: httpx.Client, iri: str) -> bool:
    return ask(client, f"ASK {{ GRAPH <{TEST}> {{ <{iri}> a <http://purl.org/dc/terms/BibliographicResource> }} }}")


@pytest.mark.parametrize(("case", "update", "dataset", "expected"), [
    ("update_dataset_default_graph", FROM_DEFAULT, {"using-graph-uri": DATA1}, (True, False)),
    ("update_dataset_default_graphs", FROM_DEFAULT, {"using-graph-uri": [DATA1, DATA2]}, (True, True)),
    ("update_dataset_named_graphs", FROM_NAMED, {"using-named-graph-uri": [DATA1]}, (True, False)),
    ("update_dataset_full", FROM_DEFAULT, {"using-graph-uri": DATA2, "using-named-graph-uri": DATA1}, (False, True)),
    ("no dataset: the merged set", FROM_DEFAULT, {}, (True, True)),
])
def test_the_dataset_of_the_request_is_that_of_the_update(
    admin: httpx.Client, case: str, update: str, dataset: dict[str, str | list[str]], expected: tuple[bool, bool]
) -> None:
    done = direct(admin, W3C + update, **dataset)
    assert done.status_code == 200, done.text
    assert (became(admin, DATA1), became(admin, DATA2)) == expected


def test_update_post_form_and_post_direct_do_the_same(admin: httpx.Client) -> None:
    insert = f"INSERT DATA {{ GRAPH <{TEST}> {{ <{DATA1}> a <http://purl.org/dc/terms/BibliographicResource> }} }}"
    assert admin.post("/sparql/update", data={"update": insert}).status_code == 200
    assert became(admin, DATA1)
    assert direct(admin, "CLEAR ALL").status_code == 200
    assert not became(admin, DATA1)


def test_update_base_uri_makes_relative_iris_absolute(admin: httpx.Client) -> None:
    graph = "http://example.org/protocol-base-test/"
    assert direct(admin, f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <{DATA1}> a <test> }} }}"
                  ).status_code == 200
    assert ask(admin, f"ASK {{ GRAPH <{graph}> {{ ?s a ?o FILTER(STRSTARTS(STR(?o), 'https://')) }} }}")


@pytest.mark.parametrize(("case", "method", "path", "content_type", "body", "status"), [
    ("bad_update_get", "GET", "/sparql/update?update=CLEAR%20ALL", None, b"", 405),
    ("bad_update_method, put", "PUT", "/sparql/update", DIRECT, b"CLEAR ALL", 405),
    ("bad_multiple_updates", "POST", "/sparql/update", FORM, b"update=CLEAR%20NAMED&update=CLEAR%20ALL", 400),
    ("an update in address and body", "POST", "/sparql/update?update=CLEAR%20ALL", DIRECT, b"CLEAR ALL", 400),
    ("bad_update_wrong_media_type", "POST", "/sparql/update", "text/plain", b"CLEAR NAMED", 415),
    ("bad_update_missing_form_type", "POST", "/sparql/update", None, b"update=CLEAR%20NAMED", 415),
    ("bad_update_non_utf8", "POST", "/sparql/update", DIRECT, b"INSERT DATA { <urn:a> <urn:b> \"\xff\" }", 400),
    ("bad_update_syntax", "POST", "/sparql/update", FORM, b"update=CLEAR%20XYZ", 400),
    ("bad_update_dataset_conflict", "POST", f"/sparql/update?using-graph-uri={TEST}", DIRECT,
     f"DELETE {{ GRAPH <{TEST}> {{ ?s ?p ?o }} }} USING <{TEST}> WHERE {{ ?s ?p ?o }}".encode(), 400),
    ("bad_update_dataset_conflict, with", "POST", f"/sparql/update?using-named-graph-uri={TEST}", DIRECT,
     f"WITH <{TEST}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}".encode(), 400),
    ("a query", "POST", "/sparql/update", DIRECT, b"SELECT * WHERE { ?s ?p ?o }", 400),
    ("an unknown parameter", "POST", "/sparql/update?query=ASK%7B%7D", DIRECT, b"CLEAR ALL", 400),
    ("no update", "POST", "/sparql/update", FORM, b"", 400),
    ("LOAD", "POST", "/sparql/update", DIRECT, b"LOAD <http://127.0.0.1:9/x>", 403),
    ("SERVICE", "POST", "/sparql/update", DIRECT,
     b"INSERT { GRAPH <urn:g> { ?s ?p ?o } } WHERE { SERVICE <http://127.0.0.1:9/x> { ?s ?p ?o } }", 403),
    ("the default graph", "POST", "/sparql/update", DIRECT, b"INSERT DATA { <urn:a> <urn:b> <urn:c> }", 400),
    ("the default graph, cleared", "POST", "/sparql/update", DIRECT, b"CLEAR DEFAULT", 400),
    ("the default graph, by a pattern", "POST", "/sparql/update", DIRECT, b"DELETE WHERE { ?s ?p ?o }", 400),
    ("a derived graph", "POST", "/sparql/update", DIRECT,
     b"INSERT DATA { GRAPH <https://w3id.org/pooling4clusters/graph/derived/status> { <urn:a> <urn:b> 1 } }", 403),
    ("the graph of provenance", "POST", "/sparql/update", DIRECT,
     b"CLEAR GRAPH <https://w3id.org/pooling4clusters/graph/provenance>", 403),
])
def test_what_is_wrong_is_refused_and_changes_nothing(
    admin: httpx.Client, store: Path, case: str, method: str, path: str, content_type: str | None, body: bytes,
    status: int,
) -> None:
    before = Snapshots(store).current()
    answer = admin.request(method, path, content=body, headers={"Content-Type": content_type} if content_type else {})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert Snapshots(store).current() == before


def test_an_update_is_seen_as_soon_as_it_is_answered(admin: httpx.Client) -> None:
    answer = direct(admin, PREFIX + f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {PRACTICE.format(slug='seen')} }} }}")
    assert answer.json()["graphs"] == {GRAPH: {"added": 3, "removed": 0}}
    assert ask(admin, "ASK { ?p a p4c:Practice ; p4c:status ?status ; rdfs:label 'seen'@en }")
    assert admin.get("/health").json()["snapshot"] == answer.json()["snapshot"]
    assert admin.get("/match?region=FRL0").status_code == 404, "there are no regions here"


def test_a_violation_is_422_with_the_report_in_the_callers_language(admin: httpx.Client) -> None:
    update = PREFIX + f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {UNPROVIDED.format(slug='lonely')} }} }}"
    answer = admin.post("/sparql/update", content=update, headers={"Content-Type": DIRECT, "Accept-Language": "fr"})
    assert answer.status_code == 422
    [finding] = [f for f in answer.json()["report"]["findings"] if f["severity"] == "violation"]
    assert "prestataire" in finding["message"]
    assert not ask(admin, f"ASK {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")


def test_operations_see_what_those_before_them_did(admin: httpx.Client) -> None:
    update = f"""{PREFIX} INSERT DATA {{ GRAPH <{GRAPH}> {{ {PRACTICE.format(slug='one')} }} }} ;
      COPY <{GRAPH}> TO <{GRAPH}/copy> ; MOVE <{GRAPH}/copy> TO <{GRAPH}/moved> ;
      DELETE {{ GRAPH ?g {{ ?p rdfs:label ?old }} }} INSERT {{ GRAPH ?g {{ ?p rdfs:label "renamed"@en }} }}
      WHERE {{ GRAPH ?g {{ ?p a p4c:Practice ; rdfs:label ?old }} }} ;
      DELETE WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"""
    answer = direct(admin, update)
    assert answer.json()["graphs"] == {f"{GRAPH}/moved": {"added": 3, "removed": 0}}
    assert ask(admin, f"ASK {{ GRAPH <{GRAPH}/moved> {{ ?p rdfs:label 'renamed'@en }} }}")


def test_blank_nodes_become_iris(admin: httpx.Client) -> None:
    assert direct(admin, f"INSERT DATA {{ GRAPH <{TEST}> {{ <urn:a> <urn:b> [ <urn:c> 1.50 ] }} }}").status_code == 200
    assert ask(admin, f"ASK {{ GRAPH <{TEST}> {{ <urn:a> <urn:b> ?x . ?x <urn:c> 1.5 FILTER(isIRI(?x)) }} }}")
    assert not ask(admin, "ASK { ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }")


def test_an_update_that_changes_nothing_makes_no_snapshot(admin: httpx.Client) -> None:
    assert direct(admin, f"CLEAR GRAPH <{GRAPH}/none>").json()["snapshot"] is None


# ── whole graphs ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_graph_is_put_read_added_to_and_deleted(admin: httpx.Client) -> None:
    where = {"graph": GRAPH}
    turtle = {"Content-Type": "text/turtle"}
    first = admin.put("/graphs", params=where, content=TURTLE + PRACTICE.format(slug="one"), headers=turtle)
    assert (first.status_code, first.headers["location"]) == (201, GRAPH)
    second = admin.put("/graphs", params=where, content=TURTLE + PRACTICE.format(slug="two"), headers=turtle)
    assert (second.status_code, second.json()["added"], second.json()["removed"]) == (200, 3, 3)
    assert admin.post("/graphs", params=where, content=TURTLE + PRACTICE.format(slug="three"), headers=turtle
                      ).status_code == 200
    read = admin.get("/graphs", params=where, headers={"Accept": "application/n-triples"})
    assert len(list(ox.parse(read.content, ox.RdfFormat.N_TRIPLES))) == 6
    assert admin.head("/graphs", params=where).status_code == 200
    assert {"graph": GRAPH, "statements": 6} in admin.get("/graphs").json()["graphs"]
    assert admin.delete("/graphs", params=where).status_code == 200
    assert admin.get("/graphs", params=where).status_code == 404
    assert admin.delete("/graphs", params=where).status_code == 404


@pytest.mark.parametrize(("media_type", "body"), [
    ("text/turtle", "<urn:a> <urn:b> 1 ."),
    ("application/n-triples", '<urn:a> <urn:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'),
    ("application/rdf+xml", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:"><rdf:'
     'Description rdf:about="urn:a"><u:b rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">1</u:b>'
     "</rdf:Description></rdf:RDF>"),
    ("application/ld+json", '{"@id": "urn:a", "urn:b": 1}'),
])
def test_a_graph_is_put_in_any_format(admin: httpx.Client, media_type: str, body: str) -> None:
    answer = admin.put("/graphs", params={"graph": GRAPH}, content=body, headers={"Content-Type": media_type})
    assert answer.status_code == 201, answer.text
    assert ask(admin, f"ASK {{ GRAPH <{GRAPH}> {{ <urn:a> <urn:b> 1 }} }}")


def test_a_graph_posted_without_a_name_gets_one(admin: httpx.Client) -> None:
    answer = admin.post("/graphs", content="<urn:a> <urn:b> 1 .", headers={"Content-Type": "text/turtle"})
    assert answer.status_code == 201
    assert admin.get("/graphs", params={"graph": answer.headers["location"]}).status_code == 200


@pytest.mark.parametrize(("case", "method", "path", "media_type", "body", "status"), [
    ("patch", "PATCH", f"/graphs?graph={GRAPH}", "text/turtle", "", 405),
    ("put without a name", "PUT", "/graphs", "text/turtle", "", 400),
    ("no IRI", "PUT", "/graphs?graph=ours", "text/turtle", "", 400),
    ("graph and default", "GET", f"/graphs?graph={GRAPH}&default", None, "", 400),
    ("a default with a value", "GET", "/graphs?default=yes", None, "", 400),
    ("quads", "PUT", f"/graphs?graph={GRAPH}", "application/trig", "<urn:g> { <urn:a> <urn:b> 1 }", 415),
    ("a graph in JSON-LD", "PUT", f"/graphs?graph={GRAPH}", "application/ld+json",
     '{"@id": "urn:g", "@graph": [{"@id": "urn:a", "urn:b": 1}], "urn:c": 1}', 400),
    ("a context of others", "PUT", f"/graphs?graph={GRAPH}", "application/ld+json",
     '{"@context": "http://127.0.0.1:9/context", "@id": "urn:a"}', 400),
    ("bad Turtle", "PUT", f"/graphs?graph={GRAPH}", "text/turtle", "<urn:a> <urn:b>\n<", 400),
    ("a protected graph", "PUT", "/graphs?graph=https://w3id.org/pooling4clusters/graph/ontology", "text/turtle",
     "<urn:a> <urn:b> 1 .", 403),
    ("an unknown graph", "GET", f"/graphs?graph={GRAPH}/none", None, "", 404),
    ("an unknown format", "GET", "/graphs?default&format=xlsx", None, "", 406),
])
def test_what_is_wrong_with_a_graph_is_told(
    admin: httpx.Client, case: str, method: str, path: str, media_type: str | None, body: str, status: int
) -> None:
    answer = admin.request(method, path, content=body, headers={"Content-Type": media_type} if media_type else {})
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status


# ── who may, and at the same time ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wrong", 401), ("partner", 403)])
def test_only_administrators_write(address: str, secrets: dict[str, str], who: str | None, status: int) -> None:
    headers = {"Authorization": f"Bearer {secrets.get(who, who)}"} if who else {}
    for method, path in (("POST", "/sparql/update"), ("PUT", f"/graphs?graph={GRAPH}"), ("POST", "/graphs"),
                         ("DELETE", f"/graphs?graph={GRAPH}")):
        answer = httpx.request(method, address + path, headers={**headers, "Content-Type": "text/turtle"})
        assert answer.status_code == status, answer.text


def test_without_tokens_writes_are_off(store: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(store, tmp_path / "store"))
    (copy / "tokens.json").unlink(missing_ok=True)
    with serving(copy) as address:
        answer = httpx.post(address + "/sparql/update", data={"update": "CLEAR ALL"})
        assert answer.status_code == 403
        assert "p4c token create" in answer.json()["detail"]


def test_writers_at_the_same_time_take_turns_and_readers_see_whole_writes(admin: httpx.Client) -> None:
    def write(n: int) -> int:
        pair = " ".join(PRACTICE.format(slug=f"{half}-{n}") for half in ("left", "right"))
        return direct(admin, f"{PREFIX} INSERT DATA {{ GRAPH <{GRAPH}/{n}> {{ {pair} }} }}").status_code

    halves = ("SELECT (SUM(IF(STRSTARTS(?l, 'left'), 1, -1)) AS ?n) (COUNT(*) AS ?all) "
              "WHERE { ?p a p4c:Practice ; rdfs:label ?l }")
    with ThreadPoolExecutor(8) as many:
        writes = [many.submit(write, n) for n in range(8)]
        while not all(done.done() for done in writes):
            row = admin.post("/sparql", data={"query": halves}).json()["results"]["bindings"][0]
            assert row.get("n", {"value": "0"})["value"] == "0", "half of a write"
        assert {done.result() for done in writes} == {200}
    assert admin.post("/sparql", data={"query": halves}).json()["results"]["bindings"][0]["all"]["value"] == "16"
