"""Matching: ranks practices for a region, or regions for a practice, with reasons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.errors import InputError
from p4c_graph.regions import Gazetteer, Region
from p4c_graph.transfer import result
from p4c_graph.transfer.acceptability import acceptability
from p4c_graph.transfer.adoption import AdoptionScorer
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.model import COMPONENTS, ORDERS, TransferModel
from p4c_graph.transfer.result import Match, MatchResult, Reason, Ref, Score, TooLittleKnown
from p4c_graph.transfer.similarity import spread
from p4c_graph.transfer.suitability import Scorer, Subset, Suitability

Array = npt.NDArray[Any]
MAXIMUM_LIMIT = 1000
MAXIMUM_LISTED = 250
"""So many of the too little known, and of those already here, are listed; a note says how many more there are."""
ALWAYS_ACCEPTABILITY = 1000
"""Up to so many candidates acceptability is always computed; beyond, on request."""
_REASONS = 3
_PRECISION = 9
_MERIT = COMPONENTS.index("merit")


@dataclass(frozen=True)
class _Ranking:
    """One ranking: its regions and practices (one side varies, the other is one), their scores, who is where."""

    regions: Sequence[Region]
    practices: Sequence[int]
    scores: Suitability
    total: int
    best: Array
    too_little: int
    little: Array
    here: Array

    @classmethod
    def of(
        cls, regions: Sequence[Region], practices: Sequence[int], scores: Suitability, model: TransferModel,
        limit: int, order: str, include_existing: bool,
    ) -> _Ranking:
        """The ranking by the model's rules; of those ranked, as many of the best as are needed, in order."""
        known = scores.known_share >= model.minimum_known - 10.0**-_PRECISION
        here = np.zeros_like(scores.here) if include_existing else scores.here
        ranked, little = np.flatnonzero(known & ~here), np.flatnonzero(~known & ~here)
        keys = (scores.low if order == "cautious" else scores.expected)[ranked] - 2 * scores.blocked[ranked]
        return cls(
            regions, practices, scores, len(ranked), ranked[_best(keys, max(limit, model.candidates))],
            len(little), little[_best(scores.known_share[little], MAXIMUM_LISTED)], np.flatnonzero(here),
        )

    def pair(self, i: int) -> tuple[Region, int]:
        """The region and the practice of a score."""
        return self.regions[min(i, len(self.regions) - 1)], self.practices[min(i, len(self.practices) - 1)]


