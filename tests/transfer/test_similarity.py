"""How alike regions are: examples worked out by hand, and what must hold for any."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from p4c_graph.transfer.model import Feature
from p4c_graph.transfer.similarity import scaled, similarity, spread

from .strategies import often
from .worlds import MODEL, World, region_iri

NAN = np.nan
tables = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(3)),
                elements=st.one_of(st.just(NAN), st.floats(-0.5, 1.5, allow_nan=False)))


def pair(first: list[float], second: list[float]) -> tuple[float, float, float]:
    found = similarity(np.array([first, second]), MODEL)
    return float(found.expected[0, 1]), float(found.low[0, 1]), float(found.high[0, 1])


def test_similarity_is_one_minus_the_root_of_the_weighted_squared_differences() -> None:
    # 0.5 · 0.4² + 0.25 · 0.2² + 0.25 · 0² = 0.09; its root is 0.3.
    assert pair([0.1, 0.5, 1.0], [0.5, 0.7, 1.0]) == pytest.approx((0.7, 0.7, 0.7))


def test_unknown_indicators_weigh_nothing_in_the_value_and_span_the_interval() -> None:
    # Known: weights 0.5 and 0.25, differences 0.4 and 0.2: D = (0.08 + 0.01) ÷ 0.75 = 0.12.
    expected, low, high = pair([0.1, 0.5, NAN], [0.5, 0.7, 0.3])
    assert expected == pytest.approx(1 - sqrt(0.12))
    assert low == pytest.approx(1 - sqrt(0.09 + 0.25)), "all unknown differences are 1"
    assert high == pytest.approx(1 - sqrt(0.09)), "all unknown differences are 0"


def test_below_half_the_weight_similarity_is_unknown_but_bounded() -> None:
    expected, low, high = pair([NAN, 0.5, NAN], [0.5, 0.7, 0.3])
    assert np.isnan(expected)
    assert (low, high) == pytest.approx((1 - sqrt(0.01 + 0.75), 1 - sqrt(0.01)))


def test_at_exactly_half_the_weight_similarity_is_known() -> None:
    assert pair([0.1, NAN, NAN], [0.5, 0.1, NAN])[0] == pytest.approx(0.6)


def test_a_region_is_wholly_like_itself_even_where_nothing_is_known_of_it() -> None:
    found = similarity(np.array([[NAN, NAN, NAN]]), MODEL)
    assert (found.expected[0, 0], found.low[0, 0], found.high[0, 0]) == (1, 1, 1)


def test_of_two_regions_of_which_nothing_is_known_nothing_is_known() -> None:
    expected, low, high = pair([NAN, NAN, NAN], [0.5, 0.5, 0.5])
    assert np.isnan(expected)
    assert (low, high) == (0, 1)


def test_values_are_scaled_by_declared_bounds_and_clipped() -> None:
    feature = Feature("x", 2018, 1.0, 10.0, 30.0, False)
    assert scaled(np.array([0.0, 10.0, 15.0, 30.0, 99.0]), feature) == pytest.approx([0, 0, 0.25, 1, 1])


def test_a_logarithmic_indicator_is_scaled_on_its_logarithm() -> None:
    feature = Feature("x", 2018, 1.0, 10.0, 1000.0, True)
    found = scaled(np.array([100.0, 20.0, 0.0, NAN]), feature)
    assert found[:3] == pytest.approx([0.5, (log(20) - log(10)) / log(100), 0])
    assert np.isnan(found[3])


def test_weights_need_not_sum_to_one() -> None:
    twice = replace(MODEL, features=tuple(replace(f, weight=2 * f.weight) for f in MODEL.features))
    table = np.array([[0.1, 0.5, NAN], [0.5, 0.7, 0.3]])
    assert similarity(table, twice).expected[0, 1] == similarity(table, MODEL).expected[0, 1]


@often
@given(tables)
def test_similarity_is_symmetric_and_bounded(table: np.ndarray) -> None:
    found = similarity(table, MODEL)
    for matrix in (found.expected, found.low, found.high):
        assert np.array_equal(matrix, matrix.T, equal_nan=True)
        assert np.array_equal(np.diag(matrix), np.ones(len(table)))
    expected = np.where(np.isnan(found.expected), found.low, found.expected)
    assert ((found.low >= 0) & (found.high <= 1)).all()
    assert ((found.low <= expected + 1e-12) & (expected <= found.high + 1e-12)).all()


@often
@given(tables, st.integers(0, 5))
def test_what_a_pair_scores_does_not_depend_on_other_regions(table: np.ndarray, left_out: int) -> None:
    every, some = similarity(table, MODEL), similarity(np.delete(table, left_out % len(table), axis=0), MODEL)
    kept = np.delete(np.arange(len(table)), left_out % len(table))
    for name in ("expected", "low", "high"):
        assert np.array_equal(getattr(every, name)[np.ix_(kept, kept)], getattr(some, name), equal_nan=True)


def test_several_regions_have_their_mean_from_the_lowest_to_the_highest() -> None:
    values = np.array([[0.4, 0.8, NAN], [0.3, 0.8, 0.1], [0.5, 0.8, 0.9]])
    assert spread(values) == pytest.approx([0.6, 0.1, 0.9])


# ── regions that are no NUTS 2 region ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def world() -> World:
    """FR01 and FR02 in France, DE01 in Germany, all indicators known; one practice comes from DE01."""
    world = World()
    world.unit("FR01", 0.2, 0.2, 0.2)
    world.unit("FR02", 0.6, 0.6, 0.6)
    world.unit("DE01", 0.8, 0.8, 0.8)
    world.region("FR011", 3, "FR01")
    world.region("both", None, None, approximated_by=[region_iri("FR01"), region_iri("FR02")])
    world.region("nowhere", None, None)
    world.practices["p"] = world.practice("p")
    world.apply("p", "DE01", outcome="positive")
    return world


def test_a_nuts_3_region_uses_the_nuts_2_region_it_lies_in(world: World) -> None:
    assert world.component("context", "p", "FR01") == pytest.approx((0.4, 0.4, 0.4))
    assert world.component("context", "p", "FR011") == pytest.approx((0.4, 0.4, 0.4))
    matcher = world.matcher()
    note, = matcher.notes(world.regions["FR011"])
    assert "FR01" in note
    assert "population" in note


@pytest.mark.parametrize("code", ["FR", "both"])
def test_a_country_or_territory_has_the_mean_from_the_lowest_to_the_highest(world: World, code: str) -> None:
    assert world.component("context", "p", code) == pytest.approx((0.6, 0.4, 0.8))
    assert "mean of its 2 NUTS 2 regions" in world.matcher().notes(world.regions[code])[0]


def test_a_practice_of_a_whole_country_is_as_near_as_the_mean_of_its_regions(world: World) -> None:
    world.apply("q", "FR", outcome="positive")
    assert world.component("context", "q", "DE01") == pytest.approx((0.6, 0.4, 0.8))


def test_a_region_that_no_nuts_2_region_stands_for_is_like_none(world: World) -> None:
    assert world.component("context", "p", "nowhere") is None
    assert world.matcher().notes(world.regions["nowhere"]) == [
        "No indicators are known for Region nowhere: similarity is unknown."]
    assert world.matcher().similar(world.regions["nowhere"]) == []


def test_a_nuts_2_region_needs_no_note(world: World) -> None:
    assert world.matcher().notes(world.regions["FR01"]) == []


def test_similar_regions_come_best_first_without_the_region_itself(world: World) -> None:
    found = world.matcher().similar(world.regions["FR01"])
    assert [(region.slug, round(score.expected, 6)) for region, score in found] == [("FR02", 0.6), ("DE01", 0.4)]
    assert [region.slug for region, _ in world.matcher().similar(world.regions["FR"])] == ["DE01"]
    assert [region.slug for region, _ in world.matcher().similar(world.regions["FR011"], limit=1)] == ["FR02"]


def test_regions_of_unknown_similarity_are_not_called_similar(world: World) -> None:
    world.unit("DE02")
    assert [region.slug for region, _ in world.matcher().similar(world.regions["FR01"])] == ["FR02", "DE01"]
