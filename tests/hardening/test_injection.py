"""Markup in names, titles and descriptions stays text on every page, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from servers import serving

from p4c_graph.intake.rdf import FORMATS, parse
from p4c_graph.namespaces import DCT, RDFS, SKOS
from p4c_graph.pipeline import build
from p4c_graph.settings import load
from p4c_graph.terms import Minter

pytestmark = pytest.mark.slow
MINT = Minter()
RESOURCES = MINT.resources
PAYLOADS = (
    "<xss-probe>", "\"><xss-probe onfocus=alert(1) autofocus>", "'><xss-probe>", "</script><xss-probe>",
    "</title><xss-probe>", "</textarea><xss-probe>", "<svg/onload=alert(1)>", "<img src=x onerror=alert(1)>",
    "{{7*7}}<xss-probe>", "<!--<xss-probe>", "]]><xss-probe>", "&lt;xss-probe&gt;<xss-probe>", "</style><xss-probe>",
    "<a href=javascript:alert(1)>x</a>", "<iframe srcdoc='<xss-probe>'>", "`<xss-probe>`", "\u2028<xss-probe>",
)
TEXTS = {RDFS.label, SKOS.prefLabel, DCT["title"], DCT.description, DCT.rights, SKOS.note, SKOS.altLabel}
PAGES = (
    "/", "/practices", "/regions", "/organisations", "/field-tests", "/applications", "/catalogue", "/criteria",
    "/sources", "/queries", "/about", "/dataset", "/match", "/sparql", "/ontology", "/search?q=%3Cxss-probe%3E",
    "/practices?q=%22%3E%3Cxss-probe%3E", "/match?region=%3Cxss-probe%3E", "/nowhere/%3Cxss-probe%3E",
    "/sparql?query=%3C/textarea%3E%3Cxss-probe%3E", "/queries/practices-search?text=%22%3E%3Cxss-probe%3E",
)


@pytest.fixture(scope="module")
def poisoned(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A store in which every text is followed by markup, and the resources it describes."""
    folder = tmp_path_factory.mktemp("markup")
    example = (root / "tests" / "fixtures" / "valid.trig").read_text("utf-8").partition("    # The model.")[0] + "}\n"
    payloads = cycle(PAYLOADS)
    quads = [_poisoned(quad, payloads) for quad in parse(example.encode(), FORMATS[".trig"], MINT, source="example")]
    (folder / "poisoned.nq").write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    build(load(store=folder / "store"), [folder / "poisoned.nq"], facts=False)
    return folder / "store", sorted({iri for q in quads if (iri := str(q.subject)[1:-1]).startswith(RESOURCES)})


def _poisoned(quad: ox.Quad, payloads: Iterator[str]) -> ox.Quad:
    value = quad.object
    if not isinstance(value, ox.Literal) or quad.predicate.value not in TEXTS:
        return quad
    text = f"{value.value} {next(payloads)}"
    literal = ox.Literal(text, language=value.language) if value.language else ox.Literal(text)
    return ox.Quad(quad.subject, quad.predicate, literal, quad.graph_name)


class Suspicious(HTMLParser):
    """Collects what no page of ours has: the probe, handlers, scripts in the text, addresses that run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("xss-probe", "iframe", "object", "embed", "base"):
            self.found.append(tag)
        if tag == "script" and "src" not in given and given.get("type") != "application/ld+json":
            self.found.append("script in the text")
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src", "action") and "script:" in (value or "").lower()):
                self.found.append(f"{tag} {name}={value}")


def test_markup_in_data_and_addresses_stays_text(poisoned: tuple[Path, list[str]]) -> None:
    store, resources = poisoned
    docs = [f"/doc/{iri.removeprefix(RESOURCES)}" for iri in resources]
    shown = 0
    with serving(store) as address, httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        for language in ("en", "fr"):
            for path in [*PAGES, *docs]:
                answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
                assert answer.status_code < 500 or answer.status_code == 503, (path, answer.text[:300])
                if not answer.headers["content-type"].startswith("text/html"):
                    continue
                page = Suspicious()
                page.feed(answer.text)
                assert not page.found, f"{path}: {page.found}"
                policy = answer.headers["content-security-policy"]
                assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
                shown += "xss-probe" in answer.text
    assert shown > len(docs), "the markup is there, as text"
