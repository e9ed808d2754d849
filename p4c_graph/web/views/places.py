"""How many of some items stand in each NUTS 2 region, on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from p4c_graph.web.texts import texts
from p4c_graph.web.views import cartogram
from p4c_graph.web.views.browse import Item
from p4c_graph.web.views.cartogram import Legend, Map
from p4c_graph.web.views.visit import Visit

_WIDEST = 4
"""A place that consists of more NUTS 2 regions than this, such as a country, says nothing of each of them."""


def counted(visit: Visit, items: Iterable[Item]) -> Counter[str]:
    """IRI of a NUTS 2 region → how many items are there."""
    gazetteer, found = visit.graph.gazetteer, Counter[str]()
    for item in items:
        here = set[str]()
        for place in item.values.get("place", ()):
            region = gazetteer.by_iri.get(place.iri or "")
            units = gazetteer.units_of(region) if region else []
            if len(units) <= _WIDEST:
                here.update(unit.iri for unit in units)
        found.update(here)
    return found


async def map_of(visit: Visit, title: str, unit: str, items: Iterable[Item]) -> Map:
    """The map of items; ``unit`` is the key of the text that counts them."""
    t, counts = texts(visit.language), counted(visit, items)
    most = max(counts.values(), default=1)
    return cartogram.draw(
        visit, await cartogram.layout(visit), title, {iri: float(count) for iri, count in counts.items()},
        {iri: t(unit, n=count) for iri, count in counts.items()}, Legend("1", t.number(most), t("map.none_known")),
        bounds=(1, most), absent=t("map.none_known"), everywhere=False)
