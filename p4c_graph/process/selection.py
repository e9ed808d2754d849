"""Selection: evaluations → which practices are kept, and for each why, how far from the line, how stably.

A practice's value on a criterion is the mean over the partners who judged it, each on its declared scale taken to
[0, 1]. Criteria nobody judged are left out and the others re-weighted; the interval fills every blank of every partner
with the least, then with the most. Too little evaluated is set apart, which is not the same as bad.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from p4c_graph.errors import InputError
from p4c_graph.process.evaluations import Array, Criterion, Evaluations
from p4c_graph.transfer.features import RENEWABILITY
from p4c_graph.transfer.model import MAXIMUM_WEIGHT
from p4c_graph.transfer.result import DIGITS, Ref, Score

METHODS = ("weighted", "topsis")
MINIMUM_KNOWN = 0.5
"""The share of weight that must be judged for a practice to be ranked."""
DRAWS, CONCENTRATION, SEED = 1000, 50.0, 2011
"""Of the weights that are drawn to see how stable a place is: Dirichlet(concentration × weight), a fixed seed."""
_PRECISION = 9
Method = Callable[[Array, Array], Array]
"""(practices, criteria) values with NaN where unknown, (criteria,) weights → (practices,) scores in [0, 1]."""


@dataclass(frozen=True)
class Rules:
    """How a selection is made: how many are kept, by which method and weights, judged by how many at least."""

    size: int
    method: str
    weights: dict[str, float]
    """Notation of each criterion → weight; they sum to 1."""
    minimum_evaluators: int


@dataclass(frozen=True)
class FamilyScore:
    """A family of criteria in one practice's score: its mean, the weight it has here, what it adds."""

    family: str
    value: float | None
    weight: float
    contribution: float | None
    """Weight × value; the contributions of a weighted score sum to it. None with other methods."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON of one family."""
        return {"family": self.family, **{
            name: _rounded(getattr(self, name)) for name in ("value", "weight", "contribution")}}


@dataclass(frozen=True)
class Verdict:
    """One practice: in or out, its rank, score with interval, distance from the line, stability."""

    practice: Ref
    rank: int
    kept: bool
    score: Score
    known: float
    evaluators: int
    families: list[FamilyScore]
    margin: float | None
    """What it has above the best of those left out, or what it lacks to the last kept (negative)."""
    stability: float
    """Share of draws of the weights in which it is kept."""
    open: bool
    """Whether the blanks of its partners, filled in, could carry it over the line."""
    tie: str | None = None
    renewability: Mapping[str, int] = field(default_factory=dict)

    def why(self, line: float | None) -> str:
        """In or out, in one sentence."""
        if self.margin is None or line is None:
            said = "in: there are no more candidates than places"
        elif self.kept:
            said = f"in: {self.margin:.3f} above the best left out"
        else:
            said = f"out: {-self.margin:.3f} below the line at {line:.3f}"
        known = [family for family in self.families if family.value is not None]
        best, worst = max(known, key=lambda f: f.value or 0.0), min(known, key=lambda f: f.value or 0.0)
        if best.value != worst.value:
            said += f"; strongest {best.family} ({best.value:.2f}), weakest {worst.family} ({worst.value:.2f})"
        if missing := [family.family for family in self.families if family.value is None]:
            said += f"; {', '.join(missing)} judged by nobody, its weight shared among the others"
        return said + (f"; {self.tie}" if self.tie else "")

    def to_dict(self, line: float | None) -> dict[str, Any]:
        """The JSON of one verdict."""
        return {
            "practice": self.practice.to_dict(), "rank": self.rank, "kept": self.kept, **self.score.to_dict(),
            "known": _rounded(self.known), "evaluators": self.evaluators, "margin": _rounded(self.margin),
            "stability": _rounded(self.stability), "open": self.open, "tie": self.tie,
            "families": [family.to_dict() for family in self.families], "renewability": dict(self.renewability),
            "why": self.why(line),
        }


@dataclass(frozen=True)
class SetApart:
    """A practice that too few partners judged, or on too little, to be ranked."""

    practice: Ref
    evaluators: int
    known: float
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON of one practice set apart."""
        return {"practice": self.practice.to_dict(), "evaluators": self.evaluators, "known": _rounded(self.known),
                "reason": self.reason}


@dataclass(frozen=True)
class Outcome:
    """A selection: its rules, verdicts by rank, what was set apart, and the line."""

    rules: Rules
    verdicts: list[Verdict]
    set_apart: list[SetApart]
    identified: int
    evaluated: int
    line: float | None
    """Score of the last practice kept."""

    @property
    def kept(self) -> list[Verdict]:
        """The verdicts of the practices kept, best first."""
        return [verdict for verdict in self.verdicts if verdict.kept]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the selection."""
        rules = self.rules
        return {
            "size": rules.size, "method": rules.method, "minimum_evaluators": rules.minimum_evaluators,
            "weights": {name: round(weight, DIGITS) for name, weight in rules.weights.items()},
            "minimum_known": MINIMUM_KNOWN, "draws": DRAWS, "concentration": CONCENTRATION, "seed": SEED,
            "identified": self.identified, "evaluated": self.evaluated, "kept": len(self.kept),
            "line": _rounded(self.line), "results": [verdict.to_dict(self.line) for verdict in self.verdicts],
            "set_apart": [apart.to_dict() for apart in self.set_apart],
        }


