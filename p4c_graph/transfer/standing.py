"""Where all practices of a snapshot stand for one region: only what ranking asks, in few passes over flat arrays.

The bound that is ranked by is the number that ``Scorer.score`` gives, to the last bit: the same operations in the same
order. Everything else of a score (the other bounds, the reasons) is worked out for the practices that are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Region
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.transfer.subset import runs, stretches
from p4c_graph.transfer.suitability import Scorer
from p4c_graph.transfer.surroundings import ANY_SECTOR

Array = npt.NDArray[Any]
_FEW = 256
"""Below so many runs that go on, the rest of them is reduced run by run."""
_WORD = 64
Bounds = tuple[Array | None, Array, Array]
"""Expected (None where it is not asked for), low (0 where it is unknown), and where they are known."""


@dataclass(frozen=True)
class Standing:
    """(N,) of all practices for one region: the bound ranked by, less 2 where blocked; which components are known."""

    keys: Array
    pattern: Array
    """Bit i is set where component i is known."""
    here: Array
    """The indices of the practices that already run there."""


class Layers:
    """Runs of rows laid out so that reducing them all takes a pass for the first rows, one for the second, and so on.

    ``rows`` is the order in which the values of the rows are to be given.
    """

    def __init__(self, owners: Array, count: int) -> None:
        """Rows in the order of their owners, each from 0 to ``count`` − 1; an owner may have none."""
        lengths = np.bincount(owners, minlength=count)
        start = np.concatenate([[0], np.cumsum(lengths)])
        order = np.argsort(-lengths, kind="stable")
        self._present = int(np.count_nonzero(lengths))
        # An owner without rows reads the slot behind the last.
        self._slot = np.full(count, self._present)
        self._slot[order[:self._present]] = np.arange(self._present)
        layers: list[Array] = []
        going_on = self._present
        while going_on > _FEW or not layers:
            layers.append(start[order[:going_on]] + len(layers))
            going_on = int(np.count_nonzero(lengths > len(layers)))
        self._sizes = [len(layer) for layer in layers]
        self._long = going_on
        rest, self._rest_start = stretches(start[order[:going_on]] + len(layers), start[order[:going_on] + 1])
        self.rows = np.concatenate([*layers, rest])

    def reduce(self, ufunc: np.ufunc, values: Array, empty: float) -> Array:
        """(count,) the reduction of the values of each owner's rows; ``empty`` where it has none."""
        found = np.empty(self._present + 1, dtype=values.dtype)
        found[-1] = empty
        found[:-1] = values[:self._present]
        at = self._present
        for size in self._sizes[1:]:
            ufunc(found[:size], values[at:at + size], out=found[:size])
            at += size
        if self._long:
            ufunc(found[:self._long], ufunc.reduceat(values[at:], self._rest_start), out=found[:self._long])
        return np.take(found, self._slot)


