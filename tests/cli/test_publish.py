"""``p4c publish``: the site as files."""

from __future__ import annotations

import gzip
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import orjson
import pyoxigraph as ox
import pytest

from p4c_graph.pipeline import change
from p4c_graph.publish.sitemap import FIGURES
from p4c_graph.settings import load
from p4c_graph.store.draft import Draft
from p4c_graph.store.snapshots import Snapshots

pytestmark = pytest.mark.slow
BASE = "https://p4c.example.org/graph"
RDF = {
    ".ttl": ox.RdfFormat.TURTLE, ".jsonld": ox.RdfFormat.JSON_LD, ".rdf": ox.RdfFormat.RDF_XML,
    ".nt": ox.RdfFormat.N_TRIPLES,
}
GRAPH = "https://w3id.org/pooling4clusters/graph/notes/verified"
PRACTICE = "https://w3id.org/pooling4clusters/id/practice/booth"


def publish(p4c: str, store: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [p4c, "publish", str(folder), "--store", str(store), "--json", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "COLUMNS": "100"})


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def store(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(small_store, tmp_path_factory.mktemp("publish") / "store")


@pytest.fixture(scope="module")
def copy(p4c: str, store: Path) -> Path:
    """A whole copy of the small site."""
    folder = store.parent / "site"
    done = publish(p4c, store, folder, "--base", BASE)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_link_on_every_page_resolves(copy: Path) -> None:
    checked = 0
    ids: dict[Path, set[str]] = {}
    for path in copy.rglob("*.html"):
        for link in re.findall(r'<\w+\b[^>]*?\s(?:href|src|action)="([^"]*)"', path.read_text("utf-8")):
            parts = urlsplit(unescape(link))
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path, link)
            assert target.is_relative_to(copy.resolve())
            if parts.fragment and target.suffix == ".html":
                if target not in ids:
                    ids[target] = set(re.findall(r'\bid="([^"]*)"', target.read_text("utf-8")))
                assert unquote(parts.fragment) in ids[target], (path, link)
            checked += 1
    assert checked > 10_000


def test_every_document_parses_and_its_formats_say_the_same(copy: Path) -> None:
    for page in (copy / "doc" / "practice").glob("*.ttl"):
        said = {
            ending: {q.triple for q in ox.parse(path=page.with_suffix(ending), format=format)}
            for ending, format in RDF.items() if ending != ".jsonld"
        }
        assert said[".ttl"] == said[".rdf"] == said[".nt"]
    for path in copy.rglob("*"):
        if (format := RDF.get(path.suffix)) and path.suffix != ".jsonld":
            assert sum(1 for _ in ox.parse(path=path, format=format)) > 0, path
        elif path.suffix in (".json", ".jsonld"):
            orjson.loads(path.read_bytes())
    assert gzip.decompress((copy / "dumps" / "all.ttl.gz").read_bytes())


def test_every_resource_but_single_figures_has_its_document_and_pages(copy: Path) -> None:
    """Whatever a statement names, as its subject or object, that was not withdrawn."""
    start = "https://w3id.org/pooling4clusters/id/"
    with gzip.open(copy / "dumps" / "all.ttl.gz") as packed:
        named = {term.value for triple in ox.parse(packed.read(), format=ox.RdfFormat.TURTLE)
                 for term in (triple.subject, triple.object) if isinstance(term, ox.NamedNode)}
    names = {iri.removeprefix(start).partition("#")[0] for iri in named if iri.startswith(start)}
    kinds = {name.partition("/")[0] for name in names}
    assert {"condition", "evaluation", "identifier", "model", "partnership", "question", "suitability"} <= kinds
    left_out = {name for name in names if name.partition("/")[0] in FIGURES} | {"practice/stand"}
    for name in names - left_out:
        for file in (f"doc/{name}.ttl", f"doc/{name}.json", f"en/doc/{name}.html", f"fr/doc/{name}.html"):
            assert (copy / file).is_file(), file
    assert not any((copy / "doc" / f"{name}.ttl").exists() for name in left_out)
    assert re.search(r"practice/stand.* - \[G\]", (copy / ".htaccess").read_text("utf-8"))


def test_both_languages_and_what_machines_look_for_are_there(copy: Path) -> None:
    for name in (
        "index.html", "en/index.html", "fr/index.html", "en/doc/practice/booth.html", "fr/doc/practice/booth.html",
        "doc/practice/booth.ttl", "doc/scheme/theme/financing.jsonld", "ontology.ttl", "en/ontology/Practice.html",
        "dataset.ttl", ".well-known/void", "dumps/all.nq.gz", "sitemap.xml", "robots.txt", ".htaccess", "nginx.conf",
    ):
        assert (copy / name).is_file(), name
    listed = re.findall(rf"{BASE}/([^<\"]*)", (copy / "sitemap.xml").read_text("utf-8"))
    assert len(listed) > 100
    assert [name for name in listed if not (copy / unquote(name)).is_file()] == []
    page = (copy / "fr/doc/practice/booth.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{BASE}/fr/doc/practice/booth.html">' in page
    assert 'lang="fr"' in (copy / "fr/doc/practice/booth.html").read_text("utf-8")
    assert f"{BASE}/dataset" in (copy / "dataset.ttl").read_text("utf-8")


def test_what_changed_since_a_snapshot_gives_the_same_bytes_as_a_whole_copy(
    p4c: str, store: Path, copy: Path, tmp_path: Path
) -> None:
    before = Snapshots(store).current()
    renamed = ox.Quad(
        ox.NamedNode(PRACTICE), ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label"),
        ox.Literal("Stand commun", language="fr"), ox.NamedNode(GRAPH))
    change(load(store=store), lambda draft: _add(draft, renamed), title="A French name")
    part = shutil.copytree(copy, tmp_path / "part")
    done = publish(p4c, store, part, "--base", BASE, "--since", before.id)
    assert done.returncode == 0, done.stderr
    told = orjson.loads(done.stdout)
    assert 0 < told["written"] < told["files"] / 2
    assert publish(p4c, store, tmp_path / "whole", "--base", BASE).returncode == 0
    times = {name: (part / name).stat().st_mtime_ns for path in copy.rglob("*.ttl") if (name := path.relative_to(copy))}
    kept = [path for path, time in times.items() if (copy / path).stat().st_mtime_ns == time]
    assert len(kept) > len(times) / 2
    assert "Stand commun" in (part / "fr/doc/practice/booth.html").read_text("utf-8")
    assert contents(part) == contents(tmp_path / "whole")
    assert publish(p4c, store, part, "--base", BASE, "--since", before.id).returncode == 2


def _add(draft: Draft, quad: ox.Quad) -> None:
    draft.add([quad])


def test_a_folder_that_holds_something_else_is_left_alone(p4c: str, store: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    done = publish(p4c, store, tmp_path, "--base", BASE)
    assert (done.returncode, "holds other files" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_address_of_the_copy_must_be_known(p4c: str, store: Path, tmp_path: Path) -> None:
    done = publish(p4c, store, tmp_path / "site")
    assert (done.returncode, "--base" in done.stderr) == (2, True)


@pytest.fixture
def plain_host(copy: Path) -> Iterator[str]:
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(copy))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_it_works_on_a_plain_file_host(plain_host: str) -> None:
    home = httpx.get(f"{plain_host}/en/")
    assert home.status_code == 200
    link = re.search(r'href="([^"]*practices\.html)"', home.text)
    assert link
    listed = httpx.get(str(httpx.URL(f"{plain_host}/en/index.html").join(link[1])))
    assert "Collective booth" in listed.text
