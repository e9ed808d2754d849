"""Whether two regions share ground, as the transfer model finds it out."""

from __future__ import annotations

from p4c_graph.regions import Gazetteer


def share_ground(gazetteer: Gazetteer, one: str, other: str) -> bool:
    """Whether two regions, by slug, lie in each other, have a common part or are approximated so that they do."""
    related = gazetteer.related(gazetteer.by_slug[one])
    return any(atom.iri in related for atom in gazetteer.atoms(gazetteer.by_slug[other]))
