"""Adoption: each feature on a small example, and what must hold for all."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given

from p4c_graph.transfer.adoption import distances
from p4c_graph.transfer.model import ADOPTION_FEATURES

from .strategies import often, worlds
from .worlds import ACTIVITY, COMPETITIVENESS, MODEL, POPULATION, World, region_iri


@pytest.fixture
def world() -> World:
    """FR01 and BE01 share French; DE01 does not; the practice comes from BE01."""
    world = World()
    for code, languages in (("FR", ["fr"]), ("BE", ["fr", "nl", "de"]), ("DE", ["de"])):
        world.region(code, 0, languages=languages)
    world.unit("FR01", 0.0, 0.0, 0.0, latitude=48.0, longitude=2.0)
    world.unit("FR02", 0.2, 0.2, 0.2, latitude=44.0, longitude=6.0)
    world.unit("BE01", 0.4, 0.4, 0.4, latitude=51.0, longitude=4.0)
    world.unit("DE01", 0.9, 0.9, 0.9, latitude=52.0, longitude=13.0)
    world.apply("p", "BE01")
    return world


def feature(world: World, name: str, code: str = "FR01", slug: str = "p") -> float | None:
    """One feature of a region and a practice, or None where it is unknown."""
    features = world.matcher().adoption.features([world.regions[code]])
    found = float(features[ADOPTION_FEATURES.index(name), 0, world.index(slug)])
    return None if np.isnan(found) else found


def test_distances_are_great_circles() -> None:
    # A degree of latitude is 111.2 km; Paris to Berlin about 878 km.
    found = distances(np.array([[0.0, 0.0], [1.0, 0.0], [48.8566, 2.3522], [52.52, 13.405], [np.nan, 0.0]]))
    assert found[0, 1] == pytest.approx(111.19, abs=0.01)
    assert found[2, 3] == pytest.approx(878, abs=2)
    assert np.allclose(found, found.T, equal_nan=True)
    assert np.isnan(found[4, :4]).all()


def test_activity_is_the_logarithm_of_one_and_the_projects_between_its_bounds(world: World) -> None:
    world.observe("FR01", ACTIVITY, 19.0)
    assert feature(world, "activity") == pytest.approx(log(20) / 5)
    assert feature(world, "activity", "FR02") is None


def test_activity_per_head_is_per_million(world: World) -> None:
    world.observe("FR01", ACTIVITY, 19.0)
    assert feature(world, "activity-per-head") is None
    world.observe("FR01", POPULATION, 2e6)
    assert feature(world, "activity-per-head") == pytest.approx(log(1 + 9.5) / 5)


def test_a_country_has_the_mean_activity_of_its_regions_that_are_known(world: World) -> None:
    world.observe("FR01", ACTIVITY, 19.0)
    assert feature(world, "activity", "FR") == pytest.approx(log(20) / 5)
    world.observe("FR02", ACTIVITY, 0.0)
    assert feature(world, "activity", "FR") == pytest.approx(log(20) / 10)


def test_proximity_is_to_the_nearest_place(world: World) -> None:
    kilometres = distances(np.array([[48.0, 2.0], [51.0, 4.0], [44.0, 6.0]]))[0]
    assert feature(world, "proximity") == pytest.approx((8 - log(1 + kilometres[1])) / 3)
    world.apply("p", "DE01", kind="Transfer")
    assert feature(world, "proximity") == pytest.approx((8 - log(1 + kilometres[1])) / 3)
    world.apply("p", "FR02", kind="Transfer")
    assert feature(world, "proximity") == pytest.approx((8 - log(1 + min(kilometres[1:]))) / 3)


def test_same_language_is_one_where_any_official_language_is_shared(world: World) -> None:
    assert feature(world, "same-language", "FR01") == 1
    assert feature(world, "same-language", "DE01") == 1
    world.apply("q", "FR01")
    assert feature(world, "same-language", "DE01", "q") == 0


def test_a_language_that_is_not_recorded_is_unknown_not_different(world: World) -> None:
    world.regions["FR"].languages.clear()
    assert feature(world, "same-language", "FR01") is None


def test_similarity_is_to_the_most_alike_place(world: World) -> None:
    assert feature(world, "similarity") == pytest.approx(0.6)
    world.apply("p", "FR02", kind="Transfer")
    assert feature(world, "similarity") == pytest.approx(0.8)


@pytest.mark.parametrize("status", ["planned", "cancelled"])
def test_places_of_plans_do_not_count(world: World, status: str) -> None:
    world.apply("p", "FR02", kind="Transfer", status=status)
    assert feature(world, "similarity") == pytest.approx(0.6)


def test_a_practice_without_places_is_near_nothing(world: World) -> None:
    world.practice("q")
    for name in ("proximity", "same-language", "similarity", "ties"):
        assert feature(world, name, slug="q") is None


def test_ties_are_projects_in_common(world: World) -> None:
    assert feature(world, "ties") == 0
    world.features.partners["ONE"] = {region_iri("FR01"), region_iri("DE01")}
    assert feature(world, "ties") == 0
    world.features.partners["ONE"].add(region_iri("BE01"))
    assert feature(world, "ties") == 1
    assert feature(world, "ties", "FR02") == 0


def test_applications_of_one_project_tie_their_regions(world: World) -> None:
    world.apply("q", "BE01", projects={"ONE"})
    world.apply("r", "FR01", projects={"ONE"})
    assert feature(world, "ties") == 1
    assert feature(world, "ties", "DE01") == 0


def test_a_project_that_names_a_practice_ties_its_places(world: World) -> None:
    world.apply("p", "DE01", kind="Transfer")
    assert feature(world, "ties", "DE01", "p") == 0
    world.practices["p"].projects.add("ONE")
    world.apply("q", "BE01")
    assert feature(world, "ties", "DE01", "q") == 1


def test_a_partner_that_acts_for_a_country_ties_all_of_it(world: World) -> None:
    world.features.partners["ONE"] = {region_iri("FR"), region_iri("BE01")}
    assert feature(world, "ties", "FR01") == 1
    assert feature(world, "ties", "FR02") == 1


def test_a_theme_was_taken_up_where_another_practice_of_it_was_tested_or_taken_over(world: World) -> None:
    world.practices["p"].themes.add("training")
    assert feature(world, "theme-taken-up") == 0
    world.practice("q", themes={"training"})
    world.apply("q", "FR01", kind="Origin")
    assert feature(world, "theme-taken-up") == 0, "to have one's own is not to take one over"
    world.apply("q", "FR01", kind="Transfer", status="planned")
    assert feature(world, "theme-taken-up") == 0, "nor is a plan"
    world.apply("q", "FR", kind="Workshop")
    assert feature(world, "theme-taken-up") == 1
    assert feature(world, "theme-taken-up", "DE01") == 0


def test_a_large_region_that_leads_its_country_is_told_from_others(world: World) -> None:
    assert feature(world, "population") is None
    world.observe("FR01", POPULATION, 3e6)
    world.observe("FR02", POPULATION, 1e6)
    assert feature(world, "population") == pytest.approx((log(3e6) - 10) / 10)
    assert feature(world, "leading-region") == pytest.approx((log(1.5) + 1) / 2)
    assert feature(world, "leading-region", "FR02") == pytest.approx((log(0.5) + 1) / 2)
    assert feature(world, "few-regions") == pytest.approx(1 - log(2) / 2)
    assert feature(world, "few-regions", "BE01") == 1


def test_a_region_without_inhabitants_is_small_and_its_share_may_be_unknown(world: World) -> None:
    world.observe("BE01", POPULATION, 0.0)
    assert (feature(world, "population", "BE01"), feature(world, "leading-region", "BE01")) == (0, None)


def test_the_less_competitive_an_economy_the_more_it_has_to_catch_up(world: World) -> None:
    assert feature(world, "catching-up") is None
    world.observe("FR01", COMPETITIVENESS, -0.5)
    world.observe("FR02", COMPETITIVENESS, 2.0)
    assert (feature(world, "catching-up"), feature(world, "catching-up", "FR02")) == (0.75, 0)


def test_the_activity_of_a_country_is_the_mean_of_its_regions_that_are_known(world: World) -> None:
    world.observe("FR02", ACTIVITY, 9.0)
    assert feature(world, "country-activity") == pytest.approx(log(10) / 5)
    assert feature(world, "country-activity", "BE01") is None


def test_where_a_practice_comes_from_is_told_from_where_it_was_taken_up(world: World) -> None:
    world.apply("p", "FR02", kind="Transfer")
    assert (feature(world, "origin-country"), feature(world, "taken-up-in-country")) == (0, 1)
    assert (feature(world, "origin-country", "BE01"), feature(world, "taken-up-in-country", "BE01")) == (1, 0)
    world.practice("q")
    assert (feature(world, "origin-country", slug="q"), feature(world, "taken-up-in-country", slug="q")) == (None, 0)


def test_take_up_in_the_country_counts_each_practice_once_a_region(world: World) -> None:
    assert feature(world, "country-take-up") == 0
    world.apply("q", "FR02", kind="Workshop")
    world.apply("q", "FR02", kind="Transfer")
    assert feature(world, "country-take-up") == pytest.approx(log(1.5))
    world.apply("q", "FR01", kind="Transfer", status="planned")
    assert feature(world, "country-take-up") == pytest.approx(log(1.5))


def test_the_errors_of_the_weights_widen_the_interval_and_move_nothing_else(world: World) -> None:
    region = world.regions["FR01"]
    before = world.matcher().adoption.score([region])[:, 0, 0]
    adoption = {**MODEL.adoption, "similarity": replace(MODEL.adoption["similarity"], error=0.1)}
    world.model = replace(MODEL, adoption=adoption)
    expected, low, high = world.matcher().adoption.score([region])[:, 0, 0]
    assert expected == before[0]
    # Similarity is 0.6, 0.1 above its prior.
    assert (before[1] - low, high - before[2]) == pytest.approx((0.0196, 0.0196))


def test_without_a_theme_it_is_unknown_whether_it_was_taken_up(world: World) -> None:
    assert feature(world, "theme-taken-up") is None


def test_what_is_unknown_takes_its_prior_and_spans_the_interval(world: World) -> None:
    world.practice("q")
    world.region("nowhere", None, None)
    expected, low, high = world.matcher().adoption.score([world.regions["nowhere"]])[:, 0, world.index("q")]
    assert (expected, low, high) == pytest.approx((0.5, 0, 1))


def test_adoption_is_the_weighted_mean_of_its_features(world: World) -> None:
    matcher = world.matcher()
    features = matcher.adoption.features([world.regions["FR01"]])[:, 0, 0]
    weights = np.array([MODEL.adoption[name].weight for name in ADOPTION_FEATURES])
    known = ~np.isnan(features)
    filled = np.where(known, features, 0.5)
    expected, low, high = matcher.adoption.score([world.regions["FR01"]])[:, 0, 0]
    assert expected == pytest.approx(weights @ filled)
    assert low == pytest.approx(weights @ np.where(known, features, 0.0))
    assert high - low == pytest.approx(weights[~known].sum())


def test_suitability_and_adoption_are_two_answers(world: World) -> None:
    """What changes the one leaves the other alone."""
    world.apply("p", outcome="positive")
    only = {**dict.fromkeys(MODEL.components, 0.0), "context": 1.0}
    before = world.matcher().for_region(world.regions["FR01"], only)
    world.observe("FR01", ACTIVITY, 100.0)
    after = world.matcher().for_region(world.regions["FR01"], only)
    assert after.results[0].total == before.results[0].total
    assert after.results[0].adoption.low > before.results[0].adoption.low


@often
@given(worlds())
def test_every_feature_and_score_lies_between_zero_and_one(world: World) -> None:
    scorer, regions = world.matcher().adoption, list(world.regions.values())
    features = scorer.features(regions)
    assert features.shape == (len(ADOPTION_FEATURES), len(regions), len(world.practices))
    known = features[~np.isnan(features)]
    assert ((known >= 0) & (known <= 1)).all()
    expected, low, high = scorer.score(regions)
    assert ((low >= 0) & (low <= expected + 1e-12) & (expected <= high + 1e-12) & (high <= 1 + 1e-12)).all()
