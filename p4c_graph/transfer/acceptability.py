"""Acceptability: how often a candidate stays among the best when weights and unknowns are drawn at random.

Share of draws in which it is among the top k of the best candidates; weights Dirichlet(concentration · w), each
component uniform in its interval, fixed seed (SMAA: Lahdelma, Hokkanen & Salminen 1998).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.transfer.model import COMPONENTS, TransferModel

Array = npt.NDArray[Any]
_TIE = np.float32(1e-7)
"""Equal scores go to the candidate that ranks better."""


def acceptability(low: Array, high: Array, blocked: Array, weights: dict[str, float], model: TransferModel) -> Array:
    """(candidates,) shares in [0, 1]; ``low`` and ``high`` are (components, candidates), best candidate first.

    As in the ranking, what is blocked comes after all that is not.
    """
    count = low.shape[1]
    if count <= model.top_k:
        return np.ones(count)
    w = tuple(weights[name] for name in COMPONENTS)
    drawn, uniform = _draws(w, model.dirichlet_concentration, model.draws, model.candidates, model.seed)
    scores = drawn @ low.astype(np.float32)
    scores -= 2 * blocked.astype(np.float32) + _TIE * np.arange(count, dtype=np.float32)
    width = (high - low).astype(np.float32)
    for of, share in zip(width, uniform, strict=True):
        if of.any():
            scores += share[:, :count] * of
    top = np.argpartition(-scores, model.top_k - 1, axis=1)[:, :model.top_k]
    return np.asarray(np.bincount(top.ravel(), minlength=count) / model.draws)


@lru_cache(maxsize=8)
def _draws(
    w: tuple[float, ...], concentration: float, draws: int, candidates: int, seed: int
) -> tuple[Array, Array]:
    """Weights (draws, components), and weight × uniform (components, draws, candidates), for every request."""
    random = np.random.default_rng(seed)
    declared = np.array(w)
    gamma = random.gamma(np.maximum(declared * concentration, 1e-9), size=(draws, len(w)))
    # A weight of 0 stays 0: Dirichlet needs positive parameters.
    gamma[:, declared == 0] = 0.0
    drawn = (gamma / gamma.sum(axis=1, keepdims=True)).astype(np.float32)
    return drawn, random.random((len(w), draws, candidates), dtype=np.float32) * drawn.T[:, :, None]
