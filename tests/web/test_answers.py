"""What every answer says in its headers: the same rules on every route."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest

pytestmark = pytest.mark.slow
PLAIN = {"Accept-Encoding": "identity"}
NEGOTIATED = ["/match?region=MT00&limit=2", "/queries", "/queries/transfers", "/sparql?query=ASK%7B%7D", "/sparql",
              "/regions/MT00/similar"]
ROUTES = [*NEGOTIATED, "/", "/health", "/health/live", "/static/style.css", "/openapi.json", "/context.jsonld"]


@pytest.mark.parametrize("path", ROUTES)
def test_every_route_answers_head_as_get_without_a_body(client: httpx.Client, path: str) -> None:
    got, head = client.get(path, headers=PLAIN), client.head(path, headers=PLAIN)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length", "vary", "content-location", "link"):
        assert head.headers.get(name) == got.headers.get(name), name


@pytest.mark.parametrize(("path", "methods"), [
    *((path, "GET, HEAD, OPTIONS") for path in ROUTES if not path.startswith("/sparql")),
    ("/sparql", "GET, POST, HEAD, OPTIONS"), ("/queries/no-such-question", "GET, HEAD, OPTIONS"),
])
def test_every_route_answers_options_and_any_origin_may_ask(client: httpx.Client, path: str, methods: str) -> None:
    answer = client.options(path, headers={"Origin": "https://portal.example", "Access-Control-Request-Method": "GET"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == answer.headers["access-control-allow-methods"] == methods
    assert {"Authorization", "Content-Type"} <= set(answer.headers["access-control-allow-headers"].split(", "))


@pytest.mark.parametrize("path", [*ROUTES, "/nowhere", "/match", "/sparql?query=%7B"])
def test_any_origin_may_read_without_credentials(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://portal.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("POST", "/match", "GET, HEAD, OPTIONS"), ("PUT", "/sparql", "GET, POST, HEAD, OPTIONS"),
    ("DELETE", "/", "GET, HEAD, OPTIONS"),
])
def test_a_method_that_is_not_there_is_refused_with_those_that_are(
    client: httpx.Client, method: str, path: str, allow: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allow
    assert allow in answer.json()["detail"]


def test_options_of_what_does_not_exist_is_not_found(client: httpx.Client) -> None:
    assert client.options("/nowhere").status_code == 404


@pytest.mark.parametrize(("path", "headers", "status"), [
    *((path, {}, 200) for path in NEGOTIATED), ("/match?region=MT00", {"Accept": "image/png"}, 406),
    ("/match?region=Atlantis", {}, 404), ("/match?region=MT00&limit=x", {}, 400), ("/nowhere", {}, 404),
    ("/sparql?query=ASK%7B%7D", {"Accept": "text/turtle"}, 406), ("/id/region/FRL0", {}, 303),
])
def test_every_negotiated_answer_varies_on_accept(
    client: httpx.Client, path: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert "Accept" in answer.headers["vary"].split(", ")
    if status == 200:
        assert "Accept-Encoding" in answer.headers["vary"].split(", ")
        again = client.get(path, headers={**headers, "If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        assert (again.content, again.headers["vary"]) == (b"", answer.headers["vary"])


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/turtle", "application/ld+json", "text/html"])
def test_an_answer_tells_its_own_address_and_those_of_the_other_formats(client: httpx.Client, accept: str) -> None:
    answer = client.get("/match?region=MT00&limit=2", headers={"Accept": accept})
    own = answer.headers["content-location"]
    again = client.get(own, headers={"Accept": "image/png"})
    assert again.headers["content-type"] == answer.headers["content-type"]
    if accept != "text/html":  # the links of a page repeat how it was asked for
        assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])
    links = [link for link in answer.headers["link"].split(", <") if "type=" in link]
    assert len(links) == 4
    for link in links:
        address, media_type = link.lstrip("<").split(">")[0], link.split('type="')[1].split('"')[0]
        assert client.get(address).headers["content-type"].split(";")[0] == media_type != accept


def test_formats_and_languages_have_etags_of_their_own(client: httpx.Client) -> None:
    tags = {
        client.get(f"/match?region=MT00&limit=2&format={name}&lang={language}").headers["etag"]
        for name, language in (("json", "en"), ("csv", "en"), ("ttl", "en"), ("html", "en"), ("html", "fr"))
    }
    assert len(tags) == 5


@pytest.mark.parametrize(("path", "header", "language"), [
    ("/match?region=MT00&format=html", "fr-CH, en;q=0.5", "fr"), ("/match?region=MT00&format=html&lang=en", "fr", "en"),
    ("/", "fr", "fr"), ("/queries", "de, fr;q=0.1", "fr"), ("/", "de", "en"),
])
def test_a_page_is_given_in_the_language_asked_for(
    client: httpx.Client, path: str, header: str, language: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": header, "Accept": "text/html"})
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("format", ["html", "json"])
def test_a_language_that_does_not_exist_is_a_problem_that_varies_on_language(
    client: httpx.Client, format: str,
) -> None:
    answer = client.get("/match", params={"region": "MT00", "format": format, "lang": "de"})
    assert answer.status_code == 400
    assert "lang=de does not exist; expected en or fr" in answer.text
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize(("accepted", "encoding"), [
    ("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("gzip, deflate, br, zstd", "zstd"), ("br;q=0, gzip", "gzip"),
    ("identity", None), ("gzip;q=0", None),
])
def test_answers_are_compressed_as_the_client_can_take_it(
    client: httpx.Client, accepted: str, encoding: str | None
) -> None:
    with client.stream("GET", "/queries?format=ttl", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.headers["etag"].startswith("W/") == bool(encoding)
    plain = client.get("/queries?format=ttl", headers=PLAIN)
    assert answer.headers["etag"].removeprefix("W/") == plain.headers["etag"]
    assert len(raw) < len(plain.content) / 3 if encoding else raw == plain.content
    if encoding == "gzip":
        assert gzip.decompress(raw) == plain.content


def test_a_compressed_answer_is_not_sent_twice(client: httpx.Client) -> None:
    first = client.get("/queries?format=ttl", headers={"Accept-Encoding": "gzip"})
    held = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    again = client.get("/queries?format=ttl", headers=held)
    assert again.status_code == 304
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-encoding" not in again.headers


def test_tiny_answers_are_not_compressed(client: httpx.Client) -> None:
    answer = client.get("/health", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert not answer.headers["etag"].startswith("W/")


def test_a_large_answer_comes_whole(client: httpx.Client) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 20000", "format": "tsv"}
    plain = client.get("/sparql", params=query, headers=PLAIN)
    assert len(plain.content) == int(plain.headers["content-length"]) > 1_000_000
    packed = client.get("/sparql", params=query, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content


@pytest.mark.parametrize("path", [*ROUTES, "/nowhere"])
def test_every_answer_says_how_long_it_took(client: httpx.Client, path: str) -> None:
    assert "total;dur=" in client.get(path).headers["server-timing"]


def test_several_accept_headers_count_as_one(server: str) -> None:
    answer = httpx.get(f"{server}/match?region=MT00&limit=1", headers=[
        ("Accept", "application/json;q=0.1"), ("Accept", "text/csv")])
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_long_query_is_not_repeated_in_headers(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "ASK {}" + " " * 3000})
    assert answer.status_code == 200
    assert "link" not in answer.headers
    assert json.loads(answer.content)["boolean"] is True




@pytest.mark.parametrize("path", ["/match/?region=MT00&limit=1", "/queries/", "/health/live/", "/queries/transfers/"])
def test_a_slash_too_many_leads_to_the_path_without_it_on_the_same_server(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Host": "attacker.example"})
    assert answer.status_code == 308
    assert answer.headers["location"] == path.replace("/?", "?").rstrip("/")
    assert client.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere/", "//evil.example/", "//evil.example/match/", "/%2F/"])
def test_a_slash_too_many_never_leads_elsewhere(client: httpx.Client, server: str, path: str) -> None:
    answer = httpx.get(server + path)
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_what_one_page_keeps_is_not_taken_for_what_another_keeps(client: httpx.Client) -> None:
    for path in ("/sparql", "/dataset", "/dumps", "/sparql", "/about", "/ontology"):
        assert client.get(path, params={"format": "html"} if path != "/dumps" else {}).status_code == 200, path
