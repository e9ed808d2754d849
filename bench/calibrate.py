"""What the current data would give for the frozen numbers of the transfer model: ``python -m bench.calibrate``.

Bounds: 5th and 95th percentile over the NUTS 2 regions of the EU27 (2021). Priors: median and range of each component
over the pairs (NUTS 2 region, practice) in which it is known and the practice does not run already. Nothing is
written: a changed number is a new version of the model.
"""

from __future__ import annotations

import math

import numpy as np
import pyoxigraph as ox

from p4c_graph.intake.sources import Library
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import Minter, local_name
from p4c_graph.transfer.columns import build_columns
from p4c_graph.transfer.features import Features, read_features
from p4c_graph.transfer.model import COMPONENTS, TransferModel, read_model
from p4c_graph.transfer.suitability import Scorer

EU27 = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
))
PERCENTILES = (5, 95)


def shipped() -> StoreRows:
    """The shipped model and facts, all in the default graph."""
    library, store = Library.shipped(), ox.Store()
    for file in library.model() + library.facts():
        store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in file.quads(Minter()))
    return StoreRows(store)


def bounds(features: Features, gazetteer: Gazetteer, model: TransferModel) -> dict[str, tuple[float, float]]:
    """Indicator → 5th and 95th percentile over the NUTS 2 regions of the EU27."""
    units = {unit.iri for unit in gazetteer.units if unit.slug[:2] in EU27}
    found = {}
    for feature in model.features:
        values = [
            value for (region, indicator, year), value in features.observations.items()
            if region in units and (indicator, year) == (feature.indicator, feature.year)
        ]
        low, high = np.percentile(values, PERCENTILES)
        found[local_name(feature.indicator)] = (float(low), float(high))
    return found


def priors(scorer: Scorer, gazetteer: Gazetteer, model: TransferModel) -> dict[str, tuple[float, float, float, int]]:
    """Component → median, least, greatest, and number of known pairs; what no pair knows is left out."""
    scores = scorer.score(gazetteer.units, model.weights)
    found = {}
    for name, values, known in zip(COMPONENTS, scores.components, scores.known, strict=True):
        chosen = values[0][known & ~scores.here]
        if chosen.size:
            found[name] = (float(np.median(chosen)), float(chosen.min()), float(chosen.max()), chosen.size)
    return found


def outward(median: float, low: float, high: float) -> tuple[float, float, float]:
    """Four digits: the median never rounded up (the unknown is not to beat the known), the range never inward."""
    return math.floor(median * 1e4) / 1e4, math.floor(low * 1e4) / 1e4, math.ceil(high * 1e4) / 1e4


def main() -> None:
    """Prints both tables beside what the model holds."""
    dataset = shipped()
    gazetteer, features, model = Gazetteer.read(dataset), read_features(dataset), read_model(dataset)
    scorer = Scorer(build_columns(features, gazetteer, model), gazetteer, model)
    declared = {local_name(feature.indicator): feature for feature in model.features}
    print("| indicator | 5th percentile | 95th percentile | in the model |\n|---|---|---|---|")
    for name, (low, high) in bounds(features, gazetteer, model).items():
        print(f"| {name} | {low:.6g} | {high:.6g} | {declared[name].lower:g} – {declared[name].upper:g} |")
    print("\n| component | median | least | greatest | known pairs | in the model |\n|---|---|---|---|---|---|")
    for name, (*values, pairs) in priors(scorer, gazetteer, model).items():
        median, low, high = outward(*values)
        held = model.components[name]
        print(f"| {name} | {median:.4f} | {low:.4f} | {high:.4f} | {pairs} | "
              f"{held.prior:.4f} [{held.prior_low:g}, {held.prior_high:g}] |")


if __name__ == "__main__":
    main()
