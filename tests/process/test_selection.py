"""Selection: who is kept, why, how far from the line, how stably; unknown is not bad."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from p4c_graph.errors import InputError
from p4c_graph.process import selection
from p4c_graph.process.selection import Evaluations, Outcome, criterion_weights, select, topsis, weighted

from .evaluated import ALIKE, CRITERIA, evaluations, flat, judged, rules

METHODS = st.sampled_from(selection.METHODS)


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough draws to see, few enough to be quick."""
    monkeypatch.setattr(selection, "DRAWS", 50)


def rankable(found: Evaluations, method: str = "weighted") -> Outcome:
    """The selection of one, where one can be ranked."""
    means = selection.criterion_means(found.values)[0]
    share = ~np.isnan(means) @ np.array(list(ALIKE.values()))
    assume(((found.evaluators > 0) & (share >= 0.5)).any())
    return select(found, rules(1, method))


def test_the_best_are_kept_and_the_line_is_the_last_of_them() -> None:
    found = select(flat(0.2, 0.9, 0.5, 0.7), rules(2))
    assert [(v.practice.label, v.kept) for v in found.verdicts] == [
        ("Practice 1", True), ("Practice 3", True), ("Practice 2", False), ("Practice 0", False)]
    assert found.line == pytest.approx(0.7)
    assert [v.margin for v in found.verdicts] == pytest.approx([0.4, 0.2, -0.2, -0.5])


@settings(max_examples=60, deadline=None)
@given(judged(), METHODS)
def test_the_score_lies_in_its_interval(found: Evaluations, method: str) -> None:
    for verdict in rankable(found, method).verdicts:
        score = verdict.score
        assert -1e-9 <= score.low <= score.expected + 1e-9 <= score.high + 2e-9 <= 1 + 3e-9


@settings(max_examples=60, deadline=None)
@given(judged())
def test_what_the_families_add_is_the_score(found: Evaluations) -> None:
    for verdict in rankable(found).verdicts:
        assert sum(f.contribution or 0.0 for f in verdict.families) == pytest.approx(verdict.score.expected)
        assert sum(f.weight for f in verdict.families) == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(judged(), METHODS)
def test_a_candidate_more_changes_no_score_of_another(found: Evaluations, method: str) -> None:
    before = {v.practice.id: v.score for v in rankable(found, method).verdicts}
    more = evaluations(np.concatenate([found.values, np.ones((1, *found.values.shape[1:]))]))
    after = {v.practice.id: v.score for v in select(more, rules(1, method)).verdicts}
    for iri, score in before.items():
        assert after[iri].expected == pytest.approx(score.expected)


@settings(max_examples=40, deadline=None)
@given(judged(blanks=False), METHODS, st.integers(0, 7))
def test_a_better_judgement_never_lowers_a_practice(found: Evaluations, method: str, which: int) -> None:
    p = which % len(found.practices)
    before = {v.practice.id: v.rank for v in select(found, rules(1, method)).verdicts}
    better = found.values.copy()
    better[p, 0, 0] = 1.0
    after = {v.practice.id: v.rank for v in select(evaluations(better), rules(1, method)).verdicts}
    iri = found.practices[p].id
    assert after[iri] <= before[iri]