class Matcher:
    """Answers matches over the columns of one snapshot."""

    def __init__(
        self, columns: Columns, gazetteer: Gazetteer, model: TransferModel, snapshot: str, minted: str
    ) -> None:
        self.columns, self.gazetteer, self.model = columns, gazetteer, model
        self.snapshot, self.minted = snapshot, minted
        self.scorer = Scorer(columns, gazetteer, model)
        self.adoption = AdoptionScorer(self.scorer)

    def for_region(
        self, region: Region, weights: dict[str, float], *, limit: int = 10, order: str = "cautious",
        include_existing: bool = False, with_acceptability: bool | None = None,
    ) -> MatchResult:
        """The practices that suit a region, best first."""
        _check(limit, order)
        scores = self.scorer.score([region], weights).of_region(0)
        every = range(len(self.columns.practices))
        ranking = _Ranking.of([region], every, scores, self.model, limit, order, include_existing)
        best = ranking.best[:limit]
        adoption = self.adoption.score([region], Subset.of(self.columns, best))[:, 0] if best.size else None
        return self._answer(
            ranking, adoption, self._acceptability(scores, ranking, weights, with_acceptability), subject="practice",
            region=self.region_ref(region), practice=None, order=order, weights=weights, limit=limit,
            notes=self.notes(region), include_existing=include_existing,
        )

    def for_practice(
        self, practice: int, weights: dict[str, float], *, limit: int = 10, order: str = "cautious",
        include_existing: bool = False, regions: Sequence[Region] | None = None,
        with_acceptability: bool | None = None,
    ) -> MatchResult:
        """The NUTS 2 regions (or those given) that a practice suits, best first."""
        _check(limit, order)
        targets = self.gazetteer.units if regions is None else sorted(regions, key=lambda region: region.iri)
        subset = Subset.of(self.columns, [practice])
        scores = self.scorer.score(targets, weights, subset).of_practice(0)
        ranking = _Ranking.of(targets, [practice], scores, self.model, limit, order, include_existing)
        best = ranking.best[:limit]
        adoption = self.adoption.score([targets[r] for r in best], subset)[:, :, 0] if best.size else None
        return self._answer(
            ranking, adoption, self._acceptability(scores, ranking, weights, with_acceptability), subject="region",
            region=None, practice=self.practice_ref(practice), order=order, weights=weights, limit=limit, notes=[],
            include_existing=include_existing,
        )

    def similar(self, region: Region, limit: int = 10) -> list[tuple[Region, Score]]:
        """The NUTS 2 regions most alike in structure, best first, without the region itself and its parts."""
        _check(limit, ORDERS[0])
        found = self.scorer.units(region.iri)
        if not found:
            return []
        values = spread(self.columns.unit_similarity[:, found])
        others = np.flatnonzero(~np.isnan(values[0]))
        others = others[~np.isin(others, found)]
        best = others[np.argsort(-np.round(values[0, others], _PRECISION), kind="stable")][:limit]
        return [(self.gazetteer.by_iri[self.columns.units[i]], _score(values[:, i])) for i in best]

    def notes(self, region: Region) -> list[str]:
        """What a reader must know of how the region was read."""
        units = self.gazetteer.units_of(region)
        names = ", ".join(f"{unit.label} ({unit.slug})" for unit in units[:5]) + (" …" if len(units) > 5 else "")
        if not units:
            return [f"No indicators are known for {region.label}: similarity is unknown."]
        if units == [region]:
            return []
        if len(units) == 1:
            return [f"Indicators and actors are those of the NUTS 2 region {names}, which stands for {region.label}; "
                    "its population is not."]
        return [f"{region.label} is read as the mean of its {len(units)} NUTS 2 regions: {names}."]

    def region_ref(self, region: Region) -> Ref:
        """A region by IRI, name and code."""
        return Ref(region.iri, region.label, region.slug)

    def practice_ref(self, index: int) -> Ref:
        """A practice by IRI and name."""
        return Ref(self.columns.practices[index], self.columns.labels[index])

    # ── parts of an answer ────────────────────────────────────────────────────────────────────────────────────

    def _answer(
        self, ranking: _Ranking, adoption: Array | None, shares: Array | None, *, subject: str, region: Ref | None,
        practice: Ref | None, order: str, weights: dict[str, float], limit: int, notes: list[str],
        include_existing: bool,
    ) -> MatchResult:
        results = [
            self._match(ranking, weights, place, adoption, shares)
            for place in range(min(limit, ranking.total))
        ]
        for rest, what in (
            (ranking.too_little - MAXIMUM_LISTED, "too little known to rank"),
            (len(ranking.here) - MAXIMUM_LISTED, "already here"),
        ):
            notes = [*notes, f"{rest} more are {what} than are listed."] if rest > 0 else notes
        refs = (ranking.pair(i) for i in ranking.here[:MAXIMUM_LISTED])
        return MatchResult(
            subject=subject, region=region, practice=practice,
            model={"id": self.model.iri, "version": self.model.version}, snapshot=self.snapshot, order=order,
            weights=weights, total=ranking.total, limit=limit, results=results,
            too_little_known=[self._too_little(ranking, i) for i in ranking.little],
            already_here=[self.practice_ref(p) if subject == "practice" else self.region_ref(r) for r, p in refs],
            notes=notes, minted=self.minted, variant=self._variant(weights, order, include_existing),
        )

    def _variant(self, weights: dict[str, float], order: str, include_existing: bool) -> str:
        """A suffix that tells a ranking under other weights or in another order from the declared one."""
        asked = {"order": order, "existing": include_existing, **{n: round(w, _PRECISION) for n, w in weights.items()}}
        declared = {"order": ORDERS[0], "existing": False,
                    **{n: round(w, _PRECISION) for n, w in self.model.weights.items()}}
        if asked == declared:
            return ""
        return "-" + hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]

    def _match(
        self, ranking: _Ranking, weights: dict[str, float], place: int, adoption: Array | None, shares: Array | None
    ) -> Match:
        """The result at a place of the ranking, counted from 0; ``adoption`` and ``shares`` go by place."""
        i, scores = ranking.best[place], ranking.scores
        region, practice = ranking.pair(i)
        blocked, possibly = self._blocking(region, practice)
        assert adoption is not None
        return Match(
            rank=place + 1, practice=self.practice_ref(practice), region=self.region_ref(region),
            total=Score(float(scores.expected[i]), float(scores.low[i]), float(scores.high[i])),
            known=float(scores.known_share[i]),
            components={
                name: result.ComponentScore(
                    *_floats(scores.components[j][:, i]), weights[name], bool(scores.known[j][i]),
                    inferred=j == _MERIT and bool(self.columns.merit_inferred[practice]))
                for j, name in enumerate(COMPONENTS)
            },
            blocked=blocked, possibly_blocked=possibly, already_here=bool(scores.here[i]),
            planned_here=self._planned_here(region, practice), because=self._because(region, practice),
            adoption=_score(adoption[:, place]),
            acceptability=None if shares is None or place >= len(shares) else float(shares[place]),
        )

    def _acceptability(
        self, scores: Suitability, ranking: _Ranking, weights: dict[str, float], wanted: bool | None
    ) -> Array | None:
        if wanted is False or (wanted is None and len(scores.expected) > ALWAYS_ACCEPTABILITY):
            return None
        best = ranking.best[:self.model.candidates]
        low, high = (np.stack([of[bound, best] for of in scores.components]) for bound in (1, 2))
        return acceptability(low, high, scores.blocked[best], weights, self.model)

    def _rows(self, practice: int) -> Array:
        start = self.columns.application_start
        return np.arange(start[practice], start[practice + 1])

    def _because(self, region: Region, practice: int) -> list[Reason]:
        """The places that carry the context score, strongest first; those that lower it after them."""
        c, rows = self.columns, self._rows(practice)
        failed = c.application_negative[rows]
        strength = np.where(failed, -self.model.negative_penalty, c.application_strength[rows])
        alike = self.scorer.similarities([region], c.application_place[rows])[0, 0]
        found = []
        for row, weight, similarity in zip(rows, strength.tolist(), alike.tolist(), strict=True):
            if weight and c.application_place[row] >= 0:
                where = self.region_ref(self.gazetteer.by_iri[c.places[c.application_place[row]]])
                i = c.application[row]
                known = None if np.isnan(similarity) else similarity
                reason = Reason(where, known, weight, c.kinds[i].lower(), c.applications[i], c.sources[i] or None)
                found.append((-abs(weight) * (known or 0.0), where.id, c.applications[i], reason))
        found.sort(key=lambda item: item[:3])
        reasons = [reason for *_, reason in found]
        return [r for r in reasons if r.strength > 0][:_REASONS] + [r for r in reasons if r.strength < 0]

    def _planned_here(self, region: Region, practice: int) -> bool:
        c, rows = self.columns, self._rows(practice)
        return bool((c.application_planned[rows] & self.scorer.here(region.iri)[c.application_place[rows]]).any())

    def _blocking(self, region: Region, practice: int) -> tuple[list[result.Condition], list[result.Condition]]:
        c = self.columns
        rows = slice(c.condition_start[practice], c.condition_start[practice + 1])
        required = c.condition_index[rows][c.condition_required[rows]].tolist()
        if not required:
            return [], []
        states = self.scorer.condition_states(region.iri)
        named = [(result.Condition(c.condition_iris[i], c.condition_labels[i]), states[i]) for i in required]
        return [k for k, state in named if state == 0], [k for k, state in named if np.isnan(state)]

    def _too_little(self, ranking: _Ranking, i: int) -> TooLittleKnown:
        region, practice = ranking.pair(i)
        missing = [name for name, known in zip(COMPONENTS, ranking.scores.known, strict=True) if not known[i]]
        return TooLittleKnown(
            self.practice_ref(practice), self.region_ref(region), float(ranking.scores.known_share[i]), missing)


def _best(keys: Array, count: int) -> Array:
    """The positions of the ``count`` largest keys, best first; ties stay in order, which is that of IRI."""
    # Rounded, so that noise in the last digits never decides.
    keys = np.round(keys, _PRECISION)
    chosen = np.arange(len(keys))
    if count < len(keys):
        chosen = np.flatnonzero(keys >= np.partition(keys, len(keys) - count)[len(keys) - count])
    return np.asarray(chosen[np.argsort(-keys[chosen], kind="stable")][:count])


def _floats(values: Array) -> tuple[float, float, float]:
    expected, low, high = values.tolist()
    return expected, low, high


def _score(values: Array) -> Score:
    return Score(*_floats(values))


def _check(limit: int, order: str) -> None:
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise InputError(f"limit is {limit}; expected a whole number from 1 to {MAXIMUM_LIMIT}", parameter="limit")
    if order not in ORDERS:
        raise InputError(f"order is {order!r}; expected {' or '.join(ORDERS)}", parameter="order")
