"""The lists: words, facets, counts, pages, and the same as JSON and CSV."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import httpx
import pytest

from p4c_graph.errors import InputError
from p4c_graph.web.views.browse import Asked, Choice, Item, select
from p4c_graph.web.views.collections import COLLECTIONS
from p4c_graph.web.views.data_text import DataText

PRACTICES = COLLECTIONS["practices"]


def item(name: str, *themes: str) -> Item:
    values = {"theme": tuple(Choice(theme, DataText(theme.title())) for theme in themes)}
    return Item(f"https://example.org/{name}", DataText(name), f"/doc/practice/{name}", values, name)


ITEMS = [item("alpha fund", "financing"), item("beta fund", "financing", "training"), item("gamma school", "training")]


def chosen(**facets: str) -> Asked:
    return Asked(chosen={name: (key,) for name, key in facets.items()})


def test_criteria_are_listed_by_their_codes(client: httpx.Client) -> None:
    codes = [row["code"] for row in csv.DictReader(io.StringIO(client.get("/fr/criteria.csv").text))]
    assert codes == sorted(codes)
    assert codes[:2] == ["C1", "C1.1"]


def test_words_are_all_needed_and_accents_are_not() -> None:
    assert [i.label for i in select(PRACTICES, ITEMS, Asked("FUND bêta")).items] == ["beta fund"]


def test_a_facet_counts_what_each_of_its_choices_would_leave() -> None:
    found = select(PRACTICES, ITEMS, chosen(theme="training"))
    assert [i.label for i in found.items] == ["beta fund", "gamma school"]
    assert [(c.choice.key, c.count, c.chosen) for c in found.facets["theme"]] == [
        ("training", 2, True), ("financing", 2, False)]


def test_choices_of_one_facet_add_up() -> None:
    found = select(PRACTICES, ITEMS, Asked(chosen={"theme": ("training", "financing")}))
    assert found.total == 3


def test_taking_a_choice_again_takes_it_away() -> None:
    found = select(PRACTICES, ITEMS, chosen(theme="training"))
    assert [c.address for c in found.facets["theme"]] == ["?", "?theme=training&theme=financing"]


def test_pages_hold_25() -> None:
    many = [item(f"practice {n:03}") for n in range(60)]
    found = select(PRACTICES, many, Asked(page=3))
    assert (found.pages, len(found.items), found.total) == (3, 10, 60)


@pytest.mark.parametrize(("given", "words"), [
    ([("colour", "red")], "there is no parameter 'colour'"), ([("page", "0")], "page"), ([("page", "x")], "page"),
])
def test_what_the_list_does_not_have_is_refused(given: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Asked.read(PRACTICES, given)


@pytest.mark.parametrize("asked", [chosen(theme="cooking"), Asked(page=2)])
def test_a_value_nobody_has_and_a_page_there_is_not_are_refused(asked: Asked) -> None:
    with pytest.raises(InputError):
        select(PRACTICES, ITEMS, asked)


class Rows(HTMLParser):
    """The names in the table of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self._in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "th" and ("scope", "row") in attrs:
            self._in = True
            self.names.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag != "th"

    def handle_data(self, data: str) -> None:
        if self._in:
            self.names[-1] += data


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(COLLECTIONS))
def test_page_json_and_csv_hold_the_same(client: httpx.Client, name: str) -> None:
    found = client.get(f"/{name}.json").json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"/{name}.csv").text)))
    page = Rows()
    page.feed(client.get(f"/{name}", headers={"Accept": "text/html"}).text)
    assert page.names == [result["label"] for result in found["results"]]
    assert len(rows) == found["total"] > 0
    assert [row["id"] for row in rows][:25] == [result["id"] for result in found["results"]]


@pytest.mark.slow
def test_the_list_agrees_with_sparql(client: httpx.Client) -> None:
    theme = "https://w3id.org/pooling4clusters/scheme/theme/financing"
    query = f"SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE {{ ?p a p4c:Practice ; p4c:theme <{theme}> }}"
    said = client.get("/sparql", params={"query": query}).json()["results"]["bindings"][0]["n"]["value"]
    assert client.get("/practices.json?theme=financing").json()["total"] == int(said)


@pytest.mark.slow
def test_names_are_in_the_language_of_the_page(client: httpx.Client) -> None:
    facets = {name: client.get(f"/{name}/criteria.json").json()["results"][0]["label"] for name in ("en", "fr")}
    assert facets["en"] != facets["fr"]


@pytest.mark.slow
def test_a_choice_of_terms_has_the_same_address_in_both_languages(client: httpx.Client) -> None:
    choices = {name: client.get(f"/{name}/sources.json").json()["facets"]["terms"] for name in ("en", "fr")}
    assert {choice["value"] for choice in choices["en"]} == {choice["value"] for choice in choices["fr"]}
    assert len(choices["fr"]) > 10
