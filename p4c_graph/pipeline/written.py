"""What was written into a store by changes: a build carries it over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import PROV
from p4c_graph.store.snapshots import Snapshot

_INVALIDATED = ox.NamedNode(PROV.invalidatedAtTime)
_GENERATED_BY = ox.NamedNode(PROV.wasGeneratedBy)


@dataclass(frozen=True)
class Written:
    """Graphs that belong to the store (those that are empty were deleted), and their statements and provenance."""

    graphs: frozenset[str]
    quads: list[ox.Quad]

    @classmethod
    def nothing(cls) -> Written:
        """What a store holds that was never written to."""
        return cls(frozenset(), [])

    @classmethod
    def of(cls, snapshot: Snapshot, provenance: str, *, without: Collection[str] = ()) -> Written:
        """What was written into the snapshots up to this one, but for some graphs."""
        graphs = frozenset(snapshot.manifest().get("written", ())).difference(without)
        if not graphs:
            return cls.nothing()
        store, about = snapshot.open(), ox.NamedNode(provenance)
        quads = list(store.quads_for_pattern(None, _INVALIDATED, None, about))
        for graph in map(ox.NamedNode, sorted(graphs)):
            quads += store.quads_for_pattern(None, None, None, graph)
            for generated in store.quads_for_pattern(graph, _GENERATED_BY, None, about):
                activity = generated.object
                assert isinstance(activity, ox.NamedNode)
                quads += [generated, *store.quads_for_pattern(activity, None, None, about)]
        return cls(graphs, quads)
