"""About the data: how much is known of each kind of thing, on which basis, under which terms."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import ORG, P4C
from p4c_graph.terms import concept, local_name
from p4c_graph.web.views.data_text import DataText, best, plain
from p4c_graph.web.views.facts import Names
from p4c_graph.web.views.visit import Visit

_KINDS = {
    P4C.Practice: ("provider", "theme", "serviceKind", "targetGroup", "application", "condition", "cost", "staff",
                   "timesRepeated", "hasCharacteristic"),
    P4C.Application: ("inRegion", "operator", "start", "outcome", "result"),
    ORG.Organization: ("locatedIn", "territory", "sector", "supports"),
    P4C.Region: ("policy", "need"),
}
_COVERAGE = """
SELECT ?class ?property (COUNT(DISTINCT ?thing) AS ?have) WHERE {{
  VALUES (?class ?property) {{ {pairs} }} ?thing a ?class ; ?property ?value
}} GROUP BY ?class ?property"""
_THINGS = """
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) WHERE {{
  VALUES ?class {{ {classes} }} ?thing a ?class
}} GROUP BY ?class"""
_UNKNOWN_OUTCOME = f"""
SELECT (COUNT(*) AS ?n) WHERE {{ ?thing a p4c:Application ; p4c:outcome <{concept("outcome", "unknown")}> }}"""
_BASES = "SELECT ?g ?basis WHERE { ?g a p4c:SourceGraph OPTIONAL { ?g p4c:basis ?basis } }"
_TERMS = "SELECT ?s ?terms WHERE { ?s a p4c:Source ; dct:rights ?terms }"


@dataclass(frozen=True)
class Covered:
    """A property: how many of the things of a kind have a value."""

    label: DataText
    href: str | None
    have: int
    share: float


@dataclass(frozen=True)
class Kind:
    """A kind of thing and its properties."""

    name: str
    """The end of the IRI of its class."""
    things: int
    properties: list[Covered]


@dataclass(frozen=True)
class About:
    """What the page about the data shows; statements by basis count over named graphs."""

    coverage: list[Kind]
    verified: int
    inferred: int
    derived: int
    terms: list[tuple[DataText, int]]


async def about(visit: Visit) -> About:
    """The data of the page; read once a snapshot and language."""
    return await visit.once(("about", visit.language), lambda: _read(visit))


async def _read(visit: Visit) -> About:
    pairs = " ".join(f"(<{kind}> <{P4C[name]}>)" for kind, names in _KINDS.items() for name in names)
    have = {(plain(row["class"]), plain(row["property"])): int(plain(row["have"]))
            for row in await visit.rows(_COVERAGE.format(pairs=pairs))}
    classes = " ".join(f"<{kind}>" for kind in _KINDS)
    things = {plain(row["class"]): int(plain(row["things"]))
              for row in await visit.rows(_THINGS.format(classes=classes))}
    # An outcome that is recorded as unknown is not known.
    unknown = int(plain((await visit.rows(_UNKNOWN_OUTCOME))[0]["n"]))
    if (P4C.Application, P4C.outcome) in have:
        have[P4C.Application, P4C.outcome] -= unknown
    names = await Names.read(visit, {*_KINDS, *(P4C[name] for of in _KINDS.values() for name in of)})
    coverage = [
        Kind(local_name(kind), things.get(kind, 0), [
            Covered(names.label(P4C[name]), visit.href(P4C[name]), have.get((kind, P4C[name]), 0),
                    have.get((kind, P4C[name]), 0) / max(1, things.get(kind, 0)))
            for name in of])
        for kind, of in _KINDS.items()]
    graphs = visit.graph.snapshot.manifest()["graphs"]
    bases = {plain(row["g"]): local_name(plain(row["basis"])) for row in await visit.rows(_BASES)}
    counts: Counter[str] = Counter()
    for graph, statements in graphs.items():
        counts["derived" if "/graph/derived/" in graph else bases.get(graph, "model")] += statements
    return About(coverage, counts["verified"], counts["inferred"], counts["derived"], await _terms(visit))


async def _terms(visit: Visit) -> list[tuple[DataText, int]]:
    """The terms of sources in the page's language, each with how many sources have it; the most frequent first."""
    of_source: dict[str, list[ox.Literal]] = defaultdict(list)
    for row in await visit.rows(_TERMS):
        if isinstance(row["terms"], ox.Literal):
            of_source[plain(row["s"])].append(row["terms"])
    counts = Counter(text for texts in of_source.values() for text in best(texts, visit.language))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
