"""Disagreement: the spread of judgements, and Krippendorff's alpha."""

from __future__ import annotations

import numpy as np
import pytest

from p4c_graph.process import agreement as module
from p4c_graph.process.agreement import agreement, alpha

from .evaluated import flat

_ = np.nan
PUBLISHED = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
])
"""The example of Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C."""


def test_alpha_is_that_of_the_published_example() -> None:
    assert alpha(PUBLISHED) == pytest.approx(0.849, abs=5e-4)
    assert alpha(PUBLISHED, "nominal") == pytest.approx(0.743, abs=5e-4)


@pytest.mark.parametrize("judgements", [
    np.full((2, 3), np.nan), np.array([[1.0, _], [_, 2.0]]), np.full((3, 4), 2.0), np.empty((0, 0)),
])
def test_alpha_is_unknown_where_nothing_can_be_compared(judgements: np.ndarray) -> None:
    assert alpha(judgements) is None


def test_the_widest_spread_comes_first_and_agreement_is_none() -> None:
    found = flat(0.5, 0.5, 0.5, partners=3)
    found.values[1, 0, 3], found.values[2, 2, 9] = 1.0, 0.25
    spreads = agreement(found).spreads
    assert [(s.practice.label, s.criterion, s.difference) for s in spreads] == [
        ("Practice 1", "C2.1", 0.5), ("Practice 2", "C5", 0.25)]


def test_alpha_is_given_for_each_criterion_and_for_all() -> None:
    found = flat(0.0, 0.5, 1.0)
    found.values[:, :, 0] = [[0, 1], [1, 0], [0, 1]]
    alphas = agreement(found).alphas
    assert alphas["C5"] == pytest.approx(1.0)
    assert alphas["C1.1"] is not None
    assert alphas["C1.1"] < 0
    assert set(alphas) == {*(c.notation for c in found.criteria), "all"}


def test_without_its_package_the_spread_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    found = agreement(flat(0.5, 1.0))
    assert found.alphas == {}
    assert not found.computed
