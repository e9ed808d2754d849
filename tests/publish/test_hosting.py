"""A static copy on the two web servers it brings settings for, where these are installed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from requirement import missing
from servers import free_port

from p4c_graph.publish import hosting

pytestmark = pytest.mark.slow
FILES = (
    "en/index.html", "doc/practice/booth.ttl", "doc/practice/booth.jsonld", "en/doc/practice/booth.html",
    "fr/doc/practice/booth.html", "ontology.ttl", "fr/ontology.html", "fr/ontology/Practice.html", "dataset.ttl",
    "en/dataset.html", "fr/dataset.html", "dumps/all.ttl.gz", "en/practices.html",
)
TURTLE, PAGE = "text/turtle", "text/html,*/*;q=0.8"
CASES = [
    ("id/practice/booth", TURTLE, "en", "doc/practice/booth"),
    ("graph/notes/verified", TURTLE, "en", "doc/graph/notes/verified"),
    ("doc/practice/booth", PAGE, "fr", "fr/doc/practice/booth.html"),
    ("doc/practice/booth", PAGE, "de", "en/doc/practice/booth.html"),
    ("doc/practice/booth", TURTLE, "fr", "200 text/turtle"),
    ("doc/practice/booth", "application/ld+json", "fr", "200 application/ld+json"),
    ("doc/practice/booth.ttl", PAGE, "en", "200 text/turtle"),
    ("doc/practice/shed", TURTLE, "en", "404"),
    ("id/practice/old%20stand", PAGE, "en", "410"),
    ("doc/practice/old%20stand", TURTLE, "en", "410"),
    ("doc/practice/old%20stand.ttl", TURTLE, "en", "410"),
    ("doc/practice/old%20stands", TURTLE, "en", "404"),
    ("ontology", PAGE, "fr", "fr/ontology.html"),
    ("ontology/Practice", PAGE, "fr", "fr/ontology/Practice.html"),
    ("ontology/Practice", TURTLE, "fr", "200 text/turtle"),
    ("dataset", PAGE, "fr", "fr/dataset.html"),
    ("dataset", TURTLE, "fr", "200 text/turtle"),
    ("en/practices", PAGE, "en", "200 text/html"),
    ("id/suitability/FRL0-booth", TURTLE, "en", "dumps/all.ttl.gz"),
    ("doc/observation/FRL0-population-2018", TURTLE, "en", "dumps/all.ttl.gz"),
]
"""Path, Accept, Accept-Language → where it leads with 303, or status and type."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a copy at ``graph/``."""
    folder = tmp_path_factory.mktemp("hosted")
    folder.chmod(0o755)
    for name in FILES:
        (folder / "graph" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "graph" / name).write_text(name)
    for name, content in hosting.files("/graph", ("en", "fr"), withdrawn=["/doc/practice/old%20stand"]).items():
        (folder / "graph" / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module", params=["nginx", "apache2"])
def host(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the copy on a web server."""
    program = shutil.which(request.param, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        missing(request.param, f"{request.param} is not installed: its settings are not tried")
    work, port = tmp_path_factory.mktemp(request.param), free_port()
    settings = work / "settings.conf"
    settings.write_text((_nginx if request.param == "nginx" else _apache)(site, work, port))
    start = {"nginx": ["-e", str(work / "errors"), "-c", str(settings), "-g", "daemon off;"],
             "apache2": ["-f", str(settings), "-D", "FOREGROUND"]}[request.param]
    process = subprocess.Popen([program, *start])
    address = f"http://127.0.0.1:{port}/graph/"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            httpx.get(address)
        except httpx.TransportError:
            assert process.poll() is None
            time.sleep(0.05)
        else:
            return


def _nginx(site: Path, work: Path, port: int) -> str:
    given = (site / "graph" / "nginx.conf").read_text()
    maps, rest = given.split("\ntypes {")
    folders = "".join(f"{name}_temp_path {work}/{name};" for name in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if work.owner() == "root" else ""  # the folder is its owner's alone
    return (f"{user} pid {work}/pid; events {{}} http {{ access_log off; {folders}\n{maps}\n"
            f"server {{ listen 127.0.0.1:{port}; set $site {site}/graph;\ntypes {{{rest}\n}} }}")


def _apache(site: Path, work: Path, port: int) -> str:
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in (
        "mpm_event", "authz_core", "rewrite", "mime", "dir", "headers"))
    return f"""ServerRoot {work}
Listen 127.0.0.1:{port}
ServerName localhost
PidFile {work}/pid
ErrorLog {work}/errors
{modules}
TypesConfig /etc/mime.types
DocumentRoot {site}
<Directory {site}>
AllowOverride FileInfo Indexes
Require all granted
</Directory>
"""


@pytest.mark.parametrize(("path", "accept", "language", "expected"), CASES)
def test_each_client_is_led_to_its_file(host: str, path: str, accept: str, language: str, expected: str) -> None:
    found = httpx.get(host + path, headers={"Accept": accept, "Accept-Language": language})
    if found.status_code == 303:
        assert found.headers["location"].partition("/graph/")[2] == expected
    else:
        kind = found.headers["content-type"].partition(";")[0]
        assert f"{found.status_code} {kind}".startswith(expected)


def test_a_browser_that_asks_for_a_single_figure_is_led_to_the_page_of_the_data_set(host: str) -> None:
    found = httpx.get(f"{host}id/similarity/AT11-AT12", headers={"Accept": PAGE, "Accept-Language": "fr"},
                      follow_redirects=True)
    assert str(found.url) == f"{host}fr/dataset.html"


def test_a_single_figure_leads_to_the_service_where_one_is_named() -> None:
    for content in hosting.files("/graph", ("en", "fr"), "https://live.example.org/p4c/").values():
        assert b"https://live.example.org/p4c/doc/$" in content
        assert b"dumps/all" not in content
