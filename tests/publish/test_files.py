"""Files of a static copy, and the links between them."""

from __future__ import annotations

import pytest

from p4c_graph.publish.files import addresses_in, file_of, relinked

FILES = [
    ("/", "index.html"), ("/en", "en/index.html"), ("/en/", "en/index.html"), ("/en/practices", "en/practices.html"),
    ("/en/practices?page=2", "en/practices.page-2.html"), ("/practices?format=csv", "practices.csv"),
    ("/doc/region/FRL0.ttl", "doc/region/FRL0.ttl"), ("/en/doc/region/FRL0", "en/doc/region/FRL0.html"),
    ("/en/doc/practice/caf%C3%A9", "en/doc/practice/café.html"), ("/en/doc/graph/a.b/c", "en/doc/graph/a.b/c.html"),
    ("/static/style.css", "static/style.css"), ("/dumps/all.ttl.gz", "dumps/all.ttl.gz"),
    ("/.well-known/void", ".well-known/void"), ("/context.jsonld", "context.jsonld"),
    ("/en/practices?theme=financing", None), ("/match?region=FRL0", None), ("/doc/../../etc/passwd", None),
    ("/doc/%2e%2e/x", None), ("/doc/a%00b", None), ("/doc/%FF", None), ("/doc/x.ttl?format=rdf", None),
    ("/x?format=../../y", None), ("/x?page=-1", None),
]


@pytest.mark.parametrize(("address", "file"), FILES)
def test_each_address_has_one_file_or_none(address: str, file: str | None) -> None:
    assert file_of(address) == file


PAGE = (
    '<a href="/graph/en/practices">all</a> <a class="x" href="../region/FRL0#map">region</a>'
    ' <a href="https://elsewhere.example/graph/en">out</a> <a href="/other/en">not ours</a> <a href="#here">here</a>'
    ' <link rel="stylesheet" href="/graph/static/style.css"><form action="/graph/match"><input></form>'
    ' <a href="/graph/match?region=FRL0&amp;limit=5" title="t">match</a>'
)
HERE = "/en/doc/practice/one"


def test_links_below_the_root_are_found() -> None:
    assert addresses_in(PAGE, HERE, "/graph") == [
        "/en/practices", "/en/doc/region/FRL0", "/static/style.css", "/match", "/match?region=FRL0&limit=5"]
    assert addresses_in('<a href="/en/x">', HERE, "") == ["/en/x"]


def test_links_become_relative_and_what_is_not_copied_becomes_text() -> None:
    copied = relinked(PAGE, HERE, "/graph", lambda link: None if link.startswith("/match") else file_of(link))
    assert '<a href="../../practices.html">' in copied
    assert '<a class="x" href="../region/FRL0.html#map">' in copied
    assert '<link rel="stylesheet" href="../../../static/style.css">' in copied
    assert "<form hidden>" in copied
    assert '<a title="t">match</a>' in copied
    for kept in ('href="https://elsewhere.example/graph/en"', 'href="/other/en"', 'href="#here"'):
        assert kept in copied


def test_what_is_not_copied_may_lead_to_a_server() -> None:
    served = relinked(PAGE, HERE, "/graph", lambda link: f"https://live.example{link}")
    assert '<form action="https://live.example/match">' in served
    assert 'href="https://live.example/match?region=FRL0&amp;limit=5"' in served
