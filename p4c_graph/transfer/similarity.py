"""How alike regions are in structure: weighted squared differences of scaled indicators.

In the style of Navarro et al. 2014 (S3 Working Paper 3/2014, JRC89819): structural conditions only, rescaled,
weighted by dimension. Scaling uses bounds declared in the model, so that adding a region changes no rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from p4c_graph.transfer.model import Feature, TransferModel

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-12


def scaled(values: Floats, feature: Feature) -> Floats:
    """Values of one indicator → [0, 1] by the feature's transformation and bounds, clipped; NaN stays NaN."""
    transform = np.log if feature.logarithmic else np.asarray
    low, high = float(transform(feature.lower)), float(transform(feature.upper))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip((transform(values) - low) / (high - low), 0.0, 1.0))


@dataclass(frozen=True)
class Similarity:
    """Similarity of every pair of units: expected (NaN = unknown) with its interval; shape (units, units)."""

    expected: Floats
    low: Floats
    high: Floats


def similarity(indicators: Floats, model: TransferModel) -> Similarity:
    """The similarity of all pairs of rows; ``indicators`` has shape (units, features), NaN where unknown.

    s = 1 − √D, D = Σ w (x − y)² / Σ w over the indicators known for both; unknown where these weigh less than the
    model's minimum coverage. The interval takes unknown differences all as 1, all as 0.
    """
    units = len(indicators)
    weights = np.array([feature.weight for feature in model.features])
    distance, coverage = np.zeros((units, units)), np.zeros((units, units))
    # Summed one indicator after the other: what a pair scores must not depend on which other regions there are.
    for j, (feature, weight) in enumerate(zip(model.features, weights / weights.sum(), strict=True)):
        x = scaled(indicators[:, j], feature)
        difference = x[:, None] - x[None, :]
        known = ~np.isnan(difference)
        distance += weight * np.where(known, difference, 0.0) ** 2
        coverage += weight * known
    coverage[coverage > 1.0 - _ROUNDING] = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = 1.0 - np.sqrt(np.minimum(distance / coverage, 1.0))
    expected[coverage < model.minimum_coverage - _ROUNDING] = np.nan
    low = 1.0 - np.sqrt(np.minimum(distance + (1.0 - coverage), 1.0))
    high = 1.0 - np.sqrt(np.minimum(distance, 1.0))
    for matrix in (expected, low, high):
        np.fill_diagonal(matrix, 1.0)
    return Similarity(expected, low, high)


def spread(values: Floats) -> Floats:
    """(3, …) of (3, k, …), expected, low and high of k regions: their mean, from the lowest to the highest."""
    return np.stack([mean_of_known(values[0]), values[1].min(axis=0), values[2].max(axis=0)])


def mean_of_known(values: Floats) -> Floats:
    """The mean over the first axis of what is known; NaN where nothing is."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))


def best_of_known(values: Floats) -> Floats:
    """The largest over the first axis of what is known; NaN where nothing is."""
    best = np.where(np.isnan(values), -np.inf, values).max(axis=0, initial=-np.inf)
    return np.asarray(np.where(np.isinf(best), np.nan, best))


def blank(*shape: int) -> Floats:
    """(3, …) of which nothing is known: anything from 0 to 1."""
    values = np.zeros((3, *shape))
    values[0], values[2] = np.nan, 1.0
    return values


def of_places(units: Floats, places: list[list[int]]) -> Floats:
    """(3, U, P) of (3, U, U): a place of several units has their mean, from the lowest to the highest."""
    result = blank(units.shape[1], len(places))
    for p, members in enumerate(places):
        if members:
            result[:, :, p] = spread(np.moveaxis(units[:, :, members], 2, 1))
    return result
