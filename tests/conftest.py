"""Fixtures shared by all tests: the repository, and the real graph, built once a run."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import serving

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def p4c() -> str:
    """The installed command."""
    return str(Path(sys.executable).parent / "p4c")


@pytest.fixture(scope="session")
def real_store(tmp_path_factory: pytest.TempPathFactory, p4c: str) -> Path:
    """A store folder with one snapshot of the shipped facts; shared by the processes of a run, and read only.

    ``TESTS_STORE`` names one that has been built already.
    """
    if built := os.environ.get("TESTS_STORE"):
        return Path(built).resolve()
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "real-store"
    with (shared / "real-store.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "current").exists():
            subprocess.run([p4c, "build", "--store", str(folder)], check=True, capture_output=True, timeout=300)
    return folder


OLD = """
<graph/notes/verified> {
  practice:stand a p4c:Practice ; rdfs:label "Stand"@en ; p4c:providerUnknown true ; dct:source source:notes ;
    <http://www.w3.org/2002/07/owl#deprecated> true ; dct:isReplacedBy practice:booth .
}
"""
"""A practice that was withdrawn."""


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder with the model and the valid example, for what takes too long on all facts.

    Nothing changes its snapshot; dumps are written beside it.
    """
    from p4c_graph.pipeline import build
    from p4c_graph.settings import load

    folder = tmp_path_factory.mktemp("small")
    example = (ROOT / "tests" / "fixtures" / "valid.trig").read_text("utf-8")
    example = example.partition("    # The model.")[0] + "}\n"
    example = example.replace("p4c:level 2 ;", 'p4c:level 2 ; p4c:nutsVersion "2021" ;')
    (folder / "example.trig").write_text(example + OLD)
    build(load(store=folder / "store"), [folder / "example.trig"], facts=False)
    return folder / "store"


@pytest.fixture(scope="session")
def kg(real_store: Path) -> object:
    """The real graph."""
    from p4c_graph import KnowledgeGraph

    return KnowledgeGraph.open(real_store)


@pytest.fixture(scope="session")
def server(real_store: Path) -> Iterator[str]:
    """The address of a running server; queries may take two seconds."""
    limits = {"P4C_QUERY_TIMEOUT": "2", "P4C_MAX_RESULT_BYTES": "5000000", "P4C_MAX_RESULT_ROWS": "40000"}
    with serving(real_store, **limits) as address:
        yield address


@pytest.fixture(scope="session")
def client(server: str) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=server, timeout=20) as found:
        yield found
