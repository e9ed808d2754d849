"""What the model computes, as RDF for the derived graphs: the nearest regions, the best practices of each region."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyoxigraph as ox

from p4c_graph.namespaces import P4C, RDF
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.result import decimal

NEAREST = 30
"""So many most similar regions of each NUTS 2 region are kept as statements; any pair comes from the matcher."""
BEST = 50
"""So many best practices of each NUTS 2 region are kept as statements."""


def similarities(matcher: Matcher) -> Iterator[ox.Triple]:
    """``p4c:Similarity`` of each NUTS 2 region and those most like it; a pair stands once."""
    columns = matcher.columns
    expected, low, high = columns.unit_similarity
    pairs: set[tuple[int, int]] = set()
    for i in range(len(columns.units)):
        order = np.lexsort((np.arange(len(columns.units)), -np.nan_to_num(expected[i], nan=-1.0)))
        near = [int(j) for j in order if j != i and not np.isnan(expected[i, j])][:NEAREST]
        pairs.update((min(i, j), max(i, j)) for j in near)
    for i, j in sorted(pairs):
        a, b = columns.units[i], columns.units[j]
        node = ox.NamedNode(f"{matcher.minted}similarity/{_slug(a)}-{_slug(b)}")
        yield ox.Triple(node, _RDF_TYPE, ox.NamedNode(P4C.Similarity))
        yield ox.Triple(node, ox.NamedNode(P4C.forRegion), ox.NamedNode(a))
        yield ox.Triple(node, ox.NamedNode(P4C.otherRegion), ox.NamedNode(b))
        yield ox.Triple(node, ox.NamedNode(P4C.model), ox.NamedNode(matcher.model.iri))
        for name, value in (("expected", expected), ("low", low), ("high", high)):
            yield ox.Triple(node, ox.NamedNode(P4C[name]), decimal(float(value[i, j])))


def suitabilities(matcher: Matcher) -> Iterator[ox.Triple]:
    """``p4c:Suitability`` and ``p4c:Adoption`` of the best practices of each NUTS 2 region, under declared weights."""
    weights = matcher.model.weights
    for unit in matcher.gazetteer.units:
        yield from matcher.for_region(unit, weights, limit=BEST, with_acceptability=False).to_rdf()


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


_RDF_TYPE = ox.NamedNode(RDF.type)
