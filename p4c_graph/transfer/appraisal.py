"""What one practice's own record says, whatever the region: strength of its places, evidence, merit."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean

import numpy as np

from p4c_graph.transfer.features import Application, Practice
from p4c_graph.transfer.model import TransferModel

Interval = tuple[float, float, float]
"""(expected, low, high); expected is NaN where it is unknown."""
UNKNOWN: Interval = (np.nan, 0.0, 1.0)


def strength(application: Application, model: TransferModel) -> float:
    """How much a place speaks for places like it: 0 for a plan, what was called off, and what failed."""
    if not application.took_place or application.outcome == "negative":
        return 0.0
    if application.kind == "Workshop" and application.asked:
        return min(application.interested / application.asked, 1.0)
    if application.outcome == "positive":
        return model.strength_positive
    if application.kind == "Origin":
        return model.strength_origin_with_result if application.has_result else model.strength_origin
    return model.strength_positive if application.has_result else model.strength_unknown_outcome


def evidence(applications: Iterable[Application]) -> Interval:
    """(n₊ + 1) / (n₊ + n₋ + 2) over applications that took place; unknown where no outcome is known.

    A reported result counts as positive, a mixed outcome as half of each; the interval takes applications of
    unknown outcome all as negative, all as positive.
    """
    positive = negative = unknown = 0.0
    for application in applications:
        if not application.took_place:
            continue
        if application.outcome == "mixed":
            positive, negative = positive + 0.5, negative + 0.5
        elif application.outcome == "negative":
            negative += 1
        elif application.outcome == "positive" or application.has_result:
            positive += 1
        else:
            unknown += 1
    if positive + negative == 0:
        return UNKNOWN
    known, every = positive + negative + 2, positive + negative + unknown + 2
    return (positive + 1) / known, (positive + 1) / every, (positive + unknown + 1) / every


def merit(practice: Practice) -> Interval:
    """Mean over partners of their mean over families of criteria, from the strictest partner to the kindest.

    Where a selection kept the practice and published no scores, merit lies in [1 − kept ÷ identified, 1].
    """
    if practice.scores:
        partners = [
            fmean([fmean(values) for values in families.values()]) for families in practice.scores.values()
        ]
        return fmean(partners), min(partners), max(partners)
    if practice.kept_share is not None:
        low = 1.0 - practice.kept_share
        return (low + 1.0) / 2, low, 1.0
    return UNKNOWN
