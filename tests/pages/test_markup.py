"""Every kind of page: valid HTML, in its language, strict about what it may load, of a decent size, quick."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import html5rdf
import httpx
import pytest
from kinds import PAGES, expected_status

from p4c_graph.languages import LANGUAGES

pytestmark = pytest.mark.slow
ASKS_FOR_PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Outline(HTMLParser):
    """The parts of a page that tests look at."""

    def __init__(self) -> None:
        super().__init__()
        self.language: str | None = None
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang")
        self.ids += [given["id"]] if given.get("id") else []
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag in ("script", "img", "iframe") and given.get("src"):
            self.loaded.append(str(given["src"]))
        if tag == "link" and given.get("rel") in ("stylesheet", "icon"):
            self.loaded.append(str(given["href"]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/ld+json") else []


def outline(client: httpx.Client, path: str) -> tuple[httpx.Response, Outline]:
    answer, found = client.get(path, headers=ASKS_FOR_PAGE), Outline()
    found.feed(answer.text)
    return answer, found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_valid_and_keeps_to_itself(client: httpx.Client, name: str, language: str) -> None:
    answer, found = outline(client, f"/{language}{PAGES[name]}")
    assert answer.status_code == expected_status(name), answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    parser = html5rdf.HTMLParser()
    parser.parse(answer.text)
    assert parser.errors == []
    assert [i for i, n in Counter(found.ids).items() if n > 1] == []
    assert found.language == language == answer.headers["content-language"]
    assert found.inline == []
    assert all(address.startswith("/static/") for address in found.loaded)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert found.headings[0] == "h1"
    assert found.headings.count("h1") == 1
    own = [link for link in found.links if link.startswith("/") and not link.startswith("//")]
    assert all(re.match(rf"/{language}/|/(en|fr)/|/openapi.json$", link) for link in own)


def test_links_lead_somewhere(client: httpx.Client) -> None:
    """The export checks every link of every page; here are those of one page of each kind, some of each."""
    wanted: dict[str, str] = {}
    for name, path in PAGES.items():
        answer, found = outline(client, path)
        if answer.status_code != 200:
            continue
        shapes: Counter[str] = Counter()
        for link in found.links:
            shape = "/".join(link.partition("?")[0].split("/")[:3])
            if link.startswith("/") and shapes[shape] < 2:
                shapes[shape] += 1
                wanted.setdefault(link.partition("#")[0], name)
    broken = {link: name for link, name in wanted.items()
              if client.get(link, headers=ASKS_FOR_PAGE, follow_redirects=True).status_code != 200}
    assert broken == {}


def test_the_home_page_is_light(client: httpx.Client) -> None:
    for language in LANGUAGES:
        answer, found = outline(client, f"/{language}/")
        size = len(answer.content) + sum(len(client.get(address).content) for address in found.loaded)
        assert size < 110_000
        assert len(answer.content) < 100_000


@pytest.mark.parametrize(("header", "path", "language"), [
    ("fr", "/", "fr"), ("fr-BE,en;q=0.5", "/practices", "fr"), ("de", "/", "en"), (None, "/", "en"),
    ("fr", "/en/", "en"), ("en", "/fr/doc/region/FRL0", "fr"), ("en", "/?lang=fr", "fr"),
])
def test_the_language_comes_from_the_path_or_the_browser(
    client: httpx.Client, header: str | None, path: str, language: str
) -> None:
    headers = {**ASKS_FOR_PAGE, **({"Accept-Language": header} if header else {})}
    answer = client.get(path, headers=headers)
    assert answer.headers["content-language"] == language
    assert ("accept-language" in answer.headers["vary"].lower()) == (not path.startswith(("/en/", "/fr/")))


def test_embedded_pages_may_be_framed_and_others_may_not(client: httpx.Client) -> None:
    assert "frame-ancestors *" in client.get("/embed/match?region=FRL0").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in client.get("/match?region=FRL0", headers=ASKS_FOR_PAGE).headers[
        "content-security-policy"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP --"])
@pytest.mark.parametrize("path", ["/search", "/practices", "/match", "/compare", "/sparql", "/queries/similar-regions"])
def test_what_a_visitor_types_stays_text(client: httpx.Client, path: str, text: str) -> None:
    name = {"/search": "q", "/practices": "q", "/sparql": "query"}.get(path, "region")
    answer, found = outline(client, str(httpx.URL(path, params={name: text})))
    assert answer.status_code in (200, 400, 404)
    assert found.inline == []
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize(
    "path", ["/en/doc/organisation/fondation-sophia-antipolis", "/fr/doc/practice/tartu-science-park"])
def test_the_title_of_a_page_is_text_whatever_the_language_of_a_name(client: httpx.Client, path: str) -> None:
    title = re.search("<title>(.*)</title>", client.get(path, headers=ASKS_FOR_PAGE).text)
    assert title is not None
    assert "span" not in title[1]


@pytest.mark.parametrize(("path", "title"), [
    ("/compare?region=SI&with=MT", "Slovenia and Malta"), ("/doc/region/MT00", "Malta (MT00)"),
    ("/regions?page=2", "Regions · Page 2 of 84"),
    ("/doc/graph/looveesti-tartu-cluster/verified", "Source graph looveesti-tartu-cluster/verified"),
])
def test_a_title_tells_a_page_from_its_likes(client: httpx.Client, path: str, title: str) -> None:
    assert f"<title>{title} · " in client.get(f"/en{path}", headers=ASKS_FOR_PAGE).text


def test_a_name_that_fits_several_is_asked_about_in_the_language_of_the_page(client: httpx.Client) -> None:
    page = client.get("/fr/match?region=Limburg", headers=ASKS_FOR_PAGE).text
    assert '<p class="lead" role="alert">Plusieurs régions s&#39;appellent « Limburg ».</p>' in page
    assert 'href="/fr/match?region=NL42"' in page


def test_a_ranking_names_each_source_once_and_in_french_its_places_in_french(client: httpx.Client) -> None:
    page = client.get("/fr/match?region=FRL0&limit=40", headers=ASKS_FOR_PAGE).text
    for sources in re.findall("Sources: (.*?)</p>", page):
        assert len(re.findall("<a ", sources)) == len(set(re.findall('href="(.*?)"', sources)))
    assert "Pays-Bas (NL)" in page
    assert not re.search(r"similarité \d\.", page)


@pytest.mark.parametrize(("path", "words"), [
    ("/match?region=Stutgart", "Aucune région n&#39;a le code ou le nom « Stutgart »"),
    ("/match?region=FRL0&limit=x", "limit vaut « x » ; attendu : un nombre entier."),
    ("/match?region=FRL0&limit=0", "limit vaut « 0 » ; attendu : un nombre à partir de 1."),
    ("/match?region=FRL0&order=best", "order vaut « best » ; attendu : &#39;cautious&#39;"),
    ("/match?practice=nothing", "Aucune pratique ne s&#39;appelle « nothing »"),
    ("/practices?colour=red", "Le paramètre « colour » n&#39;existe pas ; attendu : country"),
    ("/doc/practice/nowhere", "On ne sait rien de https://"), ("/nowhere", "Il n&#39;y a pas de page à l&#39;adresse"),
    ("/queries/nothing", "Il n&#39;y a pas de question &#39;nothing&#39;."),
    ("/queries/who-to-visit?region=Stutgart", "Aucune région n&#39;a le code"),
])
def test_what_is_wrong_is_said_in_the_language_of_the_page(client: httpx.Client, path: str, words: str) -> None:
    assert words in client.get(f"/fr{path}", headers=ASKS_FOR_PAGE).text
    assert words not in client.get(f"/en{path}", headers=ASKS_FOR_PAGE).text


def test_what_is_noted_of_a_figure_is_said_in_words(client: httpx.Client) -> None:
    for language, words in (("en", "provisional"), ("fr", "provisoire")):
        page = client.get(f"/{language}/doc/region/FRL0", headers=ASKS_FOR_PAGE).text
        assert words in page
        assert "eurostat p" not in page
