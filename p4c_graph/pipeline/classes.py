"""How many members each class has: the classes of the ontology, and organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from p4c_graph.namespaces import ORG, P4C, RDF
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import local_name


def count_classes(store: ox.Store) -> dict[str, int]:
    """Class → members, in the default graph of a store."""
    query = """SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class }
      GROUP BY ?class HAVING (STRSTARTS(STR(?class), STR(p4c:)) || ?class = org:Organization)"""
    return dict(sorted((local_name(str(name)), int(str(n))) for name, n in StoreRows(store).rows(query)))


def classes_after(before: Mapping[str, int], gained: Iterable[ox.Quad], lost: Iterable[ox.Quad]) -> dict[str, int]:
    """Class → members, after statements of the default graph have come and gone."""
    counts = Counter(before)
    counts.update(_kinds(gained))
    counts.subtract(_kinds(lost))
    return {name: count for name, count in sorted(counts.items()) if count > 0}


def _kinds(quads: Iterable[ox.Quad]) -> Iterator[str]:
    for quad in quads:
        kind: Any = quad.object
        if quad.predicate.value == RDF.type and (kind.value.startswith(P4C) or kind.value == ORG.Organization):
            yield local_name(kind.value)
