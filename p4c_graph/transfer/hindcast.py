"""Hindcast: would the model have named the regions that did take a practice over?

For every observed transfer the transfer itself, all that came of it and its project are hidden; then all NUTS 2
regions are ranked for that practice, and the percentile of the true adopter is noted (0.5 is chance, 1 the top).
A missing pair is unlabelled, not a failure: no region is counted as having refused. The interval resamples
practices and projects (95 %, bootstrap), since transfers of one practice or one project resemble each other.

Adoption is learned from the same transfers, so it is only ever judged out of fold: the weights that score a transfer
are fitted without any transfer of its practice or project, or of those joined to it through others. Transfers that
have no part in the shipped weights (of a file of one's own) are scored by the shipped weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Rows
from p4c_graph.terms import local_name
from p4c_graph.transfer import learning
from p4c_graph.transfer.adoption import distances, units_of_rows
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import ADOPTION_FEATURES
from p4c_graph.transfer.subset import Subset

Array = npt.NDArray[Any]
RESAMPLES = 2000
FUNDED = "interreg-urbact"
FAMILIES = ("all", FUNDED, "others")
BASELINES = (
    "structural similarity", "nearest", "GDP per head", "same country", "largest population",
    "most Interreg participation", "Interreg participation per head",
)
DECLARED = "adoption, declared weights"
METHODS = ("suitability", "adoption", DECLARED, *BASELINES)


@dataclass(frozen=True)
class Transfer:
    """One observed transfer: which practice, from which place to which, and the family its source belongs to."""

    application: str
    practice: int
    adopter: str
    origin: str
    origin_application: str
    project: str | None
    family: str
    roll_out: bool
    planned: bool = False


@dataclass(frozen=True)
class Accuracy:
    """How one method did on one family: mean percentile with its interval, share in the top tenth, pairs.

    Transfers of a single group have no interval (both ends NaN): there is nothing to resample.
    """

    method: str
    family: str
    mean: float
    low: float
    high: float
    top_tenth: float
    pairs: int

    def to_dict(self) -> dict[str, Any]:
        """Rounded to three digits."""
        return {
            "method": self.method, "family": self.family, "mean_percentile": round(self.mean, 3),
            "interval": _interval(self.low, self.high), "top_tenth": round(self.top_tenth, 3), "pairs": self.pairs,
        }


@dataclass(frozen=True)
class Advantage:
    """By how much adoption is above one baseline on the same transfers of one family: mean and interval."""

    baseline: str
    family: str
    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """Rounded to three digits."""
        return {"baseline": self.baseline, "family": self.family, "mean_difference": round(self.mean, 3),
                "interval": _interval(self.low, self.high)}


def _interval(low: float, high: float) -> list[float] | None:
    return None if np.isnan(low) else [round(low, 3), round(high, 3)]


@dataclass(frozen=True)
class Hindcast:
    """The whole result: accuracies by method and family of observed transfers, without roll-outs, with plans.

    Beside them what adoption has over each baseline on observed transfers, pair by pair.
    """

    accuracies: list[Accuracy]
    advantages: list[Advantage]
    without_roll_outs: list[Accuracy]
    with_planned: list[Accuracy]
    pairs: int
    regions: int
    unseen: int
    """So many were scored by the shipped weights, in which they have no part; the others out of fold."""
    model: dict[str, str]
    snapshot: str
    percentiles: dict[str, Array]
    """Method → percentile of each transfer, in the order given."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command."""
        return {
            "model": self.model, "snapshot": self.snapshot, "pairs": self.pairs, "regions": self.regions,
            "unseen": self.unseen, "advantages": [advantage.to_dict() for advantage in self.advantages], **{
                name: [accuracy.to_dict() for accuracy in found] for name, found in (
                    ("accuracies", self.accuracies), ("without_roll_outs", self.without_roll_outs),
                    ("with_planned", self.with_planned))
            },
        }


