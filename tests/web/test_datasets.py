"""The data described and given whole over HTTP."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from servers import serving

from p4c_graph.publish.sitemap import MOST, sitemaps

pytestmark = pytest.mark.slow
PUBLIC = "https://p4c.example.org/graph"
DCAT, VOID, DCT = "http://www.w3.org/ns/dcat#", "http://rdfs.org/ns/void#", "http://purl.org/dc/terms/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def portal(small_store: Path) -> Iterator[httpx.Client]:
    """A server whose public address has a prefix."""
    with serving(small_store, P4C_PUBLIC_URL=PUBLIC, P4C_PUBLISHER="Example Agency") as address, \
            httpx.Client(base_url=address, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def description(portal: httpx.Client) -> rdflib.Graph:
    return rdflib.Graph().parse(data=portal.get("/dataset.ttl").text, format="turtle")


def test_the_description_conforms_to_dcat_ap_without_a_warning(description: rdflib.Graph, root: Path) -> None:
    shapes = rdflib.Graph().parse(root / "tests" / "fixtures" / "dcat-ap.ttl")
    conforms, _, report = pyshacl.validate(description, shacl_graph=shapes)
    assert conforms, report


@pytest.mark.parametrize("gone", [
    f"{DCT}publisher", f"{DCT}title", f"{DCAT}accessURL", f"{DCAT}byteSize", f"{DCAT}contactPoint", f"{DCAT}theme",
    f"{DCAT}endpointURL", "http://spdx.org/rdf/terms#checksumValue", f"{DCT}license", f"{DCT}temporal",
])
def test_the_shapes_notice_what_is_missing(description: rdflib.Graph, root: Path, gone: str) -> None:
    shapes = rdflib.Graph().parse(root / "tests" / "fixtures" / "dcat-ap.ttl")
    less = rdflib.Graph()
    for triple in description:
        about = triple[0].toPython()
        if triple[1] != rdflib.URIRef(gone) and "#class-" not in about and "#property-" not in about:
            less.add(triple)
    assert not pyshacl.validate(less, shacl_graph=shapes)[0]


def test_the_counts_are_those_of_the_graph(portal: httpx.Client, description: rdflib.Graph) -> None:
    data = rdflib.URIRef(f"{PUBLIC}/dataset")
    for name, query in (
        ("triples", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
    ):
        counted = portal.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]
        assert str(description.value(data, rdflib.URIRef(VOID + name))) == counted
    parts = list(description.objects(data, rdflib.URIRef(f"{VOID}propertyPartition")))
    total = sum(int(str(description.value(part, rdflib.URIRef(f"{VOID}triples")))) for part in parts)
    assert total == int(str(description.value(data, rdflib.URIRef(f"{VOID}triples"))))


def test_every_named_graph_is_described_with_its_terms(portal: httpx.Client, description: rdflib.Graph) -> None:
    rows = portal.get("/sparql", params={"query": "SELECT ?g { GRAPH ?g {} }", "format": "csv"}).text.split()[1:]
    for graph in map(rdflib.URIRef, rows):
        assert (graph, rdflib.URIRef(f"{VOID}triples"), None) in description
        terms = [*description.objects(graph, rdflib.URIRef(f"{DCT}license")),
                 *description.objects(graph, rdflib.URIRef(f"{DCT}rights"))]
        assert terms, graph


def test_titles_and_terms_of_graphs_are_told_in_both_languages(portal: httpx.Client) -> None:
    french = portal.get("/fr/dataset", headers={"Accept": "text/html"}).text
    assert "Notes on two regions (vérifié)" in french
    assert "Inventé" in french
    assert "Made up" not in french
    assert "Licence publique Creative Commons Attribution 4.0 International" in french
    listed = {of["name"]: of for of in portal.get("/dumps").json()["dumps"]}
    assert listed["graph/notes/verified"]["rights"] == {"en": "Made up", "fr": "Inventé"}
    assert listed["graph/questions"]["title"]["fr"] == "Bibliothèque de questions"


def test_a_download_is_what_the_description_says(portal: httpx.Client, description: rdflib.Graph) -> None:
    downloads = list(description.subject_objects(rdflib.URIRef(f"{DCAT}downloadURL")))
    assert len(downloads) == 3
    triples = int(str(description.value(rdflib.URIRef(f"{PUBLIC}/dataset"), rdflib.URIRef(f"{VOID}triples"))))
    for distribution, address in downloads:
        answer = portal.get(str(address).removeprefix(PUBLIC))
        assert answer.headers["content-type"] == "application/gzip"
        assert len(answer.content) == int(str(description.value(distribution, rdflib.URIRef(f"{DCAT}byteSize"))))
        told = description.value(rdflib.URIRef(f"{distribution}-checksum"),
                                 rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue"))
        assert hashlib.sha256(answer.content).hexdigest() == str(told).lower()
        if str(address).endswith(".ttl.gz"):
            held = sum(1 for _ in ox.parse(gzip.decompress(answer.content), ox.RdfFormat.TURTLE))
            assert held == triples


@pytest.mark.parametrize(("path", "status"), [
    ("/dataset", 200), ("/dataset.rdf", 200), ("/dataset.exe", 404), ("/.well-known/void", 200), ("/dumps", 200),
    ("/dumps/graph/notes/verified.nq.gz", 200), ("/dumps/graph/none.ttl.gz", 404), ("/dumps/all.ttl", 404),
    ("/dumps/../all.ttl.gz", 404), ("/dumps/graph/..%2F..%2Fcurrent.ttl.gz", 404), ("/robots.txt", 200),
    ("/sitemap.xml", 200), ("/sitemap-1.xml", 404),
])
def test_addresses_of_the_data(portal: httpx.Client, path: str, status: int) -> None:
    assert portal.get(path).status_code == status


def test_void_is_served_with_content(portal: httpx.Client) -> None:
    assert portal.get("/.well-known/void").content == portal.get("/dataset").content


def test_a_graph_is_dumped_with_its_own_terms(portal: httpx.Client) -> None:
    answer = portal.get("/dumps/graph/scheme/theme.nq.gz")
    assert answer.headers["link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    quads = list(ox.parse(gzip.decompress(answer.content), ox.RdfFormat.N_QUADS))
    assert {quad.graph_name.value for quad in quads} == {  # type: ignore[union-attr]
        "https://w3id.org/pooling4clusters/graph/scheme/theme"}
    held = {"If-None-Match": answer.headers["etag"]}
    assert portal.get("/dumps/graph/scheme/theme.nq.gz", headers=held).status_code == 304
    part = portal.get("/dumps/graph/scheme/theme.nq.gz", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, answer.content[:10])


@pytest.mark.parametrize("path", [
    "/id/practice/stand", "/doc/practice/stand", "/doc/practice/stand.ttl", "/doc/practice/stand.html",
])
@pytest.mark.parametrize(("accept", "media_type"), [
    ("application/json, */*;q=0.1", "application/problem+json"), ("text/html", "text/html"),
])
def test_what_was_withdrawn_is_gone_and_says_what_took_its_place(
    portal: httpx.Client, path: str, accept: str, media_type: str
) -> None:
    answer = portal.get(path, headers={"Accept": accept})
    assert answer.status_code == 410
    if not path.endswith((".ttl", ".html")):
        assert answer.headers["content-type"].split(";")[0] == media_type
    assert "/id/practice/booth" in answer.text or "/doc/practice/booth" in answer.text


def test_the_sitemap_lists_every_practice_in_both_languages(portal: httpx.Client) -> None:
    found = {loc.text for loc in ElementTree.fromstring(portal.get("/sitemap.xml").content).iter(f"{SITEMAP}loc")}
    query = "SELECT DISTINCT ?p { ?p a p4c:Practice }"
    practices = portal.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1:]
    assert len(practices) == 3
    for iri in practices:
        if iri.endswith("/stand"):  # withdrawn
            assert f"{PUBLIC}/en/doc/practice/stand" not in found
            continue
        for language in ("en", "fr"):
            assert f"{PUBLIC}/{language}/doc/practice/{iri.rsplit('/', 1)[1]}" in found
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in portal.get("/robots.txt").text


def test_a_large_site_gets_an_index_of_sitemaps() -> None:
    files = sitemaps([f"/doc/practice/{n}" for n in range(MOST + 1)], PUBLIC, ("en", "fr"))
    listed = [loc.text for loc in ElementTree.fromstring(files["sitemap.xml"]).iter(f"{SITEMAP}loc")]
    assert listed == [f"{PUBLIC}/sitemap-1.xml", f"{PUBLIC}/sitemap-2.xml"]
    counts = [len(list(ElementTree.fromstring(files[f"sitemap-{n}.xml"]).iter(f"{SITEMAP}loc"))) for n in (1, 2)]
    assert counts == [2 * MOST, 2]


@pytest.mark.parametrize("path", ["/id/practice/training", "/id/region/XX11", "/graph/notes/verified", "/scheme/theme"])
def test_behind_a_proxy_all_addresses_have_its_prefix(portal: httpx.Client, path: str) -> None:
    answer = portal.get(path)
    name = path.removeprefix("/id").removeprefix("/")
    assert answer.headers["location"] == f"/graph/doc/{name}"
    assert answer.headers["link"].startswith(f'</graph/doc/{name}.ttl>; rel="describedby"')
    document = portal.get(f"/doc/{name}.ttl")
    assert document.headers["content-location"] == f"/graph/doc/{name}.ttl"
    assert f'<{PUBLIC}/doc/{name}>; rel="canonical"' in document.headers["link"]
    page = portal.get(f"/doc/{name}.html").text
    assert 'href="/doc' not in page
    assert 'href="/graph/' in page


@pytest.mark.parametrize(("query", "status", "total"), [
    ("", 200, 0), ("?since=1", 200, 0), ("?since=1&kind=practice", 200, 0), ("?since=99", 404, None),
    ("?page=2", 404, None), ("?page=0", 400, None), ("?from=1", 400, None),
])
def test_changes_are_an_ordered_collection(portal: httpx.Client, query: str, status: int, total: int | None) -> None:
    answer = portal.get(f"/changes{query}")
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.headers["content-type"] == "application/activity+json"
        found = answer.json()
        assert (found["type"], found["totalItems"], found["orderedItems"]) == ("OrderedCollectionPage", total, [])
        assert found["id"].startswith(f"{PUBLIC}/changes?since=000001-")


@pytest.mark.parametrize(("path", "kind"), [
    ("/doc/practice/training", "Service"), ("/doc/region/XX11", "AdministrativeArea"),
    ("/doc/source/notes", "CreativeWork"), ("/doc/organisation/wood", "Organization"), ("/doc/project/pool", "Project"),
    ("/dataset", "Dataset"),
])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_page_tells_search_engines_what_it_is_about(
    portal: httpx.Client, path: str, kind: str, language: str
) -> None:
    page = portal.get(f"/{language}{path}", headers={"Accept": "text/html"}).text
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    (told,) = [json.loads(block) for block in blocks]
    assert (told["@context"], told["@type"]) == ("https://schema.org/", kind)
    assert f'<link rel="canonical" href="{PUBLIC}/{language}{path}">' in page
    assert f'<link rel="alternate" type="text/turtle" href="/graph{path}.ttl">' in page
    assert "http://schema.org" not in page
    for other in ("en", "fr"):
        assert f'hreflang="{other}" href="/graph/{other}{path}"' in page
