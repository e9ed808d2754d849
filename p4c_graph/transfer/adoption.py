"""Adoption: would a region take a practice up? A score of its own, apart from suitability, with its own interval.

A weighted mean of features in [0, 1]. Of the region: how much it and its country take part in interregional projects,
how large it is, among how few regions of its country and how large among them, how much its economy has to catch up,
how often practices were taken up in its country. Of the pair: how near and how alike the places of the practice are, a
common language, recorded ties, the country it comes from, a country that took it up, its theme taken up before.
Weights are learned from published transfers (``learning``); weights, their errors, bounds and priors are data of the
model. It predicts take-up, not success; the hindcast says how far it can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Region
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.model import ADOPTION_FEATURES, TransferModel
from p4c_graph.transfer.similarity import best_of_known, mean_of_known
from p4c_graph.transfer.subset import Subset, runs
from p4c_graph.transfer.suitability import Scorer, first_units, over_units

Array = npt.NDArray[Any]
EARTH_RADIUS_KM = 6371.0
TWO_SIDED = 1.96
"""So many standard errors each way make a 95 % interval."""


class AdoptionScorer:
    """Scores the take-up of practices by regions over the columns of one snapshot."""

    def __init__(self, scorer: Scorer) -> None:
        self.model: TransferModel = scorer.model
        c = scorer.columns
        declared = [self.model.adoption[name] for name in ADOPTION_FEATURES]
        whole = sum(feature.weight for feature in declared)
        # (3, features, 1, 1): the prior of each feature, its weight, and the error of its weight.
        self._declared = np.array([
            [feature.prior for feature in declared], [feature.weight / whole for feature in declared],
            [feature.error / whole for feature in declared]])[:, :, None, None]
        # Of regions, (U,), and of pairs, (U, P + 1): the last place is none, of which nothing is known; place −1 is it.
        with np.errstate(invalid="ignore", divide="ignore"):
            size, share = np.log(c.population), np.log(c.population / _of_country(c, c.population))
        regions = _of_country(c, np.ones(len(c.units)), np.sum)
        self._of_region = {
            "population": self._scaled(size, "population"),
            "catching-up": self._scaled(c.competitiveness, "catching-up"),
            "leading-region": self._scaled(share, "leading-region"),
            "few-regions": self._scaled(np.log(regions), "few-regions"),
        }
        self._of_place = {
            "proximity": self._scaled(
                -np.log1p(_per_place(distances(c.coordinates), c, nearest=True)), "proximity"),
            "same-language": _per_place(_same_language(c.language_mask), c),
            "similarity": _per_place(c.unit_similarity[0], c),
        }
        self._country = _per_place(_same(c.country), c)
        self._see(scorer)

    def over(self, scorer: Scorer) -> AdoptionScorer:
        """The same over the columns of a scorer in which applications, ties or projects are hidden."""
        other = copy(self)
        other._see(scorer)
        return other

    def _see(self, scorer: Scorer) -> None:
        self.scorer, self.columns = scorer, scorer.columns
        c = self.columns
        self._taken, taken = _taken_up(c)
        with np.errstate(invalid="ignore", divide="ignore"):
            per_head = c.activity / c.population * 1e6
        self._of_region = self._of_region | {
            "activity": self._scaled(np.log1p(c.activity), "activity"),
            "activity-per-head": self._scaled(np.log1p(per_head), "activity-per-head"),
            "country-activity": self._scaled(np.log1p(_of_country(c, c.activity)), "country-activity"),
            "country-take-up": self._scaled(np.log1p(_of_country(c, taken)), "country-take-up"),
        }
        self._of_place = self._of_place | {"ties": _ties(c)}

    def _scaled(self, values: Array, name: str) -> Array:
        feature = self.model.adoption[name]
        return np.asarray(np.clip((values - feature.lower) / (feature.upper - feature.lower), 0.0, 1.0))

    def score(self, regions: Sequence[Region], subset: Subset | None = None) -> Array:
        """(3, R, N) expected, low, high: the interval is from what is unknown and from the errors of the weights."""
        features = self.features(regions, subset)
        unknown = np.isnan(features)
        prior, weight, error = self._declared
        filled = np.stack([np.where(unknown, default, features) for default in (prior, 0.0, 1.0)])
        filled *= weight
        off = np.where(unknown, 0.0, error * (features - prior)) ** 2
        # Summed one feature after the other: a score must not depend on how many others are asked for.
        total: Array = np.add.accumulate(filled, axis=1)[:, -1]
        spread = TWO_SIDED * np.sqrt(np.add.accumulate(off)[-1])
        total[1], total[2] = np.maximum(total[1] - spread, 0.0), np.minimum(total[2] + spread, 1.0)
        return total

    def features(self, regions: Sequence[Region], subset: Subset | None = None) -> Array:
        """(features, R, N) in [0, 1], in the order of ADOPTION_FEATURES; NaN where unknown.

        Of the places of a practice the nearest, the most alike, any tied, any of the same language counts.
        """
        subset = subset or self.scorer.everything
        units = [self.scorer.units(region.iri) for region in regions]
        found = np.empty((len(ADOPTION_FEATURES), len(units), len(subset.practices)))
        found[self._at(*self._of_region)] = over_units(
            np.stack([*self._of_region.values()], axis=1), units, mean_of_known).T[:, :, None]
        found[self._at(*self._of_place, "origin-country", "taken-up-in-country")] = self._by_place(units, subset)
        # Where nobody is recorded to have taken it up, nobody of the country is.
        taken, = self._at("taken-up-in-country")
        found[taken] = np.nan_to_num(found[taken])
        found[self._at("theme-taken-up")] = self._theme(units, subset)
        return found

    @staticmethod
    def _at(*names: str) -> list[int]:
        return [ADOPTION_FEATURES.index(name) for name in names]

    def _by_place(self, units: list[list[int]], subset: Subset) -> Array:
        """(features, R, N): the best over the places where each practice ran, of its origin, of where it was taken up.

        In the order of ``_of_place``, then whether a place of origin and whether another is in the region's country.
        """
        c, rows = self.columns, subset.applications
        ran, origin = c.application_done[rows], c.application_origin[rows]
        among, at_origin, elsewhere = (
            np.where(counted, c.application_place[rows], -1) for counted in (ran, ran & origin, ran & ~origin))
        values = np.stack([
            *(_at_places(of, units, among) for of in self._of_place.values()),
            _at_places(self._country, units, at_origin), _at_places(self._country, units, elsewhere)])
        known = np.where(np.isnan(values), -1.0, values)
        best = np.maximum.reduceat(known, subset.application_start, axis=2)
        return np.asarray(np.where(best < 0, np.nan, best))

    def _theme(self, units: list[list[int]], subset: Subset) -> Array:
        """(R, N): 1 where the region has taken up a practice of the same theme before; NaN where none is known."""
        masks = over_units(self._taken, units, np.bitwise_or.reduce)
        themes = self.columns.theme_mask[subset.practices]
        return np.where(themes == 0, np.nan, ((masks[:, None] & themes) != 0).astype(float))


def _at_places(values: Array, units: list[list[int]], places: Array) -> Array:
    """(R, places) of (U, P + 1): the best over the units that stand for each region."""
    found: Array = values[np.ix_(first_units(units), places)]
    for r, members in enumerate(units):
        if len(members) != 1:
            found[r] = best_of_known(values[members][:, places])
    return found


def _of_country(c: Columns, values: Array, how: Callable[[Array], Any] = np.nanmean) -> Array:
    """(U,) what all units of a unit's country come to; NaN where the country or all of them are unknown."""
    result = np.full(len(values), np.nan)
    for country in np.unique(c.country[c.country >= 0]):
        members = c.country == country
        if not np.isnan(values[members]).all():
            result[members] = how(values[members])
    return result


