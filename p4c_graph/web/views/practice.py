"""A practice: what, who, what came of it and where, how partners judged it, where it would suit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import PROV
from p4c_graph.transfer.match import MAXIMUM_LIMIT
from p4c_graph.transfer.result import Match, MatchResult
from p4c_graph.web.views import cartogram
from p4c_graph.web.views.cartogram import Map
from p4c_graph.web.views.facts import Facts, Resource, gather
from p4c_graph.web.views.merit import Judgement, judgements
from p4c_graph.web.views.ranking import suitability_map
from p4c_graph.web.views.visit import Visit

_SHOWN = 10


@dataclass(frozen=True)
class Ran:
    """One application: its record, and the records of its results."""

    record: Resource
    results: list[Resource]

    @property
    def kind(self) -> str:
        """The most special class it has: the key of its name in the texts."""
        kinds = ("Origin", "Implementation", "Workshop", "Transfer", "FieldTest")
        return next((kind for kind in kinds if self.record.is_a(kind)), "Application")


@dataclass(frozen=True)
class PracticePage:
    """What the page of a practice shows."""

    facts: Facts
    about: Resource
    ran: list[Ran]
    conditions: list[Resource]
    kept_by: list[Resource]
    judged: list[Judgement]
    suits: MatchResult
    map: Map

    @property
    def best(self) -> list[Match]:
        """The regions it suits best, of those where it does not run yet."""
        return [match for match in self.suits.results if not match.already_here][:_SHOWN]


async def view(visit: Visit, iri: str) -> PracticePage | None:
    """The data of the page; None where there is no such practice."""
    node = str(ox.NamedNode(iri))
    facts, judged = await asyncio.gather(
        gather(visit, f"""
          {{ BIND({node} AS ?s) }} UNION {{ {node} p4c:application ?s }}
          UNION {{ {node} p4c:application/p4c:result ?s }} UNION {{ {node} p4c:condition ?s }}
          UNION {{ ?s prov:hadMember {node} }} UNION {{ ?c prov:hadMember {node} . ?s p4c:produced ?c }}"""),
        judgements(visit, node))
    about = facts.about.get(iri)
    if about is None or iri not in visit.graph.matcher.columns.practices:
        return None
    index = visit.graph.matcher.columns.practices.index(iri)
    suits, layout = await asyncio.gather(
        asyncio.to_thread(
            visit.graph.matcher.for_practice, index, visit.graph.model.weights, limit=MAXIMUM_LIMIT, order="cautious",
            include_existing=True, with_acceptability=False),
        cartogram.layout(visit))
    ran = [Ran(record, facts.of(record.all("result"))) for record in facts.of(about.all("application"))]
    kept = [r for r in facts.about.values() if any(fact.iri == iri for fact in r.all(PROV.hadMember))]
    return PracticePage(
        facts, about, sorted(ran, key=_order), facts.of(about.all("condition")), kept, judged, suits,
        suitability_map(visit, layout, about.label, suits, _where(visit, ran)))


def _where(visit: Visit, ran: list[Ran]) -> frozenset[str]:
    """The NUTS 2 regions in which applications ran."""
    gazetteer = visit.graph.gazetteer
    places = {fact.iri for application in ran for fact in application.record.all("inRegion")}
    return frozenset(
        unit.iri for iri in places if iri in gazetteer.by_iri for unit in gazetteer.units_of(gazetteer.by_iri[iri]))


def _order(ran: Ran) -> tuple[bool, str, str]:
    start = ran.record.one("start")
    return ran.kind != "Origin", str(start.value) if start else "9999", str(ran.record.label)
