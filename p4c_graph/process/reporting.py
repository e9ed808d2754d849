"""A region's report: all that the graph says for its authority, gathered from the questions and the matcher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from p4c_graph.languages import check_language
from p4c_graph.process.interest import Interest
from p4c_graph.regions import EU27, REFERENCE_EDITION, Gazetteer, Region
from p4c_graph.store.answers import QueryAnswer, Value
from p4c_graph.store.dataset import AnySnapshot
from p4c_graph.terms import local_name
from p4c_graph.transfer.explain import explain
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.result import Match, MatchResult, Ref, Score

BEST, TOLD, NEAR, VISITS = 10, 5, 5, 8
"""How many practices are ranked, how many of them explained, similar regions and visits listed."""
FAMILIES = ("clusterInitiatives", "developmentAgencies", "enterprises", "effectiveness")
Row = dict[str, Value]


class Graph(Protocol):
    """What a report asks: the questions of the library, matches, similar regions, sources."""

    @property
    def snapshot(self) -> AnySnapshot:
        """The snapshot that answers."""
        ...

    @property
    def gazetteer(self) -> Gazetteer:
        """All regions."""
        ...

    @property
    def matcher(self) -> Matcher:
        """The ranking."""
        ...

    def region(self, text: str) -> Region:
        """The region that a text means."""
        ...

    def ask(self, question: str, /, **values: object) -> QueryAnswer:
        """The answer of a question of the library."""
        ...

    def query(self, text: str) -> QueryAnswer:
        """The answer of a SPARQL query."""
        ...

    def match(self, *, region: str | None = None, limit: int = 10) -> MatchResult:
        """The practices that suit a region."""
        ...

    def sources(self, iris: list[str]) -> dict[str, tuple[str, str | None]]:
        """IRI of a source → its title and address."""
        ...


@dataclass(frozen=True)
class Figure:
    """One indicator of the region: its value beside the median of the EU's NUTS 2 regions."""

    label: str
    value: float
    unit: str
    year: str
    median: float | None
    position: float | None
    """Share of those regions that have less, from 0 to 1."""
    regions: int


@dataclass(frozen=True)
class Sourced:
    """Something declared or in force, with where it applies and where it was read."""

    label: str
    place: str
    source: str | None
    page: str | None


@dataclass(frozen=True)
class Suiting:
    """One practice that suits, and a sentence a component that says why (only for the first few)."""

    match: Match
    why: dict[str, str]


@dataclass(frozen=True)
class Report:
    """The facts of a report, in one language."""

    language: str
    region: Ref
    country: str | None
    snapshot: str
    created: str
    model: str
    notes: list[str]
    figures: list[Figure]
    actors: list[tuple[str, str]]
    """(its ties to the region, name of the organisation)."""
    policies: list[Sourced]
    needs: list[Sourced]
    unmet: list[Row]
    catalogue: list[Row]
    suiting: list[Suiting]
    ranked: int
    too_little_known: int
    missing: list[tuple[str, int]]
    """(component, of how many practices too little known to rank it is what is missing), most often first."""
    already_here: list[Ref]
    to_check: list[Row]
    tests: list[Row]
    interest: list[tuple[str, Interest]]
    transfers: list[Row]
    similar: list[tuple[Ref, Score]]
    visits: list[Row]
    sources: list[tuple[str, str | None]] = field(default_factory=list)
    synthetic: bool = False
    """Whether the graph holds made-up data."""

    @property
    def scored(self) -> bool:
        """Whether any practice of the catalogue has a published score."""
        return any(row[family] is not None for row in self.catalogue for family in FAMILIES)


