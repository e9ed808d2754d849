"""The tutorial is true: its commands run in order in an empty folder, and print the lines it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from stories import pattern, steps

pytestmark = pytest.mark.slow

REFUSED = "Nothing was imported"


def test_the_story_runs_as_it_is_told(root: Path, p4c: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(root), "COLUMNS": "160", "P4C_STORE": str(tmp_path / "store")}
    for command, shown in steps((root / "docs" / "tutorial.md").read_text("utf-8")):
        program, *arguments = shlex.split(command)
        where = {"p4c": p4c, "python": sys.executable}[program]
        done = subprocess.run(
            [where, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
        refused = any(REFUSED in line for line in shown)
        assert done.returncode == int(refused), f"{command}\n{done.stdout}{done.stderr}"
        output = " ".join((done.stderr + done.stdout).split())
        assert re.search(pattern(shown), output), f"{command}\n{done.stdout}{done.stderr}"
    marked = subprocess.run(
        [p4c, "query", "-e", "SELECT ?graph { ?graph a p4c:SyntheticGraph }", "--format", "csv"], cwd=tmp_path,
        env=environment, capture_output=True, text=True, timeout=60).stdout
    graphs = ("selection/catalogue-of-the-seven-regions", "field-tests/agency-tirol", "field-tests/agency-moravia")
    assert all(f"/graph/{name}\n" in marked.replace("\r", "") for name in graphs), marked
    page = (tmp_path / "tirol.html").read_text("utf-8")
    assert "Living lab for software" in page
    assert page.count("<svg") == 3
    assert "The graph holds made-up data" in page
    assert "14 sur 20 intéressés" in (tmp_path / "tirol.md").read_text("utf-8")


@pytest.mark.parametrize(("shown", "output", "expected"), [
    (["a", "…", "b"], "a x y b", True), (["a", "b"], "a x b", False), (["a …"], "x a", True), (["…"], "anything", True),
])
def test_a_line_left_out_stands_for_anything(shown: list[str], output: str, expected: bool) -> None:
    assert bool(re.search(pattern(shown), output)) is expected
