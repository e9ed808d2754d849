"""What changed between two snapshots, as a page shows it: how many of each kind, and a page of them by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.publish.changes import Changes
from p4c_graph.store.rows import iri_list
from p4c_graph.web.views.data_text import DataText, best
from p4c_graph.web.views.visit import Visit

Activity = tuple[str, str]
"""What became of a resource (Create, Update, Delete), and its IRI."""
PER_PAGE = 100


@dataclass(frozen=True)
class Changed:
    """One resource that changed."""

    what: str
    name: DataText
    iri: str
    href: str | None


async def changed(visit: Visit, activities: Sequence[Activity]) -> list[Changed]:
    """These activities with the names of what they are about; what has none, or is no more, by the end of its IRI."""
    literals: dict[str, list[ox.Literal]] = {}
    if activities:
        for row in await visit.rows(f"""SELECT ?s ?name WHERE {{
            VALUES ?s {{ {iri_list(iri for _, iri in activities)} }} ?s rdfs:label|dct:title ?name }}"""):
            thing, name = row["s"], row["name"]
            assert isinstance(thing, ox.NamedNode)
            if isinstance(name, ox.Literal):
                literals.setdefault(thing.value, []).append(name)
    resources = visit.graph.minter.resources
    return [
        Changed(what, (best(literals.get(iri, ()), visit.language) or [DataText(iri.removeprefix(resources))])[0], iri,
                visit.href(iri) if what != "Delete" else None)
        for what, iri in activities]


def kinds(found: Changes, resources: str) -> list[tuple[str, int]]:
    """The kinds of the resources that changed, as their IRIs name them, with how many; the most first."""
    counted = Counter(
        iri.removeprefix(resources).partition("/")[0] for iri in found.all if iri.startswith(resources))
    return counted.most_common()
