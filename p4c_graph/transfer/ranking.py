"""Who is ranked, in what order, and who is set apart: the rules of the model over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.transfer.model import TransferModel
from p4c_graph.transfer.suitability import shares_known

Array = npt.NDArray[Any]
MAXIMUM_LISTED = 250
"""So many of the too little known, and of those already here, are listed; a note says how many more there are."""
PRECISION = 9
"""Scores that agree to so many digits are equal, so that noise in the last ones never decides."""
_ROWS = 64


@dataclass(frozen=True)
class Ranking:
    """One ranking, by index: how many are ranked, as many of the best as are needed in order, who is apart."""

    total: int
    best: Array
    too_little: int
    little: list[tuple[int, float, int]]
    """Of those too little is known of the first: index, share that is known, pattern of components."""
    here: Array

    @classmethod
    def of(
        cls, keys: Array, pattern: Array, here: Array, model: TransferModel, weights: dict[str, float], count: int
    ) -> Ranking:
        """The ranking by the model's rules: the largest keys first, apart what is too little known and what is here.

        ``here`` names nobody twice; the keys of those set apart are overwritten.
        """
        shares = shares_known(weights)
        little = np.take(shares < model.minimum_known - 10.0**-PRECISION, pattern)
        little[here] = False
        apart = np.flatnonzero(little)
        keys[apart] = keys[here] = -np.inf
        total = len(keys) - len(apart) - len(here)
        listed = apart[largest(shares[pattern[apart]], MAXIMUM_LISTED)]
        return cls(
            total, largest(keys, min(count, total)), len(apart),
            list(zip(listed.tolist(), shares[pattern[listed]].tolist(), pattern[listed].tolist(), strict=True)), here,
        )


def largest(keys: Array, count: int) -> Array:
    """The positions of the ``count`` largest keys, best first; ties stay in order, which is that of IRI."""
    if count == 0:
        return np.zeros(0, dtype=np.intp)
    chosen = np.flatnonzero(keys >= _least(keys, count) - 10.0**-PRECISION)
    return np.asarray(chosen[np.argsort(-np.round(keys[chosen], PRECISION), kind="stable")][:count])


def _least(keys: Array, count: int) -> float:
    """The ``count``-th largest of the keys."""
    if count >= len(keys):
        return -np.inf
    if count < (columns := len(keys) // _ROWS):
        # No less than the count-th largest of the columns of a table of the keys is in question.
        tops = keys[:columns * _ROWS].reshape(_ROWS, columns).max(axis=0)
        keys = keys[keys >= np.partition(tops, -count)[-count]]
    return float(np.partition(keys, -count)[-count])
