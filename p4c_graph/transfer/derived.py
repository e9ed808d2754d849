"""What the model computes, as RDF for the derived graphs: the nearest regions, the best practices of each region."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
import pyoxigraph as ox

from p4c_graph.namespaces import P4C, RDF
from p4c_graph.terms import local_name
from p4c_graph.transfer.best import Best, best_of_all
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.transfer.result import decimal

NEAREST = 30
"""So many most similar regions of each NUTS 2 region are kept as statements; any pair comes from the matcher."""
_A = ox.NamedNode(RDF.type)
_TRUE = ox.Literal(True)
(_SIMILARITY, _SUITABILITY, _ADOPTION, _FOR_REGION, _OTHER_REGION, _ON_PRACTICE, _MODEL, _RANK, _KNOWN, _BLOCKED,
 _POSSIBLY_BLOCKED, _BASED_ON) = (
    ox.NamedNode(P4C[name]) for name in (
        "Similarity", "Suitability", "Adoption", "forRegion", "otherRegion", "onPractice", "model", "rank", "known",
        "blocked", "possiblyBlocked", "basedOn"))
_BOUNDS = tuple(ox.NamedNode(P4C[name]) for name in ("expected", "low", "high"))
_SCORES = tuple(ox.NamedNode(P4C[f"{name}Score"]) for name in COMPONENTS)


def similarities(matcher: Matcher) -> Iterator[ox.Triple]:
    """``p4c:Similarity`` of each NUTS 2 region and those most like it; a pair stands once."""
    columns, model = matcher.columns, ox.NamedNode(matcher.model.iri)
    units = [ox.NamedNode(iri) for iri in columns.units]
    expected = columns.unit_similarity[0].copy()
    np.fill_diagonal(expected, np.nan)
    order = np.argsort(-np.nan_to_num(expected, nan=-1.0), axis=1, kind="stable")[:, :NEAREST]
    i, j = np.repeat(np.arange(len(units)), order.shape[1]), order.ravel()
    known = ~np.isnan(expected[i, j])
    pairs = np.unique(np.sort(np.stack([i[known], j[known]]), axis=0), axis=1)
    values = columns.unit_similarity[:, pairs[0], pairs[1]].T.tolist()
    for a, b, scores in zip(*pairs.tolist(), values, strict=True):
        node = ox.NamedNode(f"{matcher.minted}similarity/{local_name(columns.units[a])}-{local_name(columns.units[b])}")
        yield ox.Triple(node, _A, _SIMILARITY)
        yield ox.Triple(node, _FOR_REGION, units[a])
        yield ox.Triple(node, _OTHER_REGION, units[b])
        yield ox.Triple(node, _MODEL, model)
        for name, value in zip(_BOUNDS, scores, strict=True):
            yield ox.Triple(node, name, decimal(value))


def suitabilities(
    matcher: Matcher, best: Mapping[str, Best] | None = None, only: Mapping[str, Collection[str]] | None = None
) -> Iterator[ox.Triple]:
    """``p4c:Suitability`` and ``p4c:Adoption`` of the best practices of each NUTS 2 region, under declared weights.

    ``best`` are those of the regions, by IRI (default: of all); ``only`` are the practices to state of each region
    (default: all).
    """
    for region, found in (best_of_all(matcher) if best is None else best).items():
        if only is None or region in only:
            yield from _of_region(matcher, region, found, None if only is None else only[region])


def suitability_node(minted: str, region: str, practice: str) -> ox.NamedNode:
    """The node that says how well a practice suits a region, in the declared ranking of the region."""
    return ox.NamedNode(f"{minted}suitability/{local_name(region)}-{local_name(practice)}")


def adoption_node(minted: str, region: str, practice: str) -> ox.NamedNode:
    """The node that says whether a region would take up a practice, in the declared ranking of the region."""
    return ox.NamedNode(f"{minted}adoption/{local_name(region)}-{local_name(practice)}")


def rank_statement(node: ox.NamedNode, rank: int) -> ox.Triple:
    """The place of a pair in the ranking of its region, counted from 1."""
    return ox.Triple(node, _RANK, ox.Literal(rank))


def _of_region(matcher: Matcher, region: str, best: Best, only: Collection[str] | None) -> Iterator[ox.Triple]:
    """The statements of ``MatchResult.to_rdf`` for the best practices of one region."""
    columns, model, where = matcher.columns, ox.NamedNode(matcher.model.iri), ox.NamedNode(region)
    nodes: dict[int, ox.NamedNode] = {}
    adoption, totals, components = best.adoption.T.tolist(), best.total.T.tolist(), best.components.T.tolist()
    flags = zip(best.pattern.tolist(), best.blocked.tolist(), best.possibly_blocked.tolist(), strict=True)
    for i, (pattern, blocked, possibly) in enumerate(flags):
        iri = columns.practices[best.practices[i]]
        if only is not None and iri not in only:
            continue
        practice = ox.NamedNode(iri)
        node, other = (name(matcher.minted, region, iri) for name in (suitability_node, adoption_node))
        nodes[i] = node
        for subject, kind, scores in ((node, _SUITABILITY, totals[i]), (other, _ADOPTION, adoption[i])):
            yield ox.Triple(subject, _A, kind)
            yield ox.Triple(subject, _ON_PRACTICE, practice)
            yield ox.Triple(subject, _FOR_REGION, where)
            yield ox.Triple(subject, _MODEL, model)
            for name, value in zip(_BOUNDS, scores, strict=True):
                yield ox.Triple(subject, name, decimal(value))
        yield rank_statement(node, i + 1)
        yield ox.Triple(node, _KNOWN, decimal(float(best.known_share[i])))
        for j, (name, value) in enumerate(zip(_SCORES, components[i], strict=True)):
            if pattern >> j & 1:
                yield ox.Triple(node, name, decimal(value))
        if blocked:
            yield ox.Triple(node, _BLOCKED, _TRUE)
        if possibly:
            yield ox.Triple(node, _POSSIBLY_BLOCKED, _TRUE)
    for pair, application in zip(best.reason_pair.tolist(), best.reason_application.tolist(), strict=True):
        if pair in nodes:
            yield ox.Triple(nodes[pair], _BASED_ON, ox.NamedNode(columns.applications[application]))
