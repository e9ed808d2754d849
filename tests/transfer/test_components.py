"""The six components of suitability, each on examples worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.transfer import appraisal
from p4c_graph.transfer.features import Application, Practice
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.transfer.suitability import Subset

from .strategies import OUTCOMES, often, worlds
from .worlds import ACTIVITY, MODEL, POPULATION, WEIGHTS, World, indicator


def exactly(value: float) -> Any:
    """A component known without doubt."""
    return pytest.approx((value, value, value))


@pytest.fixture
def world() -> World:
    """Region FR01, and others 0.9, 0.6 and 0.2 alike; FR99 of which nothing is known."""
    world = World()
    for code, at in (("FR01", 0.0), ("DE09", 0.1), ("DE06", 0.4), ("DE02", 0.8)):
        world.unit(code, at, at, at)
    world.unit("FR99")
    return world


def context(world: World, slug: str = "p") -> tuple[float, float, float] | None:
    return world.component("context", slug, "FR01")


# ── context ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("application", "strength"),
    [
        ({"kind": "Origin", "outcome": "positive"}, 1.0),
        ({"kind": "Origin", "has_result": True}, 1.0),
        ({"kind": "Origin"}, 0.7),
        ({"kind": "Origin", "outcome": "mixed"}, 0.7),
        ({"kind": "Transfer"}, 0.5),
        ({"kind": "Implementation"}, 0.5),
        ({"kind": "Workshop"}, 0.5),
        ({"kind": "Application", "status": "unknown"}, 0.5),
        ({"kind": "Transfer", "outcome": "mixed"}, 0.5),
        ({"kind": "Transfer", "outcome": "positive"}, 1.0),
        ({"kind": "Transfer", "has_result": True}, 1.0),
        ({"kind": "Workshop", "outcome": "positive"}, 1.0),
        ({"kind": "Workshop", "outcome": "positive", "asked": 40, "interested": 10}, 0.25),
        ({"kind": "Workshop", "asked": 40, "interested": 10}, 0.25),
        ({"kind": "Workshop", "asked": 40, "interested": 0}, 0.0),
        ({"kind": "Workshop", "outcome": "negative", "asked": 40, "interested": 10}, 0.0),
        ({"kind": "Transfer", "outcome": "negative", "has_result": True}, 0.0),
        ({"kind": "Implementation", "status": "planned", "outcome": "positive"}, 0.0),
        ({"kind": "Workshop", "status": "planned", "asked": 4, "interested": 4}, 0.0),
        ({"kind": "Transfer", "status": "cancelled", "has_result": True}, 0.0),
    ],
)
def test_how_much_a_place_speaks_for_places_like_it(application: dict[str, Any], strength: float) -> None:
    assert appraisal.strength(Application("a", **application), MODEL) == strength


def test_context_is_the_strength_of_a_place_times_its_similarity(world: World) -> None:
    world.apply("p", "DE06")
    assert context(world) == exactly(0.7 * 0.6)


def test_context_is_the_best_of_all_places(world: World) -> None:
    world.apply("p", "DE02", outcome="positive")  # 1 × 0.2
    world.apply("p", "DE06", kind="Origin")  # 0.7 × 0.6
    world.apply("p", "DE09", kind="Transfer")  # 0.5 × 0.9
    assert context(world) == exactly(0.45)


def test_the_worst_negative_place_lowers_context_by_half_its_similarity(world: World) -> None:
    world.apply("p", "DE09", outcome="positive")
    world.apply("p", "DE06", kind="Transfer", outcome="negative")
    world.apply("p", "DE02", kind="Transfer", outcome="negative")
    assert context(world) == exactly(0.9 - 0.5 * 0.6)


def test_the_penalty_never_goes_below_zero(world: World) -> None:
    world.apply("p", "DE02", outcome="positive")
    world.apply("p", "DE09", kind="Transfer", outcome="negative")
    assert context(world) == exactly(0.0)


def test_the_penalty_touches_no_other_practice(world: World) -> None:
    for slug in ("a", "b", "c"):
        world.apply(slug, "DE06", outcome="positive")
    world.apply("b", "DE09", kind="Transfer", outcome="negative")
    assert [context(world, slug) for slug in "abc"] == [exactly(0.6), exactly(0.15), exactly(0.6)]


def test_a_practice_that_only_failed_has_no_context_rather_than_an_unknown_one(world: World) -> None:
    world.apply("p", "DE06", outcome="negative")
    assert context(world) == exactly(0.0)


@pytest.mark.parametrize("status", ["planned", "cancelled"])
def test_a_plan_and_what_was_called_off_say_nothing(world: World, status: str) -> None:
    world.apply("p", "DE09", kind="Transfer", status=status, outcome="negative")
    assert context(world) is None
    world.apply("p", "DE06", outcome="positive")
    assert context(world) == exactly(0.6)
    assert world.component("evidence", "p", "FR01") == pytest.approx((2 / 3, 2 / 3, 2 / 3))


def test_context_is_unknown_where_no_place_is_known(world: World) -> None:
    world.apply("p")
    assert context(world) is None
    world.practice("q")
    assert context(world, "q") is None


def test_a_place_of_unknown_similarity_opens_the_interval_only(world: World) -> None:
    world.apply("p", "FR99", outcome="positive")
    assert context(world) is None
    world.apply("p", "DE06", outcome="positive")
    assert context(world) == pytest.approx((0.6, 0.6, 1.0))


def test_a_failure_in_a_place_of_unknown_similarity_opens_the_interval_only(world: World) -> None:
    world.apply("p", "DE06", outcome="positive")
    world.apply("p", "FR99", kind="Transfer", outcome="negative")
    assert context(world) == pytest.approx((0.6, 0.1, 0.6))


def test_an_application_in_several_regions_counts_in_each(world: World) -> None:
    world.apply("p", "DE02", "DE09", outcome="positive")
    assert context(world) == exactly(0.9)
    assert world.component("evidence", "p", "FR01") == pytest.approx((2 / 3, 2 / 3, 2 / 3)), "yet it is one application"


# ── evidence ───────────────────────────────────────────────────────────────────────────────────────────────────


def ran(outcome: str, **more: Any) -> Application:
    return Application("a", status=more.pop("status", "done"), outcome=outcome, **more)


@pytest.mark.parametrize(
    ("applications", "expected"),
    [
        ([ran("positive")], (2 / 3, 2 / 3, 2 / 3)),
        ([ran("negative")], (1 / 3, 1 / 3, 1 / 3)),
        ([ran("positive"), ran("positive"), ran("negative")], (3 / 5, 3 / 5, 3 / 5)),
        ([ran("unknown", has_result=True)], (2 / 3, 2 / 3, 2 / 3)),
        ([ran("negative", has_result=True)], (1 / 3, 1 / 3, 1 / 3)),
        ([ran("mixed")], (1.5 / 3, 1.5 / 3, 1.5 / 3)),
        ([ran("mixed"), ran("positive")], (2.5 / 4, 2.5 / 4, 2.5 / 4)),
        ([ran("positive"), ran("unknown"), ran("unknown")], (2 / 3, 2 / 5, 4 / 5)),
        ([ran("positive"), ran("negative", status="planned"), ran("negative", status="cancelled")], (2 / 3,) * 3),
        ([ran("positive", status="unknown")], (2 / 3, 2 / 3, 2 / 3)),
    ],
)
def test_evidence_counts_known_outcomes(applications: list[Application], expected: tuple[float, ...]) -> None:
    assert appraisal.evidence(applications) == pytest.approx(expected)


@pytest.mark.parametrize("applications", [[], [ran("unknown")], [ran("positive", status="planned")]])
def test_without_any_known_outcome_evidence_is_unknown(applications: list[Application]) -> None:
    expected, low, high = appraisal.evidence(applications)
    assert np.isnan(expected)
    assert (low, high) == (0, 1)


@often
@given(st.lists(st.sampled_from(OUTCOMES), max_size=8))
def test_one_more_success_never_lowers_evidence(outcomes: list[str]) -> None:
    def scored(found: list[str]) -> tuple[float, float]:
        world = World()
        world.unit("FR01")
        for outcome in found:
            world.apply("p", outcome=outcome)
        world.practices.setdefault("p", world.practices.get("p") or world.practice("p"))
        scores = world.matcher().scorer.score([world.regions["FR01"]], WEIGHTS)
        return float(scores.components[1][0, 0, 0]), float(scores.components[1][1, 0, 0])

    before, after = scored(outcomes), scored([*outcomes, "positive"])
    assert after[0] >= before[0]
    assert after[1] >= before[1]


# ── merit ──────────────────────────────────────────────────────────────────────────────────────────────────────


def judged(**scores: dict[str, list[float]]) -> tuple[float, float, float]:
    return appraisal.merit(Practice("p", "p", scores=scores))


def test_merit_is_the_mean_over_partners_of_their_mean_over_families() -> None:
    # First: families 0.5 and 1.0 → 0.75; second: 0.25. Three criteria of one family weigh as one family.
    found = judged(first={"C1": [0.0, 0.5, 1.0], "C5": [1.0]}, second={"C2": [0.25]})
    assert found == pytest.approx((0.5, 0.25, 0.75)), "from the strictest partner to the kindest"


def test_merit_of_a_practice_kept_without_published_scores_is_bounded_by_the_share_kept() -> None:
    kept = Practice("p", "p", kept_share=15 / 96)
    low = 1 - 15 / 96
    assert appraisal.merit(kept) == pytest.approx(((low + 1) / 2, low, 1))
    assert kept.merit_is_inferred


def test_published_scores_go_before_the_share_kept() -> None:
    kept = Practice("p", "p", kept_share=0.1, scores={"one": {"C1": [0.4]}})
    assert appraisal.merit(kept) == exactly(0.4)
    assert not kept.merit_is_inferred


def test_without_either_merit_is_unknown() -> None:
    assert np.isnan(appraisal.merit(Practice("p", "p"))[0])


# ── capacity ───────────────────────────────────────────────────────────────────────────────────────────────────


def capacity(world: World, code: str = "FR01", **practice: Any) -> tuple[float, float, float] | None:
    if "p" not in world.practices:
        world.practice("p", **practice)
    return world.component("capacity", "p", code)


def test_nothing_recorded_is_not_nothing_there(world: World) -> None:
    assert capacity(world) is None


def test_an_agency_makes_a_region_capable_of_an_individual_service(world: World) -> None:
    world.actor("agency", "DevelopmentAgency", "FR01")
    assert capacity(world, kind="individual") == exactly(1.0)
    assert capacity(world, "DE09") is None


def test_a_collective_service_also_needs_a_cluster_initiative(world: World) -> None:
    world.actor("agency", "DevelopmentAgency", "FR01")
    assert capacity(world, kind="open-collective") == pytest.approx((0.75, 0.5, 1.0)), "the other half is unknown"
    world.actor("cluster", "ClusterInitiative", "FR01")
    assert capacity(world) == exactly(1.0)


def test_a_cluster_initiative_must_be_in_the_practice_s_sector(world: World) -> None:
    world.actor("agency", "DevelopmentAgency", "FR01")
    world.actor("cluster", "ClusterInitiative", "FR01", sectors={"J"})
    assert capacity(world, kind="closed-collective", sectors={"C"}) == pytest.approx((0.75, 0.5, 1.0))
    world.actor("other", "ClusterInitiative", "FR01", sectors={"A", "C"})
    assert capacity(world) == exactly(1.0)


def test_where_a_list_is_declared_complete_absence_is_absence(world: World) -> None:
    world.complete("FR01", "DevelopmentAgency")
    assert capacity(world, kind="individual") == exactly(0.0)
    world.complete("FR01", "ClusterInitiative")
    world.actor("agency", "DevelopmentAgency", "FR01")
    world.practices["p"].kind = "open-collective"
    assert capacity(world) == exactly(0.5)


def test_in_a_complete_list_an_initiative_of_another_sector_is_none(world: World) -> None:
    world.actor("agency", "DevelopmentAgency", "FR01")
    world.complete("FR01", "ClusterInitiative")
    world.actor("cluster", "ClusterInitiative", "FR01", sectors={"J"})
    assert capacity(world, kind="open-collective", sectors={"C"}) == exactly(0.5)


def test_in_a_complete_list_an_initiative_of_unknown_sector_may_be_the_one(world: World) -> None:
    world.actor("agency", "DevelopmentAgency", "FR01")
    world.complete("FR01", "ClusterInitiative")
    world.actor("cluster", "ClusterInitiative", "FR01")
    assert capacity(world, kind="open-collective", sectors={"C"}) == pytest.approx((0.75, 0.5, 1.0))


def test_a_list_complete_for_a_part_says_nothing_of_the_whole(world: World) -> None:
    world.region("FR011", 3, "FR01")
    world.complete("FR011", "DevelopmentAgency")
    assert capacity(world, "FR01", kind="individual") is None
    assert capacity(world, "FR011") == exactly(0.0)


def test_a_list_complete_for_the_whole_is_complete_for_its_parts(world: World) -> None:
    world.region("FR011", 3, "FR01")
    world.complete("FR", "DevelopmentAgency")
    assert capacity(world, "FR", kind="individual") == exactly(0.0)
    assert capacity(world, "FR01") == exactly(0.0)
    assert capacity(world, "FR011") == exactly(0.0)
    world.actor("agency", "DevelopmentAgency", "FR01")
    assert capacity(world, "FR") == exactly(1.0)
    assert capacity(world, "FR99") == exactly(0.0)


def test_a_national_agency_is_known_in_every_region_of_its_country(world: World) -> None:
    world.actor("agency", "DevelopmentAgency", "FR")
    assert capacity(world, "FR01", kind="individual") == exactly(1.0)
    assert capacity(world, "DE09") is None


# ── conditions ─────────────────────────────────────────────────────────────────────────────────────────────────


def conditions(world: World, code: str = "FR01") -> tuple[float, float, float] | None:
    return world.component("conditions", "p", code)


def blocking(world: World, code: str = "FR01") -> tuple[bool, bool]:
    scores = world.matcher().scorer.score([world.regions[code]], WEIGHTS)
    return bool(scores.blocked[0, 0]), bool(scores.possibly_blocked[0, 0])


def test_without_conditions_there_is_nothing_to_meet_and_nothing_known(world: World) -> None:
    world.practice("p")
    assert conditions(world) is None
    assert blocking(world) == (False, False)


def test_conditions_count_by_importance(world: World) -> None:
    world.observe("FR01", indicator("x"), 10.0)
    world.condition("p", 3, indicator=indicator("x"), minimum=5.0)
    world.condition("p", 1, indicator=indicator("x"), maximum=5.0)
    assert conditions(world) == exactly(0.75)


@pytest.mark.parametrize(
    ("low", "high", "met"), [(10.0, None, 1.0), (None, 10.0, 1.0), (9.0, 9.9, 0.0), (10.1, None, 0.0)])
def test_bounds_belong_to_what_meets_the_condition(
    world: World, low: float | None, high: float | None, met: float
) -> None:
    world.observe("FR01", indicator("x"), 10.0)
    world.condition("p", indicator=indicator("x"), minimum=low, maximum=high)
    assert conditions(world) == exactly(met)


def test_a_condition_reads_the_latest_value(world: World) -> None:
    world.observe("FR01", indicator("x"), 1.0, 2020)
    world.observe("FR01", indicator("x"), 10.0, 2010)
    world.condition("p", indicator=indicator("x"), minimum=5.0)
    assert conditions(world) == exactly(0.0)


def test_an_unknown_state_opens_the_interval_and_is_expected_at_the_prior(world: World) -> None:
    world.observe("FR01", indicator("x"), 10.0)
    world.condition("p", 1, indicator=indicator("x"), minimum=5.0)
    world.condition("p", 3)
    assert conditions(world) == pytest.approx((0.25 + 0.75 * 0.5, 0.25, 1.0))


def test_plain_words_alone_leave_conditions_unknown(world: World) -> None:
    world.condition("p", 2)
    assert conditions(world) is None


def test_an_actor_that_is_known_meets_a_condition(world: World) -> None:
    world.condition("p", actor="ResearchBody")
    world.condition("p", actor="Enterprise", sector="C")
    assert conditions(world) is None
    world.actor("lab", "ResearchBody", "FR01")
    assert conditions(world) == pytest.approx((0.75, 0.5, 1.0))
    world.actor("firm", "Enterprise", "FR01", sectors={"J"})
    assert conditions(world) == pytest.approx((0.75, 0.5, 1.0))
    world.actor("plant", "Enterprise", "FR01", sectors={"C"})
    assert conditions(world) == exactly(1.0)


def test_an_unmet_required_condition_blocks(world: World) -> None:
    world.observe("FR01", indicator("x"), 10.0)
    world.condition("p", required=True, indicator=indicator("x"), minimum=50.0)
    assert blocking(world) == (True, False)
    assert conditions(world) == exactly(0.0)


def test_a_required_condition_of_unknown_state_may_block(world: World) -> None:
    world.condition("p", required=True)
    world.condition("p", indicator=indicator("x"), minimum=1.0)
    assert blocking(world) == (False, True)
    world.condition("p", required=True, actor="Chamber")
    world.complete("FR01", "Chamber")
    assert blocking(world) == (True, True)


def test_an_unmet_helpful_condition_blocks_nothing(world: World) -> None:
    world.observe("FR01", indicator("x"), 10.0)
    world.condition("p", required=False, indicator=indicator("x"), minimum=50.0)
    assert blocking(world) == (False, False)


def test_a_part_inherits_shares_from_its_nuts_2_region_but_never_population(world: World) -> None:
    world.region("FR011", 3, "FR01")
    world.observe("FR01", indicator("x"), 10.0)
    world.condition("p", indicator=indicator("x"), minimum=5.0)
    assert conditions(world, "FR011") == exactly(1.0)
    for size in (POPULATION, ACTIVITY):
        world.observe("FR01", size, 9e6)
        world.practices["p"].conditions.clear()
        world.condition("p", indicator=size, minimum=1e6)
        assert conditions(world, "FR011") is None
    world.observe("FR011", ACTIVITY, 1.0)
    assert conditions(world, "FR011") == exactly(0.0), "its own value counts"


# ── relevance ──────────────────────────────────────────────────────────────────────────────────────────────────


def relevance(world: World, slug: str = "p", code: str = "FR01") -> tuple[float, float, float] | None:
    return world.component("relevance", slug, code)


def test_without_declared_needs_relevance_is_unknown(world: World) -> None:
    world.practice("p", themes={"training"})
    assert relevance(world) is None


def test_relevance_is_the_share_of_needs_that_a_practice_answers(world: World) -> None:
    world.practice("p", themes={"training"})
    for i, theme in enumerate(("training", "financing", "training", "skills")):
        world.need(f"n{i}", "FR01", themes={theme})
    assert relevance(world) == exactly(0.5)
    assert relevance(world, code="DE09") is None


def test_a_need_in_another_sector_is_not_answered(world: World) -> None:
    world.need("n", "FR01", themes={"training"}, sectors={"J"})
    world.practice("same", themes={"training"}, sectors={"J", "C"})
    world.practice("other", themes={"training"}, sectors={"C"})
    world.practice("any", themes={"training"})
    assert [relevance(world, slug) for slug in ("same", "other", "any")] == [exactly(1), exactly(0), exactly(1)]


def test_a_need_of_another_target_group_is_not_answered(world: World) -> None:
    world.need("n", "FR01", themes={"training"}, targets={"smes"})
    world.practice("p", themes={"training"}, targets={"researchers"})
    assert relevance(world) == exactly(0.0)


def test_whether_a_practice_of_unknown_theme_answers_is_unknown(world: World) -> None:
    world.need("n", "FR01", themes={"training"})
    world.practice("p")
    assert relevance(world) is None
    world.need("m", "FR01", sectors={"J"})
    assert relevance(world) == pytest.approx((0.75, 0.5, 1.0)), "a need of a sector alone is answered by any"


def test_a_practice_of_another_sector_does_not_answer_whatever_its_theme(world: World) -> None:
    world.need("n", "FR01", themes={"training"}, sectors={"J"})
    world.practice("p", sectors={"C"})
    assert relevance(world) == exactly(0.0)


def test_needs_of_a_part_and_of_the_whole_are_the_region_s_too(world: World) -> None:
    world.region("FR011", 3, "FR01")
    world.practice("p", themes={"training"})
    world.need("part", "FR011", themes={"training"})
    world.need("whole", "FR", themes={"skills"})
    assert relevance(world) == exactly(0.5)
    assert relevance(world, code="FR99") == exactly(0.0)


# ── totals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_component_takes_its_prior_and_the_prior_s_interval(world: World) -> None:
    world.practice("p")
    scores = world.matcher().scorer.score([world.regions["FR01"]], WEIGHTS)
    for name, values, known in zip(COMPONENTS, scores.components, scores.known, strict=True):
        prior = MODEL.components[name]
        assert values[:, 0, 0].tolist() == [prior.prior, prior.prior_low, prior.prior_high]
        assert not known[0, 0]
    assert scores.known_share[0, 0] == 0


def test_totals_are_weighted_sums_and_the_known_share_is_the_weight_known(world: World) -> None:
    world.apply("p", "DE06", outcome="positive")
    world.practices["p"].kept_share = 0.2
    scores = world.matcher().scorer.score([world.regions["FR01"]], WEIGHTS)
    # context 0.6, evidence 2/3, merit [0.8, 1]; conditions, relevance, capacity at the prior [0, 1].
    assert scores.expected[0, 0] == pytest.approx(0.3 * 0.6 + 0.2 * 2 / 3 + 0.4 * 0.5 + 0.1 * 0.9)
    assert scores.low[0, 0] == pytest.approx(0.3 * 0.6 + 0.2 * 2 / 3 + 0.1 * 0.8)
    assert scores.high[0, 0] == pytest.approx(0.3 * 0.6 + 0.2 * 2 / 3 + 0.4 + 0.1)
    assert scores.known_share[0, 0] == pytest.approx(0.6)


@often
@given(worlds())
def test_every_score_lies_between_its_bounds_and_those_between_zero_and_one(world: World) -> None:
    scores = world.matcher().scorer.score(list(world.regions.values()), WEIGHTS)
    totals = np.stack([scores.expected, scores.low, scores.high])
    for expected, low, high in (*scores.components, totals):
        assert (low >= 0).all()
        assert (low <= expected + 1e-9).all()
        assert (expected <= high + 1e-9).all()
        assert (high <= 1 + 1e-9).all()
    assert ((scores.known_share >= 0) & (scores.known_share <= 1 + 1e-9)).all()


@often
@given(worlds())
def test_scores_of_a_few_practices_are_those_among_all(world: World) -> None:
    matcher, regions = world.matcher(), list(world.regions.values())
    every = matcher.scorer.score(regions, WEIGHTS)
    chosen = list(range(len(world.practices)))[::-2]
    some = matcher.scorer.score(regions, WEIGHTS, Subset.of(matcher.columns, chosen))
    for name in ("expected", "low", "high", "known_share", "blocked", "possibly_blocked", "here"):
        assert np.array_equal(getattr(some, name), getattr(every, name)[:, chosen])
    for one, whole in zip(some.components, every.components, strict=True):
        assert np.array_equal(one, whole[:, :, chosen])


@often
@given(worlds())
def test_one_region_scores_alone_as_it_does_among_others(world: World) -> None:
    matcher, regions = world.matcher(), list(world.regions.values())
    every = matcher.scorer.score(regions, WEIGHTS)
    for row, region in enumerate(regions):
        alone = matcher.scorer.score([region], WEIGHTS)
        assert np.array_equal(alone.low[0], every.low[row])
        assert np.array_equal(alone.expected[0], every.expected[row])
        assert np.array_equal(alone.here[0], every.here[row])


def test_a_negative_penalty_of_zero_forgives(world: World) -> None:
    world.model = replace(MODEL, negative_penalty=0.0)
    world.apply("p", "DE06", outcome="positive")
    world.apply("p", "DE09", kind="Transfer", outcome="negative")
    assert context(world) == exactly(0.6)
