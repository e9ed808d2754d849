"""Submissions: what partners send becomes a graph of its own, checked against what it joins, and is withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import serving
from small import PREFIX_LINES, small_store

from p4c_graph.store.tokens import Tokens

pytestmark = pytest.mark.slow
ID = "https://w3id.org/pooling4clusters/id/"
SCHEME = "https://w3id.org/pooling4clusters/scheme/"
CONTEXT = "https://w3id.org/pooling4clusters/context.jsonld"
BEP, BSC = ID + "organisation/bep", ID + "organisation/bsc-kranj"
TURTLE = """@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix status: <https://w3id.org/pooling4clusters/scheme/application-status/> .
@prefix outcome: <https://w3id.org/pooling4clusters/scheme/outcome/> .
@prefix id: <https://w3id.org/pooling4clusters/id/> .

<https://w3id.org/pooling4clusters/id/practice/wood-fair> a p4c:Practice ; rdfs:label "Wood fair"@en ;
  p4c:provider <https://w3id.org/pooling4clusters/id/organisation/bep> ;
  p4c:application <https://w3id.org/pooling4clusters/id/application/wood-fair-namur> .
<https://w3id.org/pooling4clusters/id/application/wood-fair-namur> a p4c:Origin , p4c:Application ;
  rdfs:label "Wood fair in Namur"@en ; p4c:operator <https://w3id.org/pooling4clusters/id/organisation/bep> ;
  p4c:inRegion <https://w3id.org/pooling4clusters/id/region/BE35> ; p4c:outcome outcome:positive ;
  p4c:applicationStatus status:done .
