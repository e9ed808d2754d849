"""Under which terms a named graph may be used, and what it is called, in both languages."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from p4c_graph.publish.rights import CC_BY, Terms, terms_of
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.steps import run
from p4c_graph.terms import Minter

START = "https://w3id.org/pooling4clusters/graph/"
DATA = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
BASE <https://w3id.org/pooling4clusters/>
<graph/a/verified> dct:source <id/source/a> .
<graph/b/inferred> dct:source <id/source/b> .
<id/source/a> dct:title "Page of A" ; dct:rights "Facts only"@en , "Faits seulement"@fr ;
  dct:license <https://creativecommons.org/licenses/by/4.0/> .
<id/source/b> dct:title "nama_10r" ; rdfs:label "Product of regions"@en , "Produit des régions"@fr .
<scheme/theme> a skos:ConceptScheme ; skos:prefLabel "Themes"@en , "Thèmes"@fr .
"""
NAMES = ("a/verified", "b/inferred", "scheme/theme", "derived/similarity", "sources", "import/mine")


@pytest.fixture(scope="module")
def terms() -> dict[str, Terms]:
    dataset = Embedded.in_memory(list(ox.parse(DATA, ox.RdfFormat.TURTLE)))
    return run(terms_of([START + name for name in NAMES], Minter()), dataset)


@pytest.mark.parametrize(("name", "english", "french"), [
    ("a/verified", "Page of A (verified)", "Page of A (vérifié)"),
    ("b/inferred", "Product of regions (inferred)", "Produit des régions (déduit)"),
    ("scheme/theme", "Scheme: Themes", "Schéma : Thèmes"),
    ("derived/similarity", "Computed: similarity of regions", "Calculé : similarité des régions"),
    ("sources", "Records of sources", "Registre des sources"),
])
def test_a_graph_has_a_title_in_each_language(terms: dict[str, Terms], name: str, english: str, french: str) -> None:
    assert terms[START + name].to_dict()["title"] == {"en": english, "fr": french}


def test_the_terms_of_a_source_are_those_of_its_graphs(terms: dict[str, Terms]) -> None:
    found = terms[f"{START}a/verified"]
    assert found.licence == CC_BY
    assert found.to_dict()["rights"] == {"en": "Facts only", "fr": "Faits seulement"}
    assert found.source == "https://w3id.org/pooling4clusters/id/source/a"


def test_what_the_project_notes_on_terms_says_that_its_french_is_a_translation(terms: dict[str, Terms]) -> None:
    assert "our translation" in terms[f"{START}sources"].to_dict()["rights"]["en"]


def test_a_graph_without_a_source_states_no_terms(terms: dict[str, Terms]) -> None:
    found = terms[f"{START}import/mine"]
    assert found.licence is None
    assert found.to_dict()["title"] == {"": "import/mine"}
    assert set(found.to_dict()["rights"]) == {"en", "fr"}