_OBSERVED = """
SELECT ?application ?practice ?region ?from ?origin ?kind ?project ?note ?page WHERE {
  ?practice p4c:application ?application .
  ?application a p4c:Transfer ; p4c:inRegion ?region ; p4c:takenFrom ?from ; p4c:transferKind ?kind .
  ?from p4c:inRegion ?origin .
  OPTIONAL { ?application p4c:projectName ?project }
  OPTIONAL { ?application p4c:outcomeNote ?note }
  OPTIONAL { ?application dct:source/foaf:page ?page }
} ORDER BY ?application ?practice ?region ?origin ?page ?project"""
_FUNDED_PAGE = re.compile(r"interreg|urbact", re.IGNORECASE)
_ROLL_OUT = re.compile(r"roll-?out|franchise|same (operator|group)", re.IGNORECASE)


def family_of(page: str | None) -> str:
    """The family of a source, by the address of its page."""
    return FUNDED if _FUNDED_PAGE.search(page or "") else "others"


def is_roll_out(note: str | None) -> bool:
    """Whether the note on an outcome says that one operator, group or franchise took the practice along."""
    return bool(_ROLL_OUT.search(note or ""))


def observed_transfers(dataset: Rows, matcher: Matcher, *, with_planned: bool = False) -> list[Transfer]:
    """The transfers a graph records between two different NUTS 2 regions, planned ones left out."""
    practices = {iri: i for i, iri in enumerate(matcher.columns.practices)}
    units = set(matcher.columns.units)
    found: dict[str, Transfer] = {}
    for application, practice, region, taken, origin, kind, project, note, page in dataset.rows(_OBSERVED):
        if str(application) in found or practice not in practices:
            continue
        if region not in units or origin not in units or region == origin:
            continue
        planned = local_name(str(kind)) == "planned"
        if planned and not with_planned:
            continue
        found[str(application)] = Transfer(
            application=str(application), practice=practices[practice], adopter=region, origin=origin,
            origin_application=str(taken), project=project,
            family=family_of(page), roll_out=is_roll_out(note), planned=planned,
        )
    return list(found.values())


def hindcast(
    matcher: Matcher, transfers: Iterable[Transfer], progress: Callable[[int, int], None] | None = None,
    learned_from: Iterable[Transfer] | None = None, *, origin_alone: bool = False,
) -> Hindcast:
    """The accuracy of suitability, adoption and all baselines on observed transfers between two NUTS 2 regions.

    ``learned_from`` are the transfers that the weights of adoption were learned from (default: the given ones).
    With ``origin_alone`` all that is known of where else the practice ran is hidden as well.
    """
    found = list(transfers)
    lessons = found if learned_from is None else list(learned_from)
    known, pool = {t.application for t in found}, {t.application for t in lessons}
    tried = [*found, *(t for t in lessons if t.application not in known)]
    worlds = []
    between = distances(matcher.columns.coordinates)
    for done, transfer in enumerate(tried):
        if progress:
            progress(done, len(tried))
        worlds.append(_world(matcher, transfer, between, origin_alone))
    percentiles, unseen = np.empty((0, len(METHODS))), 0
    if found:
        pooled = np.array([t.application in pool for t in tried])
        percentiles, unseen = _percentiles(matcher, tried, worlds, pooled, len(found))

    def kept(of: Callable[[Transfer], bool]) -> tuple[Array, list[Transfer]]:
        rows = [i for i, transfer in enumerate(found) if of(transfer)]
        return percentiles[rows], [found[i] for i in rows]

    observed = kept(lambda t: not t.planned)
    return Hindcast(
        _accuracies(*observed), _advantages(*observed), _accuracies(*kept(lambda t: not (t.planned or t.roll_out))),
        _accuracies(*kept(lambda t: True)), len(found), len(matcher.columns.units), unseen,
        {"id": matcher.model.iri, "version": matcher.model.version}, matcher.snapshot,
        {method: percentiles[:, m] for m, method in enumerate(METHODS)},
    )


def _percentiles(
    matcher: Matcher, transfers: list[Transfer], worlds: list[_World], pooled: Array, count: int
) -> tuple[Array, int]:
    """(count, methods) of the first transfers; and how many of these were scored by the shipped weights.

    ``pooled`` are the transfers that weights are learned from.
    """
    choices = _choices(matcher, transfers, worlds)
    adoption, unseen = learning.out_of_fold(choices, pooled, _shipped(matcher))
    found = np.empty((count, len(METHODS)))
    for i, world in enumerate(worlds[:count]):
        values = [*world.values]
        values[METHODS.index("adoption")] = adoption[i]
        found[i] = [percentile(of, int(choices.chosen[i]), world.candidates) for of in values]
    return found, int(unseen[:count].sum())


