"""The documentation says what is, and its commands run: what there is to document is read from the code."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.main import get_command

from p4c_graph import cli
from p4c_graph.questions import Library
from p4c_graph.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(page for where in ("", "docs", "data", "data/p4c", "ontology") for page in (ROOT / where).glob("*.md"))
FENCE = re.compile(r"```console\n(.*?)```", re.DOTALL)
STORIES = {"import.md", "harvest.md", "tutorial.md"}
"""Their commands build on each other: tests of their own run them in order."""
ELSEWHERE = {"p4c build", "p4c hindcast"}
"""Run by the fixture of the real graph; by ``tests/cli`` and, as a table, with ``--origin-alone``."""
MAKE = {"make serve", "make test"}
"""Tested by being how this very test was started, and by the server tests."""
WRITTEN = {ROOT / "bench" / "RESULTS.md"}
"""Written by ``make bench``."""
EVERYWHERE = {"--help", "--store", "--json", "--lang", "--format", "--limit", "--by"}
"""Options that are explained once for all commands."""


def text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# ── its commands run ───────────────────────────────────────────────────────────────────────────────────────────────


def commands(start: str) -> list[tuple[str, str]]:
    """Each command once, with a page it stands on."""
    found = {
        line.removeprefix("$ "): page.name
        for page in PAGES if page.name not in STORIES for block in FENCE.findall(page.read_text("utf-8"))
        for line in block.splitlines() if line.startswith(f"$ {start}")
    }
    return [(page, command) for command, page in found.items()]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), [found for found in commands("p4c") if found[1] not in ELSEWHERE])
def test_every_command_of_the_docs_runs(page: str, command: str, p4c: str, real_store: Path, root: Path) -> None:
    arguments = shlex.split(command)[1:]
    where = [] if arguments[0] in ("validate",) else ["--store", str(real_store)]
    done = subprocess.run([p4c, *arguments, *where], cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), commands("curl"))
def test_every_request_of_the_docs_is_answered(page: str, command: str, server: str) -> None:
    here = command.replace("localhost:8000", server)
    done = subprocess.run([*shlex.split(here), "-sSf", "--retry", "5"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_fenced_command_is_of_a_kind_that_is_run() -> None:
    lines = [line for _, line in commands("")]
    assert [line for line in lines if not line.startswith(("p4c ", "curl ")) and line not in MAKE] == []


@pytest.mark.slow
def test_the_readme_python_runs(real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert code
    monkeypatch.setenv("P4C_STORE", str(real_store))
    exec(code[1], {})


# ── all there is has its place ─────────────────────────────────────────────────────────────────────────────────────


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `?([^|`]*?)`? \|", text("settings.md"), re.MULTILINE))
    assert rows.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default or "not set")
        assert rows[name] == (str(field.default) if field.default in (0, False) else default), name


def limits() -> set[str]:
    """The settings that bound what is taken or given, by their names and by the errors that name them."""
    named = {
        word.value.value
        for path in (ROOT / "p4c_graph").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(call, ast.Call)
        for word in call.keywords if word.arg == "limit" and isinstance(word.value, ast.Constant)
    }
    return {name for name in Settings.model_fields if name in named or name.startswith("max_")}


def test_every_limit_has_its_row() -> None:
    part = text("features.md").partition("\n## Limits\n")[2].partition("\n## ")[0]
    assert limits()
    assert limits() <= set(re.findall(r"`(\w+)`", part))


def command_tree() -> dict[str, list[set[str]]]:
    """Each command, as ``snapshots list``, with the names of each of its options."""
    for module in pkgutil.iter_modules(cli.__path__):
        importlib.import_module(f"{cli.__name__}.{module.name}")

    def walk(command: object, above: str = "") -> Iterator[tuple[str, list[set[str]]]]:
        for name, found in getattr(command, "commands", {}).items():
            if hasattr(found, "commands"):
                yield from walk(found, f"{above}{name} ")
            else:
                yield above + name, [{o for o in (*one.opts, *one.secondary_opts) if o.startswith("--")}
                                     for one in found.params]

    return dict(walk(get_command(cli.app)))


def test_every_command_and_option_is_under_its_heading() -> None:
    page, tree = text("commands.md"), command_tree()
    sections = dict(re.findall(r"^## `p4c ([\w-]+)`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert sections.keys() == {command.split()[0] for command in tree}
    for command, options in tree.items():
        section = sections[command.split()[0]]
        assert " " not in command or f"p4c {command}" in section, command
        for names in options:
            assert not names or names & EVERYWHERE or any(name in section for name in names), (command, names)


def routes() -> dict[str, set[str]]:
    """Each path of the server with its methods; a path with an ending stands for what it has without."""
    from p4c_graph.web.app import PARTS, create_app

    found: dict[str, set[str]] = {}
    for route in [*(route for part in PARTS for route in part.router.routes), *create_app().routes]:
        if methods := getattr(route, "methods", None):
            path = re.sub(r":path\}", "}", route.path)  # type: ignore[attr-defined]
            found.setdefault(path, set()).update(methods - {"HEAD"})

    def stands_for(path: str) -> str:
        return re.sub(r"(?<=.)(/|\.(json|csv|html|\{ending\}))$", "", path)

    return {path: found[path] for path in found if stands_for(path) == path or stands_for(path) not in found}


def test_every_route_has_its_row() -> None:
    rows = re.findall(r"^\| (`/.*?`) \| ([A-Z, ]+) \|", text("http.md"), re.MULTILINE)
    told = {path: set(methods.split(", ")) for cell, methods in rows for path in re.findall(r"`(/[^`]*)`", cell)}
    assert told == routes()


def test_every_described_operation_is_a_route_with_a_row() -> None:
    from p4c_graph.web.app import create_app

    for path, operations in create_app().openapi()["paths"].items():
        known = routes().get(path) or routes()["/queries/{name}"]
        assert {method.upper() for method in operations} <= known, path


def test_every_error_has_its_status_in_a_row() -> None:
    from p4c_graph.web.responses import STATUS

    part = text("http.md").partition("\n## Errors\n")[2].partition("\n## ")[0]
    assert {int(status) for status in re.findall(r"^\| (\d{3}) \|", part, re.MULTILINE)} >= {
        status.value for _, status in STATUS} | {405, 413}


def test_every_part_of_the_program_has_its_row_in_the_order_of_imports() -> None:
    from test_architecture import LAYERS

    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text("architecture.md"), re.MULTILINE)
    assert [set(re.findall(r"`(\w+)`", row)) for row in rows] == LAYERS


def test_where_a_page_counts_the_questions_it_counts_right() -> None:
    counted = [int(n) for page in PAGES for n in re.findall(r"\b(\d+) questions\b", page.read_text("utf-8"))]
    assert set(counted) == {len(Library.shipped().names())}


def test_the_drawing_names_what_is_drawn() -> None:
    drawing = ElementTree.parse(DOCS / "architecture.svg")
    said = " ".join(drawing.getroot().itertext())
    processes = re.findall(r"^\| (web|loader|worker|writer) \|", text("architecture.md"), re.MULTILINE)
    assert len(processes) == 4
    for name in (*processes, "intake", "validation", "derive", "snapshot", "current", "publish", "KnowledgeGraph"):
        assert name in said, name


# ── no page speaks of what is not there ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_and_option_that_is_spoken_of_exists(page: Path) -> None:
    tree = command_tree()
    for span in re.findall(r"(?:`|^\$ )p4c ([a-z][^`\n|]*)", page.read_text("utf-8"), re.MULTILINE):
        command = span.split()[0]
        known = {option for name in tree if name.split()[0] == command for names in tree[name] for option in names}
        assert known, f"p4c {span}"
        if command != "ask":  # whose options are the parameters of the question; tests/questions looks after those
            assert set(re.findall(r"(?<!\S)--[a-z][\w-]*", span)) <= known | {"--help"}, f"p4c {span}"


def test_every_setting_that_is_spoken_of_exists() -> None:
    for page in [*PAGES, *(DOCS / "operate").iterdir()]:
        for name in re.findall(r"\bP4C_([A-Z]\w+)", page.read_text("utf-8")):
            assert name.lower() in Settings.model_fields, f"{name_of(page)}: P4C_{name}"


def test_every_method_that_is_spoken_of_exists() -> None:
    from p4c_graph import KnowledgeGraph

    for page in PAGES:
        for name in re.findall(r"`(?:kg|KnowledgeGraph)\.(\w+)", page.read_text("utf-8")):
            assert hasattr(KnowledgeGraph, name), f"{name_of(page)}: {name}"


# ── and its links lead somewhere ───────────────────────────────────────────────────────────────────────────────────


def links(page: Path) -> list[str]:
    written = page.read_text("utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(written)["cells"]
        written = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    prose = re.sub(r"```.*?```", "", written, flags=re.DOTALL)
    return re.findall(r"\]\((?!https?://|mailto:)([^)]+)\)", prose)


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as code hosts make them."""
    prose = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}


@pytest.mark.parametrize("page", [*PAGES, *DOCS.glob("*.ipynb")], ids=name_of)
def test_every_link_between_the_pages_resolves(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        found = (page.parent / target).resolve() if target else page
        assert found.exists() or found in WRITTEN, link
        assert not anchor or anchor in anchors(found), link


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.exists():
            reached.add(page)
            ahead += [(page.parent / target).resolve() for link in links(page) if (target := link.partition("#")[0])
                      and target.endswith(".md")]
    assert [name_of(page) for page in PAGES if page not in reached] == []


def test_the_index_names_every_page_of_the_docs() -> None:
    named = {link.partition("#")[0] for link in links(DOCS / "README.md")}
    assert {page.name for page in DOCS.iterdir() if page.suffix in (".md", ".ipynb")} - {"README.md"} <= named
