"""Minting of IRIs, and the slugs they are made of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.namespaces import PREFIXES, ROOT, SCHEME
from p4c_graph.terms import Minter, compact, concept, local_name, slugify, unaccented

EXAMPLES = settings(max_examples=100, deadline=None, database=None)


@pytest.mark.parametrize(("text", "slug"), [
    ("European networking", "european-networking"),
    ("  Réseau d'Été — 2011 ", "reseau-d-ete-2011"),
    ("Łódź & Øresund", "lodz-oresund"),
    ("Straße, Œuvre, Ærø, Đakovo, Þór, İzmir, Iğdır, Ħamrun", "strasse-oeuvre-aero-dakovo-thor-izmir-igdir-hamrun"),
    ("C1.1", "c1-1"),
    ("--a__b--", "a-b"),
    ("Αττική", ""),
    ("", ""),
])
def test_a_slug_is_lower_case_ascii_with_single_hyphens(text: str, slug: str) -> None:
    assert slugify(text) == slug


@EXAMPLES
@given(st.text())
def test_every_slug_has_the_form_of_a_slug_and_is_its_own(text: str) -> None:
    slug = slugify(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert slugify(slug) == slug


@EXAMPLES
@given(st.text(st.characters(categories=["Lu", "Ll", "Nd", "Zs"])))
def test_text_without_accents_is_the_same_in_any_case(text: str) -> None:
    assert unaccented(unaccented(text)) == unaccented(text)
    assert unaccented(text.casefold()) == unaccented(text)


@pytest.mark.parametrize(("text", "plain"), [("Łódzkie", "lodzkie"), ("ÅBO", "abo"), ("Αττική", "αττικη")])
def test_text_without_accents_keeps_its_letters(text: str, plain: str) -> None:
    assert unaccented(text) == plain


@pytest.mark.parametrize("base", [ROOT, "http://127.0.0.1:8000/"])
def test_resources_and_graphs_are_minted_under_the_base_and_concepts_are_not(base: str) -> None:
    minter = Minter(base)
    assert minter.resource("practice", "a") == f"{base}id/practice/a"
    assert minter.graph("book/verified") == f"{base}graph/book/verified"
    assert concept("theme", "financing") == f"{ROOT}scheme/theme/financing"


@pytest.mark.parametrize(("kind", "iri", "slug"), [
    ("region", f"{ROOT}id/region/FRL0", "FRL0"),
    ("practice", f"{ROOT}id/region/FRL0", None),
    ("region", "https://elsewhere.example/id/region/FRL0", None),
])
def test_the_slug_of_a_resource_is_found_in_its_iri(kind: str, iri: str, slug: str | None) -> None:
    assert Minter().slug(kind, iri) == slug


@pytest.mark.parametrize(("iri", "written"), [
    (f"{ROOT}ontology#Practice", "p4c:Practice"),
    ("http://purl.org/dc/terms/title", "dct:title"),
    (f"{SCHEME}theme/financing", f"{SCHEME}theme/financing"),
    ("https://example.org/x", "https://example.org/x"),
])
def test_an_iri_is_written_with_a_prefix_where_one_fits(iri: str, written: str) -> None:
    assert compact(iri) == written


def test_no_namespace_hides_another() -> None:
    for prefix, namespace in PREFIXES.items():
        assert compact(f"{namespace}x") == f"{prefix}:x"


@pytest.mark.parametrize(("iri", "name"), [
    (f"{ROOT}ontology#Practice", "Practice"), (f"{ROOT}id/region/FRL0", "FRL0"), ("urn:x", "urn:x"),
])
def test_the_local_name_stands_after_the_last_slash_or_hash(iri: str, name: str) -> None:
    assert local_name(iri) == name
