"""IRIs and the addresses of their documents."""

from __future__ import annotations

import pytest

from p4c_graph.namespaces import ROOT
from p4c_graph.publish.addresses import Addresses

HERE = Addresses("https://data.example.org/p4c/", "https://portal.example.org/graph/")
PATHS = [
    ("https://data.example.org/p4c/id/region/FRL0", "/doc/region/FRL0"),
    ("https://data.example.org/p4c/id/practice/café", "/doc/practice/caf%C3%A9"),
    ("https://data.example.org/p4c/id/practice/caf%C3%A9", "/doc/practice/caf%C3%A9"),
    ("https://data.example.org/p4c/id/a/b/c", "/doc/a/b/c"),
    ("https://data.example.org/p4c/graph/derived/similarity", "/doc/graph/derived/similarity"),
    (f"{ROOT}scheme/theme/financing", "/doc/scheme/theme/financing"),
    (f"{ROOT}scheme/theme", "/doc/scheme/theme"),
    (f"{ROOT}ontology#Practice", "/ontology/Practice"),
    (f"{ROOT}ontology", "/ontology"),
    ("https://data.example.org/p4c/id/", None),
    ("https://elsewhere.example.org/id/region/FRL0", None),
    (f"{ROOT}id/region/FRL0", None),
]


@pytest.mark.parametrize(("iri", "path"), PATHS)
def test_a_resource_of_the_site_has_a_document(iri: str, path: str | None) -> None:
    assert HERE.path(iri) == path
    assert HERE.document(iri) == (path and f"https://portal.example.org/graph{path}")


@pytest.mark.parametrize(("iri", "path"), [(iri, path) for iri, path in PATHS if path and path.startswith("/doc/")])
def test_the_name_of_a_document_leads_back_to_its_resource(iri: str, path: str) -> None:
    assert iri in HERE.resources(path.removeprefix("/doc/"))


@pytest.mark.parametrize(("name", "resources"), [
    ("practice/caf%C3%A9", ["id/practice/café", "id/practice/caf%C3%A9"]),
    ("practice/a%252Fb", ["id/practice/a%2Fb", "id/practice/a%252Fb"]),
    ("practice/a%2Fb", ["id/practice/a/b", "id/practice/a%2Fb"]),
    ("practice/a+b", ["id/practice/a+b"]),
    ("practice/a%3Eb", ["id/practice/a%3Eb"]),
    ("practice/%FF", ["id/practice/%FF"]),
    ("graph/derived/similarity", ["graph/derived/similarity"]),
    ("practice", []),
    ("", []),
])
def test_a_name_is_decoded_once_and_never_makes_a_broken_iri(name: str, resources: list[str]) -> None:
    assert HERE.resources(name) == [f"https://data.example.org/p4c/{resource}" for resource in resources]
