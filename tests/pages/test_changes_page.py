"""The page of what changed between two snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import html5rdf
import httpx
import pyoxigraph as ox
import pytest
from servers import serving

from p4c_graph.pipeline import change
from p4c_graph.settings import load

pytestmark = pytest.mark.slow
BASE = "https://w3id.org/pooling4clusters/"
MORE = f"""
<{BASE}id/practice/ours> a <{BASE}ontology#Practice> ; <{BASE}ontology#providerUnknown> true ;
  <http://www.w3.org/2000/01/rdf-schema#label> "Our <b>help</b>"@en , "Notre aide"@fr .
"""
GONE = f"{BASE}id/recommendation/north-1"


@pytest.fixture(scope="module")
def changed(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server whose second snapshot has a practice more and a recommendation less than the first."""
    settings = load(store=shutil.copytree(small_store, tmp_path_factory.mktemp("changed") / "store"))

    def edit(draft: object) -> None:
        graph = ox.NamedNode(f"{BASE}graph/ours")
        draft.add([ox.Quad(*t.triple, graph) for t in ox.parse(MORE, format=ox.RdfFormat.TURTLE)])  # type: ignore[attr-defined]
        said = list(draft.store.quads_for_pattern(ox.NamedNode(GONE), None, None, None))  # type: ignore[attr-defined]
        draft.remove([quad for quad in said if quad.graph_name != ox.DefaultGraph()])  # type: ignore[attr-defined]

    change(settings, edit, title="One more, one less")
    with serving(settings.store) as address, httpx.Client(
            base_url=address, timeout=60, headers={"Accept": "text/html"}) as client:
        yield client


@pytest.mark.parametrize(("language", "name", "made"), [
    ("en", "Our &lt;b&gt;help&lt;/b&gt;", "created"), ("fr", "Notre aide", "créée")])
def test_it_names_what_came_and_went_in_its_language(
    changed: httpx.Client, language: str, name: str, made: str
) -> None:
    answer = changed.get(f"/{language}/changes")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    parser = html5rdf.HTMLParser()
    parser.parse(answer.text)
    assert parser.errors == []
    assert f'<a href="/{language}/doc/practice/ours">{name}</a></th><td' in answer.text
    assert f">{made}</td>" in answer.text
    assert "recommendation/north-1</th>" in answer.text, "what is gone leads nowhere"


def test_one_kind_can_be_chosen_and_the_page_is_negotiated(changed: httpx.Client) -> None:
    page = changed.get("/en/changes", params={"kind": "practice"}).text
    assert "doc/practice/ours" in page
    assert "north-1" not in page
    machines = changed.get("/changes", params={"kind": "practice", "format": "json"})
    assert machines.headers["content-type"] == "application/activity+json"
    assert {"type": "Create", "object": f"{BASE}id/practice/ours"} in machines.json()["orderedItems"]
    assert changed.get("/en/changes", params={"kind": "indicator"}).status_code == 200, "one that did not change"


@pytest.mark.parametrize(("parameter", "value", "words"), [
    ("kind", "practices", "expected what IRIs begin with, such as practice"), ("since", "yesterday", "kept are: 00"),
])
def test_a_harvester_that_asks_for_what_there_is_not_is_told(
    changed: httpx.Client, parameter: str, value: str, words: str,
) -> None:
    answer = changed.get("/changes", params={parameter: value}, headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.json()["parameter"] == parameter
    assert words in answer.json()["detail"]
    assert "/" not in answer.json()["detail"], "no folder of the server"


def test_there_is_no_page_beyond_the_last(changed: httpx.Client) -> None:
    assert changed.get("/en/changes", params={"page": 9}).status_code == 404


def test_where_one_snapshot_is_kept_it_says_so(small_store: Path) -> None:
    with serving(small_store) as address:
        answer = httpx.get(f"{address}/changes", headers={"Accept": "text/html"}, timeout=60)
    assert answer.status_code == 200
    assert "the only one kept" in answer.text
