"""The real graph on a server: the same regions, columns and matches as from the snapshot's own files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from requirement import missing

from p4c_graph import KnowledgeGraph
from p4c_graph.store.push import push
from p4c_graph.store.remote import RemoteSnapshot
from p4c_graph.store.snapshots import Snapshots

from .servers import OXIGRAPH, Server, oxigraph

pytestmark = pytest.mark.slow


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Server]:
    """An oxigraph server that takes its time."""
    if not OXIGRAPH.exists():
        missing("oxigraph", "the oxigraph server is not installed (PyPI package oxigraph)")
    with oxigraph(tmp_path, seconds=120) as found:
        yield found


def test_what_is_read_through_sparql_is_what_the_snapshot_keeps(patient: Server, real_store: Path) -> None:
    configured = patient.configured(store=real_store)
    snapshot = Snapshots(real_store).current()
    push(configured, snapshot)
    here, there = KnowledgeGraph.open(real_store), KnowledgeGraph(RemoteSnapshot.current(configured), configured)
    assert there.gazetteer.regions == here.gazetteer.regions
    assert there.gazetteer.changes == here.gazetteer.changes
    assert there.model == here.model
    for field in fields(here.matcher.columns):
        kept, read = getattr(here.matcher.columns, field.name), getattr(there.matcher.columns, field.name)
        if isinstance(kept, np.ndarray):
            assert np.array_equal(kept, read, equal_nan=kept.dtype.kind == "f"), field.name
        else:
            assert kept == read, field.name
    assert there.match(region="FR82", limit=20).to_dict() == here.match(region="FR82", limit=20).to_dict()
    question = {"region": "FRL0", "limit": 5}
    assert there.ask("similar-regions", **question).tuples() == here.ask("similar-regions", **question).tuples()
