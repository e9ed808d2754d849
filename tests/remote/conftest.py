"""Fixtures: both servers, and a small graph on each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from requirement import missing

from p4c_graph.store.push import push
from p4c_graph.store.snapshots import Snapshot

from .servers import OXIGRAPH, VIRTUOSO, Server, oxigraph, virtuoso
from .snapshot import make_snapshot


@pytest.fixture(scope="session", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs and holds nothing of ours yet."""
    if request.param == "oxigraph":
        if not OXIGRAPH.exists():
            missing("oxigraph", "the oxigraph server is not installed (PyPI package oxigraph)")
        start = oxigraph
    else:
        if VIRTUOSO is None:
            missing("virtuoso", "virtuoso-t is not installed (Debian package virtuoso-opensource)")
        start = virtuoso
    with start(tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The graph of the questions' fixture as a snapshot."""
    return make_snapshot(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def holding(server: Server, snapshot: Snapshot) -> Server:
    """A server that holds that snapshot; put there once a file, since other files write to the server too."""
    push(server.configured(), snapshot)
    return server