def majority(evaluations: Evaluations) -> int:
    """More than half of the partners: the least number of evaluators unless another is asked for."""
    return len(evaluations.partners) // 2 + 1


def declared_weights(criteria: list[Criterion]) -> dict[str, float]:
    """Each family of criteria alike, shared alike inside a family: notation → weight, summing to 1."""
    families = sorted({criterion.family for criterion in criteria})
    return {
        criterion.notation: 1 / len(families) / sum(other.family == criterion.family for other in criteria)
        for criterion in criteria
    }


def criterion_weights(
    criteria: list[Criterion], given: Mapping[str, object] | None, source: str = "weights"
) -> dict[str, float]:
    """Weights that sum to 1: those given for criteria or whole families, the declared ones for what is not named.

    Raises InputError naming file, key and what was expected.
    """
    weights = declared_weights(criteria)
    families = {criterion.family for criterion in criteria}
    parts = {criterion.notation: criterion.family for criterion in criteria}
    for name, value in (given or {}).items():
        if name == RENEWABILITY:
            raise InputError(f"{source}: {name} (renewability) is a category, new or repeated, and never part of a "
                             "score; leave it out", parameter="weights")
        if name not in families | parts.keys():
            raise InputError(f"{source}: there is no criterion {name!r}; expected "
                             f"{', '.join(sorted(families | parts.keys()))}", parameter="weights")
        if name not in families and parts[name] in (given or {}):
            raise InputError(f"{source}: gives a weight to {parts[name]} and to its part {name}; expected one of both",
                             parameter="weights")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAXIMUM_WEIGHT:
            raise InputError(f"{source}: weight of {name} is {value!r}; expected a number from 0 to {MAXIMUM_WEIGHT:g}",
                             parameter="weights")
        of = [notation for notation, family in parts.items() if name in (notation, family)]
        weights |= {notation: float(value) / len(of) for notation in of}
    total = sum(weights.values())
    if total <= 0:
        raise InputError(f"{source}: all weights are 0; at least one must be above", parameter="weights")
    return {notation: weight / total for notation, weight in weights.items()}


def select(evaluations: Evaluations, rules: Rules) -> Outcome:
    """Who is kept under these rules. Raises InputError where size, method or minimum do not fit what was evaluated."""
    _check(evaluations, rules)
    method = _method(rules.method)
    weights = np.array([rules.weights[criterion.notation] for criterion in evaluations.criteria])
    means, least, most = criterion_means(evaluations.values)
    share = (~np.isnan(means)) @ weights
    ranked = np.flatnonzero((evaluations.evaluators >= rules.minimum_evaluators) & (share >= MINIMUM_KNOWN - 1e-9))
    apart = [p for p in np.flatnonzero(evaluations.evaluators > 0) if p not in ranked]
    if rules.size > len(ranked):
        raise InputError(
            f"--size is {rules.size}, but {len(ranked)} practices can be ranked: {len(evaluations.practices)} "
            f"identified, {evaluations.evaluated} evaluated, {len(apart)} of these by fewer than "
            f"{rules.minimum_evaluators} partners or on too little of the weight", parameter="size")
    scores = np.stack([method(values[ranked], weights) for values in (means, least, most)])
    iris = [evaluations.practices[p].id for p in ranked]
    order = sorted(range(len(ranked)), key=lambda i: (*(-np.round(scores[:2, i], _PRECISION)), iris[i]))
    ranked, scores = ranked[order], scores[:, order]
    stability = _stability(means[ranked], weights, rules.size, method)
    verdicts = [
        _verdict(evaluations, rules, means, weights, ranked[i], i, scores, float(stability[i]))
        for i in range(len(ranked))
    ]
    return Outcome(
        rules, verdicts, [_set_apart(evaluations, rules, int(p), float(share[p])) for p in apart],
        identified=len(evaluations.practices), evaluated=evaluations.evaluated,
        line=float(scores[0, rules.size - 1]),
    )


def criterion_means(values: Array) -> tuple[Array, Array, Array]:
    """(practices, criteria): mean over the partners who judged (NaN: nobody did); blanks all least; blanks all most."""
    known = ~np.isnan(values)
    count, total = known.sum(axis=1), np.where(known, values, 0.0).sum(axis=1)
    partners = max(values.shape[1], 1)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean, total / partners, (total + partners - count) / partners


def weighted(values: Array, weights: Array) -> Array:
    """The weighted mean of what is known."""
    known = ~np.isnan(values)
    of = known @ weights
    return np.asarray(np.divide(np.where(known, values, 0.0) @ weights, of, out=np.zeros(len(values)), where=of > 0))