class Stander:
    """Works out where the practices of one snapshot stand; what depends on them alone is prepared once."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer, self.columns, self.model = scorer, scorer.columns, scorer.model
        c, self._count = scorer.columns, len(scorer.columns.practices)
        owners = np.repeat(np.arange(self._count), np.diff(c.application_start))
        self._prepare_context(owners)
        self._prepare_conditions()
        done = np.flatnonzero(c.application_done & (c.application_place >= 0))
        done = done[np.argsort(c.application_place[done], kind="stable")]
        self._done = owners[done]
        self._done_start = np.searchsorted(c.application_place[done], np.arange(len(c.places) + 1))
        self._fields, self._field = _distinct(c.sector_mask, c.collective)
        offers, self._offer = _distinct(c.theme_mask, c.target_mask)
        self._themes, self._theme_of = np.unique(c.theme_mask[offers], return_inverse=True)
        self._targets, self._target_of = np.unique(c.target_mask[offers], return_inverse=True)
        self._sectors, self._sector_of = np.unique(c.sector_mask[self._fields], return_inverse=True)
        self._stated = (
            scorer.evidence[1].astype(np.uint8) * _bit("evidence") | scorer.merit[1].astype(np.uint8) * _bit("merit"))
        self._weighted = lru_cache(16)(self._weighted_by)
        # Regions lack the same few indicators, so that few patterns of known places come up.
        self._known = lru_cache(64)(self._known_context)

    def _prepare_context(self, owners: Array) -> None:
        c = self.columns
        self._places = np.arange(len(c.places) + 1)
        positive = np.flatnonzero((c.application_strength > 0) & (c.application_place >= 0))
        self._layers = Layers(owners[positive], self._count)
        positive = positive[self._layers.rows]
        # Many practices share a place and a strength.
        pairs, self._pair = _distinct(c.application_place[positive], c.application_strength[positive])
        self._pair_place = c.application_place[positive[pairs]].astype(np.intp)
        self._pair_strength = c.application_strength[positive[pairs]]
        # A failure at a place that is not known counts: it may have been anywhere.
        failed = np.flatnonzero(c.application_negative)
        self._failed_place = c.application_place[failed].astype(np.intp)
        self._failed, self._failed_start = np.unique(owners[failed], return_index=True)

    def _prepare_conditions(self) -> None:
        """Conditions are read as: a value of the region, or what is known of an actor there, lies within bounds."""
        c = self.columns
        owners = np.repeat(np.arange(self._count), np.diff(c.condition_start))
        stated = np.flatnonzero(c.condition_index >= 0)
        self._importance = np.maximum(np.bincount(owners, c.condition_importance, minlength=self._count), 1.0)
        of = c.condition_index[stated]
        on_actor = c.condition_actor[of] >= 0
        judged = on_actor | (c.condition_indicator[of] >= 0)
        stated, of, on_actor = stated[judged], of[judged], on_actor[judged]
        self._judged = Layers(owners[stated], self._count)
        rows, of, on_actor = (values[self._judged.rows] for values in (stated, of, on_actor))
        sectors = ANY_SECTOR + 1
        self._value = np.where(
            on_actor, len(c.indicators) + c.condition_actor[of] * sectors + c.condition_sector[of],
            c.condition_indicator[of]).astype(np.intp)
        self._low, self._high = np.where(on_actor, 1.0, c.condition_bounds[of].T)
        self._row_importance = c.condition_importance[rows]
        self._required = np.flatnonzero(c.condition_required[rows])
        self._required_owner = owners[rows[self._required]]

    def _weighted_by(self, evidence: float, merit: float, bound: int) -> tuple[Array, Array]:
        """What evidence and merit add to every score."""
        return self.scorer.evidence[0][bound] * evidence, self.scorer.merit[0][bound] * merit

    def of(self, region: Region, weights: dict[str, float], order: str) -> Standing:
        """All practices for one region, by the bound of an order: ``cautious`` or ``expected``."""
        scorer, bound = self.scorer, int(order == "cautious")
        actors = scorer.actors([region])
        evidence, merit = self._weighted(weights["evidence"], weights["merit"], bound)
        pattern = self._stated.copy()

        def weighted(name: str, component: Callable[[bool], Bounds]) -> Array:
            """The bound of a component, the prior where it is unknown, times its weight."""
            prior = self.model.components[name]
            expected, low, known = component(bound == 0 or prior.prior_low > 0)
            if prior.prior_low > 0:
                assert expected is not None
                low = np.where(expected >= prior.prior_low, np.maximum(low, prior.prior_low), low)
            value, otherwise = (low, prior.prior_low) if bound else (expected, prior.prior)
            assert value is not None
            if otherwise or not bound:
                value = np.where(known, value, otherwise)
            np.bitwise_or(pattern, known.view(np.uint8) * _bit(name), out=pattern)
            value *= weights[name]
            return value

        # Added one component after the other, as in Scorer.score.
        keys = weighted("context", lambda both: self._context(region, both))
        keys += evidence
        blocked, conditions = self._conditions(region, actors)
        keys += weighted("conditions", conditions)
        keys += weighted("relevance", lambda both: self._relevance(region, both))
        values, known = scorer.capacity(actors, self._fields)
        keys += np.take(values[bound, 0] * weights["capacity"], self._field)
        pattern |= np.take(known[0].view(np.uint8) * _bit("capacity"), self._field)
        keys += merit
        keys[blocked] -= 2
        rows, _ = runs(self._done_start, np.flatnonzero(scorer.here(region.iri)))
        return Standing(keys, pattern, np.unique(self._done[rows]))

    def _context(self, region: Region, both: bool) -> Bounds:
        alike = self.scorer.similarities([region], self._places)[:, 0]
        known = self._known((~np.isnan(alike[0])).tobytes())
        expected, low, _ = np.take(alike, self._pair_place, axis=1) * self._pair_strength
        best_low = self._layers.reduce(np.maximum, np.take(low, self._pair), 0.0)
        best_expected = None
        if both:
            expected = np.where(np.isnan(expected), -1.0, expected)
            best_expected = np.maximum(
                self._layers.reduce(np.maximum, np.take(expected, self._pair), -1.0), best_low)
        if self._failed.size:
            at_failed = np.nan_to_num(np.take(alike, self._failed_place, axis=1))
            worst = np.maximum.reduceat(at_failed, self._failed_start, axis=1)
            penalty = self.model.negative_penalty
            lowered = best_low[self._failed] - penalty * worst[2]
            best_low[self._failed] = np.maximum(lowered, 0.0)
            if best_expected is not None:
                lowered = best_expected[self._failed] - penalty * np.maximum(worst[0], worst[1])
                best_expected[self._failed] = np.maximum(lowered, 0.0)
        best_low *= known
        return best_expected, best_low, known

    def _known_context(self, known_places: bytes) -> Array:
        """(N,) whether anything is known of the context, by of which places the similarity is (P + 1 flags)."""
        places = np.frombuffer(known_places, dtype=bool)
        known = self._layers.reduce(np.logical_or, np.take(places[self._pair_place], self._pair), False)
        if self._failed.size:
            known[self._failed] |= np.logical_or.reduceat(places[self._failed_place], self._failed_start)
        return known

    def _conditions(self, region: Region, actors: Array) -> tuple[Array, Callable[[bool], Bounds]]:
        """The practices a required condition of which is unmet (some twice), and the share of conditions met."""
        values = np.take(np.concatenate([self.scorer.values([region])[0], actors[0].ravel()]), self._value)
        known = ~np.isnan(values)
        met = values >= self._low
        met &= values <= self._high
        blocked = self._required_owner[(known & ~met)[self._required]]

        def shares(both: bool) -> Bounds:
            total = self._judged.reduce(np.add, met * self._row_importance, 0.0)
            any_known = self._judged.reduce(np.logical_or, known, False)
            expected = None
            if both:
                of_known = self._judged.reduce(np.add, known * self._row_importance, 0.0)
                prior = self.model.components["conditions"].prior
                expected = (total + prior * (self._importance - of_known)) / self._importance
            total /= self._importance
            return expected, total, any_known

        return blocked, shares

    def _relevance(self, region: Region, both: bool) -> Bounds:
        """Needs as bits: those that the themes and target groups of a practice answer, and those its sectors fit."""
        needs = self.columns.need_masks[self.scorer.needs(region.iri)]
        met, unknown = np.zeros(self._count, dtype=np.uint16), np.zeros(self._count, dtype=np.uint16)
        for first in range(0, len(needs), _WORD):
            answered, open_, fits = self._need_bits(needs[first:first + _WORD])
            fit = np.take(fits, self._field)
            met += np.bitwise_count(np.take(answered, self._offer) & fit)
            unknown += np.bitwise_count(np.take(open_, self._offer) & fit)
        prior, every = self.model.components["relevance"].prior, max(len(needs), 1)
        return (met + prior * unknown) / every if both else None, met / every, unknown < len(needs)

    def _need_bits(self, needs: Array) -> tuple[Array, Array, Array]:
        """Bit j stands for need j: answered by each offer, open for want of a theme, fitted by the sectors."""
        theme, sector, target = needs.T
        themes, targets, sectors = (of[:, None] for of in (self._themes, self._targets, self._sectors))
        suits = np.take(_bits((targets == 0) | ((targets & target) != 0) | (target == 0)), self._target_of)
        shared = np.take(_bits(((themes & theme) != 0) | (theme == 0)), self._theme_of)
        unstated = np.take(_bits((themes == 0) & (theme != 0)), self._theme_of)
        fits = _bits((sectors == 0) | ((sectors & sector) != 0) | (sector == 0))
        return suits & shared, suits & unstated, np.take(fits, self._sector_of)


def _bits(flags: Array) -> Array:
    """(n,) of (n, up to 64) flags: flag j at bit j, in one byte where that is enough."""
    count = flags.shape[1]
    found = flags.astype(np.uint64) @ (np.uint64(1) << np.arange(count, dtype=np.uint64))
    return found.astype(np.uint8 if count <= 8 else np.uint64)


def _bit(component: str) -> np.uint8:
    return np.uint8(1 << COMPONENTS.index(component))


def _distinct(first: Array, second: Array) -> tuple[Array, Array]:
    """Where each pair of values stands first, and for every item the number of its pair."""
    codes = [np.unique(values, return_inverse=True)[1].astype(np.int64) for values in (first, second)]
    both = codes[0] * (int(codes[1].max(initial=0)) + 1) + codes[1]
    _, at, number = np.unique(both, return_index=True, return_inverse=True)
    return at, number.ravel()