def choices(matcher: Matcher, transfers: Iterable[Transfer]) -> learning.Choices:
    """What the weights of adoption are learned from: each transfer in a world in which it never happened."""
    found = list(transfers)
    between = distances(matcher.columns.coordinates)
    return _choices(matcher, found, [_world(matcher, transfer, between) for transfer in found])


def _choices(matcher: Matcher, transfers: list[Transfer], worlds: list[_World]) -> learning.Choices:
    return learning.Choices(
        np.stack([world.features for world in worlds]), np.stack([world.candidates for world in worlds]),
        np.array([matcher.columns.units.index(transfer.adopter) for transfer in transfers]), _groups(transfers))


def _shipped(matcher: Matcher) -> Array:
    return np.array([matcher.model.adoption[name].weight for name in ADOPTION_FEATURES])


class _World(NamedTuple):
    """A world in which a transfer never happened."""

    values: list[Array]
    """What each method gives each unit, in the order of METHODS."""
    candidates: Array
    """(U,) which units may be named."""
    features: Array
    """(U, F) the features of adoption."""


def _world(matcher: Matcher, transfer: Transfer, between: Array, origin_alone: bool = False) -> _World:
    here = matcher.scorer.here(transfer.adopter)
    hidden = without(matcher.columns, transfer, np.ones_like(here) if origin_alone else here)
    scorer = matcher.scorer.over(hidden)
    subset, regions = Subset.of(hidden, [transfer.practice]), matcher.gazetteer.units
    scores = scorer.score(regions, matcher.model.weights, subset).of_practice(0)
    # Regions where the practice is known to run already are no candidates: the product leaves them out too.
    candidates = ~scores.here
    candidates[matcher.columns.units.index(transfer.adopter)] = True
    declared = [matcher.model.adoption[name] for name in ADOPTION_FEATURES]
    features = matcher.adoption.over(scorer).features(regions, subset)[:, :, 0].T
    features = np.where(np.isnan(features), [feature.prior for feature in declared], features)
    judged = features @ np.array([feature.declared for feature in declared])
    return _World([scores.expected, judged, judged, *_baselines(hidden, transfer, between)], candidates, features)


def without(columns: Columns, transfer: Transfer, at_adopter: Array) -> Columns:
    """Columns of a world in which the transfer never happened, nor anything that would give it away.

    Hidden are the transfer; whatever was taken from it; what else the adopter did of the same practice
    (``at_adopter`` tells its places); every application of its project but origins; the project's ties; the project
    itself in how many its regions take part in; and the organisations that the graph names for nothing but what is
    hidden.
    """
    c = columns
    project = c.projects.index(transfer.project) if transfer.project in c.projects else -1
    of_project = c.row_projects[c.row_projects[:, 1] == project, 0]
    hidden = _hidden(c, transfer, at_adopter, of_project)
    gone = hidden[c.application]
    seen = c.actor_elsewhere.copy()
    seen[c.mentions[~hidden[c.mentions[:, 0]], 1]] = True
    partners = c.project_partners.copy()
    of_regions = partners[:, project].copy() if project >= 0 else np.zeros(len(c.units), dtype=bool)
    partners[:, project:project + 1] = False
    of_regions[units_of_rows(c, of_project)[0]] = True
    # A page of a funded network that names no project still tells of one.
    of_regions[c.units.index(transfer.adopter)] |= transfer.project is not None or transfer.family == FUNDED
    return replace(
        c,
        application_place=np.where(gone, -1, c.application_place),
        application_strength=np.where(gone, 0.0, c.application_strength),
        application_negative=c.application_negative & ~gone,
        application_done=c.application_done & ~gone,
        application_planned=c.application_planned & ~gone,
        row_projects=c.row_projects[c.row_projects[:, 1] != project],
        project_partners=partners,
        activity=np.where(of_regions, np.maximum(c.activity - 1, 0), c.activity),
        actor_cells=c.actor_cells[seen[c.actor_cells[:, 0]]],
    )


