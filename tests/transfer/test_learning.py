"""Learned weights: what the fit finds, what it may not, and that what is shipped is what it finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import learn
from p4c_graph.transfer import learning
from p4c_graph.transfer.learning import Choices
from p4c_graph.transfer.model import ADOPTION_FEATURES

from .conftest import Real


def drawn(weights: list[float], count: int = 300, seed: int = 1, per_group: int = 1) -> Choices:
    """Choices among 40 candidates by known weights, of features drawn at random."""
    random = np.random.default_rng(seed)
    features = random.random((count, 40, len(weights)))
    # The greatest of utility and Gumbel noise is a draw by softmax.
    noisy = features @ np.array(weights) + random.gumbel(size=(count, 40))
    return Choices(features, np.ones((count, 40), dtype=bool), noisy.argmax(axis=1), np.arange(count) // per_group)


def test_the_fit_finds_the_weights_that_choices_were_drawn_by() -> None:
    assert learning.fit(drawn([4.0, 2.0, 0.0], 2000), 0.1) == pytest.approx([4, 2, 0], abs=0.3)


def test_a_weight_is_never_negative() -> None:
    found = learning.fit(drawn([-3.0, 3.0]), 0.1)
    assert found[0] == 0
    assert found[1] > 2


def test_the_fit_is_the_best_there_is() -> None:
    """No small step that is allowed makes it better."""
    choices = drawn([3.0, -1.0, 1.0, 0.0])
    best = learning.fit(choices, 1.0)
    value = learning._objective(choices, best, 1.0)
    for seed in range(50):
        step = np.random.default_rng(seed).normal(0, 0.01, 4)
        assert learning._objective(choices, np.maximum(best + step, 0), 1.0) <= value + 1e-6


def test_a_stronger_ridge_holds_weights_back() -> None:
    choices = drawn([4.0, 2.0])
    sums = [learning.fit(choices, ridge).sum() for ridge in (0.1, 10.0, 1000.0)]
    assert sums == sorted(sums, reverse=True)
    assert sums[-1] < 1


def test_what_is_no_candidate_does_not_matter() -> None:
    choices = drawn([4.0, 2.0])
    choices.candidates[:, 0] = False
    choices.chosen[choices.chosen == 0] = 1
    before = learning.fit(choices, 1.0)
    choices.features[:, 0] = 100.0
    assert learning.fit(choices, 1.0) == pytest.approx(before)


def test_learned_weights_sum_to_one_and_have_errors() -> None:
    weights, errors = learning.learn(drawn([4.0, 2.0, 0.0]))
    assert weights.sum() == pytest.approx(1)
    assert weights == pytest.approx([2 / 3, 1 / 3, 0], abs=3 * errors.max())
    assert (errors[:2] > 0).all()


@pytest.mark.parametrize(("keys", "groups"), [
    (([1, 1, 2, 3], ["a", None, "b", "b"]), [0, 0, 1, 1]),
    (([1, 1, 2, 3], ["a", "b", "b", None]), [0, 0, 0, 1]),
    (([1, 2, 3], [None, None, None]), [0, 1, 2]),
])
def test_groups_are_joined_by_any_key_they_share(keys: tuple[list[object], ...], groups: list[int]) -> None:
    assert learning.groups(*keys).tolist() == groups


def test_a_group_is_never_split_over_folds() -> None:
    of = np.random.default_rng(1).integers(0, 30, 200)
    fold = learning.folds(of)
    assert all(len(set(fold[of == group])) == 1 for group in set(of))
    assert set(fold) == set(range(learning.FOLDS))
    assert np.bincount(fold).max() - np.bincount(fold).min() <= np.bincount(of).max()


def test_another_seed_assigns_groups_to_folds_otherwise_and_splits_none() -> None:
    of = np.repeat(np.arange(20), 3)
    one, other = learning.folds(of), learning.folds(of, seed=1)
    assert not np.array_equal(one, other)
    assert all(len(set(other[of == group])) == 1 for group in range(20))


def test_a_planted_marker_of_a_group_helps_in_sample_and_not_out_of_fold() -> None:
    """Each group of choices is given away by a feature of its own: worth much where seen, nothing where not."""
    choices = drawn([0.0, 0.0], 120, per_group=10)
    rows = np.arange(120)
    markers = np.zeros((120, 40, 12))
    markers[rows, choices.chosen, choices.groups] = 1.0
    planted = Choices(markers, choices.candidates, choices.chosen, choices.groups)
    shipped, everything = np.zeros(12), np.ones(120, dtype=bool)
    scores, apart = learning.out_of_fold(planted, everything, shipped)
    own = planted.features @ learning.learn(planted)[0]
    assert not apart.any()
    assert (own[rows, planted.chosen] > own.mean(axis=1)).all(), "in sample, the markers tell all"
    assert (scores[rows, planted.chosen] == 0).all(), "out of fold, nothing was learned of them"


def test_what_has_no_part_in_the_pool_is_scored_by_the_shipped_weights() -> None:
    choices = drawn([4.0, 2.0], 100, per_group=10)
    pool = choices.groups < 8
    shipped = np.array([0.25, 0.75])
    scores, apart = learning.out_of_fold(choices, pool, shipped)
    assert apart.tolist() == (~pool).tolist()
    assert scores[apart] == pytest.approx(choices.features[apart] @ shipped)
    assert not np.allclose(scores[pool], choices.features[pool] @ shipped)


def test_weights_are_written_into_the_file_of_the_model_and_nothing_else_is(real: Real, tmp_path: Path) -> None:
    path, before = tmp_path / "model.trig", learn.FILE.read_text("utf-8")
    path.write_text(before, "utf-8")
    held = {name: (feature.weight, feature.error) for name, feature in real.model.adoption.items()}
    learn.write(held, path)
    assert path.read_text("utf-8") == before
    learn.write({**held, "ties": (0.125, 0.25)}, path)
    changed = [line for line in path.read_text("utf-8").splitlines() if line not in before.splitlines()]
    assert len(changed) == 1
    assert "p4c:weight 0.125 ; p4c:standardError 0.25 ; p4c:declaredWeight 0.1 ;" in changed[0]


@pytest.mark.slow
def test_the_shipped_weights_are_those_that_the_shipped_transfers_give(real: Real) -> None:
    found = learn.learned(real.matcher, real.dataset)
    assert list(found) == list(ADOPTION_FEATURES)
    for name, (weight, error) in found.items():
        held = real.model.adoption[name]
        assert (held.weight, held.error) == (pytest.approx(weight, abs=0.002), pytest.approx(error, abs=0.002)), name
