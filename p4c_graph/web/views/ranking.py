"""A ranking as a page shows it: sentences that explain, sources, the map, what the region was read through."""

from __future__ import annotations

from typing import Any

from p4c_graph.transfer.explain import explain
from p4c_graph.transfer.result import MatchResult
from p4c_graph.web.texts import texts
from p4c_graph.web.views import cartogram
from p4c_graph.web.views.cartogram import Legend, Map
from p4c_graph.web.views.names import names, told
from p4c_graph.web.views.visit import Visit


async def ranking(visit: Visit, found: MatchResult) -> dict[str, Any]:
    """What the templates of rankings need besides the ranking itself."""
    called = await names(visit)
    return {
        "found": found, "names": called, "told": await told(visit, found.results),
        "sentences": [explain(match, visit.language, called) for match in found.results],
        "notes": await _read_through(visit, found),
    }


async def _read_through(visit: Visit, found: MatchResult) -> list[str]:
    """That a region was read through others, where it was."""
    region = visit.graph.gazetteer.by_iri.get(found.region.id) if found.region else None
    units = visit.graph.gazetteer.units_of(region) if region else []
    if region is None or units == [region]:
        return []
    t, called = texts(visit.language), await names(visit)
    if not units:
        return [t("map.similarity_unknown")]
    return [f"{t('region.read_through')} {', '.join(called[unit.iri] for unit in units[:6])}"
            f"{' …' if len(units) > 6 else ''}"]


def suitability_map(
    visit: Visit, layout: cartogram.Cartogram, name: str, found: MatchResult, here: frozenset[str]
) -> Map:
    """Regions by the expected suitability of a practice, of a ranking that holds all; those it ran in are marked."""
    t = texts(visit.language)
    values = {match.region.id: match.total.expected for match in found.results}
    return cartogram.draw(
        visit, layout, t("practice.map_title", name=name), values,
        {iri: t("map.suitability", score=t.number(value, 2)) for iri, value in values.items()},
        Legend(t("map.little_suitable"), t("map.most_suitable"), t("map.too_little_known"), t("map.ran_here")),
        bounds=(min(values.values(), default=0.0), max(values.values(), default=1.0)), marked=here,
        absent=t("map.too_little_known"))
