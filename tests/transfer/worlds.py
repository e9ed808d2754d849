"""Small worlds with known answers: regions, practices and a model, without a graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from p4c_graph.namespaces import ROOT
from p4c_graph.regions import Gazetteer, Region
from p4c_graph.transfer.columns import Columns, build_columns
from p4c_graph.transfer.features import Actor, Application, Condition, Features, Need, Practice
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import (
    ADOPTION_FEATURES,
    AdoptionFeature,
    Component,
    Feature,
    TransferModel,
)

MINTED = f"{ROOT}id/"
YEAR = 2018
WEIGHTS = {
    "context": 0.30, "evidence": 0.20, "conditions": 0.15, "relevance": 0.15, "capacity": 0.10, "merit": 0.10,
}
POPULATION, ACTIVITY, WEALTH, COMPETITIVENESS = (
    f"{MINTED}indicator/{slug}"
    for slug in ("population", "interreg-projects-2014-2020", "gdp-pps-per-inhabitant", "rci-score")
)


def indicator(slug: str) -> str:
    return f"{MINTED}indicator/{slug}"


def region_iri(code: str) -> str:
    return f"{MINTED}region/{code}"


def practice_iri(slug: str) -> str:
    return f"{MINTED}practice/{slug}"


MODEL = TransferModel(
    iri=f"{MINTED}model/1", version="1",
    features=(
        Feature(indicator("a"), YEAR, 0.5, 0.0, 1.0, False), Feature(indicator("b"), YEAR, 0.25, 0.0, 1.0, False),
        Feature(indicator("c"), YEAR, 0.25, 0.0, 1.0, False),
    ),
    components={
        "context": Component(0.30, 0.52, 0.0, 0.96), "evidence": Component(0.20, 0.66, 0.25, 0.9),
        "conditions": Component(0.15, 0.5, 0.0, 1.0), "relevance": Component(0.15, 0.5, 0.0, 1.0),
        "capacity": Component(0.10, 0.5, 0.0, 1.0), "merit": Component(0.10, 0.5, 0.0, 1.0),
    },
    adoption={
        "activity": AdoptionFeature(0.2, 0.0, 5.0, 0.5), "activity-per-head": AdoptionFeature(0.1, 0.0, 5.0, 0.5),
        "proximity": AdoptionFeature(0.2, -8.0, -5.0, 0.5), "same-language": AdoptionFeature(0.1, 0.0, 1.0, 0.5),
        "similarity": AdoptionFeature(0.2, 0.0, 1.0, 0.5), "ties": AdoptionFeature(0.1, 0.0, 1.0, 0.5),
        "theme-taken-up": AdoptionFeature(0.1, 0.0, 1.0, 0.5),
        # Of weight 0, so that sums in tests stay short; each has a test of its own.
        "population": AdoptionFeature(0.0, 10.0, 20.0, 0.5), "origin-country": AdoptionFeature(0.0, 0.0, 1.0, 0.5),
        "taken-up-in-country": AdoptionFeature(0.0, 0.0, 1.0, 0.5),
        "country-take-up": AdoptionFeature(0.0, 0.0, 1.0, 0.5), "catching-up": AdoptionFeature(0.0, 1.0, -1.0, 0.5),
        "leading-region": AdoptionFeature(0.0, -1.0, 1.0, 0.5), "few-regions": AdoptionFeature(0.0, 2.0, 0.0, 0.5),
        "country-activity": AdoptionFeature(0.0, 0.0, 5.0, 0.5),
    },
    minimum_known=0.35, minimum_coverage=0.5, strength_positive=1.0, strength_origin_with_result=1.0,
    strength_origin=0.7, strength_unknown_outcome=0.5, negative_penalty=0.5, dirichlet_concentration=50.0,
    draws=200, top_k=3, candidates=20, seed=7,
)
assert tuple(MODEL.adoption) == ADOPTION_FEATURES


class World:
    """Regions, practices and all else the model reads; ``matcher()`` ranks over it."""

    def __init__(self, model: TransferModel = MODEL) -> None:
        self.model = model
        self.regions: dict[str, Region] = {}
        self.practices: dict[str, Practice] = {}
        self.features = Features([])

    def region(self, code: str, level: int | None = 2, parent: str | None = None, **more: Any) -> Region:
        """A region; of level 2 it is a unit. A country stands by itself: ``region("FR", 0)``."""
        found = Region(
            region_iri(code), code, f"Region {code}", level, region_iri(parent) if parent else None,
            region_iri(code[:2]), structural=level == 2, **more)
        self.regions[code] = found
        return found

    def unit(self, code: str, a: float | None = None, b: float | None = None, c: float | None = None,
             **more: Any) -> Region:
        """A NUTS 2 region with the three structural indicators; its country is made where there is none."""
        if code[:2] not in self.regions:
            self.region(code[:2], 0)
        for name, value in (("a", a), ("b", b), ("c", c)):
            if value is not None:
                self.observe(code, indicator(name), value)
        return self.region(code, 2, more.pop("parent", code[:2]), **more)

    def observe(self, code: str, of: str, value: float, year: int = YEAR) -> None:
        self.features.observations[region_iri(code), of, year] = value

    def practice(self, slug: str, **more: Any) -> Practice:
        """A practice without applications."""
        self.practices[slug] = Practice(practice_iri(slug), slug.replace("-", " "), **more)
        return self.practices[slug]

    def apply(self, slug: str, *codes: str, kind: str = "Origin", status: str = "done", outcome: str = "unknown",
              **more: Any) -> Application:
        """An application of a practice in a region (or several, or none)."""
        practice = self.practices.get(slug) or self.practice(slug)
        iri = f"{MINTED}application/{slug}-{len(practice.applications)}"
        found = Application(
            iri, kind=kind, status=status, outcome=outcome, regions={region_iri(code) for code in codes},
            source=f"{MINTED}source/{slug}", **more)
        practice.applications[iri] = found
        return found

    def condition(self, slug: str, importance: int = 1, required: bool = False, **more: Any) -> Condition:
        """A condition of a practice: on an ``indicator``, an ``actor``, or in plain words."""
        practice = self.practices.get(slug) or self.practice(slug)
        iri = f"{MINTED}condition/{slug}-{len(practice.conditions)}"
        practice.conditions[iri] = Condition(iri, f"Condition {len(practice.conditions)}", importance, required, **more)
        return practice.conditions[iri]

    def actor(self, slug: str, kind: str, *codes: str, **more: Any) -> str:
        """An organisation of a kind, active in regions."""
        iri = f"{MINTED}organisation/{slug}"
        self.features.actors[iri] = Actor({kind}, {region_iri(code) for code in codes}, **more)
        return iri

    def need(self, slug: str, *codes: str, **more: Any) -> None:
        """A need that regions declare."""
        self.features.needs[f"{MINTED}need/{slug}"] = Need({region_iri(code) for code in codes}, **more)

    def complete(self, code: str, kind: str) -> None:
        """Declares the list of a kind of actor in a region complete."""
        self.features.complete.add((region_iri(code), kind))

    def gazetteer(self) -> Gazetteer:
        return Gazetteer(self.regions.values())

    def columns(self) -> Columns:
        practices = sorted(self.practices.values(), key=lambda practice: practice.iri)
        return build_columns(replace(self.features, practices=practices), self.gazetteer(), self.model)

    def matcher(self) -> Matcher:
        return Matcher(self.columns(), self.gazetteer(), self.model, "snapshot-1", MINTED)

    def index(self, slug: str) -> int:
        return sorted(practice.iri for practice in self.practices.values()).index(practice_iri(slug))

    def component(self, name: str, slug: str, code: str) -> tuple[float, float, float] | None:
        """(expected, low, high) of one component of one pair, or None where it is unknown."""
        scores = self.matcher().scorer.score([self.regions[code]], WEIGHTS).of_region(0)
        i, practice = list(WEIGHTS).index(name), self.index(slug)
        if not scores.known[i][practice]:
            return None
        expected, low, high = scores.components[i][:, practice].tolist()
        return expected, low, high