def _per_place(pairs: Array, c: Columns, nearest: bool = False) -> Array:
    """(U, P + 1) of (U, U): the best over the units of a place, which is the least of distances."""
    sign = -1.0 if nearest else 1.0
    result = np.full((len(pairs), len(c.places) + 1), np.nan)
    for place in range(len(c.places)):
        members = c.place_units[c.place_start[place]:c.place_start[place + 1]]
        if members.size:
            result[:, place] = sign * best_of_known(sign * pairs[members])
    return result


def _same_language(masks: Array) -> Array:
    """(U, U): 1 where two units share an official language, NaN where that of either is not known."""
    shared = ((masks[:, None] & masks[None, :]) != 0).astype(float)
    known = masks != 0
    return np.where(known[:, None] & known[None, :], shared, np.nan)


def _same(codes: Array) -> Array:
    """(U, U): 1 where two units have the same code, NaN where that of either is not known."""
    known = codes >= 0
    return np.where(known[:, None] & known, (codes[:, None] == codes).astype(float), np.nan)


def units_of_rows(c: Columns, rows: Array) -> tuple[Array, Array]:
    """The units of the places of application rows, and for each unit the position of its row in ``rows``."""
    found = np.flatnonzero(c.application_place[rows] >= 0)
    places = c.application_place[rows[found]]
    flat, _ = runs(c.place_start, places)
    return c.place_units[flat], np.repeat(found, np.diff(c.place_start)[places])


def _ties(c: Columns) -> Array:
    """(U, P + 1): 1 where a unit and a unit of a place are recorded in a common project, else 0; no place has none."""
    members = c.project_partners.copy()
    units, pair = units_of_rows(c, c.row_projects[:, 0])
    members[units, c.row_projects[pair, 1]] = True
    present = members.astype(np.float32)
    ties = _per_place((present @ present.T > 0).astype(float), c)
    # A place of no unit has no ties; of none nothing is known.
    ties[:, :-1] = np.nan_to_num(ties[:, :-1])
    return ties


def _taken_up(c: Columns) -> tuple[Array, Array]:
    """Of what each unit took over or tested: (U,) masks of the themes, and (U,) how many practices."""
    themes = np.zeros(len(c.units), dtype=np.uint64)
    owner = np.repeat(np.arange(len(c.practices)), np.diff(c.application_start))
    rows = np.flatnonzero(c.application_done & ~c.application_origin)
    units, found = units_of_rows(c, rows)
    np.bitwise_or.at(themes, units, c.theme_mask[owner[rows[found]]])
    pairs = np.unique(np.stack([units, owner[rows[found]]]), axis=1)
    return themes, np.bincount(pairs[0], minlength=len(c.units)).astype(float)


def distances(coordinates: Array) -> Array:
    """(U, U) great-circle kilometres between centroids (haversine); ``coordinates`` is (U, 2) latitude, longitude."""
    lat, long = np.radians(coordinates[:, 0]), np.radians(coordinates[:, 1])
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(lat) * np.sin((long[:, None] - long) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
