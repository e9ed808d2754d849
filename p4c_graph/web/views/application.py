"""An application of a practice, field tests among them: where, when, by whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.web.views.facts import Facts, Resource, gather
from p4c_graph.web.views.practice import Ran
from p4c_graph.web.views.visit import Visit


@dataclass(frozen=True)
class ApplicationPage:
    """What the page of an application shows."""

    facts: Facts
    about: Resource
    ran: Ran
    practices: list[Resource]
    adaptations: list[Resource]
    instruments: list[Resource]
    responses: list[Resource]
    taken_over: list[Resource]


async def view(visit: Visit, iri: str) -> ApplicationPage | None:
    """The data of the page; None where there is no such application."""
    node = str(ox.NamedNode(iri))
    facts = await gather(visit, f"""
      {{ BIND({node} AS ?s) }} UNION {{ ?s p4c:application {node} }} UNION {{ ?s p4c:takenFrom {node} }}
      UNION {{ {node} p4c:result|p4c:adaptation|p4c:instrument|p4c:responses ?s }}""")
    about = facts.about.get(iri)
    if about is None or not about.is_a("Application"):
        return None

    def points(name: str) -> list[Resource]:
        return [other for other in facts.about.values() if any(fact.iri == iri for fact in other.all(name))]

    return ApplicationPage(
        facts, about, Ran(about, facts.of(about.all("result"))), points("application"),
        facts.of(about.all("adaptation")), facts.of(about.all("instrument")), facts.of(about.all("responses")),
        points("takenFrom"))
