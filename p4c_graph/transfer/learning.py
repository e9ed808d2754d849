"""Learned weights of adoption: a conditional logit over all regions, with weights that are never negative.

An observed transfer says: of all candidate regions this one took the practice up. The chance of each is the softmax of
a weighted sum of its features; the fit makes the observed choices likely and is held back by a ridge. Features run
from 0 to 1 in a declared direction (nearer, more active, …) and a weight below 0 is not allowed: few transfers must not
teach that ties keep a region from taking a practice up. Divided by their sum, the weights are those of a weighted mean,
which ranks as the logit does and lies in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
RIDGES = (0.3, 1.0, 3.0, 10.0)
"""How strongly weights are held back: one is chosen by cross-validation inside what is fitted on."""
FOLDS = 10
SEED = 20111231
_STEPS, _SWEEPS, _HALVINGS, _ENOUGH = 60, 100, 30, 1e-8


@dataclass(frozen=True)
class Choices:
    """Observed choices: features (T, U, F) in [0, 1], candidates (T, U), who was chosen (T,), their groups (T,)."""

    features: Array
    candidates: Array
    chosen: Array
    groups: Array

    def at(self, rows: Array) -> Choices:
        """Some of them."""
        return Choices(self.features[rows], self.candidates[rows], self.chosen[rows], self.groups[rows])


def groups(*keys: Sequence[object]) -> Array:
    """(T,) the connected components of items that share any key; None is shared with none."""
    label = np.arange(len(keys[0]))
    for of in keys:
        first: dict[object, int] = {}
        for i, key in enumerate(of):
            if key is not None:
                other = label[first.setdefault(key, i)]
                label[label == label[i]] = other
    return np.unique(label, return_inverse=True)[1]


def folds(of: Array, count: int = FOLDS, seed: int = SEED) -> Array:
    """(T,) the fold of each item; a group is never split. Larger groups first, each to the smallest fold so far.

    Groups of equal size go in an order drawn by ``seed``.
    """
    sizes = np.bincount(of)
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled, fold = np.zeros(count), np.zeros(len(sizes), dtype=int)
    for group in order:
        fold[group] = np.argmin(filled)
        filled[fold[group]] += sizes[group]
    return fold[of]


def fit(choices: Choices, ridge: float) -> Array:
    """(F,) weights, none below 0: the choices are likeliest under them, less ``ridge`` times half their squares."""
    weights = np.zeros(choices.features.shape[2])
    value = _objective(choices, weights, ridge)
    for _ in range(_STEPS):
        gradient, curvature = _derivatives(choices, weights, ridge)
        step = _bounded(gradient, curvature, weights) - weights
        for _ in range(_HALVINGS):
            new = _objective(choices, weights + step, ridge)
            if new >= value:
                break
            step = step / 2
        weights, gained, value = weights + step, new - value, new
        if gained < _ENOUGH:
            break
    return np.maximum(weights, 0.0)


def choose_ridge(choices: Choices) -> float:
    """The ridge under which choices of groups left out are likeliest."""
    fold = folds(choices.groups, FOLDS // 2)
    likely = dict.fromkeys(RIDGES, 0.0)
    for k in np.unique(fold):
        seen, unseen = choices.at(np.flatnonzero(fold != k)), choices.at(np.flatnonzero(fold == k))
        for ridge in RIDGES:
            likely[ridge] += _objective(unseen, fit(seen, ridge), 0.0)
    return max(RIDGES, key=lambda ridge: likely[ridge])


def learn(choices: Choices) -> tuple[Array, Array]:
    """(F,) weights that sum to 1, and their standard errors: a jackknife that leaves out a fold of groups at a time."""
    ridge, fold = choose_ridge(choices), folds(choices.groups)
    weights = _shares(fit(choices, ridge))
    left = np.array([_shares(fit(choices.at(np.flatnonzero(fold != k)), ridge)) for k in np.unique(fold)])
    errors = np.sqrt((len(left) - 1) / len(left) * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    return weights, errors


def out_of_fold(choices: Choices, pool: Array, shipped: Array, seed: int = SEED) -> tuple[Array, Array]:
    """(T, U) what each region scores for each choice, and (T,) which were scored by ``shipped`` weights.

    Those are the choices whose group has no part in the ``pool`` (T,) that weights are learned from. Others are scored
    by weights fitted, and held back as strongly as is best, without their group.
    """
    scores = choices.features @ shipped
    apart = ~np.isin(choices.groups, choices.groups[pool])
    fold = folds(choices.groups, seed=seed)
    for k in np.unique(fold[~apart]):
        seen, unseen = choices.at(np.flatnonzero((fold != k) & pool)), np.flatnonzero((fold == k) & ~apart)
        # Of a single group nothing can be learned apart from it: all features count alike.
        weights = _shares(fit(seen, choose_ridge(seen)) if len(seen.groups) else np.zeros(len(shipped)))
        scores[unseen] = choices.features[unseen] @ weights
    return scores, apart


def _shares(weights: Array) -> Array:
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1 / len(weights))


def _chances(choices: Choices, weights: Array) -> tuple[Array, Array]:
    """(T, U) the chance of each candidate, and (T,) the logarithm of that of the chosen."""
    utility = np.where(choices.candidates, choices.features @ weights, -np.inf)
    utility -= utility.max(axis=1, keepdims=True)
    odds = np.exp(utility)
    total = odds.sum(axis=1)
    chosen = utility[np.arange(len(total)), choices.chosen]
    return odds / total[:, None], chosen - np.log(total)


def _objective(choices: Choices, weights: Array, ridge: float) -> float:
    return float(_chances(choices, weights)[1].sum() - ridge / 2 * weights @ weights)


def _derivatives(choices: Choices, weights: Array, ridge: float) -> tuple[Array, Array]:
    chances = _chances(choices, weights)[0]
    mean = np.matmul(chances[:, None], choices.features)[:, 0]
    observed = choices.features[np.arange(len(mean)), choices.chosen]
    flat = choices.features.reshape(-1, len(weights))
    second = (flat * chances.reshape(-1, 1)).T @ flat - mean.T @ mean
    return (observed - mean).sum(axis=0) - ridge * weights, second + ridge * np.eye(len(weights))


def _bounded(gradient: Array, curvature: Array, weights: Array) -> Array:
    """Where the quadratic approximation is best among weights not below 0: coordinate by coordinate."""
    found, slope = weights.copy(), gradient.copy()
    for _ in range(_SWEEPS):
        before = found.copy()
        for j in range(len(found)):
            new = max(0.0, found[j] + slope[j] / curvature[j, j])
            slope -= curvature[:, j] * (new - found[j])
            found[j] = new
        if np.abs(found - before).max() < _ENOUGH:
            break
    return found
