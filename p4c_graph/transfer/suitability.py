"""Suitability: six components in [0, 1] with intervals, for any regions × any practices, without a Python loop.

Arrays are (…, R, N): R regions asked for, N practices. The leading axis of 3 is expected, low, high.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Gazetteer, Region
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.features import ACTORS
from p4c_graph.transfer.model import COMPONENTS, TransferModel
from p4c_graph.transfer.similarity import blank, mean_of_known, spread
from p4c_graph.transfer.subset import Subset
from p4c_graph.transfer.surroundings import ANY_SECTOR, NO_SECTOR

Array = npt.NDArray[Any]
_AGENCY, _INITIATIVE = ACTORS.index("DevelopmentAgency"), ACTORS.index("ClusterInitiative")
_CACHED = 4096
Scored = tuple[Array, Array]
"""Values (3, …) with the prior where they are unknown, and where they are known (…)."""
COUNTS = ("population", "interreg-projects-2014-2020", "interreg-partners-2014-2020")
"""Indicators of size: never inherited from a larger region, nor a mean of parts."""


@dataclass(frozen=True)
class Suitability:
    """Scores of R regions × N practices: six ``components`` (3, R, N) and whether each is ``known``; totals (R, N)."""

    components: tuple[Array, ...]
    known: tuple[Array, ...]
    expected: Array
    low: Array
    high: Array
    known_share: Array
    pattern: Array
    """Bit i is set where component i is known."""
    blocked: Array
    possibly_blocked: Array
    here: Array

    def of_region(self, row: int) -> Suitability:
        """The scores of all practices for one region: every array without its axis of regions."""
        return self._take((..., row, slice(None)))

    def of_practice(self, column: int) -> Suitability:
        """The scores of one practice for all regions: every array without its axis of practices."""
        return self._take((..., column))

    def at(self, pairs: Array) -> Suitability:
        """The scores of some, of one axis: every array at these positions."""
        return self._take((..., pairs))

    def _take(self, at: Any) -> Suitability:
        taken: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            taken[field.name] = tuple(of[at] for of in value) if isinstance(value, tuple) else value[at]
        return Suitability(**taken)


class Scorer:
    """Scores practices for regions over the columns of one snapshot."""

    def __init__(self, columns: Columns, gazetteer: Gazetteer, model: TransferModel) -> None:
        self.columns, self.gazetteer, self.model = columns, gazetteer, model
        self._unit = {iri: i for i, iri in enumerate(columns.units)}
        self._row = {region.iri: i for i, region in enumerate(gazetteer.regions)}
        # Condition −1 is none, of which nothing is known.
        self._criteria = [np.append(of, -1) for of in (columns.condition_indicator, columns.condition_actor)]
        # One more place at the end, of which nothing is known: place −1 points there.
        self._similarity = np.concatenate([columns.place_similarity, blank(len(columns.units), 1)], axis=2)
        self.evidence = self._with_prior(columns.evidence.T.copy(), "evidence")
        self.merit = self._with_prior(columns.merit.T.copy(), "merit")
        self._requires = np.logical_or.reduceat(columns.condition_required, columns.condition_start[:-1])
        self._places = self._ground([place] for place in columns.places)
        self._needs = self._ground(columns.need_regions)
        # What depends on the region alone is worked out once a region: a match asks for it several times.
        self.units = lru_cache(_CACHED)(self._units_of)
        self.here = lru_cache(_CACHED)(self._here)
        self.needs = lru_cache(_CACHED)(lambda region: self._on_ground(self._needs, region))
        self.values_of = lru_cache(_CACHED)(lambda region: self._values([gazetteer.by_iri[region]]))
        self._see_actors()

    @cached_property
    def everything(self) -> Subset:
        """All practices."""
        return Subset.of(self.columns, np.arange(len(self.columns.practices)))

    def over(self, columns: Columns) -> Scorer:
        """A scorer over columns in which applications, actors or ties are hidden; all else is shared."""
        other = copy(self)
        other.columns = columns
        other._see_actors()
        return other

    def score(
        self, regions: Sequence[Region], weights: dict[str, float], subset: Subset | None = None
    ) -> Suitability:
        """The suitability of a subset of practices (default all) for each region."""
        c, subset = self.columns, subset or self.everything
        shape = (len(regions), len(subset.practices))
        actors = self.actors(regions)
        conditions, blocked, possibly = self._conditions(regions, actors, subset)
        parts = (
            self._with_prior(self._context(regions, subset), "context"),
            self._of_practice(self.evidence, subset, shape),
            conditions,
            self._relevance(regions, subset),
            self.capacity(actors, subset.practices),
            self._of_practice(self.merit, subset, shape),
        )
        # Summed one component after the other: a score must not depend on how many others are asked for.
        total, product = np.zeros((3, *shape)), np.empty((3, *shape))
        pattern = np.zeros(shape, dtype=np.uint8)
        for i, (name, (values, known)) in enumerate(zip(COMPONENTS, parts, strict=True)):
            total += np.multiply(values, weights[name], out=product)
            pattern |= known.view(np.uint8) << np.uint8(i)
        here = np.stack([self.here(region.iri) for region in regions])
        ran_here, runs_here = np.zeros(shape, dtype=bool), c.application_done[subset.applications]
        row, at = np.nonzero(here[:, c.application_place[subset.applications]] & runs_here)
        ran_here[row, _owner(subset.application_start, at)] = True
        return Suitability(
            components=tuple(values for values, _ in parts), known=tuple(known for _, known in parts),
            expected=total[0], low=total[1], high=total[2], known_share=np.take(shares_known(weights), pattern),
            pattern=pattern,
            blocked=blocked, possibly_blocked=possibly, here=ran_here,
        )

    def similarities(self, regions: Sequence[Region], places: Array) -> Array:
        """(3, R, places) similarity of regions and places, given by index; place −1 is none."""
        units = [self.units(region.iri) for region in regions]
        if len(units) < len(places):
            found = np.take(self._similarity[:, first_units(units)], places, axis=2)
        else:
            found = np.take(self._similarity, places, axis=2)[:, first_units(units)]
        for r, members in enumerate(units):
            if len(members) > 1:
                found[:, r] = spread(self._similarity[:, members][:, :, places])
            elif not members:
                found[:, r] = blank(len(places))
        return found

    def condition_states(self, regions: Sequence[Region], conditions: Array) -> Array:
        """(R, conditions): whether each region meets each of some conditions: 1, 0 or NaN where that is unknown."""
        return self._states(regions, self.actors(regions), conditions)

    # ── what depends on the region alone ──────────────────────────────────────────────────────────────────────

    def _units_of(self, region: str) -> list[int]:
        """The indices of the NUTS 2 regions that stand for a region."""
        return [self._unit[unit.iri] for unit in self.gazetteer.units_of(self.gazetteer.by_iri[region])]

    def _ground(self, regions: Iterable[Iterable[str]]) -> dict[str, list[int]]:
        """NUTS region → the items, each of some regions, that are on its ground."""
        index: dict[str, list[int]] = defaultdict(list)
        for item, where in enumerate(regions):
            for iri in where:
                region = self.gazetteer.by_iri.get(iri)
                for on in {iri, *(atom.iri for atom in self.gazetteer.atoms(region))} if region else ():
                    index[on].append(item)
        return index

    def _on_ground(self, index: dict[str, list[int]], region: str) -> list[int]:
        """The items that share ground with a region: in it, in a part of it, or in what it is part of."""
        related = self.gazetteer.related(self.gazetteer.by_iri[region])
        return sorted({item for iri in related for item in index.get(iri, ())})

    def _here(self, region: str) -> Array:
        """(P + 1,) which places share ground with a region; the last one, no place, never does."""
        found = np.zeros(len(self.columns.places) + 1, dtype=bool)
        found[self._on_ground(self._places, region)] = True
        return found

    def _see_actors(self) -> None:
        """Spreads the actors of the columns over (U, kinds, sectors)."""
        c = self.columns
        self._known = np.zeros((len(c.units), len(ACTORS), NO_SECTOR + 1), dtype=bool)
        _, unit, kind, sector = c.actor_cells.T
        self._known[unit, kind, sector] = True
        self.actors_of = lru_cache(_CACHED)(lambda region: self._actors([self.gazetteer.by_iri[region]]))

    def actors(self, regions: Sequence[Region]) -> Array:
        """(R, kinds, sectors + any): whether such an actor is known there: 1, 0 where there is none, else NaN."""
        return self.actors_of(regions[0].iri) if len(regions) == 1 else self._actors(regions)

    def _actors(self, regions: Sequence[Region]) -> Array:
        units = [self.units(region.iri) for region in regions]
        known, complete = self._known[first_units(units)], self.columns.actor_complete[first_units(units)]
        for r, (region, members) in enumerate(zip(regions, units, strict=True)):
            if members != [self._unit.get(region.iri)]:
                known[r] = self._known[members].any(axis=0)
                complete[r] = self.columns.actor_complete[members].all(axis=0) if members else False
                complete[r, self._declared(region)] = True
        none = np.repeat(complete[:, :, None], ANY_SECTOR + 1, axis=2)
        # An actor whose sector is not known may be in the one asked for.
        none[:, :, :ANY_SECTOR] &= ~known[:, :, NO_SECTOR:]
        return np.where(known[:, :, :NO_SECTOR], 1.0, np.where(none, 0.0, np.nan))

    def _declared(self, region: Region) -> list[int]:
        """The kinds of actor of which a list that covers the region is declared complete."""
        covers = {region.iri, *(above.iri for above in self.gazetteer.lineage(region))}
        return [ACTORS.index(k) for where, k in self.columns.complete_regions if where in covers and k in ACTORS]

    def _states(self, regions: Sequence[Region], actors: Array, conditions: Array) -> Array:
        """(R, conditions): whether each region meets each condition: 1, 0 or NaN where unknown; −1 is none."""
        c = self.columns
        states = np.full((len(regions), len(conditions)), np.nan)
        indicator, actor = (of[conditions] for of in self._criteria)
        on_indicator, on_actor = np.flatnonzero(indicator >= 0), np.flatnonzero(actor >= 0)
        if on_indicator.size:
            values = self.values(regions)[:, indicator[on_indicator]]
            low, high = c.condition_bounds[conditions[on_indicator]].T
            states[:, on_indicator] = np.where(np.isnan(values), np.nan, (values >= low) & (values <= high))
        states[:, on_actor] = actors[:, actor[on_actor], c.condition_sector[conditions[on_actor]]]
        return states

    def values(self, regions: Sequence[Region]) -> Array:
        """(R, indicators): the latest observed; where there is none, the mean of the units that stand for it."""
        return self.values_of(regions[0].iri) if len(regions) == 1 else self._values(regions)

    def _values(self, regions: Sequence[Region]) -> Array:
        c = self.columns
        values = c.region_values[[self._row[region.iri] for region in regions]]
        inherited = np.array([not indicator.endswith(COUNTS) for indicator in c.indicators], dtype=bool)
        for r, region in enumerate(regions):
            if (missing := np.isnan(values[r]) & inherited).any() and region.iri not in self._unit:
                rows = [self._row[c.units[unit]] for unit in self.units(region.iri)]
                if rows:
                    values[r, missing] = mean_of_known(c.region_values[rows][:, missing])
        return values

    # ── the components ────────────────────────────────────────────────────────────────────────────────────────

    def _with_prior(self, values: Array, name: str) -> Scored:
        """Puts the declared prior where a component is unknown, and says where it is known.

        What is expected at or above the least that the unknown may be has no bound below that: else to know a
        component in part would rank below not knowing it at all.
        """
        prior = self.model.components[name]
        known = ~np.isnan(values[0])
        if prior.prior_low > 0:
            values[1] = np.where(values[0] >= prior.prior_low, np.maximum(values[1], prior.prior_low), values[1])
        if not known.all():
            for of, value in zip(values, (prior.prior, prior.prior_low, prior.prior_high), strict=True):
                of[~known] = value
        return values, known

    def _of_practice(self, scored: Scored, subset: Subset, shape: tuple[int, int]) -> Scored:
        """What depends on the practice alone, for every region."""
        values, known = (np.take(of, subset.practices, axis=-1) for of in scored)
        return np.broadcast_to(values[:, None], (3, *shape)), np.broadcast_to(known, shape)

    def _context(self, regions: Sequence[Region], subset: Subset) -> Array:
        """(3, R, N): max over places of strength × similarity, lowered by the worst place that failed."""
        c, start = self.columns, subset.application_start
        strength = c.application_strength[subset.applications]
        values = self.similarities(regions, c.application_place[subset.applications])
        failed = np.flatnonzero(c.application_negative[subset.applications])
        at_failed = values[:, :, failed]
        values *= strength
        # A plan says nothing; a place that failed says that nothing there speaks for the practice.
        values[0][:, strength == 0] = -1.0
        values[0][:, failed] = np.where(np.isnan(at_failed[0]), -1.0, 0.0)
        values[0][np.isnan(values[0])] = -1.0
        best = np.maximum.reduceat(values, start, axis=2)
        known = best[0] >= 0
        np.maximum(best[0], best[1], out=best[0])
        if failed.size:
            owners, first = np.unique(_owner(start, failed), return_index=True)
            worst = np.maximum.reduceat(np.nan_to_num(at_failed), first, axis=2)
            np.maximum(worst[0], worst[1], out=worst[0])
            # The bounds change places: what the failure may cost most is what the score may lose most.
            lowered = best[:, :, owners] - self.model.negative_penalty * worst[[0, 2, 1]]
            best[:, :, owners] = np.maximum(lowered, 0.0)
        best[0][~known] = np.nan
        return best

    def _conditions(
        self, regions: Sequence[Region], actors: Array, subset: Subset
    ) -> tuple[Scored, Array, Array]:
        """Importance-weighted share of conditions met; (R, N) where a required one is unmet, of unknown state."""
        c, start, judged = self.columns, subset.condition_start, subset.judged
        shape = (len(regions), len(subset.practices))
        values, blocked = blank(*shape), np.zeros(shape, dtype=bool)
        possibly = np.repeat(self._requires[None, subset.practices], len(regions), axis=0)
        if judged.size:
            state = self._states(regions, actors, c.condition_index[subset.conditions])
            importance = c.condition_importance[subset.conditions]
            required = c.condition_required[subset.conditions]
            unknown = np.isnan(state)
            # Importances are whole numbers, so that their sums are exact in whatever order.
            met, open_ = (
                np.add.reduceat(of * importance, start, axis=1) for of in (np.where(unknown, 0.0, state), unknown))
            shares = _with_unknown(met, open_, self.model.components["conditions"].prior)
            shares /= np.add.reduceat(importance, start)
            shares[0][np.logical_and.reduceat(unknown, start, axis=1)] = np.nan
            values[:, :, judged] = shares
            blocked[:, judged] = np.logical_or.reduceat(required & (state == 0), start, axis=1)
            possibly[:, judged] = np.logical_or.reduceat(required & unknown, start, axis=1)
        return self._with_prior(values, "conditions"), blocked, possibly

    def capacity(self, actors: Array, practices: Array) -> Scored:
        """Whether an agency, and for a collective service an initiative in its sector, is known there."""
        c, prior = self.columns, self.model.components["capacity"].prior
        agency, anywhere = actors[:, _AGENCY, ANY_SECTOR, None], actors[:, _INITIATIVE, ANY_SECTOR, None]
        in_sector = actors[:, _INITIATIVE, :ANY_SECTOR]
        bits = np.left_shift(np.uint64(1), np.arange(ANY_SECTOR, dtype=np.uint64))
        present, possible = (
            (found * bits).sum(axis=1, dtype=np.uint64)[:, None] for found in (in_sector == 1, np.isnan(in_sector))
        )
        mask, collective = c.sector_mask[practices], c.collective[practices]
        by_sector = np.where(mask & present, 1.0, np.where(mask & possible, np.nan, 0.0))
        initiative = np.where(mask == 0, anywhere, by_sector)
        unknown = np.isnan(agency) & (~collective | np.isnan(initiative))

        def value(default: float) -> Array:
            first = np.where(np.isnan(agency), default, agency)
            both = (first + np.where(np.isnan(initiative), default, initiative)) / 2.0
            return np.where(collective, both, first)

        return self._with_prior(
            np.stack([np.where(unknown, np.nan, value(prior)), value(0.0), value(1.0)]), "capacity")

    def _relevance(self, regions: Sequence[Region], subset: Subset) -> Scored:
        """The share of the region's declared needs that a practice answers."""
        result = blank(len(regions), len(subset.practices))
        needs = [self.needs(region.iri) for region in regions]
        asking = [r for r, of in enumerate(needs) if of]
        if asking:
            distinct, which = np.unique(np.concatenate([needs[r] for r in asking]), return_inverse=True)
            counts = np.array([len(needs[r]) for r in asking])
            start = np.cumsum(counts) - counts
            answered, open_ = (
                np.add.reduceat(of[which], start, axis=0, dtype=np.int64)
                for of in self._answers(self.columns.need_masks[distinct], subset.practices))
            shares = _with_unknown(answered, open_, self.model.components["relevance"].prior) / counts[:, None]
            shares[0][open_ == counts[:, None]] = np.nan
            result[:, asking] = shares
        return self._with_prior(result, "relevance")

    def _answers(self, needs: Array, practices: Array) -> tuple[Array, Array]:
        """(needs, N): where a practice answers a need, and where that is open since it states no theme.

        It shares the need's theme, and its sector and target group where both state one.
        """
        c = self.columns
        theme, sector, target = needs.T[:, :, None]
        themes, sectors, targets = (of[practices] for of in (c.theme_mask, c.sector_mask, c.target_mask))
        fits = ((sectors & sector) != 0) | (sectors == 0) | (sector == 0)
        fits &= ((targets & target) != 0) | (targets == 0) | (target == 0)
        return fits & (((themes & theme) != 0) | (theme == 0)), fits & (themes == 0) & (theme != 0)


