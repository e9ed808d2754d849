"""The documentation says what is, and its commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from p4c_graph.questions import Library
from p4c_graph.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
STORIES = {"tutorial.md"}
"""Their commands build on each other: tests of their own run them."""
FENCE = re.compile(r"```console\n(.*?)```", re.DOTALL)
BUILD = "p4c build"
"""Run by the fixture of the real graph."""
WRITING = "import.md"
"""Its commands write files and snapshots: tests/process/test_import_command.py runs them in order."""
MAKE = {"make serve", "make test"}
"""Tested by being how this very test was started, and by the server tests."""


def commands(start: str) -> list[tuple[str, str]]:
    return [
        (page.name, line.removeprefix("$ "))
        for page in PAGES if page.name not in STORIES for block in FENCE.findall(page.read_text("utf-8"))
        for line in block.splitlines() if line.startswith(f"$ {start}")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), [
    found for found in commands("p4c") if found[1] != BUILD and found[0] != WRITING])
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
    done = subprocess.run([*shlex.split(here), "-sS", "-f"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_fenced_command_is_of_a_kind_that_is_run() -> None:
    lines = [line for _, line in commands("")]
    assert [line for line in lines if not line.startswith(("p4c ", "curl ")) and line not in MAKE] == []


def test_the_readme_python_runs(real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert code
    monkeypatch.setenv("P4C_STORE", str(real_store))
    exec(code[1], {})


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default or "not set")
        default = str(field.default) if field.default in (0, False) else default
        row = re.search(rf"^\| `{name}` \| `?([^|`]*)`? \|", page, re.MULTILINE)
        assert row, name
        assert row[1].strip() == default


def test_every_command_has_its_heading() -> None:
    import p4c_graph.cli.ask
    import p4c_graph.cli.build
    import p4c_graph.cli.doctor
    import p4c_graph.cli.hindcast
    import p4c_graph.cli.import_
    import p4c_graph.cli.match
    import p4c_graph.cli.plan
    import p4c_graph.cli.query
    import p4c_graph.cli.record
    import p4c_graph.cli.report
    import p4c_graph.cli.select
    import p4c_graph.cli.serve
    import p4c_graph.cli.snapshots
    import p4c_graph.cli.template
    import p4c_graph.cli.token
    import p4c_graph.cli.validate  # noqa: F401
    from p4c_graph.cli import app

    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for name in get_command(app).commands:  # type: ignore[attr-defined]
        assert f"## `p4c {name}`" in page


def test_every_route_has_its_heading() -> None:
    from p4c_graph.web.app import create_app

    page = (ROOT / "docs" / "http.md").read_text("utf-8")
    questions = {f"/queries/{name}" for name in Library.shipped().names()}
    for path in create_app().openapi()["paths"].keys() - questions:
        assert path in page, path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_pages_resolves(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
