"""Where all practices stand for a region: what the quick way says is what scoring them one by one says, to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.population import population
from p4c_graph.transfer import standing as standing_module
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import COMPONENTS, ORDERS, TransferModel
from p4c_graph.transfer.ranking import largest
from p4c_graph.transfer.standing import Layers
from p4c_graph.transfer.subset import Subset

from .conftest import Real
from .strategies import often, worlds
from .worlds import MODEL, WEIGHTS, World

OTHER = {"context": 0.1, "evidence": 0.0, "conditions": 0.3, "relevance": 0.3, "capacity": 0.2, "merit": 0.1}
PRIORS = (0.5, 0.37)


def with_priors(model: TransferModel, prior: float, least: float) -> TransferModel:
    """The model with other priors for all components, below which the unknown never falls."""
    return replace(model, components={
        name: replace(of, prior=prior, prior_low=least, prior_high=0.9) for name, of in model.components.items()})


def assert_same(matcher: Matcher, code: str, weights: dict[str, float], order: str) -> None:
    """Asserts that keys, patterns and who is here are those of the scores."""
    region = matcher.gazetteer.by_slug[code]
    scores = matcher.scorer.score([region], weights).of_region(0)
    found = matcher.stander.of(region, weights, order)
    keys = (scores.low if order == "cautious" else scores.expected) - 2 * scores.blocked
    assert found.keys.tolist() == keys.tolist()
    assert found.pattern.tolist() == scores.pattern.tolist()
    assert found.here.tolist() == np.flatnonzero(scores.here).tolist()
    for i, known in enumerate(scores.known):
        assert ((found.pattern >> i & 1) == known).all(), COMPONENTS[i]


@often
@given(worlds(), st.sampled_from(ORDERS), st.sampled_from((WEIGHTS, OTHER)), st.sampled_from(PRIORS),
       st.sampled_from((0.0, 0.2)))
def test_in_any_world_it_is_what_the_scores_say(
    world: World, order: str, weights: dict[str, float], prior: float, least: float
) -> None:
    world.model = with_priors(MODEL, prior, least)
    matcher = world.matcher()
    for code in world.regions:
        assert_same(matcher, code, weights, order)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("code", ["FRL0", "FRL04", "FR", "BE35", "MT00", "UKI3"])
def test_among_thousands_of_practices_it_is_what_the_scores_say(real: Real, code: str, order: str) -> None:
    columns = population(real.columns, real.gazetteer, 3000)
    assert_same(Matcher(columns, real.gazetteer, real.model, "", ""), code, OTHER, order)


def test_more_needs_than_a_word_has_bits_are_all_counted(real: Real) -> None:
    columns = population(real.columns, real.gazetteer, 300)
    columns.need_regions[:] = [[real.gazetteer.by_slug["FRL0"].iri]] * 150 + columns.need_regions[150:]
    for order in ORDERS:
        assert_same(Matcher(columns, real.gazetteer, real.model, "", ""), "FRL0", WEIGHTS, order)


@often
@given(worlds(), st.sampled_from(ORDERS), st.booleans(), st.integers(1, 4))
def test_the_ranking_is_that_of_sorting_all_scores(world: World, order: str, existing: bool, limit: int) -> None:
    matcher = world.matcher()
    for region in world.regions.values():
        scores = matcher.scorer.score([region], WEIGHTS).of_region(0)
        keys = np.round((scores.low if order == "cautious" else scores.expected) - 2 * scores.blocked, 9)
        ranked = [i for i in range(len(keys)) if scores.known_share[i] >= MODEL.minimum_known - 1e-9
                  and (existing or not scores.here[i])]
        ranked.sort(key=lambda i: (-keys[i], i))
        found = matcher.for_region(region, WEIGHTS, limit=limit, order=order, include_existing=existing)
        assert found.total == len(ranked)
        assert [m.practice.id for m in found.results] == [matcher.columns.practices[i] for i in ranked[:limit]]
        one_by_one = matcher.scorer.score([region], WEIGHTS, Subset.of(matcher.columns, ranked[:limit])).of_region(0)
        assert [m.total.high for m in found.results] == one_by_one.high.tolist()


@pytest.mark.parametrize("few", [0, 3, 1000])
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12))
@often
def test_layers_reduce_runs_of_any_length(few: int, lengths: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing_module, "_FEW", few)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        layers = Layers(owners, len(lengths))
    values = np.arange(len(owners), dtype=float) * 7 % 5
    for ufunc, empty in ((np.maximum, -1.0), (np.add, 0.0)):
        expected = [ufunc.reduce(values[owners == i]) if n else empty for i, n in enumerate(lengths)]
        assert layers.reduce(ufunc, values[layers.rows], empty).tolist() == expected


@pytest.mark.parametrize("count", [0, 1, 2, 5, 7, 50])
def test_the_best_are_the_largest_and_ties_keep_their_order(count: int) -> None:
    keys = np.array([0.3, 0.5, 0.5 + 1e-12, 0.1, 0.5, 0.3 + 1e-12, 0.9])
    assert largest(keys, count).tolist() == [6, 1, 2, 4, 0, 5, 3][:count]
