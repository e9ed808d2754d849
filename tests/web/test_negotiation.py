"""Which format a request gets."""

from __future__ import annotations

import pytest

from p4c_graph.web.negotiation import NotAcceptable, Offer, negotiate

OFFERS = (
    Offer("json", "application/json"), Offer("csv", "text/csv"), Offer("ttl", "text/turtle", ("application/x-turtle",)),
    Offer("html", "text/html", ("application/xhtml+xml",)),
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(("accept", "expected"), [
    (None, "json"), ("", "json"), ("*/*", "json"), (BROWSER, "html"), ("text/csv", "csv"), ("TEXT/CSV", "csv"),
    ("text/*", "csv"), ("text/*;q=0.5, application/json;q=0.4", "csv"), ("text/csv;q=0.5, text/html", "html"),
    ("application/json;q=0, */*", "csv"), ("application/x-turtle", "ttl"), ("text/turtle;q=0.9, text/csv;q=0.8", "ttl"),
    ("text/*, text/csv;q=0", "ttl"), ("application/xml, */*;q=0.1", "json"),
    ("text/html;level=1, text/csv;q=0.1", "csv"),
    ("application/json, text/csv", "json"), ("text/csv, application/json", "json"),
])
def test_accept_picks_the_best_that_exists(accept: str | None, expected: str) -> None:
    assert negotiate(accept, None, OFFERS).name == expected


@pytest.mark.parametrize(("wanted", "expected"), [
    ("csv", "csv"), ("CSV", "csv"), ("text/csv", "csv"), ("application/x-turtle", "ttl"),
])
def test_the_format_parameter_wins_over_accept(wanted: str, expected: str) -> None:
    assert negotiate("text/html", wanted, OFFERS).name == expected


@pytest.mark.parametrize(("accept", "wanted"), [
    ("image/png", None), ("*/*;q=0", None), ("text/html", "xlsx"), (None, ""), ("application/*;q=0, image/*", None),
])
def test_what_does_not_exist_is_refused_with_what_does(accept: str | None, wanted: str | None) -> None:
    with pytest.raises(NotAcceptable) as refused:
        negotiate(accept, wanted, OFFERS)
    assert refused.value.available == ["application/json", "text/csv", "text/turtle", "text/html"]
