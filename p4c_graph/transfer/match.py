"""Matching: ranks practices for a region, or regions for a practice, with reasons."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.errors import InputError
from p4c_graph.regions import Gazetteer, Region
from p4c_graph.transfer.acceptability import acceptability
from p4c_graph.transfer.adoption import AdoptionScorer
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.model import COMPONENTS, ORDERS, TransferModel
from p4c_graph.transfer.ranking import MAXIMUM_LISTED, PRECISION, Ranking
from p4c_graph.transfer.reasons import Reasons, reasons
from p4c_graph.transfer.result import ComponentScore, Condition, Match, MatchResult, Reason, Ref, Score, TooLittleKnown
from p4c_graph.transfer.similarity import spread
from p4c_graph.transfer.standing import Stander
from p4c_graph.transfer.subset import Subset, runs
from p4c_graph.transfer.suitability import Scorer, Suitability

Array = npt.NDArray[Any]
Conditions = Mapping[int, list[Condition]]
MAXIMUM_LIMIT = 1000
ALWAYS_ACCEPTABILITY = 1000
"""Up to so many candidates acceptability is always computed; beyond, on request."""
_MISSING = [[name for j, name in enumerate(COMPONENTS) if not pattern >> j & 1] for pattern in range(64)]
"""By the pattern of what is known."""
_MERIT = COMPONENTS.index("merit")


@dataclass(frozen=True)
class _Question:
    """What is asked: one side varies (``subject``), the other is one."""

    subject: str
    regions: Sequence[Region]
    practices: Sequence[int]
    weights: dict[str, float]
    limit: int
    order: str
    include_existing: bool

    def sides(self, shown: list[int]) -> tuple[Sequence[Region], Array]:
        """The regions and the practices of those shown, by what is ranked; one of the two sides is one."""
        if self.subject == "practice":
            return self.regions, np.array(shown, dtype=np.int64)
        return [self.regions[i] for i in shown], np.array(self.practices, dtype=np.int64)

    def pair(self, i: int) -> tuple[Region, int]:
        """The region and the practice of the i-th of what is ranked."""
        return (self.regions[0], self.practices[i]) if self.subject == "practice" else (
            self.regions[i], self.practices[0])


@dataclass(frozen=True)
class Ranked:
    """A ranking, the practices of its best, and the scores of these by place."""

    ranking: Ranking
    subset: Subset
    scores: Suitability


class Matcher:
    """Answers matches over the columns of one snapshot."""

    def __init__(
        self, columns: Columns, gazetteer: Gazetteer, model: TransferModel, snapshot: str, minted: str
    ) -> None:
        self.columns, self.gazetteer, self.model = columns, gazetteer, model
        self.snapshot, self.minted = snapshot, minted
        self.scorer = Scorer(columns, gazetteer, model)
        self.stander = Stander(self.scorer)
        self.adoption = AdoptionScorer(self.scorer)

    def for_region(
        self, region: Region, weights: dict[str, float], *, limit: int = 10, order: str = "cautious",
        include_existing: bool = False, with_acceptability: bool | None = None,
    ) -> MatchResult:
        """The practices that suit a region, best first."""
        _check(limit, order)
        count = len(self.columns.practices)
        asked = _Question("practice", [region], range(count), weights, limit, order, include_existing)
        if not self.columns.units or not count:
            return self._nothing(asked)
        drawn = _is_drawn(with_acceptability, count)
        found = self.best(
            region, weights, max(limit, self.model.candidates) if drawn else limit, order, include_existing)
        shown = found.subset if not drawn else Subset.of(self.columns, found.ranking.best[:limit])
        return self._answer(
            asked, found, self.adoption.score([region], shown)[:, 0], self.why([region], shown), drawn,
        )

    def best(
        self, region: Region, weights: dict[str, float], count: int, order: str = ORDERS[0],
        include_existing: bool = False,
    ) -> Ranked:
        """The ranking of all practices for a region, with the scores of the ``count`` best."""
        standing = self.stander.of(region, weights, order)
        here = standing.here[:0] if include_existing else standing.here
        ranking = Ranking.of(standing.keys, standing.pattern, here, self.model, weights, count)
        subset = Subset.of(self.columns, ranking.best)
        return Ranked(ranking, subset, self.scorer.score([region], weights, subset).of_region(0))

    def why(self, regions: Sequence[Region], subset: Subset) -> Reasons:
        """What the scores of all pairs of some regions and practices rest on; one of the two sides is one."""
        places = self.columns.application_place[subset.applications]
        of_practice = np.diff(subset.application_start, append=len(places))
        pair = np.repeat(np.arange(len(of_practice)), of_practice) if len(regions) == 1 else np.repeat(
            np.arange(len(regions)), len(places))
        similarity = self.scorer.similarities(regions, places)[0].ravel()
        return reasons(self.columns, self.model, pair, np.tile(subset.applications, len(regions)), similarity)

    def for_practice(
        self, practice: int, weights: dict[str, float], *, limit: int = 10, order: str = "cautious",
        include_existing: bool = False, regions: Sequence[Region] | None = None,
        with_acceptability: bool | None = None,
    ) -> MatchResult:
        """The NUTS 2 regions (or those given) that a practice suits, best first."""
        _check(limit, order)
        targets = self.gazetteer.units if regions is None else sorted(regions, key=lambda region: region.iri)
        asked = _Question("region", targets, [practice], weights, limit, order, include_existing)
        if not targets:
            return self._nothing(asked)
        subset = Subset.of(self.columns, [practice])
        scores = self.scorer.score(targets, weights, subset).of_practice(0)
        drawn = _is_drawn(with_acceptability, len(targets))
        ranking = Ranking.of(
            (scores.low if order == "cautious" else scores.expected) - 2 * scores.blocked, scores.pattern,
            np.flatnonzero(scores.here & (not include_existing)), self.model, weights,
            max(limit, self.model.candidates) if drawn else limit)
        shown = [targets[i] for i in ranking.best[:limit]]
        return self._answer(
            asked, Ranked(ranking, subset, scores.at(ranking.best)), self.adoption.score(shown, subset)[:, :, 0],
            self.why(shown, subset), drawn,
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
        best = others[np.argsort(-np.round(values[0, others], PRECISION), kind="stable")][:limit]
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
        self, asked: _Question, found: Ranked, adoption: Array, why: Reasons, drawn: bool
    ) -> MatchResult:
        """The answer; scores, ``adoption`` and ``why`` go by place in the ranking."""
        ranking, scores, shares = found.ranking, found.scores, None
        if drawn:
            low, high = (np.stack([of[bound, :self.model.candidates] for of in scores.components]) for bound in (1, 2))
            blocked = scores.blocked[:self.model.candidates]
            shares = acceptability(low, high, blocked, asked.weights, self.model).tolist()
        notes = self.notes(asked.regions[0]) if asked.subject == "practice" else []
        for rest, what in (
            (ranking.too_little - MAXIMUM_LISTED, "too little known to rank"),
            (len(ranking.here) - MAXIMUM_LISTED, "already here"),
        ):
            notes += [f"{rest} more are {what} than are listed."] if rest > 0 else []
        little, here = self._apart(asked, ranking)
        about, is_region = asked.pair(0), asked.subject == "practice"
        return MatchResult(
            subject=asked.subject, region=self.region_ref(about[0]) if is_region else None,
            practice=None if is_region else self.practice_ref(about[1]),
            model={"id": self.model.iri, "version": self.model.version}, snapshot=self.snapshot, order=asked.order,
            weights=asked.weights, total=ranking.total, limit=asked.limit,
            results=self._matches(asked, found, adoption, self._because(why), shares),
            too_little_known=little, already_here=here, notes=notes, minted=self.minted, variant=self._variant(asked),
        )

    def _nothing(self, asked: _Question) -> MatchResult:
        """The answer in a graph without regions, or without practices."""
        of_region = asked.subject == "practice"
        lacking = "practices" if self.columns.units else "NUTS 2 regions"
        return MatchResult(
            subject=asked.subject, region=self.region_ref(asked.regions[0]) if of_region else None,
            practice=None if of_region else self.practice_ref(asked.practices[0]),
            model={"id": self.model.iri, "version": self.model.version}, snapshot=self.snapshot, order=asked.order,
            weights=asked.weights, total=0, limit=asked.limit, results=[], too_little_known=[],
            notes=[f"There are no {lacking} in this graph."], minted=self.minted,
        )

    def _apart(self, asked: _Question, ranking: Ranking) -> tuple[list[TooLittleKnown], list[Ref]]:
        """Those of whom too little is known, and those that are already here, as far as they are listed."""
        little, here = ranking.little, ranking.here[:MAXIMUM_LISTED].tolist()
        if asked.subject == "region":
            practice = self.practice_ref(asked.practices[0])
            return [TooLittleKnown(practice, self.region_ref(asked.regions[i]), known, _MISSING[pattern])
                    for i, known, pattern in little], [self.region_ref(asked.regions[i]) for i in here]
        # There may be hundreds of them, so that calls count.
        region, iris, labels = self.region_ref(asked.regions[0]), self.columns.practices, self.columns.labels
        return [TooLittleKnown(Ref(iris[i], labels[i]), region, known, _MISSING[pattern])
                for i, known, pattern in little], [Ref(iris[i], labels[i]) for i in here]

    def _variant(self, asked: _Question) -> str:
        """A suffix that tells a ranking under other weights or in another order from the declared one."""
        given = {"order": asked.order, "existing": asked.include_existing,
                 **{n: round(w, PRECISION) for n, w in asked.weights.items()}}
        declared = {"order": ORDERS[0], "existing": False,
                    **{n: round(w, PRECISION) for n, w in self.model.weights.items()}}
        if given == declared:
            return ""
        return "-" + hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:8]

    def _matches(
        self, asked: _Question, ranked: Ranked, adoption: Array, because: dict[int, list[Reason]],
        shares: list[float] | None,
    ) -> list[Match]:
        """The results, one a place."""
        scores = ranked.scores
        totals = np.stack([scores.expected, scores.low, scores.high]).T.tolist()
        components: list[list[tuple[float, float, float]]] = np.stack(scores.components).transpose(2, 0, 1).tolist()
        known, patterns, adopted = scores.known_share.tolist(), scores.pattern.tolist(), adoption.T.tolist()
        here, shown = scores.here.tolist(), ranked.ranking.best[:asked.limit].tolist()
        if not shown:
            return []
        blocked, possibly = self._blocking(asked, shown)
        planned = self._planned_here(asked, shown)
        found = []
        for place, i in enumerate(shown):
            region, practice = asked.pair(i)
            found.append(Match(
                rank=place + 1, practice=self.practice_ref(practice), region=self.region_ref(region),
                total=Score(*totals[place]), known=known[place],
                components={
                    name: ComponentScore(
                        *components[place][j], weight=asked.weights[name], known=bool(patterns[place] >> j & 1),
                        inferred=j == _MERIT and bool(self.columns.merit_inferred[practice]))
                    for j, name in enumerate(COMPONENTS)
                },
                blocked=blocked.get(place, []), possibly_blocked=possibly.get(place, []), already_here=here[place],
                planned_here=planned[place], because=because.get(place, []),
                adoption=Score(*adopted[place]),
                acceptability=None if shares is None or place >= len(shares) else shares[place],
            ))
        return found

    def _because(self, why: Reasons) -> dict[int, list[Reason]]:
        """Pair → the places that carry its context score, strongest first; those that lower it after them."""
        c, found = self.columns, defaultdict[int, list[Reason]](list)
        numbers = (of.tolist() for of in (
            why.pair, c.application_place[why.row], c.application[why.row], why.strength, why.similarity))
        for pair, place, i, strength, similarity in zip(*numbers, strict=True):
            where = self.region_ref(self.gazetteer.by_iri[c.places[place]])
            known = None if isnan(similarity) else similarity
            found[pair].append(
                Reason(where, known, strength, c.kinds[i].lower(), c.applications[i], c.sources[i] or None))
        return found

    def _planned_here(self, asked: _Question, shown: list[int]) -> list[bool]:
        """Of each that is shown: whether an application is planned where the region is."""
        c = self.columns
        regions, practices = asked.sides(shown)
        rows, start = runs(c.application_start, practices)
        planned, places = c.application_planned[rows], c.application_place[rows]
        found = [np.logical_or.reduceat(planned & self.scorer.here(region.iri)[places], start) for region in regions]
        return [bool(planned) for planned in np.concatenate(found)]

    def _blocking(self, asked: _Question, shown: list[int]) -> tuple[Conditions, Conditions]:
        """Place → the required conditions that are unmet there, and those of unknown state."""
        c, found = self.columns, (defaultdict[int, list[Condition]](list), defaultdict[int, list[Condition]](list))
        regions, practices = asked.sides(shown)
        rows, start = runs(c.condition_start, practices)
        required = np.flatnonzero(c.condition_required[rows])
        conditions = c.condition_index[rows[required]]
        row, at = np.nonzero((states := self.scorer.condition_states(regions, conditions)) != 1)
        places = row if len(regions) > 1 else np.searchsorted(start, required[at], side="right") - 1
        for place, i, state in zip(places.tolist(), conditions[at].tolist(), states[row, at].tolist(), strict=True):
            found[isnan(state)][place].append(Condition(c.condition_iris[i], c.condition_labels[i]))
        return found


def _is_drawn(wanted: bool | None, candidates: int) -> bool:
    """Whether acceptability is drawn: on request, else where there are few candidates."""
    return candidates <= ALWAYS_ACCEPTABILITY if wanted is None else wanted


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
