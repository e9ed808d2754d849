"""Learns the weights of adoption from the shipped transfers anew: ``python -m bench.learn [--write] [--assignments]``.

Prints each feature's weight with its standard error beside what the model holds, then the hindcast: what these weights
do on transfers of practices and projects they have not seen. ``--write`` puts weights and errors into the model's file;
a changed number is a new version of the model. ``--assignments`` judges adoption out of fold under twenty other
assignments of the groups to folds: few groups make a figure depend on which are left out together.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

from bench.calibrate import shipped
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows
from p4c_graph.transfer import learning
from p4c_graph.transfer.columns import build_columns
from p4c_graph.transfer.features import read_features
from p4c_graph.transfer.hindcast import (
    FAMILIES,
    Accuracy,
    Transfer,
    choices,
    hindcast,
    observed_transfers,
    percentile,
)
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import ADOPTION_FEATURES, read_model

FILE = Path(__file__).parents[1] / "data" / "model" / "transfer-model.trig"
DIGITS = 4
ASSIGNMENTS = 20


def matcher_of(dataset: StoreRows) -> Matcher:
    """The matcher over a dataset."""
    gazetteer, model = Gazetteer.read(dataset), read_model(dataset)
    return Matcher(build_columns(read_features(dataset), gazetteer, model), gazetteer, model, "shipped", "")


def learned(matcher: Matcher, dataset: StoreRows) -> dict[str, tuple[float, float]]:
    """Feature → weight and standard error; the weights sum to 1 in the digits that are written."""
    weights, errors = learning.learn(choices(matcher, observed_transfers(dataset, matcher, with_planned=True)))
    weights, errors = np.round(weights, DIGITS), np.round(errors, DIGITS)
    weights[np.argmax(weights)] += 1 - weights.sum()
    return {
        name: (round(float(weight), DIGITS), float(error))
        for name, weight, error in zip(ADOPTION_FEATURES, weights, errors, strict=True)
    }


def write(found: dict[str, tuple[float, float]], path: Path = FILE) -> None:
    """Puts weights and errors into the file of the model."""
    text = path.read_text("utf-8")
    for name, (weight, error) in found.items():
        text, count = re.subn(
            rf'(dct:identifier "{name}" ;[^\n]*\n\s+)p4c:weight [\d.]+ ; p4c:standardError [\d.]+ ;',
            rf"\g<1>p4c:weight {weight} ; p4c:standardError {error} ;", text)
        if count != 1:
            sys.exit(f"{path}: {count} places hold the weight of {name}; expected one")
    path.write_text(text, "utf-8")


def reassigned(matcher: Matcher, transfers: list[Transfer], seeds: range) -> dict[str, list[float]]:
    """Family → mean percentile of adoption on observed transfers under each seed's assignment of groups to folds."""
    of = choices(matcher, transfers)
    every, none = np.ones(len(transfers), dtype=bool), np.zeros(len(ADOPTION_FEATURES))
    means: dict[str, list[float]] = {family: [] for family in FAMILIES}
    for seed in seeds:
        scores, _ = learning.out_of_fold(of, every, none, seed)
        found = [percentile(*each) for each in zip(scores, of.chosen.tolist(), of.candidates, strict=True)]
        for family in FAMILIES:
            means[family].append(float(np.mean([
                value for value, t in zip(found, transfers, strict=True)
                if not t.planned and family in ("all", t.family)])))
    return means


def _row(accuracies: list[Accuracy], method: str) -> str:
    found = {a.family: a for a in accuracies if a.method == method}
    cells = (f"{a.mean:.3f} [{a.low:.3f}, {a.high:.3f}] {a.top_tenth:.0%}" for a in map(found.__getitem__, FAMILIES))
    return f"| {method} | {' | '.join(cells)} |"


def main() -> None:
    """Prints all tables."""
    dataset = shipped()
    matcher = matcher_of(dataset)
    found = learned(matcher, dataset)
    print("| feature | weight | standard error | in the model |\n|---|---|---|---|")
    for name, (weight, error) in found.items():
        held = matcher.model.adoption[name]
        print(f"| {name} | {weight} | {error} | {held.weight} ± {held.error} |")
    if "--write" in sys.argv[1:]:
        write(found)
    transfers = observed_transfers(dataset, matcher, with_planned=True)
    result = hindcast(matcher, transfers)
    for title, accuracies in (("observed", result.accuracies), ("without roll-outs", result.without_roll_outs),
                              ("with planned", result.with_planned)):
        print(f"\n| {title} | {' | '.join(FAMILIES)} |\n|---|---|---|---|")
        for method in result.percentiles:
            print(_row(accuracies, method))
    if "--assignments" in sys.argv[1:]:
        print(f"\n| adoption under {ASSIGNMENTS} assignments to folds | mean | least | greatest |\n|---|---|---|---|")
        for family, means in reassigned(matcher, transfers, range(ASSIGNMENTS)).items():
            print(f"| {family} | {np.mean(means):.3f} | {min(means):.3f} | {max(means):.3f} |")


if __name__ == "__main__":
    main()
