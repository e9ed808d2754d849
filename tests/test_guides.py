"""The guides for the three kinds of users are true: a notebook's cells, a harvest's commands, a walk's pages."""

from __future__ import annotations

import ast
import html
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from stories import pattern, steps

pytestmark = pytest.mark.slow


# ── a researcher ───────────────────────────────────────────────────────────────────────────────────────────────────


def run_cell(source: str, names: dict[str, Any]) -> object:
    """Runs a cell as Jupyter does; returns what its last line shows, if that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def test_every_cell_of_the_notebook_runs_and_shows_something(
    root: Path, real_store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("P4C_STORE", str(real_store))
    names: dict[str, Any] = {}
    cells = json.loads((root / "docs" / "researcher.ipynb").read_text("utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            shown = run_cell(source, names)
            printed = capsys.readouterr().out
            assert printed.strip() or (shown is not None and not getattr(shown, "empty", False)), source
            assert (cell["outputs"], cell["execution_count"]) == ([], None), "a notebook is kept without its outputs"
    assert set(names["both"].columns) == {"declared", "evidence counts more"}


# ── a portal ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_harvest_runs_as_it_is_told(root: Path, server: str, tmp_path: Path) -> None:
    page = (root / "docs" / "harvest.md").read_text("utf-8").replace("localhost:8000", urlsplit(server).netloc)
    (tmp_path / ".curlrc").write_text("retry = 5\n")  # a busy machine may answer 503
    environment = {"PATH": os.environ["PATH"], "CURL_HOME": str(tmp_path)}
    for command, shown in steps(page):
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert re.search(pattern(shown), " ".join(done.stdout.split())), f"{command}\n{done.stdout}"
    taken = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert min(taken[name] for name in ("p4c.nq.gz", "practice.jsonld", "practices.csv", "match.json", "since")) > 0
    assert "again.ttl" not in taken


# ── an officer ─────────────────────────────────────────────────────────────────────────────────────────────────────


def walk(text: str) -> list[tuple[str, list[str]]]:
    """Each address of the walk, the first of a section with the words in bold that are said to be on the page."""
    found = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        addresses = re.findall(r"\]\(http://localhost:8000([^)]*)\)", section)
        words = re.findall(r"\*\*(.+?)\*\*", section, re.DOTALL)
        found += [(address, [" ".join(word.split()) for word in words] if address == addresses[0] else [])
                  for address in addresses]
    return found


OFFICER = walk((Path(__file__).resolve().parent.parent / "docs" / "officer.md").read_text("utf-8"))


@pytest.mark.parametrize(("path", "words"), OFFICER, ids=[path for path, _ in OFFICER])
def test_the_officers_page_is_there_and_says_what_the_walk_says(
    client: httpx.Client, path: str, words: list[str]
) -> None:
    for language in ("", "/fr"):
        answer = client.get(language + path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith("text/html")
        if not language:
            shown = " ".join(html.unescape(re.sub(r"<[^>]+>", "", answer.text)).split())
            assert [word for word in words if word not in shown] == [], path


def test_each_stop_of_the_walk_is_reached_from_an_earlier_one(client: httpx.Client) -> None:
    reached = {"/"}
    for path, _ in OFFICER:
        assert urlsplit(path).path in reached, path
        page = client.get(path, headers={"Accept": "text/html"}).text
        reached |= {urlsplit(html.unescape(found)).path for found in re.findall(r'(?:href|action)="([^"]+)"', page)}
