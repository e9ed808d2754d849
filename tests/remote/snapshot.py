"""Small snapshots of known statements."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from p4c_graph.namespaces import ROOT
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.statements import digest, write_statements

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "questions.trig"


def fixture_quads() -> list[ox.Quad]:
    """The statements of the questions' fixture, in their named graphs."""
    return list(ox.parse(path=str(FIXTURE), format=ox.RdfFormat.TRIG, base_iri=ROOT))


def make_snapshot(folder: Path, quads: Iterable[ox.Quad] | None = None, base: str = ROOT) -> Snapshot:
    """A snapshot of these statements (default: the fixture), the new current one of this store folder."""
    store = ox.Store()
    for quad in fixture_quads() if quads is None else quads:
        store.extend([quad, ox.Quad(*quad.triple)])
    named = [quad for quad in store if quad.graph_name != ox.DefaultGraph()]
    graphs: dict[str, int] = {}
    for quad in named:
        assert isinstance(quad.graph_name, ox.NamedNode)
        graphs[quad.graph_name.value] = graphs.get(quad.graph_name.value, 0) + 1
    manifest: dict[str, Any] = {
        "digest": digest(named), "created": "2026-01-01T00:00:00+00:00", "program": "test", "model": "1", "base": base,
        "statements": len(named), "merged": len(store) - len(named), "graphs": graphs, "classes": {},
        "seconds": {}, "left_out": {},
    }
    history = Snapshots(folder)
    with history.writing() as work:
        write_statements(store, work)
        return history.publish(work, manifest, keep=10)
