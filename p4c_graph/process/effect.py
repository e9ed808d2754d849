"""What a result changes: how a practice stands for some regions, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from p4c_graph.regions import Region
from p4c_graph.transfer.match import MAXIMUM_LIMIT, Matcher
from p4c_graph.transfer.result import DIGITS, Match, Ref


@dataclass(frozen=True)
class Standing:
    """A practice in the ranking of one region; without a match it is not ranked there, and ``why`` says why."""

    region: Ref
    match: Match | None
    why: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON: rank, score with interval, known share and components."""
        m = self.match
        if m is None:
            return {"region": self.region.to_dict(), "rank": None, "why": self.why}
        return {
            "region": self.region.to_dict(), "rank": m.rank, **m.total.to_dict(), "known": round(m.known, DIGITS),
            "components": {name: score.to_dict() for name, score in m.components.items()},
        }


def standings(matcher: Matcher, practice: str, regions: Sequence[Region]) -> list[Standing]:
    """How a practice (its IRI) stands among all practices for each of the regions."""
    return [_standing(matcher, practice, region) for region in regions]


def _standing(matcher: Matcher, practice: str, region: Region) -> Standing:
    ref = matcher.region_ref(region)
    if practice not in matcher.columns.practices:
        return Standing(ref, None, "not in the graph")
    found = matcher.for_region(region, matcher.model.weights, limit=MAXIMUM_LIMIT, with_acceptability=False)
    for match in found.results:
        if match.practice.id == practice:
            return Standing(ref, match)
    if any(here.id == practice for here in found.already_here):
        return Standing(ref, None, "already here")
    return Standing(ref, None, "too little known to rank")


def neighbours(matcher: Matcher, region: Region, count: int = 5) -> list[Region]:
    """The regions most like one, outside it: where a result there speaks loudest."""
    return [other for other, _ in matcher.similar(region, count)]
