"""A region: its figures and actors, what ran there, which regions are like it, what suits it, what blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.regions import Region
from p4c_graph.transfer.explain import explain
from p4c_graph.transfer.match import MAXIMUM_LIMIT
from p4c_graph.transfer.result import Match, MatchResult, Score
from p4c_graph.web.views import browse, cartogram
from p4c_graph.web.views.browse import Item
from p4c_graph.web.views.cartogram import Map
from p4c_graph.web.views.collections import COLLECTIONS
from p4c_graph.web.views.facts import Facts, Resource, gather
from p4c_graph.web.views.indicators import Profile, profile
from p4c_graph.web.views.names import names, told
from p4c_graph.web.views.similar import alike_map
from p4c_graph.web.views.visit import Visit

BEST = 10


@dataclass(frozen=True)
class RegionPage:
    """What the page of a region shows."""

    facts: Facts
    about: Resource
    region: Region
    lineage: list[Region]
    stand_ins: list[Region]
    profile: Profile
    needs: list[Resource]
    policies: list[Resource]
    plans: list[Resource]
    organisations: list[Item]
    applications: list[Item]
    similar: list[tuple[Region, Score]]
    suits: MatchResult
    blocked: list[Match]
    told: dict[str, str]
    """IRI → title of the sources that the ranking rests on."""
    map: Map | None
    language: str
    names: Mapping[str, str]

    @property
    def results(self) -> list[Match]:
        """The best of the ranking that nothing blocks."""
        return _best(self.suits)

    @property
    def sentences(self) -> dict[str, dict[str, str]]:
        """IRI of a practice → component → why, in a sentence."""
        return {match.practice.id: explain(match, self.language, self.names) for match in self.results}


async def view(visit: Visit, iri: str) -> RegionPage | None:
    """The data of the page; None where there is no such region."""
    graph = visit.graph
    region = graph.gazetteer.by_iri.get(iri)
    if region is None:
        return None
    node = str(ox.NamedNode(iri))
    stand_ins = [unit for unit in graph.gazetteer.units_of(region) if unit is not region]
    measured = region if region.structural or not stand_ins or region.level is not None else stand_ins[0]
    facts, shown, organisations, applications = await asyncio.gather(
        gather(visit, f"""
          {{ BIND({node} AS ?s) }} UNION {{ {node} p4c:need|p4c:policy ?s }}
          UNION {{ ?s p4c:forRegion {node} . ?s a p4c:RecommendationPlan }}"""),
        profile(visit, measured),
        browse.items(visit, COLLECTIONS["organisations"]), browse.items(visit, COLLECTIONS["applications"]))
    about = facts.about[iri]
    suits, similar, layout = await asyncio.gather(
        asyncio.to_thread(graph.matcher.for_region, region, graph.model.weights, limit=MAXIMUM_LIMIT),
        asyncio.to_thread(graph.matcher.similar, region, MAXIMUM_LIMIT), cartogram.layout(visit))
    here = graph.gazetteer.related(region) - {above.iri for above in graph.gazetteer.lineage(region)} | {iri}
    return RegionPage(
        facts, about, region, graph.gazetteer.lineage(region), stand_ins, shown, facts.of(about.all("need")),
        facts.of(about.all("policy")), [r for r in facts.about.values() if r.is_a("RecommendationPlan")],
        _within(organisations, here, "place", "territory"), _within(applications, here, "place"), similar, suits,
        [match for match in suits.results if match.blocked], await told(visit, _best(suits)),
        alike_map(visit, layout, about.label, region, similar) if similar else None, visit.language, await names(visit))


def _best(suits: MatchResult) -> list[Match]:
    return [match for match in suits.results if not match.blocked][:BEST]


def _within(items: list[Item], here: set[str], *fields: str) -> list[Item]:
    return [item for item in items
            if any(choice.iri in here for name in fields for choice in item.values.get(name, ()))]