@settings(max_examples=30, deadline=None)
@given(judged(), METHODS, st.randoms(use_true_random=False))
def test_the_order_of_the_partners_does_not_matter(found: Evaluations, method: str, random: object) -> None:
    before = rankable(found, method).to_dict()
    order = list(range(found.values.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert select(evaluations(found.values[:, order]), rules(1, method)).to_dict() == before


@pytest.mark.parametrize("method", selection.METHODS)
def test_blanks_widen_the_interval_and_leave_the_score(method: str) -> None:
    full, holed = flat(0.5, 0.5), flat(0.5, 0.5)
    holed.values[1, 1, :] = np.nan
    holed.values[1, 0, 0] = np.nan
    sure, unsure = select(full, rules(1, method)).verdicts[1], select(holed, rules(1, method)).verdicts[1]
    assert sure.score.low == pytest.approx(sure.score.high)
    assert unsure.score.expected == pytest.approx(0.5)
    assert unsure.score.low < 0.5 < unsure.score.high
    assert unsure.practice.label == "Practice 1"
    assert unsure.open
    assert not sure.open


def test_a_criterion_nobody_judged_is_named_and_its_weight_shared() -> None:
    found = flat(0.8, 0.4)
    found.values[0, :, 9] = np.nan
    verdict = select(found, rules(1)).verdicts[0]
    assert verdict.known == pytest.approx(0.75)
    weights = {f.family: round(f.weight, 3) for f in verdict.families}
    assert weights == {"C1": 0.333, "C2": 0.333, "C3": 0.333, "C5": 0.0}
    assert "C5 judged by nobody, its weight shared among the others" in verdict.why(0.8)


@pytest.mark.parametrize(("blank", "reason"), [
    ((slice(1, None), slice(None)), "judged by 1 of 3 partners; 2 are asked for"),
    ((slice(None), slice(0, 6)), "judged on 50% of the weight"),
    ((slice(None), slice(1, None)), "judged on 8% of the weight; 50% is asked for"),
])
def test_too_little_evaluated_is_set_apart_and_not_last(blank: tuple[slice, slice], reason: str) -> None:
    found = flat(0.9, 0.1, 0.5, partners=3)
    found.values[(0, *blank)] = np.nan
    outcome = select(found, rules(1, minimum=2))
    if reason == "judged on 50% of the weight":
        assert outcome.set_apart == []
        return
    assert [apart.practice.label for apart in outcome.set_apart] == ["Practice 0"]
    assert outcome.set_apart[0].reason == reason
    assert [v.practice.label for v in outcome.verdicts] == ["Practice 2", "Practice 1"]


def test_a_practice_nobody_judged_counts_as_identified_only() -> None:
    found = flat(0.9, 0.1)
    found.values[1] = np.nan
    outcome = select(found, rules(1))
    assert (outcome.identified, outcome.evaluated, outcome.set_apart) == (2, 1, [])
    assert outcome.verdicts[0].margin is None
    assert outcome.verdicts[0].why(outcome.line).startswith("in: there are no more candidates than places")


def test_a_tie_at_the_line_is_explained() -> None:
    outcome = select(flat(0.5, 0.9, 0.5, 0.5), rules(2))
    assert [v.practice.label for v in outcome.kept] == ["Practice 1", "Practice 0"]
    assert outcome.verdicts[0].tie is None
    assert outcome.verdicts[1].tie == "3 practices tie at the line, decided by the order of their IRIs"
    assert outcome.verdicts[3].tie == outcome.verdicts[1].tie
    unsure = flat(0.5, 0.9, 0.5)
    unsure.values[0, 1] = np.nan
    decided = select(unsure, rules(2))
    assert [v.practice.label for v in decided.kept] == ["Practice 1", "Practice 2"]
    assert decided.verdicts[2].tie == "2 practices tie at the line, decided by the lower bound"


def test_a_clear_place_is_stable_and_a_close_one_is_not() -> None:
    found = flat(0.9, 0.1, 0.1)
    found.values[1, :, :3], found.values[2, :, 9] = 0.5, 0.5  # strong in C1 and in C5: it hangs on the weights
    outcome = select(found, rules(2))
    stability = {v.practice.label: v.stability for v in outcome.verdicts}
    assert stability["Practice 0"] == 1.0
    assert 0 < stability["Practice 1"] < 1
    assert stability["Practice 1"] + stability["Practice 2"] == pytest.approx(1.0)
    assert select(found, rules(2)).to_dict() == outcome.to_dict()


def test_topsis_is_the_closeness_to_the_ends_of_the_scales() -> None:
    values = np.array([[0.25, 1.0], [0.5, 0.5], [np.nan, 0.75]])
    weights = np.array([0.7, 0.3])
    far = np.sqrt(((values[:2] * weights) ** 2).sum(axis=1))
    near = np.sqrt((((1 - values[:2]) * weights) ** 2).sum(axis=1))
    assert topsis(values, weights) == pytest.approx([*(far / (far + near)), 0.75])
    assert weighted(values, weights) == pytest.approx([0.475, 0.5, 0.75])


def test_topsis_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymcdm.methods", None)
    with pytest.raises(InputError, match=r"pip install 'p4c-graph\[topsis\]'"):
        select(flat(0.1, 0.2), rules(1, "topsis"))


@pytest.mark.parametrize(("size", "method", "minimum", "message"), [
    (0, "weighted", 1, "--size is 0; expected a whole number from 1"),
    (3, "weighted", 1, "--size is 3, but 2 practices can be ranked: 2 identified, 2 evaluated"),
    (1, "electre", 1, "--method is 'electre'; expected weighted or topsis"),
    (1, "weighted", 3, "--min-evaluators is 3; expected a whole number from 1 to the 2 partners"),
    (1, "weighted", 0, "--min-evaluators is 0"),
])
def test_rules_that_do_not_fit_are_refused(size: int, method: str, minimum: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        select(flat(0.1, 0.2), rules(size, method, minimum))


def test_families_count_alike_and_share_alike() -> None:
    assert ALIKE["C5"] == 0.25
    assert ALIKE["C2.2"] == pytest.approx(1 / 12)


def test_weights_may_be_given_by_family_or_criterion() -> None:
    given = criterion_weights(CRITERIA, {"C1": 0.75, "C2.1": 0, "C2.2": 0, "C2.3": 0, "C3": 0})
    assert given["C1.1"] == pytest.approx(0.25)
    assert given["C5"] == pytest.approx(0.25)
    assert sum(given.values()) == pytest.approx(1)


@pytest.mark.parametrize(("weights", "message"), [
    ({"C6": 1}, "w.json: there is no criterion 'C6'; expected C1, C1.1"),
    ({"C4": 1}, r"w.json: C4 \(renewability\) is a category, new or repeated, and never part of a score"),
    ({"C1": 1, "C1.2": 1}, "w.json: gives a weight to C1 and to its part C1.2; expected one of both"),
    ({"C1": -1}, "w.json: weight of C1 is -1; expected a number from 0"),
    ({"C1": "much"}, "w.json: weight of C1 is 'much'; expected a number"),
    ({"C1": True}, "w.json: weight of C1 is True"),
    ({"C1": float("nan")}, "w.json: weight of C1 is nan"),
    ({"C1": 0, "C2": 0, "C3": 0, "C5": 0}, "w.json: all weights are 0"),
])
def test_wrong_weights_are_refused_naming_file_key_and_expectation(weights: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        criterion_weights(CRITERIA, weights, "w.json")
