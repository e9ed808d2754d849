"""The best practices of each NUTS 2 region under declared weights, as arrays: what the derived graph states."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
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

    def digest(self, matcher: Matcher) -> str:
        """What is equal where, and only where, the statements made of it are: it goes by IRI, not by index."""
        columns, found = matcher.columns, hashlib.sha256(f"{matcher.minted} {matcher.model.iri}".encode())
        for names, indices in ((columns.practices, self.practices), (columns.applications, self.reason_application)):
            found.update("\n".join([names[i] for i in indices.tolist()]).encode())
        for field in fields(self)[1:-1]:
            found.update(np.ascontiguousarray(getattr(self, field.name)).tobytes())
        return found.hexdigest()[:32]


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


def save_digests(matcher: Matcher, best: dict[str, Best], folder: Path) -> None:
    """Keeps with a snapshot what tells later which regions are ranked as before: ``best.json``."""
    (folder / FILE).write_bytes(orjson.dumps({iri: of.digest(matcher) for iri, of in best.items()}))


def changed(matcher: Matcher, best: dict[str, Best], before: Path) -> list[str]:
    """The IRIs of the regions whose statements are not those of an earlier snapshot, given by its folder."""
    path = before / FILE
    kept: dict[str, str] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return [iri for iri, of in best.items() if kept.get(iri) != of.digest(matcher)]
