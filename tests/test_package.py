"""The wheel holds all that it needs: installed in an empty environment, it works from another folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from p4c_graph.store.snapshots import Snapshots

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)],
                   check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_ships_ontology_data_and_queries(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    parts = (
        "resources/ontology/p4c.ttl", "resources/ontology/shapes/core.ttl", "resources/ontology/context.jsonld",
        "resources/data/p4c/practices.trig", "resources/data/regions/observations.csv",
        "resources/sparql/derive/10-status.rq", "web/templates/home.html", "web/static/style.css", "py.typed",
    )
    for part in parts:
        assert f"p4c_graph/{part}" in names


def test_the_wheel_builds_the_same_graph_in_another_folder_and_matches(
    wheel: Path, root: Path, real_store: Path, tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    scripts = environment / "bin"
    subprocess.run([str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "-c", str(root / "constraints.txt"), str(wheel)], check=True, capture_output=True, timeout=600)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    before = Snapshots(shutil.copytree(real_store, elsewhere / ".p4c")).current()

    def told(*arguments: str) -> dict[str, Any]:
        done = subprocess.run([str(scripts / "p4c"), *arguments, "--json"], cwd=elsewhere, capture_output=True,
                              text=True, env={"PATH": "/usr/bin:/bin"}, timeout=300)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    built = told("build")
    assert (built["digest"], built["same_content_as"]) == (before.manifest()["digest"], before.id)
    assert len(told("match", "--region", "FRL0")["results"]) == 10
