"""A source: who published it, under which terms, and what of the graph rests on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.terms import local_name
from p4c_graph.web.views.facts import Facts, Names, Resource, gather
from p4c_graph.web.views.said import Said
from p4c_graph.web.views.visit import Visit

_MOST = 60
_RESTS = """
SELECT ?basis ?thing ?class (COUNT(*) AS ?statements) WHERE {{
  ?g dct:source {source} . OPTIONAL {{ ?g p4c:basis ?basis }}
  GRAPH ?g {{ ?thing ?p ?o }}
  OPTIONAL {{ ?thing a ?class . FILTER(?class IN (p4c:Practice, org:Organization, p4c:Region, p4c:Application,
    p4c:Result, p4c:Observation, p4c:TransferCondition, p4c:CodeChange)) }}
}} GROUP BY ?basis ?thing ?class"""


@dataclass(frozen=True)
class Rest:
    """A thing that a source tells of, and in how many statements."""

    label: Said
    href: str | None
    statements: int


@dataclass(frozen=True)
class SourcePage:
    """What the page of a source shows: statements by basis, and the things told of by class."""

    facts: Facts
    about: Resource
    statements: dict[str, int]
    things: dict[str, list[Rest]]
    counts: dict[str, int]


async def view(visit: Visit, iri: str) -> SourcePage | None:
    """The data of the page; None where there is no such source."""
    node = str(ox.NamedNode(iri))
    facts = await gather(visit, f"BIND({node} AS ?s)")
    about = facts.about.get(iri)
    if about is None or not about.is_a("Source"):
        return None
    statements: dict[str, int] = defaultdict(int)
    told: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in await visit.rows(_RESTS.format(source=node)):
        thing, kind, count, basis = (row[name] for name in ("thing", "class", "statements", "basis"))
        assert isinstance(thing, ox.NamedNode)
        assert isinstance(count, ox.Literal)
        statements[local_name(basis.value) if isinstance(basis, ox.NamedNode) else "unknown"] += int(count.value)
        if isinstance(kind, ox.NamedNode):
            told[local_name(kind.value)][thing.value] += int(count.value)
    most = {kind: sorted(things, key=lambda t: (-things[t], t))[:_MOST] for kind, things in told.items()}
    names = await Names.read(visit, {thing for kind in most.values() for thing in kind})
    return SourcePage(
        facts, about, dict(sorted(statements.items(), reverse=True)),
        {kind: [Rest(names.label(thing), visit.href(thing), told[kind][thing]) for thing in things]
         for kind, things in sorted(most.items())},
        {kind: len(things) for kind, things in told.items()})
