"""How often a candidate stays among the best when weights and unknowns are drawn at random."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from p4c_graph.transfer.acceptability import _draws, acceptability
from p4c_graph.transfer.match import ALWAYS_ACCEPTABILITY
from p4c_graph.transfer.model import COMPONENTS, TransferModel

from .strategies import often, worlds
from .worlds import MODEL, WEIGHTS, World

SIX = len(COMPONENTS)
intervals = st.integers(1, 20).flatmap(
    lambda n: st.tuples(*(arrays(float, (SIX, n), elements=st.floats(0, 1)) for _ in range(2))))


def shares(low: Any, high: Any, model: TransferModel = MODEL, blocked: Any = None, **weights: float) -> np.ndarray:
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    blocked = np.zeros(low.shape[1], dtype=bool) if blocked is None else np.asarray(blocked)
    return acceptability(low, high, blocked, {**WEIGHTS, **weights}, model)


def fixed(*scores: float) -> np.ndarray:
    """Candidates that score the same in every component, without doubt."""
    return np.tile(np.array(scores), (SIX, 1))


@often
@given(intervals)
def test_shares_lie_between_zero_and_one_and_sum_to_the_places_there_are(pair: tuple[np.ndarray, np.ndarray]) -> None:
    low, high = np.minimum(*pair), np.maximum(*pair)
    found = shares(low, high)
    assert ((found >= 0) & (found <= 1)).all()
    assert found.sum() == pytest.approx(min(MODEL.top_k, low.shape[1]))
    assert np.array_equal(found, shares(low, high)), "the same each time"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_where_there_are_places_for_all_all_are_among_the_best(count: int) -> None:
    assert shares(fixed(*[0.1] * count), fixed(*[0.9] * count)).tolist() == [1.0] * count


def test_of_no_candidates_there_are_no_shares() -> None:
    assert shares(np.zeros((SIX, 0)), np.zeros((SIX, 0))).tolist() == []


def test_without_doubt_the_best_are_always_the_best() -> None:
    scores = fixed(0.9, 0.8, 0.7, 0.6, 0.5)
    assert shares(scores, scores).tolist() == [1, 1, 1, 0, 0]


def test_equal_candidates_keep_the_order_of_the_ranking() -> None:
    scores = fixed(*[0.5] * 20)
    assert shares(scores, scores).tolist() == [1, 1, 1] + [0] * 17


def test_doubt_is_shared_evenly_by_equals() -> None:
    found = shares(fixed(*[0.0] * 6), fixed(*[1.0] * 6), replace(MODEL, draws=4000))
    assert found == pytest.approx([0.5] * 6, abs=0.05)


def test_a_component_of_weight_zero_changes_nothing() -> None:
    low, high = fixed(0.3, 0.3, 0.3, 0.3), fixed(0.6, 0.6, 0.6, 0.6)
    low[5], high[5] = 0.0, 0.0
    other_low, other_high = low.copy(), high.copy()
    other_low[5], other_high[5] = (0.0, 0.2, 0.4, 0.9), (0.1, 0.3, 0.5, 1.0)
    assert np.array_equal(shares(low, high, merit=0.0), shares(other_low, other_high, merit=0.0))
    assert not np.array_equal(shares(low, high), shares(other_low, other_high))


def test_all_weight_on_one_component_is_allowed() -> None:
    weights = dict.fromkeys(COMPONENTS, 0.0) | {"merit": 1.0}
    low = fixed(0.9, 0.8, 0.7, 0.6)
    low[5] = (0.1, 0.2, 0.3, 0.4)
    assert shares(low, low, **weights).tolist() == [0, 1, 1, 1]


def test_drawn_weights_sum_to_one_and_keep_close_to_those_declared() -> None:
    weights, scaled = _draws(tuple(WEIGHTS.values()), 50.0, 4000, 5, 1)
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert weights.mean(axis=0) == pytest.approx(list(WEIGHTS.values()), abs=0.01)
    # The variance of a Dirichlet share is w (1 − w) ÷ (concentration + 1).
    assert weights.std(axis=0) == pytest.approx([(w * (1 - w) / 51) ** 0.5 for w in WEIGHTS.values()], rel=0.1)
    assert (scaled >= 0).all()
    assert (scaled <= weights.T[:, :, None]).all()


def test_what_is_blocked_is_among_the_best_only_where_there_is_room() -> None:
    scores = fixed(0.9, 0.8, 0.7, 0.6, 0.5)
    assert shares(scores, scores, blocked=[True, False, False, False, False]).tolist() == [0, 1, 1, 1, 0]
    assert shares(scores, scores, blocked=[True, True, True, False, False]).tolist() == [1, 0, 0, 1, 1]


@often
@given(worlds())
def test_a_match_carries_the_share_and_leaves_it_out_on_request(world: World) -> None:
    matcher, region = world.matcher(), world.regions["AA01"]
    found = matcher.for_region(region, WEIGHTS)
    assert all(m.acceptability is not None and 0 <= m.acceptability <= 1 for m in found.results)
    without = matcher.for_region(region, WEIGHTS, with_acceptability=False)
    assert [m.acceptability for m in without.results] == [None] * len(found.results)
    assert [m.practice for m in without.results] == [m.practice for m in found.results]


def test_beyond_the_candidates_there_is_no_share() -> None:
    world = World(replace(MODEL, candidates=4, top_k=2))
    world.unit("FR01", 0.1, 0.1, 0.1)
    world.unit("FR02", 0.2, 0.2, 0.2)
    for i in range(6):
        world.apply(f"p{i}", "FR02", outcome="positive")
    found = world.matcher().for_region(world.regions["FR01"], WEIGHTS)
    assert [m.acceptability is None for m in found.results] == [False] * 4 + [True] * 2


def test_of_very_many_practices_the_share_is_given_on_request() -> None:
    world = World()
    world.unit("FR01", 0.1, 0.1, 0.1)
    world.unit("FR02", 0.2, 0.2, 0.2)
    for i in range(ALWAYS_ACCEPTABILITY + 1):
        world.apply(f"p{i:04}", "FR02", outcome="positive")
    matcher = world.matcher()
    unasked, asked = (
        matcher.for_region(world.regions["FR01"], WEIGHTS, with_acceptability=wanted) for wanted in (None, True))
    assert unasked.results[0].acceptability is None
    assert asked.results[0].acceptability is not None
