"""Which resources differ between two snapshots, and which documents that touches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import PROV
from p4c_graph.publish.addresses import Addresses
from p4c_graph.store.answers import value
from p4c_graph.store.dataset import AnySnapshot
from p4c_graph.store.rows import iri_list
from p4c_graph.store.snapshots import named_quads
from p4c_graph.store.statements import read_patch
from p4c_graph.store.steps import Steps

_AT_ONCE = 2000
_INVALIDATED = ox.NamedNode(PROV.invalidatedAtTime)
_HUB = 2000
"""A resource that more statements than this refer to is a class, a concept or a source: it ties nothing together."""


@dataclass(frozen=True)
class Changes:
    """The resources with statements in the later snapshot only, in both but different ones, in the earlier only.

    One that was withdrawn counts as having none.
    """

    before: str
    after: str
    created: frozenset[str]
    updated: frozenset[str]
    deleted: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All that differ."""
        return self.created | self.updated | self.deleted


def changes(before: AnySnapshot, after: AnySnapshot) -> Changes:
    """What differs: read from the patches between two snapshots where these are kept, else by comparing all statements.

    Comparing holds eight bytes a statement, not the statements.
    """
    same = before.manifest()["digest"] == after.manifest()["digest"]
    subjects = set() if same else _from_patches(before, after)
    if subjects is None:
        subjects = _by_comparing(before.open(), after.open())
    old, new = before.open(), after.open()
    was, now = ({iri for iri in subjects if _stands(store, iri)} for store in (old, new))
    return Changes(before.id, after.id, frozenset(now - was), frozenset(now & was), frozenset(was - now))


def affected_paths(found: Changes, addresses: Addresses) -> Steps[frozenset[str]]:
    """The documents that changes may show in: those of the resources and of all up to two steps away.

    A document holds the names of what its resource is tied to, and those of graphs and their sources.
    """
    hubs = yield f"""SELECT ?x WHERE {{
        {{ SELECT ?x (COUNT(*) AS ?n) WHERE {{ ?s ?p ?x FILTER isIRI(?x) }} GROUP BY ?x }} FILTER (?n > {_HUB}) }}"""
    through_none = {str(value(row[0])) for row in hubs}
    reached = set(found.all)
    edge = reached - through_none
    for _ in range(2):
        near: set[str] = set()
        ordered = sorted(edge)
        for start in range(0, len(ordered), _AT_ONCE):
            listed = iri_list(ordered[start:start + _AT_ONCE])
            rows = yield f"""SELECT DISTINCT ?near WHERE {{ VALUES ?x {{ {listed} }}
                {{ ?x ?p ?near FILTER isIRI(?near) }} UNION {{ ?near ?p ?x }} }}"""
            near.update(str(value(row[0])) for row in rows)
        edge = near - reached - through_none
        reached |= near
    return frozenset(path for iri in reached if (path := addresses.path(iri)))


def _from_patches(before: AnySnapshot, after: AnySnapshot) -> set[str] | None:
    """The subjects of the patches after one snapshot up to another; None where those are not all kept."""
    patches = after.patches()
    if not patches:
        return None
    known = [read_patch(patches[0]).before, *(path.stem for path in patches)]
    if before.id not in known or known[-1] != after.id:
        return None
    found: set[str] = set()
    for path in patches[known.index(before.id):]:
        patch = read_patch(path)
        found.update(_subjects([*patch.added, *patch.removed]))
    return found


def _by_comparing(old: ox.Store, new: ox.Store) -> set[str]:
    missing = {_short(quad) for quad in named_quads(old)}
    found: set[str] = set()
    for quad in named_quads(new):
        key = _short(quad)
        if key in missing:
            missing.discard(key)
        else:
            found.update(_subjects([quad]))
    found.update(_subjects(quad for quad in named_quads(old) if _short(quad) in missing))
    return found


def _short(quad: ox.Quad) -> bytes:
    return hashlib.blake2b(str(quad).encode(), digest_size=8).digest()


def _subjects(quads: Iterable[ox.Quad]) -> Iterator[str]:
    return (quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode))


def _stands(store: ox.Store, iri: str) -> bool:
    """Whether a store says something of a resource, and not that it was withdrawn."""
    node = ox.NamedNode(iri)
    told, withdrawn = (
        next(store.quads_for_pattern(node, name, None, None), None) for name in (None, _INVALIDATED))
    return told is not None and withdrawn is None
