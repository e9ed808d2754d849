"""How far the partners agree: spread of each judgement, and Krippendorff's alpha of each criterion."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from p4c_graph.process.evaluations import Array, Evaluations
from p4c_graph.transfer.features import RENEWABILITY
from p4c_graph.transfer.result import DIGITS, Ref


@dataclass(frozen=True)
class Spread:
    """A practice and criterion on which the partners differ: strictest and kindest judgement on [0, 1]."""

    practice: Ref
    criterion: str
    lowest: float
    highest: float
    partners: int

    @property
    def difference(self) -> float:
        """Kindest less strictest."""
        return self.highest - self.lowest

    def to_dict(self) -> dict[str, Any]:
        """The JSON of one spread."""
        return {
            "practice": self.practice.to_dict(), "criterion": self.criterion,
            **{name: round(float(getattr(self, name)), DIGITS) for name in ("lowest", "highest", "difference")},
            "partners": self.partners,
        }


@dataclass(frozen=True)
class Agreement:
    """Spreads, widest first, and alpha by criterion (None: cannot be computed from what is there)."""

    spreads: list[Spread]
    alphas: dict[str, float | None]
    computed: bool = True
    """Whether alpha was computed at all: it takes the package krippendorff."""

    def to_dict(self, limit: int | None = None) -> dict[str, Any]:
        """The JSON; ``limit`` cuts the spreads."""
        return {
            "alpha": {name: None if value is None else round(value, DIGITS) for name, value in self.alphas.items()},
            "alpha_computed": self.computed, "spread": [spread.to_dict() for spread in self.spreads[:limit]],
        }


def agreement(evaluations: Evaluations) -> Agreement:
    """How far the partners agree, over all practices with two judgements or more."""
    values = evaluations.values
    alphas: dict[str, float | None] = {}
    computed = find_spec("krippendorff") is not None
    if computed:
        for i, criterion in enumerate(evaluations.criteria):
            alphas[criterion.notation] = alpha(values[:, :, i].T)
        if evaluations.categories is not None:
            alphas[RENEWABILITY] = alpha(evaluations.categories.T, "nominal")
        alphas = dict(sorted(alphas.items()))
        alphas["all"] = alpha(values.transpose(1, 0, 2).reshape(values.shape[1], -1))
    return Agreement(_spreads(evaluations), alphas, computed)


def alpha(judgements: Array, level: str = "interval") -> float | None:
    """Krippendorff's alpha of (partners, things judged), NaN where blank.

    1 is full agreement, 0 what chance would give. None where no thing has two judgements, or all judgements are
    equal: there is nothing then that chance could vary.
    """
    paired = judgements[:, (~np.isnan(judgements)).sum(axis=0) >= 2] if judgements.size else judgements
    known = paired[~np.isnan(paired)]
    if not known.size or (known == known[0]).all():
        return None
    return float(import_module("krippendorff").alpha(reliability_data=paired, level_of_measurement=level))


def _spreads(evaluations: Evaluations) -> list[Spread]:
    known = evaluations.known
    found = []
    for p, c in zip(*np.nonzero(known.sum(axis=1) >= 2), strict=True):
        of = evaluations.values[p, known[p, :, c], c]
        if of.max() > of.min():
            found.append(Spread(evaluations.practices[p], evaluations.criteria[c].notation, float(of.min()),
                                float(of.max()), len(of)))
    return sorted(found, key=lambda spread: (-round(spread.difference, 9), spread.practice.id, spread.criterion))
