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
        """The ranking by the model's rules: the largest keys first, apart what is too little known and what is here."""
        shares = shares_known(weights)
        ranked = np.take(shares >= model.minimum_known - 10.0**-PRECISION, pattern)
        little = ~ranked
        ranked[here] = little[here] = False
        apart, total = np.flatnonzero(little), int(np.count_nonzero(ranked))
        listed = apart[largest(shares[pattern[apart]], MAXIMUM_LISTED)]
        return cls(
            total, largest(np.where(ranked, keys, -np.inf), min(count, total)), len(apart),
            list(zip(listed.tolist(), shares[pattern[listed]].tolist(), pattern[listed].tolist(), strict=True)), here,
        )


def largest(keys: Array, count: int) -> Array:
    """The positions of the ``count`` largest keys, best first; ties stay in order, which is that of IRI."""
    if count == 0:
        return np.zeros(0, dtype=np.intp)
    least = np.partition(keys, -count)[-count] if count < len(keys) else -np.inf
    chosen = np.flatnonzero(keys >= least - 10.0**-PRECISION)
    return np.asarray(chosen[np.argsort(-np.round(keys[chosen], PRECISION), kind="stable")][:count])
