"""Hindcast: would the model have named the regions that did take a practice over?

For every observed transfer the transfer itself, all that came of it and its project are hidden; then all NUTS 2
regions are ranked for that practice, and the percentile of the true adopter is noted (0.5 is chance, 1 the top).
A missing pair is unlabelled, not a failure: no region is counted as having refused. The interval resamples
practices and projects (95 %, bootstrap), since transfers of one practice or one project resemble each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Rows
from p4c_graph.terms import local_name
from p4c_graph.transfer.adoption import distances
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.subset import Subset

Array = npt.NDArray[Any]
RESAMPLES = 2000
FUNDED = "interreg-urbact"
FAMILIES = ("all", FUNDED, "others")
BASELINES = (
    "structural similarity", "nearest", "GDP per head", "same country", "largest population",
    "most Interreg participation", "Interreg participation per head",
)
METHODS = ("suitability", "adoption", *BASELINES)


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


@dataclass(frozen=True)
class Accuracy:
    """How one method did on one family: mean percentile with its interval, share in the top tenth, pairs."""

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
            "interval": [round(self.low, 3), round(self.high, 3)], "top_tenth": round(self.top_tenth, 3),
            "pairs": self.pairs,
        }


@dataclass(frozen=True)
class Hindcast:
    """The whole result: accuracies by method and family, with and without roll-outs."""

    accuracies: list[Accuracy]
    without_roll_outs: list[Accuracy]
    pairs: int
    regions: int
    model: dict[str, str]
    snapshot: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command."""
        return {
            "model": self.model, "snapshot": self.snapshot, "pairs": self.pairs, "regions": self.regions,
            "accuracies": [accuracy.to_dict() for accuracy in self.accuracies],
            "without_roll_outs": [accuracy.to_dict() for accuracy in self.without_roll_outs],
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
        if local_name(str(kind)) == "planned" and not with_planned:
            continue
        found[str(application)] = Transfer(
            application=str(application), practice=practices[practice], adopter=region, origin=origin,
            origin_application=str(taken), project=project,
            family=FUNDED if _FUNDED_PAGE.search(page or "") else "others",
            roll_out=bool(_ROLL_OUT.search(note or "")),
        )
    return list(found.values())


def hindcast(
    matcher: Matcher, transfers: Iterable[Transfer], progress: Callable[[int, int], None] | None = None
) -> Hindcast:
    """The accuracy of suitability, adoption and all baselines on observed transfers between two NUTS 2 regions."""
    found = list(transfers)
    percentiles = np.empty((len(found), len(METHODS)))
    between = distances(matcher.columns.coordinates)
    for done, transfer in enumerate(found):
        if progress:
            progress(done, len(found))
        adopter = matcher.columns.units.index(transfer.adopter)
        values, candidates = _values(matcher, transfer, between)
        percentiles[done] = [_percentile(of, adopter, candidates) for of in values]
    kept = np.array([not transfer.roll_out for transfer in found], dtype=bool)
    return Hindcast(
        _accuracies(percentiles, found),
        _accuracies(percentiles[kept], [t for t in found if not t.roll_out]),
        len(found), len(matcher.columns.units), {"id": matcher.model.iri, "version": matcher.model.version},
        matcher.snapshot,
    )


def _values(matcher: Matcher, transfer: Transfer, between: Array) -> tuple[list[Array], Array]:
    """What each method gives each unit, in the order of METHODS, and which units are candidates."""
    hidden = without(matcher.columns, transfer, matcher.scorer.here(transfer.adopter))
    scorer = matcher.scorer.over(hidden)
    subset, regions = Subset.of(hidden, [transfer.practice]), matcher.gazetteer.units
    scores = scorer.score(regions, matcher.model.weights, subset).of_practice(0)
    adoption = matcher.adoption.over(scorer).score(regions, subset)[0, :, 0]
    # Regions where the practice is known to run already are no candidates: the product leaves them out too.
    candidates = ~scores.here
    candidates[matcher.columns.units.index(transfer.adopter)] = True
    return [scores.expected, adoption, *_baselines(matcher.columns, transfer, between)], candidates


def without(columns: Columns, transfer: Transfer, at_adopter: Array) -> Columns:
    """Columns of a world in which the transfer never happened, nor anything that would give it away.

    Hidden are the transfer; whatever was taken from it; what else the adopter did of the same practice
    (``at_adopter`` tells its places); every application of its project but origins; the project's ties; and the
    organisations that the graph names for nothing but what is hidden.
    """
    c = columns
    rows = np.arange(c.application_start[transfer.practice], c.application_start[transfer.practice + 1])
    hidden = np.zeros(len(c.applications) + 1, dtype=bool)
    hidden[c.applications.index(transfer.application)] = True
    hidden[c.application[rows[at_adopter[c.application_place[rows]]]]] = True
    while (came := hidden[c.taken_from[:, 1]] & ~hidden[c.taken_from[:, 0]]).any():
        hidden[c.taken_from[came, 0]] = True
    project = c.projects.index(transfer.project) if transfer.project in c.projects else -1
    of_project = c.row_projects[c.row_projects[:, 1] == project, 0]
    hidden[c.application[of_project[~c.application_origin[of_project]]]] = True
    hidden[c.applications.index(transfer.origin_application)] = False
    hidden[-1] = False
    gone = hidden[c.application]
    seen = c.actor_elsewhere.copy()
    seen[c.mentions[~hidden[c.mentions[:, 0]], 1]] = True
    partners = c.project_partners.copy()
    partners[:, project:project + 1] = False
    return replace(
        c,
        application_place=np.where(gone, -1, c.application_place),
        application_strength=np.where(gone, 0.0, c.application_strength),
        application_negative=c.application_negative & ~gone,
        application_done=c.application_done & ~gone,
        application_planned=c.application_planned & ~gone,
        row_projects=c.row_projects[c.row_projects[:, 1] != project],
        project_partners=partners,
        actor_cells=c.actor_cells[seen[c.actor_cells[:, 0]]],
    )


def _baselines(c: Columns, transfer: Transfer, between: Array) -> list[Array]:
    origin = c.units.index(transfer.origin)
    country = np.array([unit.rpartition("/")[2][:2] for unit in c.units])
    with np.errstate(invalid="ignore", divide="ignore"):
        per_head = c.activity / c.population
    return [
        c.unit_similarity[0, origin], -between[origin], c.wealth, (country == country[origin]).astype(float),
        c.population, c.activity, per_head,
    ]


def _percentile(values: Array, adopter: int, candidates: Array) -> float:
    """Share of the other candidates that the adopter is above, ties counted half; an unknown value ranks lowest."""
    # Rounded, as in the ranking: noise in the last digits is no difference.
    filled = np.round(np.where(np.isnan(values), -np.inf, values), 9)
    others = filled[candidates & (np.arange(len(filled)) != adopter)]
    return float(((others < filled[adopter]).sum() + 0.5 * (others == filled[adopter]).sum()) / len(others))


def _accuracies(percentiles: Array, transfers: list[Transfer]) -> list[Accuracy]:
    families = np.array([transfer.family for transfer in transfers])
    result = []
    for family in FAMILIES:
        chosen = np.flatnonzero((families == family) | (family == "all"))
        if not chosen.size:
            continue
        counts = _resamples([transfers[i] for i in chosen])
        means = counts @ percentiles[chosen] / counts.sum(axis=1, keepdims=True)
        bounds = np.percentile(means, [2.5, 97.5], axis=0)
        for m, method in enumerate(METHODS):
            values = percentiles[chosen, m]
            result.append(Accuracy(
                method, family, float(values.mean()), float(bounds[0, m]), float(bounds[1, m]),
                float((values >= 0.9).mean()), len(values)))
    return result


def _resamples(transfers: list[Transfer]) -> Array:
    """(RESAMPLES, transfers): how often each bootstrap sample holds each transfer.

    Drawn with replacement are clusters: transfers that share a practice or a project, directly or through others.
    """
    label = np.arange(len(transfers))
    for keys in ([t.practice for t in transfers], [t.project or f"none {i}" for i, t in enumerate(transfers)]):
        first: dict[object, int] = {}
        for i, key in enumerate(keys):
            other = label[first.setdefault(key, i)]
            label[label == label[i]] = other
    clusters, of = np.unique(label, return_inverse=True)
    random = np.random.default_rng(20111231)
    drawn = random.multinomial(len(clusters), np.full(len(clusters), 1 / len(clusters)), size=RESAMPLES)
    return np.asarray(drawn[:, of], dtype=float)
