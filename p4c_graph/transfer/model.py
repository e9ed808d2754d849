"""The transfer model: every parameter of similarity, suitability and adoption, read from the graph."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from p4c_graph.errors import InputError, StoreProblem
from p4c_graph.files import read_file
from p4c_graph.regions import Rows
from p4c_graph.terms import local_name

COMPONENTS = ("context", "evidence", "conditions", "relevance", "capacity", "merit")
"""The six components of suitability, in the order of every array."""

ADOPTION_FEATURES = (
    "activity", "activity-per-head", "proximity", "same-language", "similarity", "ties", "theme-taken-up",
    "population", "origin-country", "taken-up-in-country", "country-take-up", "catching-up", "leading-region",
    "few-regions", "country-activity",
)
"""The features of adoption, in the order of every array."""

ORDERS = ("cautious", "expected")
MAXIMUM_WEIGHT = 1e6


@dataclass(frozen=True)
class Feature:
    """One structural indicator: which year, its weight, and the declared bounds it is scaled by."""

    indicator: str
    year: int
    weight: float
    lower: float
    upper: float
    logarithmic: bool


@dataclass(frozen=True)
class Component:
    """One component of suitability: weight, and the prior it takes where it is unknown."""

    weight: float
    prior: float
    prior_low: float
    prior_high: float


@dataclass(frozen=True)
class AdoptionFeature:
    """One feature of adoption: weight, the bounds its value is scaled to [0, 1] by, what it is where unknown.

    The upper bound may be the smaller number: then less is more. ``error`` is the standard error of a learned weight,
    ``declared`` the weight that judgement gave it before any was learned.
    """

    weight: float
    lower: float
    upper: float
    prior: float
    error: float = 0.0
    declared: float = 0.0


@dataclass(frozen=True)
class TransferModel:
    """All parameters of one version of the model."""

    iri: str
    version: str
    features: tuple[Feature, ...]
    components: Mapping[str, Component]
    adoption: Mapping[str, AdoptionFeature]
    minimum_known: float
    minimum_coverage: float
    strength_positive: float
    strength_origin_with_result: float
    strength_origin: float
    strength_unknown_outcome: float
    negative_penalty: float
    dirichlet_concentration: float
    draws: int
    top_k: int
    candidates: int
    seed: int

    @property
    def weights(self) -> dict[str, float]:
        """The declared weight of each component."""
        return {name: self.components[name].weight for name in COMPONENTS}


_PARAMETERS = """
SELECT ?model ?parameter ?value WHERE {
  ?model a p4c:TransferModel ; ?parameter ?value . FILTER(isLiteral(?value))
}"""
_FEATURES = """
SELECT ?indicator ?year ?weight ?lower ?upper ?transformation WHERE {
  ?model a p4c:TransferModel ; p4c:feature ?feature .
  ?feature p4c:onIndicator ?indicator ; p4c:refPeriod ?year ; p4c:weight ?weight ;
    p4c:lowerBound ?lower ; p4c:upperBound ?upper ; p4c:transformation ?transformation .
} ORDER BY ?indicator"""
_COMPONENTS = """
SELECT ?name ?weight ?prior ?low ?high WHERE {
  ?model a p4c:TransferModel ; p4c:component ?component .
  ?component dct:identifier ?name ; p4c:weight ?weight ; p4c:prior ?prior ;
    p4c:priorLow ?low ; p4c:priorHigh ?high .
}"""
_ADOPTION = """
SELECT ?name ?weight ?lower ?upper ?prior (COALESCE(?se, 0) AS ?error) (COALESCE(?before, ?weight) AS ?declared) WHERE {
  ?model a p4c:TransferModel ; p4c:adoptionFeature ?feature .
  ?feature dct:identifier ?name ; p4c:weight ?weight ; p4c:lowerBound ?lower ; p4c:upperBound ?upper ;
    p4c:prior ?prior .
  OPTIONAL { ?feature p4c:standardError ?se }
  OPTIONAL { ?feature p4c:declaredWeight ?before }
}"""


def read_model(dataset: Rows) -> TransferModel:
    """The one transfer model a dataset holds.

    Raises StoreProblem where it holds none, several, or one that lacks a parameter.
    """
    values: dict[str, str] = {}
    models = set()
    for model, parameter, value in dataset.rows(_PARAMETERS):
        models.add(str(model))
        values[local_name(str(parameter))] = str(value)
    if len(models) != 1:
        raise StoreProblem(f"The graph holds {len(models)} transfer models, expected one p4c:TransferModel.")
    features = tuple(
        Feature(str(indicator), int(str(year)[:4]), _f(weight), _f(lower), _f(upper), str(how).endswith("/log"))
        for indicator, year, weight, lower, upper, how in dataset.rows(_FEATURES)
    )
    if not features:
        raise StoreProblem("The transfer model lacks features of similarity (p4c:feature).")
    components = {str(name): Component(*map(_f, numbers)) for name, *numbers in dataset.rows(_COMPONENTS)}
    adoption = {str(name): AdoptionFeature(*map(_f, numbers)) for name, *numbers in dataset.rows(_ADOPTION)}
    for expected, found, kind in (
        (COMPONENTS, components, "component"), (ADOPTION_FEATURES, adoption, "adoptionFeature"),
    ):
        if missing := sorted(set(expected) ^ set(found)):
            raise StoreProblem(f"The transfer model lacks, or does not know, p4c:{kind} {', '.join(missing)}.")
    try:
        return TransferModel(
            iri=models.pop(), version=values["version"], features=features, components=components,
            adoption=adoption, minimum_known=_f(values["minimumKnown"]),
            minimum_coverage=_f(values["minimumCoverage"]), strength_positive=_f(values["strengthPositive"]),
            strength_origin_with_result=_f(values["strengthOriginWithResult"]),
            strength_origin=_f(values["strengthOrigin"]),
            strength_unknown_outcome=_f(values["strengthUnknownOutcome"]),
            negative_penalty=_f(values["negativePenalty"]),
            dirichlet_concentration=_f(values["dirichletConcentration"]),
            draws=int(values["draws"]), top_k=int(values["topK"]), candidates=int(values["candidates"]),
            seed=int(values["seed"]),
        )
    except KeyError as missing_one:
        raise StoreProblem(f"The transfer model lacks p4c:{missing_one.args[0]}.") from None


def _f(value: object) -> float:
    return float(str(value))


def read_weights(path: Path) -> dict[str, object]:
    """The weights of a JSON or TOML file, unchecked. Raises InputError where it does not parse."""
    text = read_file(path, parameter="weights")
    try:
        found = tomllib.loads(text.decode()) if path.suffix == ".toml" else orjson.loads(text)
    except ValueError as error:
        raise InputError(f"{path}: {error}", parameter="weights") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected an object of weights such as {{\"context\": 0.5}}", parameter="weights")
    return found


def checked_weights(
    model: TransferModel, given: Mapping[str, object] | None, source: str = "weights"
) -> dict[str, float]:
    """Weights that sum to 1: those given, the declared ones for components not named.

    Raises InputError naming the component, its value and what was expected.
    """
    weights = model.weights
    for name, value in (given or {}).items():
        if name not in weights:
            raise InputError(
                f"{source}: there is no component {name!r}; expected {', '.join(COMPONENTS)}", parameter="weights")
        number = _number(value)
        if not 0 <= number <= MAXIMUM_WEIGHT:
            raise InputError(
                f"{source}: weight of {name} is {value!r}; expected a number from 0 to {MAXIMUM_WEIGHT:g}",
                parameter="weights")
        weights[name] = number
    total = sum(weights.values())
    if total <= 0:
        raise InputError(f"{source}: all weights are 0; at least one must be above", parameter="weights")
    return {name: weight / total for name, weight in weights.items()}


def _number(value: object) -> float:
    """A number of a file as it is, NaN for anything else; too large a one is infinite."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf
