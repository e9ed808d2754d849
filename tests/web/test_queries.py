"""The question library over HTTP."""

from __future__ import annotations

import csv
import io

import httpx
import pyoxigraph as ox
import pytest

from p4c_graph.questions import Library

pytestmark = pytest.mark.slow
QUESTIONS = Library.shipped()


def test_the_library_is_listed_as_json_page_and_rdf(client: httpx.Client) -> None:
    listed = client.get("/queries").json()["questions"]
    assert [question["name"] for question in listed] == QUESTIONS.names()
    assert {"title", "parameters"} <= listed[0].keys()
    page = client.get("/queries", headers={"Accept": "text/html"}).text
    assert all(f"/queries/{name}" in page for name in QUESTIONS.names())
    rdf = list(ox.parse(client.get("/queries?format=ttl").content, ox.RdfFormat.TURTLE))
    executable = ox.NamedNode("http://www.w3.org/ns/shacl#SPARQLExecutable")
    assert len([triple for triple in rdf if triple.object == executable]) == len(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS.names())
def test_every_question_is_answered_in_every_format(client: httpx.Client, name: str) -> None:
    examples = QUESTIONS.get(name).examples()
    found = client.get(f"/queries/{name}", params={**examples, "format": "json"})
    assert found.status_code == 200, found.text
    rows = found.json()["results"]["bindings"]
    as_csv = client.get(f"/queries/{name}", params=examples, headers={"Accept": "text/csv"})
    assert len(list(csv.DictReader(io.StringIO(as_csv.text)))) == len(rows)
    page = client.get(f"/queries/{name}", params={**examples, "format": "html"})
    assert page.status_code == 200
    assert ("<tbody>" in page.text) == bool(rows)
    assert rows or "No rows." in page.text


def test_every_question_is_an_operation(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operation = paths["/queries/similar-regions"]["get"]
    assert [p["name"] for p in operation["parameters"] if p["required"]] == ["region"]
    assert all(f"/queries/{name}" in paths for name in QUESTIONS.names())


@pytest.mark.parametrize(("path", "status", "words"), [
    ("/queries/similar-region?region=FRL0", 404, "similar-regions"),
    ("/queries/similar-regions", 400, "region"),
    ("/queries/similar-regions?region=Atlantis", 404, "Atlantis"),
    ("/queries/similar-regions?region=FRL0&colour=red", 400, "colour"),
    ("/queries/similar-regions?region=FRL0&limit=many", 400, "limit"),
    ("/queries/similar-regions?region=FRL0&format=xlsx", 406, "csv"),
])
def test_a_wrong_value_names_the_parameter_and_what_was_expected(
    client: httpx.Client, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]


def test_a_form_shows_choices_and_says_what_is_wrong_with_a_value(client: httpx.Client) -> None:
    page = client.get("/queries/practices-for-region", headers={"Accept": "text/html"}).text
    assert '<option value="financing"' in page
    assert "<tbody>" not in page
    wrong = client.get("/queries/practices-for-region?region=Atlantis&format=html")
    assert wrong.status_code == 200
    assert 'role="alert"' in wrong.text
    assert "Atlantis" in wrong.text


def test_a_page_asks_and_answers_in_its_language_and_leads_to_what_it_names(client: httpx.Client) -> None:
    page = client.get("/fr/queries/who-to-visit?region=FRL0&limit=3", headers={"Accept": "text/html"}).text
    assert ">Formation</option>" in page
    assert ">Training</option>" not in page
    assert ">opérateur</td>" in page
    assert '<a href="/fr/doc/organisation/' in page
    assert '<a href="/fr/doc/practice/' in page


def test_a_hostile_value_is_shown_as_text(client: httpx.Client) -> None:
    value = '"><script>alert(1)</script>'
    page = client.get("/queries/practices-search", params={"text": value, "format": "html"}).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
