"""The best practices of each NUTS 2 region under declared weights, as arrays: what the derived graph states."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from p4c_graph.regions import Region
from p4c_graph.transfer.match import Matcher

Array = npt.NDArray[Any]
BEST = 50
"""So many best practices of each NUTS 2 region are kept as statements."""
FILE = "best.json"
_PRECISION = 9


@dataclass(frozen=True)
class Best:
    """The best practices of one region, best first (n, at most 50), by their index in the columns."""

    practices: Array
    total: Array
    """(3, n) expected, low, high."""
    known_share: Array
    components: Array
    """(6, n) expected."""
    pattern: Array
    """Bit i is set where component i is known."""
    blocked: Array
    possibly_blocked: Array
    adoption: Array
    """(3, n) expected, low, high."""
    reason_pair: Array
    reason_application: Array
    """The applications each result rests on: position of the result, index of the application."""

    def pairs(self, matcher: Matcher) -> dict[str, str]:
        """IRI of each practice, best first → a digest: equal where what is stated of the pair is, but for its rank."""
        columns = matcher.columns
        numbers = np.round(np.concatenate([
            self.total, self.known_share[None], self.components, self.adoption,
            np.stack([self.pattern, self.blocked, self.possibly_blocked]),
        ]).T, _PRECISION) + 0.0  # no negative zero
        reasons: list[list[str]] = [[] for _ in self.practices]
        for pair, application in zip(self.reason_pair.tolist(), self.reason_application.tolist(), strict=True):
            reasons[pair].append(columns.applications[application])
        return {
            columns.practices[i]: hashlib.sha256(row.tobytes() + " ".join(sorted(of)).encode()).hexdigest()[:16]
            for i, row, of in zip(self.practices.tolist(), numbers, reasons, strict=True)
        }


def best_of(matcher: Matcher, region: Region, count: int = BEST) -> Best:
    """The best practices of one region, as ``Matcher.for_region`` ranks them."""
    found = matcher.best(region, matcher.model.weights, count)
    scores, subset = found.scores, found.subset
    why = matcher.why([region], subset)
    return Best(
        practices=found.ranking.best, total=np.stack([scores.expected, scores.low, scores.high]),
        known_share=scores.known_share, components=np.stack([of[0] for of in scores.components]),
        pattern=scores.pattern, blocked=scores.blocked, possibly_blocked=scores.possibly_blocked,
        adoption=matcher.adoption.score([region], subset)[:, 0], reason_pair=why.pair,
        reason_application=matcher.columns.application[why.row],
    )


def best_of_all(matcher: Matcher, regions: Sequence[Region] | None = None, count: int = BEST) -> dict[str, Best]:
    """IRI of each NUTS 2 region (or those given) → its best practices."""
    return {region.iri: best_of(matcher, region, count) for region in regions or matcher.gazetteer.units}


@dataclass(frozen=True)
class Stated:
    """What a snapshot states of the best practices: region → practice, best first → digest (see ``Best.pairs``)."""

    regions: dict[str, dict[str, str]]

    @classmethod
    def of(cls, matcher: Matcher, best: Mapping[str, Best]) -> Stated:
        """What is to be stated of these."""
        return cls({region: found.pairs(matcher) for region, found in best.items()})

    def save(self, folder: Path) -> None:
        """Writes ``best.json``."""
        (folder / FILE).write_bytes(orjson.dumps(self.regions))

    @classmethod
    def load(cls, folder: Path) -> Stated | None:
        """What ``save`` wrote into a snapshot's folder, or None."""
        path = folder / FILE
        return cls(orjson.loads(path.read_bytes())) if path.exists() else None


@dataclass(frozen=True)
class Restated:
    """What is to be stated otherwise of one region: practices to state anew, those to drop, and ranks that moved."""

    anew: list[str]
    gone: list[str]
    moved: dict[str, tuple[int, int]]
    """Practice → rank before and now, counted from 1."""


def compare(before: Stated, now: Stated) -> dict[str, Restated]:
    """Region → what differs, for those where something does."""
    found = {}
    for region in before.regions.keys() | now.regions.keys():
        old, new = before.regions.get(region, {}), now.regions.get(region, {})
        if list(old.items()) == list(new.items()):
            continue
        ranks = {practice: rank for rank, practice in enumerate(old, 1)}
        found[region] = Restated(
            anew=[practice for practice, digest in new.items() if old.get(practice) != digest],
            gone=[practice for practice in old if practice not in new],
            moved={practice: (ranks[practice], rank) for rank, practice in enumerate(new, 1)
                   if old.get(practice) == new[practice] and ranks[practice] != rank},
        )
    return found
