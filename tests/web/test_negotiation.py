"""Which format and which language a request gets: pure functions of headers."""

from __future__ import annotations

import pytest

from p4c_graph.errors import InputError
from p4c_graph.store import formats
from p4c_graph.web.negotiation import NotAcceptable, Offer, negotiate, negotiate_language

OFFERS = (
    Offer("json", "application/json"), Offer("csv", "text/csv"), Offer("ttl", "text/turtle", ("application/x-turtle",)),
    Offer("html", "text/html", ("application/xhtml+xml",)),
)
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "application/rdf+xml,text/html;q=0.4,application/xhtml+xml;q=0.4,text/turtle;q=0.9,*/*;q=0.1"
JENA = ("text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
        "application/trig,*/*;q=0.3")


@pytest.mark.parametrize(("accept", "expected"), [
    # Nothing is asked for: the server's first choice.
    (None, "json"), ("", "json"), ("  ", "json"), ("*/*", "json"), ("*", "json"),
    # One is asked for, in whatever spelling.
    ("text/csv", "csv"), ("TEXT/CSV", "csv"), ("text/csv ", "csv"), ("text/csv,", "csv"),
    # Parameters tell none of our formats apart.
    ("text/csv;charset=utf-8", "csv"), ("text/csv;charset=UTF-8;q=0.9, text/html;q=0.8", "csv"),
    ("text/html;level=1, text/csv;q=0.1", "html"), ('text/turtle;version="1.2"', "ttl"),
    # Aliases.
    ("application/x-turtle", "ttl"), ("application/xhtml+xml", "html"),
    # q values.
    ("text/csv;q=0.5, text/html", "html"), ("text/turtle;q=0.9, text/csv;q=0.8", "ttl"),
    ("text/csv;q=0.001, image/png", "csv"), ("text/csv;q=1.000, application/json;q=0.999", "csv"),
    ("application/json;q=0.2, text/html;q=0.3, text/csv;q=0.4", "csv"),
    # Equal q: the server's order, whatever the client's.
    ("application/json, text/csv", "json"), ("text/csv, application/json", "json"), ("text/html, text/csv", "csv"),
    # Wildcards.
    ("text/*", "csv"), ("application/*", "json"), ("text/*;q=0.5, application/json;q=0.4", "csv"),
    ("image/*, text/*;q=0.1", "csv"), ("application/xml, */*;q=0.1", "json"),
    # The most specific range decides, even where another has a higher q.
    ("text/*, text/csv;q=0.1", "ttl"), ("*/*, application/json;q=0.1", "csv"), ("text/*;q=0.3, */*;q=0.5", "json"),
    ("text/html;q=0.2, text/*;q=0.9, */*;q=0.1", "csv"),
    # q=0 excludes.
    ("application/json;q=0, */*", "csv"), ("text/*, text/csv;q=0", "ttl"), ("text/*;q=0, */*", "json"),
    ("*/*;q=0, text/csv", "csv"), ("application/json;q=0.0, text/*;q=0.000, text/turtle;q=0.1", "ttl"),
    # A refused own type is not given under an alias, a refused alias is not given for a wildcard.
    ("text/turtle;q=0, application/x-turtle, text/csv;q=0.1", "csv"), ("application/xhtml+xml;q=0, text/html", "html"),
    # Clients as they are.
    (CHROME, "html"), (SAFARI, "html"), (RDFLIB, "ttl"), (JENA, "ttl"),
    # What cannot be read is no wish.
    ("text/csv;q=high", "json"), ("text/csv;q=7, text/html", "html"),
])
def test_accept_picks_the_best_that_exists(accept: str | None, expected: str) -> None:
    assert negotiate(accept, None, OFFERS).name == expected


@pytest.mark.parametrize(("form", "accept", "expected"), [
    ("SELECT", None, "json"), ("SELECT", "application/json", "json"), ("SELECT", "application/xml", "xml"),
    ("SELECT", "text/*", "csv"), ("ASK", "text/tab-separated-values", "tsv"),
    ("SELECT", "application/sparql-results+json;q=0, */*", "xml"),
    ("SELECT", "application/sparql-results+xml;q=0.9, application/sparql-results+json;q=0.8", "xml"),
    ("CONSTRUCT", None, "ttl"), ("CONSTRUCT", "application/json", "jsonld"), ("CONSTRUCT", "text/plain", "nt"),
    ("DESCRIBE", "application/xml", "rdf"), ("CONSTRUCT", 'application/ld+json;profile="#compacted"', "jsonld"),
    ("CONSTRUCT", RDFLIB, "rdf"), ("CONSTRUCT", JENA, "ttl"), ("CONSTRUCT", "text/*", "ttl"),
])
def test_each_form_of_query_has_its_own_formats(form: formats.Form, accept: str | None, expected: str) -> None:
    assert negotiate(accept, None, formats.for_form(form)).name == expected


@pytest.mark.parametrize(("wanted", "expected"), [
    ("csv", "csv"), ("CSV", "csv"), (" csv", "csv"), ("text/csv", "csv"), ("application/x-turtle", "ttl"),
    ("application/xhtml xml", "html"),  # from ?format=application/xhtml+xml
])
def test_the_format_parameter_wins_over_accept(wanted: str, expected: str) -> None:
    assert negotiate("application/json", wanted, OFFERS).name == expected


@pytest.mark.parametrize(("accept", "wanted", "parameter"), [
    ("image/png", None, "Accept"), ("*/*;q=0", None, "Accept"), ("application/*;q=0, image/*", None, "Accept"),
    ("text/x", None, "Accept"), ("csv", None, "Accept"), ("text/turtle;q=0, application/x-turtle", None, "Accept"),
    ("text/html", "xlsx", "format"), (None, "", "format"), ("text/html", "text/*", "format"),
])
def test_what_does_not_exist_is_refused_with_what_does(accept: str | None, wanted: str | None, parameter: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        negotiate(accept, wanted, OFFERS)
    assert refused.value.available == ["application/json", "text/csv", "text/turtle", "text/html"]
    assert refused.value.parameter == parameter


@pytest.mark.parametrize(("header", "wanted", "expected"), [
    (None, None, "en"), ("", None, "en"), ("*", None, "en"), ("fr", None, "fr"), ("FR", None, "fr"), ("en", None, "en"),
    ("fr-FR, en;q=0.5", None, "fr"), ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", None, "fr"),
    ("fr_CA", None, "fr"),
    ("en-GB;q=0.4, fr-CA", None, "fr"), ("de, fr;q=0.5", None, "fr"), ("en, fr", None, "en"), ("fr, en", None, "en"),
    ("fr;q=0.9, en;q=0.8", None, "fr"), ("fr;q=0, *", None, "en"), ("en;q=0, *", None, "fr"),
    ("fr-FR;q=0.3, fr", None, "fr"),
    ("de", None, "en"), ("en;q=0", None, "en"), ("frisian", None, "en"), (";;", None, "en"),
    ("fr", "en", "en"), ("en", "FR", "fr"), (None, "fr", "fr"),
])
def test_the_language_is_the_parameter_or_the_best_of_the_header(
    header: str | None, wanted: str | None, expected: str
) -> None:
    assert negotiate_language(header, wanted) == expected


def test_a_language_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError, match="lang=de does not exist; expected en or fr"):
        negotiate_language("fr", "de")
