"""A region's figures beside those of the regions of the European Union."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from statistics import quantiles

import pyoxigraph as ox

from p4c_graph.regions import EU27, Region
from p4c_graph.web.views.data_text import DataText, best
from p4c_graph.web.views.provenance import Cite, Provenance, Source
from p4c_graph.web.views.visit import Visit

_EVERYWHERE = """
SELECT ?indicator ?area ?year ?value WHERE {
  ?area p4c:level 2 . ?o p4c:refArea ?area ; p4c:indicator ?indicator ; p4c:refPeriod ?year ; p4c:value ?value .
}"""
_HERE = """
SELECT ?indicator ?label ?unit ?dimension ?dimensionLabel ?structural ?year ?value ?flag ?g WHERE {{
  GRAPH ?g {{ ?o p4c:refArea {area} ; p4c:indicator ?indicator ; p4c:refPeriod ?year ; p4c:value ?value }}
  ?indicator rdfs:label ?label ; p4c:dimension ?dimension . ?dimension skos:prefLabel ?dimensionLabel .
  OPTIONAL {{ ?indicator p4c:unit ?unit }}
  OPTIONAL {{ ?indicator p4c:structural ?structural }}
  OPTIONAL {{ ?o p4c:flag ?flag }}
}}"""


@dataclass(frozen=True)
class Spread:
    """How the regions of the European Union lie: their 5th, 25th, 50th, 75th and 95th percentile, and all values."""

    marks: tuple[float, float, float, float, float]
    values: tuple[float, ...]

    def place(self, value: float) -> float:
        """Where a value stands between the 5th and the 95th percentile, in [0, 1]; beyond them at the end."""
        low, high = self.marks[0], self.marks[4]
        return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5

    def above(self, value: float) -> float:
        """The share of regions with a smaller value."""
        return bisect_left(self.values, value) / len(self.values)


@dataclass(frozen=True)
class Figure:
    """A region's latest value of an indicator, with its unit, year, marks of quality and sources."""

    iri: str
    label: DataText
    unit: DataText
    year: int
    value: float
    flags: tuple[str, ...]
    structural: bool
    spread: Spread | None
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Profile:
    """The figures of a region by dimension, and the sources they come from."""

    dimensions: list[tuple[DataText, list[Figure]]]
    sources: list[Source]


async def spreads(visit: Visit) -> dict[tuple[str, int], Spread]:
    """How each indicator is spread over the NUTS 2 regions of the Union, by year; computed once a snapshot."""
    return await visit.once("spreads", lambda: _spreads(visit))


async def _spreads(visit: Visit) -> dict[tuple[str, int], Spread]:
    units = {unit.iri for unit in visit.graph.gazetteer.units if unit.slug[:2] in EU27}
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for row in await visit.rows(_EVERYWHERE):
        told = {name: term.value for name, term in row.items() if isinstance(term, ox.NamedNode | ox.Literal)}
        if told["area"] in units:
            found[told["indicator"], int(told["year"])].append(float(told["value"]))
    made = {}
    for key, values in found.items():
        if len(values) >= 20:
            cuts = quantiles(values, n=20, method="inclusive")
            made[key] = Spread((cuts[0], cuts[4], cuts[9], cuts[14], cuts[18]), tuple(sorted(values)))
    return made


async def profile(visit: Visit, region: Region) -> Profile:
    """The latest figures of a region, by one query."""
    latest: dict[str, tuple[int, list[dict[str, ox.NamedNode | ox.Literal]]]] = {}
    for row in await visit.rows(_HERE.format(area=ox.NamedNode(region.iri))):
        told = {name: term for name, term in row.items() if isinstance(term, ox.NamedNode | ox.Literal)}
        key, year = told["indicator"].value, int(told["year"].value)
        if key not in latest or year > latest[key][0]:
            latest[key] = (year, [])
        if year == latest[key][0]:
            latest[key][1].append(told)
    graphs = {row["g"].value for _, rows in latest.values() for row in rows}
    cited = (await Provenance.of(visit)).cited(graphs)
    by_dimension: dict[str, list[Figure]] = defaultdict(list)
    labels: dict[str, DataText] = {}
    everywhere = await spreads(visit)
    for iri, (year, rows) in sorted(latest.items()):
        first = rows[0]
        dimension = first["dimension"].value
        labels[dimension] = best(_literals(rows, "dimensionLabel"), visit.language)[0]
        by_dimension[dimension].append(Figure(
            iri, best(_literals(rows, "label"), visit.language)[0],
            next(iter(best(_literals(rows, "unit"), visit.language)), DataText("")),
            year, float(first["value"].value), tuple(sorted({row["flag"].value for row in rows if "flag" in row})),
            first["structural"].value == "true" if "structural" in first else False, everywhere.get((iri, year)),
            cited.cites({row["g"].value for row in rows})))
    return Profile([(labels[d], by_dimension[d]) for d in sorted(by_dimension)], cited.sources)


def _literals(rows: list[dict[str, ox.NamedNode | ox.Literal]], name: str) -> set[ox.Literal]:
    return {term for row in rows if isinstance(term := row.get(name), ox.Literal)}