def topsis(values: Array, weights: Array) -> Array:
    """Closeness to the ideal (TOPSIS, Hwang and Yoon 1981) by pymcdm.

    The ideal and its opposite are the ends of the scales, not the best and worst candidates, so that a candidate more
    or less changes no other's score. Raises InputError where pymcdm is not installed.
    """
    try:
        from pymcdm.methods import TOPSIS
    except ImportError:
        raise InputError("--method topsis takes the package pymcdm: pip install 'p4c-graph[topsis]'",
                         parameter="method") from None
    closeness, known = np.zeros(len(values)), ~np.isnan(values) & (weights > 0)
    for pattern in np.unique(known, axis=0):
        rows = (known == pattern).all(axis=1)
        if not pattern.any():
            continue
        ends = np.stack([np.ones(pattern.sum()), np.zeros(pattern.sum())])
        matrix, of = np.vstack([values[np.ix_(rows, pattern)], ends]), weights[pattern]
        # Without its validation, which warns that the end of the scale dominates: it is meant to.
        closeness[rows] = TOPSIS()(matrix, of / of.sum(), np.ones(len(of)), validation=False)[:-2]
    return closeness


def _method(name: str) -> Method:
    return {"weighted": weighted, "topsis": topsis}[name]


def _check(evaluations: Evaluations, rules: Rules) -> None:
    if rules.method not in METHODS:
        raise InputError(f"--method is {rules.method!r}; expected {' or '.join(METHODS)}", parameter="method")
    if rules.size < 1:
        raise InputError(f"--size is {rules.size}; expected a whole number from 1", parameter="size")
    if not 1 <= rules.minimum_evaluators <= max(len(evaluations.partners), 1):
        raise InputError(f"--min-evaluators is {rules.minimum_evaluators}; expected a whole number from 1 to the "
                         f"{len(evaluations.partners)} partners", parameter="min-evaluators")


def _stability(means: Array, weights: Array, size: int, method: Method) -> Array:
    """(ranked,) share of draws of the weights in which each is among the first ``size``."""
    if size >= len(means):
        return np.ones(len(means))
    random = np.random.default_rng(SEED)
    drawn = random.gamma(np.maximum(weights * CONCENTRATION, 1e-9), size=(DRAWS, len(weights)))
    drawn[:, weights == 0] = 0.0  # Dirichlet needs positive parameters; a weight of 0 stays 0.
    inside = np.zeros(len(means))
    behind = 10.0**-_PRECISION * np.arange(len(means))  # equal scores go to who ranks better
    for of in drawn / drawn.sum(axis=1, keepdims=True):
        inside[np.argpartition(behind - method(means, of), size - 1)[:size]] += 1
    return inside / DRAWS


def _verdict(
    evaluations: Evaluations, rules: Rules, means: Array, weights: Array, p: int, i: int, scores: Array, stable: float
) -> Verdict:
    expected, low, high = (float(value) for value in scores[:, i])
    size, every = rules.size, scores.shape[1]
    kept = i < size
    line, best_out = float(scores[0, size - 1]), float(scores[0, size]) if size < every else None
    margin = None if best_out is None else expected - (best_out if kept else line)
    over = best_out is not None and (low < best_out if kept else high > line)
    return Verdict(
        practice=evaluations.practices[p], rank=i + 1, kept=kept, score=Score(expected, low, high),
        known=float((~np.isnan(means[p])) @ weights), evaluators=int(evaluations.evaluators[p]),
        families=_families(evaluations.criteria, means[p], weights, rules.method), margin=margin, stability=stable,
        open=over, tie=_tie(scores, i, size), renewability=evaluations.renewability.get(p, {}),
    )


def _tie(scores: Array, i: int, size: int) -> str | None:
    """How a practice that has the score of the line came to its side of it, where both sides have that score."""
    rounded = np.round(scores[:2], _PRECISION)
    if size >= rounded.shape[1] or rounded[0, size - 1] != rounded[0, size] or rounded[0, i] != rounded[0, size]:
        return None
    tied = np.flatnonzero(rounded[0] == rounded[0, size])
    by = "the lower bound" if rounded[1, size - 1] != rounded[1, size] else "the order of their IRIs"
    return f"{len(tied)} practices tie at the line, decided by {by}"


def _families(criteria: list[Criterion], means: Array, weights: Array, method: str) -> list[FamilyScore]:
    known = ~np.isnan(means)
    whole, found = float(weights[known].sum()), []
    for family in sorted({c.family for c, weight in zip(criteria, weights, strict=True) if weight}):
        of = known & np.array([criterion.family == family for criterion in criteria])
        weight = float(weights[of].sum())
        value = float(means[of] @ weights[of]) / weight if weight else None
        share = weight / whole if whole else 0.0
        adds = share * value if value is not None and method == "weighted" else None
        found.append(FamilyScore(family, value, share, adds))
    return found


def _set_apart(evaluations: Evaluations, rules: Rules, p: int, known: float) -> SetApart:
    count = int(evaluations.evaluators[p])
    if count < rules.minimum_evaluators:
        reason = f"judged by {count} of {len(evaluations.partners)} partners; {rules.minimum_evaluators} are asked for"
    else:
        reason = f"judged on {known:.0%} of the weight; {MINIMUM_KNOWN:.0%} is asked for"
    return SetApart(evaluations.practices[p], count, known, reason)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
