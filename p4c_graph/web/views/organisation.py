"""An organisation: what it is, whom it is tied to, what it offers, runs and tests."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import ORG
from p4c_graph.web.views.facts import Facts, Resource, gather
from p4c_graph.web.views.visit import Visit


@dataclass(frozen=True)
class OrganisationPage:
    """What the page of an organisation shows."""

    facts: Facts
    about: Resource
    offers: list[Resource]
    runs: list[Resource]
    tests: list[Resource]
    supports: list[Resource]
    supported_by: list[Resource]
    roles: list[Resource]


async def view(visit: Visit, iri: str) -> OrganisationPage | None:
    """The data of the page; None where there is no such organisation."""
    node = str(ox.NamedNode(iri))
    facts = await gather(visit, f"""
      {{ BIND({node} AS ?s) }} UNION {{ ?s p4c:provider|p4c:operator|p4c:partner|p4c:supports|p4c:member {node} }}
      UNION {{ {node} p4c:supports|org:linkedTo|p4c:memberOf ?s }}""")
    about = facts.about.get(iri)
    if about is None or not (about.is_a("DevelopmentAgency") or any(
            fact.iri == ORG.Organization for kind in about.facts for fact in about.facts[kind] if fact.iri)):
        return None
    others = [other for other in facts.about.values() if other is not about]

    def points(name: str) -> list[Resource]:
        return sorted((other for other in others if any(fact.iri == iri for fact in other.all(name))),
                      key=lambda other: str(other.label))

    return OrganisationPage(
        facts, about, points("provider"), points("operator"), points("partner"), facts.of(about.all("supports")),
        points("supports"), points("member"))
