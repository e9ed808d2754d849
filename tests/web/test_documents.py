"""Linked data over HTTP: from a resource to its document, in every format."""

from __future__ import annotations

import random
import re
from html import unescape
from urllib.parse import urljoin

import httpx
import pyoxigraph as ox
import pytest

from p4c_graph.store.jsonld import with_context

pytestmark = pytest.mark.slow
BASE = "https://w3id.org/pooling4clusters/"
RDF = {
    "ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS,
}
RESOURCES = [
    "region/FRL0", "practice/european-networking", "organisation/wrs", "scheme/theme/financing", "scheme/theme",
    "graph/eurostat-tgs00010/verified", "source/eurostat-tgs00010", "selection/p4c-2011", "question/similar-regions",
]


def iri_of(name: str) -> str:
    return BASE + (name if name.startswith(("scheme/", "graph/")) else f"id/{name}")


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_leads_to_its_document(client: httpx.Client, name: str) -> None:
    answer = client.get(iri_of(name).replace(BASE, "/"))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/doc/{name}"
    assert f'</doc/{name}.ttl>; rel="describedby"; type="text/turtle"' in answer.headers["link"]


@pytest.mark.parametrize(("path", "status", "location"), [
    ("/id/region/FRL0/", 303, "/doc/region/FRL0"),
    ("/id/region/FRL0?format=rdf", 303, "/doc/region/FRL0.rdf"),
    ("/id/region/FRL0?format=xlsx", 406, None),
    ("/doc/region/FRL0/", 308, "/doc/region/FRL0"),
    ("/id/region/XX99", 404, None),
    ("/id/region", 404, None),
    ("/id/", 404, None),
    ("/doc/region/XX99", 404, None),
    ("/doc/region/XX99.ttl", 404, None),
    ("/doc/region", 404, None),
    ("/doc/region/FRL0.exe", 404, None),
    ("/doc/region/%46RL0", 200, None),
    ("/doc/region/%2546RL0", 404, None),
    ("/doc/region/%3E%20%7B", 404, None),
    ("/doc/region/%FF", 404, None),
    ("/doc/region/%00", 404, None),
    ("/doc/region/FRL0?format=nt", 200, None),
    ("/scheme/theme/none", 404, None),
    ("/graph/none", 404, None),
])
def test_addresses_are_read_once_and_answered_honestly(
    client: httpx.Client, path: str, status: int, location: str | None
) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers.get("location") == location
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("accept", "media_type"), [
    (None, "text/turtle"), ("*/*", "text/turtle"), ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    ("application/ld+json", "application/ld+json"), ("application/json", "application/json"),
    ("application/rdf+xml", "application/rdf+xml"), ("application/n-triples", "application/n-triples"),
    ("text/turtle;q=0.4, application/trig", "application/trig"),
    ("image/png", None),
])
def test_the_format_is_negotiated(client: httpx.Client, accept: str | None, media_type: str | None) -> None:
    answer = client.get("/doc/region/FRL0", headers={"Accept": accept} if accept else {"Accept": ""})
    if media_type is None:
        assert answer.status_code == 406
        return
    assert answer.headers["content-type"].split(";")[0] == media_type
    ending = answer.headers["content-location"].removeprefix("/doc/region/FRL0.")
    assert client.get(f"/doc/region/FRL0.{ending}", headers={"Accept": "image/png"}).content == answer.content
    assert "Accept" in answer.headers["vary"]


def test_a_document_links_to_its_other_formats_and_to_what_it_describes(client: httpx.Client) -> None:
    links = client.get("/doc/region/FRL0.html").headers["link"]
    for name in ("ttl", "jsonld", "json", "rdf", "nt", "trig", "nq"):
        assert f'</doc/region/FRL0.{name}>; rel="alternate"; type="' in links
    assert f'<{BASE}id/region/FRL0>; rel="describes"' in links
    assert 'http://127.0.0.1:8000/en/doc/region/FRL0>; rel="canonical"' in links


def test_nothing_of_the_host_header_gets_into_an_answer(client: httpx.Client) -> None:
    for path in ("/id/region/FRL0", "/doc/region/FRL0", "/doc/region/FRL0/", "/doc/region/FRL0.html"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("ending", RDF)
@pytest.mark.parametrize("name", RESOURCES)
def test_every_document_says_what_sparql_says(client: httpx.Client, name: str, ending: str) -> None:
    resource = ox.NamedNode(iri_of(name))
    body = client.get(f"/doc/{name}.{ending}").content
    plain = with_context(body) if ending == "jsonld" else body
    found = {quad.triple for quad in ox.parse(plain, RDF[ending])}
    queries = f"CONSTRUCT WHERE {{ {resource} ?p ?o }}", f"CONSTRUCT WHERE {{ ?s ?p {resource} }}"
    told: set[ox.Triple] = set()
    for text in queries:
        answer = client.post("/sparql", data={"query": text}, headers={"Accept": "application/n-triples"})
        told |= {quad.triple for quad in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}
    about = client.get(f"/doc/{name}.nq").text
    here = next(line.split(" ")[0] for line in about.splitlines() if "foaf/0.1/primaryTopic" in line)
    mine = {t for t in found if resource in (t.subject, t.object) and str(t.subject) != here}
    assert mine == told
    assert not [t for t in found if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]


def test_a_document_too_large_says_how_much_it_leaves_out(client: httpx.Client) -> None:
    answer = client.get("/doc/model/2.json")
    assert int(answer.headers["p4c-omitted"]) > 10_000
    (group,) = [g for g in answer.json()["incoming"] if g["property"]["name"] == "p4c:model"]
    assert len(group["values"]) == 1000 < group["total"]


def patient(client: httpx.Client, path: str) -> httpx.Response:
    """The answer, asked for again where the server had no time: the fixture gives queries two seconds."""
    for _ in range(8):
        answer = client.get(path, headers={"Accept": "text/html, */*;q=0.5"}, follow_redirects=True)
        if answer.status_code != 503:
            break
    return answer


def test_links_of_a_sample_of_pages_resolve(client: httpx.Client) -> None:
    chance, checked = random.Random(20111215), set[str]()
    pages = [f"/{language}/doc/{name}" for name in RESOURCES for language in ("en", "fr")]
    for page in ["/en/", "/fr/practices", "/en/regions", *pages]:
        found = patient(client, page)
        assert found.status_code == 200, page
        links = {urljoin(page, unescape(link)).partition("#")[0]
                 for link in re.findall(r'\s(?:href|src)="([^"]+)"', found.text) if "://" not in link}
        for link in chance.sample(sorted(links - checked), min(12, len(links - checked))):
            assert patient(client, link).status_code == 200, (page, link)
        checked |= links