def _hidden(c: Columns, transfer: Transfer, at_adopter: Array, of_project: Array) -> Array:
    """(applications + 1,) which would give the transfer away; the last stands for none. ``of_project`` are rows."""
    rows = np.arange(c.application_start[transfer.practice], c.application_start[transfer.practice + 1])
    hidden = np.zeros(len(c.applications) + 1, dtype=bool)
    hidden[c.applications.index(transfer.application)] = True
    hidden[c.application[rows[at_adopter[c.application_place[rows]]]]] = True
    while (came := hidden[c.taken_from[:, 1]] & ~hidden[c.taken_from[:, 0]]).any():
        hidden[c.taken_from[came, 0]] = True
    hidden[c.application[of_project[~c.application_origin[of_project]]]] = True
    hidden[c.applications.index(transfer.origin_application)] = False
    hidden[-1] = False
    return hidden


def _baselines(c: Columns, transfer: Transfer, between: Array) -> list[Array]:
    origin = c.units.index(transfer.origin)
    with np.errstate(invalid="ignore", divide="ignore"):
        per_head = c.activity / c.population
    return [
        c.unit_similarity[0, origin], -between[origin], c.wealth, (c.country == c.country[origin]).astype(float),
        c.population, c.activity, per_head,
    ]


def percentile(values: Array, adopter: int, candidates: Array) -> float:
    """Share of the other candidates that the adopter is above, ties counted half; an unknown value ranks lowest."""
    # Rounded, as in the ranking: noise in the last digits is no difference.
    filled = np.round(np.where(np.isnan(values), -np.inf, values), 9)
    others = filled[candidates & (np.arange(len(filled)) != adopter)]
    return float(((others < filled[adopter]).sum() + 0.5 * (others == filled[adopter]).sum()) / len(others))


def _accuracies(percentiles: Array, transfers: list[Transfer]) -> list[Accuracy]:
    return [
        Accuracy(method, family, *found, float((of >= 0.9).mean()), len(of))
        for family, values, those in _by_family(percentiles, transfers)
        for method, of, found in zip(METHODS, values.T, _means(values, those), strict=True)
    ]


def _advantages(percentiles: Array, transfers: list[Transfer]) -> list[Advantage]:
    """Differences are resampled, not the two sides apart: what makes a pair hard makes it so for both."""
    beyond = percentiles[:, [METHODS.index("adoption")]] - percentiles[:, [METHODS.index(name) for name in BASELINES]]
    return [
        Advantage(baseline, family, *found)
        for family, values, those in _by_family(beyond, transfers)
        for baseline, found in zip(BASELINES, _means(values, those), strict=True)
    ]


def _by_family(values: Array, transfers: list[Transfer]) -> Iterator[tuple[str, Array, list[Transfer]]]:
    """Each family that has transfers, with their rows and them."""
    for family in FAMILIES:
        if rows := [i for i, transfer in enumerate(transfers) if family in ("all", transfer.family)]:
            yield family, values[rows], [transfers[i] for i in rows]


def _means(values: Array, transfers: list[Transfer]) -> list[tuple[float, float, float]]:
    """The mean of each column over the transfers, and its interval; NaN where they are one group."""
    counts = _resamples(transfers)
    bounds = np.full((2, values.shape[1]), np.nan)
    if (counts != 1).any():
        bounds = np.percentile(counts @ values / counts.sum(axis=1, keepdims=True), [2.5, 97.5], axis=0)
    return [(float(m), float(low), float(high)) for m, low, high in zip(values.mean(axis=0), *bounds, strict=True)]


def _resamples(transfers: list[Transfer]) -> Array:
    """(RESAMPLES, transfers): how often each bootstrap sample holds each transfer.

    Drawn with replacement are clusters: transfers that share a practice or a project, directly or through others.
    """
    of = _groups(transfers)
    clusters = np.arange(of.max() + 1)
    random = np.random.default_rng(20111231)
    drawn = random.multinomial(len(clusters), np.full(len(clusters), 1 / len(clusters)), size=RESAMPLES)
    return np.asarray(drawn[:, of], dtype=float)


def _groups(transfers: list[Transfer]) -> Array:
    return learning.groups([t.practice for t in transfers], [t.project for t in transfers])
