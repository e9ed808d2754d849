"""Planning: both kinds of test, the surest first, never what runs there or is unreachable, the two-tests rule."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph import KnowledgeGraph
from p4c_graph.errors import InputError, UnknownName
from p4c_graph.process.planning import KINDS, KnownTest, Plan, kinds_wanted
from p4c_graph.transfer.result import Ref

TESTS = st.lists(st.tuples(st.sampled_from([*KINDS, None]), st.sampled_from(["planned", "done", "cancelled"])))


def known(*tests: tuple[str | None, str]) -> list[KnownTest]:
    return [KnownTest(Ref(f"test:{i}", "A test"), None, kind, status) for i, (kind, status) in enumerate(tests)]


@given(TESTS, st.integers(0, 6))
def test_the_kinds_differ_by_one_at_most_once_they_can(tests: list[tuple[str | None, str]], count: int) -> None:
    held = [test.kind for test in known(*tests) if test.counts]
    every = held + kinds_wanted(known(*tests), count)
    before, after = (abs(of.count(KINDS[0]) - of.count(KINDS[1])) for of in (held, every))
    assert after <= max(1, before - count)


def test_a_cancelled_test_does_not_count() -> None:
    assert kinds_wanted(known(("Implementation", "cancelled")), 2) == ["Implementation", "Workshop"]
    assert kinds_wanted(known(("Implementation", "done")), 1) == ["Workshop"]


@pytest.mark.slow
class TestOnTheRealGraph:
    def test_a_partner_without_tests_gets_one_of_each_kind_from_the_catalogue(self, kg: KnowledgeGraph) -> None:
        plan = kg.plan("bep")
        assert [(p.kind, p.candidate.practice.label) for p in plan.proposals] == [
            ("Implementation", "Trainings"), ("Workshop", "European Networking")]
        assert plan.meets_the_rule
        assert plan.region.code == "BE35"
        assert "latest catalogue" in plan.notes[0]

    def test_every_proposal_says_how_it_suits_whom_to_ask_and_why_of_this_kind(self, kg: KnowledgeGraph) -> None:
        for proposal in kg.plan("bep").proposals:
            text = " ".join(proposal.reasons)
            for said in ("Suits Prov. Namur: 0.", "it comes from there", "Not known to run", "Whom to ask:", "As a"):
                assert said in text

    def test_what_runs_is_tested_or_has_nobody_to_ask_is_passed_over(self, kg: KnowledgeGraph) -> None:
        plan = kg.plan("fondation-sophia-antipolis", tests=6)
        passed = {practice.label: why for practice, why in plan.passed_over}
        assert passed["Trainings"] == "the partner tests it, or has tested it, already"
        assert passed["Help desk"] == "no provider or operator is known whom to ask"
        assert len(plan.passed_over) == 15
        assert any("Only 0 can be proposed" in note for note in plan.notes)

    def test_known_tests_count_for_the_rule_and_no_more_are_proposed(self, kg: KnowledgeGraph) -> None:
        plan = kg.plan("fondation-sophia-antipolis")
        assert len(plan.known) == 3
        assert plan.proposals == []
        assert plan.to_dict()["two_tests_rule"] == {"required": 2, "total": 3, "met": True}

    def test_the_provider_is_not_sent_its_own_practice(self, kg: KnowledgeGraph) -> None:
        plan: Plan = kg.plan("wrs")
        assert "European Networking" not in [p.candidate.practice.label for p in plan.proposals]

    @pytest.mark.parametrize(("partner", "tests", "project", "message"), [
        ("fondation-sofia-antipolis", 2, None, "partner is 'fondation-sofia-antipolis'.*Did you mean fondation-sophia"),
        ("bep", 0, None, "--tests is 0; expected a whole number from 1 to 20"),
        ("bep", 2, "euris", "is no partner of euris; expected one of pooling4clusters"),
        ("bep", 2, "eurix", "project is 'eurix'.*Did you mean euris"),
    ])
    def test_a_wrong_wish_is_refused(
        self, kg: KnowledgeGraph, partner: str, tests: int, project: str | None, message: str
    ) -> None:
        with pytest.raises(InputError) as refused:
            kg.plan(partner, tests=tests, project=project)
        assert re.search(message, str(refused.value))
        assert isinstance(refused.value, UnknownName) == ("Did you mean" in message)