_TIES = ("territory", "locatedIn", "actsFor")
_READ_IN = """
SELECT DISTINCT ?source WHERE {
  VALUES ?region { REGIONS } VALUES ?indicator { INDICATORS }
  ?observation p4c:refArea ?region ; p4c:indicator ?indicator .
  GRAPH ?graph { ?observation p4c:value ?value } ?graph dct:source ?source .
}"""
_VALUES = f"""
SELECT ?indicator ?region ?year ?value WHERE {{
  ?observation a p4c:Observation ; p4c:refArea ?region ; p4c:indicator ?indicator ; p4c:refPeriod ?year ;
    p4c:value ?value . ?region p4c:level 2 ; p4c:nutsVersion "{REFERENCE_EDITION}" .
}}"""


def gather(graph: Graph, text: str, language: str = "en") -> Report:
    """The report of the region that a text means. Raises UnknownName, AmbiguousName, InputError."""
    check_language(language)
    region, matcher = graph.region(text), graph.matcher
    found = graph.match(region=region.iri, limit=BEST)

    def ask(question: str, **values: object) -> list[Row]:
        return graph.ask(question, lang=language, **values).rows()

    profile = _profile(ask, graph, region)
    country = graph.gazetteer.country_of(region)
    places = [region, *graph.gazetteer.lineage(region)]
    policies, needs = (_declared(ask, places, profile, aspect) for aspect in ("policy", "need"))
    tests = ask("field-tests", region=region.iri)
    sources = {reason.source for match in found.results[:TOLD] for reason in match.because if reason.source}
    unmet = ask("unmet-needs", region=region.iri)
    transfers = ask("transfers", to=region.iri)
    sources |= {str(row["source"]) for row in [*unmet, *transfers] if row["source"]}
    sources |= _read_in(graph, region, profile)
    missing = Counter(name for pair in found.too_little_known for name in pair.missing)
    ref = Ref(region.iri, _name(graph, region, language), region.slug)
    return Report(
        language=language, region=ref, country=_name(graph, country, language) if country else None,
        snapshot=graph.snapshot.id, created=str(graph.snapshot.manifest()["created"])[:10],
        model=found.model["version"], notes=found.notes,
        figures=_figures(graph, profile),
        actors=_actors(profile),
        policies=policies, needs=needs, unmet=unmet, catalogue=ask("catalogue", region=region.iri),
        suiting=[Suiting(match, explain(match, language) if place < TOLD else {})
                 for place, match in enumerate(found.results)],
        ranked=found.total, too_little_known=len(found.too_little_known), missing=missing.most_common(),
        already_here=found.already_here,
        to_check=_to_check(ask("blocking-conditions", region=region.iri, limit=1000), found),
        tests=tests, interest=_interest(ask("workshop-interest"), tests), transfers=transfers,
        similar=[(matcher.region_ref(other), score) for other, score in matcher.similar(region, NEAR)],
        visits=ask("who-to-visit", region=region.iri, limit=VISITS),
        sources=_sources(graph, sources, [*policies, *needs]),
        synthetic=graph.query("ASK { ?graph a p4c:SyntheticGraph }").boolean(),
    )


def _name(graph: Graph, region: Region, language: str) -> str:
    """The name of a region in a language, else the one that is shown everywhere."""
    rows = graph.query(f"SELECT ?name WHERE {{ <{region.iri}> rdfs:label ?name FILTER(LANG(?name) = \"{language}\") }} "
                       "ORDER BY ?name LIMIT 1").rows()
    return str(rows[0]["name"]) if rows else region.label


def _profile(ask: Any, graph: Graph, region: Region) -> list[Row]:
    """The profile of a region; its figures are those of the one NUTS 2 region it is read as, where it has none."""
    own: list[Row] = ask("region-profile", region=region.iri)
    units = graph.gazetteer.units_of(region)
    if any(row["aspect"] and local_name(str(row["aspect"])) == "indicator" for row in own) or len(units) != 1:
        return own
    figures = [row for row in ask("region-profile", region=units[0].iri)
               if local_name(str(row["aspect"])) == "indicator"]
    return [*own, *figures]