"""
PARTNERS = PREFIX_LINES + """
<graph/few> {
  <id/region/BE> a p4c:Region ; rdfs:label "Belgium" ; p4c:level 0 ; p4c:countryCode "BE" ; p4c:nutsVersion "2021" ;
    skos:notation "BE" .
  <id/region/BE3> a p4c:Region ; rdfs:label "Wallonia" ; p4c:level 1 ; p4c:countryCode "BE" ;
    p4c:broaderRegion <id/region/BE> ; p4c:country <id/region/BE> ; p4c:nutsVersion "2021" ; skos:notation "BE3" .
  <id/region/BE35> a p4c:Region ; rdfs:label "Namur" ; p4c:level 2 ; p4c:countryCode "BE" ;
    p4c:broaderRegion <id/region/BE3> ; p4c:country <id/region/BE> ; p4c:nutsVersion "2021" ; skos:notation "BE35" .
  <id/organisation/bep> a p4c:DevelopmentAgency , org:Organization ; rdfs:label "BEP" .
  <id/organisation/bsc-kranj> a p4c:DevelopmentAgency , org:Organization ; rdfs:label "BSC Kranj" .
  <id/practice/trainings> a p4c:Practice ; rdfs:label "Trainings"@en ; p4c:provider <id/organisation/bsc-kranj> .
}
"""
"""Two organisations that submit, a region of one, a practice of the other."""
LONELY = TURTLE.replace("  p4c:provider <https://w3id.org/pooling4clusters/id/organisation/bep> ;\n", "")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_store(tmp_path_factory.mktemp("submissions"), PARTNERS)


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    with serving(store) as found:
        yield found


def client_of(address: str, secret: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture(scope="module")
def bep(address: str, store: Path) -> Iterator[httpx.Client]:
    with client_of(address, Tokens(store).create("partner", BEP)[1]) as found:
        yield found


@pytest.fixture(scope="module")
def bsc(address: str, store: Path) -> Iterator[httpx.Client]:
    with client_of(address, Tokens(store).create("partner", BSC)[1]) as found:
        yield found


@pytest.fixture(scope="module")
def admin(address: str, store: Path) -> Iterator[httpx.Client]:
    with client_of(address, Tokens(store).create("admin")[1]) as found:
        yield found


def send(client: httpx.Client, body: str | bytes, media_type: str = "text/turtle", **parameters: str) -> httpx.Response:
    return client.post("/submissions", params=parameters, content=body, headers={"Content-Type": media_type})


def test_an_accepted_practice_is_seen_ranked_listed_and_withdrawn(bep: httpx.Client, bsc: httpx.Client) -> None:
    done = send(bep, TURTLE, name="wood-fair.ttl")
    assert done.status_code == 201, done.text
    told = done.json()
    assert ID + "practice/wood-fair" in told["resources"]
    assert done.headers["location"] == f"/submissions/{told['id']}"
    match = bep.get("/match", params={"practice": "wood-fair", "limit": 3}).json()
    assert match["snapshot"] == told["snapshot"]
    assert bep.get("/doc/practice/wood-fair", headers={"Accept": "text/turtle"}).status_code == 200
    [listed] = [s for s in bep.get("/submissions").json()["submissions"] if s["id"] == told["id"]]
    assert (listed["by"], listed["title"]) == (BEP, "Submission of wood-fair.ttl")
    assert bep.get(f"/submissions/{told['id']}").json()["graph"] == told["graph"]
    assert bsc.get("/submissions").json()["submissions"] == []
    assert bsc.get(f"/submissions/{told['id']}").status_code == 403
    assert bsc.delete(f"/submissions/{told['id']}").status_code == 403
    assert bep.delete(f"/submissions/{told['id']}").status_code == 200
    for path in ("/id/practice/wood-fair", "/doc/practice/wood-fair"):
        assert bep.get(path, headers={"Accept": "text/turtle"}).status_code == 410
    assert bep.get(f"/submissions/{told['id']}").status_code == 404
    again = send(bep, TURTLE)
    assert again.status_code == 201
    assert bep.get("/doc/practice/wood-fair", headers={"Accept": "text/turtle"}).status_code == 200
    assert bep.delete(f"/submissions/{again.json()['id']}").status_code == 200


def test_an_administrator_sees_and_withdraws_all(bep: httpx.Client, admin: httpx.Client) -> None:
    id = send(bep, TURTLE).json()["id"]
    assert id in {s["id"] for s in admin.get("/submissions").json()["submissions"]}
    assert admin.delete(f"/submissions/{id}").status_code == 200


def test_a_trial_changes_nothing(bep: httpx.Client) -> None:
    before = bep.get("/health").json()
    done = send(bep, TURTLE, dry_run="true")
    assert (done.status_code, done.json()["snapshot"]) == (200, None)
    assert bep.get("/health").json() == before


def test_json_with_our_context_is_taken(bep: httpx.Client) -> None:
    body = {"@context": CONTEXT, "@id": ID + "need/bep-money", "@type": "Need",
            "label": {"en": "Money for cluster services"}, "theme": [SCHEME + "theme/financing"]}
    done = send(bep, json.dumps(body), "application/ld+json")
    assert done.status_code == 201, done.text
    assert bep.delete(f"/submissions/{done.json()['id']}").status_code == 200


def test_the_report_says_where_and_what_in_the_callers_language(bep: httpx.Client) -> None:
    done = bep.post("/submissions?name=lonely.ttl", content=LONELY,
                    headers={"Content-Type": "text/turtle", "Accept-Language": "fr"})
    assert done.status_code == 422
    [problem] = done.json()["problems"]
    assert "prestataire" in problem["message"]
    assert "ligne 7" in problem["place"]


def test_cells_and_shapes_are_told_together(bep: httpx.Client) -> None:
    table = "Identifier,Name in English,Provider,Cost in euro\nfair,Fair,bep,dear\nlone,Lone,,1\n"
    done = bep.post("/submissions?name=practices.csv", content=table, headers={"Content-Type": "text/csv"})
    assert done.status_code == 422
    assert [(p["row"], p["column"]) for p in done.json()["problems"]] == [(2, "Cost in euro"), (3, "Provider")]


@pytest.mark.parametrize(("case", "media_type", "body", "status", "words"), [
    ("what others describe", "text/turtle",
     f'<{ID}practice/trainings> <http://www.w3.org/2000/01/rdf-schema#label> "Mine now"@en .', 422, "described"),
    ("the graph of another", "application/trig", f"<{ID[:-3]}graph/x> {{ <{ID}need/x> <urn:a> 1 }}", 422, "graph"),
    ("what is no resource", "text/turtle", "<https://evil.example/> <urn:a> 1 .", 422, "resources"),
    ("the ontology", "text/turtle", f"<{ID[:-3]}ontology#Practice> <urn:a> 1 .", 422, "resources"),
    ("bad Turtle", "text/turtle", "<urn:a> <urn:b>\n<", 422, "line"),
    ("nothing", "text/turtle", "", 422, ""),
    ("another context", "application/ld+json", '{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}', 422, "context"),
    ("an entity", "application/rdf+xml", '<!DOCTYPE x [<!ENTITY a "b">]><x/>', 415, "text/turtle"),
    ("a picture", "image/png", "x", 415, "text/turtle"),
    ("a control character", "text/turtle", f'<{ID}need/x> <urn:a> "\\u0007" .', 422, ""),
    ("what is too large", "text/turtle", "#" * 1_100_000, 413, "max_body_bytes"),
    ("no workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "no zip", 422, ""),
])
def test_what_is_wrong_is_refused_with_a_clear_message(
    bep: httpx.Client, case: str, media_type: str, body: str, status: int, words: str
) -> None:
    before = bep.get("/health").json()
    done = send(bep, body, media_type)
    assert done.status_code == status, done.text
    assert words in done.json()["detail"]
    assert bep.get("/health").json() == before


def test_strangers_submit_nothing(address: str) -> None:
    for method, path in (("POST", "/submissions"), ("GET", "/submissions"), ("DELETE", "/submissions/x")):
        assert httpx.request(method, address + path).status_code in (401, 403)
