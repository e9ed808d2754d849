"""Two regions side by side: their figures, how alike they are, what suits each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from p4c_graph.regions import Region
from p4c_graph.transfer.match import MAXIMUM_LIMIT
from p4c_graph.transfer.result import Match, Score
from p4c_graph.web.views.data_text import DataText
from p4c_graph.web.views.indicators import Figure, profile
from p4c_graph.web.views.names import names
from p4c_graph.web.views.visit import Visit

_BEST = 10


@dataclass(frozen=True)
class Side:
    """One of the two regions, with its figures and ranking."""

    region: Region
    label: DataText
    figures: dict[str, Figure]
    matches: dict[str, Match]


@dataclass(frozen=True)
class Comparison:
    """What the page that compares shows; without ``second`` only the form."""

    first: Side
    second: Side | None
    similarity: Score | None

    @property
    def rows(self) -> list[tuple[DataText, tuple[Figure | None, Figure | None]]]:
        """Indicator → the figure of each side."""
        assert self.second is not None
        one, two = self.first.figures, self.second.figures
        return [((one.get(i) or two[i]).label, (one.get(i), two.get(i))) for i in sorted({*one, *two})]

    @property
    def practices(self) -> list[tuple[str, str, tuple[Match | None, Match | None]]]:
        """The best of either side, with what each side says of it."""
        assert self.second is not None
        sides = (self.first.matches, self.second.matches)
        best = {m.practice.id: m.practice.label for side in sides for m in side.values() if m.rank <= _BEST}
        pairs = [(iri, label, (sides[0].get(iri), sides[1].get(iri))) for iri, label in best.items()]
        return sorted(pairs, key=lambda row: (-max(m.total.low for m in row[2] if m), row[0]))


async def compare(visit: Visit, first: str, second: str | None) -> Comparison:
    """The comparison. Raises UnknownName or AmbiguousName."""
    one = await _side(visit, visit.graph.gazetteer.find(first))
    if second is None:
        return Comparison(one, None, None)
    two = await _side(visit, visit.graph.gazetteer.find(second, parameter="with"))
    targets = {unit.iri for unit in visit.graph.gazetteer.units_of(two.region)}
    similar = await asyncio.to_thread(visit.graph.matcher.similar, one.region, MAXIMUM_LIMIT)
    return Comparison(one, two, next((score for other, score in similar if targets == {other.iri}), None))


async def _side(visit: Visit, region: Region) -> Side:
    units = visit.graph.gazetteer.units_of(region)
    measured = region if region.level is not None or not units else units[0]
    figures = (await profile(visit, measured)).dimensions
    ranked = await asyncio.to_thread(
        visit.graph.matcher.for_region, region, visit.graph.model.weights, limit=MAXIMUM_LIMIT,
        with_acceptability=False)
    return Side(
        region, (await names(visit))[region.iri], {f.iri: f for _, group in figures for f in group},
        {match.practice.id: match for match in ranked.results})
