"""A source: who published it, under which terms, and what of the graph rests on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.publish.rights import LICENCES
from p4c_graph.store.rows import iri_list
from p4c_graph.terms import local_name
from p4c_graph.web.views.data_text import DataText, best, plain
from p4c_graph.web.views.facts import Facts, Names, Resource, gather
from p4c_graph.web.views.provenance import Provenance
from p4c_graph.web.views.visit import Visit

_MOST = 60
_COUNTS = """
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) WHERE {{
  VALUES ?graph {{ {graphs} }} GRAPH ?graph {{ ?thing a ?class }}
  FILTER(?class IN (p4c:Practice, org:Organization, p4c:Region, p4c:Application, p4c:Result, p4c:Observation,
    p4c:TransferCondition, p4c:CodeChange))
}} GROUP BY ?class"""
_THINGS = """
SELECT DISTINCT ?class ?thing WHERE {{
  VALUES ?graph {{ {graphs} }} VALUES ?class {{ {classes} }} GRAPH ?graph {{ ?thing a ?class }}
}} ORDER BY ?class ?thing LIMIT {most}"""
_NOT_LISTED = ("Observation", "CodeChange")


@dataclass(frozen=True)
class Rest:
    """A thing that a source tells of."""

    label: DataText
    href: str | None


@dataclass(frozen=True)
class SourcePage:
    """What the page of a source shows: statements by basis, and the things told of by class."""

    facts: Facts
    about: Resource
    statements: dict[str, int]
    things: dict[str, list[Rest]]
    counts: dict[str, int]
    licences: dict[str, DataText]
    """Address of a licence → the name its publisher gives it."""


async def view(visit: Visit, iri: str) -> SourcePage | None:
    """The data of the page; None where there is no such source."""
    node = str(ox.NamedNode(iri))
    facts = await gather(visit, f"BIND({node} AS ?s)")
    about = facts.about.get(iri)
    if about is None or not about.is_a("Source"):
        return None
    provenance, known = await Provenance.of(visit), visit.graph.snapshot.manifest()["graphs"]
    own = [graph for graph, source in provenance.source_of.items() if source == iri and graph in known]
    statements: dict[str, int] = defaultdict(int)
    for graph in own:
        statements["inferred" if graph in provenance.inferred else "verified"] += known[graph]
    graphs = iri_list(own)
    counts = {plain(row["class"]): int(plain(row["things"]))
              for row in await visit.rows(_COUNTS.format(graphs=graphs))}
    listed = [kind for kind in sorted(counts) if local_name(kind) not in _NOT_LISTED]
    told: dict[str, list[str]] = defaultdict(list)
    most = _MOST * len(listed) or 1
    for row in await visit.rows(_THINGS.format(graphs=graphs, classes=iri_list(listed), most=most)):
        if len(of := told[plain(row["class"])]) < _MOST:
            of.append(plain(row["thing"]))
    names = await Names.read(visit, {thing for of in told.values() for thing in of})
    things = {local_name(kind): [Rest(names.label(thing), visit.href(thing)) for thing in told[kind]]
              for kind in listed}
    return SourcePage(
        facts, about, dict(sorted(statements.items(), reverse=True)),
        things | {local_name(kind): [] for kind in counts if kind not in listed},
        {local_name(kind): count for kind, count in counts.items()},
        {licence: best(texts, visit.language)[0] for licence, texts in LICENCES.items()})
