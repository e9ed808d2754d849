"""Which resources have pages of their own; all others get the general document page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from p4c_graph.namespaces import ONTOLOGY, OWL, P4C, PROV
from p4c_graph.web.views import application, organisation, practice, region, source
from p4c_graph.web.views.names import names
from p4c_graph.web.views.ontology import ontology, term
from p4c_graph.web.views.visit import Visit

View = Callable[[Visit, str], Awaitable[Any]]
KINDS: dict[str, tuple[View, str]] = {
    "practice": (practice.view, "practice.html"), "region": (region.view, "region.html"),
    "organisation": (organisation.view, "organisation.html"),
    "application": (application.view, "application.html"), "source": (source.view, "source.html"),
}
"""Kind in the IRI → what gathers the data, and the template that shows it."""
OF_RESOURCES = frozenset(template for _, template in KINDS.values())
"""The templates whose data is about a resource (``data.about``)."""


async def shown(visit: Visit, iri: str) -> tuple[str, dict[str, Any]] | None:
    """The template and the values of the page about a resource; None where it has none of its own.

    What was withdrawn has none: the general document tells of that.
    """
    if iri == ONTOLOGY:
        return "ontology.html", {"data": await ontology(visit)}
    if iri.startswith(P4C):
        return "term.html", {"data": await term(visit, iri.removeprefix(P4C))}
    kind = iri.removeprefix(visit.graph.minter.resources).partition("/")[0]
    if kind not in KINDS:
        return None
    view, template = KINDS[kind]
    data = await view(visit, iri)
    if data is None or data.about.all(PROV.invalidatedAtTime) or data.about.all(OWL.deprecated):
        return None
    return template, {"data": data, "names": await names(visit)}
