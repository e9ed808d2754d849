"""The SPARQL page: YASGUI where it is installed, a text area where not, and nothing a result says is ever run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import quote

import pytest
from requirement import missing
from seeing import Seen
from test_browser import serious

from p4c_graph.web.sparql_page import has_editor

pytestmark = pytest.mark.slow
Visit = Callable[..., AbstractContextManager[Seen]]

PAYLOADS = (
    "<img src=x onerror=window.hit=1>", "<svg onload=window.hit=1>", "<script>window.hit=1</script>",
    "\\\"><img src=x onerror=window.hit=1>", "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "javascript:window.hit=1",
)
"""What was reported against YASGUI: HTML in values (#220), in names of variables (#221), in the endpoint (#227)."""


@pytest.fixture(autouse=True)
def editor() -> None:
    if not has_editor():
        missing("editor", "the SPARQL editor is not installed (make editor)")


def refused_only(seen: Seen) -> None:
    """The editor parses values to sort them; what that would run the policy of the page refuses, and only that."""
    assert all("Content Security Policy" in complaint for complaint in seen.complaints)
    seen.complaints.clear()


def run(seen: Seen, query: str) -> None:
    """Opens a query in the editor and runs it there."""
    seen.go(f"/sparql?query={quote(query)}")
    seen.page.locator(".yasqe_queryButton").click()
    seen.page.wait_for_selector(".yasr_results table tbody tr, .yasr_results pre, .yasr_results .errorResult")


def test_the_editor_asks_and_shows(visit: Visit) -> None:
    with visit() as seen:
        run(seen, "SELECT ?p ?l { ?p a p4c:Practice ; rdfs:label ?l } ORDER BY ?p LIMIT 3")
        assert seen.page.locator(".yasr_results tbody tr").count() == 3
        assert not seen.page.locator("#query-form").is_visible()
        assert serious(seen.page) == []


def test_a_prefix_is_declared_when_it_is_used(visit: Visit) -> None:
    """The server knows it; the editor would mark it as wrong."""
    with visit() as seen:
        seen.go("/sparql?query=" + quote('SELECT * { ?s a p4c:Practice ; rdfs:label "dct:title"@en }'))
        shown = seen.page.locator(".CodeMirror").first
        assert shown.inner_text().count("PREFIX") == 2
        assert not seen.page.locator(".parseErrorIcon").count()
        shown.click()
        seen.page.keyboard.press("Control+End")
        seen.page.keyboard.type(" # skos:Concept")
        assert "PREFIX skos:" in shown.inner_text()


def test_in_the_dark_the_editor_is_dark(visit: Visit) -> None:
    with visit() as seen:
        seen.page.emulate_media(color_scheme="dark")
        run(seen, "SELECT ?p ?l { ?p a p4c:Practice ; rdfs:label ?l } ORDER BY ?p LIMIT 3")
        bright = seen.page.evaluate(r"""() => [...document.querySelectorAll("#editor *")].filter(part => {
            const [r, g, b, a] = getComputedStyle(part).backgroundColor.match(/[\d.]+/g).map(Number)
            return a !== 0 && r + g + b > 600 && part.checkVisibility() && !part.closest(".notification")
        }).map(part => part.className)""")
        assert bright == []
        assert serious(seen.page) == []


def test_terms_of_the_data_are_offered(visit: Visit) -> None:
    with visit() as seen:
        seen.go("/sparql")
        seen.page.locator(".CodeMirror").click()
        seen.page.keyboard.press("Control+A")
        seen.page.keyboard.type("SELECT * WHERE { ?p a p4c:ClusterIn")
        seen.page.keyboard.press("Control+Space")
        seen.page.wait_for_selector(".CodeMirror-hints")
        assert "p4c:ClusterInitiative" in seen.page.locator(".CodeMirror-hints").inner_text()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_in_a_value_is_text(visit: Visit, payload: str) -> None:
    with visit() as seen:
        run(seen, f'SELECT ?x ?y ?z {{ BIND("{payload}" AS ?x) BIND(STRDT("{payload}", rdf:HTML) AS ?y) '
                  f'BIND(STRLANG("{payload}", "en") AS ?z) }}')
        seen.page.wait_for_timeout(200)
        assert seen.page.evaluate("window.hit") is None
        shown = seen.page.locator(".yasr_results td").nth(1).inner_text()
        assert shown == payload.replace('\\"', '"')
        refused_only(seen)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_in_the_name_of_a_variable_is_text(visit: Visit, payload: str) -> None:
    """No server gives such names; this one is made to."""
    body = json.dumps({"head": {"vars": [payload]}, "results": {"bindings": [{}]}})
    with visit() as seen:
        seen.go("/sparql")
        seen.page.route("**/sparql?query=*", lambda route: route.fulfill(
            body=body, content_type="application/sparql-results+json"))
        seen.page.locator(".yasqe_queryButton").click()
        seen.page.wait_for_timeout(500)
        assert seen.page.evaluate("window.hit") is None
        assert seen.page.locator(".yasr_results script, .yasr_results [onerror], .yasr_results [onload]").count() == 0
        refused_only(seen)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_endpoint_in_the_address_is_not_taken(visit: Visit, payload: str) -> None:
    with visit() as seen:
        seen.go(f"/sparql#query=ASK%7B%7D&endpoint={quote(payload)}")
        seen.page.wait_for_timeout(200)
        assert seen.page.evaluate("window.hit") is None
        asked = []
        seen.page.on("request", lambda request: asked.append(request.url))
        seen.page.locator(".yasqe_queryButton").click()
        seen.page.wait_for_timeout(300)
        assert asked
        assert all(url.startswith(f"{seen.origin}/sparql?") for url in asked)


@pytest.mark.parametrize("javascript", [True, False])
def test_without_it_there_is_a_text_area_and_a_table(visit: Visit, javascript: bool) -> None:
    with visit(javascript=javascript) as seen:
        if javascript:
            seen.page.route("**/static/vendor/*.js", lambda route: route.fulfill(
                body="", content_type="text/javascript"))
        seen.go("/sparql")
        seen.page.locator("#query").fill("SELECT ?l { ?p a p4c:Catalogue ; rdfs:label ?l }")
        seen.follow(seen.page.get_by_role("button", name="Run"))
        assert seen.page.locator("#answer tbody tr").count() == 2
        seen.page.locator("#query").fill("SELECT ?l {")
        seen.follow(seen.page.get_by_role("button", name="Run"))
        assert "line 1" in seen.page.get_by_role("alert").inner_text()


def test_the_lock_file_names_no_registry(root: object) -> None:
    lock = (root / "package-lock.json").read_text("utf-8")  # type: ignore[operator]
    assert "resolved" not in lock
    assert "integrity" in lock