def shares_known(weights: dict[str, float]) -> Array:
    """(64,) the share of the weights that is known, by the pattern of which components are."""
    return _shares_known(tuple(weights[name] for name in COMPONENTS))


@lru_cache(64)
def _shares_known(weights: tuple[float, ...]) -> Array:
    return np.array([sum(weight for i, weight in enumerate(weights) if of >> i & 1) for of in range(64)], dtype=float)


def _with_unknown(met: Array, unknown: Array, prior: float) -> Array:
    """(3, …) what is met, and of what is unknown the prior, none, all."""
    return np.stack([met + prior * unknown, met, met + unknown])


def _owner(start: Array, rows: Array) -> Array:
    """The position of the run that each flat row belongs to."""
    return np.searchsorted(start, rows, side="right") - 1


def first_units(units: list[list[int]]) -> Array:
    """The first unit of each region; any where it has none, to be overwritten."""
    return np.array([members[0] if members else 0 for members in units], dtype=np.int64)


def over_units(values: Array, units: list[list[int]], combine: Callable[[Array], Array]) -> Array:
    """(R, …) of (U, …): what its unit has for each region, combined where several or none stand for it."""
    found = values[first_units(units)]
    for r, members in enumerate(units):
        if len(members) != 1:
            found[r] = combine(values[members])
    return found