def _figures(graph: Graph, profile: Iterable[Row]) -> list[Figure]:
    own = {str(row["item"]): row for row in profile
           if local_name(str(row["aspect"])) == "indicator" and row["value"] is not None}
    values: dict[tuple[str, str], list[float]] = {}
    for indicator, region, year, value in graph.query(_VALUES).tuples() if own else []:
        if local_name(str(region))[:2] in EU27 and value is not None:
            values.setdefault((str(indicator), str(year)[:4]), []).append(float(value))
    found = []
    for iri, row in own.items():
        value, year = float(row["value"] or 0), str(row["year"] or "")[:4]
        others = np.array(values.get((iri, year), []))
        found.append(Figure(
            str(row["itemLabel"]), value, str(row["unit"] or ""), year,
            float(np.median(others)) if others.size else None,
            float((others < value).mean()) if others.size else None, len(others)))
    return found


def _read_in(graph: Graph, region: Region, profile: Iterable[Row]) -> set[str]:
    """The sources of the figures."""
    indicators = " ".join(f"<{row['item']}>" for row in profile if local_name(str(row["aspect"])) == "indicator")
    regions = " ".join(f"<{place.iri}>" for place in {region.iri: region, **{
        unit.iri: unit for unit in graph.gazetteer.units_of(region)}}.values())
    rows = graph.query(_READ_IN.replace("REGIONS", regions).replace("INDICATORS", indicators)).tuples()
    return {str(source) for (source,) in rows}


def _actors(profile: Iterable[Row]) -> list[tuple[str, str]]:
    ties: dict[str, list[str]] = {}
    for row in profile:
        if local_name(str(row["aspect"])) in _TIES:
            ties.setdefault(str(row["itemLabel"]), []).append(str(row["aspectLabel"]))
    return [("; ".join(found), name) for name, found in sorted(ties.items(), key=lambda item: item[0].casefold())]


def _declared(ask: Any, places: list[Region], profile: list[Row], aspect: str) -> list[Sourced]:
    """Policies in force, or needs declared, in the region or the larger ones it lies in."""
    found: dict[str, Sourced] = {}
    for place in places:
        rows = profile if place is places[0] else ask("region-profile", region=place.iri)
        for row in rows:
            iri = str(row["item"])
            if local_name(str(row["aspect"])) == aspect and iri not in found:
                source = next(iter(ask("sources-of-statement", subject=iri, property="rdfs:label", limit=1)), None)
                title = str(source["sourceLabel"]) if source and source["sourceLabel"] else None
                page = str(source["page"]) if source and source["page"] else None
                found[iri] = Sourced(str(row["itemLabel"]), place.label, title, page)
    return list(found.values())


def _to_check(conditions: list[Row], found: MatchResult) -> list[Row]:
    """The conditions of the practices that suit which are unmet, or of which nothing is known in the region."""
    best = {match.practice.id: match.rank for match in found.results}
    wanted = [row for row in conditions if str(row["practice"]) in best and row["met"] is not True]
    return sorted(wanted, key=lambda row: (not row["required"], best[str(row["practice"])], str(row["condition"])))


def _interest(answers: list[Row], tests: list[Row]) -> list[tuple[str, Interest]]:
    here = {str(row["test"]) for row in tests}
    return [
        (str(row["workshopLabel"]),
         Interest(str(row["targetGroupLabel"] or ""), int(row["asked"]), int(row["interested"] or 0)))
        for row in answers if str(row["workshop"]) in here and row["asked"]
    ]


def _sources(graph: Graph, iris: set[str], declared: Iterable[Sourced]) -> list[tuple[str, str | None]]:
    known = set(graph.sources(sorted(iris)).values()) if iris else set()
    known |= {(item.source, item.page) for item in declared if item.source}
    return sorted(known, key=lambda source: (source[0].casefold(), source[1] or ""))


def unknowns(report: Report) -> Iterator[str]:
    """Names of what is not known of the region, in the order of the report."""
    for name, found in (
        ("figures", report.figures), ("policies", report.policies), ("needs", report.needs),
        ("scores", report.scored), ("tests", report.tests), ("interest", report.interest),
    ):
        if not found:
            yield name
