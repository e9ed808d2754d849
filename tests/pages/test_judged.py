"""Facts, their sources and partners' judgements on a practice's page, over the small example."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(small_store: Path) -> Iterator[httpx.Client]:
    with serving(small_store) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


def judged_practice(client: httpx.Client) -> str:
    found = client.get("/sparql", params={"query": "SELECT ?p { ?e a p4c:Evaluation ; p4c:onPractice ?p } LIMIT 1"})
    return str(found.json()["results"]["bindings"][0]["p"]["value"].rsplit("/", 1)[-1])


def test_judgements_are_shown_by_criterion_with_the_scale_and_the_mean(small: httpx.Client) -> None:
    slug = judged_practice(small)
    page = small.get(f"/doc/practice/{slug}", headers={"Accept": "text/html"}).text
    assert "Partners' judgements by criterion" in page.replace("&#39;", "'")
    assert 'class="bar"' in page


def test_a_page_says_unknown_where_nothing_is_known(small: httpx.Client) -> None:
    page = small.get("/about", headers={"Accept": "text/html"})
    assert page.status_code == 200
    regions = small.get("/regions.json").json()["results"]
    address = f"/doc/region/{regions[0]['id'].rsplit('/', 1)[-1]}"
    assert 'class="unknown"' in small.get(address, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("path", [
    "/", "/practices", "/regions", "/organisations", "/field-tests", "/catalogue", "/sources", "/criteria", "/match",
    "/about", "/ontology", "/queries", "/search?q=a", "/compare",
])
def test_pages_hold_with_very_little_data(small: httpx.Client, path: str) -> None:
    assert small.get(path, headers={"Accept": "text/html"}).status_code == 200


def test_what_was_withdrawn_leads_to_what_replaces_it(small: httpx.Client) -> None:
    answer = small.get("/fr/doc/practice/stand", headers={"Accept": "text/html"})
    assert answer.status_code == 410
    assert '<a class="button" href="/fr/doc/practice/booth">Vers ce qui le remplace</a>' in answer.text
