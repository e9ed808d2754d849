"""Regions by how alike they are to one in structure: a map, and the most alike in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from p4c_graph.regions import Region
from p4c_graph.transfer.match import MAXIMUM_LIMIT
from p4c_graph.transfer.result import Score
from p4c_graph.web.texts import texts
from p4c_graph.web.views import cartogram
from p4c_graph.web.views.cartogram import Legend, Map
from p4c_graph.web.views.names import names
from p4c_graph.web.views.visit import Visit


@dataclass(frozen=True)
class AlikePage:
    """What the page of the regions most alike to one shows."""

    region: Region
    stand_ins: list[Region]
    similar: list[tuple[Region, Score]]
    """All that can be compared, the most alike first."""
    map: Map | None


async def alike(visit: Visit, code: str) -> AlikePage:
    """The data of the page. Raises UnknownName or AmbiguousName."""
    region = visit.graph.gazetteer.find(code)
    similar = await asyncio.to_thread(visit.graph.matcher.similar, region, MAXIMUM_LIMIT)
    name = (await names(visit)).get(region.iri, region.label)
    return AlikePage(
        region, [unit for unit in visit.graph.gazetteer.units_of(region) if unit is not region], similar,
        alike_map(visit, await cartogram.layout(visit), name, region, similar) if similar else None)


def alike_map(
    visit: Visit, layout: cartogram.Cartogram, name: str, region: Region, similar: list[tuple[Region, Score]]
) -> Map:
    """Regions by how alike they are in structure; the region itself is marked."""
    t = texts(visit.language)
    values = {other.iri: score.expected for other, score in similar}
    ordered = sorted(values.values())
    return cartogram.draw(
        visit, layout, t("region.map_title", name=name), values,
        {iri: t("map.similarity", score=t.number(value, 2)) for iri, value in values.items()},
        Legend(t("map.least_alike"), t("map.most_alike"), t("map.similarity_unknown"), t("map.this_region")),
        # A tenth of the regions are so unlike that they would take the scale from the rest.
        bounds=(ordered[len(ordered) // 10], ordered[-1]),
        marked=frozenset(unit.iri for unit in visit.graph.gazetteer.units_of(region)),
        absent=t("map.similarity_unknown"))
